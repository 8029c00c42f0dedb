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
    "check_run.name",
    "check_run.external_id",
    "check_run.head_sha",
    "check_run.pull_requests",
    "check_suite.head_sha",
    "check_suite.pull_requests",
    "requested_action.identifier",
    "sender.type",
    "issue.number",
    "issue.pull_request",
    "comment.id",
    "comment.in_reply_to_id",
    "comment.body",
    "comment.performed_via_github_app",
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

/* Of which pull request a check is. For one from a fork GitHub names none; then our own id does, which begins
 * with its number (github_check.c). */
static int64_t number_of_check(const struct json *root, const char *list, const char *external)
{
    struct view text, digits;
    int64_t number = 0;
    uint64_t value = 0;

    if (json_int(json_first(json_at(root, list)), "number", &number) && number > 0)
        return number;
    if (!external || !json_text(root, external, &text))
        return 0;
    digits = view_slice(text, 0, view_find_byte(text, ':', 0));
    return digits.len < text.len && view_to_u64(digits, &value) && value <= INT32_MAX ? (int64_t)value : 0;
}

/* "Re-run" in the list of checks, and the button of our own. */
static enum err_code read_check(const struct json *root, struct arena *arena, struct forge_event *out,
                                struct err *err)
{
    bool run = view_is(out->event, "check_run");
    struct view text;
    enum err_code code;

    if (view_is(out->action, "requested_action")) {
        if (!json_text(root, "requested_action.identifier", &text) || !view_is(text, "run"))
            return ignore(out, "a button that is none of ours");
    } else if (!view_is(out->action, "rerequested")) {
        return ignore(out, "a check that nobody asks to run again");
    }
    if (run && (!json_text(root, "check_run.name", &text) || !view_is(text, "perf-review")))
        return ignore(out, "a check that is none of ours");
    if (out->repository.len == 0)
        return missing(err, "repository.full_name", "name");
    code = copy_sha(root, run ? "check_run.head_sha" : "check_suite.head_sha", arena, &out->head_sha, err);
    if (code != ERR_OK)
        return code;
    out->number = run ? number_of_check(root, "check_run.pull_requests", "check_run.external_id")
                      : number_of_check(root, "check_suite.pull_requests", NULL);
    if (out->number == 0)
        return ignore(out, "a check of no pull request that is known");
    out->kind = FORGE_REVIEW;
    out->again = true;
    return ERR_OK;
}

/* A comment in the pull request's conversation, or beside its code. "issue/ID" or "review/ID/FIRST" is what
 * github_comment.c takes: FIRST began the conversation, 0 where this one does. */
static enum err_code read_comment(const struct json *root, struct arena *arena, struct forge_event *out,
                                  struct err *err)
{
    bool of_issue = view_is(out->event, "issue_comment");
    int64_t id = 0, first = 0;
    struct view type = {0}, body = {0};

    if (!view_is(out->action, "created"))
        return ignore(out, "a comment that is not new");
    if (of_issue && !json_is_object(json_at(root, "issue.pull_request")))
        return ignore(out, "a comment on an issue");
    json_text(root, "sender.type", &type);
    /* Whoever answers programs may answer itself one day. */
    if (view_is(type, "Bot") || json_is_object(json_at(root, "comment.performed_via_github_app")))
        return ignore(out, "a comment by a program");
    json_text(root, "comment.body", &body);
    if (view_find(body, VIEW("<!-- perf-review:"), 0) != SIZE_MAX)
        return ignore(out, "a comment of our own");
    if (out->repository.len == 0)
        return missing(err, "repository.full_name", "name");
    if (!json_int(root, of_issue ? "issue.number" : "pull_request.number", &out->number) || out->number < 1)
        return missing(err, of_issue ? "issue.number" : "pull_request.number", "pull request number");
    if (!json_int(root, "comment.id", &id) || id < 1)
        return missing(err, "comment.id", "id");
    json_int(root, "comment.in_reply_to_id", &first);
    out->comment = of_issue ? arena_format(arena, "issue/%lld", (long long)id)
                            : arena_format(arena, "review/%lld/%lld", (long long)id, (long long)first);
    out->kind = FORGE_COMMENT;
    return out->comment.len == 0 ? arena_full(arena, err)
                                 : forge_copy_short(body, FORGE_COMMENT_MAX_BYTES, arena, &out->body, err);
}

static enum err_code read_event(const struct forge *forge, const struct json *root, struct arena *arena,
                                struct forge_event *out, struct err *err)
{
    enum err_code code = read_common(root, arena, out, err);
    bool merged = false;

    if (code != ERR_OK)
        return code;
    if (view_is(out->event, "check_run") || view_is(out->event, "check_suite"))
        return read_check(root, arena, out, err);
    if (view_is(out->event, "issue_comment") || view_is(out->event, "pull_request_review_comment"))
        return forge->login.len > 0 && view_equal(out->sender, forge->login)
                   ? ignore(out, "sent by our own account")
                   : read_comment(root, arena, out, err);
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
