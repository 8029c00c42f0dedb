/* What outlives a single review: what people declined, and checks that stand open at a forge. */
#include "store_internal.h"

enum { CHECK_TEXTS = 5 };

enum err_code store_put_decline(struct store *store, struct view forge, struct view repository,
                                int64_t number, const struct store_decline *decline, int64_t now_ms,
                                struct err *err)
{
    return store_run(store, SQL_DECLINE_PUT, NULL, err, "ttittti", forge, repository, number,
                     decline->fingerprint, decline->path, decline->who, now_ms);
}

enum err_code store_drop_decline(struct store *store, struct view forge, struct view repository,
                                 int64_t number, struct view fingerprint, struct err *err)
{
    int64_t changed = 0;
    enum err_code code =
        store_run(store, SQL_DECLINE_DROP, &changed, err, "ttit", forge, repository, number, fingerprint);

    return code == ERR_OK && !changed
               ? err_set(err, ERR_NOT_FOUND, "%.*s is not declined there", VIEW_ARG(fingerprint))
               : code;
}

static enum err_code read_decline(sqlite3_stmt *row, struct arena *arena, struct store_decline *out,
                                  struct err *err)
{
    struct view *const texts[] = {&out->fingerprint, &out->path, &out->who};
    enum err_code code = ERR_OK;

    for (int i = 0; code == ERR_OK && i < (int)COUNT_OF(texts); i++)
        code = store_column_text(row, i, arena, texts[i], err);
    return code;
}

enum err_code store_list_declines(struct store *store, struct view forge, struct view repository,
                                  int64_t number, struct arena *arena, const struct store_decline **items,
                                  size_t *count, struct err *err)
{
    struct store_decline *list = ARENA_ARRAY(arena, struct store_decline, STORE_DECLINES_MAX);
    sqlite3_stmt *statement = NULL;
    bool row = true;
    size_t read = 0;
    enum err_code code = list ? store_query(store, SQL_DECLINES, &statement, err, "ttii", forge, repository,
                                            number, (int64_t)STORE_DECLINES_MAX)
                              : arena_full(arena, err);

    while (code == ERR_OK && (code = store_step(store, statement, &row, err)) == ERR_OK && row)
        code = read_decline(statement, arena, &list[read++], err);
    if (statement)
        sqlite3_reset(statement);
    *items = list;
    *count = read;
    return code;
}

enum err_code store_put_check(struct store *store, const struct store_check *check, struct err *err)
{
    return store_run(store, SQL_CHECK_PUT, NULL, err, "ttittti", check->forge, check->repository,
                     check->number, check->head_sha, check->job, check->check_id, check->not_before_ms);
}

enum err_code store_drop_check(struct store *store, int64_t id, struct err *err)
{
    return store_run(store, SQL_CHECK_DROP, NULL, err, "i", id);
}

static enum err_code read_check(sqlite3_stmt *row, struct arena *arena, struct store_check *out,
                                struct err *err)
{
    const struct {
        int column;
        struct view *out;
    } texts[CHECK_TEXTS] = {
        {1, &out->forge}, {2, &out->repository}, {4, &out->head_sha}, {5, &out->job}, {6, &out->check_id}};
    enum err_code code = ERR_OK;

    *out = (struct store_check){.id = sqlite3_column_int64(row, 0),
                                .number = sqlite3_column_int64(row, 3),
                                .not_before_ms = sqlite3_column_int64(row, 7)};
    for (int i = 0; code == ERR_OK && i < CHECK_TEXTS; i++)
        code = store_column_text(row, texts[i].column, arena, texts[i].out, err);
    return code;
}

enum err_code store_list_checks(struct store *store, struct view forge, struct view repository,
                                int64_t number, struct arena *arena, const struct store_check **items,
                                size_t *count, struct err *err)
{
    struct store_check *list = ARENA_ARRAY(arena, struct store_check, STORE_CHECKS_MAX);
    sqlite3_stmt *statement = NULL;
    bool row = true;
    size_t read = 0;
    enum err_code code = list ? store_query(store, SQL_CHECKS, &statement, err, "ttii", forge, repository,
                                            number, (int64_t)STORE_CHECKS_MAX)
                              : arena_full(arena, err);

    while (code == ERR_OK && (code = store_step(store, statement, &row, err)) == ERR_OK && row)
        code = read_check(statement, arena, &list[read++], err);
    if (statement)
        sqlite3_reset(statement);
    *items = list;
    *count = read;
    return code;
}

enum err_code store_claim_stale_check(struct store *store, int64_t now_ms, int64_t again_ms,
                                      struct arena *arena, struct store_check *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    int64_t changed = 0;
    bool row = false;
    enum err_code code = store_query(store, SQL_CHECK_STALE, &statement, err, "i", now_ms);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && row)
        code = read_check(statement, arena, out, err);
    sqlite3_reset(statement);
    if (code != ERR_OK)
        return code;
    if (row)
        code = store_run(store, SQL_CHECK_CLAIM, &changed, err, "iii", out->id, out->not_before_ms, again_ms);
    if (code == ERR_OK && !changed)
        code = err_set(err, ERR_NOT_FOUND, "no check is left open");
    return code;
}
