/** @file command.h  What people tell us in comments: lines that begin with `/perf-review`. Which lines are
 *  commands is said here, and what their words are; what they do is the worker's. */
#pragma once
#include "base/arena.h"

enum {
    COMMANDS_MAX = 10,      /* of one comment; further ones are not read */
    COMMAND_LINE_MAX = 350, /* bytes of one line: the rest of a longer one is cut off */
    COMMAND_NEAREST_MAX = 16,
};

/* Verb, name, who may give it (reads: the author of the change too), what help says of it. */
#define COMMAND_VERBS(X)                                                                                     \
    X(COMMAND_RUN, "run", false, "", "review the present head again")                                        \
    X(COMMAND_FULL, "full", false, "", "the same, and list what is held back: low confidence, opt-in rules") \
    X(COMMAND_EXPLAIN, "explain", true, "RULE", "why a rule exists, what to do, what it costs")              \
    X(COMMAND_IGNORE, "ignore", false, "RULE|ID reason",                                                     \
      "decline all findings of a rule, or one finding, in this pull request; in an answer to a finding "     \
      "`ignore reason` will do")                                                                             \
    X(COMMAND_UNIGNORE, "unignore", false, "RULE|ID", "take that back")                                      \
    X(COMMAND_HOT, "hot", false, "PATH[:FUNCTION]", "this code is hot: rank what is found there higher")     \
    X(COMMAND_COLD, "cold", false, "PATH[:FUNCTION]", "this code is cold")                                   \
    X(COMMAND_GOAL, "goal", false, "latency|throughput|memory [words]",                                      \
      "what is to be gained: the order of the issues and the closing question follow it")                    \
    X(COMMAND_CONFIG, "config", true, "", "each value of the configuration, and where it comes from")        \
    X(COMMAND_PAUSE, "pause", false, "", "no reviews of further pushes")                                     \
    X(COMMAND_RESUME, "resume", false, "", "reviews again, of the present head at once")                     \
    X(COMMAND_STATUS, "status", true, "", "what is known and what is under way")                             \
    X(COMMAND_HELP, "help", true, "", "this list")

enum command_verb {
#define X(verb, name, reads, words, what) verb,
    COMMAND_VERBS(X)
#undef X
        COMMAND_UNKNOWN,
};

struct command_row {
    const char *name;
    bool reads; /* changes nothing */
    const char *words, *what;
};
extern const struct command_row COMMANDS[COMMAND_UNKNOWN];

struct command { /* borrows the line */
    enum command_verb verb;
    struct view line;    /* trimmed */
    struct view word;    /* the verb as it is written; empty: help */
    struct view rest;    /* behind the verb */
    const char *nearest; /* of COMMAND_UNKNOWN: the name that may be meant; NULL */
};

/** The commands in @p body, a comment in CommonMark: lines outside of code, quotes and HTML comments, joined
 *  by '\n'. Empty where there is none; @p out lives in @p arena. Errors: ERR_LIMIT where the arena is full.
 */
NODISCARD
enum err_code command_find(struct view body, struct arena *arena, struct view *out, struct err *err);
/** One of those lines. */
struct command command_parse(struct view line);
/** The first word of @p text; *rest is what stands behind it, trimmed. */
struct view command_word(struct view text, struct view *rest);
