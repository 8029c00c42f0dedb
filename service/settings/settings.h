/** @file settings.h  The configuration of the service (DESIGN.md 8): read once at start, checked whole,
 *  every limit named. A mistake reads "file:line:column: what is wrong". Secrets are held here and in
 *  the forges only; no message of this module shows one. */
#pragma once
#include "base/arena.h"

enum {
    SETTINGS_FILE_MAX_BYTES = 1 << 20,
    SETTINGS_SECRET_FILE_MAX_BYTES = 64 << 10,
    SETTINGS_FORGES_MAX = 64,
    SETTINGS_REPOSITORIES_MAX = 10000,
    SETTINGS_SECRETS_MAX = 2, /* the current secret and the one being rotated out */
};

/** A repository of a `git` forge, which has no API that could be asked; of another one its name alone: it is
 *  swept for pull requests whose webhook was lost. */
struct settings_repository {
    struct view name;           /* "owner/name" or any name without a blank: what webhooks call it */
    struct view path;           /* kind git: folder of the bare repository, or an address to fetch from */
    struct view default_branch; /* kind git: default "main" */
};

struct settings_forge {
    struct view name; /* letters, digits, '-', '_', '.': its webhook is POST /webhooks/NAME */
    struct view kind; /* one of settings_kinds() */
    struct view url;  /* pages and clones, without a '/' at the end; empty for kind git */
    struct view api;  /* without a '/' at the end; empty for kind git */
    struct view secrets[SETTINGS_SECRETS_MAX];
    size_t secret_count;         /* 1 or 2: a forge without a secret is refused */
    struct view token;           /* empty where none is given */
    struct view app_id, app_key; /* kind github: an App in place of a token; its key in PEM form */
    const struct settings_repository *repositories; /* not with an App, which knows its own */
    size_t repository_count;
};

/** One row each: name in the file, smallest, largest and default value, meaning. */
#define SETTINGS_LIMITS(X)                                                                                   \
    X(body_bytes, 1024, 1 << 30, 25 << 20, "largest webhook body; GitHub sends no more than 25 MB")          \
    X(connections, 1, 10000, 256, "open connections to the daemon")                                          \
    X(request_seconds, 1, 3600, 10, "a client that is silent for so long is disconnected")                   \
    X(queue_max, 1, 100000000, 10000, "deliveries that wait; more are answered 503")                         \
    X(attempts, 1, 100, 6, "tries of one job before its deliveries fail")                                    \
    X(retry_seconds, 1, 3600, 10, "wait before the second try; doubles with each further one")               \
    X(job_seconds, 1, 86400, 120, "a worker that spends longer on one job is ended")                         \
    X(lease_seconds, 1, 86400, 30, "a job whose worker has been silent for so long is given to another")     \
    X(api_seconds, 1, 3600, 30, "one call of a forge's API")                                                 \
    X(file_bytes, 1024, 1 << 30, 1 << 20, "larger files are not analysed")                                   \
    X(max_comments, 0, 30, 15, "inline comments of one review; the rest is folded into the summary")         \
    X(commands, 0, 1000, 20, "commands in a pull request's comments that are heard in an hour")              \
    X(sweep_seconds, 0, 86400, 300, "a look for open pull requests whose webhook was lost; 0: never")        \
    X(sweep_calls, 1, 100000, 200, "calls of a forge's API that one such look may make")                     \
    X(keep_days, 4, 36500, 90, "finished deliveries are forgotten after so many days")

struct settings_limits {
#define X(name, min, max, preset, what) int64_t name;
    SETTINGS_LIMITS(X)
#undef X
};

enum settings_log_level { SETTINGS_LOG_ERROR, SETTINGS_LOG_WARN, SETTINGS_LOG_INFO, SETTINGS_LOG_DEBUG };

struct settings {
    struct view listen_host; /* without the brackets of an IPv6 address */
    uint16_t listen_port;    /* 0: any free port */
    struct view data;        /* folder, NUL-terminated; a relative one is joined to the file's folder */
    int64_t workers;         /* worker processes that serve starts; 0: none */
    struct view public_url;  /* prefix of the links in reviews, without a '/' at the end */
    const struct settings_forge *forges;
    size_t forge_count;
    struct settings_limits limits;
    enum settings_log_level log_level;
    bool log_json;
};

/** Where text outside the file comes from; a test gives its own. */
struct settings_source {
    void *ctx;
    /** The value of a variable of the environment; NULL where it is unset. */
    const char *(*env)(void *ctx, const char *name);
    /** The whole of a file. Errors: ERR_NOT_FOUND, ERR_LIMIT over SETTINGS_SECRET_FILE_MAX_BYTES. */
    enum err_code (*read)(void *ctx, const char *path, struct arena *arena, struct view *out,
                          struct err *err);
};

/** Read @p path with the process's environment and files. All views live in @p arena.
 *  Errors: ERR_INVALID with file:line:column; ERR_NOT_FOUND, ERR_DENIED for the file itself; ERR_LIMIT. */
NODISCARD
enum err_code settings_load(const char *path, struct arena *arena, struct settings *out, struct err *err);
/** The same for @p text; @p file is its name in messages, and its folder is where relative paths begin. */
NODISCARD
enum err_code settings_parse(struct view text, const char *file, const struct settings_source *source,
                             struct arena *arena, struct settings *out, struct err *err);
/** What holds where no file is given: the defaults, no forge, data in @p folder "/data". */
NODISCARD
enum err_code settings_default(const char *folder, struct arena *arena, struct settings *out,
                               struct err *err);
/** The forge of that name; NULL where there is none. */
const struct settings_forge *settings_find_forge(const struct settings *settings, struct view name);
/** NULL-terminated known keys of a section: "" (the top), "forges", "repositories", "limits", "log";
 *  NULL for another name. config/perf-review.schema.json is tested against them. */
const char *const *settings_keys(const char *section);
/** NULL-terminated known kinds of forges. */
const char *const *settings_kinds(void);
