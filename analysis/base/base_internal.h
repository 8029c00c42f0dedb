/** @file base_internal.h  What only the files of base share. */
#pragma once
#include "base/buffer.h"
#include "base/json.h"

/* What is left of a document for cJSON to read. */
struct json_kept {
    struct view text; /* the whole document, or what `buffer` holds */
    size_t values;    /* in it */
    struct buffer buffer;
};

/** Hold @p text to the grammar and to the limits of json.h, and leave out what lies on none of @p paths
 *  (count 0: leave out nothing). Errors: as json_parse(). buffer_deinit() what it kept, in any case. */
NODISCARD enum err_code json_scan(struct view text, const char *const *paths, size_t count,
                                  struct json_kept *kept, struct err *err);
