/** @file redact.h  Text that may hold secrets, made fit for logs, pages, errors and comments. */
#pragma once
#include "base/buffer.h"

/** Append @p text to @p out with every one of @p secrets (those of 4 bytes and more), the tokens of known
 *  forges (gh*_, github_pat_, glpat-), Authorization values, signatures and the user info of URLs replaced
 *  by "[redacted]". */
void redact_add(struct buffer *out, struct view text, const struct view *secrets, size_t count);
/** The same within a message of fixed size, in place. */
void redact_error(struct err *err, const struct view *secrets, size_t count);
