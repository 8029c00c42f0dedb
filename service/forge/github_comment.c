/* Comments in which people ask for something, and the one in which we answer. Source: forges.md A9 (comments
 * and reactions), A11 (who may command). */
#include "base/json_writer.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

enum { LOGIN_MAX = 100, ANSWER_MAX_BYTES = 1 << 20 };

struct comment_ref {
    bool of_issue;
    uint64_t id, first; /* first: of the conversation beside the code; 0: none */
};

/* "issue/ID" or "review/ID/FIRST", as github_event.c made it. */
static bool read_ref(struct view comment, struct comment_ref *out)
{
    struct view rest = comment, kind = {0}, id = {0}, first = {0};

    *out = (struct comment_ref){0};
    if (!view_split(&rest, '/', &kind) || !view_split(&rest, '/', &id) || !view_to_u64(id, &out->id))
        return false;
    out->of_issue = view_is(kind, "issue");
    return out->of_issue ||
           (view_is(kind, "review") && view_split(&rest, '/', &first) && view_to_u64(first, &out->first));
}

static enum err_code check(struct view repository, struct view comment, struct comment_ref *out,
                           struct err *err)
{
    if (!forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    return read_ref(comment, out)
               ? ERR_OK
               : err_set(err, ERR_INVALID, "\"%.*s\" is no comment of GitHub", VIEW_ARG(comment));
}

enum err_code github_react(const struct forge *forge, struct view repository, struct view comment,
                           enum forge_reaction reaction, struct arena *arena, struct err *err)
{
    struct github_call call = {.method = "POST",
                               .body = reaction == FORGE_SEEN ? VIEW("{\"content\":\"eyes\"}")
                                                              : VIEW("{\"content\":\"confused\"}")};
    struct comment_ref ref;
    struct json *root = NULL;
    struct view what;
    enum err_code code = check(repository, comment, &ref, err);

    if (code != ERR_OK)
        return code;
    what = arena_format(arena, "react to comment %llu of %.*s", (unsigned long long)ref.id,
                        VIEW_ARG(repository));
    call.path = arena_format(arena, "/repos/%.*s/%s/comments/%llu/reactions", VIEW_ARG(repository),
                             ref.of_issue ? "issues" : "pulls", (unsigned long long)ref.id);
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    call.what = what.ptr;
    code = github_send(forge, &call, arena, &root, NULL, err);
    json_free(root);
    return code;
}

/* A login becomes part of an address. */
static bool login_is_safe(struct view login)
{
    for (size_t i = 0; i < login.len; i++) {
        char c = login.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_'))
            return false;
    }
    return login.len > 0 && login.len <= LOGIN_MAX;
}

enum err_code github_may_write(const struct forge *forge, struct view repository, struct view login,
                               struct arena *arena, bool *out, struct err *err)
{
    struct view what = arena_format(arena, "ask what %.*s may do in %.*s", VIEW_ARG(login),
                                    VIEW_ARG(repository)),
                permission;
    struct github_call call = {.method = "GET", .what = what.ptr};
    struct json *root = NULL;
    enum err_code code;

    *out = false;
    if (!forge_repository_is_valid(repository) || !login_is_safe(login))
        return ERR_OK;
    call.path = arena_format(arena, "/repos/%.*s/collaborators/%.*s/permission", VIEW_ARG(repository),
                             VIEW_ARG(login));
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    code = github_send(forge, &call, arena, &root, NULL, err);
    if (code == ERR_NOT_FOUND)
        return ERR_OK;
    if (code == ERR_OK && json_text(root, "permission", &permission))
        *out = view_is(permission, "admin") || view_is(permission, "write");
    json_free(root);
    return code;
}

enum err_code github_about(const struct forge *forge, struct view repository, struct view comment,
                           struct arena *arena, struct forge_about *out, struct err *err)
{
    struct view what =
        arena_format(arena, "read the conversation of a comment of %.*s", VIEW_ARG(repository));
    struct github_call call = {.method = "GET", .what = what.ptr};
    struct view body = {0}, path = {0};
    struct comment_ref ref;
    struct json *root = NULL;
    enum err_code code = check(repository, comment, &ref, err);

    *out = (struct forge_about){0};
    if (code != ERR_OK || ref.of_issue || ref.first == 0)
        return code;
    call.path = arena_format(arena, "/repos/%.*s/pulls/comments/%llu", VIEW_ARG(repository),
                             (unsigned long long)ref.first);
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    code = github_send(forge, &call, arena, &root, NULL, err);
    if (code == ERR_NOT_FOUND) /* deleted meanwhile */
        return ERR_OK;
    if (code == ERR_OK && json_text(root, "body", &body) && json_text(root, "path", &path)) {
        code = arena_copy(arena, forge_fingerprint_find(body), &out->fingerprint, err);
        if (code == ERR_OK)
            code = arena_copy(arena, path, &out->path, err);
    }
    json_free(root);
    return code;
}

/* Who wrote what says GitHub itself (viewerDidAuthor), so that no login has to be known. */
static const char QUERY[] =
    "query($o:String!,$r:String!,$n:Int!,$a:String){repository(owner:$o,name:$r){pullRequest(number:$n){"
    "comments(first:100,after:$a){pageInfo{hasNextPage endCursor}nodes{id url body viewerDidAuthor}}}}}";

struct place {
    struct view owner, name, cursor;
    int64_t number;
};

static void write_place(struct json_writer *writer, const void *ctx)
{
    const struct place *place = ctx;

    json_add_text(writer, "o", place->owner);
    json_add_text(writer, "r", place->name);
    json_add_int(writer, "n", place->number);
    if (place->cursor.len > 0)
        json_add_text(writer, "a", place->cursor);
}

static enum err_code read_answer(const struct json *item, struct arena *arena, struct forge_posted *out,
                                 struct err *err)
{
    struct view id, body, url = {0};
    bool ours = false;
    enum err_code code;

    if (!json_bool(item, "viewerDidAuthor", &ours) || !ours || !json_text(item, "id", &id) ||
        !json_text(item, "body", &body) || forge_answer_find(body).len == 0)
        return ERR_OK;
    json_text(item, "url", &url);
    code = arena_copy(arena, id, &out->id, err);
    if (code == ERR_OK)
        code = arena_copy(arena, url, &out->html_url, err);
    if (code == ERR_OK)
        code = arena_copy(arena, body, &out->body, err);
    out->job = forge_answer_find(out->body);
    out->found = code == ERR_OK;
    return code;
}

/* One page; *more tells whether to go on. The first answer is the one: there is no second. */
static enum err_code read_page(const struct forge *forge, const struct github_query *query,
                               const struct json *root, struct arena *arena, struct place *place,
                               struct forge_posted *out, bool *more, struct err *err)
{
    const struct json *list = json_at(root, "data.repository.pullRequest.comments");
    struct view end = {0};
    enum err_code code = ERR_OK;

    *more = false;
    if (!list || json_first(json_at(root, "errors")))
        return github_query_failed(forge, query, json_first(json_at(root, "errors")), err);
    for (const struct json *item = json_first(json_at(list, "nodes")); code == ERR_OK && item && !out->found;
         item = json_next(item))
        code = read_answer(item, arena, out, err);
    if (code != ERR_OK || out->found)
        return code;
    json_bool(list, "pageInfo.hasNextPage", more);
    return json_text(list, "pageInfo.endCursor", &end) ? arena_copy(arena, end, &place->cursor, err) : ERR_OK;
}

enum err_code github_answer_read(const struct forge *forge, struct view repository, int64_t number,
                                 struct arena *arena, struct forge_posted *out, struct err *err)
{
    struct view what = arena_format(arena, "read the comments of pull request %lld of %.*s",
                                    (long long)number, VIEW_ARG(repository)),
                rest = repository;
    struct place place = {.number = number};
    const struct github_query query = {
        .what = what.ptr, .text = view_of(QUERY), .variables = write_place, .ctx = &place};
    struct forge_posted found = {0};
    enum err_code code = ERR_OK;
    bool more = true;

    if (!forge_repository_is_valid(repository) || !view_split(&rest, '/', &place.owner))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    place.name = rest;
    if (what.len == 0)
        return arena_full(arena, err);
    for (int pages = 0; code == ERR_OK && more; pages++) {
        struct json *root = NULL;

        if (pages == FORGE_LIST_PAGES_MAX)
            return err_set(err, ERR_LIMIT, "%s: more than %d pages", query.what, FORGE_LIST_PAGES_MAX);
        code = github_query_send(forge, &query, arena, &root, err);
        if (code == ERR_OK)
            code = read_page(forge, &query, root, arena, &place, &found, &more, err);
        json_free(root);
    }
    if (code == ERR_OK)
        *out = found;
    return code;
}

struct edit {
    struct view id, body;
};

static void write_edit(struct json_writer *writer, const void *ctx)
{
    const struct edit *edit = ctx;

    json_add_text(writer, "i", edit->id);
    json_add_text(writer, "b", edit->body);
}

static enum err_code edit_answer(const struct forge *forge, const char *what, const struct edit *edit,
                                 struct arena *arena, struct err *err)
{
    const struct github_query query = {
        .what = what,
        .text = VIEW("mutation($i:ID!,$b:String!){updateIssueComment(input:{id:$i,body:$b})"
                     "{clientMutationId}}"),
        .variables = write_edit,
        .ctx = edit,
        .changes = true};
    struct json *root = NULL;
    enum err_code code = github_query_send(forge, &query, arena, &root, err);

    if (code == ERR_OK && (!json_at(root, "data") || json_first(json_at(root, "errors"))))
        code = github_query_failed(forge, &query, json_first(json_at(root, "errors")), err);
    json_free(root);
    return code;
}

static enum err_code post_answer(const struct forge *forge, struct view repository, int64_t number,
                                 const char *what, struct view body, struct arena *arena, struct err *err)
{
    struct github_call call = {.method = "POST", .what = what, .changes = true};
    struct json_writer writer;
    struct json *root = NULL;
    struct buffer request;
    enum err_code code;

    call.path =
        arena_format(arena, "/repos/%.*s/issues/%lld/comments", VIEW_ARG(repository), (long long)number);
    if (call.path.len == 0)
        return arena_full(arena, err);
    buffer_init(&request, ANSWER_MAX_BYTES);
    json_writer_init(&writer, &request);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "body", body);
    json_close_object(&writer);
    code = buffer_check(&request, "the answer's request", err);
    call.body = buffer_view(&request);
    if (code == ERR_OK)
        code = github_send(forge, &call, arena, &root, NULL, err);
    json_free(root);
    buffer_deinit(&request);
    return code;
}

enum err_code github_answer_put(const struct forge *forge, struct view repository, int64_t number,
                                const struct forge_posted *standing, struct view body, struct view job,
                                struct arena *arena, struct err *err)
{
    struct view what = arena_format(arena, "answer in pull request %lld of %.*s", (long long)number,
                                    VIEW_ARG(repository)),
                marker = forge_answer_marker(job, arena);
    struct edit edit = {.id = standing->id,
                        .body = arena_format(arena, "%.*s\n\n%.*s", VIEW_ARG(body), VIEW_ARG(marker))};
    enum err_code code = ERR_NOT_FOUND;

    if (!forge_repository_is_valid(repository) || !forge_token_is_valid(job, FORGE_JOB_MAX))
        return err_set(err, ERR_INVALID, "an answer without a valid repository or job");
    if (what.len == 0 || marker.len == 0 || edit.body.len == 0)
        return arena_full(arena, err);
    if (forge_units(edit.body) > FORGE_BODY_MAX_UNITS)
        return err_set(err, ERR_LIMIT, "an answer of %zu characters, limit %d", forge_units(edit.body),
                       FORGE_BODY_MAX_UNITS);
    if (standing->found)
        code = edit_answer(forge, what.ptr, &edit, arena, err);
    /* Somebody deleted it between our look and our edit. */
    if (code == ERR_NOT_FOUND)
        code = post_answer(forge, repository, number, what.ptr, edit.body, arena, err);
    return code;
}
