/** @file check.h  The check of a head at its forge, from a job's beginning to its end, kept in the store from
 *  before it is opened until it is closed: one that a dead worker left open is closed by the next who comes
 * by. */
#pragma once
#include "store/store.h"
#include "worker/job.h"

struct check_world {
    const struct job_world *job;
    struct store *store;
    int64_t now_ms;
};

/** Open the check of the head that job_look() saw, as result->check, and close those of other heads of the
 * pull request. That it cannot be told is no reason not to review. Errors: of the store; of the forge where
 * it asks us to wait.
 */
NODISCARD
enum err_code check_begin(const struct check_world *world, const struct job_target *target,
                          struct job_result *result, struct arena *arena, struct err *err);
/** result->check as it ends after the analysis. */
NODISCARD
enum err_code check_fill(const struct job_result *result, struct forge_check *out, struct arena *arena,
                         struct err *err);
/** Close it with what the job came to. Nothing happens where none is open. Errors: of the store; of the forge
 *  where trying again may help. */
NODISCARD
enum err_code check_end(const struct check_world *world, const struct job_target *target,
                        const struct job_result *result, struct arena *arena, struct err *err);
/** The job failed (@p over) or waits: closed as neutral, or queued again. Errors are only logged. */
void check_give_up(const struct check_world *world, const struct job_target *target, bool over,
                   struct view reason, struct arena *arena);
/** Close one that was left open and on which nobody works any more. Errors: ERR_NOT_FOUND where there is
 * none. */
NODISCARD
enum err_code check_close_stale(const struct check_world *world, struct forge *forges, size_t forge_count,
                                struct arena *arena, struct err *err);
