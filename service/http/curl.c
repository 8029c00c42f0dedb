/* The real client: one libcurl handle, whose connections stay open between calls. Redirects are followed
 * here and not by libcurl, because where a secret may go is our decision. */
#include "base/buffer.h"
#include "client_internal.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TIMEOUT_MS = 30000,
    BODY_CAP = 32 << 20,
    ADDRESS_MAX = 8 << 10,
    KEEP_BUFFER_BYTES = 1 << 20, /* a larger reply's memory is not kept for the next call */
};

struct http_curl {
    CURL *easy;
    char *user_agent, *ca_file, *proxy;
    int64_t timeout_ms;
    size_t body_cap;
    struct buffer body;
    char reason[CURL_ERROR_SIZE];
};

/* One call on its way; lives on the stack of http_curl_send(). */
struct transfer {
    struct http_curl *curl;
    const struct http_call *call;
    struct arena *arena;
    struct http_reply reply;
    size_t header_room, header_bytes, body_cap;
    struct view method; /* of this hop */
    bool send_body;
    enum err_code failed; /* in a callback */
    struct err err;
    CURLU *first, *now; /* addresses: of the call, and of this hop */
};

static int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum err_code http_library_init(struct err *err)
{
    CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT);

    return rc == CURLE_OK ? ERR_OK : err_set(err, ERR_INTERNAL, "start libcurl: %s", curl_easy_strerror(rc));
}

void http_library_deinit(void)
{
    curl_global_cleanup();
}

/* "https://host:port/path": what a message may show of an address. */
static void describe(CURLU *address, char *out, size_t size)
{
    static const CURLUPart PARTS[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT, CURLUPART_PATH};
    static const char *const BEFORE[] = {"", "://", ":", ""};
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        char *part = NULL;

        if (curl_url_get(address, PARTS[i], &part, 0) == CURLUE_OK && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%s", BEFORE[i], part);
        curl_free(part);
    }
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *left = NULL, *right = NULL;
    bool same = curl_url_get(a, part, &left, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                curl_url_get(b, part, &right, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                view_is_nocase(view_of(left), right);

    curl_free(left);
    curl_free(right);
    return same;
}

static bool same_origin(CURLU *a, CURLU *b)
{
    return same_part(a, b, CURLUPART_SCHEME) && same_part(a, b, CURLUPART_HOST) &&
           same_part(a, b, CURLUPART_PORT);
}

static bool is_https(CURLU *address)
{
    char *scheme = NULL;
    bool https =
        curl_url_get(address, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && strcmp(scheme, "https") == 0;

    curl_free(scheme);
    return https;
}

/* Move @p address to @p text, which may be relative to where it stands. */
static enum err_code go_to(CURLU *address, struct view text, struct err *err)
{
    char copy[ADDRESS_MAX], *user = NULL, *host = NULL;
    enum err_code code = ERR_OK;

    if (text.len >= sizeof(copy) || view_find_byte(text, '\0', 0) != SIZE_MAX)
        return err_set(err, ERR_INVALID, "an address of %zu bytes, the limit is %d", text.len,
                       ADDRESS_MAX - 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (curl_url_set(address, CURLUPART_URL, copy, 0) != CURLUE_OK ||
        curl_url_get(address, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        code = err_set(err, ERR_INVALID, "not an http or https address");
    else if (curl_url_get(address, CURLUPART_USER, &user, 0) == CURLUE_OK)
        code = err_set(err, ERR_INVALID, "an address with a user part: a token belongs into the settings");
    curl_free(user);
    curl_free(host);
    return code;
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    struct view line = {data, size * count};

    transfer->header_bytes += line.len;
    if (transfer->header_bytes > HTTP_REPLY_HEADER_BYTES_MAX) {
        transfer->failed = err_set(&transfer->err, ERR_LIMIT, "the reply's headers are over %d bytes",
                                   HTTP_REPLY_HEADER_BYTES_MAX);
        return 0;
    }
    if (view_starts(line, "HTTP/")) { /* an interim answer came before: its headers do not count */
        transfer->reply.header_count = 0;
        return line.len;
    }
    transfer->failed =
        reply_add_header(&transfer->reply, &transfer->header_room, line, transfer->arena, &transfer->err);
    return transfer->failed == ERR_OK ? line.len : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    struct buffer *body = &transfer->curl->body;

    if (size * count > transfer->body_cap - body->len) {
        transfer->failed =
            err_set(&transfer->err, ERR_LIMIT, "the reply is larger than %zu bytes", transfer->body_cap);
        return 0;
    }
    buffer_add(body, (struct view){data, size * count});
    transfer->failed = buffer_check(body, "reply", &transfer->err);
    return transfer->failed == ERR_OK ? size * count : 0;
}

static enum err_code append(struct curl_slist **list, const char *line, struct err *err)
{
    struct curl_slist *grown = curl_slist_append(*list, line);

    if (!grown)
        return err_set(err, ERR_MEMORY, "http client: no memory for headers");
    *list = grown;
    return ERR_OK;
}

static enum err_code add_header(struct curl_slist **list, struct view name, struct view value,
                                struct err *err)
{
    struct buffer line;
    enum err_code code;

    /* libcurl reads "Name;" as a header with an empty value and "Name:" as one to leave out. */
    buffer_init(&line, HTTP_REPLY_HEADER_BYTES_MAX);
    buffer_add(&line, name);
    buffer_add_text(&line, value.len ? ": " : ";");
    buffer_add(&line, value);
    code = buffer_check(&line, "header", err);
    if (code == ERR_OK)
        code = append(list, line.ptr, err);
    buffer_deinit(&line);
    return code;
}

static enum err_code build_headers(const struct transfer *transfer, struct curl_slist **list, struct err *err)
{
    bool secrets_too = same_origin(transfer->first, transfer->now);
    bool has_type = false;
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < transfer->call->header_count; i++) {
        const struct http_header *header = &transfer->call->headers[i];

        code = header_check(header, err);
        has_type = has_type || view_is_nocase(header->name, "Content-Type");
        if (code == ERR_OK && (secrets_too || !header_is_secret(header->name)))
            code = add_header(list, header->name, header->value, err);
    }
    /* libcurl adds these by itself: waiting for "100 Continue" costs a second with servers that send none. */
    if (code == ERR_OK)
        code = append(list, "Expect:", err);
    if (code == ERR_OK && !has_type)
        code = append(list, "Content-Type:", err);
    return code;
}

static void set_method(CURL *easy, const struct transfer *transfer, char *method)
{
    struct view body = transfer->call->body;
    bool has_body = transfer->send_body && (body.len || !view_is(transfer->method, "DELETE"));

    if (view_is(transfer->method, "HEAD"))
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else if (view_is(transfer->method, "GET"))
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    else {
        if (has_body) {
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.ptr ? body.ptr : "");
        }
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
        /* On a kept connection that dies without an answer libcurl sends a request again by itself. What
         * changes something must not be sent twice without its sender's knowledge. */
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    }
}

static void set_options(struct transfer *transfer, struct curl_slist *headers, int64_t left_ms)
{
    struct http_curl *curl = transfer->curl;
    CURL *easy = curl->easy;

    curl_easy_reset(easy); /* keeps the connections */
    curl_easy_setopt(easy, CURLOPT_CURLU, transfer->now);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(left_ms < HTTP_CONNECT_MS ? left_ms : HTTP_CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)HTTP_LOW_SPEED_BYTES);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)HTTP_LOW_SPEED_SECONDS);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, curl->user_agent);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, curl->reason);
    if (curl->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, curl->ca_file);
    if (curl->proxy)
        curl_easy_setopt(easy, CURLOPT_PROXY, curl->proxy);
}

/* Whether the other side can have begun to carry it out decides between the two codes that callers act on. */
static enum err_code explain(struct transfer *transfer, CURLcode rc, struct err *err)
{
    const char *reason = transfer->curl->reason[0] ? transfer->curl->reason : curl_easy_strerror(rc);
    enum err_code code;
    long sent = 0;

    if (transfer->failed != ERR_OK) {
        if (err)
            *err = transfer->err;
        return transfer->failed;
    }
    curl_easy_getinfo(transfer->curl->easy, CURLINFO_REQUEST_SIZE, &sent);
    switch (rc) {
    case CURLE_OUT_OF_MEMORY:
        return err_set(err, ERR_MEMORY, "http client: no memory");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_set(err, ERR_INVALID, "not an http or https address");
    default:
        code = sent > 0 ? ERR_TIMEOUT : ERR_UNAVAILABLE;
        return err_set(err, code, "%s", reason);
    }
}

static enum err_code perform(struct transfer *transfer, int64_t left_ms, struct err *err)
{
    struct curl_slist *headers = NULL;
    char method[16];
    CURLcode rc;
    long status = 0;
    enum err_code code = build_headers(transfer, &headers, err);

    if (code == ERR_OK && left_ms <= 0)
        code = err_set(err, ERR_TIMEOUT, "no time is left for a redirect");
    if (code != ERR_OK)
        goto done;
    (void)snprintf(method, sizeof(method), "%.*s", VIEW_ARG(transfer->method));
    transfer->reply.header_count = 0;
    transfer->header_bytes = 0;
    buffer_clear(&transfer->curl->body);
    transfer->curl->reason[0] = '\0';
    set_options(transfer, headers, left_ms);
    set_method(transfer->curl->easy, transfer, method);
    rc = curl_easy_perform(transfer->curl->easy);
    if (rc != CURLE_OK) {
        code = explain(transfer, rc, err);
        goto done;
    }
    curl_easy_getinfo(transfer->curl->easy, CURLINFO_RESPONSE_CODE, &status);
    transfer->reply.status = (int)status;
done:
    curl_slist_free_all(headers);
    return code;
}

static bool is_redirect(const struct http_reply *reply)
{
    static const int STATUSES[] = {301, 302, 303, 307, 308};

    for (size_t i = 0; i < COUNT_OF(STATUSES); i++)
        if (reply->status == STATUSES[i])
            return http_reply_header(reply, "Location").len > 0;
    return false;
}

static enum err_code follow(struct transfer *transfer, int64_t until_ms, struct err *err)
{
    for (int hops = 0;; hops++) {
        enum err_code code = perform(transfer, until_ms - clock_ms(), err);
        bool https = is_https(transfer->now);

        if (code != ERR_OK || !is_redirect(&transfer->reply))
            return code;
        if (hops == HTTP_REDIRECTS_MAX)
            return err_set(err, ERR_LIMIT, "more than %d redirects", HTTP_REDIRECTS_MAX);
        code = go_to(transfer->now, http_reply_header(&transfer->reply, "Location"), err);
        if (code == ERR_OK && https && !is_https(transfer->now))
            code = err_set(err, ERR_INVALID, "refused: a redirect from https to http");
        if (code != ERR_OK) {
            err_wrap(err, "redirect");
            return code;
        }
        if (transfer->reply.status == 303) {
            transfer->method = VIEW("GET");
            transfer->send_body = false;
        }
    }
}

static enum err_code take_reply(struct transfer *transfer, struct http_reply *reply, struct err *err)
{
    char *address = NULL;
    enum err_code code =
        arena_copy(transfer->arena, buffer_view(&transfer->curl->body), &transfer->reply.body, err);

    if (code == ERR_OK && curl_url_get(transfer->now, CURLUPART_URL, &address, 0) == CURLUE_OK)
        code = arena_copy(transfer->arena, view_of(address), &transfer->reply.url, err);
    curl_free(address);
    if (code == ERR_OK)
        *reply = transfer->reply;
    return code;
}

static enum err_code http_curl_send(void *ctx, const struct http_call *call, struct arena *arena,
                                    struct http_reply *reply, struct err *err)
{
    struct http_curl *curl = ctx;
    struct transfer transfer = {.curl = curl,
                                .call = call,
                                .arena = arena,
                                .method = call->method,
                                .body_cap = call->body_cap ? call->body_cap : curl->body_cap,
                                .send_body = true};
    char address[512] = "?";
    enum err_code code;

    transfer.first = curl_url();
    transfer.now = curl_url();
    curl->body.cap = transfer.body_cap + 1;
    if (!transfer.first || !transfer.now)
        code = err_set(err, ERR_MEMORY, "http client: no memory");
    else
        code = go_to(transfer.first, call->url, err);
    if (code == ERR_OK)
        code = go_to(transfer.now, call->url, err);
    if (code == ERR_OK)
        code = follow(&transfer, clock_ms() + (call->timeout_ms ? call->timeout_ms : curl->timeout_ms), err);
    if (code == ERR_OK)
        code = take_reply(&transfer, reply, err);
    if (code != ERR_OK) {
        if (transfer.now)
            describe(transfer.now, address, sizeof(address));
        err_wrap(err, "%.*s %s", VIEW_ARG(call->method), address);
    }
    if (curl->body.room > KEEP_BUFFER_BYTES)
        buffer_deinit(&curl->body);
    curl_url_cleanup(transfer.first);
    curl_url_cleanup(transfer.now);
    return code;
}

static const char *ca_file_of(const struct http_curl_options *options)
{
    static const char *const NAMES[] = {"SSL_CERT_FILE", "CURL_CA_BUNDLE"};
    const char *path = options->ca_file;

    for (size_t i = 0; !path && i < COUNT_OF(NAMES); i++) {
        path = getenv(NAMES[i]);
        if (path && !*path)
            path = NULL;
    }
    return path;
}

enum err_code http_curl_new(const struct http_curl_options *options, struct http_curl **out, struct err *err)
{
    struct http_curl *curl = calloc(1, sizeof(*curl));
    const char *ca_file = ca_file_of(options);
    bool copied;

    if (!curl)
        return err_set(err, ERR_MEMORY, "http client: no memory");
    curl->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS;
    curl->body_cap = options->body_cap ? options->body_cap : BODY_CAP;
    buffer_init(&curl->body, curl->body_cap + 1);
    curl->easy = curl_easy_init();
    curl->user_agent = strdup(options->user_agent ? options->user_agent : "perf-review/" PERF_REVIEW_VERSION);
    curl->ca_file = ca_file ? strdup(ca_file) : NULL;
    curl->proxy = options->proxy ? strdup(options->proxy) : NULL;
    copied = curl->user_agent && (curl->ca_file || !ca_file) && (curl->proxy || !options->proxy);
    if (!curl->easy || !copied) {
        http_curl_free(curl);
        return err_set(err, ERR_MEMORY, "http client: no memory");
    }
    *out = curl;
    return ERR_OK;
}

void http_curl_free(struct http_curl *curl)
{
    if (!curl)
        return;
    curl_easy_cleanup(curl->easy);
    buffer_deinit(&curl->body);
    free(curl->user_agent);
    free(curl->ca_file);
    free(curl->proxy);
    free(curl);
}

struct http_client http_curl_client(struct http_curl *curl)
{
    return (struct http_client){.send = http_curl_send, .ctx = curl};
}
