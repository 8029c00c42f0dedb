/* Reviews on GitHub: posted whole, and found again by their marker before anything is posted twice. */
#include "base/json_writer.h"
#include "base/utf8.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

enum { REQUEST_MAX_BYTES = 16 * 1024 * 1024 };

/* Who may have written what we take for our own. */
struct author {
    struct view login; /* empty: the token has no user (an App's), then any bot */
};

static enum err_code author_known(const struct forge *forge, struct arena *arena, struct author *out,
                                  struct err *err)
{
    enum err_code code;

    *out = (struct author){forge->login};
    if (out->login.len > 0)
        return ERR_OK;
    code = github_whoami(forge, arena, &out->login, err);
    return code == ERR_DENIED || code == ERR_NOT_FOUND ? ERR_OK : code;
}

static bool author_wrote(const struct author *author, const struct json *review)
{
    struct view text;

    if (author->login.len > 0)
        return json_text(review, "user.login", &text) && view_equal(text, author->login);
    return json_text(review, "user.type", &text) && view_is(text, "Bot");
}

static enum err_code fill_posted(const struct json *review, struct view job, struct arena *arena,
                                 struct forge_posted *out, struct err *err)
{
    struct forge_posted posted = {.found = true};
    struct view url = {0};
    int64_t id = 0;
    enum err_code code;

    json_int(review, "id", &id);
    json_text(review, "html_url", &url);
    posted.id = arena_format(arena, "%lld", (long long)id);
    if (posted.id.len == 0)
        return arena_full(arena, err);
    code = arena_copy(arena, url, &posted.html_url, err);
    if (code == ERR_OK)
        code = arena_copy(arena, job, &posted.job, err);
    if (code == ERR_OK)
        *out = posted;
    return code;
}

/* Looks through one page, oldest first. The last one counts: after a change of base a second review of the
 * same head may stand, and whether that was posted is what the caller must know. */
static enum err_code find_in(const struct json *page, const struct author *author, struct view head,
                             struct arena *arena, struct forge_posted *out, struct err *err)
{
    if (!json_is_array(page))
        return err_set(err, ERR_INTERNAL, "the answer is no list of reviews");
    for (const struct json *review = json_first(page); review; review = json_next(review)) {
        struct view body, job;
        enum err_code code = ERR_OK;

        if (json_text(review, "body", &body) && forge_marker_find(body, head, &job) &&
            author_wrote(author, review))
            code = fill_posted(review, job, arena, out, err);
        if (code != ERR_OK)
            return code;
    }
    return ERR_OK;
}

enum err_code github_review_find(const struct forge *forge, struct view repository, int64_t number,
                                 struct view head, struct arena *arena, struct forge_posted *out,
                                 struct err *err)
{
    struct view what = arena_format(arena, "list reviews of pull request %lld of %.*s", (long long)number,
                                    VIEW_ARG(repository));
    struct github_call call = {.method = "GET", .what = what.ptr};
    struct forge_posted found = {0};
    struct author author;
    enum err_code code;

    if (!forge_repository_is_valid(repository) || !forge_sha_is_valid(head))
        return err_set(err, ERR_INVALID, "\"%.*s\" or its head has no valid name", VIEW_ARG(repository));
    call.path = arena_format(arena, "/repos/%.*s/pulls/%lld/reviews?per_page=100", VIEW_ARG(repository),
                             (long long)number);
    if (what.len == 0 || call.path.len == 0)
        return arena_full(arena, err);
    code = author_known(forge, arena, &author, err);
    for (int pages = 0; code == ERR_OK && call.path.len > 0; pages++) {
        struct json *page = NULL;
        struct view next = {0};

        if (pages == FORGE_LIST_PAGES_MAX)
            return err_set(err, ERR_LIMIT, "%s: more than %d pages", call.what, FORGE_LIST_PAGES_MAX);
        code = github_send(forge, &call, arena, &page, &next, err);
        if (code == ERR_OK) {
            code = find_in(page, &author, head, arena, &found, err);
            if (code != ERR_OK)
                err_wrap(err, "%s", call.what);
        }
        json_free(page);
        call.path = next;
    }
    if (code == ERR_OK)
        *out = found;
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

static enum err_code write_review(const struct forge_review *review, struct arena *arena, struct buffer *out,
                                  struct err *err)
{
    struct view marker = forge_summary_marker(review->head_sha, review->job, arena);
    struct json_writer writer;
    struct buffer body;
    enum err_code code;

    if (marker.len == 0)
        return arena_full(arena, err);
    buffer_init(&body, REQUEST_MAX_BYTES);
    buffer_add(&body, review->body);
    buffer_add_text(&body, "\n\n");
    buffer_add(&body, marker);
    code = buffer_check(&body, "the summary", err);
    json_writer_init(&writer, out);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "commit_id", review->head_sha);
    json_add_text(&writer, "event", VIEW("COMMENT"));
    json_add_text(&writer, "body", buffer_view(&body));
    buffer_deinit(&body);
    json_open_array(&writer, "comments");
    for (size_t i = 0; i < review->comment_count; i++)
        write_comment(&writer, &review->comments[i]);
    json_close_array(&writer);
    json_close_object(&writer);
    return code != ERR_OK ? code : buffer_check(out, "the review's request", err);
}

static enum err_code check_paths(const struct forge_review *review, struct err *err)
{
    for (size_t i = 0; i < review->comment_count; i++)
        if (utf8_find_bad(review->comments[i].path) != SIZE_MAX)
            return err_set(err, ERR_INVALID, "a comment on \"%.*s\": GitHub takes paths in UTF-8 only",
                           VIEW_ARG(review->comments[i].path));
    return ERR_OK;
}

enum err_code github_review_post(const struct forge *forge, struct view repository, int64_t number,
                                 const struct forge_review *review, struct arena *arena,
                                 struct forge_posted *out, struct err *err)
{
    struct view what = arena_format(arena, "post the review of pull request %lld of %.*s", (long long)number,
                                    VIEW_ARG(repository));
    struct github_call call = {.method = "POST", .what = what.ptr, .changes = true};
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
                                               : write_review(review, arena, &request, err);
    if (code == ERR_OK) {
        call.body = buffer_view(&request);
        code = github_send(forge, &call, arena, &root, NULL, err);
    }
    if (code == ERR_OK && fill_posted(root, review->job, arena, out, err) != ERR_OK)
        /* It stands; only our copy of its address is lost. Found again by its marker. */
        code = err_set(err, ERR_TIMEOUT, "%s: posted, and then no memory for its address", call.what);
    json_free(root);
    buffer_deinit(&request);
    return code;
}
