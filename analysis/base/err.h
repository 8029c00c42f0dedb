/** @file err.h  What went wrong: a code that callers act on and one line that people read. */
#pragma once
#include "base/view.h"

enum { ERR_MESSAGE_MAX = 1024 }; /* bytes of a message with its NUL; longer text is cut with an ellipsis */

#define ERR_CODES(X)                                                                                         \
    X(ERR_OK, "ok")                                                                                          \
    X(ERR_INVALID, "invalid")         /* the input is wrong: do not retry, tell its author */                \
    X(ERR_LIMIT, "limit")             /* a named limit was reached */                                        \
    X(ERR_MEMORY, "memory")           /* no memory left */                                                   \
    X(ERR_NOT_FOUND, "not found")     /* the named thing does not exist (yet) */                             \
    X(ERR_DENIED, "denied")           /* credentials or signature refused */                                 \
    X(ERR_UNAVAILABLE, "unavailable") /* a server or resource fails now: retry with backoff */               \
    X(ERR_TIMEOUT, "timeout")         /* took too long: the outcome may be unknown */                        \
    X(ERR_CONFLICT, "conflict")       /* somebody else changed or holds it: read again */                    \
    X(ERR_SUPERSEDED, "superseded")   /* a newer head owns the work */                                       \
    X(ERR_INTERNAL, "internal")       /* our own mistake, or an answer that breaks its contract */

enum err_code {
#define X(code, name) code,
    ERR_CODES(X)
#undef X
};

struct err {
    enum err_code code;
    int64_t retry_after_ms; /* what the other side asked for; 0 where it asked for nothing */
    char message[ERR_MESSAGE_MAX];
};

/** Fill @p err (which may be NULL) and give @p code back, so that `return err_set(...)` reads well. */
enum err_code err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/** Put "what was being done: " before the message; gives err's code back (ERR_INTERNAL for NULL). */
enum err_code err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
/** The short name of a code, e.g. "not found". Static. */
const char *err_name(enum err_code code);
