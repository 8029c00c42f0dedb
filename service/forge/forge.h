/** @file forge.h  One interface for all forges: a signed delivery in, pull requests read, reviews posted and
 *  found again. One file a forge; the caller never asks which one it is. */
#pragma once
#include "base/arena.h"

struct http_client; /* http/client.h */

enum {
    FORGE_SECRETS_MAX = 2,        /* two while one is being rotated */
    FORGE_REPOSITORY_MAX = 255,   /* bytes of "owner/name" */
    FORGE_COMMENTS_MAX = 30,      /* in one review: above about 32 GitHub errs (forges.md A6) */
    FORGE_BODY_MAX_UNITS = 65536, /* UTF-16 units of a summary or a comment */
    FORGE_LIST_PAGES_MAX = 30,    /* pages of 100 that are read while looking for our own review */
    FORGE_EXAM_MAX = 24,
    FORGE_PING_HEADERS = 4,
    FORGE_CLOCK_OFF_MAX_S = 30,     /* more, and signed tokens or limits that name a time may fail */
    FORGE_POST_RESERVE_UNITS = 256, /* what the marker that review_post() appends may take of a summary */
};

struct forge_ops;
struct forge_grants; /* tokens that were minted for repositories */

/** A forge as the configuration describes it. Plain data, borrowed for its whole life. */
struct forge {
    const struct forge_ops *ops;
    struct view name; /* in addresses: POST /webhooks/NAME */
    struct view url;  /* pages and clones, no '/' at the end; for kind git: the folder that holds the
                         bare repositories, as a path or file:// */
    struct view api;  /* e.g. https://api.github.com, no '/' at the end; not used by kind git */
    struct view secrets[FORGE_SECRETS_MAX];
    size_t secret_count;
    struct view token;                    /* empty: anonymous, can read what is public */
    struct view app_id, app_key;          /* of a GitHub App (its key in PEM form), in place of a token */
    struct forge_grants *grants;          /* NULL until forge_enter() mints one; see forge_leave() */
    struct view login;                    /* our own account there, where known (whoami); empty otherwise */
    const struct http_client *http;       /* not used by kind git */
    int64_t (*now_ms)(const void *clock); /* wall clock, epoch; needed for rate limits that give a time */
    const void *clock;
};

/** A webhook POST as the server has it. */
struct forge_request {
    struct view (*header)(const void *ctx, const char *name); /* any case; the empty view where absent */
    const void *ctx;
    struct view body;
};

enum forge_event_kind {
    FORGE_IGNORED, /* answer 2xx, do nothing; reason says why */
    FORGE_REVIEW,  /* there is a head that wants a review (with draft: the caller skips, and records it) */
    FORGE_COMMENT, /* a person wrote something new about the pull request: the body tells what */
    FORGE_CLOSED,  /* queued work of this pull request is moot: closed, merged, or a draft again */
};

/** Views are in the arena given to parse(). Names, refs and titles are hostile text. */
struct forge_event {
    enum forge_event_kind kind;
    struct view delivery_id; /* 1..128 of [A-Za-z0-9_.:-] */
    struct view event, action;
    struct view repository;         /* "owner/name" (kind git: "name"), see forge_repository_is_valid() */
    struct view head_sha, base_sha; /* 40 or 64 hex digits, or empty */
    struct view base_ref, head_ref; /* branch names without refs/heads/ */
    struct view title, sender;
    struct view comment, body; /* for FORGE_COMMENT: what the forge calls it, for react(); its text */
    struct view reason;        /* for FORGE_IGNORED and FORGE_CLOSED: one plain line */
    int64_t number;
    bool draft, base_changed;
    bool again; /* a person asks for it once more, though the head may have its review; base_ref is empty */
};

struct forge_pull {
    int64_t number;
    struct view head_sha, base_sha; /* base_sha: tip of the base branch, not the merge base */
    struct view base_ref, head_ref; /* branch names */
    struct view title, html_url;
    struct view author; /* login; empty where the account is gone */
    bool draft, locked, open;
    struct view version; /* opaque: what pull_get() needs to tell that nothing changed since */
    struct view changed; /* opaque, from sweep() alone: differs after anything happened to it */
};

enum forge_side { FORGE_SIDE_HEAD, FORGE_SIDE_BASE };

struct forge_comment {
    struct view path;
    uint32_t line;       /* of the side's file, 1-based; must lie in a shown hunk */
    uint32_t start_line; /* 0, or the first of several lines: less than line, in the same hunk */
    enum forge_side side;
    struct view body; /* holds its forge_comment_marker() already */
};

struct forge_review {
    struct view head_sha, job; /* job: 1..64 of [A-Za-z0-9_.:-] */
    struct view body;          /* CommonMark, without the marker */
    bool is_note; /* the summary stands elsewhere: the body only leads to it and gets no marker */
    const struct forge_comment *comments;
    size_t comment_count;
};

struct forge_posted {
    bool found;               /* false: there is none, the rest is then empty */
    struct view id, html_url; /* id: as standing_update() wants it */
    struct view head, job;    /* as the marker says */
    struct view body;         /* with the marker; only from standing_read() */
};

/** A conversation that a comment of ours began. */
struct forge_thread {
    struct view id, comment; /* the conversation's, and its first comment's */
    struct view fingerprint; /* of the marker in that comment */
    struct view path;
    struct view body;        /* of that comment, with all its marks */
    struct view fixed_in;    /* we wrote there that it is fixed: since which head; else empty */
    struct view declined_by; /* who resolved it, or declined in an answer; empty: nobody */
    bool resolved, declined;
    bool answered; /* somebody else wrote in it: it is not touched any more */
};

/** What stands of ours in a pull request. */
struct forge_standing {
    struct forge_posted summary;        /* the latest, of whatever head */
    const struct forge_thread *threads; /* oldest first */
    size_t thread_count;
    struct view repository_id;   /* opaque: for standing_update() */
    struct view shared_settings; /* text of what forge_shared_settings_name() names; ptr NULL: none */
};

struct forge_thread_edit {
    const struct forge_thread *thread;
    bool reopen; /* else: it says "Fixed in HEAD", and is resolved where we may */
};

struct forge_check;
struct forge_update {
    struct view summary;             /* id of the summary that is edited; empty: it stays as it is */
    struct view head_sha, job, body; /* of the summary, as in a review */
    const struct forge_thread_edit *edits;
    size_t edit_count;
    const struct forge_standing *standing; /* as it was read */
    const struct forge_check *check;       /* NULL, or one that may be ended along with the rest */
    bool *check_ended;                     /* set where it was */
};

enum forge_reaction {
    FORGE_SEEN,    /* somebody reads it now */
    FORGE_REFUSED, /* its writer may not ask for that */
};

/** What a comment stands below: the conversation of a finding of ours. */
struct forge_about {
    struct view fingerprint, path; /* empty: of nothing of ours */
};

enum forge_check_state { FORGE_CHECK_QUEUED, FORGE_CHECK_RUNNING, FORGE_CHECK_DONE };
enum forge_check_end { FORGE_CHECK_PASSED, FORGE_CHECK_NEUTRAL, FORGE_CHECK_FAILED };

/** One line of the change with something to say, as a check shows it beside the code. */
struct forge_annotation {
    struct view path;
    uint32_t line, end_line;
    bool warning;               /* else a notice */
    struct view title, message; /* plain text */
};

/** The state of our work on one head, for all to see. */
struct forge_check {
    struct view id;   /* what check_put() gave before for this head; empty: nothing */
    bool maybe_begun; /* with an empty id: an earlier call's outcome is not known, look for it first */
    int64_t number;   /* of the pull request */
    struct view head_sha, job;
    enum forge_check_state state;
    enum forge_check_end end;   /* where it is done */
    struct view title, summary; /* title: one line; summary: CommonMark, may be empty until it is done */
    struct view details_url;    /* may be empty */
    const struct forge_annotation *annotations; /* where it is done */
    size_t annotation_count;
};

/** A list that a sweep reads in search of pull requests that nobody told of. */
struct forge_place {
    struct view name; /* of the forge's own making; empty: where a sweep begins that was told no repository */
    struct view scope; /* who is held up by a limit that is met there, as limit_scope() gives it */
};

/** What a page of such a list says. Views are in the arena given to sweep(). */
struct forge_found {
    bool unchanged;                   /* since the version that was given: the rest is empty */
    struct view version;              /* of the whole list; empty where the forge gives none to rely on */
    struct view next;                 /* the page that follows; empty: there is none */
    const struct forge_place *places; /* further lists to read */
    size_t place_count;
    struct view repository;
    const struct forge_pull *pulls; /* open ones of that repository, drafts too */
    size_t pull_count;
    size_t asked_again; /* deliveries that had not reached us and are on their way once more */
};

enum forge_health {
    FORGE_GOOD,
    FORGE_UNTRIED, /* it could not be tried, which may be as it should */
    FORGE_BAD,
};

/** Everything that the service will need of the forge, tried for real. Views are in examine()'s arena. */
struct forge_exam {
    struct {
        const char *what;
        enum forge_health health;
        struct view words; /* one line: what was found; or what is wrong, and what to do */
    } items[FORGE_EXAM_MAX];
    size_t count;
    struct view repository; /* one that can be reached, and forge->token reaches it; empty: none is known */
};

/** A signed delivery that asks for nothing. */
struct forge_ping {
    struct {
        const char *name; /* NULL: no more */
        struct view value;
    } headers[FORGE_PING_HEADERS];
    struct view body;
};

struct forge_ops {
    const char *kind;     /* as the configuration names it */
    const char *git_user; /* user name that goes with the token over git, NULL: none is used */
    /** Signature, in constant time, before anything is parsed; any of the live secrets will do.
     *  Errors: ERR_DENIED for a wrong or missing signature, or where no secret is configured. */
    enum err_code (*verify)(const struct forge *forge, const struct forge_request *request, struct err *err);
    /** Of a verified request only. Errors: ERR_INVALID names what is malformed or missing. */
    enum err_code (*parse)(const struct forge *forge, const struct forge_request *request,
                           struct arena *arena, struct forge_event *out, struct err *err);
    /** Behind forge_enter(). NULL: the token of the configuration reaches every repository. */
    enum err_code (*enter)(struct forge *forge, struct view repository, bool anew, struct arena *arena,
                           struct err *err);
    /** The login that the token belongs to. Errors: ERR_DENIED also where the token has no user. */
    enum err_code (*whoami)(const struct forge *forge, struct arena *arena, struct view *out,
                            struct err *err);
    /** @p known (may be NULL): as it was read before; where nothing changed since that is @p out, and the
     *  question cost nothing. */
    enum err_code (*pull_get)(const struct forge *forge, struct view repository, int64_t number,
                              const struct forge_pull *known, struct arena *arena, struct forge_pull *out,
                              struct err *err);
    /** As the forge states it, between two commits. */
    enum err_code (*merge_base)(const struct forge *forge, struct view repository, struct view base,
                                struct view head, struct arena *arena, struct view *out, struct err *err);
    /** What stands of ours, known by its markers and by its author. Drafts that a probe of review_sift()
     *  left behind are taken away. @p head is the pull request's. */
    enum err_code (*standing_read)(const struct forge *forge, struct view repository, int64_t number,
                                   struct view head, struct arena *arena, struct forge_standing *out,
                                   struct err *err);
    /** Post all of it, or nothing. Appends the summary's marker. Errors: ERR_INVALID: refused as it is (an
     *  anchor outside the diff, a body too long): posted nothing, the same again will fail again;
     *  ERR_LIMIT: over FORGE_COMMENTS_MAX or FORGE_BODY_MAX_UNITS, not sent; ERR_TIMEOUT: the outcome is
     *  unknown (no answer, or a 5xx): call standing_read() before anything is posted again;
     *  ERR_UNAVAILABLE: surely not posted, wait err->retry_after_ms. */
    enum err_code (*review_post)(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena,
                                 struct forge_posted *out, struct err *err);
    /** Of a review that was refused: which of its comments the forge does not take, in @p refused (as many
     *  as there are comments). Nothing is posted that anybody else sees. NULL: it cannot be told. */
    enum err_code (*review_sift)(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena, bool *refused,
                                 struct err *err);
    /** Edit what stands. Doing it twice does no harm: after ERR_TIMEOUT it is simply done again once
     *  standing_read() told what is left. What meanwhile is gone is no error. NULL: nothing can be edited. */
    enum err_code (*standing_update)(const struct forge *forge, struct view repository, int64_t number,
                                     const struct forge_update *update, struct arena *arena, struct err *err);
    /** Bring the check of a head to this state; @p id is what it is called from here on. Whatever the outcome
     *  of an earlier call was, there is one check in the end. NULL: the forge has none. */
    enum err_code (*check_put)(const struct forge *forge, struct view repository,
                               const struct forge_check *check, struct arena *arena, struct view *id,
                               struct err *err);
    /** Show the writer of a comment what became of it. Doing it twice does no harm. Errors: ERR_NOT_FOUND:
     * the comment is gone. NULL, and then the four below too: the forge has no comments to read commands
     * from. */
    enum err_code (*react)(const struct forge *forge, struct view repository, struct view comment,
                           enum forge_reaction reaction, struct arena *arena, struct err *err);
    /** Whether @p login may write to the repository, as the forge says now. */
    enum err_code (*may_write)(const struct forge *forge, struct view repository, struct view login,
                               struct arena *arena, bool *out, struct err *err);
    /** Which finding of ours the conversation is about that @p comment stands in. */
    enum err_code (*about)(const struct forge *forge, struct view repository, struct view comment,
                           struct arena *arena, struct forge_about *out, struct err *err);
    /** The comment of the pull request in which we answer: by our account and with our marker. */
    enum err_code (*answer_read)(const struct forge *forge, struct view repository, int64_t number,
                                 struct arena *arena, struct forge_posted *out, struct err *err);
    /** Edit @p standing to say @p body, or where none was found post it. Appends the marker, which names
     *  @p job. Errors: as review_post(): after ERR_TIMEOUT call answer_read(). */
    enum err_code (*answer_put)(const struct forge *forge, struct view repository, int64_t number,
                                const struct forge_posted *standing, struct view body, struct view job,
                                struct arena *arena, struct err *err);
    /** Who else is held up by a limit that we met in @p repository: itself, or a prefix of names that ends in
     *  '/'. NULL: itself. */
    struct view (*limit_scope)(const struct forge *forge, struct view repository, struct arena *arena);
    /** Read a page of the list @p place: a repository's name, or what an earlier page called one. @p version:
     *  of an earlier reading, for the first page; @p page: what that page called the next one, or empty.
     *  @p calls is counted up by each call of the API. Once is enough for a delivery that is asked for again.
     *  NULL: a forge without such lists. Errors: ERR_NOT_FOUND, ERR_DENIED: of this list alone; of the API.
     */
    enum err_code (*sweep)(struct forge *forge, struct view place, struct view version, struct view page,
                           struct arena *arena, int64_t *calls, struct forge_found *out, struct err *err);
    /** What the service will need: nothing that anybody sees is changed. @p repository: one that it is meant
     *  for; empty: one that the forge tells. A trouble is told in @p exam; errors: of memory alone. NULL:
     * there is nothing to try but the repository itself. */
    enum err_code (*examine)(struct forge *forge, struct view repository, struct arena *arena,
                             struct forge_exam *exam, struct err *err);
    enum err_code (*ping)(const struct forge *forge, struct arena *arena, struct forge_ping *out,
                          struct err *err);
    /** The ref to fetch for the head of a pull request, from the base repository. */
    struct view (*head_ref)(int64_t number, struct view head_branch, struct arena *arena);
};

/** The table for "github" or "git"; NULL for another kind. */
const struct forge_ops *forge_ops_of(struct view kind);

/** Where to clone from: forge->url "/" repository ".git", never what a payload says. Empty when the arena is
 *  full. */
struct view forge_clone_url(const struct forge *forge, struct view repository, struct arena *arena);
/** "refs/heads/" and the branch. Empty when the arena is full. */
struct view forge_branch_ref(struct view branch, struct arena *arena);

/** The file with settings for all repositories of an owner: "OWNER/.github/.perf-review.yml", of its default
 *  branch. Empty where @p repository has no owner, or the arena is full. */
struct view forge_shared_settings_name(struct view repository, struct arena *arena);

/** Segments of letters, digits, '-', '_' and '.', joined by '/', none of them starting with a dot or ending
 *  in ".git"; at most FORGE_REPOSITORY_MAX bytes. */
bool forge_repository_is_valid(struct view repository);
/** 40 or 64 lowercase hex digits. */
bool forge_sha_is_valid(struct view sha);
/** As `git check-ref-format --branch` wants it, without control bytes, at most 255 bytes. */
bool forge_branch_is_valid(struct view branch);

/** Before anything is asked about @p repository: sets forge->token to one that reaches it, minted or kept
 * from before; it then lasts for minutes. @p anew: the one before was refused, it is not used again. Without
 * an App nothing happens. Errors: ERR_DENIED: the App is not installed there, or may not; those of the API.
 */
NODISCARD
enum err_code forge_enter(struct forge *forge, struct view repository, bool anew, struct arena *arena,
                          struct err *err);
/** Forget the tokens that were minted. */
void forge_leave(struct forge *forge);

/** Hidden marks that let us find our own words again (forges.md E1). */
struct view forge_summary_marker(struct view head_sha, struct view job, struct arena *arena);
struct view forge_comment_marker(struct view fingerprint, struct arena *arena);
struct view forge_answer_marker(struct view job, struct arena *arena);
/** The job in the last answer's marker of @p body; the empty view where there is none. */
struct view forge_answer_find(struct view body);
/** The fingerprint of the first comment marker in @p body; the empty view where there is none. */
struct view forge_fingerprint_find(struct view body);
/** Whether an answer in a conversation is a plain no: "won't fix", "false positive", "by design" ... */
bool forge_text_declines(struct view text);

/** Number of a branch of a plain repository, which has no pull requests: positive, 31 bits, stable. Two
 *  branches may share one; work is told apart by repository and branch. */
int64_t forge_branch_number(struct view branch);
