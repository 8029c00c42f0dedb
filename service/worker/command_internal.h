/** @file command_internal.h  What the verbs share: who asks, and the answer that is being written. */
#pragma once
#include "base/buffer.h"
#include "intake/command.h"
#include "worker/command.h"

enum {
    COMMAND_ANSWER_BYTES = 60000, /* of what a comment may hold; the marker and the closing line come after */
    COMMAND_SAID_BYTES = 200,     /* of a person's words that an answer repeats */
};

struct command_turn {
    const struct command_world *world;
    const struct job_target *target;
    const struct store_job *job;
    struct arena *arena;
    struct forge_pull pull;
    struct forge_about about; /* the finding in whose conversation the comment stands */
    bool may_write;
    bool again, full, anew; /* a review is to be queued, and which */
    struct buffer *out;     /* the answer to the command at hand */
};

/** @p text in a span of code, in which it means nothing. */
void command_say_code(struct buffer *out, struct view text);
/** The same in a cell of a table. */
void command_say_cell(struct buffer *out, struct view text);
void command_say_help(struct buffer *out);
void command_say_unknown(const struct command *command, struct buffer *out);
/** What a rule is about. */
void command_say_rule(const struct command_turn *turn, const struct rule *rule);
/** The configuration that the next review follows, value by value. Errors: of the forge and the git store. */
NODISCARD
enum err_code command_say_config(const struct command_turn *turn, struct err *err);
/** What is known of the pull request, and what goes on. */
NODISCARD
enum err_code command_say_status(const struct command_turn *turn, struct err *err);
