/* The connection: opening with the pragmas that make a commit durable, statements that are prepared once,
 * and the one place where an SQLite result code becomes an error of ours. */
#include "store_internal.h"
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

enum {
    BUSY_MS = 5000,
    QUEUE_MAX = 10000,
    ATTEMPTS_MAX = 6,
    RETRY_AFTER_MS = 5000, /* what a client is told while the disk is full or the store is locked */
};

static const char *const STATEMENTS[] = {
#define X(name, text) [name] = (text),
    STORE_STATEMENTS(X)
#undef X
};
static_assert(COUNT_OF(STATEMENTS) == STORE_SQL_COUNT, "each statement has its text");

static const char *const STATE_NAMES[] = {
#define X(state, number, name) [number] = (name),
    STORE_STATES(X)
#undef X
};
static_assert(COUNT_OF(STATE_NAMES) == STORE_STATE_COUNT, "each state has its name");

const char *store_state_name(enum store_state state)
{
    return (unsigned)state < STORE_STATE_COUNT ? STATE_NAMES[state] : "unknown";
}

bool store_state_parse(struct view name, enum store_state *out)
{
    for (int state = 0; state < STORE_STATE_COUNT; state++)
        if (view_is(name, STATE_NAMES[state])) {
            *out = (enum store_state)state;
            return true;
        }
    return false;
}

enum err_code store_failed(struct store *store, int rc, const char *what, struct err *err)
{
    enum err_code code;

    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
        code = ERR_UNAVAILABLE;
        break;
    case SQLITE_NOMEM:
        code = ERR_MEMORY;
        break;
    case SQLITE_NOTADB:
        code = ERR_INVALID;
        break;
    default:
        code = ERR_INTERNAL;
    }
    err_set(err, code, "store: %s: %s", what, store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc));
    if (err && code == ERR_UNAVAILABLE)
        err->retry_after_ms = RETRY_AFTER_MS;
    return code;
}

static enum err_code pragma(struct store *store, const char *text, struct err *err)
{
    int rc = sqlite3_exec(store->db, text, NULL, NULL, NULL);

    return rc == SQLITE_OK ? ERR_OK : store_failed(store, rc, text, err);
}

enum err_code store_set_durable(struct store *store, bool durable, struct err *err)
{
    return pragma(store, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
}

enum err_code store_durable_again(struct store *store, enum err_code code, struct err *err)
{
    struct err again = {0};

    if (store_set_durable(store, true, &again) == ERR_OK || code != ERR_OK)
        return code;
    if (err != NULL)
        *err = again;
    return again.code;
}

static enum err_code set_up(struct store *store, int64_t busy_ms, struct err *err)
{
    static const char *const PRAGMAS[] = {
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL", /* WAL with NORMAL may lose the last commits in a power cut */
        "PRAGMA journal_size_limit = 67108864",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA trusted_schema = OFF",
    };
    enum err_code code = ERR_OK;

    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, busy_ms > INT32_MAX ? INT32_MAX : (int)busy_ms);
    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(PRAGMAS); i++)
        code = pragma(store, PRAGMAS[i], err);
    return code == ERR_OK ? store_migrate(store, err) : code;
}

enum err_code store_open(const struct store_options *options, struct store **out, struct err *err)
{
    struct store *store = calloc(1, sizeof(*store));
    enum err_code code;
    int rc;

    if (!store)
        return err_set(err, ERR_MEMORY, "store: no memory");
    store->queue_max = options->queue_max ? options->queue_max : QUEUE_MAX;
    store->attempts_max = options->attempts_max ? options->attempts_max : ATTEMPTS_MAX;
    rc = sqlite3_open_v2(options->path, &store->db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    code = rc == SQLITE_OK ? set_up(store, options->busy_ms ? options->busy_ms : BUSY_MS, err)
                           : store_failed(store, rc, "open", err);
    if (code != ERR_OK) {
        store_close(store);
        err_wrap(err, "%s", options->path);
        return code;
    }
    *out = store;
    return ERR_OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (int i = 0; i < STORE_SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    free(store);
}

static enum err_code bind(struct store *store, enum store_sql sql, sqlite3_stmt **out, struct err *err,
                          const char *types, va_list values)
{
    sqlite3_stmt *statement = store->statements[sql];
    int rc = SQLITE_OK;

    if (!statement) {
        rc = sqlite3_prepare_v3(store->db, STATEMENTS[sql], -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (rc != SQLITE_OK)
            return store_failed(store, rc, "prepare", err);
        store->statements[sql] = statement;
    }
    for (int i = 0; types[i] && rc == SQLITE_OK; i++) {
        if (types[i] == 't') {
            struct view text = va_arg(values, struct view);

            rc = sqlite3_bind_text64(statement, i + 1, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC,
                                     SQLITE_UTF8);
        } else {
            assert(types[i] == 'i');
            rc = sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
        }
    }
    if (rc != SQLITE_OK)
        return store_failed(store, rc, "bind", err);
    *out = statement;
    return ERR_OK;
}

enum err_code store_query(struct store *store, enum store_sql sql, sqlite3_stmt **out, struct err *err,
                          const char *types, ...)
{
    enum err_code code;
    va_list values;

    va_start(values, types);
    code = bind(store, sql, out, err, types, values);
    va_end(values);
    return code;
}

enum err_code store_step(struct store *store, sqlite3_stmt *statement, bool *row, struct err *err)
{
    int rc = sqlite3_step(statement);

    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return store_failed(store, rc, "step", err);
    *row = rc == SQLITE_ROW;
    return ERR_OK;
}

enum err_code store_run(struct store *store, enum store_sql sql, int64_t *changed, struct err *err,
                        const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code;
    va_list values;
    int rc;

    va_start(values, types);
    code = bind(store, sql, &statement, err, types, values);
    va_end(values);
    if (code != ERR_OK)
        return code;
    do
        rc = sqlite3_step(statement);
    while (rc == SQLITE_ROW);
    if (rc != SQLITE_DONE)
        code = store_failed(store, rc, "run", err);
    else if (changed)
        *changed = sqlite3_changes64(store->db);
    sqlite3_reset(statement);
    return code;
}

enum err_code store_column_text(sqlite3_stmt *statement, int column, struct arena *arena, struct view *out,
                                struct err *err)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return arena_copy(arena, (struct view){text, (size_t)sqlite3_column_bytes(statement, column)}, out, err);
}

enum err_code store_begin(struct store *store, struct err *err)
{
    return store_run(store, SQL_BEGIN, NULL, err, "");
}

enum err_code store_end(struct store *store, enum err_code code, struct err *err)
{
    if (code == ERR_OK)
        code = store_run(store, SQL_COMMIT, NULL, err, "");
    if (code != ERR_OK) {
        store->room = 0;
        /* SQLite has rolled back by itself after some failures; a second time would be an error. */
        if (!sqlite3_get_autocommit(store->db) && store_run(store, SQL_ROLLBACK, NULL, NULL, "") != ERR_OK)
            sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

enum err_code store_probe(struct store *store, struct err *err)
{
    enum err_code code = store_begin(store, err);

    if (code != ERR_OK)
        return code;
    return store_end(store, store_run(store, SQL_PROBE, NULL, err, ""), err);
}
