/** @file store.h  Deliveries, jobs and reviews on disk (SQLite, WAL, synchronous FULL). What a call
 *  reported as done is on disk and survives `kill -9` and a power cut; what failed left nothing.
 *  Each process, and each thread in it, opens a store of its own. Times are milliseconds since 1970 and
 *  come from the caller. Deliveries are accepted through writer.h, which commits for many at once. */
#pragma once
#include "base/arena.h"

enum {
    STORE_LIST_MAX = 1000,     /* rows of one store_list_deliveries() */
    STORE_TEXT_MAX = 4096,     /* bytes of one text of a delivery record, of a reason */
    STORE_DECLINES_MAX = 1000, /* of one pull request that are remembered */
    STORE_WISHES_MAX = 200,    /* of one pull request */
    STORE_CHECKS_MAX = 100,    /* open ones of one pull request */
    STORE_REVIEW_MAX = 4 << 20 /* bytes of a review's markdown, and of its json */
};

/* A delivery's or a job's state. Jobs know the first six. The numbers are on disk. */
#define STORE_STATES(X)                                                                                      \
    X(STORE_WAITING, 0, "waiting")                                                                           \
    X(STORE_RUNNING, 1, "running")                                                                           \
    X(STORE_DONE, 2, "done")                                                                                 \
    X(STORE_SKIPPED, 3, "skipped")                                                                           \
    X(STORE_FAILED, 4, "failed")                                                                             \
    X(STORE_SUPERSEDED, 5, "superseded")                                                                     \
    X(STORE_IGNORED, 6, "ignored")
enum store_state {
#define X(state, number, name) state = (number),
    STORE_STATES(X)
#undef X
};
enum { STORE_STATE_COUNT = 7 };
const char *store_state_name(enum store_state state);
bool store_state_parse(struct view name, enum store_state *out);

/** What a webhook said, as far as a job needs it. Addresses are never kept: they come from the settings. */
struct store_record {
    struct view forge, delivery_id; /* unique together */
    struct view event, action;
    struct view repository; /* "owner/name" */
    int64_t number;         /* of the pull request */
    struct view head_sha, head_ref, base_sha, base_ref;
    struct view title, sender;
    bool draft;
    bool base_changed; /* a review of the same head does not answer it */
    bool again;        /* a person asks for the review of this head once more */
    bool full;         /* and for all of it: what is held back too */
    bool anew;         /* a review that runs already does not answer it */
    /* What a person wrote to us, a command a line, and the comment as the forge calls it. Such a record gets
     * a job of its own, beside the review's. */
    struct view command, comment;
    int64_t received_ms;
    /* STORE_WAITING: wants a review. Any final state: wants none, is recorded with that state and reason,
     * and ends the live job of its pull request as superseded (it was closed, or is a draft again). */
    enum store_state wanted;
    struct view reason;
};

/** What became of an accepted record. */
enum store_fate {
    STORE_FATE_QUEUED,    /* a job is waiting for it: a new one, or the live one of the same head */
    STORE_FATE_ANSWERED,  /* the head has its review already */
    STORE_FATE_RECORDED,  /* no review was wanted */
    STORE_FATE_DUPLICATE, /* this delivery was accepted before: nothing was done */
};

struct store_options {
    const char *path;     /* of the database file; its folder must exist */
    int64_t busy_ms;      /* wait for other processes' commits; 0: 5000 */
    int64_t queue_max;    /* waiting deliveries; 0: 10000 */
    int64_t attempts_max; /* a job whose workers died so often fails when it is leased again; 0: 6 */
};

struct store; /* opaque: one connection and its prepared statements */

/** Open, and make or migrate the schema. Errors: ERR_UNAVAILABLE (cannot be opened, locked, disk full),
 *  ERR_INVALID where a newer version of the program made it or it is no database. */
NODISCARD
enum err_code store_open(const struct store_options *options, struct store **out, struct err *err);
void store_close(struct store *store);
/** Of the schema that every open store has. */
int store_schema_version(void);

/** Accept one record in a transaction of its own. Errors: ERR_UNAVAILABLE at queue_max, on a full disk,
 *  locked too long (nothing is then stored); ERR_INVALID for a text over STORE_TEXT_MAX or without a key. */
NODISCARD
enum err_code store_accept(struct store *store, const struct store_record *record, enum store_fate *fate,
                           struct err *err);

enum store_swept {
    STORE_SWEPT_QUEUED,  /* there is a new job for it */
    STORE_SWEPT_PENDING, /* work on its pull request is under way, or failed and comes again later: look again
                          */
    STORE_SWEPT_SETTLED, /* nothing will be done about this head any more, unless somebody asks */
};
/** Accept what nobody told of but a sweep found, unless it is taken care of: in one transaction with that
 *  question, so that a webhook at the same moment doubles nothing. The record's delivery id must be the same
 *  whenever the same state of the pull request is found. A head whose job failed is tried again after an
 *  hour, then two, then four. Errors: as store_accept(). */
NODISCARD
enum err_code store_accept_swept(struct store *store, const struct store_record *record,
                                 enum store_swept *swept, struct err *err);

struct store_job { /* a leased job; views live in the caller's arena */
    int64_t id;
    struct view forge, repository;
    int64_t number;
    struct view head_sha, head_ref, base_sha,
        base_ref; /* as the webhook said: hints, the forge knows better */
    struct view title, sender;
    bool draft;
    bool replay;                  /* a person asked again: do not stop at "already reviewed" */
    bool full;                    /* for what is held back too */
    struct view command, comment; /* not empty: the job is no review, see the record */
    bool base_changed;
    int64_t attempt;     /* 1 for the first try */
    int64_t received_ms; /* of its first delivery */
    struct view owner;   /* the lease holder, and together with attempt the proof of the lease */
    int64_t lease_until_ms;
};

/** Lease the job that has waited longest, skipping paused repositories and jobs whose time has not come,
 *  and taking over jobs whose lease has expired. Errors: ERR_NOT_FOUND where there is none. */
NODISCARD
enum err_code store_lease_job(struct store *store, struct view owner, int64_t now_ms, int64_t lease_ms,
                              struct arena *arena, struct store_job *out, struct err *err);
/** The job that @p owner has leased now, as leased. Errors: ERR_NOT_FOUND where it has none. */
NODISCARD
enum err_code store_find_lease(struct store *store, struct view owner, struct arena *arena,
                               struct store_job *out, struct err *err);
/** When the next waiting job may be leased: @p *out ms from 1970, or INT64_MAX where none waits. */
NODISCARD
enum err_code store_next_due(struct store *store, int64_t *out_ms, struct err *err);
/** Hold it longer. Errors: ERR_SUPERSEDED where a newer head owns the work, ERR_CONFLICT where the lease
 *  was lost to another; so do the three calls below, which then change nothing. */
NODISCARD
enum err_code store_renew(struct store *store, const struct store_job *job, int64_t lease_until_ms,
                          struct err *err);

struct store_review {
    int64_t id; /* set by the store */
    struct view forge, repository;
    int64_t number;
    struct view head_sha, merge_base;
    int64_t posted_ms;
    struct view forge_review_id; /* as the forge calls it */
    struct view markdown;        /* as it was posted */
    struct view json;            /* as `--format json` prints it */
};
struct store_outcome {
    enum store_state state; /* STORE_DONE, STORE_SKIPPED or STORE_SUPERSEDED */
    struct view reason;
    const struct store_review
        *review; /* NULL where none was made; its forge, repository and number are the job's */
    int64_t now_ms;
};
/** End the job, all deliveries that wait for it, and write the review, in one transaction. A review of the
 *  same head is replaced and keeps its id. @p review_id (may be NULL) is set where a review was given. */
NODISCARD
enum err_code store_finish_job(struct store *store, const struct store_job *job,
                               const struct store_outcome *outcome, int64_t *review_id, struct err *err);
/** Put it back until @p not_before_ms. @p spent false gives the attempt back (the forge asked to wait). */
NODISCARD
enum err_code store_retry_job(struct store *store, const struct store_job *job, int64_t not_before_ms,
                              bool spent, struct view reason, struct err *err);
NODISCARD
enum err_code store_fail_job(struct store *store, const struct store_job *job, int64_t now_ms,
                             struct view reason, struct err *err);

/** No job of the repository is leased before @p until_ms (Retry-After, kept across restarts). The later of
 *  two pauses holds. An empty @p repository pauses the whole forge, "owner/" all that begin so. */
NODISCARD
enum err_code store_pause(struct store *store, struct view forge, struct view repository, int64_t until_ms,
                          struct err *err);
/** Until when; 0 where it is not paused at @p now_ms. */
NODISCARD
enum err_code store_paused_until(struct store *store, struct view forge, struct view repository,
                                 int64_t now_ms, int64_t *out_ms, struct err *err);

/** A finding that people of a pull request said no to. */
struct store_decline {
    struct view fingerprint, path;
    struct view who; /* may be empty */
};
/** Remember it; the same again changes nothing. */
NODISCARD
enum err_code store_put_decline(struct store *store, struct view forge, struct view repository,
                                int64_t number, const struct store_decline *decline, int64_t now_ms,
                                struct err *err);
/** Forget it, in all paths. Errors: ERR_NOT_FOUND where it was not declined. */
NODISCARD
enum err_code store_drop_decline(struct store *store, struct view forge, struct view repository,
                                 int64_t number, struct view fingerprint, struct err *err);
/** The first STORE_DECLINES_MAX, oldest first. */
NODISCARD
enum err_code store_list_declines(struct store *store, struct view forge, struct view repository,
                                  int64_t number, struct arena *arena, const struct store_decline **items,
                                  size_t *count, struct err *err);

/** What people of a pull request told us to do there, until they say otherwise. The numbers are on disk. */
enum store_wish_kind {
    STORE_WISH_IGNORE = 1, /* key: a rule's id or a fingerprint; value: the reason */
    STORE_WISH_HEAT = 2,   /* key: "glob" or "glob:symbol"; value: "hot" or "cold" */
    STORE_WISH_GOAL = 3,   /* key empty; value: "latency", "throughput" or "memory", a space, words */
    STORE_WISH_PAUSE = 4,  /* key and value empty */
};
struct store_wish {
    enum store_wish_kind kind;
    struct view key, value, who;
};
/** Remember it; it takes the place of one of the same kind and key. */
NODISCARD
enum err_code store_put_wish(struct store *store, struct view forge, struct view repository, int64_t number,
                             const struct store_wish *wish, int64_t now_ms, struct err *err);
/** Forget it. Errors: ERR_NOT_FOUND. */
NODISCARD
enum err_code store_drop_wish(struct store *store, struct view forge, struct view repository, int64_t number,
                              enum store_wish_kind kind, struct view key, struct err *err);
/** The first STORE_WISHES_MAX, by kind, then oldest first. */
NODISCARD
enum err_code store_list_wishes(struct store *store, struct view forge, struct view repository,
                                int64_t number, struct arena *arena, const struct store_wish **items,
                                size_t *count, struct err *err);
/** Whether a review of the pull request waits or runs: STORE_WAITING, STORE_RUNNING, or STORE_DONE where none
 *  does. */
NODISCARD
enum err_code store_review_state(struct store *store, struct view forge, struct view repository,
                                 int64_t number, enum store_state *out, struct err *err);
/** How many commands came before @p job in its pull request since @p since_ms: those that were heard, and
 *  all of its sender. */
NODISCARD
enum err_code store_count_commands(struct store *store, const struct store_job *job, int64_t since_ms,
                                   int64_t *out, struct err *err);

/** A check that may stand open at the forge: it is closed by whoever comes by. */
struct store_check {
    int64_t id; /* set by the store */
    struct view forge, repository;
    int64_t number;
    struct view head_sha, job; /* job: as the forge knows it */
    struct view check_id;      /* what the forge calls it; empty: it was never told */
    int64_t not_before_ms;     /* store_claim_stale_check() looks away until then */
};
/** Written before the forge is asked, and again with what it answered. */
NODISCARD
enum err_code store_put_check(struct store *store, const struct store_check *check, struct err *err);
NODISCARD
enum err_code store_drop_check(struct store *store, int64_t id, struct err *err);
/** Of one pull request, oldest first. */
NODISCARD
enum err_code store_list_checks(struct store *store, struct view forge, struct view repository,
                                int64_t number, struct arena *arena, const struct store_check **items,
                                size_t *count, struct err *err);
/** One whose pull request nobody works on, so that nobody will close it. It is not given out again before
 *  @p again_ms. Errors: ERR_NOT_FOUND where there is none. */
NODISCARD
enum err_code store_claim_stale_check(struct store *store, int64_t now_ms, int64_t again_ms,
                                      struct arena *arena, struct store_check *out, struct err *err);

/** A round through all lists of a forge, which one process at a time works on. */
struct store_sweep {
    struct view forge, owner; /* borrowed from the caller of store_claim_sweep() */
    int64_t began_ms;
    int64_t calls; /* that this round made */
};
/** Take the round that is due, or the one that a dead process left open. Errors: ERR_NOT_FOUND where there is
 *  none, or somebody has it. */
NODISCARD
enum err_code store_claim_sweep(struct store *store, struct view forge, struct view owner, int64_t now_ms,
                                int64_t lease_until_ms, struct store_sweep *out, struct err *err);
/** Hold it longer, and keep its count of calls. Errors: ERR_CONFLICT where it was lost to another. */
NODISCARD
enum err_code store_renew_sweep(struct store *store, const struct store_sweep *sweep, int64_t lease_until_ms,
                                struct err *err);
/** Give it back: it goes on, or where it is @p over the next one begins, at @p due_ms. Errors: as above. */
NODISCARD
enum err_code store_end_sweep(struct store *store, const struct store_sweep *sweep, bool over, int64_t due_ms,
                              struct err *err);
/** Every forge's next round is due at once. */
NODISCARD
enum err_code store_hasten_sweeps(struct store *store, struct err *err);

#define STORE_PLACE_ROOTS VIEW("configuration") /* the parent of those that no list names */

/** A list that sweeps read. */
struct store_place {
    struct view name, scope; /* as the forge calls it, and whose limits count there */
    struct view parent;      /* the list that names it */
    struct view version;     /* of its state in which all was settled; empty: never yet */
};
/** Its parent listed it at @p listed_ms; what is known of it stays. */
NODISCARD
enum err_code store_put_place(struct store *store, struct view forge, const struct store_place *place,
                              int64_t listed_ms, struct err *err);
/** Forget what @p parent listed before @p listed_ms and not since, with all below it. */
NODISCARD
enum err_code store_drop_places(struct store *store, struct view forge, struct view parent, int64_t listed_ms,
                                struct err *err);
/** The one that waits longest of those not read since @p began_ms. Errors: ERR_NOT_FOUND. */
NODISCARD
enum err_code store_next_place(struct store *store, struct view forge, int64_t began_ms, struct arena *arena,
                               struct store_place *out, struct err *err);
NODISCARD
enum err_code store_read_place(struct store *store, struct view forge, struct view name, struct view version,
                               int64_t now_ms, struct err *err);

/** A delivery as `deliveries list|show` prints it. */
struct store_delivery {
    int64_t id; /* ours, counts up */
    struct store_record record;
    enum store_state state;
    struct view reason;
    int64_t attempts;          /* of its job so far */
    int64_t job_id, review_id; /* 0: none */
    int64_t finished_ms;       /* 0: not yet */
};
struct store_filter {
    bool any_state;
    enum store_state state;        /* where any_state is false */
    struct view forge, repository; /* empty: any */
    int64_t before_id;             /* 0: from the newest */
    size_t limit;                  /* 0 or more than STORE_LIST_MAX: STORE_LIST_MAX */
};
/** Newest first. */
NODISCARD
enum err_code store_list_deliveries(struct store *store, const struct store_filter *filter,
                                    struct arena *arena, const struct store_delivery **items, size_t *count,
                                    struct err *err);
/** By our number or by the forge's delivery id. Errors: ERR_NOT_FOUND. */
NODISCARD
enum err_code store_find_delivery(struct store *store, struct view id, struct arena *arena,
                                  struct store_delivery *out, struct err *err);
/** Queue its job again, even where the head has its review; a live job of the same head is joined.
 *  Errors: ERR_NOT_FOUND; ERR_INVALID where the delivery asked for no review; ERR_CONFLICT where it waits. */
NODISCARD
enum err_code store_replay(struct store *store, int64_t delivery, int64_t now_ms, struct err *err);

/** Errors: ERR_NOT_FOUND. */
NODISCARD
enum err_code store_find_review(struct store *store, int64_t id, struct arena *arena,
                                struct store_review *out, struct err *err);
NODISCARD
enum err_code store_find_review_of(struct store *store, struct view forge, struct view repository,
                                   int64_t number, struct view head_sha, struct arena *arena,
                                   struct store_review *out, struct err *err);

struct store_counts {
    int64_t deliveries[STORE_STATE_COUNT];
    int64_t jobs_waiting, jobs_running, reviews;
    int64_t oldest_waiting_ms; /* received; 0: none waits */
};
NODISCARD
enum err_code store_count(struct store *store, struct store_counts *out, struct err *err);
/** Whether the store can be written to now: ERR_OK, or why not. For /readyz. */
NODISCARD
enum err_code store_probe(struct store *store, struct err *err);
/** Forget at most @p limit deliveries and their jobs that ended before @p before_ms. Reviews stay. */
NODISCARD
enum err_code store_purge(struct store *store, int64_t before_ms, int64_t limit, int64_t *deleted,
                          struct err *err);
