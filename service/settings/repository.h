/** @file repository.h  The configuration of a reviewed repository, `.perf-review.yml` (DESIGN.md 8): read
 *  strictly, so that a mistake is told with its place and the nearest known word. It is read from the base
 *  revision: a change cannot switch its own review off. */
#pragma once
#include "base/arena.h"

#define REPOSITORY_SETTINGS_PATH ".perf-review.yml"
enum {
    REPOSITORY_SETTINGS_MAX_BYTES = 64 << 10,
    REPOSITORY_MARKS_MAX = 1000,
    REPOSITORY_COMMENTS_MAX = 30, /* above about 32 GitHub refuses a review */
};

/** One entry of `hot:` or `cold:`, "glob" or "glob:symbol". */
struct repository_mark {
    struct view glob, symbol; /* symbol: empty for the whole file */
    bool hot;
};

/** A rule that is on, with a severity of the owners' choice: "low", "medium" or "high"; empty: its own. */
struct repository_rule {
    struct view id, severity;
};

struct repository_settings {
    const struct repository_mark *marks;
    size_t mark_count;
    const struct view *rules_off; /* ids */
    size_t rules_off_count;
    const struct repository_rule *severities;
    size_t severity_count;
    const struct view *ignored; /* globs of files that are not analysed */
    size_t ignored_count;
    int64_t max_comments;     /* -1: not given */
    struct view min_severity; /* "low", "medium", "high"; empty: not given */
    struct view trigger;      /* "push" or "command": reviews only where one is asked for; empty: not given */
    struct view fail_on;      /* the same, or "none": from which severity on the check fails */
};

/** Read @p text; @p file is its name in messages. @p rules (NULL-terminated ids, may be NULL) are the rules
 *  that `rules:` may name. All views live in @p arena. Errors: ERR_INVALID "file:line:column: ...";
 * ERR_LIMIT.
 */
NODISCARD
enum err_code repository_settings_parse(struct view text, struct view file, const char *const *rules,
                                        struct arena *arena, struct repository_settings *out,
                                        struct err *err);
/** What holds where the owner of many repositories says @p shared for all of them and one says @p own: its
 *  single values and its word on a rule count, lists are joined, what it says last. In @p arena. */
NODISCARD
enum err_code repository_settings_join(const struct repository_settings *shared,
                                       const struct repository_settings *own, struct arena *arena,
                                       struct repository_settings *out, struct err *err);
/** NULL-terminated known keys. config/repository.schema.json is tested against them. */
const char *const *repository_settings_keys(void);
