/* A finding and its conversation, over many heads. */
#include "worker/conversation.h"

/* A conversation says more than what was remembered of it. */
static bool has_thread(const struct forge_standing *standing, const struct analysis_known *declined)
{
    for (size_t i = 0; i < standing->thread_count; i++)
        if (view_equal(standing->threads[i].fingerprint, declined->fingerprint) &&
            view_equal(standing->threads[i].path, declined->path))
            return true;
    return false;
}

enum err_code conversation_known(const struct job_target *target, struct arena *arena,
                                 struct job_result *result, struct err *err)
{
    const struct forge_standing *standing = &result->standing;
    struct job_known known = {.items = ARENA_ARRAY(arena, struct analysis_known,
                                                   standing->thread_count + target->declined_count + 1)};

    if (!known.items)
        return arena_full(arena, err);
    for (size_t i = 0; i < standing->thread_count; i++) {
        const struct forge_thread *thread = &standing->threads[i];

        known.items[known.count++] =
            (struct analysis_known){.fingerprint = thread->fingerprint,
                                    .path = thread->path,
                                    .state = thread->declined ? ANALYSIS_DECLINED : ANALYSIS_COMMENTED,
                                    .who = thread->declined_by};
    }
    known.thread_count = known.count;
    for (size_t i = 0; i < target->declined_count; i++)
        if (!has_thread(standing, &target->declined[i]))
            known.items[known.count++] = target->declined[i];
    result->known = known;
    return ERR_OK;
}

enum err_code conversation_refuse(struct job_result *result, const bool *refused, struct arena *arena,
                                  struct err *err)
{
    const struct analysis_result *analysis = &result->analysis;
    struct job_known *known = &result->known;
    struct analysis_known *items =
        ARENA_ARRAY(arena, struct analysis_known, known->count + analysis->comment_count + 1);

    if (!items)
        return arena_full(arena, err);
    for (size_t i = 0; i < known->count; i++)
        items[i] = known->items[i];
    for (size_t i = 0; i < analysis->comment_count; i++)
        if (refused[i])
            items[known->count++] =
                (struct analysis_known){.fingerprint = analysis->comments[i].fingerprint,
                                        .path = result->change.deltas[analysis->comments[i].delta].path,
                                        .state = ANALYSIS_REFUSED};
    known->items = items;
    return ERR_OK;
}

static bool was_read(const struct job_result *result, struct view path)
{
    if (result->change.cut.len > 0)
        return false;
    for (size_t i = 0; i < result->analysis.not_read_count; i++)
        if (view_equal(result->analysis.not_read[i], path))
            return false;
    return true;
}

enum err_code conversation_plan(const struct job_result *result, struct arena *arena,
                                const struct forge_thread_edit **out, size_t *count, struct err *err)
{
    struct forge_thread_edit *edits =
        ARENA_ARRAY(arena, struct forge_thread_edit, result->known.thread_count + 1);

    *count = 0;
    if (!edits)
        return arena_full(arena, err);
    for (size_t i = 0; i < result->known.thread_count; i++) {
        const struct forge_thread *thread = &result->standing.threads[i];
        bool present = result->analysis.present[i], said_fixed = thread->fixed_in.len > 0;

        if (thread->declined || thread->answered)
            continue;
        if (present && said_fixed)
            edits[(*count)++] = (struct forge_thread_edit){.thread = thread, .reopen = true};
        else if (!present && !said_fixed && was_read(result, thread->path))
            edits[(*count)++] = (struct forge_thread_edit){.thread = thread};
    }
    *out = edits;
    return ERR_OK;
}
