/* perf-review explain RULE */
#include "base/yaml.h"
#include "common.h"
#include "worker/analysis.h"

static enum exit_status explain(const struct catalogue *catalogue, struct view id, struct arena *arena)
{
    const struct rule *rule = catalogue_find(catalogue, id);
    const char *const *ids = analysis_rule_ids(catalogue, arena);
    const char *nearest = rule || !ids ? NULL : yaml_nearest(id, ids);
    enum exit_status status;
    struct buffer text;

    if (!rule)
        return complain(EXIT_USAGE, "there is no rule \"%.*s\"%s%s%s\nperf-review rules lists them",
                        VIEW_ARG(id), nearest ? "; did you mean " : "", nearest ? nearest : "",
                        nearest ? "?" : "");
    buffer_init(&text, OUTPUT_MAX_BYTES);
    rule_render_text(rule, common_color(), &text);
    status = common_print(&text, EXIT_DONE);
    buffer_deinit(&text);
    return status;
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    struct arena *arena = arena_new(COMMON_ARENA_BYTES);
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    enum exit_status status;

    (void)command;
    if (!arena)
        return complain(EXIT_FAILED, "no memory");
    if (common_catalogue(&catalogue, &err) != ERR_OK)
        status = complain(EXIT_FAILED, "%s", err.message);
    else
        status = explain(catalogue, view_of(arguments->words[0]), arena);
    catalogue_free(catalogue);
    arena_free(arena);
    return status;
}

static const struct option OPTIONS[] = {{0}};

const struct command COMMAND_EXPLAIN = {
    .name = "explain",
    .summary = "why a rule exists, what it finds, what to do, what it costs",
    .words = "RULE",
    .words_min = 1,
    .words_max = 1,
    .examples = "  perf-review explain py-membership-in-list\n",
    .options = OPTIONS,
    .run = run,
};
