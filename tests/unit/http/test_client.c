/* The client against the server, and against peers that misbehave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_fixture.h"

static const struct http_header AUTHORIZATION = {{"Authorization", 13}, {"Bearer s3cret", 13}};

static enum err_code try_call(struct fixture *fixture, const struct http_call *call, struct err *err)
{
    struct http_reply reply = {0};

    return fixture->client.send(fixture->client.ctx, call, fixture->arena, &reply, err);
}

static void a_call_carries_method_headers_and_body(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "POST", "/echo?q=x");
    struct http_reply reply;

    call.headers = &AUTHORIZATION;
    call.header_count = 1;
    call.body = VIEW("12345");
    reply = send_call(fixture, &call);
    assert_true(view_is(reply.body, "POST /echo name= q=x auth=Bearer s3cret len=5"));
    assert_true(view_starts(http_reply_header(&reply, "x-agent"), "perf-review/"));
    assert_true(view_is(http_reply_header(&reply, "CONTENT-TYPE"), "text/plain"));
    call = call_of(fixture, "DELETE", "/echo");
    assert_true(view_is(send_call(fixture, &call).body, "DELETE /echo name= q= auth= len=0"));
}

static void a_redirect_is_followed_with_its_secret_to_the_same_host_only(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "POST", "/hop");
    struct http_reply reply;

    call.headers = &AUTHORIZATION;
    call.header_count = 1;
    call.body = VIEW("12345");
    snprintf(fixture->hop, sizeof(fixture->hop), "/echo?q=there");
    reply = send_call(fixture, &call);
    assert_true(view_is(reply.body, "POST /echo name= q=there auth=Bearer s3cret len=5"));
    assert_true(view_ends(reply.url, "/echo?q=there"));
    snprintf(fixture->hop, sizeof(fixture->hop), "http://localhost:%u/echo",
             http_server_port(fixture->server));
    assert_true(view_is(send_call(fixture, &call).body, "POST /echo name= q= auth= len=5"));
    snprintf(fixture->hop, sizeof(fixture->hop), "/echo");
    call.url = arena_format(fixture->arena, "%s/hop?q=303", fixture->base);
    assert_true(view_is(send_call(fixture, &call).body, "GET /echo name= q= auth=Bearer s3cret len=0"));
}

static void redirects_end_after_three_and_never_leave_http(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "GET", "/hop");
    struct err err = {0};

    snprintf(fixture->hop, sizeof(fixture->hop), "/hop");
    assert_int_equal(try_call(fixture, &call, &err), ERR_LIMIT);
    assert_non_null(strstr(err.message, "3 redirects"));
    snprintf(fixture->hop, sizeof(fixture->hop), "file:///etc/passwd");
    assert_int_equal(try_call(fixture, &call, &err), ERR_INVALID);
}

static void a_reply_over_its_cap_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "GET", "/big");

    call.body_cap = 50000;
    assert_int_equal(send_call(fixture, &call).body.len, 50000);
    call.body_cap = 49999;
    assert_int_equal(try_call(fixture, &call, NULL), ERR_LIMIT);
    call.body_cap = 50000; /* and the client is still good for another call */
    assert_int_equal(send_call(fixture, &call).body.len, 50000);
}

static void what_was_never_sent_is_told_from_what_may_have_been_done(void **state)
{
    struct fixture *fixture = *state;
    struct http_call call = call_of(fixture, "GET", "/later");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct err err = {0};

    call.timeout_ms = 100;
    assert_int_equal(try_call(fixture, &call, &err), ERR_TIMEOUT);
    answer_later(&fixture->later, 1);
    /* Bound but not listening: refused at once. */
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    call.url = arena_format(fixture->arena, "http://127.0.0.1:%u/x?token=s3cret", ntohs(address.sin_port));
    assert_int_equal(try_call(fixture, &call, &err), ERR_UNAVAILABLE);
    assert_null(strstr(err.message, "s3cret"));
    assert_non_null(strstr(err.message, "GET http://127.0.0.1:"));
    /* Listening and never answering: connected by the kernel, and silent. */
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(try_call(fixture, &call, &err), ERR_TIMEOUT);
    assert_null(strstr(err.message, "s3cret"));
    close(fd);
}

static void *cut_off_peer(void *ctx)
{
    int fd = accept(*(int *)ctx, NULL, NULL);
    char request[4096];

    if (recv(fd, request, sizeof(request), 0) > 0)
        (void)send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", 44, MSG_NOSIGNAL);
    close(fd);
    return NULL;
}

static void an_answer_that_is_cut_off_leaves_the_outcome_unknown(void **state)
{
    struct fixture *fixture = *state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    struct http_call call = {.method = VIEW("POST"), .body = VIEW("x")};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    pthread_t peer;

    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(listen(fd, 1), 0);
    pthread_create(&peer, NULL, cut_off_peer, &fd);
    call.url = arena_format(fixture->arena, "http://127.0.0.1:%u/", ntohs(address.sin_port));
    assert_int_equal(try_call(fixture, &call, NULL), ERR_TIMEOUT);
    pthread_join(peer, NULL);
    close(fd);
}

static void bad_addresses_and_headers_are_refused_before_anything_is_sent(void **state)
{
    struct fixture *fixture = *state;
    static const char *const ADDRESSES[] = {"", "nonsense", "ftp://127.0.0.1/", "file:///etc/passwd",
                                            "http://user:s3cret@127.0.0.1/"};
    const struct http_header header = {VIEW("X-Title"), VIEW("a\r\nAuthorization: x")};
    struct http_call call = call_of(fixture, "GET", "/echo");
    struct err err = {0};

    call.headers = &header;
    call.header_count = 1;
    assert_int_equal(try_call(fixture, &call, &err), ERR_INVALID);
    call.header_count = 0;
    for (size_t i = 0; i < COUNT_OF(ADDRESSES); i++) {
        call.url = view_of(ADDRESSES[i]);
        if (try_call(fixture, &call, &err) != ERR_INVALID || strstr(err.message, "s3cret"))
            fail_msg("'%s': %s", ADDRESSES[i], err.message);
    }
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, fixture_up, fixture_down)
    const struct CMUnitTest tests[] = {
        ROW(a_call_carries_method_headers_and_body),
        ROW(a_redirect_is_followed_with_its_secret_to_the_same_host_only),
        ROW(redirects_end_after_three_and_never_leave_http),
        ROW(a_reply_over_its_cap_is_refused),
        ROW(what_was_never_sent_is_told_from_what_may_have_been_done),
        ROW(an_answer_that_is_cut_off_leaves_the_outcome_unknown),
        ROW(bad_addresses_and_headers_are_refused_before_anything_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
