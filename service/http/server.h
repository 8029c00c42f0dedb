/** @file server.h  The HTTP server (libmicrohttpd behind it): one epoll thread, a table of routes, bodies
 *  bounded before they are taken in. A handler answers at once, or keeps its exchange and answers later
 *  from any thread, so that one writer can commit for all who wait. */
#pragma once
#include "base/err.h"

enum {
    HTTP_PARAMS_MAX = 4, /* named segments of one route */
    HTTP_ANSWER_HEADERS_MAX = 8,
    HTTP_HEADER_BYTES = 32 << 10, /* memory of one connection: request line, headers, one read of the body */
    HTTP_BODIES_FACTOR =
        4, /* bodies in memory together: so many of the largest, and a small one a connection */
};

struct http_exchange; /* opaque: one request that waits for its answer */

/** A request, borrowed: the body, the path and every header are good until the exchange is answered. */
struct http_request {
    struct view method; /* "GET" ... */
    struct view path;   /* percent-decoded, begins with '/' */
    struct view body;
    struct http_exchange *exchange; /* for the look-ups below */
};
/** A header by name, any case; the empty view where absent. */
struct view http_request_header(const struct http_request *request, const char *name);
/** A query parameter, percent-decoded; the empty view where absent. */
struct view http_request_query(const struct http_request *request, const char *name);
/** The segment that the route calls @p name (without the ':'; "*" for the rest after a trailing '*'). */
struct view http_request_param(const struct http_request *request, const char *name);

struct http_answer {
    unsigned status;
    const char *content_type; /* NULL: "application/json" */
    struct view body;         /* copied during the call */
    struct {
        const char *name, *value;       /* copied during the call */
    } headers[HTTP_ANSWER_HEADERS_MAX]; /* ends at the first NULL name */
};
/** Answer once; the exchange and its request are gone afterwards. From the handler or any thread. */
void http_exchange_answer(struct http_exchange *exchange, const struct http_answer *answer);
/** The same with {"error":"..."} as its body, and Retry-After where @p err asks for it. */
void http_exchange_refuse(struct http_exchange *exchange, unsigned status, const struct err *err);

/** Runs on the server's thread and must not block. It answers, or sees to it that someone does. */
typedef void http_handler(void *ctx, struct http_exchange *exchange, const struct http_request *request);

struct http_route {
    const char *method;  /* "GET" serves HEAD too */
    const char *pattern; /* "/webhooks/:name", "/rules/" + "*" (the rest, may be empty) */
    http_handler *handle;
    void *ctx;
    size_t body_cap; /* bytes; more is answered 413 before it is taken in. 0: no body */
};

struct http_server_options {
    struct view host;                /* name or address to listen on */
    uint16_t port;                   /* 0: any free one, see http_server_port() */
    const struct http_route *routes; /* read until the server is freed; the first that fits serves */
    size_t route_count;
    unsigned connections;  /* open at once; further ones wait in the backlog or are closed */
    unsigned idle_seconds; /* a silent client is disconnected */
};

struct http_server;
/** Listen and serve. Owner: the caller, until http_server_free(). Errors: ERR_UNAVAILABLE where the
 *  address cannot be had, with the system's reason; ERR_INVALID for a name that does not resolve. */
NODISCARD
enum err_code http_server_new(const struct http_server_options *options, struct http_server **out,
                              struct err *err);
uint16_t http_server_port(const struct http_server *server);
/** Take no new connection, close idle ones, wait at most @p grace_ms until every request is answered and
 *  sent. Errors: ERR_TIMEOUT where some are still open: unsent ones are cut by http_server_free(), which
 *  waits for those whose handler has still to answer. */
NODISCARD
enum err_code http_server_stop(struct http_server *server, int64_t grace_ms, struct err *err);
void http_server_free(struct http_server *server);
