/* Plain bare repositories, without a forge: a post-receive hook sends the delivery, a branch plays the part
 * of a pull request against the default branch, and the review is a note on the head commit. */
#include "base/buffer.h"
#include "base/json.h"
#include "forge/forge_internal.h"
#include "git/mirror.h"
#include "git/note.h"

#define BRANCHES "refs/heads/"

static enum err_code plain_verify(const struct forge *forge, const struct forge_request *request,
                                  struct err *err)
{
    return forge_signature_check(forge, request->body,
                                 request->header(request->ctx, "X-Perf-Review-Signature-256"), err);
}

/* The repository's place comes from the configuration; the name was checked to hold no way out of it. */
static enum err_code plain_open(const struct forge *forge, struct view repository, struct arena *arena,
                                struct mirror **out, struct err *err)
{
    struct view path;

    if (!forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    path = forge_clone_url(forge, repository, arena);
    if (path.len == 0)
        return arena_full(arena, err);
    if (view_starts(path, "file://"))
        path = view_slice(path, sizeof("file://") - 1, path.len);
    return mirror_open(path, out, err);
}

static enum err_code default_branch(struct mirror *mirror, struct arena *arena, struct forge_pull *out,
                                    struct err *err)
{
    char id[MIRROR_ID_SIZE];
    struct view ref;
    enum err_code code = mirror_default_branch(mirror, arena, &ref, err);

    if (code == ERR_OK)
        code = mirror_resolve(mirror, ref, id, err);
    if (code == ERR_OK)
        code = arena_copy(arena, view_of(id), &out->base_sha, err);
    if (code == ERR_OK)
        out->base_ref = view_starts(ref, BRANCHES) ? view_slice(ref, sizeof(BRANCHES) - 1, ref.len) : ref;
    return code;
}

static bool sha_is_zero(struct view sha)
{
    for (size_t i = 0; i < sha.len; i++)
        if (sha.ptr[i] != '0')
            return false;
    return true;
}

static enum err_code ignore(struct forge_event *out, const char *reason)
{
    out->kind = FORGE_IGNORED;
    out->reason = view_of(reason);
    return ERR_OK;
}

/* Repository, branch and head as the hook says them. */
static enum err_code read_push(const struct json *root, struct arena *arena, struct forge_event *out,
                               struct view *ref, struct err *err)
{
    struct view repository, after, sender;
    enum err_code code;

    if (!json_text(root, "repository", &repository) || !forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "the payload has no repository name at repository");
    if (!json_text(root, "after", &after) || !forge_sha_is_valid(after))
        return err_set(err, ERR_INVALID, "the payload has no commit id at after");
    if (!json_text(root, "ref", ref) || !view_starts(*ref, "refs/"))
        return err_set(err, ERR_INVALID, "the payload has no full ref name at ref");
    code = arena_copy(arena, repository, &out->repository, err);
    if (code == ERR_OK)
        code = arena_copy(arena, after, &out->head_sha, err);
    if (code == ERR_OK && json_text(root, "sender", &sender))
        code = forge_copy_short(sender, FORGE_TITLE_MAX, arena, &out->sender, err);
    return code;
}

static enum err_code read_event(const struct forge *forge, const struct json *root, struct arena *arena,
                                struct forge_event *out, struct err *err)
{
    struct mirror *mirror = NULL;
    struct forge_pull base = {0};
    struct view ref = {0}, branch;
    enum err_code code = read_push(root, arena, out, &ref, err);

    if (code != ERR_OK)
        return code;
    if (!view_starts(ref, BRANCHES))
        return ignore(out, "not a branch");
    if (sha_is_zero(out->head_sha))
        return ignore(out, "the branch was deleted");
    branch = view_slice(ref, sizeof(BRANCHES) - 1, ref.len);
    if (!forge_branch_is_valid(branch))
        return err_set(err, ERR_INVALID, "the payload has no branch name at ref");
    code = plain_open(forge, out->repository, arena, &mirror, err);
    if (code == ERR_OK)
        code = default_branch(mirror, arena, &base, err);
    mirror_free(mirror);
    if (code == ERR_NOT_FOUND)
        return ignore(out, "no repository of that name, or its default branch has no commit yet");
    if (code == ERR_OK)
        code = arena_copy(arena, branch, &out->head_ref, err);
    if (code != ERR_OK)
        return code;
    out->base_ref = base.base_ref;
    out->base_sha = base.base_sha;
    if (view_equal(branch, base.base_ref))
        return ignore(out, "a push to the default branch");
    out->kind = FORGE_REVIEW;
    out->title = out->head_ref;
    out->number = forge_branch_number(branch);
    return ERR_OK;
}

static enum err_code plain_parse(const struct forge *forge, const struct forge_request *request,
                                 struct arena *arena, struct forge_event *out, struct err *err)
{
    struct forge_event event = {.event = VIEW("push")};
    struct json *root = NULL;
    enum err_code code = forge_delivery_id(request, "X-Perf-Review-Delivery", arena, &event.delivery_id, err);

    if (code == ERR_OK)
        code = json_parse(request->body, &root, err);
    if (code == ERR_OK)
        code = read_event(forge, root, arena, &event, err);
    json_free(root);
    if (code == ERR_OK)
        *out = event;
    return code;
}

static enum err_code plain_whoami(const struct forge *forge, struct arena *arena, struct view *out,
                                  struct err *err)
{
    (void)forge;
    (void)arena;
    (void)err;
    *out = VIEW("perf-review"); /* the author of the notes */
    return ERR_OK;
}

static enum err_code find_branch(struct mirror *mirror, int64_t number, struct arena *arena,
                                 struct forge_pull *out, struct err *err)
{
    const struct mirror_ref *refs;
    size_t count;
    enum err_code code = mirror_refs(mirror, BRANCHES, arena, &refs, &count, err);

    if (code != ERR_OK)
        return code;
    for (size_t i = 0; i < count; i++) {
        struct view branch = view_slice(refs[i].name, sizeof(BRANCHES) - 1, refs[i].name.len);

        if (forge_branch_number(branch) != number)
            continue;
        out->head_sha = refs[i].id;
        out->head_ref = branch;
        return ERR_OK;
    }
    return err_set(err, ERR_NOT_FOUND, "no branch has the number %lld", (long long)number);
}

static enum err_code plain_pull_get(const struct forge *forge, struct view repository, int64_t number,
                                    const struct forge_pull *known, struct arena *arena,
                                    struct forge_pull *out, struct err *err)
{
    struct forge_pull pull = {.number = number, .open = true};
    struct mirror *mirror = NULL;
    enum err_code code = plain_open(forge, repository, arena, &mirror, err);

    (void)known;
    if (code == ERR_OK)
        code = default_branch(mirror, arena, &pull, err);
    if (code == ERR_OK)
        code = find_branch(mirror, number, arena, &pull, err);
    mirror_free(mirror);
    if (code != ERR_OK)
        return err_wrap(err, "repository %.*s", VIEW_ARG(repository));
    pull.title = pull.head_ref;
    *out = pull;
    return ERR_OK;
}

static enum err_code plain_merge_base(const struct forge *forge, struct view repository, struct view base,
                                      struct view head, struct arena *arena, struct view *out,
                                      struct err *err)
{
    char id[MIRROR_ID_SIZE];
    struct mirror *mirror = NULL;
    enum err_code code = plain_open(forge, repository, arena, &mirror, err);

    if (code == ERR_OK)
        code = mirror_merge_base(mirror, base, head, id, err);
    mirror_free(mirror);
    if (code != ERR_OK)
        return err_wrap(err, "repository %.*s", VIEW_ARG(repository));
    return arena_copy(arena, view_of(id), out, err);
}

/* A note belongs to one head and holds all that is said of it: nothing of an older one is carried on. */
static enum err_code plain_standing_read(const struct forge *forge, struct view repository, int64_t number,
                                         struct view head, struct arena *arena, struct forge_standing *out,
                                         struct err *err)
{
    struct forge_standing found = {0};
    struct mirror *mirror = NULL;
    struct view text, marked;
    enum err_code code = plain_open(forge, repository, arena, &mirror, err);

    (void)number;
    if (code != ERR_OK)
        return err_wrap(err, "repository %.*s", VIEW_ARG(repository));
    code = mirror_note_read(mirror, head, arena, &text, err);
    if (code == ERR_OK && forge_marker_read(text, &marked, &found.summary.job) && view_equal(marked, head)) {
        found.summary.found = true;
        found.summary.head = marked;
        found.summary.body = text;
        code = arena_copy(arena, head, &found.summary.id, err);
    }
    mirror_free(mirror);
    if (code != ERR_OK && code != ERR_NOT_FOUND)
        return code;
    *out = found;
    return ERR_OK;
}

static void render(const struct forge_review *review, struct view marker, struct buffer *out)
{
    buffer_add(out, view_trim(review->body));
    for (size_t i = 0; i < review->comment_count; i++) {
        const struct forge_comment *comment = &review->comments[i];

        buffer_add_format(out, "\n\n%.*s:", VIEW_ARG(comment->path));
        if (comment->start_line > 0)
            buffer_add_format(out, "%u-", comment->start_line);
        buffer_add_format(out, "%u:%s ", comment->line, comment->side == FORGE_SIDE_BASE ? " (base)" : "");
        buffer_add(out, view_trim(comment->body));
    }
    buffer_add_text(out, "\n\n");
    buffer_add(out, marker);
    buffer_add_byte(out, '\n');
}

static enum err_code plain_review_post(const struct forge *forge, struct view repository, int64_t number,
                                       const struct forge_review *review, struct arena *arena,
                                       struct forge_posted *out, struct err *err)
{
    char note[MIRROR_ID_SIZE];
    struct forge_posted posted = {.found = true, .head = review->head_sha};
    struct mirror *mirror = NULL;
    struct buffer text;
    struct view marker = forge_summary_marker(review->head_sha, review->job, arena);
    enum err_code code = forge_review_check(review, err);

    (void)number;
    if (code == ERR_OK && marker.len == 0)
        code = arena_full(arena, err);
    if (code == ERR_OK)
        code = arena_copy(arena, review->head_sha, &posted.id, err);
    if (code == ERR_OK)
        code = arena_copy(arena, review->job, &posted.job, err);
    if (code == ERR_OK)
        code = plain_open(forge, repository, arena, &mirror, err);
    if (code != ERR_OK)
        return code;
    buffer_init(&text, MIRROR_NOTE_MAX_BYTES);
    render(review, marker, &text);
    code = buffer_check(&text, "the note", err);
    if (code == ERR_OK)
        code = mirror_note_write(mirror, review->head_sha, buffer_view(&text), note, err);
    buffer_deinit(&text);
    mirror_free(mirror);
    if (code != ERR_OK)
        return err_wrap(err, "repository %.*s", VIEW_ARG(repository));
    *out = posted;
    return ERR_OK;
}

/* A tag asks for nothing. */
static enum err_code plain_ping(const struct forge *forge, struct arena *arena, struct forge_ping *out,
                                struct err *err)
{
    struct forge_ping ping = {
        .headers = {{"X-Perf-Review-Delivery", VIEW("doctor")}, {"X-Perf-Review-Signature-256", {0}}},
        .body = VIEW("{\"repository\":\"doctor\",\"ref\":\"refs/tags/doctor\","
                     "\"after\":\"0000000000000000000000000000000000000001\"}"),
    };
    enum err_code code = forge_signature_make(forge, ping.body, arena, &ping.headers[1].value, err);

    if (code == ERR_OK)
        *out = ping;
    return code;
}

static struct view plain_head_ref(int64_t number, struct view head_branch, struct arena *arena)
{
    (void)number;
    return forge_branch_ref(head_branch, arena);
}

const struct forge_ops FORGE_GIT = {
    .kind = "git",
    .verify = plain_verify,
    .parse = plain_parse,
    .whoami = plain_whoami,
    .pull_get = plain_pull_get,
    .merge_base = plain_merge_base,
    .standing_read = plain_standing_read,
    .review_post = plain_review_post,
    .ping = plain_ping,
    .head_ref = plain_head_ref,
};
