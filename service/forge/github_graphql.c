/* One request to GitHub's GraphQL. Its failures come with status 200 and a type. Source: forges.md A7. */
#include "base/json_writer.h"
#include "forge/github_internal.h"

enum { QUERY_MAX_BYTES = 16 << 20, WORDS_MAX = 600 };

/* https://api.github.com/graphql; on an Enterprise Server, whose REST lies below /api/v3, /api/graphql. */
static struct view address(const struct forge *forge, struct arena *arena)
{
    struct view api = forge->api;

    if (view_ends(api, "/v3"))
        api = view_slice(api, 0, api.len - 3);
    return arena_format(arena, "%.*s/graphql", VIEW_ARG(api));
}

enum err_code github_query_send(const struct forge *forge, const struct github_query *query,
                                struct arena *arena, struct json **out, struct err *err)
{
    struct github_call call = {
        .method = "POST", .path = address(forge, arena), .what = query->what, .changes = query->changes};
    struct json_writer writer;
    struct buffer body;
    enum err_code code;

    if (call.path.len == 0)
        return arena_full(arena, err);
    buffer_init(&body, QUERY_MAX_BYTES);
    json_writer_init(&writer, &body);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "query", query->text);
    json_open_object(&writer, "variables");
    query->variables(&writer, query->ctx);
    json_close_object(&writer);
    json_close_object(&writer);
    code = buffer_check(&body, "the query", err);
    call.body = buffer_view(&body);
    if (code == ERR_OK)
        code = github_send(forge, &call, arena, out, NULL, err);
    buffer_deinit(&body);
    return code;
}

enum err_code github_query_failed(const struct forge *forge, const struct github_query *query,
                                  const struct json *error, struct err *err)
{
    static const struct {
        const char *type;
        enum err_code code;
    } TYPES[] = {
        {"FORBIDDEN", ERR_DENIED},
        {"INSUFFICIENT_SCOPES", ERR_DENIED},
        {"NOT_FOUND", ERR_NOT_FOUND},
        {"RATE_LIMITED", ERR_UNAVAILABLE},
        {"RESOURCE_LIMITS_EXCEEDED", ERR_LIMIT},
        {"UNPROCESSABLE", ERR_INVALID},
    };
    struct view type = {0}, message = VIEW("no data in the answer");
    /* "Something went wrong", without a type: GitHub itself does not know how far it came. */
    enum err_code code = query->changes ? ERR_TIMEOUT : ERR_UNAVAILABLE;

    json_text(error, "type", &type);
    json_text(error, "message", &message);
    for (size_t i = 0; i < COUNT_OF(TYPES); i++)
        if (view_is(type, TYPES[i].type))
            code = TYPES[i].code;
    err_set(err, code, "%s: %.*s answers %.*s%s%.*s", query->what, VIEW_ARG(forge->name), VIEW_ARG(type),
            type.len ? ": " : "", VIEW_ARG(view_slice(message, 0, WORDS_MAX)));
    if (err && view_is(type, "RATE_LIMITED"))
        err->retry_after_ms = GITHUB_SHORTEST_PAUSE_MS;
    return code;
}
