/* The pieces of which the renderings in CommonMark are made, and one finding's inline comment. */
#include "base/utf8.h"
#include "cost.h"
#include "escape.h"
#include "render_internal.h"
#include <string.h>

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

void render_receipt(const struct review *review, struct buffer *out)
{
    const struct receipt *r = &review->receipt;

    buffer_add_format(out, "Read %u file%s, %u hunk%s, %u function%s and %u touched line%s with %u rule%s. ",
                      r->files, plural(r->files), r->hunks, plural(r->hunks), r->functions,
                      plural(r->functions), r->touched_lines, plural(r->touched_lines), r->rules,
                      plural(r->rules));
    buffer_add_format(out,
                      "Found %u = %u inline + %u folded + %u suppressed + %u held back + %u already there",
                      r->found, r->inline_count, r->folded, r->suppressed, r->held_back, r->already_there);
    if (r->moved > 0)
        buffer_add_format(out, " (%u of them moved)", r->moved);
    if (review->declined_count > 0)
        buffer_add_format(out, " + %zu declined", review->declined_count);
    buffer_add_text(out, ".");
    if (review->skipped_count > 0)
        buffer_add_format(out, " Skipped %zu file%s.", review->skipped_count,
                          plural((uint32_t)review->skipped_count));
    if (r->files_with_errors > 0)
        buffer_add_format(out, " %u file%s read only where %s.", r->files_with_errors,
                          r->files_with_errors == 1 ? " was" : "s were",
                          r->files_with_errors == 1 ? "it parses" : "they parse");
}

void review_render_verdict(const struct review *review, struct buffer *out)
{
    size_t counts[SEVERITY_COUNT] = {0}, total = review->finding_count;

    for (size_t i = 0; i < total; i++)
        counts[review->findings[i].severity]++;
    if (total == 0)
        buffer_add_text(out, "Nothing found");
    else
        buffer_add_format(out, "%zu finding%s", total, total == 1 ? "" : "s");
    for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--)
        if (counts[severity] > 0)
            buffer_add_format(out, ", %zu %s", counts[severity], severity_name((enum severity)severity));
}

struct view render_cut(struct view text, size_t max)
{
    size_t at = 0;

    if (text.len <= max)
        return text;
    while (at < max) {
        size_t len = utf8_len(text, at);

        if (at + len > max)
            break;
        at += len > 0 ? len : 1;
    }
    return view_slice(text, 0, at);
}

void render_plain(const struct finding *finding, struct buffer *out)
{
    const struct {
        const char *name;
        struct view text;
    } PARTS[] = {{"Estimate", finding->estimate.known ? finding->estimate.formula : VIEW("")},
                 {"Fix", finding->fix},
                 {"Impact", finding->impact},
                 {"Tradeoffs", finding->tradeoffs}};

    buffer_add(out, finding->evidence);
    for (size_t i = 0; i < COUNT_OF(PARTS); i++)
        if (PARTS[i].text.len > 0)
            buffer_add_format(out, "\n%s: %.*s", PARTS[i].name, VIEW_ARG(PARTS[i].text));
}

void render_gain(const struct finding *finding, struct buffer *out)
{
    if (!finding->estimate.known)
        return;
    add_duration(out, finding->estimate.before_ns);
    buffer_add_text(out, " → ");
    add_duration(out, finding->estimate.after_ns);
}

void render_rule_link(const struct rule *rule, const struct review_title *title, struct buffer *out)
{
    bool link = title != NULL && title->rule_url.len > 0;
    if (link)
        buffer_add_text(out, "[");
    escape_code_span(out, rule->id);
    if (link)
        buffer_add_format(out, "](%.*s%.*s)", VIEW_ARG(title->rule_url), VIEW_ARG(rule->id));
}

static void add_lines(struct buffer *out, char mark, struct view text)
{
    struct view rest = text, line;

    while (view_split(&rest, '\n', &line)) {
        if (rest.ptr == NULL && line.len == 0)
            break; /* after the last line ending */
        buffer_add_byte(out, mark);
        escape_block_text(out, line);
        buffer_add_byte(out, '\n');
    }
}

/* Bytes of whole lines that both begin with. */
static size_t common_front(struct view a, struct view b)
{
    size_t lines = 0;
    for (size_t i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
        if (a.ptr[i] == '\n')
            lines = i + 1;
    return lines;
}

static size_t common_back(struct view a, struct view b)
{
    size_t lines = 0, i = 0;
    while (i < a.len && i < b.len && a.ptr[a.len - 1 - i] == b.ptr[b.len - 1 - i]) {
        i++;
        bool line_start =
            (i == a.len || a.ptr[a.len - 1 - i] == '\n') && (i == b.len || b.ptr[b.len - 1 - i] == '\n');
        if (line_start)
            lines = i;
    }
    return lines;
}

void render_diff(const struct finding *finding, struct buffer *out)
{
    for (size_t i = 0; i < finding->edit_count; i++) {
        const struct text_edit *edit = &finding->edits[i];
        struct view old = edit->before, new = edit->text;
        size_t front = common_front(old, new), back;

        buffer_add_format(out, "@@ line %u @@\n", edit->start_line);
        add_lines(out, ' ', view_slice(old, 0, front));
        old = view_slice(old, front, old.len);
        new = view_slice(new, front, new.len);
        back = common_back(old, new);
        add_lines(out, '-', view_slice(old, 0, old.len - back));
        add_lines(out, '+', view_slice(new, 0, new.len - back));
        add_lines(out, ' ', view_slice(old, old.len - back, old.len));
    }
}

static void add_indented(struct buffer *out, const char *indent, struct view text)
{
    struct view rest = text, line;
    bool first = true;

    while (view_split(&rest, '\n', &line)) {
        if (!first) {
            buffer_add_byte(out, '\n');
            buffer_add_text(out, line.len > 0 ? indent : "");
        }
        first = false;
        buffer_add(out, line);
    }
}

static void add_item(struct buffer *out, const char *indent, const char *name, struct view text)
{
    char deeper[16] = "  ";

    if (text.len == 0)
        return;
    strncat(deeper, indent, sizeof(deeper) - strlen(deeper) - 1);
    buffer_add_format(out, "%s- **%s:** ", indent, name);
    add_indented(out, deeper, text);
    buffer_add_byte(out, '\n');
}

static void add_patch(const struct finding *finding, const char *indent, bool comment, struct buffer *out)
{
    struct buffer diff;
    struct view rest, line;
    size_t run;

    if (!finding->has_patch)
        return;
    buffer_init(&diff, 256 << 10);
    if (comment && finding->suggestion) {
        rest = finding->edits[0].text;
        run = escape_longest_run(rest);
        buffer_add_byte(out, '\n');
        escape_add_fence(out, run, "suggestion");
        buffer_add(out, rest);
        if (rest.len > 0 && rest.ptr[rest.len - 1] != '\n')
            buffer_add_byte(out, '\n');
        escape_add_fence(out, run, "");
    } else {
        render_diff(finding, &diff);
        rest = buffer_view(&diff);
        run = escape_longest_run(rest);
        buffer_add_format(out, "\n%s%s\n\n%s", indent,
                          finding->patch_safe ? "Patch (verified; same behaviour):"
                                              : "Patch sketch (verified; confirm the tradeoffs first):",
                          indent);
        escape_add_fence(out, run, "diff");
        while (view_split(&rest, '\n', &line) && (rest.ptr != NULL || line.len > 0))
            buffer_add_format(out, "%s%.*s\n", indent, VIEW_ARG(line));
        buffer_add_text(out, indent);
        escape_add_fence(out, run, "");
    }
    buffer_add_byte(out, '\n');
    buffer_deinit(&diff);
}

void render_finding_body(const struct finding *finding, const char *indent, bool comment, struct buffer *out)
{
    buffer_add_text(out, indent);
    add_indented(out, indent, finding->evidence);
    if (finding->made_hotter && (finding->anchor < finding->line || finding->anchor > finding->end_line))
        buffer_add_format(out, " The code was there before; what changed at line %u makes it costly.",
                          finding->anchor);
    else if (finding->made_hotter)
        buffer_add_text(out, " The code was there before; what changed around it makes it costly.");
    buffer_add_text(out, "\n\n");
    if (finding->estimate.known)
        add_item(out, indent, "Estimate", finding->estimate.formula);
    add_item(out, indent, "Fix", finding->fix);
    add_item(out, indent, "Impact", finding->impact);
    if (comment) {
        add_item(out, indent, "Tradeoffs", finding->tradeoffs);
        add_item(out, indent, "Measure", finding->measure);
        add_patch(finding, indent, true, out);
    }
}

void finding_render_comment(const struct finding *finding, const struct review_title *title,
                            struct buffer *out)
{
    buffer_add_format(out, "**%.*s** (%s, ", VIEW_ARG(finding->rule->title),
                      severity_name(finding->severity));
    render_rule_link(finding->rule, title, out);
    buffer_add_text(out, ")\n\n");
    if (finding->anchor != 0 && (finding->anchor < finding->line || finding->anchor > finding->end_line)) {
        buffer_add_format(out, "About line %u", finding->line);
        if (finding->function.len > 0) {
            buffer_add_text(out, " in ");
            escape_code_span(out, finding->function);
        }
        buffer_add_text(out, ": ");
    }
    render_finding_body(finding, "", true, out);
    buffer_add_format(out, "\n<!-- perf-review:fp=%s -->\n", finding->fingerprint);
}
