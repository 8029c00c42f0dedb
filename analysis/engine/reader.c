/* Reads the words and strings that patterns and predicates are made of. */
#include "engine_internal.h"

bool reader_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

char reader_peek(struct reader *reader)
{
    for (; reader->at < reader->text.len; reader->at++) {
        char c = reader->text.ptr[reader->at];
        if (c == ';') {
            size_t end = view_find_byte(reader->text, '\n', reader->at);
            reader->at = (end == SIZE_MAX ? reader->text.len : end) - 1;
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return c;
        }
    }
    return 0;
}

struct view reader_word(struct reader *reader)
{
    size_t start = reader->at;
    while (reader->at < reader->text.len && reader_is_word(reader->text.ptr[reader->at]))
        reader->at++;
    return view_slice(reader->text, start, reader->at);
}

enum err_code reader_string(struct reader *reader, struct view *out)
{
    size_t start = reader->at++;
    char *text = arena_alloc(reader->compile->arena, reader->text.len - start + 1);
    size_t len = 0;

    if (text == NULL)
        return arena_full(reader->compile->arena, reader->err);
    for (; reader->at < reader->text.len; reader->at++) {
        char c = reader->text.ptr[reader->at], after;
        if (c == '"') {
            reader->at++;
            *out = (struct view){text, len};
            return ERR_OK;
        }
        after = reader->at + 1 < reader->text.len ? reader->text.ptr[reader->at + 1] : 0;
        if (c == '\\' && (after == '"' || after == '\\' || after == 'n' || after == 't')) {
            c = after == 'n' ? '\n' : after == 't' ? '\t' : after;
            reader->at++;
        } /* any other backslash stays: "\d" is what a regex means by it */
        text[len++] = c;
    }
    return READER_ERROR(reader, start, "this string has no closing quote");
}

uint8_t capture_find(const struct view *captures, size_t count, struct view name)
{
    for (size_t i = 0; i < count; i++)
        if (view_equal(captures[i], name))
            return (uint8_t)i;
    return CAPTURE_NONE;
}
