/** @file hunk_internal.h  Hunks of one patch. */
#pragma once
#include "git/delta.h"
#include "git/git_internal.h"

/** Fill delta's hunks and shown hunks; its added_lines and deleted_lines are set already. */
NODISCARD
enum err_code delta_read_hunks(git_patch *patch, struct arena *arena, struct mirror_delta *delta,
                               struct err *err);
