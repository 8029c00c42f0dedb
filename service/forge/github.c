/* GitHub and GitHub Enterprise Server: the table, and what is read of a pull request. */
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

static struct view github_head_ref(int64_t number, struct view head_branch, struct arena *arena)
{
    (void)head_branch;
    return arena_format(arena, "refs/pull/%lld/head", (long long)number);
}

enum err_code github_whoami(const struct forge *forge, struct arena *arena, struct view *out, struct err *err)
{
    struct github_call call = {
        .method = "GET", .path = VIEW("/user"), .what = "ask who the token belongs to"};
    struct json *root = NULL;
    struct view login;
    enum err_code code;

    if (forge->app_id.len > 0)
        return github_app_login(forge, arena, out, err);
    if (forge->token.len == 0)
        return err_set(err, ERR_DENIED, "forge %.*s has no token", VIEW_ARG(forge->name));
    code = github_send(forge, &call, arena, &root, NULL, err);
    if (code != ERR_OK)
        return code;
    code = json_text(root, "login", &login)
               ? arena_copy(arena, login, out, err)
               : err_set(err, ERR_INTERNAL, "%s: no login in the answer", call.what);
    json_free(root);
    return code;
}

static enum err_code copy_sha(const struct json *root, const char *path, struct arena *arena,
                              struct view *out, struct err *err)
{
    struct view sha;

    if (!json_text(root, path, &sha) || !forge_sha_is_valid(sha))
        return err_set(err, ERR_INTERNAL, "the answer has no commit id at %s", path);
    return arena_copy(arena, sha, out, err);
}

enum err_code github_read_pull(const struct json *root, struct arena *arena, struct forge_pull *out,
                               struct err *err)
{
    static const struct {
        const char *path;
        size_t offset;
        size_t max;
    } TEXTS[] = {
        {"base.ref", offsetof(struct forge_pull, base_ref), 1024},
        {"head.ref", offsetof(struct forge_pull, head_ref), 1024},
        {"title", offsetof(struct forge_pull, title), FORGE_TITLE_MAX},
        {"html_url", offsetof(struct forge_pull, html_url), 2048},
        {"user.login", offsetof(struct forge_pull, author), 256},
    };
    struct view state;
    enum err_code code = copy_sha(root, "head.sha", arena, &out->head_sha, err);

    if (code == ERR_OK)
        code = copy_sha(root, "base.sha", arena, &out->base_sha, err);
    for (size_t i = 0; code == ERR_OK && i < COUNT_OF(TEXTS); i++) {
        struct view text = {0};

        if (json_text(root, TEXTS[i].path, &text))
            code = forge_copy_short(text, TEXTS[i].max, arena,
                                    (struct view *)(void *)((char *)out + TEXTS[i].offset), err);
    }
    if (code != ERR_OK)
        return code;
    if (!forge_branch_is_valid(out->base_ref))
        return err_set(err, ERR_INTERNAL, "the answer has no usable branch name at base.ref");
    json_bool(root, "draft", &out->draft);
    json_bool(root, "locked", &out->locked);
    out->open = json_text(root, "state", &state) && view_is(state, "open");
    return ERR_OK;
}

static enum err_code github_pull_get(const struct forge *forge, struct view repository, int64_t number,
                                     const struct forge_pull *known, struct arena *arena,
                                     struct forge_pull *out, struct err *err)
{
    struct view what =
        arena_format(arena, "read pull request %lld of %.*s", (long long)number, VIEW_ARG(repository));
    struct github_call call = {.method = "GET", .what = what.ptr};
    struct forge_pull pull = {.number = number};
    struct json *root = NULL;
    enum err_code code;

    if (!forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    call.path = arena_format(arena, "/repos/%.*s/pulls/%lld", VIEW_ARG(repository), (long long)number);
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    if (known)
        call.known_etag = known->version;
    code = github_send_known(forge, &call, arena, &root, &pull.version, err);
    if (code != ERR_OK)
        return code;
    if (!root && known) {
        *out = *known;
        return ERR_OK;
    }
    code = github_read_pull(root, arena, &pull, err);
    json_free(root);
    if (code != ERR_OK)
        return err_wrap(err, "%s", call.what);
    *out = pull;
    return ERR_OK;
}

static enum err_code github_merge_base(const struct forge *forge, struct view repository, struct view base,
                                       struct view head, struct arena *arena, struct view *out,
                                       struct err *err)
{
    struct view what = arena_format(arena, "compare commits of %.*s", VIEW_ARG(repository));
    struct github_call call = {.method = "GET", .what = what.ptr};
    struct json *root = NULL;
    enum err_code code;

    if (!forge_repository_is_valid(repository) || !forge_sha_is_valid(base) || !forge_sha_is_valid(head))
        return err_set(err, ERR_INVALID, "\"%.*s\" or its commits have no valid name", VIEW_ARG(repository));
    call.path = arena_format(arena, "/repos/%.*s/compare/%.*s...%.*s?per_page=1", VIEW_ARG(repository),
                             VIEW_ARG(base), VIEW_ARG(head));
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    code = github_send(forge, &call, arena, &root, NULL, err);
    if (code != ERR_OK)
        return code;
    code = copy_sha(root, "merge_base_commit.sha", arena, out, err);
    json_free(root);
    return code == ERR_OK ? ERR_OK : err_wrap(err, "%s", call.what);
}

/* A limit of an installation token counts for the installation, which is an owner's; one of a person's token
 * is met at one repository, and the others are left to find out themselves. */
static struct view github_limit_scope(const struct forge *forge, struct view repository, struct arena *arena)
{
    size_t owner = view_find_byte(repository, '/', 0);

    return (forge->app_id.len > 0 || view_starts(forge->token, "ghs_")) && owner != SIZE_MAX
               ? arena_format(arena, "%.*s/", VIEW_ARG(view_slice(repository, 0, owner)))
               : repository;
}

const struct forge_ops FORGE_GITHUB = {
    .kind = "github",
    .git_user = "x-access-token",
    .verify = github_verify,
    .parse = github_parse,
    .enter = github_enter,
    .whoami = github_whoami,
    .pull_get = github_pull_get,
    .merge_base = github_merge_base,
    .standing_read = github_standing_read,
    .review_post = github_review_post,
    .review_sift = github_review_sift,
    .standing_update = github_standing_update,
    .check_put = github_check_put,
    .react = github_react,
    .may_write = github_may_write,
    .about = github_about,
    .answer_read = github_answer_read,
    .answer_put = github_answer_put,
    .limit_scope = github_limit_scope,
    .sweep = github_sweep,
    .examine = github_examine,
    .ping = github_ping,
    .head_ref = github_head_ref,
};
