/** @file json.h  Reading JSON from outside (cJSON behind it): bounded depth and size, borrowed values. */
#pragma once
#include "base/arena.h"

/* Input beyond any of these is refused before it is parsed. */
enum {
    JSON_DEPTH_MAX = 64,
    JSON_TEXT_MAX = 32 * 1024 * 1024, /* bytes; GitHub sends at most 25 MiB */
    JSON_VALUES_MAX = 1000000,        /* containers count too; a value costs about 100 bytes of memory */
    JSON_NUMBER_MAX = 63,             /* bytes of one number */
    JSON_PATHS_MAX = 32,              /* of one json_parse_only() */
};

struct json; /* opaque: one value of a parsed document */

/** Parse the whole of @p text. Owner: the caller frees the root with json_free(); all values borrowed
 *  from it die with it. A text is cut at an escaped NUL. Errors: ERR_INVALID with the byte offset (from 0),
 *  ERR_LIMIT at one of the limits above, ERR_MEMORY. */
NODISCARD enum err_code json_parse(struct view text, struct json **out, struct err *err);
/** The same, and all of @p text is held to the grammar and the limits, but only what lies on one of @p paths
 *  is built: most of a large document then costs no more than a look at its bytes. On these paths json_at()
 *  finds what it finds in the whole document; what else the result holds is open. Paths are not empty and
 *  have at most 8 steps, @p count is at most JSON_PATHS_MAX; 0: all is built. */
NODISCARD enum err_code json_parse_only(struct view text, const char *const *paths, size_t count,
                                        struct json **out, struct err *err);
void json_free(struct json *root);

/** The member at a dotted path, e.g. "pull_request.head.sha"; NULL where any step is absent, null or
 *  not an object. The path "" is the value itself. Takes NULL as @p value. Names are compared exactly; of
 *  members with the same name the first counts. */
const struct json *json_at(const struct json *value, const char *path);
/** Text, number and truth of the value at @p path; false and *out untouched where it has another type.
 *  An integer must be one within 2^53, a number finite. Views are borrowed from the document. */
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
