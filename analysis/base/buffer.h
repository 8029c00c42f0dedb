/** @file buffer.h  Growing text with a cap. Appending never fails at the call: the first failure is
 *  kept and asked for at the end. */
#pragma once
#include "base/err.h"

struct buffer {
    char *ptr; /* heap; NUL-terminated where not NULL */
    size_t len, room, cap;
    enum err_code failed; /* ERR_OK, or the first failure: ERR_LIMIT at the cap, ERR_MEMORY */
};

/** An empty buffer of at most @p cap_bytes. Owner: the caller, until buffer_deinit(). */
void buffer_init(struct buffer *buffer, size_t cap_bytes);
void buffer_deinit(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* empties it, forgets a failure, keeps the memory */
void buffer_add(struct buffer *buffer, struct view text);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/** Borrowed until the next change. */
struct view buffer_view(const struct buffer *buffer);
/** ERR_OK, or the first failure with @p what in the message. */
NODISCARD enum err_code buffer_check(const struct buffer *buffer, const char *what, struct err *err);
