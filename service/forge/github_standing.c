/* What stands of ours on GitHub: the summary and the conversations, in one query a page. Who wrote what says
 * GitHub itself (viewerDidAuthor), so that no login has to be known. Source: forges.md A7. */
#include "base/json_writer.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

enum { THREADS_MAX = FORGE_LIST_PAGES_MAX * 100 };

/* Both lists at once; one that is at its end gives nothing more while the other goes on. */
static const char QUERY[] =
    "query($o:String!,$r:String!,$n:Int!,$a:String,$b:String){repository(owner:$o,name:$r){id "
    "pullRequest(number:$n){author{login}"
    "reviews(first:100,after:$a){pageInfo{hasNextPage endCursor}"
    "nodes{id url body state viewerDidAuthor}}"
    "reviewThreads(first:100,after:$b){pageInfo{hasNextPage endCursor}"
    "nodes{id path isResolved resolvedBy{login}"
    "comments(first:30){nodes{id body state viewerDidAuthor authorAssociation author{login}}}}}}}"
    "shared:repository(owner:$o,name:\".github\"){object(expression:\"HEAD:.perf-review.yml\"){... on "
    "Blob{text isTruncated}}}}";

struct place { /* where to go on in the lists */
    struct view owner, name;
    int64_t number;
    struct view reviews, threads; /* cursors */
    bool more;
};

struct reading {
    const struct forge *forge;
    struct view repository;
    int64_t number;
    struct arena *arena;
    struct forge_standing *out;
    struct forge_thread *threads;
    struct err *err;
};

static void write_variables(struct json_writer *writer, const void *ctx)
{
    const struct place *place = ctx;

    json_add_text(writer, "o", place->owner);
    json_add_text(writer, "r", place->name);
    json_add_int(writer, "n", place->number);
    if (place->reviews.len > 0)
        json_add_text(writer, "a", place->reviews);
    if (place->threads.len > 0)
        json_add_text(writer, "b", place->threads);
}

static bool is_ours(const struct json *item)
{
    bool ours = false;

    return json_bool(item, "viewerDidAuthor", &ours) && ours;
}

static void write_id(struct json_writer *writer, const void *ctx)
{
    json_add_text(writer, "i", *(const struct view *)ctx);
}

/* What a probe left behind (see review_sift) would stand in the way of every later review. */
static enum err_code take_away(struct reading *reading, struct view id)
{
    struct view document =
        VIEW("mutation($i:ID!){deletePullRequestReview(input:{pullRequestReviewId:$i}){clientMutationId}}");
    const struct github_query query = {.what = "take a draft of ours away",
                                       .text = document,
                                       .variables = write_id,
                                       .ctx = &id,
                                       .changes = true};
    struct json *root = NULL;
    enum err_code code;

    code = github_query_send(reading->forge, &query, reading->arena, &root, reading->err);
    if (code == ERR_OK && json_first(json_at(root, "errors")))
        code = github_query_failed(reading->forge, &query, json_first(json_at(root, "errors")), reading->err);
    json_free(root);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code read_review(struct reading *reading, const struct json *item)
{
    struct forge_posted posted = {.found = true};
    struct view state, body, head, job, id, url = {0};
    enum err_code code;

    if (!is_ours(item) || !json_text(item, "id", &id) || !json_text(item, "body", &body))
        return ERR_OK;
    if (json_text(item, "state", &state) && view_is(state, "PENDING"))
        return view_find(body, VIEW(GITHUB_PROBE_MARK), 0) == SIZE_MAX ? ERR_OK : take_away(reading, id);
    if (!forge_marker_read(body, &head, &job))
        return ERR_OK;
    json_text(item, "url", &url);
    code = arena_copy(reading->arena, id, &posted.id, reading->err);
    if (code == ERR_OK)
        code = arena_copy(reading->arena, url, &posted.html_url, reading->err);
    if (code == ERR_OK)
        code = arena_copy(reading->arena, body, &posted.body, reading->err);
    /* Head and job lie in the copy. */
    if (code == ERR_OK && forge_marker_read(posted.body, &posted.head, &posted.job))
        reading->out->summary = posted; /* the last one counts */
    return code;
}

/* Who has a say: the author of the change and people of the project. It decides only over what is shown of a
 * finding, so GitHub's word about them, which is at times too low, will do (forges.md A11). */
static bool has_a_say(const struct json *reply, struct view author)
{
    static const char *const THEY[] = {"OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"};
    struct view association = {0}, login = {0};

    json_text(reply, "authorAssociation", &association);
    json_text(reply, "author.login", &login);
    for (size_t i = 0; i < COUNT_OF(THEY); i++)
        if (view_is(association, THEY[i]))
            return true;
    return login.len > 0 && view_equal(login, author);
}

static enum err_code read_replies(struct reading *reading, const struct json *thread, struct view author,
                                  struct forge_thread *out)
{
    struct view by = {0}, body = {0};
    bool first = true;

    for (const struct json *reply = json_first(json_at(thread, "comments.nodes")); reply;
         reply = json_next(reply)) {
        if (first || is_ours(reply)) {
            first = false;
            continue;
        }
        out->answered = true;
        if (!out->declined && json_text(reply, "body", &body) && forge_text_declines(body) &&
            has_a_say(reply, author)) {
            out->declined = true;
            by = (struct view){0};
            json_text(reply, "author.login", &by);
        }
    }
    /* We say that it is fixed before we resolve: what is resolved without that was somebody else. */
    if (!out->declined && out->resolved && out->fixed_in.len == 0) {
        out->declined = true;
        json_text(thread, "resolvedBy.login", &by);
    }
    return arena_copy(reading->arena, by, &out->declined_by, reading->err);
}

static enum err_code read_thread(struct reading *reading, const struct json *item, struct view author)
{
    const struct json *first = json_first(json_at(item, "comments.nodes"));
    struct forge_thread *out = &reading->threads[reading->out->thread_count];
    const struct {
        const struct json *of;
        const char *name;
        struct view *out;
    } texts[] = {{item, "id", &out->id},
                 {item, "path", &out->path},
                 {first, "id", &out->comment},
                 {first, "body", &out->body}};
    struct view text, state;

    *out = (struct forge_thread){0};
    if (!first || !is_ours(first) || (json_text(first, "state", &state) && view_is(state, "PENDING")))
        return ERR_OK;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (!json_text(texts[i].of, texts[i].name, &text))
            return ERR_OK;
        if (arena_copy(reading->arena, text, texts[i].out, reading->err) != ERR_OK)
            return ERR_LIMIT;
    }
    out->fingerprint = forge_fingerprint_find(out->body);
    if (out->fingerprint.len == 0)
        return ERR_OK;
    json_bool(item, "isResolved", &out->resolved);
    out->fixed_in = forge_fixed_find(out->body);
    reading->out->thread_count++;
    return read_replies(reading, item, author, out);
}

static enum err_code next_place(struct reading *reading, const struct json *list, struct view *cursor,
                                bool *more)
{
    struct view end;
    bool has_next = false;

    json_bool(list, "pageInfo.hasNextPage", &has_next);
    *more = *more || has_next;
    return json_text(list, "pageInfo.endCursor", &end) ? arena_copy(reading->arena, end, cursor, reading->err)
                                                       : ERR_OK;
}

/* The one error that is none: the owner has no such repository, or we may not look into it. */
static const struct json *first_error(const struct json *root)
{
    struct view field;

    for (const struct json *error = json_first(json_at(root, "errors")); error; error = json_next(error))
        if (!json_text(json_first(json_at(error, "path")), "", &field) || !view_is(field, "shared"))
            return error;
    return NULL;
}

static enum err_code read_shared(struct reading *reading, const struct json *root)
{
    const struct json *file = json_at(root, "data.shared.object");
    struct view text;
    bool cut = false;
    enum err_code code;

    if (reading->out->shared_settings.ptr || !json_text(file, "text", &text) ||
        (json_bool(file, "isTruncated", &cut) && cut))
        return ERR_OK;
    code = arena_copy(reading->arena, text, &reading->out->shared_settings, reading->err);
    if (code == ERR_OK && !reading->out->shared_settings.ptr)
        reading->out->shared_settings = VIEW("");
    return code;
}

static enum err_code read_page(struct reading *reading, const struct json *root,
                               const struct github_query *query, struct place *place)
{
    const struct json *pull = json_at(root, "data.repository.pullRequest");
    const struct json *reviews = json_at(pull, "reviews"), *threads = json_at(pull, "reviewThreads");
    struct view author = {0}, id;
    enum err_code code = ERR_OK;

    if (!reviews || !threads || first_error(root))
        return github_query_failed(reading->forge, query, first_error(root), reading->err);
    code = read_shared(reading, root);
    json_text(pull, "author.login", &author);
    if (code == ERR_OK && json_text(root, "data.repository.id", &id))
        code = arena_copy(reading->arena, id, &reading->out->repository_id, reading->err);
    for (const struct json *item = json_first(json_at(reviews, "nodes")); code == ERR_OK && item;
         item = json_next(item))
        code = read_review(reading, item);
    for (const struct json *item = json_first(json_at(threads, "nodes")); code == ERR_OK && item;
         item = json_next(item))
        code = reading->out->thread_count == THREADS_MAX
                   ? err_set(reading->err, ERR_LIMIT, "more than %d conversations", THREADS_MAX)
                   : read_thread(reading, item, author);
    place->more = false;
    if (code == ERR_OK)
        code = next_place(reading, reviews, &place->reviews, &place->more);
    return code == ERR_OK ? next_place(reading, threads, &place->threads, &place->more) : code;
}

enum err_code github_standing_read(const struct forge *forge, struct view repository, int64_t number,
                                   struct view head, struct arena *arena, struct forge_standing *out,
                                   struct err *err)
{
    struct view what = arena_format(arena, "read what stands in pull request %lld of %.*s", (long long)number,
                                    VIEW_ARG(repository)),
                rest = repository;
    struct place place = {.number = number, .more = true};
    const struct github_query query = {
        .what = what.ptr, .text = view_of(QUERY), .variables = write_variables, .ctx = &place};
    struct forge_standing found = {0};
    struct reading reading = {.forge = forge,
                              .repository = repository,
                              .number = number,
                              .arena = arena,
                              .out = &found,
                              .threads = ARENA_ARRAY(arena, struct forge_thread, THREADS_MAX + 1),
                              .err = err};
    enum err_code code = ERR_OK;

    (void)head;
    if (!forge_repository_is_valid(repository) || !view_split(&rest, '/', &place.owner))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    place.name = rest;
    if (what.len == 0 || !reading.threads)
        return arena_full(arena, err);
    for (int pages = 0; code == ERR_OK && place.more; pages++) {
        struct json *root = NULL;

        if (pages == FORGE_LIST_PAGES_MAX)
            return err_set(err, ERR_LIMIT, "%s: more than %d pages", query.what, FORGE_LIST_PAGES_MAX);
        code = github_query_send(forge, &query, arena, &root, err);
        if (code == ERR_OK)
            code = read_page(&reading, root, &query, &place);
        json_free(root);
    }
    found.threads = reading.threads;
    if (code == ERR_OK)
        *out = found;
    return code;
}
