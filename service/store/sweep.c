/* Rounds through the lists of a forge: one process at a time has a round, and whoever takes it over goes on
 * where it stood. None of it waits for the disk: what a power cut takes back is read once more. */
#include "store_internal.h"

/* store_run() without the wait. */
#define RUN_LIGHTLY(store, sql, changed, err, ...)                                                           \
    store_durable_again(store,                                                                               \
                        store_set_durable(store, false, err) == ERR_OK                                       \
                            ? store_run(store, sql, changed, err, __VA_ARGS__)                               \
                            : ERR_UNAVAILABLE,                                                               \
                        err)

static enum err_code read_sweep(struct store *store, struct view forge, struct store_sweep *out,
                                int64_t *due_ms, int64_t *lease_until_ms, bool *found, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code = store_query(store, SQL_SWEEP, &statement, err, "t", forge);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, found, err);
    if (code == ERR_OK && *found) {
        out->began_ms = sqlite3_column_int64(statement, 0);
        out->calls = sqlite3_column_int64(statement, 1);
        *due_ms = sqlite3_column_int64(statement, 2);
        *lease_until_ms = sqlite3_column_int64(statement, 3);
    }
    sqlite3_reset(statement);
    return code;
}

enum err_code store_claim_sweep(struct store *store, struct view forge, struct view owner, int64_t now_ms,
                                int64_t lease_until_ms, struct store_sweep *out, struct err *err)
{
    struct store_sweep sweep = {.forge = forge, .owner = owner};
    int64_t due_ms = 0, held_ms = 0, changed = 0;
    bool found = false;
    /* Reading takes no lock: idle workers ask often. */
    enum err_code code = read_sweep(store, forge, &sweep, &due_ms, &held_ms, &found, err);

    if (code == ERR_OK && !found)
        code = RUN_LIGHTLY(store, SQL_SWEEP_ADD, NULL, err, "t", forge);
    if (code == ERR_OK && due_ms <= now_ms && held_ms <= now_ms)
        code =
            RUN_LIGHTLY(store, SQL_SWEEP_CLAIM, &changed, err, "ttii", forge, owner, now_ms, lease_until_ms);
    if (code == ERR_OK && !changed)
        code = err_set(err, ERR_NOT_FOUND, "no sweep of %.*s is due", VIEW_ARG(forge));
    if (code == ERR_OK)
        code = read_sweep(store, forge, &sweep, &due_ms, &held_ms, &found, err);
    if (code == ERR_OK)
        *out = sweep;
    return code;
}

static enum err_code lost(const struct store_sweep *sweep, struct err *err)
{
    return err_set(err, ERR_CONFLICT, "the sweep of %.*s is another process's by now",
                   VIEW_ARG(sweep->forge));
}

enum err_code store_renew_sweep(struct store *store, const struct store_sweep *sweep, int64_t lease_until_ms,
                                struct err *err)
{
    int64_t changed = 0;
    enum err_code code = RUN_LIGHTLY(store, SQL_SWEEP_RENEW, &changed, err, "ttiii", sweep->forge,
                                     sweep->owner, sweep->began_ms, lease_until_ms, sweep->calls);

    return code == ERR_OK && !changed ? lost(sweep, err) : code;
}

enum err_code store_end_sweep(struct store *store, const struct store_sweep *sweep, bool over, int64_t due_ms,
                              struct err *err)
{
    int64_t changed = 0;
    enum err_code code = RUN_LIGHTLY(store, SQL_SWEEP_END, &changed, err, "ttiiii", sweep->forge,
                                     sweep->owner, sweep->began_ms, sweep->calls, due_ms, (int64_t)over);

    return code == ERR_OK && !changed ? lost(sweep, err) : code;
}

enum err_code store_hasten_sweeps(struct store *store, struct err *err)
{
    return RUN_LIGHTLY(store, SQL_SWEEPS_HASTEN, NULL, err, "");
}

enum err_code store_put_place(struct store *store, struct view forge, const struct store_place *place,
                              int64_t listed_ms, struct err *err)
{
    return RUN_LIGHTLY(store, SQL_PLACE_PUT, NULL, err, "tttti", forge, place->name, place->scope,
                       place->parent, listed_ms);
}

enum err_code store_drop_places(struct store *store, struct view forge, struct view parent, int64_t listed_ms,
                                struct err *err)
{
    int64_t changed = 0;
    enum err_code code = RUN_LIGHTLY(store, SQL_PLACES_DROP, &changed, err, "tti", forge, parent, listed_ms);

    while (code == ERR_OK && changed > 0)
        code = RUN_LIGHTLY(store, SQL_PLACES_ORPHANS, &changed, err, "tt", forge, STORE_PLACE_ROOTS);
    return code;
}

enum err_code store_next_place(struct store *store, struct view forge, int64_t began_ms, struct arena *arena,
                               struct store_place *out, struct err *err)
{
    struct store_place place = {0};
    struct view *const texts[] = {&place.name, &place.scope, &place.parent, &place.version};
    sqlite3_stmt *statement = NULL;
    bool row = false;
    enum err_code code = store_query(store, SQL_PLACE_NEXT, &statement, err, "ti", forge, began_ms);

    if (code != ERR_OK)
        return code;
    code = store_step(store, statement, &row, err);
    if (code == ERR_OK && !row)
        code = err_set(err, ERR_NOT_FOUND, "all lists of %.*s are read", VIEW_ARG(forge));
    for (int i = 0; code == ERR_OK && i < (int)COUNT_OF(texts); i++)
        code = store_column_text(statement, i, arena, texts[i], err);
    sqlite3_reset(statement);
    if (code == ERR_OK)
        *out = place;
    return code;
}

enum err_code store_read_place(struct store *store, struct view forge, struct view name, struct view version,
                               int64_t now_ms, struct err *err)
{
    return RUN_LIGHTLY(store, SQL_PLACE_READ, NULL, err, "ttti", forge, name, version, now_ms);
}
