/* GitLab's Code Quality report: an array of issues in the manner of Code Climate, of which GitLab reads the
 * description, the check's name, the fingerprint, the severity and the place. */
#include "base/hash.h"
#include "base/json_writer.h"
#include "escape.h"
#include "render_internal.h"
#include <assert.h>

enum { DESCRIPTION_BYTES_MAX = 1000, BODY_BYTES_MAX = 1 << 20 };

static const char *const SEVERITIES[] = {"minor", "major", "critical"};
static_assert(COUNT_OF(SEVERITIES) == SEVERITY_COUNT, "one a severity");

/* A list shows it in one line. */
static void add_description(struct json_writer *w, const struct finding *finding)
{
    struct buffer text, clean;

    buffer_init(&text, BODY_BYTES_MAX);
    buffer_init(&clean, BODY_BYTES_MAX);
    buffer_add_format(&text, "%.*s: %.*s", VIEW_ARG(finding->rule->title), VIEW_ARG(finding->evidence));
    escape_terminal(&clean, render_cut(buffer_view(&text), DESCRIPTION_BYTES_MAX));
    for (size_t i = 0; i < clean.len; i++)
        if (clean.ptr[i] == '\n' || clean.ptr[i] == '\t')
            clean.ptr[i] = ' ';
    json_add_text(w, "description", buffer_view(&clean));
    buffer_deinit(&text);
    buffer_deinit(&clean);
}

/* Ours knows no file, and GitLab takes two issues with one fingerprint for the same: so the path is told too.
 */
static void add_fingerprint(struct json_writer *w, const struct finding *finding)
{
    char path[HASH_HEX_SIZE], both[2 * HASH_HEX_SIZE];
    size_t half = HASH_HEX_SIZE - 1;

    hash_hex(hash_finish(hash_add(HASH_SEED, finding->path)), path);
    for (size_t i = 0; i < half; i++) {
        both[i] = finding->fingerprint[i];
        both[half + i] = path[i];
    }
    json_add_text(w, "fingerprint", (struct view){both, 2 * half});
}

static void add_issue(struct json_writer *w, const struct finding *finding)
{
    struct buffer body;

    json_open_object(w, NULL);
    json_add_text(w, "type", VIEW("issue"));
    add_description(w, finding);
    json_add_text(w, "check_name", finding->rule->id);
    add_fingerprint(w, finding);
    json_add_text(w, "severity", view_of(SEVERITIES[finding->severity]));
    json_open_array(w, "categories");
    json_add_text(w, NULL, VIEW("Performance"));
    json_close_array(w);
    json_open_object(w, "location");
    json_add_text(w, "path", finding->path);
    json_open_object(w, "lines");
    json_add_int(w, "begin", finding->line);
    json_add_int(w, "end", finding->end_line);
    json_close_object(w);
    json_close_object(w);
    buffer_init(&body, BODY_BYTES_MAX);
    render_finding_body(finding, "", false, &body);
    json_open_object(w, "content");
    json_add_text(w, "body", buffer_view(&body));
    json_close_object(w);
    buffer_deinit(&body);
    json_close_object(w);
}

void review_render_gitlab(const struct review *review, struct buffer *out)
{
    struct json_writer w;

    json_writer_init(&w, out);
    json_open_array(&w, NULL);
    for (size_t i = 0; i < review->finding_count; i++)
        add_issue(&w, &review->findings[i]);
    json_close_array(&w);
    buffer_add_byte(out, '\n');
}
