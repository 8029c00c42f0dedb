/* The document that comes out of the sandbox, read as carefully as anything from outside: whoever parses
 * hostile code may have been taken over by it. */
#include "base/json.h"
#include "worker/analysis_internal.h"

static enum err_code broken(const char *what, struct err *err)
{
    return err_set(err, ERR_INTERNAL, "the analysis gave no %s", what);
}

static enum err_code read_comment(const struct json *item, size_t delta_count, struct arena *arena,
                                  struct analysis_comment *out, struct err *err)
{
    int64_t delta = -1, line = 0, start_line = 0;
    struct view body, fingerprint;
    enum err_code code;

    if (!json_int(item, "delta", &delta) || delta < 0 || (uint64_t)delta >= delta_count ||
        !json_int(item, "line", &line) || line <= 0 || line > UINT32_MAX ||
        !json_int(item, "start_line", &start_line) || start_line < 0 || start_line >= line ||
        !json_text(item, "body", &body) || !json_text(item, "fingerprint", &fingerprint))
        return broken("usable comment", err);
    out->delta = (size_t)delta;
    out->line = (uint32_t)line;
    out->start_line = (uint32_t)start_line;
    code = arena_copy(arena, fingerprint, &out->fingerprint, err);
    return code == ERR_OK ? arena_copy(arena, body, &out->body, err) : code;
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

static enum err_code read_annotation(const struct json *item, size_t delta_count, struct arena *arena,
                                     struct analysis_annotation *out, struct err *err)
{
    int64_t delta = -1, line = 0, end_line = 0;
    struct view title, message;
    enum err_code code;

    if (!json_int(item, "delta", &delta) || delta < 0 || (uint64_t)delta >= delta_count ||
        !json_int(item, "line", &line) || line <= 0 || line > UINT32_MAX ||
        !json_int(item, "end_line", &end_line) || end_line < line || end_line > UINT32_MAX ||
        !json_bool(item, "warning", &out->warning) || !json_text(item, "title", &title) ||
        !json_text(item, "message", &message))
        return broken("usable annotation", err);
    out->delta = (size_t)delta;
    out->line = (uint32_t)line;
    out->end_line = (uint32_t)end_line;
    code = arena_copy(arena, title, &out->title, err);
    return code == ERR_OK ? arena_copy(arena, message, &out->message, err) : code;
}

static enum err_code read_annotations(const struct json *root, size_t delta_count, struct arena *arena,
                                      struct analysis_result *out, struct err *err)
{
    const struct json *list = json_at(root, "annotations");
    struct analysis_annotation *items =
        ARENA_ARRAY(arena, struct analysis_annotation, ANALYSIS_ANNOTATIONS_MAX);
    enum err_code code = ERR_OK;

    if (!items)
        return arena_full(arena, err);
    if (!json_is_array(list))
        return broken("list of annotations", err);
    for (const struct json *item = json_first(list); code == ERR_OK && item; item = json_next(item)) {
        if (out->annotation_count == ANALYSIS_ANNOTATIONS_MAX)
            return broken("bounded list of annotations", err);
        code = read_annotation(item, delta_count, arena, &items[out->annotation_count++], err);
    }
    out->annotations = items;
    return code;
}

static enum err_code read_known(const struct json *root, size_t known_count, struct arena *arena,
                                struct analysis_result *out, struct err *err)
{
    const struct json *present = json_first(json_at(root, "present")),
                      *first = json_first(json_at(root, "not_read"));
    bool *found = ARENA_ARRAY(arena, bool, known_count + 1);
    struct view *paths, text;
    size_t count = 0;
    enum err_code code = ERR_OK;

    for (const struct json *item = first; item; item = json_next(item))
        count++;
    paths = ARENA_ARRAY(arena, struct view, count + 1);
    if (!found || !paths)
        return arena_full(arena, err);
    for (size_t i = 0; i < known_count; i++, present = json_next(present))
        if (!present || !json_bool(present, "", &found[i]))
            return broken("word on what is known", err);
    for (const struct json *item = first; code == ERR_OK && item; item = json_next(item))
        code = json_text(item, "", &text) ? arena_copy(arena, text, &paths[out->not_read_count++], err)
                                          : broken("usable path", err);
    out->present = found;
    out->not_read = paths;
    return code;
}

enum err_code analysis_read(struct view document, size_t delta_count, size_t known_count, struct arena *arena,
                            struct analysis_result *out, struct err *err)
{
    struct analysis_result made = {0};
    const struct {
        const char *name;
        struct view *out;
    } texts[] = {
        {"summary", &made.summary},   {"folded_summary", &made.folded_summary},
        {"markdown", &made.markdown}, {"json", &made.json},
        {"receipt", &made.receipt},   {"title", &made.title},
        {"unwanted", &made.unwanted}, {"report", &made.report},
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
    if (code == ERR_OK &&
        (!json_bool(root, "failing", &made.failing) || !json_bool(root, "proposal", &made.proposal)))
        code = broken("verdict", err);
    if (code == ERR_OK)
        code = read_known(root, known_count, arena, &made, err);
    if (code == ERR_OK)
        code = read_comments(root, delta_count, arena, &made, err);
    if (code == ERR_OK)
        code = read_annotations(root, delta_count, arena, &made, err);
    json_free(root);
    if (code == ERR_OK)
        *out = made;
    return code;
}
