/* One epoll thread of libmicrohttpd reads requests and runs handlers. A handler that does not answer at
 * once leaves its connection suspended; whoever answers resumes it, and the server's thread sends.
 *
 * An exchange belongs to the server's thread, but for its answer: `state` goes from HANDLING to SUSPENDED
 * (server's thread) or to ANSWERED (whoever answers), and who comes second does the resuming. */
#include "base/json_writer.h"
#include "http_internal.h"
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    LISTEN_BACKLOG = 512,
    BODY_FIRST_BYTES = 64 << 10, /* memory that is given before anything has arrived */
    BODY_RATE_MIN = 4096,        /* bytes a second that a body must keep up, after the idle time is over */
    READ_BYTES = 32 << 10,       /* of one read; with a smaller step a webhook's body takes many reads */
    SPARES_MAX = 32, /* bodies of BODY_FIRST_BYTES or less whose memory is kept for the next ones */
    STOP_POLL_MS = 5,
    REFUSE_BODY_MAX = 8 << 10,
};

enum exchange_state { HANDLING, SUSPENDED, ANSWERED };

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_server_options options;
    uint16_t port;
    int quiesced_fd;           /* the listening socket after MHD gave it back; -1 before */
    size_t bodies, bodies_cap; /* memory of all bodies; server's thread only */
    /* Memory of bodies that are done. Asking malloc for 24 KiB a request makes it tidy all its small free
     * blocks each time, which costs more than the copy. Server's thread only. */
    char *spares[SPARES_MAX];
    size_t spare_count;
    atomic_bool stopping;
    atomic_size_t open;       /* exchanges that are not completed */
    atomic_size_t unanswered; /* exchanges that a handler has and may still touch */
};

struct http_exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    const struct http_route *route;
    struct route_params params;
    struct http_request request;
    char *body;
    size_t body_len, body_room, body_expected; /* expected: Content-Length, SIZE_MAX where not given */
    int64_t begun_ms;
    bool handed; /* to its handler */
    atomic_int state;
    struct MHD_Response *response; /* set before `state` becomes ANSWERED; NULL: no memory for one */
    unsigned status;
};

static int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct view http_request_header(const struct http_request *request, const char *name)
{
    return view_of(MHD_lookup_connection_value(request->exchange->connection, MHD_HEADER_KIND, name));
}

struct view http_request_query(const struct http_request *request, const char *name)
{
    return view_of(MHD_lookup_connection_value(request->exchange->connection, MHD_GET_ARGUMENT_KIND, name));
}

struct view http_request_param(const struct http_request *request, const char *name)
{
    const struct route_params *params = &request->exchange->params;

    for (size_t i = 0; i < params->count; i++)
        if (view_is(params->items[i].name, name))
            return params->items[i].value;
    return (struct view){0};
}

static struct MHD_Response *response_new(const struct http_answer *answer, bool closing)
{
    const char *type = answer->content_type ? answer->content_type : "application/json";
    const char *text = answer->body.ptr ? answer->body.ptr : "";
    struct MHD_Response *response;
    void *body;
    bool good;

    memcpy(&body, &text, sizeof(body)); /* the library copies, but takes no pointer to const */
    response = MHD_create_response_from_buffer(answer->body.len, body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return NULL;
    good = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES;
    for (size_t i = 0; i < HTTP_ANSWER_HEADERS_MAX && answer->headers[i].name; i++)
        good = good && MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value) ==
                           MHD_YES;
    if (closing)
        good = good && MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
    if (!good) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

void http_exchange_answer(struct http_exchange *exchange, const struct http_answer *answer)
{
    struct http_server *server = exchange->server;
    struct MHD_Connection *connection = exchange->connection;
    int before;

    exchange->response = response_new(answer, atomic_load(&server->stopping));
    exchange->status = answer->status;
    before = atomic_exchange(&exchange->state, ANSWERED);
    assert(before != ANSWERED);
    /* From here on the server's thread may have freed the exchange. */
    if (before == SUSPENDED)
        MHD_resume_connection(connection);
    atomic_fetch_sub(&server->unanswered, 1);
}

void http_exchange_refuse(struct http_exchange *exchange, unsigned status, const struct err *err)
{
    struct http_answer answer = {.status = status};
    struct json_writer writer;
    char seconds[24];
    struct buffer text;

    buffer_init(&text, REFUSE_BODY_MAX);
    json_writer_init(&writer, &text);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "error", view_of(err->message));
    json_close_object(&writer);
    answer.body = buffer_view(&text);
    if (err->retry_after_ms > 0) {
        (void)snprintf(seconds, sizeof(seconds), "%lld", (long long)((err->retry_after_ms + 999) / 1000));
        answer.headers[0].name = "Retry-After";
        answer.headers[0].value = seconds;
    }
    http_exchange_answer(exchange, &answer);
    buffer_deinit(&text);
}

static enum MHD_Result send_answer(struct http_exchange *exchange)
{
    if (!exchange->response)
        return MHD_NO;
    return MHD_queue_response(exchange->connection, exchange->status, exchange->response);
}

/* The server's own refusals, on its own thread, before a handler has the exchange. */
static enum MHD_Result refuse(struct http_exchange *exchange, unsigned status, const char *text)
{
    const struct http_route *routes = exchange->server->options.routes;
    struct http_answer answer = {.status = status, .body = view_of(text)};
    char methods[128];

    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        route_methods(routes, exchange->server->options.route_count, exchange->request.path, methods,
                      sizeof(methods));
        answer.headers[0].name = "Allow";
        answer.headers[0].value = methods;
    }
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        answer.headers[0].name = "Retry-After";
        answer.headers[0].value = "5";
    }
    exchange->response = response_new(&answer, true);
    exchange->status = status;
    exchange->handed = true;
    return send_answer(exchange);
}

/* Amid a body libmicrohttpd sends no answer, it can only close. So the answer is written to the socket here:
 * nothing else has been sent for this request, and the connection ends with it. */
static enum MHD_Result cut_off(struct http_exchange *exchange, const char *status)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    char text[160];
    int length =
        snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status);

    if (info && send(info->connect_fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) == length)
        (void)shutdown(info->connect_fd, SHUT_WR);
    return MHD_NO;
}

static void read_length(struct http_exchange *exchange)
{
    const char *text =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    uint64_t length;

    exchange->body_expected = SIZE_MAX;
    if (text && view_to_u64(view_of(text), &length) && length < SIZE_MAX)
        exchange->body_expected = (size_t)length;
}

/* The headers are here and nothing of the body has been taken in. */
static enum MHD_Result begin(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    bool path_known;

    exchange->route =
        route_find(server->options.routes, server->options.route_count, exchange->request.method,
                   exchange->request.path, &exchange->params, &path_known);
    if (!exchange->route)
        return path_known
                   ? refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "{\"error\":\"method not allowed\"}")
                   : refuse(exchange, MHD_HTTP_NOT_FOUND, "{\"error\":\"not found\"}");
    read_length(exchange);
    if (exchange->body_expected == SIZE_MAX)
        return MHD_YES;
    if (exchange->body_expected > exchange->route->body_cap)
        return refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "{\"error\":\"the body is too large\"}");
    if (exchange->body_expected > server->bodies_cap - server->bodies)
        return refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "{\"error\":\"too many bodies at once\"}");
    return MHD_YES;
}

static char *spare_take(struct http_server *server)
{
    return server->spare_count ? server->spares[--server->spare_count] : malloc(BODY_FIRST_BYTES);
}

static void spare_give(struct http_server *server, char *body, size_t room)
{
    if (room == BODY_FIRST_BYTES && server->spare_count < SPARES_MAX)
        server->spares[server->spare_count++] = body;
    else
        free(body);
}

/* Memory grows with what has arrived, not with what was announced. */
static bool make_room(struct http_exchange *exchange, size_t needed)
{
    struct http_server *server = exchange->server;
    size_t room = exchange->body_room ? exchange->body_room : BODY_FIRST_BYTES;
    char *grown;

    while (room < needed)
        room *= 2; /* needed is at most the route's cap */
    if (room > exchange->body_expected && room > BODY_FIRST_BYTES)
        room = exchange->body_expected > needed ? exchange->body_expected : needed;
    if (room - exchange->body_room > server->bodies_cap - server->bodies)
        return false;
    grown = room == BODY_FIRST_BYTES ? spare_take(server) : realloc(exchange->body, room);
    if (!grown)
        return false;
    server->bodies += room - exchange->body_room;
    exchange->body = grown;
    exchange->body_room = room;
    return true;
}

static enum MHD_Result take_body(struct http_exchange *exchange, const char *data, size_t size)
{
    int64_t allowed_ms = (int64_t)exchange->server->options.idle_seconds * 1000 +
                         (int64_t)(exchange->body_len / BODY_RATE_MIN) * 1000;

    if (size > exchange->route->body_cap - exchange->body_len)
        return cut_off(exchange, "413 Content Too Large");
    if (clock_ms() - exchange->begun_ms > allowed_ms)
        return cut_off(exchange, "408 Request Timeout");
    if (exchange->body_len + size > exchange->body_room && !make_room(exchange, exchange->body_len + size))
        return cut_off(exchange, "503 Service Unavailable");
    memcpy(exchange->body + exchange->body_len, data, size);
    exchange->body_len += size;
    return MHD_YES;
}

static enum MHD_Result hand_over(struct http_exchange *exchange)
{
    struct MHD_Connection *connection = exchange->connection;
    int handling = HANDLING;

    exchange->handed = true;
    exchange->request.body = (struct view){exchange->body, exchange->body_len};
    atomic_fetch_add(&exchange->server->unanswered, 1);
    exchange->route->handle(exchange->route->ctx, exchange, &exchange->request);
    if (atomic_load(&exchange->state) == ANSWERED)
        return send_answer(exchange);
    /* Suspend first: whoever sees SUSPENDED may resume at once. */
    MHD_suspend_connection(connection);
    if (!atomic_compare_exchange_strong(&exchange->state, &handling, SUSPENDED))
        MHD_resume_connection(connection);
    return MHD_YES;
}

static struct http_exchange *exchange_new(struct http_server *server, struct MHD_Connection *connection,
                                          const char *url, const char *method)
{
    struct http_exchange *exchange = calloc(1, sizeof(*exchange));

    if (!exchange)
        return NULL;
    exchange->server = server;
    exchange->connection = connection;
    exchange->begun_ms = clock_ms();
    exchange->request =
        (struct http_request){.method = view_of(method), .path = view_of(url), .exchange = exchange};
    atomic_init(&exchange->state, HANDLING);
    atomic_fetch_add(&server->open, 1);
    return exchange;
}

static enum MHD_Result on_access(void *ctx, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data, size_t *size,
                                 void **slot)
{
    struct http_exchange *exchange = *slot;

    (void)version;
    if (!exchange) {
        *slot = exchange = exchange_new(ctx, connection, url, method);
        return exchange ? begin(exchange) : MHD_NO;
    }
    if (*size) {
        size_t taken = *size;

        *size = 0;
        return take_body(exchange, data, taken);
    }
    if (!exchange->handed)
        return hand_over(exchange);
    assert(atomic_load(&exchange->state) == ANSWERED); /* nobody else resumes */
    return send_answer(exchange);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode how)
{
    struct http_exchange *exchange = *slot;
    struct http_server *server = ctx;

    (void)connection;
    (void)how;
    if (!exchange)
        return;
    *slot = NULL;
    server->bodies -= exchange->body_room;
    spare_give(server, exchange->body, exchange->body_room);
    if (exchange->response)
        MHD_destroy_response(exchange->response);
    free(exchange);
    atomic_fetch_sub(&server->open, 1);
}

static enum err_code listen_on(struct http_server *server, int *out, struct err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct sockaddr_storage bound = {0};
    socklen_t bound_size = sizeof(bound);
    struct addrinfo *found = NULL;
    char host[256], port[8];
    const int on = 1;
    int fd = -1, rc;

    (void)snprintf(host, sizeof(host), "%.*s", VIEW_ARG(server->options.host));
    (void)snprintf(port, sizeof(port), "%u", (unsigned)server->options.port);
    rc = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
    if (rc != 0)
        return err_set(err, ERR_INVALID, "listen on %s: %s", host, gai_strerror(rc));
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, LISTEN_BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &bound_size) != 0) {
        enum err_code code =
            err_set(err, ERR_UNAVAILABLE, "listen on %s:%s: %s", host, port, strerror(errno));

        if (fd >= 0)
            close(fd);
        freeaddrinfo(found);
        return code;
    }
    freeaddrinfo(found);
    server->port = ntohs(bound.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&bound)->sin6_port
                                                     : ((const struct sockaddr_in *)&bound)->sin_port);
    *out = fd;
    return ERR_OK;
}

static enum err_code start(struct http_server *server, int fd, struct err *err)
{
    sigset_t all, before;

    /* Signals are the main thread's; the server's thread inherits this mask. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    server->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access,
                         server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
                         server, MHD_OPTION_CONNECTION_LIMIT, server->options.connections,
                         MHD_OPTION_CONNECTION_TIMEOUT, server->options.idle_seconds,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEADER_BYTES + READ_BYTES,
                         MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)READ_BYTES, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return server->daemon ? ERR_OK
                          : err_set(err, ERR_UNAVAILABLE, "start the HTTP server: %s", strerror(errno));
}

enum err_code http_server_new(const struct http_server_options *options, struct http_server **out,
                              struct err *err)
{
    struct http_server *server = calloc(1, sizeof(*server));
    enum err_code code;
    size_t largest = 0;
    int fd = -1;

    if (!server)
        return err_set(err, ERR_MEMORY, "http server: no memory");
    server->options = *options;
    server->quiesced_fd = -1;
    for (size_t i = 0; i < options->route_count; i++)
        largest = options->routes[i].body_cap > largest ? options->routes[i].body_cap : largest;
    server->bodies_cap = largest * HTTP_BODIES_FACTOR + (size_t)options->connections * BODY_FIRST_BYTES;
    code = listen_on(server, &fd, err);
    if (code == ERR_OK)
        code = start(server, fd, err);
    if (code != ERR_OK) {
        if (fd >= 0)
            close(fd);
        free(server);
        return code;
    }
    *out = server;
    return ERR_OK;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

static void pause_ms(long ms)
{
    const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&wait, NULL);
}

enum err_code http_server_stop(struct http_server *server, int64_t grace_ms, struct err *err)
{
    int64_t until = clock_ms() + grace_ms;

    atomic_store(&server->stopping, true);
    if (server->quiesced_fd < 0) {
        server->quiesced_fd = MHD_quiesce_daemon(server->daemon);
        /* Those who wait in the backlog are told now, not when the last request is done. */
        if (server->quiesced_fd >= 0)
            (void)shutdown(server->quiesced_fd, SHUT_RD);
    }
    while (atomic_load(&server->open)) {
        if (clock_ms() >= until)
            return err_set(err, ERR_TIMEOUT, "%zu requests are still open", atomic_load(&server->open));
        pause_ms(STOP_POLL_MS);
    }
    return ERR_OK;
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    if (server->quiesced_fd < 0)
        server->quiesced_fd = MHD_quiesce_daemon(server->daemon);
    /* A handler's exchange must not vanish under it. */
    while (atomic_load(&server->unanswered))
        pause_ms(STOP_POLL_MS);
    MHD_stop_daemon(server->daemon);
    if (server->quiesced_fd >= 0)
        close(server->quiesced_fd);
    while (server->spare_count)
        free(server->spares[--server->spare_count]);
    free(server);
}
