/* Checks. Neutral wherever we could not review: a check is never red for our own trouble. */
#include "worker/check.h"
#include "base/buffer.h"
#include "forge/redact.h"

enum { STALE_AGAIN_MS = 60 * 1000, REASON_BYTES = 2000, SUMMARY_BYTES = 8 << 10 };

static struct view in_short(struct view sha)
{
    return view_slice(sha, 0, 12);
}

static void complain(const struct check_world *world, struct view repository, struct err *err)
{
    redact_error(err, world->job->log->secrets, world->job->log->secret_count);
    LOG(world->job->log, SETTINGS_LOG_WARN, "check not written", {"repository", repository},
        {"error", view_of(err->message)});
}

static struct forge_check check_of(const struct store_check *row)
{
    return (struct forge_check){.id = row->check_id,
                                .maybe_begun = true,
                                .number = row->number,
                                .head_sha = row->head_sha,
                                .job = row->job};
}

/* The reason as a block of code, in which a forge looks for nothing. */
static enum err_code neutral(struct forge_check *check, const char *title, struct view reason,
                             struct arena *arena, struct err *err)
{
    struct buffer text;
    enum err_code code;

    buffer_init(&text, SUMMARY_BYTES);
    buffer_add_text(&text, "This head has no review: a finding is neither told nor ruled out.\n\n```\n");
    reason = view_slice(reason, 0, REASON_BYTES);
    for (size_t i = 0; i < reason.len; i++)
        buffer_add_byte(&text,
                        reason.ptr[i] == '`' || (unsigned char)reason.ptr[i] < ' ' ? ' ' : reason.ptr[i]);
    buffer_add_text(&text, "\n```\n\nThe next push is reviewed anew; **Review again** tries this one once "
                           "more.\n");
    code = buffer_check(&text, "the check's summary", err);
    check->state = FORGE_CHECK_DONE;
    check->end = FORGE_CHECK_NEUTRAL;
    check->title = view_of(title);
    if (code == ERR_OK)
        code = arena_copy(arena, buffer_view(&text), &check->summary, err);
    buffer_deinit(&text);
    return code;
}

static enum err_code close_neutral(const struct check_world *world, const struct forge *forge,
                                   const struct store_check *row, const char *title, struct view reason,
                                   struct arena *arena, struct err *err)
{
    struct forge_check check = check_of(row);
    struct view id;
    enum err_code code = neutral(&check, title, reason, arena, err);

    if (code == ERR_OK)
        code = forge->ops->check_put(forge, row->repository, &check, arena, &id, err);
    /* What is refused for good will be refused again. */
    if (code == ERR_OK || code == ERR_INVALID || code == ERR_NOT_FOUND)
        code = store_drop_check(world->store, row->id, err);
    return code;
}

static enum err_code find_row(const struct check_world *world, const struct job_target *target,
                              struct view head, struct arena *arena, struct store_check *out, bool *found,
                              struct err *err)
{
    const struct store_check *items;
    size_t count;
    enum err_code code = store_list_checks(world->store, target->forge->name, target->repository,
                                           target->number, arena, &items, &count, err);

    *found = false;
    for (size_t i = 0; code == ERR_OK && i < count; i++)
        if (view_equal(items[i].job, target->marker) &&
            (head.len == 0 || view_equal(items[i].head_sha, head))) {
            *out = items[i];
            *found = true;
        }
    return code;
}

/* Those of older heads, and of jobs that another one took over. */
static enum err_code close_others(const struct check_world *world, const struct job_target *target,
                                  struct view head, struct arena *arena, struct err *err)
{
    const struct store_check *items;
    struct view reason = arena_format(arena, "another job took over, for %.*s", VIEW_ARG(in_short(head)));
    size_t count;
    enum err_code code = store_list_checks(world->store, target->forge->name, target->repository,
                                           target->number, arena, &items, &count, err);

    for (size_t i = 0; code == ERR_OK && i < count; i++) {
        struct err why = {0};

        if (view_equal(items[i].job, target->marker) && view_equal(items[i].head_sha, head))
            continue;
        if (close_neutral(world, target->forge, &items[i], "Superseded", reason, arena, &why) != ERR_OK)
            complain(world, target->repository, &why);
    }
    return code;
}

enum err_code check_begin(const struct check_world *world, const struct job_target *target,
                          struct job_result *result, struct arena *arena, struct err *err)
{
    const struct forge *forge = target->forge;
    struct store_check row = {.forge = forge->name,
                              .repository = target->repository,
                              .number = target->number,
                              .head_sha = result->pull.head_sha,
                              .job = target->marker};
    struct forge_check check;
    struct err why = {0};
    bool begun = false;
    enum err_code code;

    if (!forge->ops->check_put)
        return ERR_OK;
    code = find_row(world, target, row.head_sha, arena, &row, &begun, err);
    if (code == ERR_OK)
        code = close_others(world, target, row.head_sha, arena, err);
    if (code == ERR_OK && !begun)
        code = store_put_check(world->store, &row, err);
    if (code != ERR_OK)
        return code;
    check = check_of(&row);
    check.maybe_begun = begun;
    check.state = FORGE_CHECK_RUNNING;
    code = forge->ops->check_put(forge, target->repository, &check, arena, &row.check_id, &why);
    if (code == ERR_OK) {
        check.id = row.check_id;
        result->check = check;
        return store_put_check(world->store, &row, err);
    }
    if (why.retry_after_ms > 0) {
        *err = why;
        return code;
    }
    complain(world, target->repository, &why);
    return ERR_OK;
}

enum err_code check_fill(const struct job_result *result, struct forge_check *out, struct arena *arena,
                         struct err *err)
{
    const struct analysis_result *analysis = &result->analysis;
    struct forge_annotation *items =
        ARENA_ARRAY(arena, struct forge_annotation, analysis->annotation_count + 1);

    if (!items)
        return arena_full(arena, err);
    for (size_t i = 0; i < analysis->annotation_count; i++) {
        const struct analysis_annotation *from = &analysis->annotations[i];

        items[i] = (struct forge_annotation){.path = result->change.deltas[from->delta].path,
                                             .line = from->line,
                                             .end_line = from->end_line,
                                             .warning = from->warning,
                                             .title = from->title,
                                             .message = from->message};
    }
    *out = result->check;
    out->state = FORGE_CHECK_DONE;
    out->end = analysis->failing ? FORGE_CHECK_FAILED : FORGE_CHECK_PASSED;
    out->title = analysis->title;
    out->summary = analysis->markdown;
    out->details_url = result->posted.html_url;
    out->annotations = items;
    out->annotation_count = analysis->annotation_count;
    return ERR_OK;
}

enum err_code check_end(const struct check_world *world, const struct job_target *target,
                        const struct job_result *result, struct arena *arena, struct err *err)
{
    const struct forge *forge = target->forge;
    bool judged = result->end != JOB_SKIPPED && result->analysis.title.len > 0, found = false;
    struct store_check row;
    struct forge_check check = {0};
    struct err why = {0};
    struct view id;
    enum err_code code;

    if (!forge->ops->check_put)
        return ERR_OK;
    code = find_row(world, target, result->pull.head_sha, arena, &row, &found, err);
    if (code != ERR_OK || !found)
        return code;
    if (!judged)
        code = close_neutral(world, forge, &row, "Not reviewed", result->reason, arena, &why);
    else if (result->check_ended)
        code = store_drop_check(world->store, row.id, &why);
    else {
        code = check_fill(result, &check, arena, &why);
        check.id = row.check_id;
        check.number = row.number;
        check.head_sha = row.head_sha;
        check.job = row.job;
        check.maybe_begun = result->check.maybe_begun || row.check_id.len == 0 || target->attempt > 1;
        if (code == ERR_OK)
            code = forge->ops->check_put(forge, target->repository, &check, arena, &id, &why);
        if (code == ERR_OK)
            code = store_drop_check(world->store, row.id, &why);
    }
    if (code == ERR_TIMEOUT || code == ERR_UNAVAILABLE || code == ERR_OK) {
        *err = why;
        return code;
    }
    complain(world, target->repository, &why); /* the row stays, and is closed as stale one day */
    return ERR_OK;
}

void check_give_up(const struct check_world *world, const struct job_target *target, bool over,
                   struct view reason, struct arena *arena)
{
    const struct forge *forge = target->forge;
    struct store_check row;
    struct forge_check check;
    struct err why = {0};
    struct view id;
    bool found = false;
    enum err_code code;

    if (!forge->ops->check_put)
        return;
    code = find_row(world, target, (struct view){0}, arena, &row, &found, &why);
    if (code == ERR_OK && found && over) {
        code = close_neutral(world, forge, &row, "Could not review", reason, arena, &why);
    } else if (code == ERR_OK && found) {
        check = check_of(&row);
        check.state = FORGE_CHECK_QUEUED;
        code = forge->ops->check_put(forge, target->repository, &check, arena, &id, &why);
    }
    if (code != ERR_OK)
        complain(world, target->repository, &why);
}

enum err_code check_close_stale(const struct check_world *world, struct forge *forges, size_t forge_count,
                                struct arena *arena, struct err *err)
{
    struct store_check row;
    struct err why = {0};
    enum err_code code = store_claim_stale_check(world->store, world->now_ms, world->now_ms + STALE_AGAIN_MS,
                                                 arena, &row, err);

    if (code != ERR_OK)
        return code;
    for (size_t i = 0; i < forge_count; i++) {
        if (!view_equal(forges[i].name, row.forge) || !forges[i].ops->check_put)
            continue;
        if (forge_enter(&forges[i], row.repository, false, arena, &why) != ERR_OK ||
            close_neutral(world, &forges[i], &row, "Could not review", VIEW("the job ended without a word"),
                          arena, &why) != ERR_OK)
            complain(world, row.repository, &why); /* once more in a minute */
        return ERR_OK;
    }
    return store_drop_check(world->store, row.id, err); /* its forge is no longer configured */
}
