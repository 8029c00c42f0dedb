/* The machine-readable review: DESIGN.md 4. Fields are only ever added. */
#include "base/json_writer.h"
#include "render_internal.h"

void render_json_estimate(struct json_writer *w, const struct estimate *estimate)
{
    if (!estimate->known) {
        json_add_null(w, "estimate");
        return;
    }
    json_open_object(w, "estimate");
    json_add_number(w, "n", estimate->n);
    json_add_number(w, "before_ns", estimate->before_ns);
    json_add_number(w, "after_ns", estimate->after_ns);
    json_add_number(w, "ratio", estimate->ratio);
    json_add_bool(w, "assumed", estimate->assumed);
    json_add_text(w, "formula", estimate->formula);
    json_close_object(w);
}

static void add_patch(struct json_writer *w, const struct finding *finding)
{
    if (!finding->has_patch) {
        json_add_null(w, "patch");
        return;
    }
    json_open_object(w, "patch");
    json_add_bool(w, "safe", finding->patch_safe);
    json_add_bool(w, "verified", finding->patch_verified);
    json_open_array(w, "edits");
    for (size_t i = 0; i < finding->edit_count; i++) {
        json_open_object(w, NULL);
        json_add_int(w, "start_line", finding->edits[i].start_line);
        json_add_int(w, "end_line", finding->edits[i].end_line);
        json_add_text(w, "text", finding->edits[i].text);
        json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
}

static void add_finding(struct json_writer *w, const struct finding *finding)
{
    json_open_object(w, NULL);
    json_add_text(w, "rule", finding->rule->id);
    json_add_text(w, "checklist", finding->rule->checklist);
    json_add_text(w, "path", finding->path);
    json_add_int(w, "line", finding->line);
    json_add_int(w, "end_line", finding->end_line);
    json_add_int(w, "column", finding->column);
    json_add_text(w, "severity", view_of(severity_name(finding->severity)));
    json_add_text(w, "confidence", view_of(confidence_name(finding->confidence)));
    json_add_text(w, "lever", view_of(lever_name(finding->rule->lever)));
    json_add_text(w, "title", finding->rule->title);
    json_add_text(w, "evidence", finding->evidence);
    render_json_estimate(w, &finding->estimate);
    json_add_text(w, "fix", finding->fix);
    json_add_text(w, "impact", finding->impact);
    json_add_text(w, "tradeoffs", finding->tradeoffs);
    json_add_text(w, "measure", finding->measure);
    json_open_array(w, "related");
    for (size_t i = 0; i < finding->related_count; i++) {
        json_open_object(w, NULL);
        json_add_text(w, "path", finding->related[i].path);
        json_add_int(w, "line", finding->related[i].line);
        json_add_text(w, "what", finding->related[i].what);
        json_close_object(w);
    }
    json_close_array(w);
    add_patch(w, finding);
    json_add_text(w, "fingerprint", view_of(finding->fingerprint));
    json_add_text(w, "function", finding->function);
    json_add_int(w, "anchor", finding->anchor);
    json_add_text(w, "heat", view_of(heat_name(finding->heat)));
    json_add_text(w, "heat_evidence", view_of(heat_evidence_name(finding->heat_evidence)));
    json_add_text(w, "role", view_of(role_name(finding->role)));
    json_add_bool(w, "made_hotter", finding->made_hotter);
    json_add_bool(w, "inline", finding->is_inline);
    json_close_object(w);
}

static void add_list(struct json_writer *w, const char *name, const struct skipped *items, size_t count)
{
    json_open_array(w, name);
    for (size_t i = 0; i < count; i++) {
        json_open_object(w, NULL);
        json_add_text(w, "path", items[i].path);
        json_add_text(w, "why", items[i].why);
        json_close_object(w);
    }
    json_close_array(w);
}

static void add_totals(struct json_writer *w, const struct receipt *r, bool times)
{
    json_open_object(w, "totals");
    json_add_int(w, "files", r->files);
    json_add_int(w, "hunks", r->hunks);
    json_add_int(w, "functions", r->functions);
    json_add_int(w, "touched_lines", r->touched_lines);
    json_add_int(w, "rules", r->rules);
    json_add_int(w, "found", r->found);
    json_add_int(w, "reported", (int64_t)r->inline_count + r->folded);
    json_add_int(w, "inline", r->inline_count);
    json_add_int(w, "folded", r->folded);
    json_add_int(w, "suppressed", r->suppressed);
    json_add_int(w, "held_back", r->held_back);
    json_add_int(w, "already_there", r->already_there);
    json_add_int(w, "moved", r->moved);
    json_add_int(w, "files_with_errors", r->files_with_errors);
    if (times) {
        json_open_object(w, "ms");
        json_add_number(w, "parse", r->parse_ms);
        json_add_number(w, "facts", r->facts_ms);
        json_add_number(w, "rules", r->rules_ms);
        json_close_object(w);
    }
    json_close_object(w);
}

void render_json_object(const struct review *review, bool times, size_t findings, struct buffer *out)
{
    const struct hypothesis *hypothesis = &review->hypothesis;
    struct json_writer w;

    json_writer_init(&w, out);
    json_open_object(&w, NULL);
    json_add_int(&w, "version", 1);
    json_open_object(&w, "hypothesis");
    json_add_text(&w, "function", hypothesis->function);
    json_add_text(&w, "path", hypothesis->path);
    json_add_int(&w, "line", hypothesis->line);
    json_add_text(&w, "text", hypothesis->text);
    json_add_text(&w, "evidence", view_of(heat_evidence_name(hypothesis->evidence)));
    json_add_text(&w, "role", view_of(role_name(hypothesis->role)));
    json_add_text(&w, "heat", view_of(heat_name(hypothesis->heat)));
    json_close_object(&w);
    json_open_array(&w, "findings");
    for (size_t i = 0; i < review->finding_count && i < findings; i++)
        add_finding(&w, &review->findings[i]);
    json_close_array(&w);
    add_list(&w, "skipped", review->skipped, review->skipped_count);
    add_list(&w, "suppressed", review->suppressed, review->suppressed_count);
    add_list(&w, "partial", review->partial, review->partial_count);
    json_add_text(&w, "question", review->question);
    add_totals(&w, &review->receipt, times);
    json_close_object(&w);
}

void review_render_json(const struct review *review, struct buffer *out)
{
    render_json_object(review, true, SIZE_MAX, out);
}
