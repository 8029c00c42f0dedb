/* The configuration of a repository as its owners have it, for one analysis: read from the base revision,
 * over what the owner of many repositories says for all of them. A change of it is tried out and changes
 * nothing. */
#include "base/pattern.h"
#include "settings/repository.h"
#include "worker/analysis_internal.h"

static const struct repository_settings NOTHING = {.max_comments = -1};

static enum err_code add_note(struct analysis_work *work, struct view file, struct view text, struct err *err)
{
    struct view copy;
    enum err_code code = arena_copy(work->arena, text, &copy, err);

    if (code == ERR_OK)
        work->notes[work->note_count++] = (struct skipped){file, copy};
    return code;
}

/* What cannot be read says nothing; *broken tells why. */
static enum err_code parse(struct analysis_work *work, struct view text, struct view name,
                           struct repository_settings *out, struct err *broken, struct err *err)
{
    enum err_code code;

    *out = NOTHING;
    if (!text.ptr)
        return ERR_OK;
    code = repository_settings_parse(text, name, work->input->rule_ids, work->arena, out, broken);
    if (code != ERR_OK && code != ERR_INVALID)
        return err_set(err, code, "%s", broken->message);
    if (code != ERR_OK)
        *out = NOTHING;
    return ERR_OK;
}

enum err_code analysis_ignore_paths(const struct repository_settings *settings, const struct delta *deltas,
                                    size_t count, struct arena *arena, const struct delta **out,
                                    struct err *err)
{
    struct delta *copy;
    enum err_code code = ERR_OK;

    *out = deltas;
    if (settings->ignored_count == 0)
        return ERR_OK;
    copy = ARENA_ARRAY(arena, struct delta, count + 1);
    if (!copy)
        return arena_full(arena, err);
    for (size_t i = 0; i < count; i++)
        copy[i] = deltas[i];
    for (size_t i = 0; code == ERR_OK && i < settings->ignored_count; i++) {
        struct pattern *glob = NULL;

        code = pattern_new_glob(settings->ignored[i], &glob, err);
        for (size_t j = 0; code == ERR_OK && j < count; j++)
            if (copy[j].skip.len == 0 && pattern_matches(glob, copy[j].path))
                copy[j] = (struct delta){.path = copy[j].path,
                                         .base_path = copy[j].base_path,
                                         .skip = VIEW("ignored by the configuration")};
        pattern_free(glob);
    }
    *out = copy;
    return code;
}

/* @p own over what the owner says for all: options and deltas of a review by it. */
static enum err_code apply(struct analysis_work *work, const struct repository_settings *shared,
                           const struct repository_settings *own, int *fail_on, struct err *err)
{
    const struct change *change = work->input->change;
    struct repository_settings settings = NOTHING;
    enum err_code code = repository_settings_join(shared, own, work->arena, &settings, err);

    work->options = (struct review_options){.max_comments = work->input->max_comments};
    if (!work->input->asked && view_is(settings.trigger, "command"))
        work->unwanted = VIEW("reviews are made on command alone (trigger): /perf-review run");
    for (int severity = 0; code == ERR_OK && severity < SEVERITY_COUNT; severity++)
        if (view_is(settings.fail_on, severity_name((enum severity)severity)))
            *fail_on = severity + 1;
    if (code == ERR_OK)
        code = analysis_options(&settings, work->arena, &work->options, err);
    return code == ERR_OK ? analysis_ignore_paths(&settings, change->deltas, change->count, work->arena,
                                                  &work->deltas, err)
                          : code;
}

enum err_code analysis_read_settings(struct analysis_work *work, struct err *err)
{
    const struct analysis_input *input = work->input;
    struct repository_settings own = NOTHING;
    struct err broken = {0}, shared_broken = {0};
    enum err_code code =
        parse(work, input->shared_settings, input->shared_name, &work->shared, &shared_broken, err);

    if (code == ERR_OK)
        code = parse(work, input->repository_settings, VIEW(REPOSITORY_SETTINGS_PATH), &own, &broken, err);
    if (code == ERR_OK && shared_broken.message[0])
        code = add_note(work, input->shared_name, view_of(shared_broken.message), err);
    if (code == ERR_OK && broken.message[0])
        code = add_note(work, VIEW(REPOSITORY_SETTINGS_PATH), view_of(broken.message), err);
    return code == ERR_OK ? apply(work, &work->shared, &own, &work->fail_on, err) : code;
}

enum err_code analysis_try_proposal(struct analysis_work *work, const struct review *plain, struct err *err)
{
    const struct review_options options = work->options;
    const struct delta *deltas = work->deltas;
    struct repository_settings proposed;
    struct review *review = NULL;
    struct err broken = {0};
    struct view text;
    int fail_on = 0;
    enum err_code code;

    if (!work->input->proposed_settings.ptr || work->unwanted.len > 0)
        return ERR_OK;
    work->proposal = true;
    code =
        parse(work, work->input->proposed_settings, VIEW(REPOSITORY_SETTINGS_PATH), &proposed, &broken, err);
    if (code != ERR_OK)
        return code;
    if (broken.message[0]) {
        text = arena_format(work->arena, "changed here, and broken: %s", broken.message);
        return add_note(work, VIEW(REPOSITORY_SETTINGS_PATH), text, err);
    }
    code = apply(work, &work->shared, &proposed, &fail_on, err);
    work->options.projects = options.projects;
    work->options.project_count = options.project_count;
    work->options.models = options.models;
    work->options.model_count = options.model_count;
    if (code == ERR_OK)
        code = analysis_add_wishes(work, err);
    if (code == ERR_OK)
        code = review_run(work->input->catalogue, work->deltas, work->input->change->count, &work->options,
                          &work->input->clock, work->arena, &review, err);
    work->options = options;
    work->deltas = deltas;
    work->unwanted = (struct view){0}; /* the proposal decides nothing */
    if (code != ERR_OK)
        return code;
    text = arena_format(work->arena,
                        "changed here; it counts once it is merged, and would give %zu finding%s for this "
                        "change in place of %zu",
                        review->finding_count, review->finding_count == 1 ? "" : "s", plain->finding_count);
    return add_note(work, VIEW(REPOSITORY_SETTINGS_PATH), text, err);
}
