/* For a terminal: the same parts, with colour where asked. Foreign text sends no control sequence. */
#include "escape.h"
#include "render_internal.h"

enum { PIECE_BYTES_MAX = 1 << 20 };

static const char *const SEVERITY_COLORS[] = {"\x1b[36m", "\x1b[33m", "\x1b[31m"};
#define BOLD "\x1b[1m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

static void add_colored(struct buffer *out, bool color, const char *code, struct view text)
{
    if (color)
        buffer_add_text(out, code);
    escape_terminal(out, text);
    if (color)
        buffer_add_text(out, PLAIN);
}

static void add_part(struct buffer *out, bool color, const char *name, struct view text)
{
    struct view rest = text, line;
    bool first = true;

    if (text.len == 0)
        return;
    while (view_split(&rest, '\n', &line)) {
        buffer_add_text(out, "    ");
        if (first) {
            add_colored(out, color, DIM, view_of(name));
            buffer_add_text(out, " ");
        }
        first = false;
        escape_terminal(out, line);
        buffer_add_byte(out, '\n');
    }
}

static void add_patch(const struct finding *finding, bool color, struct buffer *out)
{
    struct buffer diff;
    struct view rest, line;

    if (!finding->has_patch)
        return;
    add_part(out, color, "patch:",
             finding->patch_safe ? VIEW("verified, same behaviour")
                                 : VIEW("verified; confirm the tradeoffs first"));
    buffer_init(&diff, PIECE_BYTES_MAX);
    render_diff(finding, &diff);
    rest = buffer_view(&diff);
    while (view_split(&rest, '\n', &line) && (rest.ptr != NULL || line.len > 0)) {
        const char *code = view_starts(line, "+") ? "\x1b[32m" : view_starts(line, "-") ? "\x1b[31m" : DIM;
        buffer_add_text(out, "      ");
        add_colored(out, color, code, line);
        buffer_add_byte(out, '\n');
    }
    buffer_deinit(&diff);
}

static void add_finding(const struct finding *finding, bool color, struct buffer *out)
{
    struct buffer place;

    buffer_init(&place, PIECE_BYTES_MAX);
    buffer_add_format(&place, "%.*s:%u:%u", VIEW_ARG(finding->path), finding->line, finding->column);
    add_colored(out, color, BOLD, buffer_view(&place));
    buffer_deinit(&place);
    buffer_add_text(out, ": ");
    add_colored(out, color, SEVERITY_COLORS[finding->severity], view_of(severity_name(finding->severity)));
    buffer_add_format(out, ": %.*s [%.*s]", VIEW_ARG(finding->rule->title), VIEW_ARG(finding->rule->id));
    if (finding->made_hotter)
        buffer_add_text(out, " (there before; the change makes it costly)");
    buffer_add_byte(out, '\n');
    add_part(out, color, "evidence:", finding->evidence);
    if (finding->estimate.known)
        add_part(out, color, "estimate:", finding->estimate.formula);
    add_part(out, color, "fix:", finding->fix);
    add_part(out, color, "impact:", finding->impact);
    add_part(out, color, "tradeoffs:", finding->tradeoffs);
    add_part(out, color, "measure:", finding->measure);
    add_patch(finding, color, out);
    buffer_add_byte(out, '\n');
}

static void add_list(struct buffer *out, const char *name, const struct skipped *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(out, "%s ", name);
        escape_terminal(out, items[i].path);
        buffer_add_text(out, ": ");
        escape_terminal(out, items[i].why);
        buffer_add_byte(out, '\n');
    }
}

void review_render_text(const struct review *review, bool color, struct buffer *out)
{
    for (size_t i = 0; i < review->finding_count; i++)
        add_finding(&review->findings[i], color, out);
    add_colored(out, color, BOLD, VIEW("Hot path hypothesis: "));
    escape_terminal(out, review->hypothesis.text);
    buffer_add_byte(out, '\n');
    if (review->question.len > 0) {
        add_colored(out, color, BOLD, VIEW("One question: "));
        escape_terminal(out, review->question);
        buffer_add_byte(out, '\n');
    }
    add_list(out, "skipped", review->skipped, review->skipped_count);
    add_list(out, "suppressed", review->suppressed, review->suppressed_count);
    add_list(out, "partly read", review->partial, review->partial_count);
    render_receipt(review, out);
    buffer_add_byte(out, '\n');
}
