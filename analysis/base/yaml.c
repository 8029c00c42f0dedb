/* YAML in: libfyaml's events become nodes in the caller's arena. Events, not its document tree, because
 * they come while the text is read: depth and memory are bounded as it goes, and what we refuse (aliases,
 * anchors, tags, a second document, keys that are no scalar) is refused where it stands. */
#include "base/yaml.h"
#include "base/utf8.h"
#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An open container. While a mapping waits for a value its key is kept here. */
struct open_node {
    struct yaml *node, *last; /* last: its newest child */
    bool has_key;
    struct yaml key; /* text, line and column */
};

struct reader {
    struct view file, source;
    struct arena *arena;
    struct fy_parser *parser;
    struct fy_diag *diag;
    struct open_node open[YAML_DEPTH_MAX];
    size_t depth;
    struct yaml *root;
    bool done;     /* the first document has ended */
    uint32_t line; /* of the newest event */
    char told[128];
};

PRINTF_LIKE(5, 0)
static enum err_code error_at(struct view file, uint32_t line, uint32_t column, struct err *err,
                              const char *format, va_list args)
{
    char text[ERR_MESSAGE_MAX];

    if (vsnprintf(text, sizeof(text), format, args) < 0)
        text[0] = '\0';
    return err_set(err, ERR_INVALID, "%.*s:%u:%u: %s", VIEW_ARG(file), line, column, text);
}

enum err_code yaml_error(const struct yaml *node, struct err *err, const char *format, ...)
{
    enum err_code code;
    va_list args;

    va_start(args, format);
    code = error_at(node->file, node->line, node->column, err, format, args);
    va_end(args);
    return code;
}

enum err_code yaml_key_error(const struct yaml *node, struct err *err, const char *format, ...)
{
    bool keyed = node->key_line > 0;
    enum err_code code;
    va_list args;

    va_start(args, format);
    code = error_at(node->file, keyed ? node->key_line : node->line, keyed ? node->key_column : node->column,
                    err, format, args);
    va_end(args);
    return code;
}

static enum err_code limit_error(const struct yaml *at, struct err *err, const char *what)
{
    return err_set(err, ERR_LIMIT, "%.*s:%u:%u: %s", VIEW_ARG(at->file), at->line, at->column, what);
}

/* libfyaml collects the mistakes whose place it knows; of the others (a wrong version in a directive) it
 * only tells. The first of those is kept, and nothing reaches stderr. */
static void keep_told(struct fy_diag *diag, void *user, const char *text, size_t len)
{
    struct reader *reader = user;
    struct view told = view_trim((struct view){text, len});

    (void)diag;
    if (reader->told[0] == '\0')
        (void)snprintf(reader->told, sizeof(reader->told), "%.*s", VIEW_ARG(told));
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

/* Whether a block text's indicator begins at @p at: nothing follows it on its line but a comment. */
static bool is_indicator(struct view line, size_t at)
{
    if (line.ptr[at] != '|' && line.ptr[at] != '>')
        return false;
    for (at++; at < line.len && strchr("-+0123456789 \t", line.ptr[at]) != NULL; at++)
        ;
    return at == line.len || (line.ptr[at] == '#' && line.ptr[at - 1] == ' ');
}

/* libfyaml's mark of block text is where its first line of text begins; our node stands at its
 * indicator, in the line above (or in the same line, when that is the last of the file). */
static void place_block(struct view source, size_t text_at, struct yaml *node)
{
    size_t end = text_at, start;

    node->text_line = node->line;
    if (end > 0 && is_break(source.ptr[end - 1])) {
        end -= end > 1 && source.ptr[end - 1] == '\n' && source.ptr[end - 2] == '\r' ? 2 : 1;
        node->line--;
    }
    for (start = end; start > 0 && !is_break(source.ptr[start - 1]); start--)
        ;
    node->column = 1;
    for (size_t at = start; at < end && !is_indicator(view_slice(source, start, end), at - start); at++)
        node->column += ((unsigned char)source.ptr[at] & 0xc0) != 0x80;
}

/* Whether there is any text of the event: libfyaml 0.7 gives the value of `key:` no mark, 0.8 one behind
 * the colon. */
static bool is_written(struct fy_event *event)
{
    struct fy_token *token = event->type == FYET_SCALAR ? event->scalar.value : NULL;
    const struct fy_mark *start, *end;

    if (event->type != FYET_SCALAR || (token != NULL && fy_token_scalar_style(token) != FYSS_PLAIN))
        return true;
    start = token != NULL ? fy_token_start_mark(token) : NULL;
    end = token != NULL ? fy_token_end_mark(token) : NULL;
    return start != NULL && end != NULL && start->input_pos < end->input_pos;
}

/* Where an event begins. What is not written at all (the value of `key:`) is said to stand where its key
 * does. */
static void place(const struct reader *reader, struct fy_event *event, struct yaml *node)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    const struct open_node *top = reader->depth > 0 ? &reader->open[reader->depth - 1] : NULL;

    node->file = reader->file;
    if (mark != NULL && is_written(event)) {
        node->line = (uint32_t)mark->line + 1;
        node->column = (uint32_t)mark->column + 1;
    } else if (top != NULL) {
        node->line = top->has_key ? top->key.line : top->node->line;
        node->column = top->has_key ? top->key.column : top->node->column;
    } else {
        node->line = node->column = 1;
    }
}

/* The same for something we refuse, whose own token, if any, begins @p sigil bytes before its mark. */
static enum err_code refuse(const struct reader *reader, struct fy_event *event, struct fy_token *token,
                            uint32_t sigil, const char *what, struct err *err)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    struct yaml at = {0};

    place(reader, event, &at);
    if (mark != NULL) {
        at.line = (uint32_t)mark->line + 1;
        at.column = (uint32_t)mark->column + 1 - sigil;
    }
    return yaml_error(&at, err, "%s", what);
}

static enum err_code no_memory(const struct reader *reader, struct err *err)
{
    return err_set(err, ERR_MEMORY, "%.*s: no memory left to read it", VIEW_ARG(reader->file));
}

/* The first mistake that libfyaml found. */
static enum err_code syntax_error(const struct reader *reader, struct err *err)
{
    void *iterator = NULL;
    const struct fy_diag_error *first = fy_diag_errors_iterate(reader->diag, &iterator);
    struct yaml at = {.file = reader->file, .line = reader->line, .column = 1};

    if (first == NULL && reader->told[0] == '\0')
        return no_memory(reader, err);
    if (first == NULL)
        return yaml_error(&at, err, "%s", reader->told);
    if (first->line > 0)
        at.line = (uint32_t)first->line;
    if (first->column > 0)
        at.column = (uint32_t)first->column;
    return yaml_error(&at, err, "%s", first->msg);
}

/* Walk the pieces of a scalar, copying them to @p out where that is not NULL; gives their length, or
 * SIZE_MAX when memory is short. Not fy_token_get_text(): libfyaml 0.7's leaks when a quoted scalar has
 * many pieces, and makes a character of block text that is empty because the file ends there. */
static size_t join_pieces(struct fy_token *token, char *out)
{
    bool block = fy_token_scalar_style(token) == FYSS_LITERAL || fy_token_scalar_style(token) == FYSS_FOLDED;
    struct fy_token_iter *pieces = fy_token_iter_create(token);
    const struct fy_iter_chunk *piece = NULL;
    size_t len = 0;
    int problem = 0;

    if (pieces == NULL)
        return SIZE_MAX;
    while ((piece = fy_token_iter_chunk_next(pieces, piece, &problem)) != NULL) {
        if (out != NULL)
            memcpy(out + len, piece->str, piece->len);
        len += piece->len;
    }
    fy_token_iter_destroy(pieces);
    /* Empty block text at the end of a file is reported as a problem, too. */
    return problem != 0 && !(block && len == 0) ? SIZE_MAX : len;
}

static enum err_code copy_text(const struct reader *reader, struct fy_token *token, struct view *out,
                               struct err *err)
{
    size_t len = token ? join_pieces(token, NULL) : 0;
    char *text;

    if (len == SIZE_MAX)
        return no_memory(reader, err);
    text = arena_alloc(reader->arena, len + 1);
    if (text == NULL)
        return arena_full(reader->arena, err);
    if (len > 0 && join_pieces(token, text) != len)
        return no_memory(reader, err);
    *out = (struct view){text, len};
    return ERR_OK;
}

static enum err_code fill_scalar(const struct reader *reader, struct fy_event *event, struct yaml *node,
                                 struct err *err)
{
    struct fy_token *token = event->scalar.value;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;

    place(reader, event, node);
    node->kind = YAML_SCALAR;
    node->plain = style == FYSS_PLAIN;
    node->text_line = node->line;
    if (style == FYSS_LITERAL || style == FYSS_FOLDED)
        place_block(reader->source, fy_token_start_mark(token)->input_pos, node);
    else if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
        node->column--; /* the mark is behind the quote */
    return copy_text(reader, token, &node->text, err);
}

/* Give @p node its place in the tree: under the open container, or as the root. */
static void attach(struct reader *reader, struct yaml *node)
{
    struct open_node *top;

    if (reader->depth == 0) {
        reader->root = node;
        return;
    }
    top = &reader->open[reader->depth - 1];
    if (top->has_key) {
        node->key = top->key.text;
        node->key_line = top->key.line;
        node->key_column = top->key.column;
        top->has_key = false;
    }
    if (top->last == NULL)
        top->node->first = node;
    else
        top->last->next = node;
    top->last = node;
    top->node->count++;
}

static bool wants_key(const struct reader *reader)
{
    const struct open_node *top = reader->depth > 0 ? &reader->open[reader->depth - 1] : NULL;

    return top != NULL && top->node->kind == YAML_MAPPING && !top->has_key;
}

static enum err_code on_scalar(struct reader *reader, struct fy_event *event, struct err *err)
{
    struct yaml *node;
    enum err_code code;

    if (wants_key(reader)) {
        struct open_node *top = &reader->open[reader->depth - 1];

        top->key = (struct yaml){0};
        code = fill_scalar(reader, event, &top->key, err);
        top->has_key = code == ERR_OK;
        return code;
    }
    node = ARENA_NEW(reader->arena, struct yaml);
    if (node == NULL)
        return arena_full(reader->arena, err);
    code = fill_scalar(reader, event, node, err);
    if (code == ERR_OK)
        attach(reader, node);
    return code;
}

static enum err_code on_start(struct reader *reader, struct fy_event *event, enum yaml_kind kind,
                              struct err *err)
{
    struct yaml *node;

    if (wants_key(reader))
        return refuse(reader, event, NULL, 0, "a key must be a word or a quoted text", err);
    if (reader->depth == YAML_DEPTH_MAX) {
        struct yaml at = {0};

        place(reader, event, &at);
        return limit_error(&at, err, "nested too deep");
    }
    node = ARENA_NEW(reader->arena, struct yaml);
    if (node == NULL)
        return arena_full(reader->arena, err);
    place(reader, event, node);
    node->kind = kind;
    attach(reader, node);
    reader->open[reader->depth++] = (struct open_node){.node = node};
    return ERR_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct yaml *x = *(const struct yaml *const *)a, *y = *(const struct yaml *const *)b;
    int order = view_compare(x->key, y->key);

    if (order != 0)
        return order;
    if (x->key_line != y->key_line)
        return x->key_line < y->key_line ? -1 : 1;
    return (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

/* Sorted, so that a long hostile mapping costs n log n. The first repetition in the text is named. */
static enum err_code check_duplicates(const struct reader *reader, const struct yaml *mapping,
                                      struct err *err)
{
    const struct yaml **sorted, *again = NULL, *before = NULL;
    size_t at = 0;

    if (mapping->count < 2)
        return ERR_OK;
    sorted = ARENA_ARRAY(reader->arena, const struct yaml *, mapping->count);
    if (sorted == NULL)
        return arena_full(reader->arena, err);
    for (const struct yaml *child = mapping->first; child != NULL; child = child->next)
        sorted[at++] = child;
    qsort(sorted, at, sizeof(void *), by_key);
    for (size_t i = 1; i < at; i++) {
        const struct yaml *x = sorted[i];

        if (!view_equal(sorted[i - 1]->key, x->key))
            continue;
        if (again == NULL || x->key_line < again->key_line ||
            (x->key_line == again->key_line && x->key_column < again->key_column)) {
            again = x;
            before = sorted[i - 1];
        }
    }
    if (again == NULL)
        return ERR_OK;
    return yaml_key_error(again, err, "the key '%.*s' stands in line %u already", VIEW_ARG(again->key),
                          before->key_line);
}

static enum err_code on_end(struct reader *reader, struct err *err)
{
    const struct yaml *node = reader->open[--reader->depth].node;

    return node->kind == YAML_MAPPING ? check_duplicates(reader, node, err) : ERR_OK;
}

static enum err_code on_event(struct reader *reader, struct fy_event *event, struct err *err)
{
    struct fy_token *anchor = fy_event_get_anchor_token(event), *tag = fy_event_get_tag_token(event);

    if (anchor != NULL)
        return refuse(reader, event, anchor, 1, "anchors (&name) are not allowed: write the value out", err);
    if (tag != NULL)
        return refuse(reader, event, tag, 0, "tags (!name) are not allowed", err);
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (reader->done)
            return refuse(reader, event, NULL, 0, "a second document: one file holds one", err);
        return ERR_OK;
    case FYET_DOCUMENT_END:
        reader->done = true;
        return ERR_OK;
    case FYET_ALIAS:
        return refuse(reader, event, fy_event_get_token(event), 1,
                      "aliases (*name) are not allowed: write the value out", err);
    case FYET_SCALAR:
        return on_scalar(reader, event, err);
    case FYET_SEQUENCE_START:
        return on_start(reader, event, YAML_SEQUENCE, err);
    case FYET_MAPPING_START:
        return on_start(reader, event, YAML_MAPPING, err);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        return on_end(reader, err);
    default:
        return ERR_OK;
    }
}

/* A file of comments, or of a lone "---". */
static bool is_nothing(const struct yaml *root)
{
    return root->kind == YAML_SCALAR && root->plain && root->text.len == 0;
}

static enum err_code read_events(struct reader *reader, struct err *err)
{
    enum err_code code = ERR_OK;
    struct fy_event *event;
    bool ended = false;

    while (code == ERR_OK && !ended) {
        event = fy_parser_parse(reader->parser);
        if (event == NULL)
            return syntax_error(reader, err);
        ended = event->type == FYET_STREAM_END;
        if (fy_event_start_mark(event) != NULL)
            reader->line = (uint32_t)fy_event_start_mark(event)->line + 1;
        code = on_event(reader, event, err);
        fy_parser_event_free(reader->parser, event);
    }
    if (code == ERR_OK && fy_parser_get_stream_error(reader->parser))
        return syntax_error(reader, err);
    return code;
}

/* What is kept from libfyaml: bytes that are no UTF-8, which it takes for the end of the text; control
 * bytes, which it keeps; and many blank lines in a row, which cost it seconds. */
static enum err_code check_bytes(const struct reader *reader, struct err *err)
{
    struct yaml at = {.file = reader->file, .line = 1, .column = 1};
    uint32_t text_line = 0; /* the newest with more than white space */
    size_t len;

    for (size_t i = 0; i < reader->source.len; i += len) {
        unsigned char byte = (unsigned char)reader->source.ptr[i];

        len = utf8_len(reader->source, i);
        if (len == 0)
            return yaml_error(&at, err, "not UTF-8: byte %02x", byte);
        if ((byte < 0x20 && byte != '\t' && !is_break((char)byte)) || byte == 0x7f)
            return yaml_error(&at, err, "a control byte: %02x", byte);
        at.column++;
        if (byte == '\n' ||
            (byte == '\r' && (i + 1 == reader->source.len || reader->source.ptr[i + 1] != '\n'))) {
            at.line++;
            at.column = 1;
            if (at.line - text_line > YAML_BLANK_LINES_MAX + 1)
                return limit_error(&at, err, "too many blank lines in a row");
        } else if (byte > ' ') {
            text_line = at.line;
        }
    }
    return ERR_OK;
}

static enum err_code open_parser(struct reader *reader, struct err *err)
{
    struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE};
    struct fy_diag_cfg diag_cfg;

    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.output_fn = keep_told;
    diag_cfg.user = reader;
    diag_cfg.show_source = diag_cfg.show_position = diag_cfg.show_type = diag_cfg.show_module = false;
    diag_cfg.colorize = false;
    reader->diag = fy_diag_create(&diag_cfg);
    if (reader->diag == NULL)
        return no_memory(reader, err);
    fy_diag_set_collect_errors(reader->diag, true);
    cfg.diag = reader->diag;
    reader->parser = fy_parser_create(&cfg);
    if (reader->parser == NULL ||
        fy_parser_set_string(reader->parser, reader->source.ptr, reader->source.len) != 0)
        return no_memory(reader, err);
    return ERR_OK;
}

static void close_parser(struct reader *reader)
{
    if (reader->parser != NULL)
        fy_parser_destroy(reader->parser);
    if (reader->diag != NULL)
        fy_diag_destroy(reader->diag);
}

enum err_code yaml_parse(struct view text, struct view file, struct arena *arena, const struct yaml **out,
                         struct err *err)
{
    struct reader reader = {.source = text, .arena = arena, .line = 1};
    struct yaml start = {.file = file, .line = 1, .column = 1};
    enum err_code code;

    if (text.len > YAML_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "%.*s: %zu bytes, limit %d", VIEW_ARG(file), text.len, YAML_TEXT_MAX);
    if (text.len == 0) /* libfyaml measures a text of length 0 itself */
        return yaml_error(&start, err, "the file is empty");
    code = arena_copy(arena, file, &reader.file, err);
    if (code == ERR_OK)
        code = check_bytes(&reader, err);
    if (code == ERR_OK)
        code = open_parser(&reader, err);
    if (code == ERR_OK)
        code = read_events(&reader, err);
    if (code == ERR_OK && (reader.root == NULL || is_nothing(reader.root)))
        code = yaml_error(&start, err, "the file is empty");
    if (code == ERR_OK)
        *out = reader.root;
    close_parser(&reader);
    return code;
}

const struct yaml *yaml_get(const struct yaml *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING)
        return NULL;
    for (const struct yaml *child = mapping->first; child != NULL; child = child->next)
        if (view_is(child->key, key))
            return child;
    return NULL;
}
