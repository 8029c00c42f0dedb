/* The configuration that a review of the pull request follows, value by value. Both files are read as a
 * review reads them, and in a sandbox too. */
#include "git/fetch.h"
#include "settings/repository.h"
#include "worker/command_internal.h"
#include "worker/wishes.h"

enum { ROWS_MAX = 60, TABLE_BYTES = 40000 };

struct table {
    struct view own_text, shared_text; /* ptr NULL: there is none */
    struct view own_name, shared_name;
    const char *const *rules;
    int64_t max_comments; /* of the service */
    const struct store_wish *wishes;
    size_t wish_count;
    struct buffer *out;
    size_t rows;
};

static void add_row(struct table *table, const char *key, struct view value, struct view from)
{
    if (table->rows++ >= ROWS_MAX)
        return;
    buffer_add_format(table->out, "| `%s` | ", key);
    command_say_cell(table->out, value);
    buffer_add_text(table->out, " | ");
    command_say_cell(table->out, from);
    buffer_add_text(table->out, " |\n");
}

/* The first of three that says something. */
static void add_value(struct table *table, const char *key, struct view own, struct view shared,
                      struct view preset)
{
    if (own.len > 0)
        add_row(table, key, own, table->own_name);
    else if (shared.len > 0)
        add_row(table, key, shared, table->shared_name);
    else
        add_row(table, key, preset, VIEW("the service"));
}

static void add_lists(struct table *table, const struct repository_settings *settings, struct view from,
                      struct arena *arena)
{
    for (size_t i = 0; i < settings->mark_count; i++) {
        const struct repository_mark *mark = &settings->marks[i];

        add_row(table, mark->hot ? "hot" : "cold",
                arena_format(arena, "%.*s%s%.*s", VIEW_ARG(mark->glob), mark->symbol.len ? ":" : "",
                             VIEW_ARG(mark->symbol)),
                from);
    }
    for (size_t i = 0; i < settings->ignored_count; i++)
        add_row(table, "ignore", settings->ignored[i], from);
    for (size_t i = 0; i < settings->rules_off_count; i++)
        add_row(table, "rules", arena_format(arena, "%.*s: off", VIEW_ARG(settings->rules_off[i])), from);
    for (size_t i = 0; i < settings->severity_count; i++) {
        const struct repository_rule *rule = &settings->severities[i];

        add_row(table, "rules",
                arena_format(arena, "%.*s: %.*s", VIEW_ARG(rule->id),
                             VIEW_ARG(rule->severity.len ? rule->severity : VIEW("on"))),
                from);
    }
}

static void add_wishes(struct table *table, struct arena *arena)
{
    static const char *const KEYS[] = {
        [STORE_WISH_IGNORE] = "ignore", [STORE_WISH_GOAL] = "goal", [STORE_WISH_PAUSE] = "pause"};

    for (size_t i = 0; i < table->wish_count; i++) {
        const struct store_wish *wish = &table->wishes[i];
        struct view value = wish->kind == STORE_WISH_GOAL    ? wish->value
                            : wish->kind == STORE_WISH_PAUSE ? VIEW("on")
                                                             : wish->key;
        bool hot = wish->kind == STORE_WISH_HEAT && view_is(wish->value, "hot");

        if ((int)wish->kind < STORE_WISH_IGNORE || wish->kind > STORE_WISH_PAUSE)
            continue;
        add_row(table,
                wish->kind != STORE_WISH_HEAT ? KEYS[wish->kind]
                : hot                         ? "hot"
                                              : "cold",
                value, arena_format(arena, "a command of %.*s", VIEW_ARG(wish->who)));
    }
}

static enum err_code read_file(struct table *table, struct view text, struct view name, struct arena *arena,
                               struct repository_settings *out, struct err *err)
{
    struct err why = {0};
    enum err_code code;

    *out = (struct repository_settings){.max_comments = -1};
    if (!text.ptr)
        return ERR_OK;
    code = repository_settings_parse(text, name, table->rules, arena, out, &why);
    if (code == ERR_OK)
        return ERR_OK;
    if (code != ERR_INVALID)
        return err_set(err, code, "%s", why.message);
    *out = (struct repository_settings){.max_comments = -1};
    buffer_add_text(table->out, "This file is broken, and what it says is left out: ");
    command_say_code(table->out, view_of(why.message));
    buffer_add_text(table->out, "\n\n");
    return ERR_OK;
}

static struct view number_of(int64_t number, struct arena *arena)
{
    return number < 0 ? (struct view){0} : arena_format(arena, "%lld", (long long)number);
}

/* In the child. */
static enum err_code write_table(void *ctx, struct buffer *out, struct err *err)
{
    struct table *table = ctx;
    struct arena *arena = arena_new(4 << 20);
    struct repository_settings own, shared;
    enum err_code code;

    if (!arena)
        return err_set(err, ERR_MEMORY, "no memory for the configuration");
    table->out = out;
    code = read_file(table, table->shared_text, table->shared_name, arena, &shared, err);
    if (code == ERR_OK)
        code = read_file(table, table->own_text, table->own_name, arena, &own, err);
    if (code == ERR_OK) {
        buffer_add_text(out, "| key | value | from |\n|---|---|---|\n");
        add_value(table, "max_comments", number_of(own.max_comments, arena),
                  number_of(shared.max_comments, arena), number_of(table->max_comments, arena));
        add_value(table, "min_severity", own.min_severity, shared.min_severity, VIEW("low"));
        add_value(table, "trigger", own.trigger, shared.trigger, VIEW("push"));
        add_value(table, "fail_on", own.fail_on, shared.fail_on, VIEW("none"));
        add_lists(table, &shared, table->shared_name, arena);
        add_lists(table, &own, table->own_name, arena);
        add_wishes(table, arena);
        if (table->rows > ROWS_MAX)
            buffer_add_format(out, "\nand %zu more\n", table->rows - ROWS_MAX);
    }
    arena_free(arena);
    return code;
}

/* The file as the base branch has it now. */
static enum err_code read_base(const struct command_turn *turn, struct view *out, struct err *err)
{
    const struct forge *forge = turn->target->forge;
    const struct mirror_remote remote = {.url = forge_clone_url(forge, turn->job->repository, turn->arena),
                                         .user = view_of(forge->ops->git_user),
                                         .password = forge->token};
    const struct mirror_want want = {.what = VIEW("base"),
                                     .ref = forge_branch_ref(turn->pull.base_ref, turn->arena),
                                     .id = turn->pull.base_sha};
    struct mirror *mirror = NULL;
    char ids[1][MIRROR_ID_SIZE];
    enum err_code code =
        mirror_open_store(turn->world->job->settings->data, forge->name, turn->job->repository, &mirror, err);

    if (code == ERR_OK && (!remote.url.len || !want.ref.len))
        code = arena_full(turn->arena, err);
    if (code == ERR_OK)
        code = mirror_fetch(mirror, &remote, &want, 1, ids, err);
    if (code == ERR_OK)
        code = mirror_read_path(mirror, turn->pull.base_sha, VIEW(REPOSITORY_SETTINGS_PATH),
                                REPOSITORY_SETTINGS_MAX_BYTES, turn->arena, out, err);
    if (code == ERR_OK && !out->ptr)
        *out = VIEW("");
    mirror_free(mirror);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code command_say_config(const struct command_turn *turn, struct err *err)
{
    const struct job_world *world = turn->world->job;
    const struct forge *forge = turn->target->forge;
    const struct store_job *job = turn->job;
    struct forge_standing standing = {0};
    struct sandbox_limits limits = world->sandbox;
    struct table table = {.own_name = VIEW(REPOSITORY_SETTINGS_PATH),
                          .shared_name = forge_shared_settings_name(job->repository, turn->arena),
                          .rules = analysis_rule_ids(world->catalogue, turn->arena),
                          .max_comments = world->settings->limits.max_comments};
    struct buffer text;
    enum err_code code = table.rules ? read_base(turn, &table.own_text, err) : arena_full(turn->arena, err);

    if (code == ERR_OK)
        code = forge->ops->standing_read(forge, job->repository, job->number, turn->pull.head_sha,
                                         turn->arena, &standing, err);
    if (code == ERR_OK)
        code = store_list_wishes(turn->world->store, job->forge, job->repository, job->number, turn->arena,
                                 &table.wishes, &table.wish_count, err);
    if (code != ERR_OK)
        return code;
    table.shared_text = standing.shared_settings;
    limits.output_bytes = TABLE_BYTES;
    buffer_init(&text, TABLE_BYTES);
    code = sandbox_run(write_table, &table, &limits, &text, err);
    if (code == ERR_OK)
        buffer_add(turn->out, buffer_view(&text));
    buffer_deinit(&text);
    return code;
}
