/* Workflow commands, which GitHub's runner (and Gitea's, which shows them in the log alone) reads from a
 * job's output: the whole review in a group, then an annotation for each finding. A runner takes any line for
 * a command that begins with "::", white space aside, or holds "##[": text of the change must give it none.
 */
#include "escape.h"
#include "render_internal.h"
#include <assert.h>

enum {
    MESSAGE_BYTES_MAX = 60000, /* GitHub takes 64 KiB of an annotation */
    GROUP_BYTES_MAX = 64 << 20,
};

static const char *const COMMANDS[] = {"notice", "warning", "error"};
static_assert(COUNT_OF(COMMANDS) == SEVERITY_COUNT, "one a severity");

/* The runner's own escapes; in a property ':' and ',' end what they stand in. */
static void add_data(struct buffer *out, struct view text, bool property)
{
    struct buffer clean;

    buffer_init(&clean, GROUP_BYTES_MAX);
    escape_terminal(&clean, text);
    for (size_t i = 0; i < clean.len; i++) {
        unsigned char byte = (unsigned char)clean.ptr[i];

        if (byte == '%' || byte == '\n' || (property && (byte == ':' || byte == ',')))
            buffer_add_format(out, "%%%02X", byte);
        else
            buffer_add_byte(out, (char)byte);
    }
    if (out->failed == ERR_OK)
        out->failed = clean.failed;
    buffer_deinit(&clean);
}

static void add_annotation(const struct finding *finding, struct buffer *out)
{
    struct buffer text;

    buffer_init(&text, GROUP_BYTES_MAX);
    buffer_add_format(out, "::%s file=", COMMANDS[finding->severity]);
    add_data(out, finding->path, true);
    buffer_add_format(out, ",line=%u,endLine=%u", finding->line, finding->end_line);
    if (finding->column_utf16 > 0)
        buffer_add_format(out, ",col=%u", finding->column_utf16);
    if (finding->column_utf16 > 0 && finding->end_column_utf16 > 0 && finding->line == finding->end_line)
        buffer_add_format(out, ",endColumn=%u", finding->end_column_utf16);
    buffer_add_text(out, ",title=");
    buffer_add_format(&text, "%.*s (%.*s)", VIEW_ARG(finding->rule->title), VIEW_ARG(finding->rule->id));
    add_data(out, buffer_view(&text), true);
    buffer_add_text(out, "::");
    buffer_clear(&text);
    render_plain(finding, &text);
    add_data(out, render_cut(buffer_view(&text), MESSAGE_BYTES_MAX), false);
    buffer_add_byte(out, '\n');
    buffer_deinit(&text);
}

/* A line of the log. What counts as white space is more than ASCII's, so all that is not ASCII is taken for
 * it. */
static void add_line(struct buffer *out, struct view line)
{
    bool begins = true;

    for (size_t i = 0; i < line.len; i++) {
        unsigned char byte = (unsigned char)line.ptr[i];

        buffer_add_byte(out, (char)byte);
        if ((begins && byte == ':' && i + 1 < line.len && line.ptr[i + 1] == ':') ||
            (byte == '#' && i + 2 < line.len && line.ptr[i + 1] == '#' && line.ptr[i + 2] == '['))
            buffer_add_byte(out, ' ');
        begins = begins && (byte <= ' ' || byte >= 0x7f);
    }
    buffer_add_byte(out, '\n');
}

void review_render_github(const struct review *review, struct buffer *out)
{
    struct view rest, line;
    struct buffer text;

    buffer_init(&text, GROUP_BYTES_MAX);
    review_render_verdict(review, &text);
    buffer_add_text(out, "::group::perf-review: ");
    add_data(out, buffer_view(&text), false);
    buffer_add_byte(out, '\n');
    buffer_clear(&text);
    review_render_text(review, false, &text);
    rest = view_trim(buffer_view(&text));
    while (view_split(&rest, '\n', &line))
        add_line(out, line);
    buffer_add_text(out, "::endgroup::\n");
    for (size_t i = 0; i < review->finding_count; i++)
        add_annotation(&review->findings[i], out);
    if (out->failed == ERR_OK)
        out->failed = text.failed;
    buffer_deinit(&text);
}
