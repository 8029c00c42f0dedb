/** @file client.h  HTTP requests to forges. Callers hold a table of one function, so that a test gives a
 *  fake; the real one (libcurl) keeps its connections open between calls. No message holds a header, a
 *  body or the user part and query of an address, because they may hold secrets. */
#pragma once
#include "base/arena.h"

enum {
    HTTP_REDIRECTS_MAX = 3,
    HTTP_REPLY_HEADERS_MAX = 128, /* further ones: ERR_LIMIT */
    HTTP_REPLY_HEADER_BYTES_MAX = 64 << 10,
    HTTP_CONNECT_MS = 10000,
    HTTP_LOW_SPEED_BYTES = 64,   /* fewer bytes a second than this ... */
    HTTP_LOW_SPEED_SECONDS = 20, /* ... for so long: ERR_TIMEOUT */
};

struct http_header {
    struct view name, value;
};

struct http_call {
    struct view method; /* "GET", "POST", "PUT", "PATCH", "DELETE" */
    struct view url;    /* http:// or https:// */
    const struct http_header *headers;
    size_t header_count;
    struct view body;
    int64_t timeout_ms; /* the whole call with its redirects; 0: the client's own limit */
    size_t body_cap;    /* bytes of the reply's body; 0: the client's own limit */
};

struct http_reply {   /* lives in the call's arena */
    int status;       /* of the last answer: any number; only a failed transport is an error */
    struct view url;  /* where it came from, after redirects */
    struct view body; /* NUL-terminated */
    const struct http_header *headers;
    size_t header_count;
};
/** The value of the first header of that name, any case; the empty view where absent. */
struct view http_reply_header(const struct http_reply *reply, const char *name);

/** Redirects are followed, with the same method (303: GET), never from https to http; what may hold a secret
 *  (Authorization, PRIVATE-TOKEN, Cookie) goes to the first address's scheme, host and port alone.
 *  Errors: ERR_UNAVAILABLE: nothing was sent (no such host, no connection, TLS refused); ERR_TIMEOUT: sent at
 *  least in part and no whole answer came (too slow, or cut off): it may have been carried out; ERR_LIMIT
 *  (body, headers or redirects); ERR_INVALID (the address or a header). */
typedef enum err_code http_send(void *ctx, const struct http_call *call, struct arena *arena,
                                struct http_reply *reply, struct err *err);
struct http_client {
    http_send *send;
    void *ctx;
};

struct http_curl_options {
    const char *user_agent; /* NULL: "perf-review/VERSION" */
    const char
        *ca_file; /* NULL: SSL_CERT_FILE or CURL_CA_BUNDLE of the environment, else the system's bundle */
    const char *proxy;  /* NULL: http_proxy, https_proxy, no_proxy of the environment */
    int64_t timeout_ms; /* of one call; 0: 30000 */
    size_t body_cap;    /* of one reply; 0: 32 MiB */
};
struct http_curl; /* one handle with its open connections: for one thread at a time */
NODISCARD
enum err_code http_curl_new(const struct http_curl_options *options, struct http_curl **out, struct err *err);
void http_curl_free(struct http_curl *curl);
/** Borrowed: good while @p curl is. */
struct http_client http_curl_client(struct http_curl *curl);
/** Process-wide, once, before the first thread starts and after the last has ended. */
NODISCARD
enum err_code http_library_init(struct err *err);
void http_library_deinit(void);
