/** @file command.h  The commands of one comment: acknowledged, allowed or not, carried out, answered. Each
 *  step may be done again after a crash: what is told to the store and to the forge is the same then. */
#pragma once
#include "store/store.h"
#include "worker/job.h"

struct command_world {
    const struct job_world *job;
    struct store *store;
    int64_t now_ms;
    job_still_ours *still_ours;
    void *ctx; /* of still_ours */
};

/** Carry out the commands of @p job, which is leased. @p result gets an end, JOB_CLEAN or JOB_SKIPPED, and
 * its reason. Errors: of the store and the forge, as job_publish(). */
NODISCARD
enum err_code command_carry_out(const struct command_world *world, const struct job_target *target,
                                const struct store_job *job, struct arena *arena, struct job_result *result,
                                struct err *err);
