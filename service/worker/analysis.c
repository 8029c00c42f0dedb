/* What happens inside of the sandbox, and the document that comes out of it: JSON, read again by the parent
 * as carefully as anything from outside, for whoever parses hostile code may have been taken over by it. */
#include "worker/analysis.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "settings/repository.h"
#include "worker/analysis_internal.h"

const char *const *analysis_rule_ids(const struct catalogue *catalogue, struct arena *arena)
{
    size_t count;
    const struct rule *const *rules = catalogue_rules(catalogue, &count);
    const char **ids = ARENA_ARRAY(arena, const char *, count + 1);
    struct view id;

    for (size_t i = 0; ids && i < count; i++) {
        if (arena_copy(arena, rules[i]->id, &id, NULL) != ERR_OK)
            return NULL;
        ids[i] = id.ptr;
    }
    return ids;
}

struct view analysis_receipt(const struct review *review, struct arena *arena)
{
    const struct receipt *receipt = &review->receipt;

    return arena_format(arena,
                        "%u files, %u hunks, %u functions read; %u found: %u inline, %u in the summary, "
                        "%u suppressed, %u held back, %u already there; %zu files skipped",
                        receipt->files, receipt->hunks, receipt->functions, receipt->found,
                        receipt->inline_count, receipt->folded, receipt->suppressed, receipt->held_back,
                        receipt->already_there, review->skipped_count);
}

enum err_code analysis_options(const struct repository_settings *settings, struct arena *arena,
                               struct review_options *out, struct err *err)
{
    struct heat_mark *marks = ARENA_ARRAY(arena, struct heat_mark, settings->mark_count + 1);
    struct rule_severity *severities = ARENA_ARRAY(arena, struct rule_severity, settings->severity_count + 1);

    if (!marks || !severities)
        return arena_full(arena, err);
    for (size_t i = 0; i < settings->severity_count; i++)
        for (int severity = 0; severity < SEVERITY_COUNT; severity++)
            if (view_is(settings->severities[i].severity, severity_name((enum severity)severity)))
                severities[out->severity_count++] =
                    (struct rule_severity){settings->severities[i].id, (enum severity)severity};
    out->severities = severities;
    for (size_t i = 0; i < settings->mark_count; i++)
        marks[i] = (struct heat_mark){.glob = settings->marks[i].glob,
                                      .symbol = settings->marks[i].symbol,
                                      .hot = settings->marks[i].hot};
    out->marks = marks;
    out->mark_count = settings->mark_count;
    out->rules_off = settings->rules_off;
    out->rules_off_count = settings->rules_off_count;
    for (int severity = 0; severity < SEVERITY_COUNT; severity++)
        if (view_is(settings->min_severity, severity_name((enum severity)severity)))
            out->min_severity = (enum severity)severity;
    if (settings->max_comments >= 0)
        out->max_comments = (uint32_t)settings->max_comments;
    return ERR_OK;
}

enum err_code analysis_surround(const struct surroundings *surroundings, const struct clock *clock,
                                struct arena *arena, struct review_options *out, struct err *err)
{
    struct project *projects = NULL;
    size_t count = 0;
    enum err_code code = project_read(surroundings->declared, surroundings->declared_count,
                                      &SYNTAX_LIMITS_DEFAULT, clock, arena, &projects, &count, err);

    if (code != ERR_OK)
        return err_wrap(err, "what the repository declares");
    out->projects = projects;
    out->project_count = count;
    out->models = surroundings->models;
    out->model_count = surroundings->model_count;
    return ERR_OK;
}

/* What was said in the pull request comes last, where it outweighs the repository's file. */
enum err_code analysis_add_wishes(struct analysis_work *work, struct err *err)
{
    const struct analysis_wishes *wishes = work->input->wishes;
    struct review_options *options = &work->options;
    struct heat_mark *marks;

    if (wishes)
        options->goal = wishes->goal;
    if (!wishes || wishes->mark_count == 0)
        return ERR_OK;
    marks = ARENA_ARRAY(work->arena, struct heat_mark, options->mark_count + wishes->mark_count);
    if (!marks)
        return arena_full(work->arena, err);
    for (size_t i = 0; i < options->mark_count; i++)
        marks[i] = options->marks[i];
    for (size_t i = 0; i < wishes->mark_count; i++)
        marks[options->mark_count++] = wishes->marks[i];
    options->marks = marks;
    return ERR_OK;
}

static enum err_code run_review(struct analysis_work *work, bool pedantic, struct review **out,
                                struct err *err)
{
    work->options.pedantic = pedantic;
    return review_run(work->input->catalogue, work->deltas,
                      work->unwanted.len > 0 ? 0 : work->input->change->count, &work->options,
                      &work->input->clock, work->arena, out, err);
}

/* A copy of the review that may be changed, with what only the caller knows added to its list of skips. */
static enum err_code copy_review(struct analysis_work *work, const struct review *review, struct err *err)
{
    struct skipped *skipped =
        ARENA_ARRAY(work->arena, struct skipped, review->skipped_count + 1 + ANALYSIS_NOTES_MAX);

    work->findings = ARENA_ARRAY(work->arena, struct finding, review->finding_count + 1);
    if (!skipped || !work->findings)
        return arena_full(work->arena, err);
    work->review = *review;
    for (size_t i = 0; i < review->finding_count; i++)
        work->findings[i] = review->findings[i];
    for (size_t i = 0; i < review->skipped_count; i++)
        skipped[i] = review->skipped[i];
    for (size_t i = 0; i < work->note_count; i++)
        skipped[work->review.skipped_count++] = work->notes[i];
    if (work->input->change->cut.len)
        skipped[work->review.skipped_count++] =
            (struct skipped){VIEW("(the change)"), work->input->change->cut};
    work->review.skipped = skipped;
    work->review.findings = work->findings;
    return ERR_OK;
}

enum err_code analysis_work_run(void *ctx, struct buffer *out, struct err *err)
{
    struct analysis_work work = {.input = ctx};
    struct review *review = NULL, *plain = NULL;
    bool no_comments, full = work.input->wishes && work.input->wishes->full;
    enum err_code code;

    work.arena = arena_new(work.input->arena_bytes);
    if (!work.arena)
        return err_set(err, ERR_MEMORY, "no memory for an analysis");
    code = analysis_read_settings(&work, err);
    no_comments = work.options.max_comments == 0; /* to the library 0 means: its default */
    if (work.options.max_comments > ANALYSIS_COMMENTS_MAX)
        work.options.max_comments = ANALYSIS_COMMENTS_MAX;
    if (code == ERR_OK && work.input->surroundings)
        code =
            analysis_surround(work.input->surroundings, &work.input->clock, work.arena, &work.options, err);
    if (code == ERR_OK)
        code = analysis_add_wishes(&work, err);
    if (code == ERR_OK)
        code = run_review(&work, false, &plain, err);
    review = plain;
    if (code == ERR_OK)
        code = analysis_try_proposal(&work, plain, err);
    if (code == ERR_OK && full)
        code = run_review(&work, true, &review, err);
    if (code == ERR_OK)
        code = copy_review(&work, review, err);
    if (code == ERR_OK && full)
        analysis_widen(&work, plain);
    if (code == ERR_OK)
        code = analysis_apply_known(&work, err);
    if (code == ERR_OK)
        code = analysis_place(&work, no_comments, err);
    if (code == ERR_OK)
        analysis_write(&work, out);
    arena_free(work.arena);
    return code;
}

enum err_code analysis_run(const struct analysis_input *input, const struct sandbox_limits *limits,
                           struct arena *arena, struct analysis_result *out, struct err *err)
{
    struct analysis_input copy = *input;
    struct buffer document;
    enum err_code code;

    buffer_init(&document, ANALYSIS_RESULT_MAX_BYTES);
    code = sandbox_run(analysis_work_run, &copy, limits, &document, err);
    if (code == ERR_OK)
        code =
            analysis_read(buffer_view(&document), input->change->count, input->known_count, arena, out, err);
    buffer_deinit(&document);
    return code == ERR_OK ? ERR_OK : err_wrap(err, "analyse");
}
