/** @file command.h  A command of the program: what it takes, what it says of itself, what it does. */
#pragma once
#include "base/err.h"

enum exit_status {
    EXIT_DONE = 0,   /* nothing at or above --fail-on */
    EXIT_FOUND = 1,  /* something */
    EXIT_USAGE = 2,  /* the command line or a configuration is wrong */
    EXIT_FAILED = 3, /* it could not be done */
};

enum { OPTIONS_MAX = 16 };

struct option {
    const char *name;   /* "--config" */
    const char *value;  /* "FILE"; NULL: a flag */
    const char *preset; /* what holds where it is not given; NULL: nothing to tell */
    const char *help;
};

struct arguments {
    const char *values[OPTIONS_MAX]; /* by the option's index; a flag that is given is "" */
    const char *const *words;        /* what is no option */
    size_t word_count;
};

struct command {
    const char *name;    /* one word or two: "check", "rules test" */
    const char *summary; /* a line */
    const char *words;   /* "DIR", "[PATH...]"; NULL: takes none */
    size_t words_min, words_max;
    const char *details;          /* more on what it does; whole lines; may be NULL */
    const char *examples;         /* whole lines */
    const struct option *options; /* ends with a NULL name */
    enum exit_status (*run)(const struct command *command, const struct arguments *arguments);
};

extern const struct command COMMAND_SERVE, COMMAND_WORKER, COMMAND_CHECK, COMMAND_REVIEW, COMMAND_RULES,
    COMMAND_RULES_TEST, COMMAND_EXPLAIN, COMMAND_CONFIG_CHECK, COMMAND_DOCTOR, COMMAND_DELIVERIES_LIST,
    COMMAND_DELIVERIES_SHOW, COMMAND_DELIVERIES_REPLAY;

/** The value of an option of @p command; NULL where it is not given. */
const char *argument_of(const struct command *command, const struct arguments *arguments, const char *name);
/** Read what follows the command's name. @p words has room for @p count. False after a message. */
bool arguments_parse(const struct command *command, int count, char *const *given, const char **words,
                     struct arguments *out, bool *help);
/** The index of an option's value in @p names (NULL-terminated), or of its preset; -1 after a message that
 *  lists them. */
int argument_choice(const struct command *command, const struct arguments *arguments, const char *name,
                    const char *const *names);
void command_help(const struct command *command);

/** "perf-review: ..." on stderr; gives @p status back. */
enum exit_status complain(enum exit_status status, const char *format, ...) PRINTF_LIKE(2, 3);
/** The same for an error: EXIT_USAGE for ERR_INVALID, else EXIT_FAILED. */
enum exit_status complain_of(const struct err *err);
