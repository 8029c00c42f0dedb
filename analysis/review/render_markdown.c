/* The review as a forge gets it: five parts, the question, a machine-readable copy, the receipt. It never
 * exceeds what a forge takes: findings fold to one line, then the lowest ranks are only counted. */
#include "escape.h"
#include "render_internal.h"

enum {
    BODY_UNITS_MAX = 65000, /* GitHub refuses 65,536 characters; a margin for what a publisher adds */
    BODY_BYTES_MAX = 16 << 20,
    LIST_MAX = 50, /* skipped or suppressed entries that are named */
    REVISION_SHOWN = 12,
};

/* How much of a review is shown. Each attempt shows less than the one before. */
struct layout {
    bool summary; /* inline findings have comments of their own */
    bool json;
    size_t full;  /* findings in full, by rank */
    size_t lines; /* findings that are named at all */
};

static struct view shortened(struct view revision)
{
    return view_slice(revision, 0, REVISION_SHOWN);
}

static void add_heading(const struct review *review, const struct review_title *title, struct buffer *out)
{
    size_t count = review->finding_count;

    buffer_add_text(out, "## perf-review: ");
    if (count == 0)
        buffer_add_text(out, "nothing found");
    else
        buffer_add_format(out, "%zu finding%s", count, count == 1 ? "" : "s");
    buffer_add_text(out, "\n\n");
    if (title == NULL || title->head.len == 0)
        return;
    buffer_add_text(out, "Revision ");
    escape_code_span(out, shortened(title->head));
    if (title->base.len > 0) {
        buffer_add_text(out, " against ");
        escape_code_span(out, shortened(title->base));
    }
    buffer_add_text(out, ".\n\n");
}

static void add_place(const struct finding *finding, struct buffer *out)
{
    struct buffer place;
    buffer_init(&place, 8192);
    buffer_add_format(&place, "%.*s:%u", VIEW_ARG(finding->path), finding->line);
    escape_code_span(out, buffer_view(&place));
    buffer_deinit(&place);
}

/* Not a numbered list: CommonMark would count anew where some are folded, and parts below name the ranks. */
static void add_line(const struct finding *finding, size_t rank, const struct review_title *title,
                     struct buffer *out)
{
    buffer_add_format(out, "- **%zu** %s, ", rank, severity_name(finding->severity));
    add_place(finding, out);
    buffer_add_format(out, ": %.*s (", VIEW_ARG(finding->rule->title));
    render_rule_link(finding->rule, title, out);
    buffer_add_text(out, ")");
    if (finding->estimate.known) {
        buffer_add_text(out, ", ");
        render_gain(finding, out);
        buffer_add_text(out, finding->estimate.assumed ? ", n assumed" : "");
    }
    buffer_add_byte(out, '\n');
}

static void add_full(const struct finding *finding, size_t rank, const struct review_title *title,
                     struct buffer *out)
{
    add_line(finding, rank, title, out);
    buffer_add_byte(out, '\n');
    render_finding_body(finding, "  ", false, out);
    buffer_add_byte(out, '\n');
}

static void add_left_out(size_t count, struct buffer *out)
{
    if (count > 0)
        buffer_add_format(out, "%zu more finding%s of lower rank %s left out for length.\n\n", count,
                          count == 1 ? "" : "s", count == 1 ? "is" : "are");
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* In a summary: a line for each inline finding, the others behind a fold. */
static void add_summary_issues(const struct review *review, const struct review_title *title,
                               const struct layout *layout, struct buffer *out)
{
    size_t folded = 0, shown = smaller(review->finding_count, layout->lines);

    for (size_t i = 0; i < shown; i++) {
        folded += !review->findings[i].is_inline;
        if (review->findings[i].is_inline)
            add_line(&review->findings[i], i + 1, title, out);
    }
    buffer_add_byte(out, '\n');
    if (folded > 0) {
        buffer_add_format(out, "<details><summary>%zu more finding%s</summary>\n\n", folded,
                          folded == 1 ? "" : "s");
        for (size_t i = 0; i < shown; i++)
            if (!review->findings[i].is_inline)
                (i < layout->full ? add_full : add_line)(&review->findings[i], i + 1, title, out);
        buffer_add_text(out, "\n</details>\n\n");
    }
    add_left_out(review->finding_count - shown, out);
}

static void add_issues(const struct review *review, const struct review_title *title,
                       const struct layout *layout, struct buffer *out)
{
    size_t shown = smaller(review->finding_count, layout->lines);

    buffer_add_text(out, "### Top issues\n\n");
    if (layout->summary) {
        add_summary_issues(review, title, layout, out);
        return;
    }
    for (size_t i = 0; i < shown; i++)
        (i < layout->full ? add_full : add_line)(&review->findings[i], i + 1, title, out);
    buffer_add_byte(out, '\n');
    add_left_out(review->finding_count - shown, out);
}

static void add_diff(const struct finding *finding, size_t rank, struct buffer *out)
{
    struct buffer diff;

    buffer_init(&diff, 256 << 10);
    render_diff(finding, &diff);
    buffer_add_format(out, "**%zu** ", rank);
    add_place(finding, out);
    buffer_add_text(out, finding->patch_safe ? ", same behaviour:\n\n"
                                             : ", a sketch; confirm its tradeoffs first:\n\n");
    escape_fence(out, "diff", buffer_view(&diff));
    buffer_add_byte(out, '\n');
    buffer_deinit(&diff);
}

static void add_patches(const struct review *review, const struct layout *layout, struct buffer *out)
{
    size_t patched = 0, clicks = 0, shown = smaller(review->finding_count, layout->full);

    for (size_t i = 0; i < review->finding_count; i++) {
        patched += review->findings[i].has_patch;
        clicks += review->findings[i].suggestion && review->findings[i].is_inline;
    }
    buffer_add_text(out, "### Patch\n\n");
    if (patched == 0) {
        buffer_add_text(out, "None: no fix here could be made and proven by a machine.\n\n");
        return;
    }
    buffer_add_format(
        out,
        "%zu of %zu finding%s with a patch that was applied, parsed and analysed again: the finding is "
        "gone, none is new.",
        patched, review->finding_count, review->finding_count == 1 ? " comes" : "s come");
    if (layout->summary && clicks > 0)
        buffer_add_format(out, " %zu can be committed from %s.", clicks,
                          clicks == 1 ? "its comment" : "their comments");
    buffer_add_text(out, "\n\n");
    for (size_t i = 0; i < shown; i++) {
        const struct finding *finding = &review->findings[i];
        if (finding->has_patch && !(layout->summary && finding->is_inline))
            add_diff(finding, i + 1, out);
    }
}

/* One line a text, however many findings share it. */
static void add_texts(const struct review *review, size_t shown, bool tradeoffs, struct buffer *out)
{
    for (size_t i = 0; i < shown; i++) {
        const struct finding *finding = &review->findings[i];
        struct view text = tradeoffs ? finding->tradeoffs : finding->measure;
        bool said = text.len == 0, first = true;

        for (size_t j = 0; j < i && !said; j++)
            said = view_equal(text, tradeoffs ? review->findings[j].tradeoffs : review->findings[j].measure);
        if (said)
            continue;
        buffer_add_text(out, "- **");
        for (size_t j = i; j < shown; j++) {
            if (!view_equal(text, tradeoffs ? review->findings[j].tradeoffs : review->findings[j].measure))
                continue;
            buffer_add_format(out, "%s%zu", first ? "" : ", ", j + 1);
            first = false;
        }
        buffer_add_text(out, "** ");
        for (size_t at = 0; at < text.len; at++) {
            buffer_add_byte(out, text.ptr[at]);
            if (text.ptr[at] == '\n')
                buffer_add_text(out, "  ");
        }
        buffer_add_byte(out, '\n');
    }
    buffer_add_byte(out, '\n');
}

static void add_commands(const struct review *review, struct buffer *out)
{
    bool used[LANGUAGE_COUNT] = {false};

    for (size_t i = 0; i < review->finding_count; i++)
        used[review->findings[i].rule->language] = true;
    buffer_add_text(out, "Before and after, on the same machine and input:\n\n");
    escape_add_fence(out, 0, "sh");
    if (used[LANGUAGE_PYTHON])
        buffer_add_text(
            out, "py-spy record --duration 30 -o profile.svg -- python YOUR_PROGRAM  # where the time goes\n"
                 "python -m pyperf command -- python YOUR_PROGRAM                    # how much it is\n");
    if (used[LANGUAGE_RUST])
        buffer_add_text(out,
                        "perf record -g YOUR_PROGRAM && perf report   # where the time goes\n"
                        "cargo bench -- --save-baseline before       # criterion; then --baseline before\n");
    escape_add_fence(out, 0, "");
    buffer_add_text(out,
                    "\nA change that stays within the noise of two runs of the same code is no success.\n\n");
}

static void add_list(const char *name, const struct skipped *items, size_t count, struct buffer *out)
{
    if (count == 0)
        return;
    buffer_add_format(out, "%s:\n\n", name);
    for (size_t i = 0; i < count && i < LIST_MAX; i++) {
        buffer_add_text(out, "- ");
        escape_code_span(out, items[i].path);
        buffer_add_text(out, ": ");
        escape_text(out, items[i].why);
        buffer_add_byte(out, '\n');
    }
    if (count > LIST_MAX)
        buffer_add_format(out, "- and %zu more\n", count - LIST_MAX);
    buffer_add_byte(out, '\n');
}

static void add_json(const struct review *review, const struct layout *layout, struct buffer *out)
{
    struct buffer json, safe;
    struct view text;

    buffer_init(&json, BODY_BYTES_MAX);
    buffer_init(&safe, 2 * BODY_BYTES_MAX);
    render_json_object(review, false, layout->lines, &json);
    text = buffer_view(&json);
    /* `<` as an escape: nothing in the block can then look like a marker or a tag. */
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '<')
            buffer_add_text(&safe, "\\u003c");
        else
            buffer_add_byte(&safe, text.ptr[i]);
    buffer_add_text(out, "<details><summary>The same, machine-readable</summary>\n\n");
    escape_fence(out, "json", buffer_view(&safe));
    buffer_add_text(out, "\n</details>\n\n");
    buffer_deinit(&json);
    buffer_deinit(&safe);
}

static void add_receipt(const struct review *review, struct buffer *out)
{
    bool lists =
        review->skipped_count + review->suppressed_count + review->partial_count + review->declined_count > 0;

    if (lists) {
        buffer_add_format(out, "<details><summary>%sSkipped, suppressed, partly read</summary>\n\n",
                          review->declined_count > 0 ? "Declined, " : "");
        add_list("Declined in this pull request", review->declined, review->declined_count, out);
        add_list("Skipped", review->skipped, review->skipped_count, out);
        add_list("Suppressed by comments", review->suppressed, review->suppressed_count, out);
        add_list("Read only where they parse", review->partial, review->partial_count, out);
        buffer_add_text(out, "</details>\n\n");
    }
    render_receipt(review, out);
    buffer_add_byte(out, '\n');
}

static void render(const struct review *review, const struct review_title *title, const struct layout *layout,
                   struct buffer *out)
{
    size_t shown = smaller(review->finding_count, layout->lines);

    add_heading(review, title, out);
    buffer_add_text(out, "### Hot path hypothesis\n\n");
    buffer_add(out, review->hypothesis.text);
    buffer_add_text(out, "\n\n");
    if (review->finding_count > 0) {
        add_issues(review, title, layout, out);
        add_patches(review, layout, out);
        buffer_add_text(out, "### Tradeoffs and risks\n\n");
        add_texts(review, shown, true, out);
        buffer_add_text(out, "### Measurement plan\n\n");
        add_texts(review, shown, false, out);
        add_commands(review, out);
        buffer_add_text(out, "**One question.** ");
        buffer_add(out, review->question);
        buffer_add_text(out, "\n\n");
    }
    if (layout->json)
        add_json(review, layout, out);
    add_receipt(review, out);
}

/* The machine-readable copy goes first, then full texts, then lines. */
static bool shrink(struct layout *layout)
{
    if (layout->json)
        layout->json = false;
    else if (layout->full > 0)
        layout->full /= 2;
    else if (layout->lines > 0)
        layout->lines /= 2;
    else
        return false;
    return true;
}

static void render_within(const struct review *review, const struct review_title *title, struct layout layout,
                          struct buffer *out)
{
    struct buffer body;

    buffer_init(&body, BODY_BYTES_MAX);
    do {
        buffer_clear(&body);
        render(review, title, &layout, &body);
    } while ((body.failed != ERR_OK || utf16_units(buffer_view(&body)) > BODY_UNITS_MAX) && shrink(&layout));
    buffer_add(out, buffer_view(&body));
    if (body.failed != ERR_OK && out->failed == ERR_OK)
        out->failed = body.failed;
    buffer_deinit(&body);
}

void review_render_markdown(const struct review *review, const struct review_title *title, struct buffer *out)
{
    struct layout layout = {.json = true, .full = review->finding_count, .lines = review->finding_count};
    render_within(review, title, layout, out);
}

void review_render_summary(const struct review *review, const struct review_title *title, struct buffer *out)
{
    struct layout layout = {
        .summary = true, .json = true, .full = review->finding_count, .lines = review->finding_count};
    render_within(review, title, layout, out);
}
