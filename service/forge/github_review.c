/* Reviews on GitHub: posted whole or not at all. Which comment was to blame for a refusal is found with
 * drafts that nobody else sees. Source: forges.md A6. */
#include "base/json_writer.h"
#include "base/utf8.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

enum { REQUEST_MAX_BYTES = 16 * 1024 * 1024, PROBES_MAX = 40 };

static enum err_code fill_posted(const struct json *answer, const struct forge_review *review,
                                 struct arena *arena, struct forge_posted *out, struct err *err)
{
    struct forge_posted posted = {.found = true, .head = review->head_sha};
    struct view url = {0}, id = {0};
    enum err_code code;

    json_text(answer, "node_id", &id);
    json_text(answer, "html_url", &url);
    code = arena_copy(arena, id, &posted.id, err);
    if (code == ERR_OK)
        code = arena_copy(arena, url, &posted.html_url, err);
    if (code == ERR_OK)
        code = arena_copy(arena, review->job, &posted.job, err);
    if (code == ERR_OK)
        *out = posted;
    return code;
}

static void write_comment(struct json_writer *writer, const struct forge_comment *comment)
{
    struct view side = comment->side == FORGE_SIDE_HEAD ? VIEW("RIGHT") : VIEW("LEFT");

    json_open_object(writer, NULL);
    json_add_text(writer, "path", comment->path);
    json_add_int(writer, "line", comment->line);
    json_add_text(writer, "side", side);
    if (comment->start_line > 0) {
        json_add_int(writer, "start_line", comment->start_line);
        json_add_text(writer, "start_side", side);
    }
    json_add_text(writer, "body", comment->body);
    json_close_object(writer);
}

/* @p body with its marker; @p event NULL: a draft. */
static enum err_code write_review(const struct forge_review *review, struct view body, const char *event,
                                  const struct forge_comment *const *comments, size_t count,
                                  struct buffer *out, struct err *err)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "commit_id", review->head_sha);
    if (event)
        json_add_text(&writer, "event", view_of(event));
    json_add_text(&writer, "body", body);
    json_open_array(&writer, "comments");
    for (size_t i = 0; comments && i < count; i++)
        write_comment(&writer, comments[i]);
    json_close_array(&writer);
    json_close_object(&writer);
    return buffer_check(out, "the review's request", err);
}

static enum err_code check_paths(const struct forge_review *review, struct err *err)
{
    for (size_t i = 0; i < review->comment_count; i++)
        if (utf8_find_bad(review->comments[i].path) != SIZE_MAX)
            return err_set(err, ERR_INVALID, "a comment on \"%.*s\": GitHub takes paths in UTF-8 only",
                           VIEW_ARG(review->comments[i].path));
    return ERR_OK;
}

static enum err_code list_comments(const struct forge_review *review, struct arena *arena,
                                   const struct forge_comment ***out, struct err *err)
{
    const struct forge_comment **list =
        ARENA_ARRAY(arena, const struct forge_comment *, review->comment_count + 1);

    for (size_t i = 0; list && i < review->comment_count; i++)
        list[i] = &review->comments[i];
    *out = list;
    return list ? ERR_OK : arena_full(arena, err);
}

enum err_code github_review_post(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena,
                                 struct forge_posted *out, struct err *err)
{
    struct view what = arena_format(arena, "post the review of pull request %lld of %.*s", (long long)number,
                                    VIEW_ARG(repository)),
                body = review->body;
    struct github_call call = {.method = "POST", .what = what.ptr, .changes = true};
    const struct forge_comment **comments = NULL;
    struct json *root = NULL;
    struct buffer request;
    enum err_code code = forge_review_check(review, err);

    if (code == ERR_OK)
        code = check_paths(review, err);
    if (code != ERR_OK)
        return code;
    if (!forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    buffer_init(&request, REQUEST_MAX_BYTES);
    call.path =
        arena_format(arena, "/repos/%.*s/pulls/%lld/reviews", VIEW_ARG(repository), (long long)number);
    code = what.len == 0 || call.path.len == 0 ? arena_full(arena, err)
                                               : list_comments(review, arena, &comments, err);
    if (code == ERR_OK && !review->is_note)
        code = github_mark_summary(review->body, review->head_sha, review->job, arena, &body, err);
    if (code == ERR_OK)
        code = write_review(review, body, "COMMENT", comments, review->comment_count, &request, err);
    if (code == ERR_OK) {
        call.body = buffer_view(&request);
        code = github_send(forge, &call, arena, &root, NULL, err);
    }
    if (code == ERR_OK && fill_posted(root, review, arena, out, err) != ERR_OK)
        /* It stands; only our copy of its address is lost. Found again by its marker. */
        code = err_set(err, ERR_TIMEOUT, "%s: posted, and then no memory for its address", call.what);
    json_free(root);
    buffer_deinit(&request);
    return code;
}

struct sieve {
    const struct forge *forge;
    struct view reviews; /* path of the list of reviews */
    const struct forge_review *review;
    const struct forge_comment **comments;
    struct arena *arena;
    int probes;
    struct err *err;
};

/* A draft is made and taken away again. ERR_INVALID: one of these comments is refused. */
static enum err_code probe(struct sieve *sieve, size_t first, size_t count)
{
    struct github_call make = {
        .method = "POST", .path = sieve->reviews, .what = "try where comments may stand", .changes = true};
    struct github_call drop = {.method = "DELETE", .what = "take a draft of ours away", .changes = true};
    struct json *root = NULL, *gone = NULL;
    struct buffer request;
    int64_t id = 0;
    enum err_code code;

    sieve->probes++;
    buffer_init(&request, REQUEST_MAX_BYTES);
    code = write_review(sieve->review, VIEW(GITHUB_PROBE_MARK), NULL, sieve->comments + first, count,
                        &request, sieve->err);
    make.body = buffer_view(&request);
    if (code == ERR_OK)
        code = github_send(sieve->forge, &make, sieve->arena, &root, NULL, sieve->err);
    buffer_deinit(&request);
    if (code != ERR_OK)
        return code;
    json_int(root, "id", &id);
    json_free(root);
    drop.path = arena_format(sieve->arena, "%.*s/%lld", VIEW_ARG(sieve->reviews), (long long)id);
    code = drop.path.len == 0 ? arena_full(sieve->arena, sieve->err)
                              : github_send(sieve->forge, &drop, sieve->arena, &gone, NULL, sieve->err);
    json_free(gone);
    return code;
}

/* Which of these are refused, when together they are. */
static enum err_code sift(struct sieve *sieve, size_t first, size_t count, bool *refused)
{
    size_t half = count / 2;
    enum err_code code = ERR_OK, left;

    if (count == 1 || sieve->probes >= PROBES_MAX) {
        for (size_t i = 0; i < count; i++)
            refused[first + i] = true;
        return ERR_OK;
    }
    left = probe(sieve, first, half);
    if (left != ERR_OK && left != ERR_INVALID)
        return left;
    if (left == ERR_INVALID)
        code = sift(sieve, first, half, refused);
    /* Where the left half is sound the right one is to blame; else it is asked. */
    if (code == ERR_OK && left == ERR_INVALID)
        code = probe(sieve, first + half, count - half);
    else if (code == ERR_OK)
        code = ERR_INVALID;
    return code == ERR_INVALID ? sift(sieve, first + half, count - half, refused) : code;
}

enum err_code github_review_sift(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena, bool *refused,
                                 struct err *err)
{
    struct sieve sieve = {.forge = forge, .review = review, .arena = arena, .err = err};
    enum err_code code = list_comments(review, arena, &sieve.comments, err);

    for (size_t i = 0; i < review->comment_count; i++)
        refused[i] = false;
    sieve.reviews =
        arena_format(arena, "/repos/%.*s/pulls/%lld/reviews", VIEW_ARG(repository), (long long)number);
    if (code == ERR_OK && sieve.reviews.len == 0)
        code = arena_full(arena, err);
    if (code != ERR_OK || review->comment_count == 0)
        return code;
    /* Where all of them are taken the body was refused. */
    code = probe(&sieve, 0, review->comment_count);
    if (code == ERR_INVALID)
        code = sift(&sieve, 0, review->comment_count, refused);
    return code == ERR_OK ? ERR_OK : err_wrap(err, "find the refused comment");
}
