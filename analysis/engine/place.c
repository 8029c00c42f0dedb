/* Finds the line and column of a byte inside a text that a YAML file holds. */
#include "engine_internal.h"
#include <stdarg.h>
#include <stdio.h>

static struct view line_of(struct view text, uint32_t line)
{
    size_t start = 0, end;
    for (; line > 1; line--) {
        end = view_find_byte(text, '\n', start);
        if (end == SIZE_MAX)
            return VIEW("");
        start = end + 1;
    }
    end = view_find_byte(text, '\n', start);
    return view_slice(text, start, end == SIZE_MAX ? text.len : end);
}

struct place place_of(const struct yaml *node, struct view source)
{
    struct place place = {.file = node->file, .line = node->line, .column = node->column};
    struct view written = line_of(source, node->text_line), first = line_of(node->text, 1);
    size_t from = node->text_line == node->line ? node->column - 1 : 0;
    size_t at = first.len > 0 && from <= written.len ? view_find(written, first, from) : SIZE_MAX;

    /* A text that YAML joined or unescaped does not lie in the file as it is: then its start must do. */
    if (at == SIZE_MAX)
        return place;
    place.line = node->text_line;
    place.column = (uint32_t)at + 1;
    place.block = node->text_line > node->line;
    return place;
}

enum err_code place_error(const struct place *place, struct view text, size_t offset, struct err *err,
                          const char *format, ...)
{
    char message[ERR_MESSAGE_MAX];
    uint32_t line = place->line, column = place->column;
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    for (size_t i = 0; i < offset && i < text.len; i++) {
        column++;
        if (text.ptr[i] == '\n' && place->block) {
            line++;
            column = place->column;
        }
    }
    return err_set(err, ERR_INVALID, "%.*s:%u:%u: %s", VIEW_ARG(place->file), line, column, message);
}
