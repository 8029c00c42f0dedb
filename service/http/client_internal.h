/** @file client_internal.h  What a request may carry where: shared by the client's files. */
#pragma once
#include "http/client.h"

/** True where @p name may hold a secret and so stays with the first address. */
bool header_is_secret(struct view name);
/** ERR_INVALID for a header that would break the request apart. */
NODISCARD
enum err_code header_check(const struct http_header *header, struct err *err);
/** One more header of a reply from its line "Name: value\r\n"; other lines are left out. */
NODISCARD
enum err_code reply_add_header(struct http_reply *reply, size_t *room, struct view line, struct arena *arena,
                               struct err *err);
