/* Comments are placed, the review is rendered and written by the child; analysis_read.c is the other end. */
#include "base/json_writer.h"
#include "base/utf8.h"
#include "worker/analysis_internal.h"

enum { TEXT_MAX_BYTES = 16 << 20 };

static size_t find_delta(const struct change *change, struct view path)
{
    for (size_t i = 0; i < change->count; i++)
        if (view_equal(change->deltas[i].path, path) && change->deltas[i].head.ptr)
            return i;
    return SIZE_MAX;
}

/* The lines that the comment spans: those of a suggestion, else the line that was touched. */
static struct analysis_place place_of(const struct change *change, const struct finding *finding)
{
    struct analysis_place place = {.delta = find_delta(change, finding->path)}, none = {0};
    uint32_t first = finding->anchor;

    place.line = finding->anchor;
    if (finding->suggestion && finding->edit_count > 0) {
        first = finding->edits[0].start_line;
        place.line = finding->edits[0].end_line;
    }
    if (place.delta == SIZE_MAX || utf8_find_bad(finding->path) != SIZE_MAX ||
        !change_is_commentable(change->sources[place.delta], first, place.line))
        return none;
    place.start_line = first < place.line ? first : 0;
    return place;
}

static void fold(struct analysis_work *work, size_t at)
{
    work->findings[at].is_inline = false;
    work->review.receipt.inline_count--;
    work->review.receipt.folded++;
}

static enum analysis_known_state state_of(const struct analysis_work *work, size_t at,
                                          enum analysis_known_state unknown)
{
    return work->known[at] == SIZE_MAX ? unknown : work->input->known[work->known[at]].state;
}

static bool comment_fits(const struct analysis_work *work, size_t at)
{
    struct buffer text;
    bool fits;

    buffer_init(&text, TEXT_MAX_BYTES);
    finding_render_comment(&work->findings[at], &work->input->title, &text);
    fits = text.failed == ERR_OK && text.len <= ANALYSIS_COMMENT_BYTES;
    buffer_deinit(&text);
    return fits;
}

enum err_code analysis_place(struct analysis_work *work, bool no_comments, struct err *err)
{
    size_t count = work->review.finding_count;

    work->places = ARENA_ARRAY(work->arena, struct analysis_place, count + 1);
    if (!work->places)
        return arena_full(work->arena, err);
    for (size_t i = 0; i < count; i++) {
        enum analysis_known_state state = state_of(work, i, ANALYSIS_REFUSED + 1);

        if (!work->findings[i].is_inline || state == ANALYSIS_COMMENTED)
            continue;
        if (!no_comments && state != ANALYSIS_REFUSED && comment_fits(work, i))
            work->places[i] = place_of(work->input->change, &work->findings[i]);
        if (!work->places[i].line)
            fold(work, i);
    }
    return ERR_OK;
}

/* A NUL would end the text at whoever reads it as JSON. */
static void add_text(struct json_writer *writer, const char *name, struct buffer *text)
{
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i] == '\0')
            text->ptr[i] = ' ';
    json_add_text(writer, name, buffer_view(text));
    if (text->failed != ERR_OK && writer->out->failed == ERR_OK)
        writer->out->failed = text->failed;
    buffer_clear(text);
}

static void write_comments(const struct analysis_work *work, struct json_writer *writer, struct buffer *text)
{
    json_open_array(writer, "comments");
    for (size_t i = 0; i < work->review.finding_count; i++) {
        if (!work->findings[i].is_inline || state_of(work, i, ANALYSIS_REFUSED) == ANALYSIS_COMMENTED)
            continue;
        json_open_object(writer, NULL);
        json_add_text(writer, "fingerprint", view_of(work->findings[i].fingerprint));
        json_add_int(writer, "delta", (int64_t)work->places[i].delta);
        json_add_int(writer, "line", work->places[i].line);
        json_add_int(writer, "start_line", work->places[i].start_line);
        finding_render_comment(&work->findings[i], &work->input->title, text);
        add_text(writer, "body", text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_annotations(const struct analysis_work *work, struct json_writer *writer,
                              struct buffer *text)
{
    size_t written = 0;

    json_open_array(writer, "annotations");
    for (size_t i = 0; i < work->review.finding_count && written < ANALYSIS_ANNOTATIONS_MAX; i++) {
        const struct finding *finding = &work->findings[i];
        size_t delta = find_delta(work->input->change, finding->path);

        if (delta == SIZE_MAX || utf8_find_bad(finding->path) != SIZE_MAX)
            continue;
        json_open_object(writer, NULL);
        json_add_int(writer, "delta", (int64_t)delta);
        json_add_int(writer, "line", finding->line);
        json_add_int(writer, "end_line", finding->end_line);
        json_add_bool(writer, "warning", finding->severity == SEVERITY_HIGH);
        json_add_text(writer, "title", finding->rule->title);
        buffer_add_format(text, "%.*s\n\nFix: %.*s", VIEW_ARG(finding->evidence), VIEW_ARG(finding->fix));
        add_text(writer, "message", text);
        json_close_object(writer);
        written++;
    }
    json_close_array(writer);
}

/* What a later review needs: what is still there, and of which files nobody can tell. */
static void write_known(const struct analysis_work *work, struct json_writer *writer, struct buffer *text)
{
    const struct review *review = &work->review;

    json_open_array(writer, "present");
    for (size_t i = 0; i < work->input->known_count; i++)
        json_add_bool(writer, NULL, work->present[i]);
    json_close_array(writer);
    json_open_array(writer, "not_read");
    for (size_t i = 0; i < review->skipped_count; i++) {
        buffer_add(text, review->skipped[i].path);
        add_text(writer, NULL, text);
    }
    for (size_t i = 0; i < review->partial_count; i++) {
        buffer_add(text, review->partial[i].path);
        add_text(writer, NULL, text);
    }
    json_close_array(writer);
}

static void write_verdict(const struct analysis_work *work, struct json_writer *writer, struct buffer *text)
{
    bool failing = false;

    for (size_t i = 0; i < work->review.finding_count; i++)
        failing = failing || (work->fail_on > 0 && (int)work->findings[i].severity >= work->fail_on - 1);
    json_add_bool(writer, "failing", failing);
    json_add_bool(writer, "proposal", work->proposal);
    json_add_text(writer, "unwanted", work->unwanted);
    review_render_verdict(&work->review, text);
    add_text(writer, "title", text);
}

void analysis_write(struct analysis_work *work, struct buffer *out)
{
    const struct review_title *title = &work->input->title;
    struct json_writer writer;
    struct buffer text;

    buffer_init(&text, TEXT_MAX_BYTES);
    json_writer_init(&writer, out);
    json_open_object(&writer, NULL);
    json_add_int(&writer, "findings", (int64_t)work->review.finding_count);
    json_add_text(&writer, "receipt", analysis_receipt(&work->review, work->arena));
    write_verdict(work, &writer, &text);
    write_known(work, &writer, &text);
    write_annotations(work, &writer, &text);
    review_render_summary(&work->review, title, &text);
    add_text(&writer, "summary", &text);
    write_comments(work, &writer, &text);
    review_render_json(&work->review, &text);
    add_text(&writer, "json", &text);
    if (work->input->report)
        work->input->report(&work->review, title, &text);
    add_text(&writer, "report", &text);
    review_render_markdown(&work->review, title, &text);
    add_text(&writer, "markdown", &text);
    for (size_t i = 0; i < work->review.finding_count; i++)
        if (work->findings[i].is_inline && state_of(work, i, ANALYSIS_REFUSED) != ANALYSIS_COMMENTED)
            fold(work, i);
    review_render_summary(&work->review, title, &text);
    add_text(&writer, "folded_summary", &text);
    json_close_object(&writer);
    buffer_deinit(&text);
}
