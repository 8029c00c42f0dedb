/** @file supervisor.h  Worker processes: started, watched, replaced, ended. A small process of its own forks
 *  them, so that none is ever made from a process with threads; the caller hears of deaths and tends the
 *  leases in the store, so that a job is given on as soon as its worker is gone, and not before. */
#pragma once
#include "store/store.h"
#include "worker/job.h"

enum { SUPERVISOR_WORKERS_MAX = 64, SUPERVISOR_OWNER_SIZE = 128, SUPERVISOR_GRACE_MS = 5000 };

/** What a worker process does until SIGTERM, which is blocked for it; its result is the exit status. */
typedef int supervisor_work(void *ctx, const char *owner);

struct supervisor_options {
    unsigned count;
    supervisor_work *work;
    void *ctx;
    const struct log *log;
};

struct supervisor;
/** Start the workers. The caller must have no other thread and no open store yet, and must block SIGTERM and
 *  SIGINT. Owner: the caller, until supervisor_free(). Errors: ERR_UNAVAILABLE, ERR_MEMORY. */
NODISCARD
enum err_code supervisor_new(const struct supervisor_options *options, struct supervisor **out,
                             struct err *err);
/** Readable when a worker was born or died: call supervisor_tend(). */
int supervisor_fd(const struct supervisor *supervisor);
/** Keep the leases of living workers, put back the jobs of dead ones. Call it at least every third of
 *  lease_seconds. Errors: those of the store (call again), ERR_INTERNAL where the workers are gone for good.
 */
NODISCARD
enum err_code supervisor_tend(struct supervisor *supervisor, struct store *store,
                              const struct settings *settings, int64_t now_ms, struct err *err);
/** End all workers, after SUPERVISOR_GRACE_MS the hard way, and put back what they had not finished.
 *  @p store may be NULL. */
void supervisor_stop(struct supervisor *supervisor, struct store *store, const struct settings *settings);
void supervisor_free(struct supervisor *supervisor); /* takes NULL */
