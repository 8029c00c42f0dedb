/** @file wishes.h  What people of a pull request told us by commands, from the store to the next review. */
#pragma once
#include "store/store.h"
#include "worker/job.h"

/** Fill target->wishes (but full), paused and paused_by. Errors: of the store; ERR_LIMIT. */
NODISCARD
enum err_code wishes_recall(struct store *store, struct job_target *target, struct arena *arena,
                            struct err *err);
/** GOAL_NONE where @p name is none. */
enum goal wishes_goal(struct view name);
/** "glob" or "glob:symbol": a symbol has no '/', so the last ':' parts it from its glob. Errors: ERR_INVALID
 *  says what is wrong with it. */
NODISCARD
enum err_code wishes_read_mark(struct view text, bool hot, struct heat_mark *out, struct err *err);
