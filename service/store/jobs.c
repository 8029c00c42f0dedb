/* Leases and outcomes. A lease is proven by job id, owner and attempt in the WHERE of each change, so that a
 * worker that lost it can neither renew nor finish; nothing is locked between the calls. */
#include "store_internal.h"

enum { LEASE_TRIES_MAX = 64 }; /* each lost race means that another worker got a job */

static enum err_code read_job(sqlite3_stmt *row, struct arena *arena, struct store_job *job, struct err *err)
{
    struct {
        int column;
        struct view *out;
    } texts[] = {
        {1, &job->forge},    {2, &job->repository}, {4, &job->head_sha}, {5, &job->head_ref},
        {6, &job->base_sha}, {7, &job->base_ref},   {8, &job->title},    {9, &job->sender},
        {17, &job->command}, {18, &job->comment},
    };
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(texts); i++)
        code = store_column_text(row, texts[i].column, arena, texts[i].out, err);
    job->id = sqlite3_column_int64(row, 0);
    job->number = sqlite3_column_int64(row, 3);
    job->draft = sqlite3_column_int(row, 10) != 0;
    job->replay = sqlite3_column_int(row, 11) != 0;
    job->full = sqlite3_column_int(row, 11) > 1;
    job->base_changed = sqlite3_column_int(row, 12) != 0;
    job->received_ms = sqlite3_column_int64(row, 13);
    job->attempt = sqlite3_column_int64(row, 14);
    job->lease_until_ms = sqlite3_column_int64(row, 15);
    return code;
}

/* The job that is due, as it stands now; reading takes no lock, so that idle workers disturb nobody. */
static enum err_code find_due(struct store *store, int64_t now_ms, struct arena *arena, struct store_job *job,
                              enum store_state *state, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_JOB_DUE, &statement, err, "i", now_ms);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && !row)
        code = err_set(err, ERR_NOT_FOUND, "no job is due");
    if (code == ERR_OK)
        code = read_job(statement, arena, job, err);
    if (code == ERR_OK)
        *state = (enum store_state)sqlite3_column_int(statement, 16);
    sqlite3_reset(statement);
    return code;
}

/* Its workers died at every attempt: most likely of this very job. */
static enum err_code give_up(struct store *store, const struct store_job *job, int64_t now_ms,
                             struct err *err)
{
    const struct view reason = VIEW("its worker died or hung at each attempt");
    int64_t changed = 0;
    enum err_code code = store_begin(store, err);

    if (code != ERR_OK)
        return code;
    code = store_run(store, SQL_JOB_EXPIRE, &changed, err, "iitiii", job->id, (int64_t)STORE_FAILED, reason,
                     now_ms, job->attempt, job->lease_until_ms);
    if (code == ERR_OK && changed)
        code = store_run(store, SQL_DELIVERIES_END, NULL, err, "iitii", job->id, (int64_t)STORE_FAILED,
                         reason, INT64_C(0), now_ms);
    return store_end(store, code, err);
}

enum err_code store_lease_job(struct store *store, struct view owner, int64_t now_ms, int64_t lease_ms,
                              struct arena *arena, struct store_job *out, struct err *err)
{
    for (int tries = 0; tries < LEASE_TRIES_MAX; tries++) {
        enum store_state state = STORE_WAITING;
        struct store_job job = {0};
        int64_t changed = 0;
        enum err_code code = find_due(store, now_ms, arena, &job, &state, err);

        if (code != ERR_OK)
            return code;
        if (state == STORE_RUNNING && job.attempt >= store->attempts_max) {
            code = give_up(store, &job, now_ms, err);
            if (code != ERR_OK)
                return code;
            continue;
        }
        /* A lease that a power cut takes back is taken anew by the worker that starts afterwards: it is not
         * worth the milliseconds that a sync holds up a review. */
        code = store_set_durable(store, false, err);
        if (code == ERR_OK)
            /* It must be due still: what another worker took and gave back for later looks like what was
             * found. */
            code = store_run(store, SQL_JOB_LEASE, &changed, err, "iitiii", now_ms, job.id, owner,
                             now_ms + lease_ms, job.attempt, job.lease_until_ms);
        code = store_durable_again(store, code, err);
        if (code != ERR_OK)
            return code;
        if (!changed)
            continue; /* another worker was quicker */
        job.attempt++;
        job.lease_until_ms = now_ms + lease_ms;
        code = arena_copy(arena, owner, &job.owner, err);
        if (code == ERR_OK)
            *out = job;
        return code;
    }
    return err_set(err, ERR_NOT_FOUND, "other workers took every job that is due");
}

enum err_code store_find_lease(struct store *store, struct view owner, struct arena *arena,
                               struct store_job *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    struct store_job job = {0};
    bool row = false;
    enum err_code code = store_query(store, SQL_JOB_OF_OWNER, &statement, err, "t", owner);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && !row)
        code = err_set(err, ERR_NOT_FOUND, "%.*s has no job", VIEW_ARG(owner));
    if (code == ERR_OK)
        code = read_job(statement, arena, &job, err);
    sqlite3_reset(statement);
    if (code == ERR_OK)
        code = arena_copy(arena, owner, &job.owner, err);
    if (code == ERR_OK)
        *out = job;
    return code;
}

enum err_code store_next_due(struct store *store, int64_t *out_ms, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_JOB_NEXT, &statement, err, "");

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK)
        *out_ms = row && sqlite3_column_type(statement, 0) != SQLITE_NULL ? sqlite3_column_int64(statement, 0)
                                                                          : INT64_MAX;
    sqlite3_reset(statement);
    return code;
}

/* Why a change of a leased job met no row. */
static enum err_code lease_lost(struct store *store, const struct store_job *job, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false, superseded = false;
    enum err_code code = store_query(store, SQL_JOB_STATE, &statement, err, "i", job->id);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && row)
        superseded = sqlite3_column_int(statement, 0) == STORE_SUPERSEDED;
    sqlite3_reset(statement);
    if (code != ERR_OK)
        return code;
    return superseded
               ? err_set(err, ERR_SUPERSEDED, "job %lld: a newer event owns the work", (long long)job->id)
               : err_set(err, ERR_CONFLICT, "job %lld: the lease of attempt %lld is lost", (long long)job->id,
                         (long long)job->attempt);
}

enum err_code store_renew(struct store *store, const struct store_job *job, int64_t lease_until_ms,
                          struct err *err)
{
    int64_t changed = 0;
    enum err_code code = store_set_durable(store, false, err);

    if (code == ERR_OK)
        code = store_run(store, SQL_JOB_RENEW, &changed, err, "itii", job->id, job->owner, job->attempt,
                         lease_until_ms);
    code = store_durable_again(store, code, err);
    return code == ERR_OK && !changed ? lease_lost(store, job, err) : code;
}

static enum err_code end_leased(struct store *store, const struct store_job *job, enum store_state state,
                                struct view reason, int64_t review, int64_t now_ms, struct err *err)
{
    int64_t changed = 0;
    enum err_code code = store_run(store, SQL_JOB_FINISH, &changed, err, "itiiti", job->id, job->owner,
                                   job->attempt, (int64_t)state, reason, now_ms);

    if (code == ERR_OK && !changed)
        return lease_lost(store, job, err);
    if (code == ERR_OK)
        code = store_run(store, SQL_DELIVERIES_END, NULL, err, "iitii", job->id, (int64_t)state, reason,
                         review, now_ms);
    return code;
}

enum err_code store_finish_job(struct store *store, const struct store_job *job,
                               const struct store_outcome *outcome, int64_t *review_id, struct err *err)
{
    enum err_code code, lost = ERR_OK;
    int64_t review = 0;

    code = store_begin(store, err);
    if (code != ERR_OK)
        return code;
    if (outcome->review)
        code = store_put_review(store, job, outcome->review, &review, err);
    if (code == ERR_OK)
        code = end_leased(store, job, outcome->state, outcome->reason, review, outcome->now_ms, err);
    /* The review stands at the forge, whoever owns the pull request now: it is kept. */
    if (outcome->review && (code == ERR_SUPERSEDED || code == ERR_CONFLICT)) {
        lost = code;
        code = ERR_OK;
    }
    code = store_end(store, code, err);
    if (code == ERR_OK && review && review_id)
        *review_id = review;
    return code == ERR_OK ? lost : code;
}

enum err_code store_retry_job(struct store *store, const struct store_job *job, int64_t not_before_ms,
                              bool spent, struct view reason, struct err *err)
{
    int64_t changed = 0;
    enum err_code code = store_run(store, SQL_JOB_RETRY, &changed, err, "itiiti", job->id, job->owner,
                                   job->attempt, not_before_ms, reason, (int64_t)!spent);

    return code == ERR_OK && !changed ? lease_lost(store, job, err) : code;
}

enum err_code store_fail_job(struct store *store, const struct store_job *job, int64_t now_ms,
                             struct view reason, struct err *err)
{
    enum err_code code = store_begin(store, err);

    if (code != ERR_OK)
        return code;
    return store_end(store, end_leased(store, job, STORE_FAILED, reason, 0, now_ms, err), err);
}

enum err_code store_pause(struct store *store, struct view forge, struct view repository, int64_t until_ms,
                          struct err *err)
{
    return store_run(store, SQL_PAUSE, NULL, err, "tti", forge, repository, until_ms);
}

enum err_code store_paused_until(struct store *store, struct view forge, struct view repository,
                                 int64_t now_ms, int64_t *out_ms, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_PAUSED, &statement, err, "tti", forge, repository, now_ms);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK)
        *out_ms = row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return code;
}
