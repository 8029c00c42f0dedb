/** @file store_internal.h  What the files of the store share: the connection, its statements by name, and
 *  the few calls that bind, step and explain a failure. */
#pragma once
#include "store/store.h"
#include <sqlite3.h>

/* Every statement of the store. `state < 2` (waiting or running) is spelled so everywhere, because SQLite
 * uses a partial index only where the query holds the index's own condition. */
#define LIVE "state < 2"
#define RECORD_COLUMNS                                                                                       \
    "forge, delivery_id, event, action, repository, number, head_sha, head_ref, base_sha, base_ref, "        \
    "title, sender, draft, base_changed, received_ms"
#define JOB_COLUMNS                                                                                          \
    "id, forge, repository, number, head_sha, head_ref, base_sha, base_ref, title, sender, draft, replay, "  \
    "base_changed, received_ms, attempts, lease_until_ms, state, command, comment"
#define REVIEW_COLUMNS                                                                                       \
    "id, forge, repository, number, head_sha, merge_base, posted_ms, forge_review_id, markdown, json"
#define WISH_COLUMNS "kind, key, value, who"
#define CHECK_COLUMNS "id, forge, repository, number, head_sha, job, check_id, not_before_ms"
/* A delivery does not change while its job is leased and given back: what it shows comes from the job. */
#define DELIVERY_SELECT                                                                                      \
    "SELECT d.id, d.forge, d.delivery_id, d.event, d.action, d.repository, d.number, d.head_sha, "           \
    "d.head_ref, d.base_sha, d.base_ref, d.title, d.sender, d.draft, d.base_changed, d.received_ms, "        \
    "CASE WHEN d.state < 2 THEN coalesce(j.state, d.state) ELSE d.state END, "                               \
    "CASE WHEN d.state < 2 THEN coalesce(j.reason, d.reason) ELSE d.reason END, "                            \
    "coalesce(j.attempts, 0), d.job_id, d.review_id, d.finished_ms "                                         \
    "FROM deliveries d LEFT JOIN jobs j ON j.id = d.job_id "
/* What a pause may name that holds up a repository: itself, its owner with a '/', the whole forge. */
#define SCOPES(repository) repository ", substr(" repository ", 1, instr(" repository ", '/')), ''"
/* The commands of a pull request are carried out one after the other, in the order in which they came. */
#define BLOCKED                                                                                              \
    "(command <> '' AND EXISTS (SELECT 1 FROM jobs o WHERE o.forge = jobs.forge "                            \
    "AND o.repository = jobs.repository AND o.number = jobs.number AND o.command <> '' AND o.state < 2 "     \
    "AND o.id < jobs.id))"
/* A job's time has come, or its lease has run out, and nothing pauses its repository or forge. ?1: now. */
#define DUE                                                                                                  \
    "state < 2 AND ((state = 0 AND not_before_ms <= ?1) OR (state = 1 AND lease_until_ms <= ?1)) "           \
    "AND NOT EXISTS (SELECT 1 FROM pauses p WHERE p.forge = jobs.forge "                                     \
    "AND p.repository IN (" SCOPES("jobs.repository") ") AND p.until_ms > ?1) AND NOT " BLOCKED

#define STORE_STATEMENTS(X)                                                                                  \
    X(SQL_BEGIN, "BEGIN IMMEDIATE")                                                                          \
    X(SQL_COMMIT, "COMMIT")                                                                                  \
    X(SQL_ROLLBACK, "ROLLBACK")                                                                              \
    X(SQL_DELIVERY_KNOWN, "SELECT 1 FROM deliveries WHERE forge = ?1 AND delivery_id = ?2")                  \
    X(SQL_DELIVERY_ADD, "INSERT INTO deliveries(" RECORD_COLUMNS                                             \
                        ", state, reason, job_id, review_id, finished_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "   \
                        "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)")                \
    X(SQL_DELIVERIES_LIVE, "SELECT count(*) FROM deliveries WHERE " LIVE)                                    \
    X(SQL_DELIVERIES_END, "UPDATE deliveries SET state = ?2, reason = ?3, review_id = ?4, finished_ms = ?5 " \
                          "WHERE job_id = ?1 AND " LIVE)                                                     \
    X(SQL_DELIVERIES_LIST, DELIVERY_SELECT                                                                   \
      "WHERE (?1 < 0 OR ?1 = CASE WHEN d.state < 2 THEN coalesce(j.state, d.state) ELSE d.state END) "       \
      "AND (?2 = '' OR d.forge = ?2) AND (?3 = '' OR d.repository = ?3) AND (?4 = 0 OR d.id < ?4) "          \
      "ORDER BY d.id DESC LIMIT ?5")                                                                         \
    X(SQL_DELIVERY_BY_NUMBER, DELIVERY_SELECT "WHERE d.id = ?1")                                             \
    X(SQL_DELIVERY_BY_ID, DELIVERY_SELECT "WHERE d.delivery_id = ?1 ORDER BY d.id DESC LIMIT 1")             \
    X(SQL_DELIVERY_AGAIN, "UPDATE deliveries SET state = 0, reason = 'replayed', job_id = ?2, "              \
                          "review_id = 0, finished_ms = 0 WHERE id = ?1")                                    \
    X(SQL_DELIVERIES_COUNT, "SELECT state, count(*) FROM deliveries GROUP BY state")                         \
    X(SQL_DELIVERIES_RUNNING, "SELECT count(*) FROM jobs j JOIN deliveries d ON d.job_id = j.id "            \
                              "AND d.state < 2 WHERE j.state < 2 AND j.state = 1")                           \
    X(SQL_DELIVERIES_PURGE, "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE "           \
                            "state >= 2 AND finished_ms < ?1 ORDER BY id LIMIT ?2)")                         \
    X(SQL_JOB_LIVE, "SELECT id, head_sha, state FROM jobs WHERE forge = ?1 AND repository = ?2 AND "         \
                    "number = ?3 AND command = '' AND " LIVE)                                                \
    X(SQL_JOB_ADD,                                                                                           \
      "INSERT INTO jobs(forge, repository, number, head_sha, head_ref, base_sha, base_ref, "                 \
      "title, sender, draft, base_changed, replay, received_ms, not_before_ms, state, command, comment) "    \
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, 0, ?14, ?15)")                    \
    X(SQL_COMMAND_AGAIN,                                                                                     \
      "INSERT INTO jobs(forge, repository, number, head_sha, head_ref, base_sha, "                           \
      "base_ref, title, sender, draft, base_changed, replay, received_ms, not_before_ms, "                   \
      "state, command, comment) SELECT forge, repository, number, head_sha, head_ref, "                      \
      "base_sha, base_ref, title, sender, draft, base_changed, replay, ?2, ?2, 0, "                          \
      "command, comment FROM jobs WHERE id = (SELECT job_id FROM deliveries WHERE "                          \
      "id = ?1) AND command <> ''")                                                                          \
    X(SQL_COMMANDS_COUNT,                                                                                    \
      "SELECT count(*) FROM jobs WHERE forge = ?1 AND repository = ?2 AND number = ?3 "                      \
      "AND command <> '' AND id < ?4 AND received_ms > ?5 AND (state < 3 OR sender = ?6)")                   \
    X(SQL_JOB_REBASE, "UPDATE jobs SET base_sha = ?2, base_ref = ?3, base_changed = 1 WHERE id = ?1")        \
    X(SQL_JOB_REPLAY, "UPDATE jobs SET replay = max(replay, ?2) WHERE id = ?1")                              \
    X(SQL_JOB_END, "UPDATE jobs SET state = ?2, reason = ?3, finished_ms = ?4, owner = '', "                 \
                   "lease_until_ms = 0 WHERE id = ?1 AND " LIVE)                                             \
    X(SQL_JOB_DUE, "SELECT " JOB_COLUMNS " FROM jobs WHERE " DUE " ORDER BY not_before_ms, id LIMIT 1")      \
    X(SQL_JOB_LEASE, "UPDATE jobs SET state = 1, owner = ?3, attempts = attempts + 1, lease_until_ms = ?4 "  \
                     "WHERE id = ?2 AND attempts = ?5 AND lease_until_ms = ?6 AND " DUE)                     \
    X(SQL_JOB_OF_OWNER, "SELECT " JOB_COLUMNS " FROM jobs WHERE " LIVE " AND state = 1 AND owner = ?1 "      \
                        "LIMIT 1")                                                                           \
    X(SQL_JOB_EXPIRE, "UPDATE jobs SET state = ?2, reason = ?3, finished_ms = ?4, owner = '', "              \
                      "lease_until_ms = 0 WHERE id = ?1 AND state = 1 AND attempts = ?5 "                    \
                      "AND lease_until_ms = ?6")                                                             \
    X(SQL_JOB_NEXT,                                                                                          \
      "SELECT min(max(CASE state WHEN 0 THEN not_before_ms ELSE lease_until_ms END, "                        \
      "coalesce((SELECT max(until_ms) FROM pauses p WHERE p.forge = jobs.forge AND "                         \
      "p.repository IN (" SCOPES("jobs.repository") ")), 0))) FROM jobs WHERE " LIVE " AND NOT " BLOCKED)    \
    X(SQL_JOB_RENEW, "UPDATE jobs SET lease_until_ms = ?4 "                                                  \
                     "WHERE id = ?1 AND state = 1 AND owner = ?2 AND attempts = ?3")                         \
    X(SQL_JOB_FINISH, "UPDATE jobs SET state = ?4, reason = ?5, finished_ms = ?6, owner = '', "              \
                      "lease_until_ms = 0 WHERE id = ?1 AND state = 1 AND owner = ?2 AND attempts = ?3")     \
    X(SQL_JOB_RETRY, "UPDATE jobs SET state = 0, not_before_ms = ?4, reason = ?5, "                          \
                     "attempts = attempts - ?6, owner = '', lease_until_ms = 0 "                             \
                     "WHERE id = ?1 AND state = 1 AND owner = ?2 AND attempts = ?3")                         \
    X(SQL_JOB_STATE, "SELECT state FROM jobs WHERE id = ?1")                                                 \
    X(SQL_JOBS_COUNT, "SELECT state, count(*), min(received_ms) FROM jobs WHERE " LIVE " GROUP BY state")    \
    X(SQL_JOBS_PURGE, "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state >= 2 AND "              \
                      "finished_ms < ?1 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE "                   \
                      "d.job_id = jobs.id) ORDER BY id LIMIT ?2)")                                           \
    X(SQL_PAUSE, "INSERT INTO pauses(forge, repository, until_ms) VALUES(?1, ?2, ?3) "                       \
                 "ON CONFLICT(forge, repository) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)") \
    X(SQL_PAUSED, "SELECT max(until_ms) FROM pauses WHERE forge = ?1 AND repository IN (" SCOPES(            \
                      "?2") ") AND until_ms > ?3")                                                           \
    X(SQL_REVIEW_PUT, "INSERT INTO reviews(forge, repository, number, head_sha, merge_base, posted_ms, "     \
                      "forge_review_id, markdown, json) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "         \
                      "ON CONFLICT(forge, repository, number, head_sha) DO UPDATE SET "                      \
                      "merge_base = excluded.merge_base, posted_ms = excluded.posted_ms, "                   \
                      "forge_review_id = excluded.forge_review_id, markdown = excluded.markdown, "           \
                      "json = excluded.json RETURNING id")                                                   \
    X(SQL_REVIEW_BY_NUMBER, "SELECT " REVIEW_COLUMNS " FROM reviews WHERE id = ?1")                          \
    X(SQL_REVIEW_BY_HEAD, "SELECT " REVIEW_COLUMNS " FROM reviews WHERE forge = ?1 AND repository = ?2 "     \
                          "AND number = ?3 AND head_sha = ?4")                                               \
    /* The latest alone answers: an older one's summary was edited since, its head may be back. */           \
    X(SQL_REVIEW_ID,                                                                                         \
      "SELECT id FROM (SELECT id, head_sha FROM reviews WHERE forge = ?1 AND repository = ?2 "               \
      "AND number = ?3 ORDER BY posted_ms DESC, id DESC LIMIT 1) WHERE head_sha = ?4")                       \
    X(SQL_REVIEWS_COUNT, "SELECT count(*) FROM reviews")                                                     \
    X(SQL_DECLINE_PUT, "INSERT INTO declines(forge, repository, number, fingerprint, path, who, "            \
                       "declined_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING")             \
    X(SQL_DECLINES, "SELECT fingerprint, path, who FROM declines WHERE forge = ?1 AND repository = ?2 "      \
                    "AND number = ?3 ORDER BY declined_ms, fingerprint, path LIMIT ?4")                      \
    X(SQL_DECLINE_DROP, "DELETE FROM declines WHERE forge = ?1 AND repository = ?2 AND number = ?3 "         \
                        "AND fingerprint = ?4")                                                              \
    X(SQL_WISH_PUT, "INSERT INTO wishes(forge, repository, number, kind, key, value, who, said_ms) "         \
                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(forge, repository, number, kind, "   \
                    "key) DO UPDATE SET value = excluded.value, who = excluded.who")                         \
    X(SQL_WISH_DROP, "DELETE FROM wishes WHERE forge = ?1 AND repository = ?2 AND number = ?3 AND "          \
                     "kind = ?4 AND key = ?5")                                                               \
    X(SQL_WISHES, "SELECT " WISH_COLUMNS " FROM wishes WHERE forge = ?1 AND repository = ?2 AND "            \
                  "number = ?3 ORDER BY kind, said_ms, key LIMIT ?4")                                        \
    X(SQL_CHECK_PUT, "INSERT INTO checks(forge, repository, number, head_sha, job, check_id, "               \
                     "not_before_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(forge, repository, "     \
                     "number, head_sha, job) DO UPDATE SET check_id = excluded.check_id")                    \
    X(SQL_CHECK_DROP, "DELETE FROM checks WHERE id = ?1")                                                    \
    X(SQL_CHECKS, "SELECT " CHECK_COLUMNS " FROM checks WHERE forge = ?1 AND repository = ?2 AND "           \
                  "number = ?3 ORDER BY id LIMIT ?4")                                                        \
    X(SQL_CHECK_STALE, "SELECT " CHECK_COLUMNS " FROM checks c WHERE not_before_ms <= ?1 AND NOT EXISTS ("   \
                       "SELECT 1 FROM jobs WHERE jobs.forge = c.forge AND jobs.repository = c.repository "   \
                       "AND jobs.number = c.number AND " LIVE ") AND NOT EXISTS (SELECT 1 FROM pauses p "    \
                       "WHERE p.forge = c.forge AND p.repository IN (" SCOPES(                               \
                           "c.repository") ") "                                                              \
                                           "AND p.until_ms > ?1) ORDER BY id LIMIT 1")                       \
    X(SQL_CHECK_CLAIM, "UPDATE checks SET not_before_ms = ?3 WHERE id = ?1 AND not_before_ms = ?2")          \
    X(SQL_HEAD_FAILED, "SELECT count(*), coalesce(max(finished_ms), 0) FROM jobs WHERE forge = ?1 AND "      \
                       "repository = ?2 AND number = ?3 AND head_sha = ?4 AND state = 4 "                    \
                       "AND command = ''")                                                                   \
    X(SQL_SWEEP_ADD, "INSERT INTO sweeps(forge) VALUES(?1) ON CONFLICT DO NOTHING")                          \
    X(SQL_SWEEP, "SELECT began_ms, calls, due_ms, lease_until_ms FROM sweeps WHERE forge = ?1")              \
    X(SQL_SWEEP_CLAIM, "UPDATE sweeps SET owner = ?2, lease_until_ms = ?4, "                                 \
                       "calls = CASE began_ms WHEN 0 THEN 0 ELSE calls END, "                                \
                       "began_ms = CASE began_ms WHEN 0 THEN ?3 ELSE began_ms END "                          \
                       "WHERE forge = ?1 AND due_ms <= ?3 AND lease_until_ms <= ?3")                         \
    X(SQL_SWEEP_RENEW, "UPDATE sweeps SET lease_until_ms = ?4, calls = ?5 "                                  \
                       "WHERE forge = ?1 AND owner = ?2 AND began_ms = ?3")                                  \
    X(SQL_SWEEP_END, "UPDATE sweeps SET owner = '', lease_until_ms = 0, calls = ?4, due_ms = ?5, "           \
                     "began_ms = CASE ?6 WHEN 0 THEN began_ms ELSE 0 END "                                   \
                     "WHERE forge = ?1 AND owner = ?2 AND began_ms = ?3")                                    \
    X(SQL_SWEEPS_HASTEN, "UPDATE sweeps SET due_ms = 0")                                                     \
    X(SQL_PLACE_PUT, "INSERT INTO places(forge, name, scope, parent, listed_ms) VALUES(?1, ?2, ?3, ?4, ?5) " \
                     "ON CONFLICT(forge, name) DO UPDATE SET scope = excluded.scope, "                       \
                     "parent = excluded.parent, listed_ms = excluded.listed_ms")                             \
    X(SQL_PLACES_DROP, "DELETE FROM places WHERE forge = ?1 AND parent = ?2 AND listed_ms < ?3")             \
    X(SQL_PLACES_ORPHANS, "DELETE FROM places WHERE forge = ?1 AND parent <> ?2 AND NOT EXISTS ("            \
                          "SELECT 1 FROM places p WHERE p.forge = ?1 AND p.name = places.parent)")           \
    X(SQL_PLACE_NEXT, "SELECT name, scope, parent, version FROM places WHERE forge = ?1 AND read_ms < ?2 "   \
                      "ORDER BY read_ms, name LIMIT 1")                                                      \
    X(SQL_PLACE_READ, "UPDATE places SET version = ?3, read_ms = ?4 WHERE forge = ?1 AND name = ?2")         \
    X(SQL_PROBE, "UPDATE schema_version SET version = version")

enum store_sql {
#define X(name, text) name,
    STORE_STATEMENTS(X)
#undef X
        STORE_SQL_COUNT
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[STORE_SQL_COUNT]; /* prepared at first use */
    int64_t queue_max, attempts_max;
    int64_t room; /* deliveries that surely fit under queue_max; counted again when it is used up */
};

/** Bring the database to this program's schema. */
NODISCARD
enum err_code store_migrate(struct store *store, struct err *err);

/** Bind by @p types, one letter a parameter: 't' struct view, 'i' int64_t. The statement is the store's;
 *  sqlite3_reset() it when done. */
NODISCARD
enum err_code store_query(struct store *store, enum store_sql sql, sqlite3_stmt **out, struct err *err,
                          const char *types, ...);
/** The next row: *row says whether there is one. */
NODISCARD
enum err_code store_step(struct store *store, sqlite3_stmt *statement, bool *row, struct err *err);
/** Bind, run to the end, reset. @p changed (may be NULL) is the number of rows changed. */
NODISCARD
enum err_code store_run(struct store *store, enum store_sql sql, int64_t *changed, struct err *err,
                        const char *types, ...);
/** Whether commits of this connection wait for the disk from here on. Without, a power cut may take the last
 *  ones back, never a crash of the process: for what says only who works on a job now. */
NODISCARD
enum err_code store_set_durable(struct store *store, bool durable, struct err *err);
/** After store_set_durable(store, false, ...), whatever became of it: @p code, or why it cannot be set back.
 */
NODISCARD
enum err_code store_durable_again(struct store *store, enum err_code code, struct err *err);
/** Explain an SQLite result code. */
enum err_code store_failed(struct store *store, int rc, const char *what, struct err *err);
NODISCARD
enum err_code store_column_text(sqlite3_stmt *statement, int column, struct arena *arena, struct view *out,
                                struct err *err);

NODISCARD
enum err_code store_begin(struct store *store, struct err *err);
/** Commit where @p code is ERR_OK, else roll back; gives the first failure. */
NODISCARD
enum err_code store_end(struct store *store, enum err_code code, struct err *err);

/** ERR_INVALID where @p record can never be stored. */
NODISCARD
enum err_code store_check_record(const struct store_record *record, struct err *err);
/** Accept one record inside a transaction that is open. ERR_UNAVAILABLE with @p *full true: the queue is
 *  full, the transaction is as it was; any other failure: roll it back. */
NODISCARD
enum err_code store_accept_inside(struct store *store, const struct store_record *record,
                                  enum store_fate *fate, bool *full, struct err *err);
/** End a job and the deliveries that wait for it. */
NODISCARD
enum err_code store_end_job(struct store *store, int64_t job, enum store_state state, struct view reason,
                            int64_t now_ms, struct err *err);
/** Add a waiting job for @p record. */
NODISCARD
enum err_code store_add_job(struct store *store, const struct store_record *record, int64_t now_ms,
                            int64_t *out, struct err *err);
/** What a record's `again` and `full` are in a job: 0, 1 or 2. */
int64_t store_replay_level(const struct store_record *record);
/** The live job of a pull request; @p *id 0 where there is none. @p head is compared, not copied. */
NODISCARD
enum err_code store_live_job(struct store *store, const struct store_record *record, int64_t *id,
                             bool *same_head, bool *running, struct err *err);
NODISCARD
enum err_code store_put_review(struct store *store, const struct store_job *job,
                               const struct store_review *review, int64_t *id, struct err *err);
