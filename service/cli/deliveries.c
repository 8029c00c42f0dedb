/* perf-review deliveries list|show|replay */
#include "base/json_writer.h"
#include "common.h"
#include "worker/clocks.h"
#include <stdio.h>

enum { LIST_DEFAULT = 50, SHOWN_SHA = 12 };

struct desk { /* what each of the three commands opens */
    struct arena *arena;
    struct settings settings;
    struct store *store;
};

static enum err_code desk_open(struct desk *desk, const char *config, struct err *err)
{
    enum err_code code;

    *desk = (struct desk){.arena = arena_new(COMMON_ARENA_BYTES)};
    if (!desk->arena)
        return err_set(err, ERR_MEMORY, "no memory");
    code = common_settings(config, desk->arena, &desk->settings, err);
    return code == ERR_OK ? common_store(&desk->settings, desk->arena, &desk->store, err) : code;
}

static void desk_close(struct desk *desk)
{
    store_close(desk->store);
    arena_free(desk->arena);
}

static void add_json(const struct store_delivery *item, struct json_writer *writer)
{
    const struct store_record *record = &item->record;

    json_open_object(writer, NULL);
    json_add_int(writer, "id", item->id);
    json_add_text(writer, "delivery", record->delivery_id);
    json_add_text(writer, "state", view_of(store_state_name(item->state)));
    json_add_text(writer, "reason", item->reason);
    json_add_text(writer, "forge", record->forge);
    json_add_text(writer, "event", record->event);
    json_add_text(writer, "action", record->action);
    json_add_text(writer, "repository", record->repository);
    json_add_int(writer, "number", record->number);
    json_add_text(writer, "title", record->title);
    json_add_text(writer, "sender", record->sender);
    json_add_text(writer, "head", record->head_sha);
    json_add_text(writer, "head_ref", record->head_ref);
    json_add_text(writer, "base", record->base_sha);
    json_add_text(writer, "base_ref", record->base_ref);
    json_add_bool(writer, "draft", record->draft);
    json_add_int(writer, "received_ms", record->received_ms);
    json_add_int(writer, "finished_ms", item->finished_ms);
    json_add_int(writer, "attempts", item->attempts);
    json_add_int(writer, "review", item->review_id);
    json_close_object(writer);
}

/* A terminal obeys control bytes; a payload's text must not reach it with any. */
static void add_plain(struct buffer *out, struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        buffer_add_byte(out, c < ' ' || c == 0x7f ? ' ' : text.ptr[i]);
    }
}

static void add_row(const struct store_delivery *item, struct arena *arena, struct buffer *out)
{
    const struct store_record *record = &item->record;
    struct view pull =
        arena_format(arena, "%.*s#%lld", VIEW_ARG(record->repository), (long long)record->number);
    struct view what = arena_format(arena, "%.*s%s%.*s", VIEW_ARG(record->event),
                                    record->action.len ? "." : "", VIEW_ARG(record->action));

    buffer_add_format(out, "%-5lld %-19.*s %-36.*s %-10s ", (long long)item->id,
                      VIEW_ARG(common_time(record->received_ms, arena)), VIEW_ARG(record->delivery_id),
                      store_state_name(item->state));
    buffer_add_format(out, "%-24.*s ", VIEW_ARG(what));
    add_plain(out, record->number ? pull : record->repository);
    if (record->head_sha.len)
        buffer_add_format(out, " %.*s", VIEW_ARG(view_slice(record->head_sha, 0, SHOWN_SHA)));
    if (item->reason.len)
        buffer_add_text(out, "  ");
    add_plain(out, item->reason);
    buffer_add_byte(out, '\n');
}

static enum exit_status print_list(const struct store_delivery *items, size_t count, bool as_json,
                                   struct arena *arena)
{
    struct json_writer writer;
    enum exit_status status;
    struct buffer out;

    buffer_init(&out, OUTPUT_MAX_BYTES);
    json_writer_init(&writer, &out);
    if (as_json) {
        json_open_object(&writer, NULL);
        json_add_int(&writer, "version", 1);
        json_open_array(&writer, "deliveries");
    } else if (count == 0) {
        buffer_add_text(&out, "no deliveries\n");
    }
    for (size_t i = 0; i < count; i++)
        if (as_json)
            add_json(&items[i], &writer);
        else
            add_row(&items[i], arena, &out);
    if (as_json) {
        json_close_array(&writer);
        json_close_object(&writer);
        buffer_add_byte(&out, '\n');
    }
    status = common_print(&out, EXIT_DONE);
    buffer_deinit(&out);
    return status;
}

static bool read_filter(const struct command *command, const struct arguments *arguments,
                        struct store_filter *out)
{
    const char *state = argument_of(command, arguments, "--state");
    const char *repository = argument_of(command, arguments, "--repository");
    const char *limit = argument_of(command, arguments, "--limit");
    uint64_t number = LIST_DEFAULT;

    *out = (struct store_filter){.any_state = !state, .repository = view_of(repository)};
    if (state && !store_state_parse(view_of(state), &out->state)) {
        fprintf(stderr, "perf-review: there is no state \"%s\"; there are:", state);
        for (int i = 0; i < STORE_STATE_COUNT; i++)
            fprintf(stderr, " %s", store_state_name((enum store_state)i));
        fputc('\n', stderr);
        return false;
    }
    if (limit && (!view_to_u64(view_of(limit), &number) || number == 0 || number > STORE_LIST_MAX)) {
        complain(EXIT_USAGE, "--limit wants a number from 1 to %d", STORE_LIST_MAX);
        return false;
    }
    out->limit = (size_t)number;
    return true;
}

static const char *const FORMATS[] = {"text", "json", NULL};

static enum exit_status run_list(const struct command *command, const struct arguments *arguments)
{
    int format = argument_choice(command, arguments, "--format", FORMATS);
    const struct store_delivery *items;
    struct store_filter filter;
    struct desk desk;
    struct err err = {0};
    enum exit_status status;
    size_t count;
    enum err_code code;

    if (format < 0 || !read_filter(command, arguments, &filter))
        return EXIT_USAGE;
    code = desk_open(&desk, argument_of(command, arguments, "--config"), &err);
    if (code == ERR_OK)
        code = store_list_deliveries(desk.store, &filter, desk.arena, &items, &count, &err);
    status = code == ERR_OK ? print_list(items, count, format == 1, desk.arena) : complain_of(&err);
    desk_close(&desk);
    return status;
}

static void add_line(struct buffer *out, const char *name, struct view value)
{
    if (!value.len)
        return;
    buffer_add_format(out, "%-12s ", name);
    add_plain(out, value);
    buffer_add_byte(out, '\n');
}

static void add_all(const struct desk *desk, const struct store_delivery *item, struct buffer *out)
{
    const struct store_record *record = &item->record;
    struct arena *arena = desk->arena;

    add_line(out, "delivery", record->delivery_id);
    add_line(out, "number", arena_format(arena, "%lld", (long long)item->id));
    add_line(out, "state", view_of(store_state_name(item->state)));
    add_line(out, "reason", item->reason);
    add_line(out, "forge", record->forge);
    add_line(out, "event", record->event);
    add_line(out, "action", record->action);
    add_line(out, "repository", record->repository);
    if (record->number)
        add_line(out, "pull request", arena_format(arena, "%lld", (long long)record->number));
    add_line(out, "title", record->title);
    add_line(out, "sender", record->sender);
    add_line(out, "head", record->head_sha);
    add_line(out, "head branch", record->head_ref);
    add_line(out, "base", record->base_sha);
    add_line(out, "base branch", record->base_ref);
    add_line(out, "received", common_time(record->received_ms, arena));
    add_line(out, "finished", common_time(item->finished_ms, arena));
    if (item->attempts)
        add_line(out, "attempts", arena_format(arena, "%lld", (long long)item->attempts));
    if (item->review_id)
        add_line(out, "review",
                 arena_format(arena, "%.*s/reviews/%lld", VIEW_ARG(desk->settings.public_url),
                              (long long)item->review_id));
}

static enum exit_status run_show(const struct command *command, const struct arguments *arguments)
{
    int format = argument_choice(command, arguments, "--format", FORMATS);
    struct store_delivery item;
    struct json_writer writer;
    struct desk desk;
    struct err err = {0};
    enum exit_status status;
    struct buffer out;
    enum err_code code;

    if (format < 0)
        return EXIT_USAGE;
    buffer_init(&out, OUTPUT_MAX_BYTES);
    json_writer_init(&writer, &out);
    code = desk_open(&desk, argument_of(command, arguments, "--config"), &err);
    if (code == ERR_OK)
        code = store_find_delivery(desk.store, view_of(arguments->words[0]), desk.arena, &item, &err);
    if (code == ERR_OK && format == 1) {
        add_json(&item, &writer);
        buffer_add_byte(&out, '\n');
    } else if (code == ERR_OK) {
        add_all(&desk, &item, &out);
    }
    status = code == ERR_OK ? common_print(&out, EXIT_DONE) : complain_of(&err);
    desk_close(&desk);
    buffer_deinit(&out);
    return status;
}

static enum exit_status run_replay(const struct command *command, const struct arguments *arguments)
{
    struct store_delivery item;
    struct desk desk;
    struct err err = {0};
    enum exit_status status = EXIT_DONE;
    enum err_code code = desk_open(&desk, argument_of(command, arguments, "--config"), &err);

    if (code == ERR_OK)
        code = store_find_delivery(desk.store, view_of(arguments->words[0]), desk.arena, &item, &err);
    if (code == ERR_OK)
        code = store_replay(desk.store, item.id, clocks_wall_ms(NULL), &err);
    if (code == ERR_OK)
        printf("queued again: %.*s, %.*s#%lld\n", VIEW_ARG(item.record.delivery_id),
               VIEW_ARG(item.record.repository), (long long)item.record.number);
    else
        status = complain(EXIT_FAILED, "%s", err.message);
    desk_close(&desk);
    return status;
}

static const struct option LIST_OPTIONS[] = {
    OPTION_CONFIG,
    {"--state", "STATE", NULL, "only those: waiting, running, done, skipped, failed, superseded, ignored"},
    {"--repository", "NAME", NULL, "only those of one repository"},
    {"--limit", "N", "50", "at most so many, the newest"},
    {"--format", "FORMAT", "text", "text or json"},
    {0},
};

static const struct option SHOW_OPTIONS[] = {
    OPTION_CONFIG,
    {"--format", "FORMAT", "text", "text or json"},
    {0},
};

static const struct option REPLAY_OPTIONS[] = {OPTION_CONFIG, {0}};

const struct command COMMAND_DELIVERIES_LIST = {
    .name = "deliveries list",
    .summary = "what arrived and what became of it, newest first",
    .examples = "  perf-review deliveries list --state failed\n",
    .options = LIST_OPTIONS,
    .run = run_list,
};

const struct command COMMAND_DELIVERIES_SHOW = {
    .name = "deliveries show",
    .summary = "one delivery: its state, the reason, its review",
    .words = "ID",
    .words_min = 1,
    .words_max = 1,
    .details = "ID is the forge's delivery id, or the number that `deliveries list` shows.\n",
    .examples = "  perf-review deliveries show 42\n",
    .options = SHOW_OPTIONS,
    .run = run_show,
};

const struct command COMMAND_DELIVERIES_REPLAY = {
    .name = "deliveries replay",
    .summary = "do the work of a delivery again; a review that stands is not posted twice",
    .words = "ID",
    .words_min = 1,
    .words_max = 1,
    .examples = "  perf-review deliveries replay 42\n",
    .options = REPLAY_OPTIONS,
    .run = run_replay,
};
