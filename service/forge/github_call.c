/* One request to GitHub's REST API and the meaning of its answer: what to wait for, what to give up, and
 * when the outcome is unknown. Source: forges.md A3 (requests), A6 (reviews), A12 (limits). */
#include "forge/github_internal.h"
#include "forge/redact.h"

#include <string.h>

enum {
    ERRORS_SHOWN_MAX = 5,
    PAUSE_MAX_MS = 24 * 3600 * 1000,
    DETAIL_MAX = 600, /* bytes of GitHub's own words in a message */
};

static void add_error(struct buffer *out, const struct json *item)
{
    struct view text, field;

    if (json_text(item, "", &text) || json_text(item, "message", &text)) {
        buffer_add_format(out, "; %.*s", VIEW_ARG(text));
        return;
    }
    if (!json_text(item, "field", &field))
        field = VIEW("?");
    if (json_text(item, "code", &text))
        buffer_add_format(out, "; %.*s: %.*s", VIEW_ARG(field), VIEW_ARG(text));
}

/* "message; error; error": errors are objects on most endpoints and plain strings on those of reviews. */
static void answer_words(struct view body, struct buffer *out)
{
    struct json *root = NULL;
    struct view message;
    int shown = 0;

    if (json_parse(body, &root, NULL) != ERR_OK)
        return;
    if (json_text(root, "message", &message))
        buffer_add(out, message);
    for (const struct json *item = json_first(json_at(root, "errors")); item && shown < ERRORS_SHOWN_MAX;
         item = json_next(item), shown++)
        add_error(out, item);
    json_free(root);
}

static bool says_limited(struct view words)
{
    return view_find(words, VIEW("secondary rate limit"), 0) != SIZE_MAX ||
           view_find(words, VIEW("submitted too quickly"), 0) != SIZE_MAX ||
           view_find(words, VIEW("abuse detection"), 0) != SIZE_MAX;
}

static int64_t bounded_pause(int64_t ms)
{
    return ms < 1000 ? 1000 : ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : ms;
}

/* How long a limit asks us to wait; 0 where the answer tells of no limit. */
static int64_t pause_of(const struct forge *forge, const struct http_reply *reply, struct view words)
{
    uint64_t value;

    if (view_to_u64(http_reply_header(reply, "retry-after"), &value))
        return bounded_pause(value > PAUSE_MAX_MS / 1000 ? PAUSE_MAX_MS : (int64_t)value * 1000);
    if (view_is(http_reply_header(reply, "x-ratelimit-remaining"), "0")) {
        if (forge->now_ms && view_to_u64(http_reply_header(reply, "x-ratelimit-reset"), &value) &&
            value < INT64_MAX / 1000)
            return bounded_pause((int64_t)value * 1000 - forge->now_ms(forge->clock));
        return GITHUB_SHORTEST_PAUSE_MS;
    }
    return says_limited(words) || reply->status == 429 ? GITHUB_SHORTEST_PAUSE_MS : 0;
}

static enum err_code code_of(const struct http_reply *reply, bool changes)
{
    static const struct {
        int status;
        enum err_code code;
    } CODES[] = {
        {400, ERR_INVALID}, {401, ERR_DENIED},    {403, ERR_DENIED},    {404, ERR_NOT_FOUND},
        {405, ERR_INVALID}, {409, ERR_CONFLICT},  {410, ERR_NOT_FOUND}, {413, ERR_INVALID},
        {422, ERR_INVALID}, {451, ERR_NOT_FOUND},
    };

    if (reply->status == 408 || reply->status >= 500)
        return changes ? ERR_TIMEOUT : ERR_UNAVAILABLE;
    for (size_t i = 0; i < COUNT_OF(CODES); i++)
        if (CODES[i].status == reply->status)
            return CODES[i].code;
    return ERR_INTERNAL;
}

static enum err_code answer_failed(const struct forge *forge, const struct github_call *call,
                                   const struct http_reply *reply, struct err *err)
{
    enum err_code code = code_of(reply, call->changes);
    struct buffer words;
    struct view detail;
    int64_t pause = 0;

    buffer_init(&words, 64 * 1024);
    answer_words(reply->body, &words);
    detail = buffer_view(&words);
    if (reply->status == 403 || reply->status == 429 || reply->status == 422)
        pause = pause_of(forge, reply, detail);
    /* A pause on a 422 counts only where GitHub says "too quickly": its other answers carry limits as well.
     */
    if (reply->status == 422 && !says_limited(detail))
        pause = 0;
    if (pause > 0)
        code = ERR_UNAVAILABLE;
    else if (reply->status >= 500)
        pause = view_is(http_reply_header(reply, "retry-after"), "") ? 0 : pause_of(forge, reply, detail);
    err_set(err, code, "%s: %.*s answers %d%s%.*s", call->what, VIEW_ARG(forge->name), reply->status,
            detail.len ? ": " : "", VIEW_ARG(view_slice(detail, 0, DETAIL_MAX)));
    if (err)
        err->retry_after_ms = pause;
    buffer_deinit(&words);
    return code;
}

/* The target of rel="next" in a Link header (RFC 8288). It must stay below the configured API; to stop
 * there instead would overlook a review of ours and post it twice. */
enum err_code github_next_page(const struct forge *forge, const struct http_reply *reply, struct view *next,
                               struct err *err)
{
    struct view rest = http_reply_header(reply, "link"), part;

    *next = (struct view){0};
    while (rest.len > 0 && view_split(&rest, ',', &part)) {
        size_t open = view_find_byte(part, '<', 0), close = view_find_byte(part, '>', 0);
        struct view url;

        if (open == SIZE_MAX || close == SIZE_MAX || close < open ||
            view_find(view_slice(part, close, part.len), VIEW("rel=\"next\""), 0) == SIZE_MAX)
            continue;
        url = view_slice(part, open + 1, close);
        if (url.len <= forge->api.len || url.ptr[forge->api.len] != '/' ||
            !view_equal(view_slice(url, 0, forge->api.len), forge->api))
            return err_set(err, ERR_INTERNAL, "the next page lies outside %.*s", VIEW_ARG(forge->api));
        *next = url;
    }
    return ERR_OK;
}

static enum err_code transport_failed(const struct github_call *call, enum err_code code, struct err *err)
{
    /* Only an address that is none surely sent nothing. */
    if (call->changes && code != ERR_INVALID) {
        code = ERR_TIMEOUT;
        if (err)
            err->code = code;
    }
    err_wrap(err, "%s", call->what);
    return code;
}

/* The request that @p call is; *reply on any answer at all. */
static enum err_code exchange(const struct forge *forge, const struct github_call *call, struct arena *arena,
                              struct http_reply *reply, struct err *err)
{
    struct view bearer = arena_format(arena, "Bearer %.*s", VIEW_ARG(forge->token));
    struct http_header headers[6] = {
        {VIEW("Accept"), VIEW("application/vnd.github+json")},
        {VIEW("X-GitHub-Api-Version"), VIEW("2022-11-28")},
        {VIEW("User-Agent"), VIEW("perf-review/" PERF_REVIEW_VERSION)},
    };
    struct http_call http = {
        .method = view_of(call->method), .headers = headers, .header_count = 3, .body = call->body};
    enum err_code code;

    http.url = call->path.len > 0 && call->path.ptr[0] == '/'
                   ? arena_format(arena, "%.*s%.*s", VIEW_ARG(forge->api), VIEW_ARG(call->path))
                   : call->path;
    if (http.url.len == 0 || bearer.len == 0)
        return arena_full(arena, err);
    if (forge->token.len > 0)
        headers[http.header_count++] = (struct http_header){VIEW("Authorization"), bearer};
    if (call->body.len > 0)
        headers[http.header_count++] = (struct http_header){VIEW("Content-Type"), VIEW("application/json")};
    if (call->known_etag.len > 0)
        headers[http.header_count++] = (struct http_header){VIEW("If-None-Match"), call->known_etag};
    code = forge->http->send(forge->http->ctx, &http, arena, reply, err);
    return code == ERR_OK ? ERR_OK : transport_failed(call, code, err);
}

static enum err_code read_answer(const struct forge *forge, const struct github_call *call,
                                 const struct http_reply *reply, struct json **out, struct err *err)
{
    if (call->known_etag.len > 0 && reply->status == 304) {
        *out = NULL;
        return ERR_OK;
    }
    if (reply->status < 200 || reply->status > 299)
        return answer_failed(forge, call, reply, err);
    if (reply->status == 202 && reply->body.len == 0) {
        *out = NULL;
        return ERR_OK;
    }
    if (json_parse(reply->body, out, err) != ERR_OK)
        /* Something between us and GitHub may have spoken in its place. */
        return err_set(err, call->changes ? ERR_TIMEOUT : ERR_UNAVAILABLE, "%s: %.*s answers %d with no JSON",
                       call->what, VIEW_ARG(forge->name), reply->status);
    return ERR_OK;
}

enum err_code github_ask(const struct forge *forge, const struct github_call *call, struct arena *arena,
                         struct http_reply *reply, struct err *err)
{
    enum err_code code = exchange(forge, call, arena, reply, err);

    if (code != ERR_OK && err)
        redact_error(err, &forge->token, 1);
    return code;
}

enum err_code github_understand(const struct forge *forge, const struct github_call *call,
                                const struct http_reply *reply, struct json **out, struct err *err)
{
    enum err_code code = read_answer(forge, call, reply, out, err);

    if (code != ERR_OK && err)
        redact_error(err, &forge->token, 1);
    return code;
}

/* @p etag and @p next may be NULL. */
static enum err_code send(const struct forge *forge, const struct github_call *call, struct arena *arena,
                          struct json **out, struct view *etag, struct view *next, struct err *err)
{
    struct http_reply reply = {0};
    enum err_code code = exchange(forge, call, arena, &reply, err);

    if (code == ERR_OK)
        code = read_answer(forge, call, &reply, out, err);
    if (code == ERR_OK && next) {
        code = github_next_page(forge, &reply, next, err);
        if (code != ERR_OK) {
            json_free(*out);
            *out = NULL;
        }
    }
    if (code == ERR_OK && etag)
        *etag = http_reply_header(&reply, "etag");
    if (code != ERR_OK && err)
        redact_error(err, &forge->token, 1);
    return code;
}

enum err_code github_send(const struct forge *forge, const struct github_call *call, struct arena *arena,
                          struct json **out, struct view *next, struct err *err)
{
    return send(forge, call, arena, out, NULL, next, err);
}

enum err_code github_send_known(const struct forge *forge, const struct github_call *call,
                                struct arena *arena, struct json **out, struct view *etag, struct err *err)
{
    return send(forge, call, arena, out, etag, NULL, err);
}

enum err_code github_send_page(const struct forge *forge, const struct github_call *call, struct arena *arena,
                               struct json **out, struct view *etag, struct view *next, struct err *err)
{
    return send(forge, call, arena, out, etag, next, err);
}
