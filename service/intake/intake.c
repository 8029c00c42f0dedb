/* A webhook on its way from the server's thread to the store's writer. The body is read where the server
 * has it; only the key record goes on. */
#include "intake/intake.h"
#include "base/json_writer.h"
#include "intake/command.h"
#include <stdatomic.h>
#include <stdlib.h>

enum {
    ARENA_BYTES = 1 << 20,
    TITLE_MAX = 1000,      /* bytes that are kept: a title is only shown */
    RETRY_AFTER_MS = 5000, /* where the failure does not say */
    ANSWER_MAX = 8 << 10,
};

struct intake {
    struct intake_options options;
    struct arena *arena; /* of the event that is being parsed; the handler runs on one thread */
    atomic_uint_fast64_t denied, malformed, ignored, unknown_forge;
};

struct intake *intake_new(const struct intake_options *options)
{
    struct intake *intake = calloc(1, sizeof(*intake));

    if (!intake)
        return NULL;
    intake->options = *options;
    intake->arena = arena_new(ARENA_BYTES);
    if (!intake->arena) {
        free(intake);
        return NULL;
    }
    return intake;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    arena_free(intake->arena);
    free(intake);
}

static void count(atomic_uint_fast64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

struct intake_counts intake_count(const struct intake *intake)
{
    return (struct intake_counts){
        .denied = atomic_load_explicit(&intake->denied, memory_order_relaxed),
        .malformed = atomic_load_explicit(&intake->malformed, memory_order_relaxed),
        .ignored = atomic_load_explicit(&intake->ignored, memory_order_relaxed),
        .unknown_forge = atomic_load_explicit(&intake->unknown_forge, memory_order_relaxed),
    };
}

/* Whether the sender is at fault (and must not try the same again) or we are. */
static unsigned status_of(enum err_code code)
{
    switch (code) {
    case ERR_INVALID:
    case ERR_LIMIT:
        return 400;
    case ERR_DENIED:
        return 401;
    case ERR_MEMORY:
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
        return 503;
    default:
        return 500;
    }
}

static void refuse(struct http_exchange *exchange, const struct err *err)
{
    struct err told = *err;
    unsigned status = status_of(err->code);

    if (status == 503 && told.retry_after_ms <= 0)
        told.retry_after_ms = RETRY_AFTER_MS;
    /* What failed inside is for the log of the one who runs this, not for who sends webhooks. */
    if (status == 500)
        err_set(&told, err->code, "internal error");
    http_exchange_refuse(exchange, status, &told);
}

/* {"name":"text"} */
static void answer_text(struct http_exchange *exchange, unsigned status, const char *name, struct view text)
{
    struct http_answer answer = {.status = status};
    struct json_writer writer;
    struct buffer body;

    buffer_init(&body, ANSWER_MAX);
    json_writer_init(&writer, &body);
    json_open_object(&writer, NULL);
    json_add_text(&writer, name, text);
    json_close_object(&writer);
    answer.body = buffer_view(&body);
    http_exchange_answer(exchange, &answer);
    buffer_deinit(&body);
}

/* On the writer's thread, when the record is on disk or surely is not. */
static void on_accepted(void *ctx, const struct store_record *record, enum err_code code,
                        enum store_fate fate, const struct err *err)
{
    (void)fate; /* a delivery that came again is answered as it was the first time */
    if (code == ERR_OK)
        answer_text(ctx, 202, "delivery", record->delivery_id);
    else
        refuse(ctx, err);
}

static struct view request_header(const void *ctx, const char *name)
{
    return http_request_header(ctx, name);
}

static const struct forge *find_forge(const struct intake *intake, struct view name)
{
    for (size_t i = 0; i < intake->options.forge_count; i++)
        if (view_equal(intake->options.forges[i].name, name))
            return &intake->options.forges[i];
    return NULL;
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

static struct store_record record_of(const struct intake *intake, const struct forge *forge,
                                     const struct forge_event *event)
{
    struct store_record record = {
        .forge = forge->name,
        .delivery_id = event->delivery_id,
        .event = event->event,
        .action = event->action,
        .repository = event->repository,
        .number = event->number,
        .head_sha = event->head_sha,
        .head_ref = event->head_ref,
        .base_sha = event->base_sha,
        .base_ref = event->base_ref,
        .title = cut(event->title, TITLE_MAX),
        .sender = event->sender,
        .draft = event->draft,
        .base_changed = event->base_changed,
        .again = event->again,
        .received_ms = intake->options.now_ms(intake->options.clock),
        .wanted = STORE_WAITING,
        .reason = event->reason,
    };

    if (event->kind == FORGE_CLOSED) {
        record.wanted = STORE_SKIPPED;
    } else if (event->draft) {
        record.wanted = STORE_SKIPPED;
        record.reason = VIEW("the pull request is a draft");
    }
    return record;
}

/* A comment is a delivery only where it tells us something: what people say to each other is not kept. */
static enum err_code read_command(struct intake *intake, struct forge_event *event,
                                  struct store_record *record, struct err *err)
{
    enum err_code code = command_find(event->body, intake->arena, &record->command, err);

    record->comment = event->comment;
    if (code == ERR_OK && record->command.len == 0) {
        event->kind = FORGE_IGNORED;
        event->reason = VIEW("a comment without a command");
    }
    return code;
}

void intake_handle(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    struct intake *intake = ctx;
    const struct forge_request signed_request = {
        .header = request_header, .ctx = request, .body = request->body};
    const struct forge *forge = find_forge(intake, http_request_param(request, "name"));
    struct forge_event event = {0};
    struct store_record record;
    struct err err = {0};

    if (!forge) {
        count(&intake->unknown_forge);
        err_set(&err, ERR_NOT_FOUND, "no forge of that name is configured");
        http_exchange_refuse(exchange, 404, &err);
        return;
    }
    if (forge->ops->verify(forge, &signed_request, &err) != ERR_OK) {
        count(&intake->denied);
        refuse(exchange, &err);
        return;
    }
    arena_reset(intake->arena);
    if (forge->ops->parse(forge, &signed_request, intake->arena, &event, &err) != ERR_OK) {
        count(&intake->malformed);
        refuse(exchange, &err);
        return;
    }
    record = record_of(intake, forge, &event);
    if (event.kind == FORGE_COMMENT && read_command(intake, &event, &record, &err) != ERR_OK) {
        refuse(exchange, &err);
        return;
    }
    if (event.kind == FORGE_IGNORED) {
        count(&intake->ignored);
        answer_text(exchange, 200, "ignored", event.reason);
        return;
    }
    if (store_writer_accept(intake->options.writer, &record, on_accepted, exchange, &err) != ERR_OK)
        refuse(exchange, &err);
}
