/* What an accepted delivery does to the jobs. One job lives per pull request; deliveries for its head join
 * it, and a delivery for another head takes its place. */
#include "store_internal.h"

enum {
    QUEUE_FULL_RETRY_MS = 30000,
    SWEPT_FAILURES_MAX = 3, /* of one head; after that somebody must ask */
    SWEPT_WAIT_MS = 3600 * 1000,
    SWEPT_ID_MAX = STORE_TEXT_MAX + 32,
};

/* A record without these can neither be recognised again nor be worked on. */
enum err_code store_check_record(const struct store_record *record, struct err *err)
{
    const struct {
        const char *name;
        const struct view *text;
        bool needed;
    } texts[] = {
        {"forge", &record->forge, true},
        {"delivery id", &record->delivery_id, true},
        {"repository", &record->repository, record->wanted == STORE_WAITING},
        {"event", &record->event, false},
        {"action", &record->action, false},
        {"head", &record->head_sha, false},
        {"head ref", &record->head_ref, false},
        {"base", &record->base_sha, false},
        {"base ref", &record->base_ref, false},
        {"title", &record->title, false},
        {"sender", &record->sender, false},
        {"reason", &record->reason, false},
        {"command", &record->command, false},
        {"comment", &record->comment, false},
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i].needed && !texts[i].text->len)
            return err_set(err, ERR_INVALID, "a delivery without %s", texts[i].name);
        if (texts[i].text->len > STORE_TEXT_MAX)
            return err_set(err, ERR_INVALID, "the delivery's %s has %zu bytes, the limit is %d",
                           texts[i].name, texts[i].text->len, STORE_TEXT_MAX);
    }
    if (record->wanted == STORE_WAITING && record->number <= 0)
        return err_set(err, ERR_INVALID, "a delivery without the pull request's number");
    return ERR_OK;
}

static enum err_code add_delivery(struct store *store, const struct store_record *record,
                                  enum store_state state, struct view reason, int64_t job, int64_t review,
                                  struct err *err)
{
    return store_run(store, SQL_DELIVERY_ADD, NULL, err, "tttttittttttiiiitiii", record->forge,
                     record->delivery_id, record->event, record->action, record->repository, record->number,
                     record->head_sha, record->head_ref, record->base_sha, record->base_ref, record->title,
                     record->sender, (int64_t)record->draft, (int64_t)record->base_changed,
                     record->received_ms, (int64_t)state, reason, job, review,
                     state == STORE_WAITING ? INT64_C(0) : record->received_ms);
}

int64_t store_replay_level(const struct store_record *record)
{
    return record->full ? 2 : record->again;
}

enum err_code store_add_job(struct store *store, const struct store_record *record, int64_t now_ms,
                            int64_t *out, struct err *err)
{
    enum err_code code =
        store_run(store, SQL_JOB_ADD, NULL, err, "ttittttttiiiitt", record->forge, record->repository,
                  record->number, record->head_sha, record->head_ref, record->base_sha, record->base_ref,
                  record->title, record->sender, (int64_t)record->draft, (int64_t)record->base_changed,
                  store_replay_level(record), now_ms, record->command, record->comment);

    if (code == ERR_OK)
        *out = sqlite3_last_insert_rowid(store->db);
    return code;
}

enum err_code store_end_job(struct store *store, int64_t job, enum store_state state, struct view reason,
                            int64_t now_ms, struct err *err)
{
    enum err_code code =
        store_run(store, SQL_JOB_END, NULL, err, "iiti", job, (int64_t)state, reason, now_ms);

    if (code == ERR_OK)
        code = store_run(store, SQL_DELIVERIES_END, NULL, err, "iitii", job, (int64_t)state, reason,
                         INT64_C(0), now_ms);
    return code;
}

enum err_code store_live_job(struct store *store, const struct store_record *record, int64_t *id,
                             bool *same_head, bool *running, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_JOB_LIVE, &statement, err, "tti", record->forge,
                                     record->repository, record->number);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    *id = 0;
    *same_head = *running = false;
    if (code == ERR_OK && row) {
        struct view head = {(const char *)sqlite3_column_text(statement, 1),
                            (size_t)sqlite3_column_bytes(statement, 1)};

        *id = sqlite3_column_int64(statement, 0);
        *same_head = view_equal(head, record->head_sha);
        *running = sqlite3_column_int(statement, 2) == STORE_RUNNING;
    }
    sqlite3_reset(statement);
    return code;
}

/* Whether the statement, bound, has a row; its first column where @p value is given. */
static enum err_code look_up(struct store *store, sqlite3_stmt *statement, bool *found, int64_t *value,
                             struct err *err)
{
    enum err_code code = store_step(store, statement, found, err);

    if (code == ERR_OK && *found && value)
        *value = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return code;
}

/* The waiting deliveries are counted only when the room that the last count left is used up: others only
 * ever make room. */
static enum err_code make_room(struct store *store, bool *full, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int64_t waiting = 0;
    bool found = false;
    enum err_code code;

    if (store->room > 0)
        return ERR_OK;
    code = store_query(store, SQL_DELIVERIES_LIVE, &statement, err, "");
    if (code == ERR_OK)
        code = look_up(store, statement, &found, &waiting, err);
    if (code != ERR_OK)
        return code;
    store->room = store->queue_max - waiting;
    if (store->room > 0)
        return ERR_OK;
    *full = true;
    code = err_set(err, ERR_UNAVAILABLE, "%lld deliveries wait, the limit is queue_max %lld",
                   (long long)waiting, (long long)store->queue_max);
    if (err)
        err->retry_after_ms = QUEUE_FULL_RETRY_MS;
    return code;
}

static enum err_code record_only(struct store *store, const struct store_record *record, struct err *err)
{
    bool same_head = false, running = false;
    enum err_code code = ERR_OK;
    int64_t job = 0;

    if (record->wanted != STORE_IGNORED && record->number > 0)
        code = store_live_job(store, record, &job, &same_head, &running, err);
    if (code == ERR_OK && job)
        code = store_end_job(store, job, STORE_SUPERSEDED, record->reason, record->received_ms, err);
    if (code == ERR_OK)
        code = add_delivery(store, record, record->wanted, record->reason, 0, 0, err);
    return code;
}

/* A review of this very head answers the delivery, unless the base is another one now. */
static enum err_code find_answer(struct store *store, const struct store_record *record, int64_t *review,
                                 struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool found = false;
    enum err_code code;

    *review = 0;
    if (record->base_changed || record->again || !record->head_sha.len)
        return ERR_OK;
    code = store_query(store, SQL_REVIEW_ID, &statement, err, "ttit", record->forge, record->repository,
                       record->number, record->head_sha);
    return code == ERR_OK ? look_up(store, statement, &found, review, err) : code;
}

/* A person's command: a job of its own, whatever else waits for the pull request. */
static enum err_code queue_command(struct store *store, const struct store_record *record, bool *full,
                                   struct err *err)
{
    int64_t job = 0;
    enum err_code code = make_room(store, full, err);

    if (code == ERR_OK)
        code = store_add_job(store, record, record->received_ms, &job, err);
    if (code == ERR_OK)
        code = add_delivery(store, record, STORE_WAITING, (struct view){0}, job, 0, err);
    if (code == ERR_OK)
        store->room--;
    return code;
}

static enum err_code queue(struct store *store, const struct store_record *record, enum store_fate *fate,
                           bool *full, struct err *err)
{
    bool same_head = false, running = false;
    int64_t job = 0, review = 0;
    enum err_code code = store_live_job(store, record, &job, &same_head, &running, err);
    /* A worker that runs may have read the old base, or old wishes, already: it cannot answer for new ones.
     */
    bool join = job && same_head && !((record->base_changed || record->anew) && running);

    if (code == ERR_OK && !join)
        code = find_answer(store, record, &review, err);
    if (code == ERR_OK && review) {
        char reason[64];

        sqlite3_snprintf(sizeof(reason), reason, "already reviewed as %lld", review);
        *fate = STORE_FATE_ANSWERED;
        return add_delivery(store, record, STORE_DONE, view_of(reason), 0, review, err);
    }
    if (code == ERR_OK)
        code = make_room(store, full, err);
    if (code == ERR_OK && job && !join)
        code = store_end_job(store, job, STORE_SUPERSEDED,
                             !same_head             ? VIEW("a newer push")
                             : record->base_changed ? VIEW("the base changed")
                                                    : VIEW("asked for anew"),
                             record->received_ms, err);
    if (code == ERR_OK && join && record->base_changed)
        code = store_run(store, SQL_JOB_REBASE, NULL, err, "itt", job, record->base_sha, record->base_ref);
    if (code == ERR_OK && join && record->again)
        code = store_run(store, SQL_JOB_REPLAY, NULL, err, "ii", job, store_replay_level(record));
    if (code == ERR_OK && !join)
        code = store_add_job(store, record, record->received_ms, &job, err);
    if (code == ERR_OK)
        code = add_delivery(store, record, STORE_WAITING, (struct view){0}, job, 0, err);
    if (code == ERR_OK)
        store->room--;
    return code;
}

enum err_code store_accept_inside(struct store *store, const struct store_record *record,
                                  enum store_fate *fate, bool *full, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool known = false;
    enum err_code code =
        store_query(store, SQL_DELIVERY_KNOWN, &statement, err, "tt", record->forge, record->delivery_id);

    *full = false;
    if (code == ERR_OK)
        code = look_up(store, statement, &known, NULL, err);
    if (code != ERR_OK)
        return code;
    if (known) {
        *fate = STORE_FATE_DUPLICATE;
        return ERR_OK;
    }
    if (record->wanted == STORE_WAITING) {
        *fate = STORE_FATE_QUEUED;
        if (record->command.len > 0)
            return queue_command(store, record, full, err);
        return queue(store, record, fate, full, err);
    }
    *fate = STORE_FATE_RECORDED;
    return record_only(store, record, err);
}

enum err_code store_accept(struct store *store, const struct store_record *record, enum store_fate *fate,
                           struct err *err)
{
    enum store_fate inside = STORE_FATE_QUEUED;
    bool full = false;
    enum err_code code = store_check_record(record, err);

    if (code == ERR_OK)
        code = store_begin(store, err);
    if (code != ERR_OK)
        return code;
    code = store_end(store, store_accept_inside(store, record, &inside, &full, err), err);
    if (code == ERR_OK)
        *fate = inside;
    return code;
}

/* How often work on this head failed, and when last. */
static enum err_code count_failures(struct store *store, const struct store_record *record, int64_t *count,
                                    int64_t *last_ms, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_HEAD_FAILED, &statement, err, "ttit", record->forge,
                                     record->repository, record->number, record->head_sha);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && row) {
        *count = sqlite3_column_int64(statement, 0);
        *last_ms = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    return code;
}

/* What is known of the head already; STORE_SWEPT_QUEUED: nothing that holds a job back. */
static enum err_code ask_swept(struct store *store, const struct store_record *record, int64_t *failures,
                               enum store_swept *out, struct err *err)
{
    int64_t job = 0, review = 0, last_ms = 0;
    bool same_head, running, waits;
    enum err_code code = store_live_job(store, record, &job, &same_head, &running, err);

    if (code == ERR_OK)
        code = find_answer(store, record, &review, err);
    if (code == ERR_OK)
        code = count_failures(store, record, failures, &last_ms, err);
    if (code != ERR_OK)
        return code;
    waits = *failures > 0 && *failures <= SWEPT_FAILURES_MAX &&
            record->received_ms < last_ms + ((int64_t)SWEPT_WAIT_MS << (*failures - 1));
    *out = STORE_SWEPT_QUEUED;
    /* Whatever head the job was made for: it reads the present one from the forge. */
    if (job || (!review && waits))
        *out = STORE_SWEPT_PENDING;
    else if (review || *failures > SWEPT_FAILURES_MAX)
        *out = STORE_SWEPT_SETTLED;
    return ERR_OK;
}

static enum err_code accept_swept(struct store *store, const struct store_record *given,
                                  enum store_swept *out, struct err *err)
{
    struct store_record record = *given;
    enum store_fate fate;
    char id[SWEPT_ID_MAX];
    int64_t failures = 0;
    bool full;
    enum err_code code = ask_swept(store, given, &failures, out, err);

    if (code != ERR_OK || *out != STORE_SWEPT_QUEUED)
        return code;
    if (failures > 0) {
        sqlite3_snprintf(sizeof(id), id, "%.*s+%lld", (int)given->delivery_id.len, given->delivery_id.ptr,
                         failures);
        record.delivery_id = view_of(id);
    }
    code = store_accept_inside(store, &record, &fate, &full, err);
    /* Its job ended without a review, and nothing has happened to the pull request since. */
    if (code == ERR_OK && fate != STORE_FATE_QUEUED)
        *out = STORE_SWEPT_SETTLED;
    return code;
}

enum err_code store_accept_swept(struct store *store, const struct store_record *record,
                                 enum store_swept *swept, struct err *err)
{
    enum store_swept found = STORE_SWEPT_PENDING;
    enum err_code code = store_check_record(record, err);

    if (code == ERR_OK)
        code = store_begin(store, err);
    if (code != ERR_OK)
        return code;
    code = store_end(store, accept_swept(store, record, &found, err), err);
    if (code == ERR_OK)
        *swept = found;
    return code;
}
