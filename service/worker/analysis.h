/** @file analysis.h  The whole analysis of one change in a sandbox: the repository's configuration read, the
 *  review made, its comments placed on lines that the forge shows, all of it rendered. */
#pragma once
#include "worker/change.h"
#include "worker/sandbox.h"
#include "worker/surroundings.h"

enum {
    ANALYSIS_COMMENTS_MAX = 30,
    ANALYSIS_COMMENT_BYTES = 60000, /* a longer one is told in the summary: a forge takes 65,536 */
    ANALYSIS_ANNOTATIONS_MAX = 200, /* the highest ranks; the rest is in the summary alone */
    ANALYSIS_RESULT_MAX_BYTES = 24 << 20,
};

enum analysis_known_state {
    ANALYSIS_COMMENTED, /* a comment stands: none is made, its finding counts as inline */
    ANALYSIS_DECLINED,  /* people said no: it is listed as declined, and that is all */
    ANALYSIS_REFUSED,   /* the forge does not take the comment: it goes to the summary */
};

/** What is known of a finding before the analysis finds it. */
struct analysis_known {
    struct view fingerprint, path;
    enum analysis_known_state state;
    struct view who; /* of ANALYSIS_DECLINED */
};

/** A rule, or a single finding, that people of a pull request do not want to hear of. */
struct analysis_ignore {
    struct view key; /* the rule's id, or the fingerprint */
    struct view who, reason;
};

/** What people of a pull request asked for. */
struct analysis_wishes {
    const struct analysis_ignore *ignores;
    size_t ignore_count;
    const struct heat_mark *marks; /* they outweigh the repository's */
    size_t mark_count;
    enum goal goal;
    bool full; /* what is held back is listed in the summary too */
};

/** A rendering of the whole review; runs inside of the sandbox. */
typedef void analysis_report(const struct review *review, const struct review_title *title,
                             struct buffer *out);

struct analysis_input { /* all of it borrowed during the call */
    const struct catalogue *catalogue;
    const struct change *change;
    const struct surroundings *surroundings; /* NULL: nothing is known */
    struct view repository_settings; /* text of .perf-review.yml in the base revision; ptr NULL: none */
    struct view shared_settings;     /* the same of all repositories of its owner */
    struct view shared_name;         /* of that file, in messages */
    struct view proposed_settings;   /* what the change makes of the first; ptr NULL: it does not touch it */
    const char *const *rule_ids;     /* NULL-terminated */
    struct review_title title;
    const struct analysis_known *known;
    size_t known_count;
    const struct analysis_wishes *wishes; /* NULL: none */
    bool asked;                           /* by a person, not by a push alone */
    uint32_t max_comments;                /* where the repository says nothing; 0: none inline */
    analysis_report *report;              /* one more rendering that is wanted; NULL: none */
    size_t arena_bytes;
    struct clock clock;
};

struct analysis_comment {
    size_t delta;              /* of the change */
    uint32_t line, start_line; /* start_line 0: one line */
    struct view fingerprint;
    struct view body;
};

struct analysis_annotation {
    size_t delta;
    uint32_t line, end_line;
    bool warning;
    struct view title, message;
};

struct analysis_result {         /* lives in the caller's arena */
    uint32_t findings;           /* declined ones not among them */
    struct view unwanted;        /* not empty: why the settings want no review now; nothing was read */
    bool proposal;               /* the summary tells what the change of the settings would do */
    bool failing;                /* one is as severe as the repository's fail_on */
    const bool *present;         /* of each known finding: it was found again */
    const struct view *not_read; /* paths of which it is not known what they hold: skipped, partly read */
    size_t not_read_count;
    struct view title;                       /* one line for a check: "3 findings, 1 high" */
    struct view summary;                     /* body of the review where the comments stand with it */
    struct view folded_summary;              /* body where nothing stands inline */
    struct view markdown;                    /* the whole review in one text */
    struct view json;                        /* as `check --format json` prints it */
    struct view report;                      /* by input.report; else empty */
    struct view receipt;                     /* one line: what was read, what was found */
    const struct analysis_comment *comments; /* those that do not stand yet */
    size_t comment_count;
    const struct analysis_annotation *annotations; /* by rank */
    size_t annotation_count;
};

/** Errors: as sandbox_run() and review_run(). */
NODISCARD
enum err_code analysis_run(const struct analysis_input *input, const struct sandbox_limits *limits,
                           struct arena *arena, struct analysis_result *out, struct err *err);

/** What a repository's settings say, as options of a review. Strings are borrowed from @p settings, arrays
 *  live in @p arena. */
struct repository_settings;
NODISCARD
enum err_code analysis_options(const struct repository_settings *settings, struct arena *arena,
                               struct review_options *out, struct err *err);
/** The deltas, those that the settings ignore with that as the reason to skip them. In @p arena. */
NODISCARD
enum err_code analysis_ignore_paths(const struct repository_settings *settings, const struct delta *deltas,
                                    size_t count, struct arena *arena, const struct delta **out,
                                    struct err *err);
/** What surrounds the change, read and added to the options of its review: hostile text too. */
NODISCARD
enum err_code analysis_surround(const struct surroundings *surroundings, const struct clock *clock,
                                struct arena *arena, struct review_options *out, struct err *err);
/** The ids of all rules, NULL-terminated, in @p arena; NULL where it is full. */
const char *const *analysis_rule_ids(const struct catalogue *catalogue, struct arena *arena);
/** "2 files, 3 hunks, 4 functions read; 5 found: 1 inline, ..." in @p arena. */
struct view analysis_receipt(const struct review *review, struct arena *arena);
