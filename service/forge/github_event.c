/* Deliveries of GitHub: the signature, then which of them wants a review. Source: forges.md A1, A2. */
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

enum action_need { NEED_NOTHING, NEED_BASE_CHANGE };

static const struct action {
    const char *name;
    enum forge_event_kind kind;
    enum action_need need;
    const char *reason;
} ACTIONS[] = {
    {.name = "opened", .kind = FORGE_REVIEW},
    {.name = "synchronize", .kind = FORGE_REVIEW},
    {.name = "reopened", .kind = FORGE_REVIEW},
    {.name = "ready_for_review", .kind = FORGE_REVIEW},
    {.name = "edited",
     .kind = FORGE_REVIEW,
     .need = NEED_BASE_CHANGE,
     .reason = "edited, its base did not change"},
    {.name = "converted_to_draft", .kind = FORGE_CLOSED, .reason = "became a draft"},
    {.name = "closed", .kind = FORGE_CLOSED, .reason = "closed"},
};

/* All that is read of a payload: the rest, most of it addresses, is checked but not built. */
static const char *const PATHS[] = {
    "action",
    "number",
    "sender.login",
    "repository.full_name",
    "changes.base",
    "pull_request.number",
    "pull_request.title",
    "pull_request.draft",
    "pull_request.merged",
    "pull_request.head.sha",
    "pull_request.head.ref",
    "pull_request.base.sha",
    "pull_request.base.ref",
};

enum err_code github_verify(const struct forge *forge, const struct forge_request *request, struct err *err)
{
    return forge_signature_check(forge, request->body, request->header(request->ctx, "X-Hub-Signature-256"),
                                 err);
}

static enum err_code missing(struct err *err, const char *path, const char *what)
{
    return err_set(err, ERR_INVALID, "the payload has no %s at %s", what, path);
}

static enum err_code copy_sha(const struct json *root, const char *path, struct arena *arena,
                              struct view *out, struct err *err)
{
    struct view sha;

    if (!json_text(root, path, &sha) || !forge_sha_is_valid(sha))
        return missing(err, path, "commit id");
    return arena_copy(arena, sha, out, err);
}

static enum err_code copy_optional(const struct json *root, const char *path, struct arena *arena,
                                   struct view *out, struct err *err)
{
    struct view text;

    return json_text(root, path, &text) ? forge_copy_short(text, FORGE_TITLE_MAX, arena, out, err) : ERR_OK;
}

/* What every event may have: who, where, which action. A repository name that is none of ours is refused. */
static enum err_code read_common(const struct json *root, struct arena *arena, struct forge_event *out,
                                 struct err *err)
{
    struct view name;
    enum err_code code = copy_optional(root, "action", arena, &out->action, err);

    if (code == ERR_OK)
        code = copy_optional(root, "sender.login", arena, &out->sender, err);
    if (code != ERR_OK || !json_text(root, "repository.full_name", &name))
        return code;
    if (!forge_repository_is_valid(name))
        return missing(err, "repository.full_name", "usable name");
    return arena_copy(arena, name, &out->repository, err);
}

static enum err_code read_pull(const struct json *root, struct arena *arena, struct forge_event *out,
                               struct err *err)
{
    struct view base, head;
    enum err_code code = copy_sha(root, "pull_request.head.sha", arena, &out->head_sha, err);

    if (code == ERR_OK)
        code = copy_sha(root, "pull_request.base.sha", arena, &out->base_sha, err);
    if (code == ERR_OK)
        code = copy_optional(root, "pull_request.title", arena, &out->title, err);
    if (code != ERR_OK)
        return code;
    if (out->repository.len == 0)
        return missing(err, "repository.full_name", "name");
    if ((!json_int(root, "number", &out->number) && !json_int(root, "pull_request.number", &out->number)) ||
        out->number < 1)
        return missing(err, "number", "pull request number");
    if (!json_text(root, "pull_request.base.ref", &base) || !forge_branch_is_valid(base))
        return missing(err, "pull_request.base.ref", "branch name");
    code = arena_copy(arena, base, &out->base_ref, err);
    /* The head's branch is for show alone: its commits come from refs/pull/N/head. */
    if (code == ERR_OK && json_text(root, "pull_request.head.ref", &head) && forge_branch_is_valid(head))
        code = arena_copy(arena, head, &out->head_ref, err);
    json_bool(root, "pull_request.draft", &out->draft);
    out->base_changed = json_at(root, "changes.base") != NULL;
    return code;
}

static enum err_code ignore(struct forge_event *out, const char *reason)
{
    out->kind = FORGE_IGNORED;
    out->reason = view_of(reason);
    return ERR_OK;
}

static enum err_code read_event(const struct forge *forge, const struct json *root, struct arena *arena,
                                struct forge_event *out, struct err *err)
{
    enum err_code code = read_common(root, arena, out, err);
    bool merged = false;

    if (code != ERR_OK)
        return code;
    if (!view_is(out->event, "pull_request"))
        return ignore(out, "an event that asks for no review");
    if (out->action.len == 0)
        return missing(err, "action", "action name");
    if (forge->login.len > 0 && view_equal(out->sender, forge->login))
        return ignore(out, "sent by our own account");
    for (const struct action *action = ACTIONS; action < ACTIONS + COUNT_OF(ACTIONS); action++) {
        if (!view_is(out->action, action->name))
            continue;
        code = read_pull(root, arena, out, err);
        if (code != ERR_OK)
            return code;
        if (action->need == NEED_BASE_CHANGE && !out->base_changed)
            return ignore(out, action->reason);
        out->kind = action->kind;
        if (action->kind == FORGE_CLOSED)
            out->reason = view_of(action->reason);
        if (action->kind == FORGE_CLOSED && json_bool(root, "pull_request.merged", &merged) && merged)
            out->reason = VIEW("merged");
        return ERR_OK;
    }
    return ignore(out, "an action that changes no code");
}

enum err_code github_parse(const struct forge *forge, const struct forge_request *request,
                           struct arena *arena, struct forge_event *out, struct err *err)
{
    struct forge_event event = {0};
    struct json *root = NULL;
    struct view name = request->header(request->ctx, "X-GitHub-Event");
    enum err_code code = forge_delivery_id(request, "X-GitHub-Delivery", arena, &event.delivery_id, err);

    if (code != ERR_OK)
        return code;
    if (!forge_token_is_valid(name, FORGE_DELIVERY_MAX))
        return err_set(err, ERR_INVALID, "header X-GitHub-Event is missing or no event name");
    if (view_starts(request->body, "payload="))
        return err_set(err, ERR_INVALID,
                       "the payload is a form: set the webhook's content type to application/json");
    code = arena_copy(arena, name, &event.event, err);
    if (code == ERR_OK)
        code = json_parse_only(request->body, PATHS, COUNT_OF(PATHS), &root, err);
    if (code == ERR_OK && !json_is_object(root))
        code = err_set(err, ERR_INVALID, "the payload is no JSON object");
    if (code == ERR_OK)
        code = read_event(forge, root, arena, &event, err);
    json_free(root);
    if (code == ERR_OK)
        *out = event;
    return code;
}
