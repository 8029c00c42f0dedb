/* Commands that people give in comments. Everything is asked of the forge as it is now; what a command
 * changes is on disk before the answer tells of it, and the answer is looked for before one is posted. */
#include "base/yaml.h"
#include "worker/command_internal.h"
#include "worker/wishes.h"

enum { HOUR_MS = 3600 * 1000, FINGERPRINT_LEN = 16, REASON_MAX = 300, WISH_KEY_MAX = 255 };

static enum err_code skip(struct job_result *result, struct view reason)
{
    result->end = JOB_SKIPPED;
    result->reason = reason;
    return ERR_OK;
}

static bool is_fingerprint(struct view text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return text.len == FINGERPRINT_LEN;
}

static void say_no_rule(const struct command_turn *turn, struct view word)
{
    const char *const *ids = analysis_rule_ids(turn->world->job->catalogue, turn->arena);
    const char *nearest = ids ? yaml_nearest(view_slice(word, 0, 64), ids) : NULL;

    command_say_code(turn->out, word);
    buffer_add_text(turn->out, " is no rule");
    if (nearest)
        buffer_add_format(turn->out, "; did you mean `%s`?", nearest);
    buffer_add_byte(turn->out, '\n');
}

/* What `ignore` and `unignore` speak of: a rule or a fingerprint, or what the conversation is about. */
static bool find_subject(const struct command_turn *turn, const struct command *command, struct view *key,
                         struct view *reason)
{
    *key = command_word(command->rest, reason);
    if (key->len > 0 && (is_fingerprint(*key) || catalogue_find(turn->world->job->catalogue, *key)))
        return true;
    if (turn->about.fingerprint.len > 0) {
        *key = turn->about.fingerprint;
        *reason = view_trim(command->rest);
        return true;
    }
    if (key->len > 0)
        say_no_rule(turn, *key);
    else
        buffer_add_text(turn->out, "Which rule, or which finding? `status` shows the IDs.\n");
    return false;
}

/* At most @p max bytes, cut between characters. */
static struct view cut(struct view text, size_t max)
{
    if (text.len <= max)
        return text;
    while (max > 0 && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return view_slice(text, 0, max);
}

static enum err_code remember(const struct command_turn *turn, enum store_wish_kind kind, struct view key,
                              struct view value, bool *done, struct err *err)
{
    const struct store_job *job = turn->job;
    const struct store_wish wish = {.kind = kind, .key = key, .value = value, .who = job->sender};
    const struct store_wish *items;
    size_t count = 0;
    enum err_code code = store_list_wishes(turn->world->store, job->forge, job->repository, job->number,
                                           turn->arena, &items, &count, err);

    *done = false;
    if (code != ERR_OK)
        return code;
    if (count >= STORE_WISHES_MAX || key.len > WISH_KEY_MAX) {
        buffer_add_format(turn->out,
                          "Not kept: %d wishes of up to %d characters are remembered in a pull "
                          "request; `.perf-review.yml` holds more.\n",
                          STORE_WISHES_MAX, WISH_KEY_MAX);
        return ERR_OK;
    }
    *done = true;
    return store_put_wish(turn->world->store, job->forge, job->repository, job->number, &wish,
                          turn->world->now_ms, err);
}

static enum err_code forget(const struct command_turn *turn, enum store_wish_kind kind, struct view key,
                            struct err *err)
{
    const struct store_job *job = turn->job;
    enum err_code code =
        store_drop_wish(turn->world->store, job->forge, job->repository, job->number, kind, key, err);

    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code do_run(struct command_turn *turn, const struct command *command, struct err *err)
{
    (void)err;
    turn->again = true;
    turn->full = turn->full || command->verb == COMMAND_FULL;
    return ERR_OK;
}

static enum err_code do_explain(struct command_turn *turn, const struct command *command, struct err *err)
{
    struct view rest, id = command_word(command->rest, &rest);
    const struct rule *rule = catalogue_find(turn->world->job->catalogue, id);

    (void)err;
    if (rule)
        command_say_rule(turn, rule);
    else if (id.len > 0)
        say_no_rule(turn, id);
    else
        buffer_add_text(turn->out, "Which rule? `/perf-review explain RULE`\n");
    return ERR_OK;
}

static enum err_code do_ignore(struct command_turn *turn, const struct command *command, struct err *err)
{
    struct view key, reason;
    bool done = false;
    enum err_code code = ERR_OK;

    if (!find_subject(turn, command, &key, &reason))
        return ERR_OK;
    if (reason.len == 0) {
        buffer_add_text(turn->out, "Why? A reason is part of it: `/perf-review ignore ");
        buffer_add(turn->out, key);
        buffer_add_text(turn->out, " REASON`\n");
        return ERR_OK;
    }
    code = remember(turn, STORE_WISH_IGNORE, key, cut(reason, REASON_MAX), &done, err);
    if (code != ERR_OK || !done)
        return code;
    command_say_code(turn->out, key);
    buffer_add_text(turn->out, " is ignored in this pull request: ");
    command_say_code(turn->out, reason);
    buffer_add_byte(turn->out, '\n');
    turn->again = turn->anew = true;
    return ERR_OK;
}

static enum err_code do_unignore(struct command_turn *turn, const struct command *command, struct err *err)
{
    const struct store_job *job = turn->job;
    struct view key, reason;
    enum err_code code;

    if (!find_subject(turn, command, &key, &reason))
        return ERR_OK;
    code = forget(turn, STORE_WISH_IGNORE, key, err);
    if (code == ERR_OK) /* what was declined in an answer is taken back too */
        code = store_drop_decline(turn->world->store, job->forge, job->repository, job->number, key, err);
    if (code != ERR_OK && code != ERR_NOT_FOUND)
        return code;
    command_say_code(turn->out, key);
    buffer_add_text(turn->out, " is not ignored.\n");
    turn->again = turn->anew = true;
    return ERR_OK;
}

static enum err_code do_heat(struct command_turn *turn, const struct command *command, struct err *err)
{
    bool hot = command->verb == COMMAND_HOT, done = false;
    struct view rest, path = command_word(command->rest, &rest);
    struct heat_mark mark;
    struct err why = {0};
    enum err_code code;

    if (wishes_read_mark(path, hot, &mark, &why) != ERR_OK) {
        command_say_code(turn->out, path);
        buffer_add_format(turn->out, ": %s\n", why.message);
        return ERR_OK;
    }
    code = remember(turn, STORE_WISH_HEAT, path, hot ? VIEW("hot") : VIEW("cold"), &done, err);
    if (code != ERR_OK || !done)
        return code;
    command_say_code(turn->out, path);
    buffer_add_format(turn->out, " counts as %s in this pull request.\n", hot ? "hot" : "cold");
    turn->again = turn->anew = true;
    return ERR_OK;
}

static enum err_code do_goal(struct command_turn *turn, const struct command *command, struct err *err)
{
    struct view words, name = command_word(command->rest, &words), value;
    enum goal goal = wishes_goal(name);
    bool done = false;
    enum err_code code;

    if (goal == GOAL_NONE) {
        buffer_add_text(turn->out, "Which goal? latency, throughput or memory\n");
        return ERR_OK;
    }
    value = arena_format(turn->arena, "%s%s%.*s", goal_name(goal), words.len ? " " : "",
                         VIEW_ARG(cut(words, REASON_MAX)));
    if (value.len == 0)
        return arena_full(turn->arena, err);
    code = remember(turn, STORE_WISH_GOAL, VIEW(""), value, &done, err);
    if (code != ERR_OK || !done)
        return code;
    buffer_add_format(turn->out, "The goal is %s in this pull request.\n", goal_name(goal));
    turn->again = turn->anew = true;
    return ERR_OK;
}

static enum err_code do_config(struct command_turn *turn, const struct command *command, struct err *err)
{
    (void)command;
    return command_say_config(turn, err);
}

static enum err_code do_pause(struct command_turn *turn, const struct command *command, struct err *err)
{
    bool done = false;
    enum err_code code;

    (void)command;
    code = remember(turn, STORE_WISH_PAUSE, VIEW(""), VIEW(""), &done, err);
    if (code == ERR_OK && done)
        buffer_add_text(turn->out, "Paused: pushes are not reviewed until `/perf-review resume`; "
                                   "`/perf-review run` reviews once.\n");
    return code;
}

static enum err_code do_resume(struct command_turn *turn, const struct command *command, struct err *err)
{
    enum err_code code = forget(turn, STORE_WISH_PAUSE, VIEW(""), err);

    (void)command;
    if (code == ERR_OK)
        buffer_add_text(turn->out, "Pushes are reviewed.\n");
    turn->again = true;
    return code;
}

static enum err_code do_status(struct command_turn *turn, const struct command *command, struct err *err)
{
    (void)command;
    return command_say_status(turn, err);
}

static enum err_code do_help(struct command_turn *turn, const struct command *command, struct err *err)
{
    (void)command;
    (void)err;
    command_say_help(turn->out);
    return ERR_OK;
}

typedef enum err_code verb_do(struct command_turn *turn, const struct command *command, struct err *err);
static verb_do *const VERBS[COMMAND_UNKNOWN] = {
    [COMMAND_RUN] = do_run,       [COMMAND_FULL] = do_run,          [COMMAND_EXPLAIN] = do_explain,
    [COMMAND_IGNORE] = do_ignore, [COMMAND_UNIGNORE] = do_unignore, [COMMAND_HOT] = do_heat,
    [COMMAND_COLD] = do_heat,     [COMMAND_PAUSE] = do_pause,       [COMMAND_RESUME] = do_resume,
    [COMMAND_GOAL] = do_goal,     [COMMAND_CONFIG] = do_config,     [COMMAND_STATUS] = do_status,
    [COMMAND_HELP] = do_help,
};

static enum err_code do_one(struct command_turn *turn, const struct command *command, struct err *err)
{
    if (command->verb == COMMAND_UNKNOWN) {
        command_say_unknown(command, turn->out);
        return ERR_OK;
    }
    if (!turn->may_write && !COMMANDS[command->verb].reads) {
        buffer_add_format(turn->out, "`%s` wants write access to the repository.\n",
                          COMMANDS[command->verb].name);
        return ERR_OK;
    }
    return VERBS[command->verb](turn, command, err);
}

/* The review is a delivery of ours, known by this job: what is done twice queues nothing twice. */
static enum err_code queue_review(struct command_turn *turn, struct buffer *answer, struct err *err)
{
    const struct store_job *job = turn->job;
    struct store_record record = {
        .forge = job->forge,
        .delivery_id = arena_format(turn->arena, "command-%.*s", VIEW_ARG(turn->target->marker)),
        .event = VIEW("command"),
        .action = turn->full ? VIEW("full") : VIEW("run"),
        .repository = job->repository,
        .number = job->number,
        .head_sha = turn->pull.head_sha,
        .head_ref = turn->pull.head_ref,
        .base_sha = turn->pull.base_sha,
        .base_ref = turn->pull.base_ref,
        .title = turn->pull.title,
        .sender = job->sender,
        .draft = turn->pull.draft,
        .again = true,
        .full = turn->full,
        .anew = turn->anew || turn->full,
        .received_ms = turn->world->now_ms,
        .wanted = STORE_WAITING};
    enum store_fate fate;
    enum err_code code;

    if (!turn->pull.open) {
        buffer_add_text(answer, "The pull request is closed: it is not reviewed.\n\n");
        return ERR_OK;
    }
    if (record.delivery_id.len == 0)
        return arena_full(turn->arena, err);
    code = store_accept(turn->world->store, &record, &fate, err);
    if (code != ERR_OK)
        return err_wrap(err, "queue the review");
    buffer_add_text(answer, "A review of ");
    command_say_code(answer, view_slice(turn->pull.head_sha, 0, 12));
    buffer_add_text(answer, " is queued.\n\n");
    return ERR_OK;
}

/* One section a command. One that is too long for the comment is left out, and that is said. */
static enum err_code do_all(struct command_turn *turn, struct buffer *answer, struct err *err)
{
    struct view rest = turn->job->command, line;
    struct buffer section;
    enum err_code code = ERR_OK;

    buffer_init(&section, COMMAND_ANSWER_BYTES);
    turn->out = &section;
    while (code == ERR_OK && view_split(&rest, '\n', &line)) {
        struct command command = command_parse(line);

        command_say_code(answer, command.line);
        buffer_add_text(answer, "\n\n");
        code = do_one(turn, &command, err);
        if (section.failed == ERR_OK && answer->len + section.len + COMMAND_SAID_BYTES < COMMAND_ANSWER_BYTES)
            buffer_add(answer, buffer_view(&section));
        else
            buffer_add_text(answer, "(too long for one comment with the others: ask for it alone)\n");
        buffer_add_byte(answer, '\n');
        buffer_clear(&section);
    }
    turn->out = NULL;
    buffer_deinit(&section);
    if (code == ERR_OK && turn->again)
        code = queue_review(turn, answer, err);
    buffer_add_text(answer, "<sub>Asked by ");
    command_say_code(answer, turn->job->sender);
    buffer_add_text(answer, ". The next command's answer takes the place of this one.</sub>");
    return code == ERR_OK ? buffer_check(answer, "the answer", err) : code;
}

/* Post it, or edit the one that stands. Where the outcome is not known, what stands decides. */
static enum err_code put_answer(const struct command_turn *turn, struct view body, struct err *err)
{
    const struct forge *forge = turn->target->forge;
    const struct store_job *job = turn->job;
    struct view marker = turn->target->marker;
    struct forge_posted standing = {0};
    struct err unknown;
    enum err_code code =
        forge->ops->answer_read(forge, job->repository, job->number, turn->arena, &standing, err);

    if (code != ERR_OK || (standing.found && view_equal(standing.job, marker)))
        return code;
    code = turn->world->still_ours(turn->world->ctx, err);
    if (code == ERR_OK)
        code = forge->ops->answer_put(forge, job->repository, job->number, &standing, body, marker,
                                      turn->arena, err);
    if (code != ERR_TIMEOUT)
        return code;
    unknown = *err;
    code = forge->ops->answer_read(forge, job->repository, job->number, turn->arena, &standing, err);
    if (code == ERR_OK && standing.found && view_equal(standing.job, marker))
        return ERR_OK;
    *err = unknown; /* the next attempt looks again before it posts */
    return ERR_TIMEOUT;
}

/* A forge that does not let us react may let us answer all the same. */
static enum err_code react(const struct command_turn *turn, enum forge_reaction reaction, struct err *err)
{
    const struct forge *forge = turn->target->forge;
    enum err_code code =
        forge->ops->react(forge, turn->job->repository, turn->job->comment, reaction, turn->arena, err);

    if (code != ERR_DENIED && code != ERR_INVALID)
        return code;
    LOG(turn->world->job->log, SETTINGS_LOG_WARN, "reaction refused", {"repository", turn->job->repository},
        {"error", view_of(err->message)});
    return ERR_OK;
}

static enum err_code carry_out(struct command_turn *turn, struct job_result *result, struct err *err)
{
    const struct forge *forge = turn->target->forge;
    const struct store_job *job = turn->job;
    struct buffer answer;
    enum err_code code = react(turn, FORGE_SEEN, err);

    if (code == ERR_NOT_FOUND)
        return skip(result, VIEW("the comment is gone"));
    if (code == ERR_OK)
        code = forge->ops->pull_get(forge, job->repository, job->number, NULL, turn->arena, &turn->pull, err);
    if (code == ERR_OK)
        code = forge->ops->may_write(forge, job->repository, job->sender, turn->arena, &turn->may_write, err);
    if (code != ERR_OK)
        return code;
    if (!turn->may_write && !view_equal(job->sender, turn->pull.author)) {
        code = react(turn, FORGE_REFUSED, err);
        return code == ERR_OK
                   ? skip(result, arena_format(turn->arena, "%.*s is neither the author nor may write",
                                               VIEW_ARG(job->sender)))
                   : code;
    }
    code = forge->ops->about(forge, job->repository, job->comment, turn->arena, &turn->about, err);
    if (code != ERR_OK)
        return code;
    buffer_init(&answer, 2 * COMMAND_ANSWER_BYTES);
    code = do_all(turn, &answer, err);
    if (code == ERR_OK)
        code = put_answer(turn, buffer_view(&answer), err);
    buffer_deinit(&answer);
    result->end = JOB_CLEAN;
    result->reason = VIEW("answered");
    return code;
}

enum err_code command_carry_out(const struct command_world *world, const struct job_target *target,
                                const struct store_job *job, struct arena *arena, struct job_result *result,
                                struct err *err)
{
    struct command_turn turn = {.world = world, .target = target, .job = job, .arena = arena};
    int64_t heard = 0, cap = world->job->settings->limits.commands;
    enum err_code code;

    if (!target->forge->ops->react)
        return skip(result, VIEW("no commands are taken from this forge"));
    code = store_count_commands(world->store, job, job->received_ms - HOUR_MS, &heard, err);
    if (code != ERR_OK)
        return code;
    if (heard >= cap)
        return skip(result,
                    arena_format(arena, "more than limits.commands, %lld, in an hour", (long long)cap));
    code = forge_enter(target->forge, job->repository, target->refused, arena, err);
    if (code == ERR_OK)
        code = carry_out(&turn, result, err);
    return code == ERR_OK
               ? ERR_OK
               : err_wrap(err, "answer in %.*s#%lld", VIEW_ARG(job->repository), (long long)job->number);
}
