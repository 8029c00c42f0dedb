/** @file sweep.h  Webhooks are hints: what is wanted is that every open head has its review. A sweep reads
 * the lists of the forges and queues a job, as its webhook would have, for each open pull request that has
 * none and needs one. */
#pragma once
#include "store/store.h"
#include "worker/job.h"

enum { SWEEP_SLICE_MS = 5000 /* then a job has its turn */ };

struct sweep_world { /* borrowed */
    const struct settings *settings;
    const struct log *log;
    struct store *store;
    struct forge *forges; /* in the order of the settings */
    struct view owner;    /* name of the lease: no other process has it */
    int64_t (*now_ms)(const void *clock);
    const void *clock;
};

/** Go on with the round of a forge that is due, for a slice of time. A list that cannot be read comes again
 * in the next round; where the forge itself does not answer, or asks to wait, that ends this one. Errors:
 *  ERR_NOT_FOUND where none is due or another process has it; those of the store. */
NODISCARD
enum err_code sweep_run(const struct sweep_world *world, struct arena *arena, struct err *err);
