/** @file git_internal.h  What the files of this module share: the handle, ids, and libgit2's errors as ours.
 */
#pragma once
#include "git/mirror.h"

#include <git2.h>

#define MIRROR_LIBGIT2_AT_LEAST(major, minor)                                                                \
    (LIBGIT2_VER_MAJOR > (major) || (LIBGIT2_VER_MAJOR == (major) && LIBGIT2_VER_MINOR >= (minor)))
#if MIRROR_LIBGIT2_AT_LEAST(1, 8)
#include <git2/sys/errors.h> /* where git_error_clear() went */
#endif

struct mirror {
    git_repository *git;
    bool is_store; /* one of ours: fetch may write into it */
};

/** Our code and message for libgit2's @p result: "what subject: libgit2's own words". */
enum err_code mirror_failed(struct err *err, int result, const char *what, struct view subject);
/** Our code alone, from the result and, where it says an HTTP status, from libgit2's words. */
enum err_code mirror_code(int result);

/** Errors: ERR_INVALID for anything but 40 hex digits. */
NODISCARD
enum err_code mirror_id_parse(struct view hex, git_oid *out, struct err *err);
void mirror_id_format(const git_oid *id, char out[MIRROR_ID_SIZE]);
/** A NUL-terminated copy; ERR_INVALID where @p text holds a NUL. */
NODISCARD
enum err_code mirror_c_string(struct view text, struct arena *arena, const char **out, struct err *err);
