/** @file forge_fixture.h  A forge whose HTTP is a list of answers, and whose requests are headers in a table.
 */
#pragma once
#include "base/buffer.h"
#include "forge/crypto.h"
#include "forge/forge.h"
#include "http/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAKE_REPLIES_MAX = 8, FAKE_ARENA_BYTES = 8 << 20 };
#define HEAD_SHA "1111111111111111111111111111111111111111"
#define BASE_SHA "2222222222222222222222222222222222222222"

struct fake_reply {
    enum err_code transport; /* ERR_OK: there is an answer */
    int status;
    const char *body;
    struct http_header headers[4];
};

struct fake {
    struct fake_reply replies[FAKE_REPLIES_MAX];
    struct http_call calls[FAKE_REPLIES_MAX]; /* copies in the arena */
    size_t reply_count, call_count;
    struct http_client http;
    struct forge forge;
    struct arena *arena;
    struct err err;
    int64_t now_ms;
};

static inline struct view fake_copy(struct fake *fake, struct view text)
{
    struct view copy;

    assert_int_equal(arena_copy(fake->arena, text, &copy, NULL), ERR_OK);
    return copy;
}

static inline enum err_code fake_send(void *ctx, const struct http_call *call, struct arena *arena,
                                      struct http_reply *reply, struct err *err)
{
    struct fake *fake = ctx;
    struct http_call *kept = &fake->calls[fake->call_count];
    const struct fake_reply *from = &fake->replies[fake->call_count];
    struct http_header *headers = ARENA_ARRAY(fake->arena, struct http_header, call->header_count + 1);

    (void)arena;
    if (fake->call_count == fake->reply_count)
        fail_msg("an unexpected call: %.*s %.*s", VIEW_ARG(call->method), VIEW_ARG(call->url));
    fake->call_count++;
    *kept = *call;
    kept->url = fake_copy(fake, call->url);
    kept->body = fake_copy(fake, call->body);
    for (size_t i = 0; i < call->header_count; i++)
        headers[i] = (struct http_header){fake_copy(fake, call->headers[i].name),
                                          fake_copy(fake, call->headers[i].value)};
    kept->headers = headers;
    if (from->transport != ERR_OK)
        return err_set(err, from->transport, "the wire broke");
    *reply = (struct http_reply){
        .status = from->status, .url = kept->url, .body = view_of(from->body), .headers = from->headers};
    while (reply->header_count < COUNT_OF(from->headers) && from->headers[reply->header_count].name.len > 0)
        reply->header_count++;
    return ERR_OK;
}

static inline int64_t fake_now(const void *clock)
{
    return ((const struct fake *)clock)->now_ms;
}

static inline struct view fake_sent_header(const struct http_call *call, const char *name)
{
    for (size_t i = 0; i < call->header_count; i++)
        if (view_is_nocase(call->headers[i].name, name))
            return call->headers[i].value;
    return (struct view){0};
}

static inline void fake_reset(struct fake *fake)
{
    fake->reply_count = fake->call_count = 0;
    memset(fake->replies, 0, sizeof(fake->replies));
    fake->err = (struct err){0};
}

static inline void fake_answer(struct fake *fake, int status, const char *body)
{
    fake->replies[fake->reply_count++] = (struct fake_reply){.status = status, .body = body};
}

static inline int fake_setup(void **state)
{
    struct fake *fake = calloc(1, sizeof(*fake));

    fake->arena = arena_new(FAKE_ARENA_BYTES);
    fake->http = (struct http_client){fake_send, fake};
    fake->now_ms = INT64_C(1700000000000);
    fake->forge = (struct forge){.ops = forge_ops_of(VIEW("github")),
                                 .name = VIEW("github"),
                                 .url = VIEW("https://forge.example"),
                                 .api = VIEW("https://api.forge.example"),
                                 .secrets = {VIEW("It's a Secret to Everybody")},
                                 .secret_count = 1,
                                 .token = VIEW("ghs_0123456789abcdef0123"),
                                 .login = VIEW("perf-bot"),
                                 .http = &fake->http,
                                 .now_ms = fake_now,
                                 .clock = fake};
    *state = fake;
    return 0;
}

static inline int fake_teardown(void **state)
{
    struct fake *fake = *state;

    arena_free(fake->arena);
    free(fake);
    return 0;
}

struct fake_headers {
    struct http_header items[4];
};

static inline struct view fake_header(const void *ctx, const char *name)
{
    const struct fake_headers *headers = ctx;

    for (size_t i = 0; i < COUNT_OF(headers->items); i++)
        if (view_is_nocase(headers->items[i].name, name))
            return headers->items[i].value;
    return (struct view){0};
}

#define FAKE_TEST(function) cmocka_unit_test_setup_teardown(function, fake_setup, fake_teardown)

#define assert_view(actual, expected)                                                                        \
    do {                                                                                                     \
        struct view got_ = (actual);                                                                         \
        if (!view_is(got_, (expected)))                                                                      \
            fail_msg("\"%.*s\" is not \"%s\"", VIEW_ARG(got_), (expected));                                  \
    } while (0)
