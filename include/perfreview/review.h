/** @file review.h  The analysis library's door: the bytes of a change in, one review out. Knows no HTTP,
 *  forge, git, database, file or clock; the same input always gives the same review. */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "engine/rule.h"
#include "syntax/tree.h"

/** A hunk without context lines. Lines are 1-based; with a count of 0 the start is the line before. */
struct hunk {
    uint32_t base_start, base_lines, head_start, head_lines;
};

/** One file's change. Texts are borrowed for as long as the review lives. */
struct delta {
    struct view path;       /* in the head revision, '/' separated */
    struct view base_path;  /* before a rename; else the same */
    struct view head, base; /* bytes; base has ptr NULL for an added file */
    const struct hunk *hunks;
    size_t hunk_count;
    struct view skip; /* why the caller has no bytes, e.g. "binary"; else empty */
    bool whole;       /* every line of head counts as touched, and nothing as already there */
};

enum heat { HEAT_COLD, HEAT_WARM, HEAT_HOT, HEAT_COUNT };
enum heat_evidence { EVIDENCE_NONE, EVIDENCE_INFERRED, EVIDENCE_DECLARED, EVIDENCE_MEASURED, EVIDENCE_COUNT };
enum role { ROLE_TEST, ROLE_INIT, ROLE_APPLICATION, ROLE_LIBRARY, ROLE_COUNT };

const char *heat_name(enum heat heat);
const char *heat_evidence_name(enum heat_evidence evidence);
const char *role_name(enum role role);

/** What the owner of the code says, as one of `hot:` and `cold:` of .perf-review.yml. */
struct heat_mark {
    struct view glob;   /* of a path */
    struct view symbol; /* function name, may be empty: the whole file */
    bool hot;
};

/** What the readers of a review want to gain: it decides the order and the question. */
enum goal { GOAL_NONE, GOAL_LATENCY, GOAL_THROUGHPUT, GOAL_MEMORY, GOAL_COUNT };
const char *goal_name(enum goal goal); /* "" for GOAL_NONE */

/** What the owner of the code takes for a rule's severity. */
struct rule_severity {
    struct view rule; /* id */
    enum severity severity;
};

struct review_options {
    enum goal goal; /* GOAL_NONE: latency is assumed, and said so */
    const struct rule_severity *severities;
    size_t severity_count;
    bool pedantic;         /* opt-in rules, low confidence, hot rules where no heat is known */
    uint32_t max_comments; /* inline findings; the rest is folded into the summary. 0: 15 */
    enum severity min_severity;
    const struct heat_mark *marks;
    size_t mark_count;
    const struct view *rules_off; /* ids */
    size_t rules_off_count;
    const struct project *projects; /* what the repository declares; a file's is the nearest above it */
    size_t project_count;
    const struct file_text *models; /* unchanged files whose classes the change may use: read, not reviewed */
    size_t model_count;
    struct view latency;         /* YAML that overrides rows of the built-in latency table; may be empty */
    struct syntax_limits limits; /* zero: SYNTAX_LIMITS_DEFAULT */
    void (*progress)(void *ctx, size_t done, size_t total); /* after each file; may be NULL */
    void *progress_ctx;
};

struct place {
    struct view path;
    uint32_t line;
    struct view what; /* "loop", "definition", "call" ... */
};

struct estimate {
    bool known; /* the rule has a formula */
    double n;   /* trips of the loops around it, multiplied; 1 outside of loops */
    double before_ns, after_ns, ratio;
    bool assumed;        /* n or a length was assumed */
    struct view formula; /* in words and numbers */
};

struct text_edit {
    uint32_t start_line, end_line; /* whole lines of head are replaced by the text (with its line ending) */
    struct view text;
    struct view before; /* those lines as they are in head */
};

struct finding {
    const struct rule *rule;
    struct view path;
    uint32_t line, end_line, column; /* column 1-based, in bytes */
    /* 1-based, in UTF-16 code units, the end exclusive; 0: too far into a long line to be counted */
    uint32_t column_utf16, end_column_utf16;
    uint32_t anchor; /* a touched line of the finding: where a comment may stand */
    enum severity severity;
    enum confidence confidence;
    struct view function; /* name, may be empty */
    uint32_t function_line;
    struct view evidence, fix, impact, tradeoffs, measure; /* CommonMark */
    struct estimate estimate;
    const struct place *related;
    size_t related_count;
    bool has_patch, patch_safe, patch_verified;
    bool suggestion; /* the patch is safe, one run of lines, all of them touched: a comment that spans
                      * edits[0].start_line..end_line may offer it as a one-click suggestion */
    const struct text_edit *edits;
    size_t edit_count;
    enum heat heat;
    enum heat_evidence heat_evidence;
    enum role role;
    struct view heat_why; /* what the heat was read from, in words: "two nested loops" */
    bool made_hotter;     /* the code was there; the change put it into a loop, or made it costly otherwise */
    bool is_inline;       /* within max_comments */
    char fingerprint[17]; /* rule, function, normalised code, occurrence; never a line number */
};

struct skipped {
    struct view path, why;
};

struct hypothesis {
    struct view function, path, text;
    uint32_t line;
    enum heat heat;
    enum heat_evidence evidence;
    enum role role;
};

struct receipt { /* found = reported inline + folded + suppressed + held back + already there */
    uint32_t files, hunks, functions, touched_lines;
    uint32_t found, inline_count, folded, suppressed, held_back, already_there;
    uint32_t moved; /* of those already there: stood in another function or file */
    uint32_t rules;
    uint32_t files_with_errors; /* analysed where they parse */
    double parse_ms, facts_ms, rules_ms;
};

struct review {
    const struct finding *findings; /* ranked */
    size_t finding_count;
    const struct skipped *skipped;
    size_t skipped_count;
    const struct skipped *suppressed; /* path:line and rule with the reason given */
    size_t suppressed_count;
    const struct skipped *declined; /* path:line and rule that people said no to, with who; not in findings */
    size_t declined_count;
    const struct skipped *partial; /* files with syntax errors: path, "from line N" */
    size_t partial_count;
    struct hypothesis hypothesis;
    struct view question; /* the one whose answer would change the advice most */
    struct receipt receipt;
};

/** Review a change. The review lies in @p arena and borrows the deltas' texts.
 *  Errors: ERR_LIMIT at the arena's cap; a single file's limits only skip that file. */
NODISCARD enum err_code review_run(const struct catalogue *catalogue, const struct delta *deltas,
                                   size_t delta_count, const struct review_options *options,
                                   const struct clock *clock, struct arena *arena, struct review **out,
                                   struct err *err);

/** What a summary names besides the review. All may be empty. */
struct review_title {
    struct view head, base; /* revisions, shown shortened */
    struct view rule_url;   /* prefix of a rule's page: rule_url + id; empty: no links */
};

/** Renderings. text: for a terminal. json: DESIGN.md 4. markdown: the whole review with every finding.
 *  summary: what a forge gets as the review's body, where inline findings have comments of their own. */
void review_render_text(const struct review *review, bool color, struct buffer *out);
void review_render_json(const struct review *review, struct buffer *out);
void review_render_markdown(const struct review *review, const struct review_title *title,
                            struct buffer *out);
void review_render_summary(const struct review *review, const struct review_title *title, struct buffer *out);
/** For programs that take findings of any tool. sarif: SARIF 2.1.0, where title may be NULL. github: workflow
 *  commands, which a runner reads from a job's output. gitlab: a Code Quality report. */
void review_render_sarif(const struct review *review, const struct review_title *title, struct buffer *out);
void review_render_github(const struct review *review, struct buffer *out);
void review_render_gitlab(const struct review *review, struct buffer *out);
/** One line: "3 findings, 1 high, 2 low". */
void review_render_verdict(const struct review *review, struct buffer *out);
/** The body of one finding's inline comment, with a committable suggestion where the patch is safe, and the
 *  marker `<!-- perf-review:fp=... -->`. */
void finding_render_comment(const struct finding *finding, const struct review_title *title,
                            struct buffer *out);
/** A rule as `perf-review explain` shows it. */
void rule_render_text(const struct rule *rule, bool color, struct buffer *out);
/** The same for a reader who wants to know what to do, as CommonMark: without how it is found, and with one
 *  example of each kind. */
void rule_render_markdown(const struct rule *rule, struct buffer *out);

/** Run one rule's examples through review_run: each `expect` line must be found and no other line; patches
 *  must be verified and give the stated text. Adds a line for each failure to @p failures. Errors: as
 *  review_run; a failed example is not an error. */
NODISCARD enum err_code rule_check_examples(const struct catalogue *catalogue, const struct rule *rule,
                                            const struct clock *clock, struct buffer *failures,
                                            uint32_t *checked, struct err *err);
