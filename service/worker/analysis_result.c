/* Comments are placed, the review is rendered and written by the child; read and checked by its parent. */
#include "base/json.h"
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

enum err_code analysis_place(struct analysis_work *work, bool no_comments, struct err *err)
{
    size_t count = work->review.finding_count;

    work->places = ARENA_ARRAY(work->arena, struct analysis_place, count + 1);
    if (!work->places)
        return arena_full(work->arena, err);
    for (size_t i = 0; i < count; i++) {
        if (!work->findings[i].is_inline)
            continue;
        if (!no_comments)
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
        if (!work->findings[i].is_inline)
            continue;
        json_open_object(writer, NULL);
        json_add_int(writer, "delta", (int64_t)work->places[i].delta);
        json_add_int(writer, "line", work->places[i].line);
        json_add_int(writer, "start_line", work->places[i].start_line);
        finding_render_comment(&work->findings[i], &work->input->title, text);
        add_text(writer, "body", text);
        json_close_object(writer);
    }
    json_close_array(writer);
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
    review_render_summary(&work->review, title, &text);
    add_text(&writer, "summary", &text);
    write_comments(work, &writer, &text);
    review_render_json(&work->review, &text);
    add_text(&writer, "json", &text);
    review_render_markdown(&work->review, title, &text);
    add_text(&writer, "markdown", &text);
    for (size_t i = 0; i < work->review.finding_count; i++)
        if (work->findings[i].is_inline)
            fold(work, i);
    review_render_summary(&work->review, title, &text);
    add_text(&writer, "folded_summary", &text);
    json_close_object(&writer);
    buffer_deinit(&text);
}

static enum err_code broken(const char *what, struct err *err)
{
    return err_set(err, ERR_INTERNAL, "the analysis gave no %s", what);
}

static enum err_code read_comment(const struct json *item, size_t delta_count, struct arena *arena,
                                  struct analysis_comment *out, struct err *err)
{
    int64_t delta = -1, line = 0, start_line = 0;
    struct view body;

    if (!json_int(item, "delta", &delta) || delta < 0 || (uint64_t)delta >= delta_count ||
        !json_int(item, "line", &line) || line <= 0 || line > UINT32_MAX ||
        !json_int(item, "start_line", &start_line) || start_line < 0 || start_line >= line ||
        !json_text(item, "body", &body))
        return broken("usable comment", err);
    out->delta = (size_t)delta;
    out->line = (uint32_t)line;
    out->start_line = (uint32_t)start_line;
    return arena_copy(arena, body, &out->body, err);
}

static enum err_code read_comments(const struct json *root, size_t delta_count, struct arena *arena,
                                   struct analysis_result *out, struct err *err)
{
    const struct json *list = json_at(root, "comments");
    struct analysis_comment *items = ARENA_ARRAY(arena, struct analysis_comment, ANALYSIS_COMMENTS_MAX);
    enum err_code code = ERR_OK;

    if (!items)
        return arena_full(arena, err);
    if (!json_is_array(list))
        return broken("list of comments", err);
    for (const struct json *item = json_first(list); code == ERR_OK && item; item = json_next(item)) {
        if (out->comment_count == ANALYSIS_COMMENTS_MAX)
            return broken("bounded list of comments", err);
        code = read_comment(item, delta_count, arena, &items[out->comment_count++], err);
    }
    out->comments = items;
    return code;
}

enum err_code analysis_read(struct view document, size_t delta_count, struct arena *arena,
                            struct analysis_result *out, struct err *err)
{
    struct analysis_result made = {0};
    const struct {
        const char *name;
        struct view *out;
    } texts[] = {
        {"summary", &made.summary},   {"folded_summary", &made.folded_summary},
        {"markdown", &made.markdown}, {"json", &made.json},
        {"receipt", &made.receipt},
    };
    struct json *root = NULL;
    int64_t findings = -1;
    struct view text;
    enum err_code code = json_parse(document, &root, err);

    if (code != ERR_OK)
        return err_set(err, ERR_INTERNAL, "the analysis gave no JSON");
    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(texts); i++)
        code = json_text(root, texts[i].name, &text) ? arena_copy(arena, text, texts[i].out, err)
                                                     : broken(texts[i].name, err);
    if (code == ERR_OK && (!json_int(root, "findings", &findings) || findings < 0 || findings > UINT32_MAX))
        code = broken("number of findings", err);
    made.findings = (uint32_t)findings;
    if (code == ERR_OK)
        code = read_comments(root, delta_count, arena, &made, err);
    json_free(root);
    if (code == ERR_OK)
        *out = made;
    return code;
}
