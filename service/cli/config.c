/* perf-review config check FILE */
#include "base/yaml.h"
#include "common.h"
#include "settings/repository.h"
#include "worker/analysis.h"
#include <stdio.h>
#include <string.h>

static bool is_known(const char *const *names, struct view key)
{
    for (size_t i = 0; names[i]; i++)
        if (view_is(key, names[i]))
            return true;
    return false;
}

/* By its name, else by whose keys it has; a file that tells nothing is taken for the service's. */
static bool is_of_repository(const char *path, struct view text, struct arena *arena)
{
    const struct yaml *root = NULL;
    size_t service = 0, repository = 0;

    if (view_ends(view_of(path), REPOSITORY_SETTINGS_PATH))
        return true;
    if (yaml_parse(text, view_of(path), arena, &root, NULL) != ERR_OK || root->kind != YAML_MAPPING)
        return false;
    for (const struct yaml *node = root->first; node; node = node->next) {
        service += is_known(settings_keys(""), node->key);
        repository += is_known(repository_settings_keys(), node->key);
    }
    return repository > service;
}

static enum err_code check_repository(const char *path, struct view text, struct arena *arena,
                                      struct err *err)
{
    struct repository_settings settings;
    struct catalogue *catalogue = NULL;
    const char *const *ids;
    enum err_code code = common_catalogue(&catalogue, err);

    if (code != ERR_OK)
        return code;
    ids = analysis_rule_ids(catalogue, arena);
    code = ids ? repository_settings_parse(text, view_of(path), ids, arena, &settings, err)
               : arena_full(arena, err);
    catalogue_free(catalogue);
    return code;
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    struct arena *arena = arena_new(COMMON_ARENA_BYTES);
    const char *path = arguments->words[0];
    struct settings settings;
    struct err err = {0};
    struct view text;
    enum err_code code;

    if (!arena)
        return complain(EXIT_FAILED, "no memory");
    code = common_read(path, SETTINGS_FILE_MAX_BYTES, arena, &text, &err);
    if (code == ERR_OK &&
        (argument_of(command, arguments, "--repository") || is_of_repository(path, text, arena)))
        code = check_repository(path, text, arena, &err);
    else if (code == ERR_OK)
        code = settings_load(path, arena, &settings, &err);
    if (code == ERR_OK) {
        printf("%s: ok\n", path);
    } else {
        /* The mistake alone, so that an editor finds file:line:column at the start of the line. */
        fprintf(stderr, "%s\n", err.message);
    }
    arena_free(arena);
    return code == ERR_OK ? EXIT_DONE : EXIT_USAGE;
}

static const struct option OPTIONS[] = {
    {"--repository", NULL, NULL, "it is a repository's .perf-review.yml, whatever it is called"},
    {0},
};

const struct command COMMAND_CONFIG_CHECK = {
    .name = "config check",
    .summary = "file:line:column: what is wrong with a configuration",
    .words = "FILE",
    .words_min = 1,
    .words_max = 1,
    .details =
        "FILE is the service's configuration or a repository's .perf-review.yml; which one is seen from its\n"
        "name and keys.\n",
    .examples = "  perf-review config check perf-review.yml\n  perf-review config check .perf-review.yml\n",
    .options = OPTIONS,
    .run = run,
};
