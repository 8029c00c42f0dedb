/** @file conversation.h  What a new review changes in what stands: which findings are known already, which
 *  conversations are over, which were closed too early. */
#pragma once
#include "worker/job.h"

/** Fill result->known from what stands and from target->declined. */
NODISCARD
enum err_code conversation_known(const struct job_target *target, struct arena *arena,
                                 struct job_result *result, struct err *err);
/** Add findings whose comment the forge refused: those of the analysis's comments with @p refused set. */
NODISCARD
enum err_code conversation_refuse(struct job_result *result, const bool *refused, struct arena *arena,
                                  struct err *err);
/** The conversations that the analysis ends or opens again. One that a person wrote in, or resolved, is left
 *  alone, and so is one of a file that was not read whole. */
NODISCARD
enum err_code conversation_plan(const struct job_result *result, struct arena *arena,
                                const struct forge_thread_edit **out, size_t *count, struct err *err);
