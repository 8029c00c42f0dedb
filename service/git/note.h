/** @file note.h  Reviews of plain repositories: a note on the head commit under refs/notes/perf-review. */
#pragma once
#include "git/mirror.h"

#define MIRROR_NOTES_REF "refs/notes/perf-review"
enum { MIRROR_NOTE_MAX_BYTES = 4 * 1024 * 1024 };

/** Errors: ERR_NOT_FOUND where @p commit has no note (or is not here). */
NODISCARD
enum err_code mirror_note_read(struct mirror *mirror, struct view commit, struct arena *arena,
                               struct view *out, struct err *err);
/** Put @p text on @p commit in place of what was there; @p out_id gets the note's blob id.
 *  Errors: ERR_CONFLICT where others keep changing the notes, ERR_DENIED where the repository is read-only.
 */
NODISCARD
enum err_code mirror_note_write(struct mirror *mirror, struct view commit, struct view text,
                                char out_id[MIRROR_ID_SIZE], struct err *err);
