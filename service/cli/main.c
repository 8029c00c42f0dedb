/* perf-review: finds the command and runs it. */
#include "base/yaml.h"
#include "command.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command *const COMMANDS[] = {
    &COMMAND_SERVE,  &COMMAND_WORKER,          &COMMAND_CHECK,           &COMMAND_REVIEW,
    &COMMAND_RULES,  &COMMAND_RULES_TEST,      &COMMAND_EXPLAIN,         &COMMAND_CONFIG_CHECK,
    &COMMAND_DOCTOR, &COMMAND_DELIVERIES_LIST, &COMMAND_DELIVERIES_SHOW, &COMMAND_DELIVERIES_REPLAY,
};

static void print_help(void)
{
    printf("perf-review " PERF_REVIEW_VERSION ": reviews pull requests for performance\n\n"
           "Usage: perf-review COMMAND [OPTION...] [WORD...]\n\nCommands:\n");
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        printf("  %-18s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    printf("\nOptions:\n  %-18s %s\n  %-18s %s\n", "--help", "this text; after a command: its own",
           "--version", "the version");
    printf("\nExamples:\n"
           "  perf-review check                       your changes, before anybody else sees them\n"
           "  perf-review check --all src             every line of a folder\n"
           "  perf-review serve --config perf-review.yml\n"
           "\nExit status: 0 nothing at or above --fail-on, 1 something, 2 the command line or a\n"
           "configuration is wrong, 3 it could not be done.\n");
}

/* How many of the words that follow name @p command: 0, 1 or 2. */
static int words_of(const struct command *command, int count, char *const *words)
{
    struct view rest = view_of(command->name), word;
    int used = 0;

    while (view_split(&rest, ' ', &word)) {
        if (used >= count || !view_is(word, words[used]))
            return 0;
        used++;
    }
    return used;
}

static const struct command *find(int count, char *const *words, int *used)
{
    const struct command *found = NULL;

    *used = 0;
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        int match = words_of(COMMANDS[i], count, words);

        if (match > *used) {
            *used = match;
            found = COMMANDS[i];
        }
    }
    return found;
}

static enum exit_status unknown(int count, char *const *words)
{
    const char *names[COUNT_OF(COMMANDS) + 1] = {NULL}, *nearest;
    char both[128];

    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        names[i] = COMMANDS[i]->name;
    snprintf(both, sizeof(both), "%s %s", words[0], count > 1 ? words[1] : "");
    nearest = yaml_nearest(view_trim(view_of(both)), names);
    if (!nearest)
        nearest = yaml_nearest(view_of(words[0]), names);
    /* "deliveries" alone: the first command that begins so. */
    for (size_t i = 0; !nearest && i < COUNT_OF(COMMANDS); i++)
        if (strncmp(names[i], words[0], strlen(words[0])) == 0)
            nearest = names[i];
    return complain(EXIT_USAGE, "there is no command \"%s\"%s%s%s\nperf-review --help lists them", words[0],
                    nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static enum exit_status run(int count, char *const *words)
{
    int used;
    const struct command *command = find(count, words, &used);
    const char **free_words;
    struct arguments arguments;
    enum exit_status status = EXIT_USAGE;
    bool help;

    if (!command)
        return unknown(count, words);
    free_words = calloc((size_t)count + 1, sizeof(*free_words));
    if (!free_words)
        return complain(EXIT_FAILED, "no memory");
    if (arguments_parse(command, count - used, words + used, free_words, &arguments, &help)) {
        if (help) {
            command_help(command);
            status = EXIT_DONE;
        } else {
            status = command->run(command, &arguments);
        }
    }
    free(free_words);
    return status;
}

int main(int argc, char **argv)
{
    enum exit_status status = EXIT_DONE;

    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help();
        status = EXIT_USAGE;
    } else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
    } else if (strcmp(argv[1], "--version") == 0) {
        printf("perf-review " PERF_REVIEW_VERSION "\n");
    } else if (argv[1][0] == '-') {
        status = complain(EXIT_USAGE, "there is no option %s here\nperf-review --help lists what there is",
                          argv[1]);
    } else {
        status = run(argc - 1, argv + 1);
    }
    if (fflush(stdout) != 0 && errno != EPIPE && status != EXIT_USAGE)
        status = complain(EXIT_FAILED, "the output could not be written");
    return (int)status;
}
