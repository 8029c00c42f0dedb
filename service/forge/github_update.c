/* Edits of what stands on GitHub, all in one mutation: its fields are carried out one after the other, and
 * one that fails stops no other. The summary comes last: its marker says that the rest is done. Source: A7.
 */
#include "base/json_writer.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"
#include <stdio.h>

enum { EDITS_MAX = 25, DOCUMENT_MAX_BYTES = 64 << 10 };

/* What one mutation carries. */
struct batch {
    const struct forge_thread_edit *edits;
    size_t count;
    const struct view *bodies;       /* of the edits' comments */
    struct view summary, body;       /* summary empty: it is not in this one */
    const struct forge_check *check; /* NULL: it is not in this one */
    struct view repository_id, node; /* of the check */
    bool hide;                       /* the fallback: comments are folded away in place of their resolution */
};

/* c: the comment's text, t: its conversation, m: folded away. The comment comes first: it must not stand
 * resolved without saying why, or it would be taken for somebody's decision. */
static void write_document(const struct batch *batch, struct buffer *out)
{
    buffer_add_text(out, "mutation(");
    for (size_t i = 0; i < batch->count; i++)
        buffer_add_format(out, batch->hide ? "$c%zu:ID!," : "$c%zu:ID!,$b%zu:String!,$t%zu:ID!,", i, i, i);
    if (batch->summary.len > 0)
        buffer_add_text(out, "$s:ID!,$b:String!,");
    if (batch->check)
        buffer_add_text(out, "$k:UpdateCheckRunInput!");
    buffer_add_text(out, "){");
    for (size_t i = 0; i < batch->count; i++) {
        bool reopen = batch->edits[i].reopen;

        if (batch->hide)
            buffer_add_format(out,
                              reopen ? "m%zu:unminimizeComment(input:{subjectId:$c%zu}){clientMutationId} "
                                     : "m%zu:minimizeComment(input:{subjectId:$c%zu,classifier:RESOLVED})"
                                       "{clientMutationId} ",
                              i, i);
        else
            buffer_add_format(out,
                              "c%zu:updatePullRequestReviewComment(input:{pullRequestReviewCommentId:$c%zu,"
                              "body:$b%zu}){clientMutationId} "
                              "t%zu:%sesolveReviewThread(input:{threadId:$t%zu}){clientMutationId} ",
                              i, i, i, i, reopen ? "unr" : "r", i);
    }
    if (batch->summary.len > 0)
        buffer_add_text(
            out, "s:updatePullRequestReview(input:{pullRequestReviewId:$s,body:$b}){clientMutationId} ");
    if (batch->check)
        buffer_add_text(out, "k:updateCheckRun(input:$k){clientMutationId}");
    buffer_add_byte(out, '}');
}

static void write_variables(struct json_writer *writer, const void *ctx)
{
    const struct batch *batch = ctx;
    char name[24];

    for (size_t i = 0; i < batch->count; i++) {
        const struct forge_thread *thread = batch->edits[i].thread;

        (void)snprintf(name, sizeof(name), "c%zu", i);
        json_add_text(writer, name, thread->comment);
        if (batch->hide)
            continue;
        (void)snprintf(name, sizeof(name), "b%zu", i);
        json_add_text(writer, name, batch->bodies[i]);
        (void)snprintf(name, sizeof(name), "t%zu", i);
        json_add_text(writer, name, thread->id);
    }
    if (batch->summary.len > 0) {
        json_add_text(writer, "s", batch->summary);
        json_add_text(writer, "b", batch->body);
    }
    if (batch->check)
        github_check_write_end(writer, "k", batch->check, batch->repository_id, batch->node);
}

/* What could not be done, and is no failure. */
struct refusals {
    bool resolution; /* needs contents: write (A4) */
    bool check;      /* the caller ends it by itself */
};

/* Nor is a comment or conversation that somebody deleted meanwhile. */
static enum err_code judge(const struct forge *forge, const struct github_query *query,
                           const struct json *root, struct refusals *refused, struct err *err)
{
    if (!json_at(root, "data") && !json_first(json_at(root, "errors")))
        return github_query_failed(forge, query, NULL, err);
    for (const struct json *error = json_first(json_at(root, "errors")); error; error = json_next(error)) {
        struct err why = {0};
        struct view field = {0};
        enum err_code code = github_query_failed(forge, query, error, &why);

        json_text(json_first(json_at(error, "path")), "", &field);
        if (code == ERR_NOT_FOUND && !view_is(field, "s") && field.len > 0)
            continue;
        if (code == ERR_DENIED && (view_starts(field, "t") || view_starts(field, "m"))) {
            refused->resolution = true;
            continue;
        }
        if (view_is(field, "k")) {
            refused->check = true;
            continue;
        }
        *err = why;
        return code;
    }
    return ERR_OK;
}

static enum err_code send(const struct forge *forge, const char *what, const struct batch *batch,
                          struct arena *arena, struct refusals *refused, struct err *err)
{
    struct github_query query = {.what = what, .variables = write_variables, .ctx = batch, .changes = true};
    struct json *root = NULL;
    struct buffer document;
    enum err_code code;

    buffer_init(&document, DOCUMENT_MAX_BYTES);
    write_document(batch, &document);
    query.text = buffer_view(&document);
    code = buffer_check(&document, "the mutation", err);
    if (code == ERR_OK)
        code = github_query_send(forge, &query, arena, &root, err);
    if (code == ERR_OK)
        code = judge(forge, &query, root, refused, err);
    json_free(root);
    buffer_deinit(&document);
    return code;
}

static enum err_code make_bodies(const struct forge_update *update, struct arena *arena, struct view **out,
                                 struct err *err)
{
    struct view *bodies = ARENA_ARRAY(arena, struct view, update->edit_count + 1);

    for (size_t i = 0; bodies && i < update->edit_count; i++) {
        const struct forge_thread_edit *edit = &update->edits[i];

        bodies[i] = edit->reopen ? forge_body_reopened(edit->thread->body, arena)
                                 : forge_body_fixed(edit->thread->body, update->head_sha, arena);
        if (bodies[i].len == 0)
            return arena_full(arena, err);
        /* A comment near the limit keeps its words: only the resolution says then that it is fixed. */
        if (forge_units(bodies[i]) > FORGE_BODY_MAX_UNITS)
            bodies[i] = edit->thread->body;
    }
    if (!bodies)
        return arena_full(arena, err);
    *out = bodies;
    return ERR_OK;
}

enum err_code github_mark_summary(struct view body, struct view head, struct view job, struct arena *arena,
                                  struct view *out, struct err *err)
{
    struct view marker = forge_summary_marker(head, job, arena);

    *out = arena_format(arena, "%.*s\n\n%.*s", VIEW_ARG(body), VIEW_ARG(marker));
    return marker.len == 0 || out->len == 0 ? arena_full(arena, err) : ERR_OK;
}

static void add_check(const struct forge_update *update, struct batch *batch)
{
    if (!update->check || !update->standing || update->standing->repository_id.len == 0 ||
        !github_check_is_simple(update->check, &batch->node))
        return;
    batch->check = update->check;
    batch->repository_id = update->standing->repository_id;
}

enum err_code github_standing_update(const struct forge *forge, struct view repository, int64_t number,
                                     const struct forge_update *update, struct arena *arena, struct err *err)
{
    struct view what = arena_format(arena, "edit our comments in pull request %lld of %.*s",
                                    (long long)number, VIEW_ARG(repository));
    const struct forge_review as_review = {
        .head_sha = update->head_sha, .job = update->job, .body = update->body};
    struct view *bodies = NULL, body = {0};
    enum err_code code = forge_review_check(&as_review, err);

    if (code == ERR_OK && what.len == 0)
        code = arena_full(arena, err);
    if (code == ERR_OK)
        code = make_bodies(update, arena, &bodies, err);
    if (code == ERR_OK && update->summary.len > 0)
        code = github_mark_summary(update->body, update->head_sha, update->job, arena, &body, err);
    for (size_t at = 0; code == ERR_OK && (at < update->edit_count || (at == 0 && update->summary.len > 0));
         at += EDITS_MAX) {
        size_t left = update->edit_count - at, count = left < EDITS_MAX ? left : EDITS_MAX;
        struct batch batch = {
            .edits = left ? update->edits + at : NULL, .count = count, .bodies = bodies + at};
        struct refusals refused = {0};

        if (count == left) {
            batch.summary = update->summary;
            batch.body = body;
            add_check(update, &batch);
        }
        code = send(forge, what.ptr, &batch, arena, &refused, err);
        if (code == ERR_OK && batch.check && !refused.check)
            *update->check_ended = true;
        if (code == ERR_OK && refused.resolution && count > 0) {
            batch.hide = true;
            batch.summary = (struct view){0};
            batch.check = NULL;
            code = send(forge, what.ptr, &batch, arena, &refused, err);
        }
    }
    return code;
}
