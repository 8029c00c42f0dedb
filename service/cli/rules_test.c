/* perf-review rules test DIR */
#include "common.h"
#include "walk.h"
#include "worker/clocks.h"

enum { RULE_FILE_MAX_BYTES = 1 << 20 };

static bool is_rule_file(struct view path)
{
    return view_ends(path, ".yaml");
}

static enum err_code load(const char *folder, struct arena *arena, struct catalogue **out, struct err *err)
{
    struct walk_list files = {0};
    struct rule_source *sources;
    enum err_code code = walk_add(folder, is_rule_file, arena, &files, err);

    if (code != ERR_OK)
        return code;
    if (files.count == 0)
        return err_set(err, ERR_INVALID, "%s: holds no rule, that is no file *.yaml", folder);
    sources = ARENA_ARRAY(arena, struct rule_source, files.count);
    if (!sources)
        return arena_full(arena, err);
    for (size_t i = 0; code == ERR_OK && i < files.count; i++) {
        sources[i].name = files.paths[i];
        code = common_read(files.paths[i].ptr, RULE_FILE_MAX_BYTES, arena, &sources[i].text, err);
    }
    return code == ERR_OK ? catalogue_new(sources, files.count, out, err) : code;
}

static enum exit_status check_all(const struct catalogue *catalogue)
{
    const struct clock clock = clocks_analysis();
    uint32_t checked = 0, failed = 0;
    enum exit_status status;
    struct buffer out;
    size_t count;
    const struct rule *const *rules = catalogue_rules(catalogue, &count);

    buffer_init(&out, OUTPUT_MAX_BYTES);
    for (size_t i = 0; i < count; i++) {
        size_t before = out.len;
        uint32_t examples = 0;
        struct err err = {0};

        if (rule_check_examples(catalogue, rules[i], &clock, &out, &examples, &err) != ERR_OK)
            buffer_add_format(&out, "%.*s: %s\n", VIEW_ARG(rules[i]->id), err.message);
        checked += examples;
        failed += out.len > before;
    }
    buffer_add_format(&out, "%zu rules, %u examples: ", count, checked);
    if (failed > 0)
        buffer_add_format(&out, "%u rule%s failed\n", failed, failed == 1 ? "" : "s");
    else
        buffer_add_text(&out, "all pass\n");
    status = common_print(&out, failed > 0 ? EXIT_FOUND : EXIT_DONE);
    buffer_deinit(&out);
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
    if (load(arguments->words[0], arena, &catalogue, &err) != ERR_OK)
        status = complain(err.code == ERR_INVALID || err.code == ERR_NOT_FOUND ? EXIT_USAGE : EXIT_FAILED,
                          "%s", err.message);
    else
        status = check_all(catalogue);
    catalogue_free(catalogue);
    arena_free(arena);
    return status;
}

static const struct option OPTIONS[] = {{0}};

const struct command COMMAND_RULES_TEST = {
    .name = "rules test",
    .summary = "run the examples inside of rule files",
    .words = "DIR",
    .words_min = 1,
    .words_max = 1,
    .details =
        "Loads every *.yaml below DIR as a catalogue of its own. Each line of a bad example that expects a\n"
        "finding must have it, no other line may, and a patch must give what the example says.\n",
    .examples = "  perf-review rules test analysis/rules\n",
    .options = OPTIONS,
    .run = run,
};
