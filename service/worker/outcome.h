/** @file outcome.h  A leased job from its lease to its end in the store: done, skipped, put back, or failed
 *  with a reason that an operator can act on. */
#pragma once
#include "store/store.h"
#include "worker/job.h"

enum {
    OUTCOME_BACKOFF_MAX_MS = 5 * 60 * 1000,
    OUTCOME_OWN_FAULT_ATTEMPTS = 2, /* of a job whose analysis crashes or runs over its limits */
};

struct outcome_world {
    const struct job_world *job;
    struct store *store;
    struct forge *forges; /* in the order of the settings */
    int64_t (*now_ms)(const void *clock);
    const void *clock;
};

/** Run @p job, which this process has leased, and tell the store what came of it. Errors: of the store alone;
 *  the job is then as good as lost and taken up again when its lease ends. */
NODISCARD
enum err_code outcome_run(const struct outcome_world *world, const struct store_job *job, struct arena *arena,
                          struct err *err);

/** One thing that a dead worker left undone and that belongs to no job any more. Errors: ERR_NOT_FOUND where
 *  there is none; those of the store. */
NODISCARD
enum err_code outcome_tidy(const struct outcome_world *world, struct arena *arena, struct err *err);

/** How long to wait before try @p attempt + 1 (1 for the first): doubles from @p first_ms, at most
 *  OUTCOME_BACKOFF_MAX_MS, spread by the job's id so that jobs that failed together come back apart. */
int64_t outcome_backoff_ms(int64_t first_ms, int64_t job, int64_t attempt);

/** What becomes of a job whose worker ended by itself or was ended: put back, or failed after its last
 *  attempt. @p spent false: the attempt does not count. */
NODISCARD
enum err_code outcome_put_back(struct store *store, const struct settings *settings,
                               const struct store_job *job, bool spent, int64_t attempts_max, int64_t now_ms,
                               struct view reason, struct err *err);
