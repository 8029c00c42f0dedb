/** @file walk.h  The files below a folder, in byte order. Hidden names and what is no plain file or folder
 * are left out, links are not followed. */
#pragma once
#include "base/arena.h"

enum { WALK_FILES_MAX = 60000, WALK_DEPTH_MAX = 64 };

struct walk_list {
    struct view *paths; /* NUL-terminated; as @p start of the call with what is below it appended */
    size_t count, cap;
};

typedef bool walk_wants(struct view path);
/** Add every file below @p start that @p wants; a file named itself is added whatever it is called.
 *  Errors: ERR_NOT_FOUND for the start, ERR_LIMIT over WALK_FILES_MAX, ERR_UNAVAILABLE. */
NODISCARD
enum err_code walk_add(const char *start, walk_wants *wants, struct arena *arena, struct walk_list *list,
                       struct err *err);
