/* The command line: "--name value", "--name=value", flags, words; "--" ends the options. */
#include "base/yaml.h"
#include "command.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum exit_status complain(enum exit_status status, const char *format, ...)
{
    va_list values;

    fputs("perf-review: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    return status;
}

enum exit_status complain_of(const struct err *err)
{
    return complain(err->code == ERR_INVALID ? EXIT_USAGE : EXIT_FAILED, "%s", err->message);
}

static int find_option(const struct command *command, struct view name)
{
    for (int i = 0; command->options[i].name; i++)
        if (view_is(name, command->options[i].name))
            return i;
    return -1;
}

static void unknown_option(const struct command *command, struct view name)
{
    const char *names[OPTIONS_MAX + 2] = {"--help"};
    const char *nearest;

    for (size_t i = 0; command->options[i].name; i++)
        names[i + 1] = command->options[i].name;
    nearest = yaml_nearest(name, names);
    complain(EXIT_USAGE, "%s has no option %.*s%s%s%s\nperf-review %s --help lists them", command->name,
             VIEW_ARG(name), nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "",
             command->name);
}

static bool parse_option(const struct command *command, int count, char *const *given, int *at,
                         struct arguments *out)
{
    struct view text = view_of(given[*at]);
    size_t equals = view_find_byte(text, '=', 0);
    struct view name = view_slice(text, 0, equals);
    const struct option *option;
    int index = find_option(command, name);

    if (index < 0) {
        unknown_option(command, name);
        return false;
    }
    option = &command->options[index];
    if (!option->value && equals != SIZE_MAX) {
        complain(EXIT_USAGE, "%s takes no value", option->name);
        return false;
    }
    if (!option->value) {
        out->values[index] = "";
    } else if (equals != SIZE_MAX) {
        out->values[index] = given[*at] + equals + 1;
    } else if (*at + 1 < count) {
        out->values[index] = given[++*at];
    } else {
        complain(EXIT_USAGE, "%s wants its %s", option->name, option->value);
        return false;
    }
    return true;
}

static bool check_words(const struct command *command, const struct arguments *arguments)
{
    if (arguments->word_count < command->words_min)
        complain(EXIT_USAGE, "%s wants %s\nperf-review %s --help tells more", command->name, command->words,
                 command->name);
    else if (arguments->word_count > command->words_max)
        complain(EXIT_USAGE, "%s does not take \"%s\"\nperf-review %s --help tells what it takes",
                 command->name, arguments->words[command->words_max], command->name);
    else
        return true;
    return false;
}

bool arguments_parse(const struct command *command, int count, char *const *given, const char **words,
                     struct arguments *out, bool *help)
{
    bool only_words = false;

    *out = (struct arguments){.words = words};
    *help = false;
    for (int i = 0; i < count; i++) {
        if (!only_words && strcmp(given[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && (strcmp(given[i], "--help") == 0 || strcmp(given[i], "-h") == 0)) {
            *help = true;
            return true;
        } else if (!only_words && given[i][0] == '-' && given[i][1] != '\0') {
            if (!parse_option(command, count, given, &i, out))
                return false;
        } else {
            words[out->word_count++] = given[i];
        }
    }
    return check_words(command, out);
}

const char *argument_of(const struct command *command, const struct arguments *arguments, const char *name)
{
    int index = find_option(command, view_of(name));

    return index < 0 ? NULL : arguments->values[index];
}

int argument_choice(const struct command *command, const struct arguments *arguments, const char *name,
                    const char *const *names)
{
    const char *given = argument_of(command, arguments, name), *nearest;
    int index = find_option(command, view_of(name));

    if (!given && index >= 0)
        given = command->options[index].preset;
    for (int i = 0; given && names[i]; i++)
        if (strcmp(given, names[i]) == 0)
            return i;
    nearest = given ? yaml_nearest(view_of(given), names) : NULL;
    fprintf(stderr, "perf-review: %s does not know \"%s\"%s%s%s; there are: ", name, given ? given : "",
            nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    for (int i = 0; names[i]; i++)
        fprintf(stderr, "%s%s", i ? ", " : "", names[i]);
    fputc('\n', stderr);
    return -1;
}

void command_help(const struct command *command)
{
    printf("%s\n\nUsage: perf-review %s", command->summary, command->name);
    if (command->options[0].name)
        printf(" [OPTION...]");
    if (command->words)
        printf(" %s", command->words);
    printf("\n");
    if (command->details)
        printf("\n%s", command->details);
    printf("\nOptions:\n");
    for (const struct option *option = command->options; option->name; option++) {
        char name[64];

        snprintf(name, sizeof(name), "%s%s%s", option->name, option->value ? " " : "",
                 option->value ? option->value : "");
        printf("  %-22s %s", name, option->help);
        if (option->preset)
            printf(" [default: %s]", option->preset);
        printf("\n");
    }
    printf("  %-22s %s\n", "--help", "this text");
    printf("\nExamples:\n%s", command->examples);
    printf(
        "\nExit status: 0 nothing at or above --fail-on, 1 something, 2 the command line or a configuration\n"
        "is wrong, 3 it could not be done.\n");
}
