/* The tables, and the steps that bring an older database to this version. A step, once released, is never
 * changed: a new one is added. All steps that a database lacks run in one transaction. */
#include "store_internal.h"

static const char *const STEPS[] = {
    "CREATE TABLE jobs("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " forge TEXT NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL,"
    " head_sha TEXT NOT NULL, head_ref TEXT NOT NULL, base_sha TEXT NOT NULL, base_ref TEXT NOT NULL,"
    " title TEXT NOT NULL, sender TEXT NOT NULL,"
    " draft INTEGER NOT NULL, base_changed INTEGER NOT NULL, replay INTEGER NOT NULL,"
    " received_ms INTEGER NOT NULL, not_before_ms INTEGER NOT NULL,"
    " state INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,"
    " owner TEXT NOT NULL DEFAULT '', lease_until_ms INTEGER NOT NULL DEFAULT 0,"
    " finished_ms INTEGER NOT NULL DEFAULT 0);"
    /* One live job per pull request is a promise of the schema, not of the code above it. */
    "CREATE UNIQUE INDEX jobs_live ON jobs(forge, repository, number) WHERE state < 2;"
    "CREATE INDEX jobs_due ON jobs(not_before_ms, id) WHERE state < 2;"
    "CREATE TABLE deliveries("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " forge TEXT NOT NULL, delivery_id TEXT NOT NULL, event TEXT NOT NULL, action TEXT NOT NULL,"
    " repository TEXT NOT NULL, number INTEGER NOT NULL,"
    " head_sha TEXT NOT NULL, head_ref TEXT NOT NULL, base_sha TEXT NOT NULL, base_ref TEXT NOT NULL,"
    " title TEXT NOT NULL, sender TEXT NOT NULL, draft INTEGER NOT NULL, base_changed INTEGER NOT NULL,"
    " received_ms INTEGER NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,"
    " job_id INTEGER NOT NULL, review_id INTEGER NOT NULL, finished_ms INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX deliveries_key ON deliveries(delivery_id, forge);"
    "CREATE INDEX deliveries_live ON deliveries(job_id) WHERE state < 2;"
    "CREATE INDEX deliveries_state ON deliveries(state);"
    "CREATE TABLE reviews("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " forge TEXT NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL, head_sha TEXT NOT NULL,"
    " merge_base TEXT NOT NULL, posted_ms INTEGER NOT NULL, forge_review_id TEXT NOT NULL,"
    " markdown TEXT NOT NULL, json TEXT NOT NULL);"
    "CREATE UNIQUE INDEX reviews_head ON reviews(forge, repository, number, head_sha);"
    "CREATE TABLE pauses("
    " forge TEXT NOT NULL, repository TEXT NOT NULL, until_ms INTEGER NOT NULL,"
    " PRIMARY KEY(forge, repository)) WITHOUT ROWID;",

    "CREATE TABLE declines("
    " forge TEXT NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL,"
    " fingerprint TEXT NOT NULL, path TEXT NOT NULL, who TEXT NOT NULL, declined_ms INTEGER NOT NULL,"
    " PRIMARY KEY(forge, repository, number, fingerprint, path)) WITHOUT ROWID;"
    /* A check that stands open at the forge. A row is there before the forge is asked to open it. */
    "CREATE TABLE checks("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " forge TEXT NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL, head_sha TEXT NOT NULL,"
    " job TEXT NOT NULL, check_id TEXT NOT NULL, not_before_ms INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX checks_job ON checks(forge, repository, number, head_sha, job);",

    /* A job with a command is no review: there may be many of them beside the live review. */
    "ALTER TABLE jobs ADD COLUMN command TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE jobs ADD COLUMN comment TEXT NOT NULL DEFAULT '';"
    "DROP INDEX jobs_live;"
    "CREATE UNIQUE INDEX jobs_live ON jobs(forge, repository, number) WHERE state < 2 AND command = '';"
    "CREATE INDEX jobs_commands ON jobs(forge, repository, number, id) WHERE command <> '';"
    "CREATE TABLE wishes("
    " forge TEXT NOT NULL, repository TEXT NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " key TEXT NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL, said_ms INTEGER NOT NULL,"
    " PRIMARY KEY(forge, repository, number, kind, key)) WITHOUT ROWID;",

    /* Who looks for pull requests that nobody told of, and through which lists. began_ms 0: no round is
     * open. */
    "CREATE INDEX jobs_failed ON jobs(forge, repository, number) WHERE state = 4;"
    "CREATE TABLE sweeps("
    " forge TEXT PRIMARY KEY, began_ms INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0,"
    " due_ms INTEGER NOT NULL DEFAULT 0, owner TEXT NOT NULL DEFAULT '',"
    " lease_until_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE places("
    " forge TEXT NOT NULL, name TEXT NOT NULL, scope TEXT NOT NULL, parent TEXT NOT NULL,"
    " version TEXT NOT NULL DEFAULT '', read_ms INTEGER NOT NULL DEFAULT 0, listed_ms INTEGER NOT NULL,"
    " PRIMARY KEY(forge, name)) WITHOUT ROWID;"
    "CREATE INDEX places_read ON places(forge, read_ms);",
};

int store_schema_version(void)
{
    return (int)COUNT_OF(STEPS);
}

static enum err_code execute(struct store *store, const char *text, const char *what, struct err *err)
{
    int rc = sqlite3_exec(store->db, text, NULL, NULL, NULL);

    return rc == SQLITE_OK ? ERR_OK : store_failed(store, rc, what, err);
}

/* Before the first step there is no table to prepare the store's own statements against. */
static enum err_code read_version(struct store *store, int *out, struct err *err)
{
    sqlite3_stmt *statement = NULL;
    enum err_code code = ERR_OK;
    int rc = sqlite3_prepare_v2(store->db, "SELECT version FROM schema_version", -1, &statement, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int(statement, 0);
    else
        code = store_failed(store, rc, "read the schema version", err);
    sqlite3_finalize(statement);
    return code;
}

enum err_code store_migrate(struct store *store, struct err *err)
{
    enum err_code code;
    int version = 0;

    /* Two processes that start together: the second waits here and finds the work done. */
    code = execute(store, "BEGIN IMMEDIATE", "begin the migration", err);
    if (code != ERR_OK)
        return code;
    code = execute(store,
                   "CREATE TABLE IF NOT EXISTS schema_version(version INTEGER NOT NULL);"
                   "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version)",
                   "make the schema version", err);
    if (code == ERR_OK)
        code = read_version(store, &version, err);
    if (code == ERR_OK && (version < 0 || version > (int)COUNT_OF(STEPS)))
        code = err_set(err, ERR_INVALID,
                       "the database has schema version %d, this program knows %d: use a newer one", version,
                       (int)COUNT_OF(STEPS));
    for (int step = version; code == ERR_OK && step < (int)COUNT_OF(STEPS); step++) {
        code = execute(store, STEPS[step], "migrate the schema", err);
        if (code == ERR_OK)
            code = execute(store, "UPDATE schema_version SET version = version + 1",
                           "note the schema version", err);
    }
    if (code == ERR_OK)
        code = execute(store, "COMMIT", "commit the migration", err);
    if (code != ERR_OK && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
