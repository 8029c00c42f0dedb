/* Errors: one code, one line. A message is always NUL-terminated and never ends in half a character. */
#include "base/err.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"
enum { ELLIPSIS_LEN = sizeof(ELLIPSIS) - 1 };

/* Copy @p text, cutting it where a character starts when it is too long. */
static void keep(char out[ERR_MESSAGE_MAX], const char *text, bool cut)
{
    size_t len = strlen(text);

    if (!cut && len < ERR_MESSAGE_MAX) {
        memcpy(out, text, len + 1);
        return;
    }
    if (len > ERR_MESSAGE_MAX - 1 - ELLIPSIS_LEN)
        len = ERR_MESSAGE_MAX - 1 - ELLIPSIS_LEN;
    /* Text that is no UTF-8 may hold continuation bytes only: three steps reach any real boundary. */
    for (int step = 0; step < 3 && len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; step++)
        len--;
    (void)snprintf(out, ERR_MESSAGE_MAX, "%.*s%s", (int)len, text, ELLIPSIS);
}

enum err_code err_set(struct err *err, enum err_code code, const char *format, ...)
{
    /* Larger than a message, so that a cut is seen; apart, because an argument may be err->message. */
    char text[ERR_MESSAGE_MAX + ELLIPSIS_LEN];
    va_list args;
    int len;

    if (err == NULL)
        return code;
    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (len < 0)
        text[0] = '\0';
    err->code = code;
    err->retry_after_ms = 0;
    keep(err->message, text, false);
    return code;
}

enum err_code err_wrap(struct err *err, const char *format, ...)
{
    char text[2 * ERR_MESSAGE_MAX];
    va_list args;
    int len;

    if (err == NULL)
        return ERR_INTERNAL;
    va_start(args, format);
    len = vsnprintf(text, ERR_MESSAGE_MAX, format, args);
    va_end(args);
    if (len < 0)
        len = 0;
    if (len >= ERR_MESSAGE_MAX) {
        keep(err->message, text, true);
        return err->code;
    }
    memcpy(text + len, ": ", sizeof(": "));
    memcpy(text + len + 2, err->message, strlen(err->message) + 1);
    keep(err->message, text, false);
    return err->code;
}

const char *err_name(enum err_code code)
{
    static const char *const NAMES[] = {
#define X(code, name) [code] = (name),
        ERR_CODES(X)
#undef X
    };

    return (size_t)code < COUNT_OF(NAMES) ? NAMES[code] : "unknown";
}
