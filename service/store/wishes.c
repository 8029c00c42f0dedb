/* What people of a pull request told us to do there, by commands in its comments. */
#include "store_internal.h"

enum { WISH_TEXTS = 3 };

enum err_code store_put_wish(struct store *store, struct view forge, struct view repository, int64_t number,
                             const struct store_wish *wish, int64_t now_ms, struct err *err)
{
    return store_run(store, SQL_WISH_PUT, NULL, err, "ttiittti", forge, repository, number,
                     (int64_t)wish->kind, wish->key, wish->value, wish->who, now_ms);
}

enum err_code store_drop_wish(struct store *store, struct view forge, struct view repository, int64_t number,
                              enum store_wish_kind kind, struct view key, struct err *err)
{
    int64_t changed = 0;
    enum err_code code = store_run(store, SQL_WISH_DROP, &changed, err, "ttiit", forge, repository, number,
                                   (int64_t)kind, key);

    return code == ERR_OK && !changed
               ? err_set(err, ERR_NOT_FOUND, "\"%.*s\" was not asked for there", VIEW_ARG(key))
               : code;
}

static enum err_code read_wish(sqlite3_stmt *row, struct arena *arena, struct store_wish *out,
                               struct err *err)
{
    struct view *const texts[WISH_TEXTS] = {&out->key, &out->value, &out->who};
    enum err_code code = ERR_OK;

    out->kind = (enum store_wish_kind)sqlite3_column_int(row, 0);
    for (int i = 0; code == ERR_OK && i < WISH_TEXTS; i++)
        code = store_column_text(row, i + 1, arena, texts[i], err);
    return code;
}

enum err_code store_list_wishes(struct store *store, struct view forge, struct view repository,
                                int64_t number, struct arena *arena, const struct store_wish **items,
                                size_t *count, struct err *err)
{
    struct store_wish *list = ARENA_ARRAY(arena, struct store_wish, STORE_WISHES_MAX);
    sqlite3_stmt *statement = NULL;
    bool row = true;
    size_t read = 0;
    enum err_code code = list ? store_query(store, SQL_WISHES, &statement, err, "ttii", forge, repository,
                                            number, (int64_t)STORE_WISHES_MAX)
                              : arena_full(arena, err);

    while (code == ERR_OK && (code = store_step(store, statement, &row, err)) == ERR_OK && row)
        code = read_wish(statement, arena, &list[read++], err);
    if (statement)
        sqlite3_reset(statement);
    *items = list;
    *count = read;
    return code;
}

enum err_code store_count_commands(struct store *store, const struct store_job *job, int64_t since_ms,
                                   int64_t *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_COMMANDS_COUNT, &statement, err, "ttiiit", job->forge,
                                     job->repository, job->number, job->id, since_ms, job->sender);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK)
        *out = row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return code;
}

enum err_code store_review_state(struct store *store, struct view forge, struct view repository,
                                 int64_t number, enum store_state *out, struct err *err)
{
    const struct store_record record = {.forge = forge, .repository = repository, .number = number};
    bool same_head, running;
    int64_t job;
    enum err_code code = store_live_job(store, &record, &job, &same_head, &running, err);

    if (code == ERR_OK)
        *out = !job ? STORE_DONE : running ? STORE_RUNNING : STORE_WAITING;
    return code;
}
