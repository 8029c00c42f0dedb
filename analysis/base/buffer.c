/* A text buffer. Room doubles, so that n bytes cost O(n); the cap is checked before memory is taken.
 * After the first failure nothing is added any more: what is there is a prefix of what was wanted. */
#include "base/buffer.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

void buffer_init(struct buffer *buffer, size_t cap_bytes)
{
    *buffer = (struct buffer){.cap = cap_bytes};
}

void buffer_deinit(struct buffer *buffer)
{
    if (buffer == NULL)
        return;
    free(buffer->ptr);
    *buffer = (struct buffer){.cap = buffer->cap};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = ERR_OK;
    if (buffer->ptr != NULL)
        buffer->ptr[0] = '\0';
}

/* Room for @p more bytes and the NUL, which does not count against the cap. */
static bool reserve(struct buffer *buffer, size_t more)
{
    size_t wanted, room = buffer->room > 0 ? buffer->room : FIRST_ROOM;
    char *ptr;

    if (buffer->failed != ERR_OK)
        return false;
    if (more > buffer->cap - buffer->len) {
        buffer->failed = ERR_LIMIT;
        return false;
    }
    wanted = buffer->len + more;
    if (wanted < buffer->room)
        return true;
    while (room <= wanted)
        room = room > SIZE_MAX / 2 ? SIZE_MAX : 2 * room;
    if (buffer->cap < SIZE_MAX && room > buffer->cap + 1)
        room = buffer->cap + 1;
    ptr = wanted < SIZE_MAX ? realloc(buffer->ptr, room) : NULL;
    if (ptr == NULL) {
        buffer->failed = ERR_MEMORY;
        return false;
    }
    buffer->ptr = ptr;
    buffer->room = room;
    return true;
}

void buffer_add(struct buffer *buffer, struct view text)
{
    if (!reserve(buffer, text.len))
        return;
    if (text.len > 0)
        memcpy(buffer->ptr + buffer->len, text.ptr, text.len);
    buffer->len += text.len;
    buffer->ptr[buffer->len] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, view_of(text));
}

void buffer_add_byte(struct buffer *buffer, char byte)
{
    buffer_add(buffer, (struct view){&byte, 1});
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        if (buffer->failed == ERR_OK)
            buffer->failed = ERR_INTERNAL;
        return;
    }
    if (!reserve(buffer, (size_t)len))
        return;
    va_start(args, format);
    (void)vsnprintf(buffer->ptr + buffer->len, (size_t)len + 1, format, args);
    va_end(args);
    buffer->len += (size_t)len;
}

struct view buffer_view(const struct buffer *buffer)
{
    return (struct view){buffer->ptr ? buffer->ptr : "", buffer->len};
}

enum err_code buffer_check(const struct buffer *buffer, const char *what, struct err *err)
{
    switch (buffer->failed) {
    case ERR_OK:
        return ERR_OK;
    case ERR_LIMIT:
        return err_set(err, ERR_LIMIT, "%s: longer than the limit of %zu bytes", what, buffer->cap);
    case ERR_MEMORY:
        return err_set(err, ERR_MEMORY, "%s: no memory left", what);
    default:
        return err_set(err, buffer->failed, "%s: a value could not be formatted", what);
    }
}
