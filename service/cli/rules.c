/* perf-review rules */
#include "base/json_writer.h"
#include "common.h"
#include <stdio.h>
#include <string.h>

static void add_text(const struct rule *rule, struct buffer *out)
{
    const struct variant *first = &rule->variants[0];

    buffer_add_format(out, "%-32.*s %-10s %-7s %-8s %.*s\n", VIEW_ARG(rule->id), lever_name(rule->lever),
                      severity_name(first->severity), tier_name(first->tier), VIEW_ARG(rule->title));
}

static void add_version(const char *name, unsigned major, unsigned minor, struct json_writer *writer)
{
    char version[16];

    if (major == 0)
        return;
    snprintf(version, sizeof(version), "%u.%u", major, minor);
    json_add_text(writer, name, view_of(version));
}

static void add_project(const struct project *project, struct json_writer *writer)
{
    add_version("python", project->python_major, project->python_minor, writer);
    add_version("rust", project->rust_major, project->rust_minor, writer);
    if (project->edition > 0)
        json_add_int(writer, "edition", project->edition);
    if (project->dependency_count == 0)
        return;
    json_open_array(writer, "depends");
    for (size_t i = 0; i < project->dependency_count; i++)
        json_add_text(writer, NULL, project->dependencies[i]);
    json_close_array(writer);
}

/* Texts as they stand in the rule's file: with the comments that say where a finding is expected. */
static void add_case(const struct example *example, struct json_writer *writer)
{
    json_open_object(writer, NULL);
    json_add_bool(writer, "bad", example->bad);
    json_add_int(writer, "line", example->line);
    json_add_text(writer, "text", example->text);
    if (example->after.len > 0)
        json_add_text(writer, "after", example->after);
    if (example->run.len > 0)
        json_add_text(writer, "run", example->run);
    if (example->run_not.len > 0)
        json_add_text(writer, "run_not", example->run_not);
    if (example->beside.len > 0)
        json_add_text(writer, "beside", example->beside);
    if (example->why.len > 0)
        json_add_text(writer, "why", example->why);
    add_project(&example->project, writer);
    json_close_object(writer);
}

static void add_json(const struct rule *rule, struct json_writer *writer)
{
    const struct variant *first = &rule->variants[0];
    bool patch = false, safe = false;

    for (size_t i = 0; i < rule->variant_count; i++) {
        patch = patch || rule->variants[i].patch.present;
        safe = safe || (rule->variants[i].patch.present && rule->variants[i].patch.safe);
    }
    json_open_object(writer, NULL);
    json_add_text(writer, "id", rule->id);
    json_add_text(writer, "title", rule->title);
    json_add_text(writer, "checklist", rule->checklist);
    json_add_text(writer, "language", view_of(language_name(rule->language)));
    json_add_bool(writer, "pyo3", rule->pyo3);
    json_add_text(writer, "lever", view_of(lever_name(rule->lever)));
    json_add_text(writer, "severity", view_of(severity_name(first->severity)));
    json_add_text(writer, "confidence", view_of(confidence_name(first->confidence)));
    json_add_text(writer, "tier", view_of(tier_name(first->tier)));
    json_add_bool(writer, "patch", patch);
    json_add_bool(writer, "patch_safe", safe);
    json_add_text(writer, "tradeoffs", rule->tradeoffs);
    json_add_text(writer, "measure", rule->measure);
    json_open_array(writer, "peers");
    for (size_t i = 0; i < rule->peer_count; i++)
        json_add_text(writer, NULL, rule->peers[i]);
    json_close_array(writer);
    json_open_array(writer, "yields_to");
    for (size_t i = 0; i < rule->yield_count; i++)
        json_add_text(writer, NULL, rule->yields[i]);
    json_close_array(writer);
    json_add_int(writer, "examples", (int64_t)rule->example_count);
    json_open_array(writer, "cases");
    for (size_t i = 0; i < rule->example_count; i++)
        add_case(&rule->examples[i], writer);
    json_close_array(writer);
    json_close_object(writer);
}

static void render(const struct catalogue *catalogue, bool as_json, struct buffer *out)
{
    struct json_writer writer;
    size_t count;
    const struct rule *const *rules = catalogue_rules(catalogue, &count);

    json_writer_init(&writer, out);
    if (as_json) {
        json_open_object(&writer, NULL);
        json_add_int(&writer, "version", 1);
        json_open_array(&writer, "rules");
    }
    for (size_t i = 0; i < count; i++)
        if (as_json)
            add_json(rules[i], &writer);
        else
            add_text(rules[i], out);
    if (as_json) {
        json_close_array(&writer);
        json_close_object(&writer);
        buffer_add_byte(out, '\n');
    } else {
        buffer_add_format(out, "\n%zu rules; perf-review explain RULE tells all of one\n", count);
    }
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    static const char *const FORMATS[] = {"text", "json", NULL};
    int format = argument_choice(command, arguments, "--format", FORMATS);
    struct catalogue *catalogue = NULL;
    struct err err = {0};
    enum exit_status status;
    struct buffer out;

    if (format < 0)
        return EXIT_USAGE;
    if (common_catalogue(&catalogue, &err) != ERR_OK)
        return complain(EXIT_FAILED, "%s", err.message);
    buffer_init(&out, OUTPUT_MAX_BYTES);
    render(catalogue, format == 1, &out);
    status = common_print(&out, EXIT_DONE);
    buffer_deinit(&out);
    catalogue_free(catalogue);
    return status;
}

static const struct option OPTIONS[] = {
    {"--format", "FORMAT", "text", "text or json"},
    {0},
};

const struct command COMMAND_RULES = {
    .name = "rules",
    .summary = "the catalogue",
    .examples = "  perf-review rules\n  perf-review rules --format json\n",
    .options = OPTIONS,
    .run = run,
};
