/** @file forge.h  One interface for all forges: a signed delivery in, pull requests read, reviews posted and
 *  found again. One file a forge; the caller never asks which one it is. */
#pragma once
#include "base/arena.h"

struct http_client; /* http/client.h */

enum {
    FORGE_SECRETS_MAX = 2,          /* two while one is being rotated */
    FORGE_REPOSITORY_MAX = 255,     /* bytes of "owner/name" */
    FORGE_COMMENTS_MAX = 30,        /* in one review: above about 32 GitHub errs (forges.md A6) */
    FORGE_BODY_MAX_UNITS = 65536,   /* UTF-16 units of a summary or a comment */
    FORGE_LIST_PAGES_MAX = 30,      /* pages of 100 that are read while looking for our own review */
    FORGE_POST_RESERVE_UNITS = 256, /* what the marker that review_post() appends may take of a summary */
};

struct forge_ops;

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
    struct view reason; /* for FORGE_IGNORED and FORGE_CLOSED: one plain line */
    int64_t number;
    bool draft, base_changed;
};

struct forge_pull {
    int64_t number;
    struct view head_sha, base_sha; /* base_sha: tip of the base branch, not the merge base */
    struct view base_ref, head_ref; /* branch names */
    struct view title, html_url;
    bool draft, locked, open;
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
    struct view body;          /* summary, CommonMark, without the marker */
    const struct forge_comment *comments;
    size_t comment_count;
};

struct forge_posted {
    bool found; /* review_find(): false where there is none, the rest is then empty */
    struct view id, html_url, job;
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
    /** The login that the token belongs to. Errors: ERR_DENIED also where the token has no user. */
    enum err_code (*whoami)(const struct forge *forge, struct arena *arena, struct view *out,
                            struct err *err);
    enum err_code (*pull_get)(const struct forge *forge, struct view repository, int64_t number,
                              struct arena *arena, struct forge_pull *out, struct err *err);
    /** As the forge states it, between two commits. */
    enum err_code (*merge_base)(const struct forge *forge, struct view repository, struct view base,
                                struct view head, struct arena *arena, struct view *out, struct err *err);
    /** Our latest review of @p head, known by its marker and, where forge->login is set, by its author. */
    enum err_code (*review_find)(const struct forge *forge, struct view repository, int64_t number,
                                 struct view head, struct arena *arena, struct forge_posted *out,
                                 struct err *err);
    /** Post all of it, or nothing. Appends the summary's marker. Errors: ERR_INVALID: refused as it is (an
     *  anchor outside the diff, a body too long): posted nothing, the same again will fail again;
     *  ERR_LIMIT: over FORGE_COMMENTS_MAX or FORGE_BODY_MAX_UNITS, not sent; ERR_TIMEOUT: the outcome is
     *  unknown (no answer, or a 5xx): call review_find() before anything is posted again; ERR_UNAVAILABLE:
     *  surely not posted, wait err->retry_after_ms. */
    enum err_code (*review_post)(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena,
                                 struct forge_posted *out, struct err *err);
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

/** Segments of letters, digits, '-', '_' and '.', joined by '/', none of them starting with a dot or ending
 *  in ".git"; at most FORGE_REPOSITORY_MAX bytes. */
bool forge_repository_is_valid(struct view repository);
/** 40 or 64 lowercase hex digits. */
bool forge_sha_is_valid(struct view sha);
/** As `git check-ref-format --branch` wants it, without control bytes, at most 255 bytes. */
bool forge_branch_is_valid(struct view branch);

/** Hidden marks that let us find our own words again (forges.md E1). */
struct view forge_summary_marker(struct view head_sha, struct view job, struct arena *arena);
struct view forge_comment_marker(struct view fingerprint, struct arena *arena);

/** Number of a branch of a plain repository, which has no pull requests: positive, 31 bits, stable. Two
 *  branches may share one; work is told apart by repository and branch. */
int64_t forge_branch_number(struct view branch);
