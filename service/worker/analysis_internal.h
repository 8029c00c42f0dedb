/** @file analysis_internal.h  The steps of an analysis inside of its sandbox, and its result as a document.
 */
#pragma once
#include "settings/repository.h"
#include "worker/analysis.h"

struct json;

enum { ANALYSIS_NOTES_MAX = 3 };

struct analysis_place {
    size_t delta;
    uint32_t line, start_line;
};

struct analysis_work {
    const struct analysis_input *input;
    struct arena *arena;
    struct review_options options;
    struct repository_settings shared;
    const struct delta *deltas; /* the change's, without what the settings ignore */
    struct review review;       /* a copy whose findings are `findings` */
    struct finding *findings;
    size_t *known;                            /* of each finding: index of what is known of it, or SIZE_MAX */
    bool *present;                            /* of each known one */
    struct skipped notes[ANALYSIS_NOTES_MAX]; /* on the settings, for the list of skips */
    size_t note_count;
    bool proposal;
    struct view unwanted;
    int fail_on;                   /* 0: never; else a severity plus one */
    struct analysis_place *places; /* of each finding; line 0: none */
};

/** The sandbox_work: ctx is a struct analysis_input. */
NODISCARD
enum err_code analysis_work_run(void *ctx, struct buffer *out, struct err *err);
/** The settings of the repository and of its owner, joined, become work->options and work->deltas. A mistake
 *  in them stops no review: it becomes a note, and what that file says is left out. */
NODISCARD
enum err_code analysis_read_settings(struct analysis_work *work, struct err *err);
/** What was said in the pull request, over work->options. */
NODISCARD
enum err_code analysis_add_wishes(struct analysis_work *work, struct err *err);
/** Where the change touches the settings: note what they would make of the review. */
NODISCARD
enum err_code analysis_try_proposal(struct analysis_work *work, const struct review *plain, struct err *err);
/** The review was made with all that is held back: inline is only what is inline in @p plain, made without.
 */
void analysis_widen(struct analysis_work *work, const struct review *plain);
/** Match the findings with what is known of them; declined ones leave the list. */
NODISCARD
enum err_code analysis_apply_known(struct analysis_work *work, struct err *err);
/** Where each inline finding's comment stands; one that no shown hunk holds goes to the summary. */
NODISCARD
enum err_code analysis_place(struct analysis_work *work, bool no_comments, struct err *err);
/** The result as JSON; the review's inline findings are all folded afterwards. */
void analysis_write(struct analysis_work *work, struct buffer *out);
/** Read it back. Errors: ERR_INTERNAL for whatever the child should not have written. */
NODISCARD
enum err_code analysis_read(struct view document, size_t delta_count, size_t known_count, struct arena *arena,
                            struct analysis_result *out, struct err *err);
