/* The server over real sockets on loopback: routes, bodies, late answers, limits, stopping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_fixture.h"

static void routes_give_their_segments_and_the_query(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *method, *path, *body;
        int status;
    } rows[] = {
        {"GET", "/echo?q=a%20b", "GET /echo name= q=a b auth= len=0", 200},
        {"POST", "/hooks/github", "POST /hooks/github name=github q= auth= len=0", 200},
        {"POST", "/hooks/", "{\"error\":\"not found\"}", 404},
        {"POST", "/hooks/a/b", "{\"error\":\"not found\"}", 404},
        {"GET", "/files/a/b", "GET /files/a/b name= q= auth= len=0", 200},
        {"GET", "/files/", "GET /files/ name= q= auth= len=0", 200},
        {"GET", "/nothing", "{\"error\":\"not found\"}", 404},
        {"GET", "/hooks/github", "{\"error\":\"method not allowed\"}", 405},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_call call = call_of(fixture, rows[i].method, rows[i].path);
        struct http_reply reply = send_call(fixture, &call);

        if (reply.status != rows[i].status || !view_is(reply.body, rows[i].body))
            fail_msg("%s %s: %d %.*s", rows[i].method, rows[i].path, reply.status, VIEW_ARG(reply.body));
        if (reply.status == 405)
            assert_true(view_is(http_reply_header(&reply, "Allow"), "POST"));
    }
}

static void head_is_served_without_a_body(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "HEAD", "/echo");
    struct http_reply reply = send_call(fixture, &call);

    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body.len, 0);
}

static void a_body_is_taken_up_to_the_cap_and_refused_above_it(void **state)
{
    struct fixture *fixture = *state;
    char *body = calloc(1, BODY_CAP + 1);
    char expected[64];

    for (int more = -1; more <= 1; more++) {
        struct http_call call = call_of(fixture, "POST", "/echo");
        struct http_reply reply;

        call.body = (struct view){body, (size_t)(BODY_CAP + more)};
        reply = send_call(fixture, &call);
        snprintf(expected, sizeof(expected), "POST /echo name= q= auth= len=%d", BODY_CAP + more);
        assert_int_equal(reply.status, more > 0 ? 413 : 200);
        assert_true(view_is(reply.body, more > 0 ? "{\"error\":\"the body is too large\"}" : expected));
    }
    free(body);
}

static void a_body_of_unknown_length_is_cut_off_at_the_cap(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(BODY_CAP + 4096), answer[512];
    size_t length = (size_t)snprintf(
        text, BODY_CAP + 4096, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n",
        BODY_CAP + 1);

    memset(text + length, 'x', BODY_CAP + 1);
    text[length + BODY_CAP + 1] = '\0'; /* no end of the body: the answer must not wait for it */
    raw_exchange(fixture, text, answer, sizeof(answer));
    assert_ptr_equal(strstr(answer, "HTTP/1.1 413 "), answer);
    free(text);
}

static void an_announced_body_over_the_cap_is_refused_before_it_is_sent(void **state)
{
    struct fixture *fixture = *state;
    char answer[512];

    raw_exchange(fixture, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", answer,
                 sizeof(answer));
    assert_ptr_equal(strstr(answer, "HTTP/1.1 413 "), answer);
}

static void more_headers_than_a_connection_holds_are_refused(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(256 << 10), answer[512];
    size_t length = (size_t)snprintf(text, BODY_CAP, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Long: ");

    memset(text + length, 'x', 200 << 10);
    memcpy(text + length + (200 << 10), "\r\n\r\n", 5);
    raw_exchange(fixture, text, answer, sizeof(answer));
    assert_null(strstr(answer, "HTTP/1.1 200"));
    free(text);
}

static void a_silent_client_is_disconnected(void **state)
{
    struct fixture *fixture = *state;
    char answer[512];

    /* Half a request and then nothing: raw_exchange() returns because the server closes (2 s here). */
    assert_int_equal(
        raw_exchange(fixture, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Le", answer, sizeof(answer)), 0);
    raw_exchange(fixture, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc", answer,
                 sizeof(answer));
    assert_null(strstr(answer, "200"));
}

enum { CLIENTS = 16 };

static void *late_client(void *ctx)
{
    struct fixture *fixture = ctx;
    const struct http_curl_options options = {.proxy = ""};
    struct arena *arena = arena_new(1 << 20);
    struct http_reply reply = {0};
    struct http_call call = {.method = VIEW("POST"), .body = VIEW("body")};
    struct http_curl *curl = NULL;
    struct http_client client;
    intptr_t good = 0;
    struct err err = {0};

    call.url = arena_format(arena, "%s/later", fixture->base);
    if (http_curl_new(&options, &curl, &err) == ERR_OK) {
        client = http_curl_client(curl);
        good = client.send(client.ctx, &call, arena, &reply, &err) == ERR_OK && reply.status == 202;
    }
    http_curl_free(curl);
    arena_free(arena);
    return (void *)good;
}

static void exchanges_are_answered_later_from_another_thread(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[CLIENTS];
    void *good;

    for (int i = 0; i < CLIENTS; i++)
        pthread_create(&threads[i], NULL, late_client, fixture);
    answer_later(&fixture->later, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
}

static void a_client_that_hangs_up_before_its_answer_harms_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "GET", "/echo");
    int fd = connect_to(http_server_port(fixture->server));

    assert_int_equal(send(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\n", 33, MSG_NOSIGNAL), 33);
    await_waiting(&fixture->later, 1);
    close(fd);
    usleep(20000);
    answer_later(&fixture->later, 1);
    assert_int_equal(send_call(fixture, &call).status, 200);
}

static void *stop_server(void *ctx)
{
    struct fixture *fixture = ctx;
    intptr_t code = http_server_stop(fixture->server, 5000, NULL);

    return (void *)code;
}

static void stopping_waits_for_those_who_wait_and_takes_no_more(void **state)
{
    struct fixture *fixture = *state;
    pthread_t client, stopper;
    void *good, *code;

    pthread_create(&client, NULL, late_client, fixture);
    await_waiting(&fixture->later, 1);
    assert_int_equal(http_server_stop(fixture->server, 30, NULL), ERR_TIMEOUT);
    assert_int_equal(connect_to(http_server_port(fixture->server)), -1);
    pthread_create(&stopper, NULL, stop_server, fixture);
    answer_later(&fixture->later, 1);
    pthread_join(client, &good);
    pthread_join(stopper, &code);
    assert_non_null(good);
    assert_int_equal((intptr_t)code, ERR_OK);
}

static void an_address_that_is_taken_is_reported(void **state)
{
    struct fixture *fixture = *state;
    struct http_server_options options = {.host = VIEW("127.0.0.1"),
                                          .connections = 4,
                                          .idle_seconds = 1,
                                          .routes = fixture->routes,
                                          .route_count = 1};
    struct http_server *second = NULL;
    struct err err = {0};

    options.port = http_server_port(fixture->server);
    assert_int_equal(http_server_new(&options, &second, &err), ERR_UNAVAILABLE);
    assert_non_null(strstr(err.message, "127.0.0.1"));
    options.host = VIEW("no such host");
    assert_int_equal(http_server_new(&options, &second, &err), ERR_INVALID);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(routes_give_their_segments_and_the_query),
        ROW(head_is_served_without_a_body),
        ROW(a_body_is_taken_up_to_the_cap_and_refused_above_it),
        ROW(a_body_of_unknown_length_is_cut_off_at_the_cap),
        ROW(an_announced_body_over_the_cap_is_refused_before_it_is_sent),
        ROW(more_headers_than_a_connection_holds_are_refused),
        ROW(a_silent_client_is_disconnected),
        ROW(exchanges_are_answered_later_from_another_thread),
        ROW(a_client_that_hangs_up_before_its_answer_harms_nobody),
        ROW(stopping_waits_for_those_who_wait_and_takes_no_more),
        ROW(an_address_that_is_taken_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
