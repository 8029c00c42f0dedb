/** @file change.h  A change as git has it becomes the change that the analysis takes: the bytes of files of
 * our languages, and a reason where there are none. */
#pragma once
#include "git/delta.h"
#include "perfreview/review.h"

struct change {
    struct delta *deltas;
    const struct mirror_delta **sources; /* of each delta, in the same order */
    size_t count;
    struct view cut; /* what was left out of the list of files itself; empty where nothing was */
};

/** Read the blobs of @p diff, which must live as long as @p out. Files of other languages are left out.
 *  A file over @p file_bytes gets a reason instead of bytes. Errors: of the store; ERR_LIMIT at the arena's
 *  cap. */
NODISCARD
enum err_code change_load(struct mirror *mirror, const struct mirror_diff *diff, size_t file_bytes,
                          struct arena *arena, struct change *out, struct err *err);

/** Whether lines @p first to @p last of the head lie in one hunk that the forge shows: only there may a
 *  comment stand. */
bool change_is_commentable(const struct mirror_delta *delta, uint32_t first, uint32_t last);
