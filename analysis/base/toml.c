/* One pass over a TOML document by recursive descent. The keys that lead to a value are a stack: a table's
 * header sets its bottom, a key adds to it. */
#include "base/toml.h"
#include <string.h>

struct reader {
    struct view text;
    size_t at;
    struct arena *arena;
    toml_found *found;
    void *ctx;
    struct view keys[TOML_KEYS_MAX];
    size_t key_count;
    int nesting;
    struct err *err;
};

static enum err_code fail(const struct reader *reader, const char *what)
{
    size_t line = 1;
    for (size_t i = 0; i < reader->at && i < reader->text.len; i++)
        line += reader->text.ptr[i] == '\n';
    return err_set(reader->err, ERR_INVALID, "line %zu: %s", line, what);
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->text.len ? reader->text.ptr[reader->at] : '\0';
}

static bool at_end(const struct reader *reader)
{
    return reader->at >= reader->text.len;
}

static bool takes(struct reader *reader, const char *word)
{
    if (!view_starts(view_slice(reader->text, reader->at, reader->text.len), word))
        return false;
    reader->at += strlen(word);
    return true;
}

static void skip_spaces(struct reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\t')
        reader->at++;
}

static void skip_comment(struct reader *reader)
{
    if (peek(reader) == '#')
        while (!at_end(reader) && peek(reader) != '\n')
            reader->at++;
}

/* Blank space, line ends and comments. */
static void skip_blank(struct reader *reader)
{
    size_t before;
    do {
        before = reader->at;
        skip_spaces(reader);
        skip_comment(reader);
        while (peek(reader) == '\n' || peek(reader) == '\r')
            reader->at++;
    } while (reader->at > before);
}

static enum err_code expect_line_end(struct reader *reader)
{
    skip_spaces(reader);
    skip_comment(reader);
    if (peek(reader) == '\r')
        reader->at++;
    if (!at_end(reader) && peek(reader) != '\n')
        return fail(reader, "the line should end here");
    return ERR_OK;
}

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static size_t encode(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* The digits of \u and \U; what they encode is never longer than they are. */
static enum err_code take_code(struct reader *reader, int digits, char *out, size_t *len)
{
    uint32_t code = 0;

    for (int i = 0; i < digits; i++) {
        char c = peek(reader);
        if (c >= '0' && c <= '9')
            code = code << 4 | (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            code = code << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return fail(reader, "a hexadecimal digit is expected here");
        reader->at++;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return fail(reader, "this is no character");
    *len += encode(code, out + *len);
    return ERR_OK;
}

/* After a backslash. */
static enum err_code take_escape(struct reader *reader, bool lines, char *out, size_t *len)
{
    static const char NAMES[] = "btnfr\"\\", MEANINGS[] = "\b\t\n\f\r\"\\";
    char c = peek(reader);
    const char *name = c != '\0' ? strchr(NAMES, c) : NULL;

    if (name != NULL) {
        reader->at++;
        out[(*len)++] = MEANINGS[name - NAMES];
        return ERR_OK;
    }
    if (c == 'u' || c == 'U') {
        reader->at++;
        return take_code(reader, c == 'u' ? 4 : 8, out, len);
    }
    if (!lines || (c != '\n' && c != '\r' && c != ' ' && c != '\t'))
        return fail(reader, "unknown escape");
    while (peek(reader) == '\n' || peek(reader) == '\r' || peek(reader) == ' ' || peek(reader) == '\t')
        reader->at++;
    return ERR_OK;
}

/* The length of a string's text from here to its closing quotes; SIZE_MAX where they are missing. */
static size_t find_close(const struct reader *reader, char quote, bool lines)
{
    size_t at = reader->at;

    for (; at < reader->text.len; at++) {
        char c = reader->text.ptr[at];
        if (c == '\\' && quote == '"') {
            at++;
            continue;
        }
        if (c == '\n' && !lines)
            return SIZE_MAX;
        if (c != quote)
            continue;
        if (!lines)
            return at;
        if (at + 2 < reader->text.len && reader->text.ptr[at + 1] == quote &&
            reader->text.ptr[at + 2] == quote) {
            /* Up to two quotes may stand before the closing three. */
            for (int more = 0; more < 2 && at + 3 < reader->text.len && reader->text.ptr[at + 3] == quote;
                 more++)
                at++;
            return at;
        }
    }
    return SIZE_MAX;
}

static enum err_code unescape(struct reader *reader, size_t end, bool lines, struct view *out)
{
    char *plain = arena_alloc(reader->arena, end - reader->at + 1);
    struct reader inner = *reader;
    size_t len = 0;

    if (plain == NULL)
        return arena_full(reader->arena, reader->err);
    inner.text.len = end;
    while (inner.at < end) {
        char c = inner.text.ptr[inner.at++];
        if (c != '\\')
            plain[len++] = c;
        else if (take_escape(&inner, lines, plain, &len) != ERR_OK)
            return reader->err->code;
    }
    *out = (struct view){plain, len};
    return ERR_OK;
}

static enum err_code read_string(struct reader *reader, bool lines_allowed, struct view *out)
{
    char quote = peek(reader);
    const char *three = quote == '"' ? "\"\"\"" : "'''";
    bool lines = lines_allowed && takes(reader, three);
    size_t end;

    if (!lines)
        reader->at++;
    else if (!takes(reader, "\r\n"))
        (void)takes(reader, "\n"); /* a line end right after the quotes is no part of it */
    end = find_close(reader, quote, lines);
    if (end == SIZE_MAX)
        return fail(reader, "this string is not closed");
    *out = view_slice(reader->text, reader->at, end);
    if (quote == '"' && view_find_byte(*out, '\\', 0) != SIZE_MAX &&
        unescape(reader, end, lines, out) != ERR_OK)
        return reader->err->code;
    reader->at = end + (lines ? 3 : 1);
    return ERR_OK;
}

/* a.b."c d" */
static enum err_code read_keys(struct reader *reader)
{
    enum err_code code = ERR_OK;

    do {
        struct view key;
        size_t start;

        skip_spaces(reader);
        start = reader->at;
        if (reader->key_count == TOML_KEYS_MAX)
            return err_set(reader->err, ERR_LIMIT, "more than %d keys lead to a value", TOML_KEYS_MAX);
        if (peek(reader) == '"' || peek(reader) == '\'')
            code = read_string(reader, false, &key);
        else {
            while (is_bare(peek(reader)))
                reader->at++;
            key = view_slice(reader->text, start, reader->at);
            if (key.len == 0)
                code = fail(reader, "a key is expected here");
        }
        if (code != ERR_OK)
            return code;
        reader->keys[reader->key_count++] = key;
        skip_spaces(reader);
    } while (takes(reader, "."));
    return ERR_OK;
}

static enum err_code tell(struct reader *reader, struct view text, bool quoted)
{
    const struct toml_scalar scalar = {reader->keys, reader->key_count, text, quoted};
    return reader->found(reader->ctx, &scalar, reader->err);
}

static enum err_code read_value(struct reader *reader);

/* key = value */
static enum err_code read_pair(struct reader *reader)
{
    size_t bottom = reader->key_count;
    enum err_code code = read_keys(reader);

    if (code == ERR_OK && !takes(reader, "="))
        code = fail(reader, "'=' is expected here");
    if (code == ERR_OK)
        code = read_value(reader);
    reader->key_count = bottom;
    return code;
}

/* The elements of an array, or the pairs of an inline table. */
static enum err_code read_elements(struct reader *reader, char close)
{
    enum err_code code = ERR_OK;

    if (reader->nesting == TOML_NESTING_MAX)
        return err_set(reader->err, ERR_LIMIT, "nested deeper than %d levels", TOML_NESTING_MAX);
    reader->nesting++;
    reader->at++;
    skip_blank(reader);
    while (code == ERR_OK && peek(reader) != close) {
        code = close == ']' ? read_value(reader) : read_pair(reader);
        skip_blank(reader);
        if (code != ERR_OK || peek(reader) == close)
            break;
        if (!takes(reader, ","))
            code = fail(reader, "',' is expected here");
        skip_blank(reader);
    }
    reader->at++;
    reader->nesting--;
    return code;
}

/* A number, a date, true or false, as written. */
static enum err_code read_bare(struct reader *reader)
{
    size_t start = reader->at;
    struct view text;

    while (is_bare(peek(reader)) || (peek(reader) != '\0' && strchr("+.: ", peek(reader)) != NULL))
        reader->at++;
    text = view_trim(view_slice(reader->text, start, reader->at));
    return text.len > 0 ? tell(reader, text, false) : fail(reader, "a value is expected here");
}

static enum err_code read_value(struct reader *reader)
{
    struct view text;

    skip_spaces(reader);
    switch (peek(reader)) {
    case '"':
    case '\'':
        if (read_string(reader, true, &text) != ERR_OK)
            return reader->err->code;
        return tell(reader, text, true);
    case '[':
        return read_elements(reader, ']');
    case '{':
        return read_elements(reader, '}');
    default:
        return read_bare(reader);
    }
}

/* [table] or [[array of tables]] */
static enum err_code read_header(struct reader *reader)
{
    bool array = takes(reader, "[[");
    enum err_code code;

    if (!array)
        reader->at++;
    reader->key_count = 0;
    code = read_keys(reader);
    if (code == ERR_OK && !takes(reader, array ? "]]" : "]"))
        code = fail(reader, "this bracket is not closed");
    return code;
}

enum err_code toml_read(struct view text, struct arena *arena, toml_found *found, void *ctx, struct err *err)
{
    struct err own = {0};
    struct reader reader = {
        .text = text, .arena = arena, .found = found, .ctx = ctx, .err = err != NULL ? err : &own};
    enum err_code code = ERR_OK;

    if (text.len > TOML_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "larger than %d bytes", TOML_TEXT_MAX);
    (void)takes(&reader, "\xEF\xBB\xBF");
    for (skip_blank(&reader); code == ERR_OK && !at_end(&reader); skip_blank(&reader)) {
        code = peek(&reader) == '[' ? read_header(&reader) : read_pair(&reader);
        if (code == ERR_OK)
            code = expect_line_end(&reader);
    }
    return code;
}
