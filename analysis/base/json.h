/** @file json.h  Reading JSON from outside (cJSON behind it): bounded depth and size, borrowed values. */
#pragma once
#include "base/arena.h"

enum { JSON_DEPTH_MAX = 64 }; /* deeper input is refused before it is parsed */

struct json; /* opaque: one value of a parsed document */

/** Parse the whole of @p text. Owner: the caller frees the root with json_free(); all values borrowed
 *  from it die with it. Errors: ERR_INVALID with the byte offset, ERR_LIMIT for depth, ERR_MEMORY. */
NODISCARD enum err_code json_parse(struct view text, struct json **out, struct err *err);
void json_free(struct json *root);

/** The member at a dotted path, e.g. "pull_request.head.sha"; NULL where any step is absent, null or
 *  not an object. Takes NULL as @p value. Names are compared exactly. */
const struct json *json_at(const struct json *value, const char *path);
/** Text, number and truth of the value at @p path; false and *out untouched where it has another type.
 *  A number must be an integer within 2^53. Views are borrowed from the document. */
bool json_text(const struct json *value, const char *path, struct view *out);
bool json_int(const struct json *value, const char *path, int64_t *out);
bool json_number(const struct json *value, const char *path, double *out);
bool json_bool(const struct json *value, const char *path, bool *out);
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
/** Walk an array or an object's members: the first child, the next sibling, a member's name. */
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *value);
struct view json_name(const struct json *value);
