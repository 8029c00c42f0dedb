/* A GitHub App: it signs a short token with its key, asks where it is installed, and mints there a token for
 * one repository, which lasts an hour. Source: forges.md A4. */
#include "base/json.h"
#include "forge/crypto.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

#include <time.h>

enum {
    JWT_BACK_S = 60,   /* issued so long ago: GitHub's clock may be behind */
    JWT_AHEAD_S = 540, /* GitHub allows 600 */
    JWT_BYTES_MAX = 8 << 10,
    MARGIN_MS = 5 * 60 * 1000, /* a token is not used for the last minutes of its hour */
};

enum err_code github_as_app(const struct forge *forge, struct arena *arena, struct forge *out,
                            struct err *err)
{
    int64_t now_s = forge->now_ms(forge->clock) / 1000;
    struct view claims =
        arena_format(arena, "{\"iat\":%lld,\"exp\":%lld,\"iss\":\"%.*s\"}", (long long)(now_s - JWT_BACK_S),
                     (long long)(now_s + JWT_AHEAD_S), VIEW_ARG(forge->app_id));
    struct buffer token;
    enum err_code code;

    if (claims.len == 0)
        return arena_full(arena, err);
    *out = *forge;
    buffer_init(&token, JWT_BYTES_MAX);
    code = crypto_jwt_rs256(forge->app_key, claims, &token, err);
    if (code == ERR_OK)
        code = arena_copy(arena, buffer_view(&token), &out->token, err);
    buffer_deinit(&token);
    return code == ERR_OK ? ERR_OK : err_wrap(err, "App %.*s", VIEW_ARG(forge->app_id));
}

/* Where the App is installed: 404 means that it is not. */
static enum err_code installation_of(const struct forge *app, struct view repository, struct arena *arena,
                                     int64_t *out, struct err *err)
{
    struct view what = arena_format(arena, "find the App's installation for %.*s", VIEW_ARG(repository));
    struct github_call call = {.method = "GET", .what = what.ptr};
    struct json *root = NULL;
    enum err_code code;

    call.path = arena_format(arena, "/repos/%.*s/installation", VIEW_ARG(repository));
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    code = github_send(app, &call, arena, &root, NULL, err);
    if (code == ERR_NOT_FOUND)
        return err_set(err, ERR_DENIED, "the App %.*s is not installed for %.*s: install it there",
                       VIEW_ARG(app->app_id), VIEW_ARG(repository));
    if (code != ERR_OK)
        return code;
    if (!json_int(root, "id", out) || *out <= 0)
        code = err_set(err, ERR_INTERNAL, "%s: no id in the answer", call.what);
    json_free(root);
    return code;
}

/* "2026-07-11T22:14:10Z" in milliseconds since 1970. */
static bool read_time(struct view text, struct arena *arena, int64_t *out)
{
    struct view copy = arena_format(arena, "%.*s", VIEW_ARG(text));
    struct tm at = {0};
    const char *end = copy.len ? strptime(copy.ptr, "%Y-%m-%dT%H:%M:%S", &at) : NULL;

    if (!end || (*end != 'Z' && *end != '.'))
        return false;
    *out = (int64_t)timegm(&at) * 1000;
    return true;
}

static enum err_code keep(struct forge *forge, struct view repository, const struct json *answer,
                          struct arena *arena, struct err *err)
{
    struct view token, expires;
    int64_t until_ms;

    if (!json_text(answer, "token", &token) || token.len == 0 || !json_text(answer, "expires_at", &expires) ||
        !read_time(expires, arena, &until_ms))
        return err_set(err, ERR_INTERNAL, "GitHub minted a token for %.*s without saying what, or how long",
                       VIEW_ARG(repository));
    return grants_keep(forge, repository, token, until_ms - MARGIN_MS, &forge->token, err);
}

/* Of all that the installation reaches, or of what @p body names; kept under @p key. */
static enum err_code mint_at(struct forge *forge, const struct forge *app, int64_t installation,
                             struct view body, struct view key, struct arena *arena, struct err *err)
{
    struct view what = arena_format(arena, "mint a token for %.*s", VIEW_ARG(key));
    struct github_call call = {.method = "POST", .what = what.ptr, .body = body};
    struct json *root = NULL;
    enum err_code code;

    call.path = arena_format(arena, "/app/installations/%lld/access_tokens", (long long)installation);
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    code = github_send(app, &call, arena, &root, NULL, err);
    if (code != ERR_OK)
        return code;
    code = keep(forge, key, root, arena, err);
    json_free(root);
    return code;
}

static enum err_code mint(struct forge *forge, struct view repository, struct arena *arena, struct err *err)
{
    size_t slash = view_find_byte(repository, '/', 0);
    /* The name was checked: it needs no escape. */
    struct view body = arena_format(arena, "{\"repositories\":[\"%.*s\"]}",
                                    VIEW_ARG(view_slice(repository, slash + 1, repository.len)));
    struct forge app;
    int64_t installation = 0;
    enum err_code code = body.len ? github_as_app(forge, arena, &app, err) : arena_full(arena, err);

    if (code == ERR_OK)
        code = installation_of(&app, repository, arena, &installation, err);
    return code == ERR_OK ? mint_at(forge, &app, installation, body, repository, arena, err) : code;
}

enum err_code github_enter_installation(struct forge *forge, int64_t installation, bool anew,
                                        struct arena *arena, int64_t *calls, struct err *err)
{
    struct view key = arena_format(arena, "installation %lld", (long long)installation);
    struct forge app;
    enum err_code code;

    if (!key.len)
        return arena_full(arena, err);
    forge->token = anew ? (struct view){0} : grants_find(forge, key, forge->now_ms(forge->clock));
    if (forge->token.len > 0)
        return ERR_OK;
    code = github_as_app(forge, arena, &app, err);
    if (code != ERR_OK)
        return code;
    (*calls)++;
    return mint_at(forge, &app, installation, (struct view){0}, key, arena, err);
}

enum err_code github_enter(struct forge *forge, struct view repository, bool anew, struct arena *arena,
                           struct err *err)
{
    struct view kept = anew ? (struct view){0} : grants_find(forge, repository, forge->now_ms(forge->clock));

    if (kept.len == 0) {
        forge->token = kept;
        return mint(forge, repository, arena, err);
    }
    forge->token = kept;
    return ERR_OK;
}

enum err_code github_app_login(const struct forge *forge, struct arena *arena, struct view *out,
                               struct err *err)
{
    struct github_call call = {.method = "GET", .path = VIEW("/app"), .what = "ask who the App is"};
    struct json *root = NULL;
    struct view slug;
    struct forge app;
    enum err_code code = github_as_app(forge, arena, &app, err);

    if (code == ERR_OK)
        code = github_send(&app, &call, arena, &root, NULL, err);
    if (code != ERR_OK)
        return code;
    if (!json_text(root, "slug", &slug))
        code = err_set(err, ERR_INTERNAL, "%s: no slug in the answer", call.what);
    else if ((*out = arena_format(arena, "%.*s[bot]", VIEW_ARG(slug))).len == 0)
        code = arena_full(arena, err);
    json_free(root);
    return code;
}
