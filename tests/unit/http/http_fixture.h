/** @file http_fixture.h  A server on loopback with routes that show what they got, and a client. */
#pragma once
#include "base/buffer.h"
#include "http/client.h"
#include "http/server.h"
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BODY_CAP = 100000, LATER_MAX = 64 };

struct later { /* exchanges that a thread answers */
    pthread_mutex_t lock;
    struct http_exchange *waiting[LATER_MAX];
    int count;
};

struct fixture {
    struct http_server *server;
    struct http_curl *curl;
    struct http_client client;
    struct arena *arena;
    struct later later;
    struct http_route routes[12];
    char hop[128]; /* where /hop redirects to */
    char base[64]; /* "http://127.0.0.1:PORT" */
};

/* Answers with "METHOD PATH name=NAME q=Q auth=AUTHORIZATION len=BODY". */
static inline void echo(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    struct http_answer answer = {.status = 200, .content_type = "text/plain"};
    struct buffer text;

    (void)ctx;
    buffer_init(&text, 4096);
    buffer_add_format(&text, "%.*s %.*s name=%.*s q=%.*s auth=%.*s len=%zu", VIEW_ARG(request->method),
                      VIEW_ARG(request->path), VIEW_ARG(http_request_param(request, "name")),
                      VIEW_ARG(http_request_query(request, "q")),
                      VIEW_ARG(http_request_header(request, "authorization")), request->body.len);
    answer.body = buffer_view(&text);
    answer.headers[0].name = "X-Agent";
    answer.headers[0].value = http_request_header(request, "User-Agent").ptr;
    http_exchange_answer(exchange, &answer);
    buffer_deinit(&text);
}

static inline void keep(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    struct later *later = ctx;

    (void)request;
    pthread_mutex_lock(&later->lock);
    later->waiting[later->count++] = exchange;
    pthread_mutex_unlock(&later->lock);
}

static inline void hop(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    const struct fixture *fixture = ctx;
    const struct http_answer answer = {.status = view_is(http_request_query(request, "q"), "303") ? 303 : 307,
                                       .headers = {{"Location", fixture->hop}}};

    http_exchange_answer(exchange, &answer);
}

static inline void big(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    static char text[50000];
    const struct http_answer answer = {.status = 200, .body = {text, sizeof(text)}};

    (void)ctx;
    (void)request;
    http_exchange_answer(exchange, &answer);
}

static inline int fixture_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    const struct http_route routes[] = {
        {"GET", "/echo", echo, NULL, 0},
        {"POST", "/echo", echo, NULL, BODY_CAP},
        {"DELETE", "/echo", echo, NULL, 0},
        {"POST", "/hooks/:name", echo, NULL, BODY_CAP},
        {"GET", "/files/*", echo, NULL, 0},
        {"GET", "/later", keep, &fixture->later, 0},
        {"POST", "/later", keep, &fixture->later, BODY_CAP},
        {"GET", "/hop", hop, fixture, 0},
        {"POST", "/hop", hop, fixture, BODY_CAP},
        {"GET", "/big", big, NULL, 0},
    };
    const struct http_curl_options client = {.proxy = ""};
    struct http_server_options options = {.host = VIEW("127.0.0.1"), .connections = 64, .idle_seconds = 2};
    struct err err = {0};

    memcpy(fixture->routes, routes, sizeof(routes));
    pthread_mutex_init(&fixture->later.lock, NULL);
    options.routes = fixture->routes;
    options.route_count = COUNT_OF(routes);
    if (http_server_new(&options, &fixture->server, &err) != ERR_OK ||
        http_curl_new(&client, &fixture->curl, &err) != ERR_OK)
        fail_msg("%s", err.message);
    fixture->client = http_curl_client(fixture->curl);
    fixture->arena = arena_new(64 << 20);
    snprintf(fixture->base, sizeof(fixture->base), "http://127.0.0.1:%u", http_server_port(fixture->server));
    *state = fixture;
    return 0;
}

static inline int fixture_down(void **state)
{
    struct fixture *fixture = *state;

    http_server_free(fixture->server);
    http_curl_free(fixture->curl);
    arena_free(fixture->arena);
    pthread_mutex_destroy(&fixture->later.lock);
    free(fixture);
    return 0;
}

static inline void await_waiting(struct later *later, int count)
{
    int waiting;

    do {
        usleep(1000);
        pthread_mutex_lock(&later->lock);
        waiting = later->count;
        pthread_mutex_unlock(&later->lock);
    } while (waiting < count);
}

/* Answer all who wait, once there are @p count of them. */
static inline void answer_later(struct later *later, int count)
{
    const struct http_answer answer = {.status = 202, .body = VIEW("{\"late\":true}")};

    await_waiting(later, count);
    for (int i = 0; i < count; i++)
        http_exchange_answer(later->waiting[i], &answer);
}

static inline int connect_to(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timeval limit = {.tv_sec = 8};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    return connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ? fd : -1;
}

/* Send @p text as it is and read until the server closes; the number of bytes read. */
static inline size_t raw_exchange(struct fixture *fixture, const char *text, char *out, size_t size)
{
    int fd = connect_to(http_server_port(fixture->server));
    size_t used = 0;
    ssize_t got;

    assert_true(fd >= 0);
    assert_true(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
    while (used + 1 < size && (got = recv(fd, out + used, size - 1 - used, 0)) > 0)
        used += (size_t)got;
    out[used] = '\0';
    close(fd);
    return used;
}

static inline struct http_call call_of(struct fixture *fixture, const char *method, const char *path)
{
    return (struct http_call){.method = view_of(method),
                              .url = arena_format(fixture->arena, "%s%s", fixture->base, path)};
}

static inline struct http_reply send_call(struct fixture *fixture, const struct http_call *call)
{
    struct http_reply reply = {0};
    struct err err = {0};

    if (fixture->client.send(fixture->client.ctx, call, fixture->arena, &reply, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return reply;
}
