/* Name and writer of each format. */
#include "formats.h"
#include <assert.h>

const char *const FORMAT_NAMES[] = {"text", "json", "markdown", "sarif", "github", "gitlab", NULL};
static_assert(COUNT_OF(FORMAT_NAMES) == FORMAT_COUNT + 1, "one a format");

static void report_text(const struct review *review, const struct review_title *title, struct buffer *out)
{
    (void)title;
    review_render_text(review, false, out);
}

static void report_json(const struct review *review, const struct review_title *title, struct buffer *out)
{
    (void)title;
    review_render_json(review, out);
}

static void report_github(const struct review *review, const struct review_title *title, struct buffer *out)
{
    (void)title;
    review_render_github(review, out);
}

static void report_gitlab(const struct review *review, const struct review_title *title, struct buffer *out)
{
    (void)title;
    review_render_gitlab(review, out);
}

analysis_report *format_report(enum format format)
{
    static analysis_report *const REPORTS[FORMAT_COUNT] = {
        [FORMAT_TEXT] = report_text,
        [FORMAT_JSON] = report_json,
        [FORMAT_MARKDOWN] = review_render_markdown,
        [FORMAT_SARIF] = review_render_sarif,
        [FORMAT_GITHUB] = report_github,
        [FORMAT_GITLAB] = report_gitlab,
    };

    return REPORTS[format];
}
