/* For code scanning: SARIF 2.1.0 (OASIS, errata 01). Only rules that have a result are listed, sorted by id.
 * Columns count UTF-16 code units; addresses are relative to SRCROOT, so that no path of this machine shows.
 */
#include "base/json_writer.h"
#include "escape.h"
#include "render_internal.h"
#include <assert.h>
#include <ctype.h>
#include <string.h>

enum { SARIF_TEXT_MAX = 1 << 20 };

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static const char *const LEVELS[] = {"note", "warning", "error"};
static const char *const PROBLEMS[] = {"recommendation", "warning", "error"}; /* GitHub's problem.severity */
static_assert(COUNT_OF(LEVELS) == SEVERITY_COUNT && COUNT_OF(PROBLEMS) == SEVERITY_COUNT, "one a severity");

static const struct notice {
    const char *id, *level, *what;
} SKIPPED = {"skipped-file", "note", "A file of the change was not read."},
  PARTIAL = {"partly-read-file", "warning", "A file was read only where it parses."},
  SUPPRESSED = {"suppressed-finding", "note", "A comment in the code silences a finding."};

struct sarif {
    struct json_writer writer;
    struct buffer text;   /* scratch */
    struct buffer listed; /* a byte for each index of a rule: 1 where a result has it */
    const struct review_title *title;
};

/* "](" would make a link of what stands before it (3.11.6), "{0}" is a placeholder (3.11.5). */
static void add_plain(struct buffer *out, struct view text)
{
    size_t start = out->len;
    struct buffer clean;

    buffer_init(&clean, SARIF_TEXT_MAX);
    escape_terminal(&clean, text);
    for (size_t i = 0; i < clean.len; i++) {
        char byte = clean.ptr[i], next = i + 1 < clean.len ? clean.ptr[i + 1] : '\0';

        if (byte == ']' && next == '(')
            buffer_add_byte(out, '\\');
        if (byte == '{' && isdigit((unsigned char)next) &&
            (out->len == start || out->ptr[out->len - 1] != '{'))
            buffer_add_byte(out, '{');
        buffer_add_byte(out, byte);
    }
    buffer_deinit(&clean);
}

static void add_text(struct sarif *sarif, const char *name, struct view text)
{
    buffer_clear(&sarif->text);
    add_plain(&sarif->text, text);
    json_add_text(&sarif->writer, name, buffer_view(&sarif->text));
}

static void add_message(struct sarif *sarif, const char *name, struct view text)
{
    json_open_object(&sarif->writer, name);
    add_text(sarif, "text", text);
    json_close_object(&sarif->writer);
}

/* RFC 3986: a path of which every byte that could mean something else is encoded, a colon too. */
static void add_artifact(struct sarif *sarif, struct view path)
{
    static const char HEX[] = "0123456789ABCDEF";
    bool absolute = view_starts(path, "/");

    buffer_clear(&sarif->text);
    buffer_add_text(&sarif->text, absolute ? "file://" : "");
    for (size_t i = 0; i < path.len; i++) {
        unsigned char byte = (unsigned char)path.ptr[i];

        if (byte < 0x80 && byte != 0 && (isalnum(byte) || strchr("/-._~!$&'()*+,;=@", byte))) {
            buffer_add_byte(&sarif->text, (char)byte);
            continue;
        }
        buffer_add_byte(&sarif->text, '%');
        buffer_add_byte(&sarif->text, HEX[byte >> 4]);
        buffer_add_byte(&sarif->text, HEX[byte & 15]);
    }
    json_open_object(&sarif->writer, "artifactLocation");
    json_add_text(&sarif->writer, "uri", buffer_view(&sarif->text));
    if (!absolute)
        json_add_text(&sarif->writer, "uriBaseId", VIEW("SRCROOT"));
    json_close_object(&sarif->writer);
}

static void add_place(struct sarif *sarif, struct view path, uint32_t line)
{
    json_open_object(&sarif->writer, "physicalLocation");
    add_artifact(sarif, path);
    if (line > 0) {
        json_open_object(&sarif->writer, "region");
        json_add_int(&sarif->writer, "startLine", line);
        json_close_object(&sarif->writer);
    }
    json_close_object(&sarif->writer);
}

/* "PyMembershipInList" of "py-membership-in-list": readers show a name that is an identifier. */
static void add_name(struct sarif *sarif, struct view id)
{
    bool upper = true;

    buffer_clear(&sarif->text);
    for (size_t i = 0; i < id.len; i++) {
        char byte = id.ptr[i];

        if (byte != '-')
            buffer_add_byte(&sarif->text, upper ? (char)toupper((unsigned char)byte) : byte);
        upper = byte == '-';
    }
    json_add_text(&sarif->writer, "name", buffer_view(&sarif->text));
}

/* CommonMark is plain enough for the reader who shows none. */
static void add_help(struct sarif *sarif, const struct rule *rule)
{
    buffer_clear(&sarif->text);
    rule_render_markdown(rule, &sarif->text);
    json_open_object(&sarif->writer, "help");
    json_add_text(&sarif->writer, "text", buffer_view(&sarif->text));
    json_add_text(&sarif->writer, "markdown", buffer_view(&sarif->text));
    json_close_object(&sarif->writer);
}

static void add_rule(struct sarif *sarif, const struct rule *rule)
{
    struct json_writer *w = &sarif->writer;
    const struct variant *first = &rule->variants[0];
    struct buffer full;

    json_open_object(w, NULL);
    json_add_text(w, "id", rule->id);
    add_name(sarif, rule->id);
    add_message(sarif, "shortDescription", rule->title);
    buffer_init(&full, SARIF_TEXT_MAX);
    buffer_add_format(&full, "%.*s. ", VIEW_ARG(rule->title));
    render_template(&full, first->fix);
    add_message(sarif, "fullDescription", buffer_view(&full));
    if (sarif->title->rule_url.len > 0) {
        buffer_clear(&full);
        buffer_add_format(&full, "%.*s%.*s", VIEW_ARG(sarif->title->rule_url), VIEW_ARG(rule->id));
        json_add_text(w, "helpUri", buffer_view(&full));
    }
    buffer_deinit(&full);
    add_help(sarif, rule);
    json_open_object(w, "defaultConfiguration");
    json_add_text(w, "level", view_of(LEVELS[first->severity]));
    json_close_object(w);
    json_open_object(w, "properties");
    json_open_array(w, "tags");
    json_add_text(w, NULL, VIEW("performance"));
    json_add_text(w, NULL, view_of(language_name(rule->language)));
    if (rule->pyo3)
        json_add_text(w, NULL, VIEW("pyo3"));
    json_close_array(w);
    json_add_text(w, "checklist", rule->checklist);
    json_add_text(w, "lever", view_of(lever_name(rule->lever)));
    json_add_text(w, "precision", view_of(confidence_name(first->confidence)));
    json_add_text(w, "problem.severity", view_of(PROBLEMS[first->severity]));
    json_close_object(w);
    json_close_object(w);
}

/* Fills `listed`; then writes each rule once, by index. */
static void add_rules(struct sarif *sarif, const struct review *review)
{
    size_t end = 0;

    for (size_t i = 0; i < review->finding_count; i++)
        if (review->findings[i].rule->index >= end)
            end = (size_t)review->findings[i].rule->index + 1;
    for (size_t i = 0; i < end; i++)
        buffer_add_byte(&sarif->listed, 0);
    json_open_array(&sarif->writer, "rules");
    for (size_t i = 0; i < review->finding_count && sarif->listed.failed == ERR_OK; i++)
        sarif->listed.ptr[review->findings[i].rule->index] = 1;
    for (size_t index = 0; index < sarif->listed.len; index++)
        for (size_t i = 0; sarif->listed.ptr[index] && i < review->finding_count; i++)
            if (review->findings[i].rule->index == index) {
                add_rule(sarif, review->findings[i].rule);
                break;
            }
    json_close_array(&sarif->writer);
}

static int64_t position_of(const struct sarif *sarif, const struct rule *rule)
{
    int64_t position = 0;

    for (size_t i = 0; i < rule->index && i < sarif->listed.len; i++)
        position += sarif->listed.ptr[i];
    return position;
}

static void add_driver(struct sarif *sarif, const struct review *review)
{
    const struct notice *const NOTICES[] = {&SKIPPED, &PARTIAL, &SUPPRESSED};
    struct json_writer *w = &sarif->writer;

    json_open_object(w, "tool");
    json_open_object(w, "driver");
    json_add_text(w, "name", VIEW("perf-review"));
    json_add_text(w, "version", VIEW(PERF_REVIEW_VERSION));
    json_add_text(w, "semanticVersion", VIEW(PERF_REVIEW_VERSION));
    add_rules(sarif, review);
    json_open_array(w, "notifications");
    for (size_t i = 0; i < COUNT_OF(NOTICES); i++) {
        json_open_object(w, NULL);
        json_add_text(w, "id", view_of(NOTICES[i]->id));
        add_message(sarif, "shortDescription", view_of(NOTICES[i]->what));
        json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
    json_close_object(w);
}

static void add_notices(struct sarif *sarif, const struct notice *notice, const struct skipped *items,
                        size_t count, bool are_files)
{
    struct json_writer *w = &sarif->writer;
    struct buffer text;

    buffer_init(&text, SARIF_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        json_open_object(w, NULL);
        json_open_object(w, "descriptor");
        json_add_text(w, "id", view_of(notice->id));
        json_close_object(w);
        json_add_text(w, "level", view_of(notice->level));
        buffer_clear(&text);
        buffer_add_format(&text, "%.*s: %.*s", VIEW_ARG(items[i].path), VIEW_ARG(items[i].why));
        add_message(sarif, "message", buffer_view(&text));
        if (are_files) {
            json_open_array(w, "locations");
            json_open_object(w, NULL);
            add_place(sarif, items[i].path, 0);
            json_close_object(w);
            json_close_array(w);
        }
        json_close_object(w);
    }
    buffer_deinit(&text);
}

static void add_invocation(struct sarif *sarif, const struct review *review)
{
    struct json_writer *w = &sarif->writer;

    json_open_array(w, "invocations");
    json_open_object(w, NULL);
    json_add_bool(w, "executionSuccessful", true);
    json_open_array(w, "toolExecutionNotifications");
    add_notices(sarif, &SKIPPED, review->skipped, review->skipped_count, true);
    add_notices(sarif, &PARTIAL, review->partial, review->partial_count, true);
    add_notices(sarif, &SUPPRESSED, review->suppressed, review->suppressed_count, false);
    json_close_array(w);
    json_close_object(w);
    json_close_array(w);
}

static void add_location(struct sarif *sarif, const struct finding *finding)
{
    struct json_writer *w = &sarif->writer;

    json_open_array(w, "locations");
    json_open_object(w, NULL);
    json_open_object(w, "physicalLocation");
    add_artifact(sarif, finding->path);
    json_open_object(w, "region");
    json_add_int(w, "startLine", finding->line);
    if (finding->column_utf16 > 0)
        json_add_int(w, "startColumn", finding->column_utf16);
    json_add_int(w, "endLine", finding->end_line);
    if (finding->column_utf16 > 0 && finding->end_column_utf16 > 0)
        json_add_int(w, "endColumn", finding->end_column_utf16);
    json_close_object(w);
    json_close_object(w);
    if (finding->function.len > 0) {
        json_open_array(w, "logicalLocations");
        json_open_object(w, NULL);
        add_text(sarif, "name", finding->function);
        json_add_text(w, "kind", VIEW("function"));
        json_close_object(w);
        json_close_array(w);
    }
    json_close_object(w);
    json_close_array(w);
}

static void add_related(struct sarif *sarif, int64_t id, struct view path, uint32_t line, struct view what)
{
    json_open_object(&sarif->writer, NULL);
    json_add_int(&sarif->writer, "id", id);
    add_place(sarif, path, line);
    add_message(sarif, "message", what);
    json_close_object(&sarif->writer);
}

static void add_all_related(struct sarif *sarif, const struct finding *finding)
{
    int64_t id = 0;

    json_open_array(&sarif->writer, "relatedLocations");
    for (size_t i = 0; i < finding->related_count; i++)
        add_related(sarif, id++, finding->related[i].path, finding->related[i].line,
                    finding->related[i].what);
    if (finding->anchor != 0 && (finding->anchor < finding->line || finding->anchor > finding->end_line))
        add_related(sarif, id, finding->path, finding->anchor, VIEW("what the change touched"));
    json_close_array(&sarif->writer);
}

/* Whole lines. A region without an end column ends before its line's line ending (3.30.8), which is then left
 * where it is: so the last line of a file need not have one. */
static void add_replacement(struct sarif *sarif, const struct text_edit *edit)
{
    struct json_writer *w = &sarif->writer;
    struct view text = edit->text;
    bool keeps = view_ends(edit->before, "\r\n") ? view_ends(text, "\r\n")
                                                 : view_ends(edit->before, "\n") && view_ends(text, "\n");

    if (keeps)
        text.len -= view_ends(edit->before, "\r\n") ? 2 : 1;
    json_open_object(w, NULL);
    json_open_object(w, "deletedRegion");
    json_add_int(w, "startLine", edit->start_line);
    json_add_int(w, "startColumn", 1);
    if (!keeps && view_ends(edit->before, "\n")) {
        json_add_int(w, "endLine", (int64_t)edit->end_line + 1);
        json_add_int(w, "endColumn", 1);
    } else {
        json_add_int(w, "endLine", edit->end_line);
    }
    json_close_object(w);
    json_open_object(w, "insertedContent");
    json_add_text(w, "text", text);
    json_close_object(w);
    json_close_object(w);
}

/* Only what may be applied without a thought; and byte by byte, so not where JSON could not hold it. */
static void add_fix(struct sarif *sarif, const struct finding *finding)
{
    struct json_writer *w = &sarif->writer;

    if (!finding->has_patch || !finding->patch_safe || !finding->patch_verified)
        return;
    for (size_t i = 0; i < finding->edit_count; i++)
        if (!escape_is_clean(finding->edits[i].text))
            return;
    json_open_array(w, "fixes");
    json_open_object(w, NULL);
    add_message(sarif, "description", finding->fix);
    json_open_array(w, "artifactChanges");
    json_open_object(w, NULL);
    add_artifact(sarif, finding->path);
    json_open_array(w, "replacements");
    for (size_t i = 0; i < finding->edit_count; i++)
        add_replacement(sarif, &finding->edits[i]);
    json_close_array(w);
    json_close_object(w);
    json_close_array(w);
    json_close_object(w);
    json_close_array(w);
}

static void add_properties(struct sarif *sarif, const struct finding *finding)
{
    struct json_writer *w = &sarif->writer;

    json_open_object(w, "properties");
    json_add_text(w, "severity", view_of(severity_name(finding->severity)));
    json_add_text(w, "confidence", view_of(confidence_name(finding->confidence)));
    json_add_text(w, "checklist", finding->rule->checklist);
    json_add_text(w, "lever", view_of(lever_name(finding->rule->lever)));
    json_add_text(w, "heat", view_of(heat_name(finding->heat)));
    json_add_text(w, "heatEvidence", view_of(heat_evidence_name(finding->heat_evidence)));
    json_add_text(w, "role", view_of(role_name(finding->role)));
    json_add_bool(w, "madeHotter", finding->made_hotter);
    render_json_estimate(w, &finding->estimate);
    add_text(sarif, "tradeoffs", finding->tradeoffs);
    add_text(sarif, "measure", finding->measure);
    json_close_object(w);
}

static void add_result(struct sarif *sarif, const struct finding *finding)
{
    struct json_writer *w = &sarif->writer;
    struct buffer text;

    json_open_object(w, NULL);
    json_add_text(w, "ruleId", finding->rule->id);
    json_add_int(w, "ruleIndex", position_of(sarif, finding->rule));
    json_add_text(w, "level", view_of(LEVELS[finding->severity]));
    buffer_init(&text, SARIF_TEXT_MAX);
    json_open_object(w, "message");
    render_plain(finding, &text);
    add_text(sarif, "text", buffer_view(&text));
    buffer_clear(&text);
    render_finding_body(finding, "", false, &text);
    add_text(sarif, "markdown", buffer_view(&text));
    json_close_object(w);
    buffer_deinit(&text);
    add_location(sarif, finding);
    add_all_related(sarif, finding);
    json_open_object(w, "partialFingerprints");
    json_add_text(w, "perfReview/v1", view_of(finding->fingerprint));
    json_close_object(w);
    add_fix(sarif, finding);
    add_properties(sarif, finding);
    json_close_object(w);
}

void review_render_sarif(const struct review *review, const struct review_title *title, struct buffer *out)
{
    static const struct review_title NO_TITLE = {0};
    struct sarif sarif = {.title = title != NULL ? title : &NO_TITLE};
    struct json_writer *w = &sarif.writer;

    buffer_init(&sarif.text, SARIF_TEXT_MAX);
    buffer_init(&sarif.listed, SARIF_TEXT_MAX);
    json_writer_init(w, out);
    json_open_object(w, NULL);
    json_add_text(w, "$schema", VIEW(SCHEMA));
    json_add_text(w, "version", VIEW("2.1.0"));
    json_open_array(w, "runs");
    json_open_object(w, NULL);
    add_driver(&sarif, review);
    add_invocation(&sarif, review);
    json_open_object(w, "originalUriBaseIds");
    json_open_object(w, "SRCROOT");
    add_message(&sarif, "description", VIEW("The root of the repository."));
    json_close_object(w);
    json_close_object(w);
    json_add_text(w, "columnKind", VIEW("utf16CodeUnits"));
    json_open_array(w, "results");
    for (size_t i = 0; i < review->finding_count; i++)
        add_result(&sarif, &review->findings[i]);
    json_close_array(w);
    json_close_object(w);
    json_close_array(w);
    json_close_object(w);
    buffer_add_byte(out, '\n');
    if (out->failed == ERR_OK)
        out->failed = sarif.listed.failed;
    buffer_deinit(&sarif.text);
    buffer_deinit(&sarif.listed);
}
