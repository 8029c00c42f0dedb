/* What arrived and what became of it: lists, look-ups, replay, counts, and forgetting. */
#include "store_internal.h"

static enum err_code read_delivery(sqlite3_stmt *row, struct arena *arena, struct store_delivery *out,
                                   struct err *err)
{
    struct store_record *record = &out->record;
    const struct {
        int column;
        struct view *out;
    } texts[] = {
        {1, &record->forge},      {2, &record->delivery_id}, {3, &record->event},    {4, &record->action},
        {5, &record->repository}, {7, &record->head_sha},    {8, &record->head_ref}, {9, &record->base_sha},
        {10, &record->base_ref},  {11, &record->title},      {12, &record->sender},  {17, &out->reason},
    };
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(texts); i++)
        code = store_column_text(row, texts[i].column, arena, texts[i].out, err);
    out->id = sqlite3_column_int64(row, 0);
    record->number = sqlite3_column_int64(row, 6);
    record->draft = sqlite3_column_int(row, 13) != 0;
    record->base_changed = sqlite3_column_int(row, 14) != 0;
    record->received_ms = sqlite3_column_int64(row, 15);
    out->state = (enum store_state)sqlite3_column_int(row, 16);
    out->attempts = sqlite3_column_int64(row, 18);
    out->job_id = sqlite3_column_int64(row, 19);
    out->review_id = sqlite3_column_int64(row, 20);
    out->finished_ms = sqlite3_column_int64(row, 21);
    return code;
}

enum err_code store_list_deliveries(struct store *store, const struct store_filter *filter,
                                    struct arena *arena, const struct store_delivery **items, size_t *count,
                                    struct err *err)
{
    size_t limit = filter->limit && filter->limit < STORE_LIST_MAX ? filter->limit : STORE_LIST_MAX;
    struct store_delivery *list = NULL;
    sqlite3_stmt *statement = NULL;
    size_t used = 0, room = 0;
    enum err_code code = store_query(store, SQL_DELIVERIES_LIST, &statement, err, "ittii",
                                     filter->any_state ? INT64_C(-1) : (int64_t)filter->state, filter->forge,
                                     filter->repository, filter->before_id, (int64_t)limit);

    if (code != ERR_OK)
        return code;
    for (bool row = true; code == ERR_OK && row;) {
        code = store_step(store, statement, &row, err);
        if (code != ERR_OK || !row)
            break;
        if (used == room) {
            void *grown = list;

            code = arena_grow(arena, &grown, used, &room, sizeof(*list), err);
            list = grown;
        }
        if (code == ERR_OK) {
            list[used] = (struct store_delivery){0};
            code = read_delivery(statement, arena, &list[used], err);
            used++;
        }
    }
    sqlite3_reset(statement);
    if (code == ERR_OK) {
        *items = list;
        *count = used;
    }
    return code;
}

static enum err_code find(struct store *store, sqlite3_stmt *statement, struct arena *arena, bool *found,
                          struct store_delivery *out, struct err *err)
{
    struct store_delivery delivery = {0};
    enum err_code code = store_step(store, statement, found, err);

    if (code == ERR_OK && *found)
        code = read_delivery(statement, arena, &delivery, err);
    if (code == ERR_OK && *found)
        *out = delivery;
    sqlite3_reset(statement);
    return code;
}

enum err_code store_find_delivery(struct store *store, struct view id, struct arena *arena,
                                  struct store_delivery *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code = ERR_OK;
    bool found = false;
    uint64_t number;

    if (view_to_u64(id, &number) && number <= INT64_MAX) {
        code = store_query(store, SQL_DELIVERY_BY_NUMBER, &statement, err, "i", (int64_t)number);
        if (code == ERR_OK)
            code = find(store, statement, arena, &found, out, err);
    }
    if (code == ERR_OK && !found) {
        code = store_query(store, SQL_DELIVERY_BY_ID, &statement, err, "t", id);
        if (code == ERR_OK)
            code = find(store, statement, arena, &found, out, err);
    }
    if (code == ERR_OK && !found)
        code = err_set(err, ERR_NOT_FOUND, "no delivery %.*s", VIEW_ARG(id));
    return code;
}

static enum err_code replay_inside(struct store *store, struct view id, int64_t now_ms, struct arena *arena,
                                   struct err *err)
{
    bool same_head = false, running = false;
    struct store_delivery delivery;
    int64_t job = 0, commands = 0;
    enum err_code code = store_find_delivery(store, id, arena, &delivery, err);

    if (code != ERR_OK)
        return code;
    if (delivery.state == STORE_WAITING || delivery.state == STORE_RUNNING)
        return err_set(err, ERR_CONFLICT, "delivery %lld is %s already", (long long)delivery.id,
                       store_state_name(delivery.state));
    if (delivery.record.number <= 0 || !delivery.record.repository.len)
        return err_set(err, ERR_INVALID, "delivery %lld names no pull request: there is nothing to review",
                       (long long)delivery.id);
    code = store_run(store, SQL_COMMAND_AGAIN, &commands, err, "ii", delivery.id, now_ms);
    if (code == ERR_OK && commands > 0)
        job = sqlite3_last_insert_rowid(store->db);
    /* A live job reviews the head that the forge names now, so any live one answers the replay. */
    if (code == ERR_OK && commands == 0)
        code = store_live_job(store, &delivery.record, &job, &same_head, &running, err);
    delivery.record.again = true;
    if (code == ERR_OK && commands == 0)
        code = job ? store_run(store, SQL_JOB_REPLAY, NULL, err, "ii", job, INT64_C(1))
                   : store_add_job(store, &delivery.record, now_ms, &job, err);
    if (code == ERR_OK)
        code = store_run(store, SQL_DELIVERY_AGAIN, NULL, err, "ii", delivery.id, job);
    return code;
}

enum err_code store_replay(struct store *store, int64_t delivery, int64_t now_ms, struct err *err)
{
    struct arena *arena = arena_new((size_t)16 * STORE_TEXT_MAX);
    enum err_code code;
    char number[32];

    if (!arena)
        return err_set(err, ERR_MEMORY, "store: no memory");
    sqlite3_snprintf(sizeof(number), number, "%lld", (sqlite3_int64)delivery);
    code = store_begin(store, err);
    if (code == ERR_OK)
        code = store_end(store, replay_inside(store, view_of(number), now_ms, arena, err), err);
    arena_free(arena);
    return code;
}

/* Adds up rows of (state, count[, oldest]). */
static enum err_code count_by_state(struct store *store, enum store_sql sql,
                                    int64_t counts[STORE_STATE_COUNT], int64_t *oldest, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = true;
    enum err_code code = store_query(store, sql, &statement, err, "");

    if (code != ERR_OK)
        return code;
    while ((code = store_step(store, statement, &row, err)) == ERR_OK && row) {
        int state = sqlite3_column_int(statement, 0);

        if (state < 0 || state >= STORE_STATE_COUNT)
            continue;
        counts[state] = sqlite3_column_int64(statement, 1);
        if (oldest && state == STORE_WAITING)
            *oldest = sqlite3_column_int64(statement, 2);
    }
    sqlite3_reset(statement);
    return code;
}

static enum err_code count_one(struct store *store, enum store_sql sql, int64_t *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, sql, &statement, err, "");

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && row)
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return code;
}

enum err_code store_count(struct store *store, struct store_counts *out, struct err *err)
{
    int64_t jobs[STORE_STATE_COUNT] = {0}, running = 0;
    struct store_counts counts = {0};
    enum err_code code = count_by_state(store, SQL_JOBS_COUNT, jobs, &counts.oldest_waiting_ms, err);

    if (code == ERR_OK)
        code = count_by_state(store, SQL_DELIVERIES_COUNT, counts.deliveries, NULL, err);
    if (code == ERR_OK)
        code = count_one(store, SQL_DELIVERIES_RUNNING, &running, err);
    if (code == ERR_OK)
        code = count_one(store, SQL_REVIEWS_COUNT, &counts.reviews, err);
    if (code != ERR_OK)
        return code;
    /* Four statements are four snapshots: a job that moved between them must not make a count negative. */
    if (running > counts.deliveries[STORE_WAITING])
        running = counts.deliveries[STORE_WAITING];
    counts.deliveries[STORE_WAITING] -= running;
    counts.deliveries[STORE_RUNNING] += running;
    counts.jobs_waiting = jobs[STORE_WAITING];
    counts.jobs_running = jobs[STORE_RUNNING];
    *out = counts;
    return ERR_OK;
}

enum err_code store_purge(struct store *store, int64_t before_ms, int64_t limit, int64_t *deleted,
                          struct err *err)
{
    int64_t gone = 0;
    enum err_code code = store_begin(store, err);

    if (code != ERR_OK)
        return code;
    code = store_run(store, SQL_DELIVERIES_PURGE, &gone, err, "ii", before_ms, limit);
    if (code == ERR_OK)
        code = store_run(store, SQL_JOBS_PURGE, NULL, err, "ii", before_ms, limit);
    code = store_end(store, code, err);
    if (code == ERR_OK)
        *deleted = gone;
    return code;
}
