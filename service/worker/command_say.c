/* What an answer says. Words of people stand in spans of code alone, so that they can neither mention anybody
 * nor break out; no line of an answer begins with a command. */
#include "base/json.h"
#include "worker/command_internal.h"

enum { FINDINGS_SHOWN = 50, RULE_BYTES = 16 << 10 };

static void say_code(struct buffer *out, struct view text, bool in_table)
{
    size_t end = text.len;

    if (end > COMMAND_SAID_BYTES)
        for (end = COMMAND_SAID_BYTES; end > 0 && ((unsigned char)text.ptr[end] & 0xc0) == 0x80;)
            end--;
    buffer_add_byte(out, '`');
    for (size_t i = 0; i < end; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        if (byte == '|' && in_table) /* a bar ends the cell, in code too */
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, byte == '`' ? '\'' : byte < ' ' || byte == 0x7f ? ' ' : (char)byte);
    }
    buffer_add_text(out, end < text.len ? "...`" : end == 0 ? " `" : "`");
}

void command_say_code(struct buffer *out, struct view text)
{
    say_code(out, text, false);
}

void command_say_cell(struct buffer *out, struct view text)
{
    say_code(out, text, true);
}

void command_say_help(struct buffer *out)
{
    buffer_add_text(out, "| command | what it does |\n|---|---|\n");
    for (int i = 0; i < COMMAND_UNKNOWN; i++) {
        struct view words = view_of(COMMANDS[i].words);

        buffer_add_format(out, "| `/perf-review %s%s", COMMANDS[i].name, words.len ? " " : "");
        for (size_t j = 0; j < words.len; j++) /* in a table a bar ends the cell, in code too */
            buffer_add_format(out, words.ptr[j] == '|' ? "\\|" : "%c", words.ptr[j]);
        buffer_add_format(out, "` | %s |\n", COMMANDS[i].what);
    }
    buffer_add_text(
        out, "\n`explain`, `config`, `status` and `help` are for the author of the change too; the others "
             "want write access. An ID is the 16 digits that `status` shows.\n");
}

void command_say_unknown(const struct command *command, struct buffer *out)
{
    command_say_code(out, command->word);
    buffer_add_text(out, " is no command.");
    if (command->nearest)
        buffer_add_format(out, " Did you mean `%s`?", command->nearest);
    buffer_add_text(out, "\n\n");
    command_say_help(out);
}

/* A fence that the text cannot close. */
static void add_fenced(struct buffer *out, struct view text)
{
    size_t longest = 2, run = 0;

    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        buffer_add_byte(out, '`');
    buffer_add_text(out, "text\n");
    buffer_add(out, view_trim(text));
    buffer_add_byte(out, '\n');
    for (size_t i = 0; i <= longest; i++)
        buffer_add_byte(out, '`');
    buffer_add_byte(out, '\n');
}

void command_say_rule(const struct command_turn *turn, const struct rule *rule)
{
    struct view url = turn->world->job->settings->public_url, whole, shown;
    struct buffer text;

    buffer_init(&text, 1 << 20);
    rule_render_text(rule, false, &text);
    whole = buffer_view(&text);
    shown = whole;
    if (whole.len > RULE_BYTES) { /* whole lines alone */
        size_t end = RULE_BYTES;

        while (end > 0 && whole.ptr[end] != '\n')
            end--;
        shown = view_slice(whole, 0, end);
    }
    add_fenced(turn->out, shown);
    if (shown.len < whole.len)
        buffer_add_text(turn->out, "\nThe rest is left out here.\n");
    if (url.len > 0)
        buffer_add_format(turn->out, "\n[The rule's page](%.*s/rules/%.*s)\n", VIEW_ARG(url),
                          VIEW_ARG(rule->id));
    buffer_deinit(&text);
}

static void add_finding(struct buffer *out, const struct json *item)
{
    struct view id, rule, path;
    int64_t line;

    if (!json_text(item, "fingerprint", &id) || !json_text(item, "rule", &rule) ||
        !json_text(item, "path", &path) || !json_int(item, "line", &line))
        return;
    buffer_add_text(out, "| ");
    command_say_code(out, id);
    buffer_add_text(out, " | ");
    command_say_code(out, rule);
    buffer_add_text(out, " | ");
    command_say_cell(out, path);
    buffer_add_format(out, " line %lld |\n", (long long)line);
}

/* The findings of the head's review, by the ids that `ignore` takes. */
static enum err_code add_review(const struct command_turn *turn, struct err *err)
{
    const struct store_job *job = turn->job;
    const struct json *first;
    struct store_review review;
    struct json *root = NULL;
    size_t shown = 0;
    enum err_code code = store_find_review_of(turn->world->store, job->forge, job->repository, job->number,
                                              turn->pull.head_sha, turn->arena, &review, err);

    buffer_add_text(turn->out, "- head ");
    command_say_code(turn->out, view_slice(turn->pull.head_sha, 0, 12));
    if (code == ERR_NOT_FOUND) {
        buffer_add_text(turn->out, ": no review yet\n");
        return ERR_OK;
    }
    if (code == ERR_OK)
        code = json_parse(review.json, &root, err);
    if (code != ERR_OK)
        return code;
    first = json_first(json_at(root, "findings"));
    buffer_add_text(turn->out, first ? ": reviewed\n\n| ID | rule | where |\n|---|---|---|\n"
                                     : ": reviewed, nothing found\n");
    for (const struct json *item = first; item && shown < FINDINGS_SHOWN; item = json_next(item), shown++)
        add_finding(turn->out, item);
    if (first)
        buffer_add_byte(turn->out, '\n');
    json_free(root);
    return ERR_OK;
}

static void add_wish(struct buffer *out, const struct store_wish *wish)
{
    static const char *const KINDS[] = {[STORE_WISH_IGNORE] = "ignored: ",
                                        [STORE_WISH_HEAT] = "",
                                        [STORE_WISH_GOAL] = "goal: ",
                                        [STORE_WISH_PAUSE] = "paused"};
    struct view why = wish->value;

    if ((size_t)wish->kind >= COUNT_OF(KINDS) || !KINDS[wish->kind])
        return;
    buffer_add_format(out, "- %s", KINDS[wish->kind]);
    if (wish->kind == STORE_WISH_HEAT) {
        buffer_add_format(out, "%.*s: ", VIEW_ARG(wish->value));
        why = (struct view){0};
    }
    if (wish->key.len > 0)
        command_say_code(out, wish->key);
    buffer_add_text(out, wish->kind == STORE_WISH_GOAL ? "" : " by ");
    if (wish->kind != STORE_WISH_GOAL)
        command_say_code(out, wish->who);
    if (why.len > 0) {
        buffer_add_text(out, wish->kind == STORE_WISH_GOAL ? "" : ": ");
        command_say_code(out, why);
    }
    buffer_add_byte(out, '\n');
}

enum err_code command_say_status(const struct command_turn *turn, struct err *err)
{
    const struct store_job *job = turn->job;
    struct store *store = turn->world->store;
    enum store_state state = STORE_DONE;
    const struct store_wish *items;
    size_t count = 0;
    enum err_code code = store_review_state(store, job->forge, job->repository, job->number, &state, err);

    if (code == ERR_OK)
        code = store_list_wishes(store, job->forge, job->repository, job->number, turn->arena, &items, &count,
                                 err);
    if (code != ERR_OK)
        return code;
    if (!turn->pull.open)
        buffer_add_text(turn->out, "- the pull request is closed: it gets no further review\n");
    if (state != STORE_DONE)
        buffer_add_format(turn->out, "- a review %s\n",
                          state == STORE_RUNNING ? "is under way" : "is queued");
    for (size_t i = 0; i < count; i++)
        add_wish(turn->out, &items[i]);
    return add_review(turn, err);
}
