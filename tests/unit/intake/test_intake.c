/* Webhooks over a real server into a real store; the forge is a fake whose signature is a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/client.h"
#include "intake/intake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_CAP = 4096 };

struct fixture {
    char folder[64], path[96];
    struct store_options options;
    struct store_writer *writer;
    struct store *store; /* a second connection, to look */
    struct forge forge;
    struct intake *intake;
    struct http_route route;
    struct http_server *server;
    struct http_curl *curl;
    struct arena *arena;
    int parsed; /* calls of fake_parse(), through forge.clock */
};

static enum err_code fake_verify(const struct forge *forge, const struct forge_request *request,
                                 struct err *err)
{
    struct view given = request->header(request->ctx, "X-Signature");

    return view_equal(given, forge->secrets[0]) ? ERR_OK : err_set(err, ERR_DENIED, "the signature is wrong");
}

/* "kind delivery number head [title]": kinds are review, draft, closed, ignored; anything else is malformed.
 */
static enum err_code fake_parse(const struct forge *forge, const struct forge_request *request,
                                struct arena *arena, struct forge_event *out, struct err *err)
{
    struct forge_event event = {.event = VIEW("pull_request"),
                                .action = VIEW("opened"),
                                .repository = VIEW("octo/hello"),
                                .base_ref = VIEW("main")};
    struct view rest = request->body, kind = {0}, number = {0};
    uint64_t value = 0;
    bool good;

    ++*(int *)(uintptr_t)forge->clock;
    good = view_split(&rest, ' ', &kind) && view_split(&rest, ' ', &event.delivery_id) &&
           view_split(&rest, ' ', &number) && view_split(&rest, ' ', &event.head_sha) &&
           view_to_u64(number, &value);
    if (!good)
        return err_set(err, ERR_INVALID, "the field number is missing");
    event.title = rest;
    event.number = (int64_t)value;
    event.draft = view_is(kind, "draft");
    event.kind = view_is(kind, "ignored")  ? FORGE_IGNORED
                 : view_is(kind, "closed") ? FORGE_CLOSED
                                           : FORGE_REVIEW;
    if (event.kind != FORGE_REVIEW)
        event.reason = arena_format(arena, "%s", event.kind == FORGE_CLOSED ? "closed" : "a label");
    *out = event;
    return ERR_OK;
}

static const struct forge_ops FAKE = {.kind = "fake", .verify = fake_verify, .parse = fake_parse};

static int64_t now_ms(const void *clock)
{
    (void)clock;
    return 1234;
}

static int up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct http_server_options server = {.host = VIEW("127.0.0.1"), .connections = 16, .idle_seconds = 5};
    const struct http_curl_options client = {.proxy = ""};
    struct intake_options intake = {.forge_count = 1, .now_ms = now_ms};
    struct err err = {0};

    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/perf-review-intake-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof(fixture->path), "%s/x.db", fixture->folder);
    fixture->options = (struct store_options){.path = fixture->path, .queue_max = 3};
    fixture->forge = (struct forge){.ops = &FAKE,
                                    .name = VIEW("github"),
                                    .secrets = {VIEW("good")},
                                    .secret_count = 1,
                                    .clock = &fixture->parsed};
    fixture->arena = arena_new(1 << 20);
    if (store_writer_new(&fixture->options, -1, &fixture->writer, &err) != ERR_OK ||
        store_open(&fixture->options, &fixture->store, &err) != ERR_OK)
        fail_msg("%s", err.message);
    intake.forges = &fixture->forge;
    intake.writer = fixture->writer;
    fixture->intake = intake_new(&intake);
    fixture->route = (struct http_route){"POST", INTAKE_PATTERN, intake_handle, fixture->intake, BODY_CAP};
    server.routes = &fixture->route;
    server.route_count = 1;
    if (http_server_new(&server, &fixture->server, &err) != ERR_OK ||
        http_curl_new(&client, &fixture->curl, &err) != ERR_OK)
        fail_msg("%s", err.message);
    *state = fixture;
    return 0;
}

static int down(void **state)
{
    static const char *const NAMES[] = {"", "-wal", "-shm"};
    struct fixture *fixture = *state;
    char path[128];

    http_curl_free(fixture->curl);
    http_server_free(fixture->server);
    store_writer_free(fixture->writer);
    store_close(fixture->store);
    intake_free(fixture->intake);
    arena_free(fixture->arena);
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        snprintf(path, sizeof(path), "%s%s", fixture->path, NAMES[i]);
        unlink(path);
    }
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

static struct http_reply post(struct fixture *fixture, const char *name, const char *signature,
                              struct view body)
{
    const struct http_header header = {VIEW("X-Signature"), view_of(signature)};
    struct http_client client = http_curl_client(fixture->curl);
    struct http_call call = {.method = VIEW("POST"), .headers = &header, .header_count = 1, .body = body};
    struct http_reply reply = {0};
    struct err err = {0};

    call.url = arena_format(fixture->arena, "http://127.0.0.1:%u/webhooks/%s",
                            http_server_port(fixture->server), name);
    if (client.send(client.ctx, &call, fixture->arena, &reply, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return reply;
}

static int64_t stored(struct fixture *fixture)
{
    struct store_counts counts;
    int64_t total = 0;

    assert_int_equal(store_count(fixture->store, &counts, NULL), ERR_OK);
    for (int i = 0; i < STORE_STATE_COUNT; i++)
        total += counts.deliveries[i];
    return total;
}

static void a_signed_delivery_is_on_disk_when_it_is_acknowledged(void **state)
{
    struct fixture *fixture = *state;
    struct http_reply reply = post(fixture, "github", "good", VIEW("review d-1 7 abc A title"));
    struct store_delivery delivery;

    assert_int_equal(reply.status, 202);
    assert_true(view_is(reply.body, "{\"delivery\":\"d-1\"}"));
    assert_int_equal(store_find_delivery(fixture->store, VIEW("d-1"), fixture->arena, &delivery, NULL),
                     ERR_OK);
    assert_int_equal(delivery.state, STORE_WAITING);
    assert_int_equal(delivery.record.number, 7);
    assert_int_equal(delivery.record.received_ms, 1234);
    assert_true(view_is(delivery.record.forge, "github") && view_is(delivery.record.head_sha, "abc"));
    assert_true(view_is(delivery.record.title, "A title") && view_is(delivery.record.base_ref, "main"));
    reply = post(fixture, "github", "good", VIEW("review d-1 7 abc A title")); /* again */
    assert_int_equal(reply.status, 202);
    assert_int_equal(stored(fixture), 1);
}

static void what_is_refused_is_neither_parsed_nor_stored(void **state)
{
    struct fixture *fixture = *state;
    static char big[BODY_CAP + 1];
    const struct {
        const char *name, *signature;
        struct view body;
        int status, parsed;
        const char *reply;
    } rows[] = {
        {"gitea", "good", VIEW("review d 7 abc"), 404, 0, "no forge of that name"},
        {"github", "bad", VIEW("review d 7 abc"), 401, 0, "signature"},
        {"github", "", VIEW("review d 7 abc"), 401, 0, "signature"},
        {"github", "good", VIEW("review"), 400, 1, "{\"error\":\"the field number is missing\"}"},
        {"github", "good", VIEW("review d 0 abc"), 400, 1, "number"},
        {"github", "good", {big, sizeof(big)}, 413, 0, "too large"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply;

        fixture->parsed = 0;
        reply = post(fixture, rows[i].name, rows[i].signature, rows[i].body);
        if (reply.status != rows[i].status || fixture->parsed != rows[i].parsed ||
            view_find(reply.body, view_of(rows[i].reply), 0) == SIZE_MAX)
            fail_msg("row %zu: %d %.*s", i, reply.status, VIEW_ARG(reply.body));
    }
    assert_int_equal(stored(fixture), 0);
    assert_int_equal(intake_count(fixture->intake).denied, 2);
    assert_int_equal(intake_count(fixture->intake).malformed, 1);
    assert_int_equal(intake_count(fixture->intake).unknown_forge, 1);
}

static void an_event_that_asks_for_nothing_is_answered_and_not_stored(void **state)
{
    struct fixture *fixture = *state;
    struct http_reply reply = post(fixture, "github", "good", VIEW("ignored d-1 7 abc"));

    assert_int_equal(reply.status, 200);
    assert_true(view_is(reply.body, "{\"ignored\":\"a label\"}"));
    assert_int_equal(stored(fixture), 0);
}

static void drafts_and_closed_pull_requests_are_recorded_with_their_reason(void **state)
{
    struct fixture *fixture = *state;
    struct store_delivery delivery;

    assert_int_equal(post(fixture, "github", "good", VIEW("review d-1 7 abc")).status, 202);
    assert_int_equal(post(fixture, "github", "good", VIEW("draft d-2 8 abc")).status, 202);
    assert_int_equal(post(fixture, "github", "good", VIEW("closed d-3 7 abc")).status, 202);
    assert_int_equal(store_find_delivery(fixture->store, VIEW("d-2"), fixture->arena, &delivery, NULL),
                     ERR_OK);
    assert_int_equal(delivery.state, STORE_SKIPPED);
    assert_true(view_is(delivery.reason, "the pull request is a draft"));
    assert_int_equal(store_find_delivery(fixture->store, VIEW("d-1"), fixture->arena, &delivery, NULL),
                     ERR_OK);
    assert_int_equal(delivery.state, STORE_SUPERSEDED);
    assert_true(view_is(delivery.reason, "closed"));
}

static void a_full_store_answers_503_with_retry_after(void **state)
{
    struct fixture *fixture = *state;
    struct http_reply reply;

    for (int i = 1; i <= 3; i++)
        assert_int_equal(
            post(fixture, "github", "good", arena_format(fixture->arena, "review d-%d %d abc", i, i)).status,
            202);
    reply = post(fixture, "github", "good", VIEW("review d-4 4 abc"));
    assert_int_equal(reply.status, 503);
    assert_true(http_reply_header(&reply, "Retry-After").len > 0);
    assert_int_equal(stored(fixture), 3);
}

static void a_long_title_is_cut_between_characters(void **state)
{
    struct fixture *fixture = *state;
    char body[2100] = "review d-1 7 abc ";
    struct store_delivery delivery;
    size_t used = strlen(body);

    body[used++] = 'x';
    while (used + 2 < sizeof(body)) {
        memcpy(body + used, "\xc3\xa4", 2);
        used += 2;
    }
    assert_int_equal(post(fixture, "github", "good", (struct view){body, used}).status, 202);
    assert_int_equal(store_find_delivery(fixture->store, VIEW("d-1"), fixture->arena, &delivery, NULL),
                     ERR_OK);
    assert_int_equal(delivery.record.title.len, 999);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, up, down)
    const struct CMUnitTest tests[] = {
        ROW(a_signed_delivery_is_on_disk_when_it_is_acknowledged),
        ROW(what_is_refused_is_neither_parsed_nor_stored),
        ROW(an_event_that_asks_for_nothing_is_answered_and_not_stored),
        ROW(drafts_and_closed_pull_requests_are_recorded_with_their_reason),
        ROW(a_full_store_answers_503_with_retry_after),
        ROW(a_long_title_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
