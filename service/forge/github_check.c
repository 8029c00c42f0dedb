/* Check runs on GitHub; a commit status where the token is none of an App's, for only those may write checks.
 * Source: forges.md A4, A10. */
#include "base/json_writer.h"
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

enum {
    BATCH = 50,              /* annotations of one request: more are refused */
    DESCRIPTION_UNITS = 140, /* of a status */
    TITLE_BYTES = 250,
    REQUEST_MAX_BYTES = 8 << 20,
};

#define NAME "perf-review"
#define AS_STATUS "status" /* the id of a check that is told as commit statuses */

struct job { /* one check_put() */
    const struct forge *forge;
    struct view repository;
    const struct forge_check *check;
    struct view external; /* "7:job": tells of an event which pull request it is about, also for forks */
    struct arena *arena;
    struct err *err;
};

static struct view cut(struct view text, size_t max)
{
    while (max < text.len && max > 0 && ((unsigned char)text.ptr[max] & 0xc0) == 0x80)
        max--;
    return view_slice(text, 0, max);
}

/* Tokens of persons: they may write statuses, never checks. */
static bool is_personal(struct view token)
{
    static const char *const STARTS[] = {"ghp_", "github_pat_", "gho_"};

    for (size_t i = 0; i < COUNT_OF(STARTS); i++)
        if (view_starts(token, STARTS[i]))
            return true;
    return false;
}

static enum err_code send(const struct job *job, struct github_call *call, struct view path,
                          struct buffer *body, struct json **out)
{
    enum err_code code = buffer_check(body, "the check's request", job->err);

    call->path = path;
    call->body = buffer_view(body);
    if (code == ERR_OK && path.len == 0)
        code = arena_full(job->arena, job->err);
    if (code == ERR_OK)
        code = github_send(job->forge, call, job->arena, out, NULL, job->err);
    buffer_deinit(body);
    return code;
}

static enum err_code put_status(const struct job *job)
{
    static const char *const STATES[] = {[FORGE_CHECK_PASSED] = "success",
                                         [FORGE_CHECK_NEUTRAL] = "success", /* there is no neutral one */
                                         [FORGE_CHECK_FAILED] = "failure"};
    struct github_call call = {.method = "POST", .what = "tell the commit's status", .changes = true};
    struct json_writer writer;
    struct json *root = NULL;
    struct buffer body;
    size_t end = job->check->title.len;
    enum err_code code;

    if (job->check->state != FORGE_CHECK_DONE)
        return ERR_OK; /* one status a head: what it came to */
    while (forge_units(view_slice(job->check->title, 0, end)) > DESCRIPTION_UNITS)
        end--;
    buffer_init(&body, REQUEST_MAX_BYTES);
    json_writer_init(&writer, &body);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "state", view_of(STATES[job->check->end]));
    json_add_text(&writer, "context", VIEW(NAME));
    json_add_text(&writer, "description", cut(job->check->title, end));
    if (job->check->details_url.len > 0)
        json_add_text(&writer, "target_url", job->check->details_url);
    json_close_object(&writer);
    code = send(job, &call,
                arena_format(job->arena, "/repos/%.*s/statuses/%.*s", VIEW_ARG(job->repository),
                             VIEW_ARG(job->check->head_sha)),
                &body, &root);
    json_free(root);
    return code;
}

/* Ids are kept as "NUMBER:NODE": the number for REST, the node for GraphQL. */
static struct view number_of(struct view id)
{
    return view_slice(id, 0, view_find_byte(id, ':', 0));
}

static enum err_code copy_id(const struct job *job, const struct json *run, struct view *out)
{
    struct view node = {0};
    int64_t id = 0;

    json_text(run, "node_id", &node);
    if (!json_int(run, "id", &id))
        return err_set(job->err, ERR_INTERNAL, "a check run without an id");
    *out = arena_format(job->arena, "%lld:%.*s", (long long)id, VIEW_ARG(node));
    return out->len == 0 ? arena_full(job->arena, job->err) : ERR_OK;
}

/* The run that an earlier call of ours made; *id stays empty where there is none. */
static enum err_code find_run(const struct job *job, struct view *id)
{
    struct github_call call = {.method = "GET", .what = "look for our check run"};
    struct json *root = NULL;
    enum err_code code;

    call.path = arena_format(job->arena, "/repos/%.*s/commits/%.*s/check-runs?check_name=" NAME "&filter=all",
                             VIEW_ARG(job->repository), VIEW_ARG(job->check->head_sha));
    if (call.path.len == 0)
        return arena_full(job->arena, job->err);
    code = github_send(job->forge, &call, job->arena, &root, NULL, job->err);
    for (const struct json *run = json_first(json_at(root, "check_runs"));
         code == ERR_OK && run && id->len == 0; run = json_next(run)) {
        struct view external;

        if (json_text(run, "external_id", &external) && view_equal(external, job->external))
            code = copy_id(job, run, id);
    }
    json_free(root);
    return code;
}

static void write_annotation(struct json_writer *writer, const struct forge_annotation *annotation)
{
    json_open_object(writer, NULL);
    json_add_text(writer, "path", annotation->path);
    json_add_int(writer, "start_line", annotation->line);
    json_add_int(writer, "end_line", annotation->end_line);
    json_add_text(writer, "annotation_level", annotation->warning ? VIEW("warning") : VIEW("notice"));
    json_add_text(writer, "message", annotation->message);
    json_add_text(writer, "title", cut(annotation->title, TITLE_BYTES));
    json_close_object(writer);
}

static void write_output(struct json_writer *writer, const struct forge_check *check, size_t first,
                         size_t count)
{
    json_open_object(writer, "output");
    json_add_text(writer, "title", cut(check->title, TITLE_BYTES));
    json_add_text(writer, "summary", check->summary);
    if (count > 0) {
        json_open_array(writer, "annotations");
        for (size_t i = first; i < first + count; i++)
            write_annotation(writer, &check->annotations[i]);
        json_close_array(writer);
    }
    json_close_object(writer);
}

static void write_actions(struct json_writer *writer)
{
    json_open_array(writer, "actions");
    json_open_object(writer, NULL);
    json_add_text(writer, "label", VIEW("Review again"));
    json_add_text(writer, "description", VIEW("Review this head once more"));
    json_add_text(writer, "identifier", VIEW("run"));
    json_close_object(writer);
    json_close_array(writer);
}

static void write_end(struct json_writer *writer, const struct forge_check *check)
{
    static const char *const ENDS[] = {[FORGE_CHECK_PASSED] = "success",
                                       [FORGE_CHECK_NEUTRAL] = "neutral",
                                       [FORGE_CHECK_FAILED] = "failure"};

    json_add_text(writer, "status", VIEW("completed"));
    json_add_text(writer, "conclusion", view_of(ENDS[check->end]));
    write_actions(writer);
}

/* Make the run (*id empty), or bring it on. @p first, @p count: the annotations that go along. */
static enum err_code put_run(const struct job *job, struct view *id, size_t first, size_t count, bool ends)
{
    const struct forge_check *check = job->check;
    bool makes = id->len == 0;
    struct github_call call = {
        .method = makes ? "POST" : "PATCH", .what = "write the check run", .changes = true};
    struct json_writer writer;
    struct json *root = NULL;
    struct buffer body;
    enum err_code code;

    buffer_init(&body, REQUEST_MAX_BYTES);
    json_writer_init(&writer, &body);
    json_open_object(&writer, NULL);
    if (makes) {
        json_add_text(&writer, "name", VIEW(NAME));
        json_add_text(&writer, "head_sha", check->head_sha);
        json_add_text(&writer, "external_id", job->external);
    }
    if (check->details_url.len > 0)
        json_add_text(&writer, "details_url", check->details_url);
    if (ends)
        write_end(&writer, check);
    else
        json_add_text(&writer, "status",
                      check->state == FORGE_CHECK_QUEUED ? VIEW("queued") : VIEW("in_progress"));
    if (check->summary.len > 0)
        write_output(&writer, check, first, count);
    json_close_object(&writer);
    code = send(job, &call,
                makes ? arena_format(job->arena, "/repos/%.*s/check-runs", VIEW_ARG(job->repository))
                      : arena_format(job->arena, "/repos/%.*s/check-runs/%.*s", VIEW_ARG(job->repository),
                                     VIEW_ARG(number_of(*id))),
                &body, &root);
    if (code == ERR_OK && makes)
        code = copy_id(job, root, id);
    json_free(root);
    return code;
}

/* How far an earlier call came: annotations add up, so none may be sent twice. */
static enum err_code read_run(const struct job *job, struct view id, size_t *stand, bool *ended)
{
    struct github_call call = {.method = "GET", .what = "read the check run"};
    struct json *root = NULL;
    struct view status = {0};
    int64_t count = 0;
    enum err_code code;

    call.path = arena_format(job->arena, "/repos/%.*s/check-runs/%.*s", VIEW_ARG(job->repository),
                             VIEW_ARG(number_of(id)));
    if (call.path.len == 0)
        return arena_full(job->arena, job->err);
    code = github_send(job->forge, &call, job->arena, &root, NULL, job->err);
    if (code == ERR_OK) {
        json_int(root, "output.annotations_count", &count);
        json_text(root, "status", &status);
        *stand = count > 0 ? (size_t)count : 0;
        *ended = view_is(status, "completed");
    }
    json_free(root);
    return code;
}

static enum err_code finish_run(const struct job *job, struct view *id)
{
    size_t total = job->check->annotation_count, at = 0;
    bool ended = false, unknown = job->check->maybe_begun && id->len > 0;
    enum err_code code = ERR_OK;

    while (code == ERR_OK && !ended) {
        size_t left, count;

        if (unknown)
            code = read_run(job, *id, &at, &ended);
        if (code != ERR_OK || ended)
            break;
        left = at < total ? total - at : 0;
        count = left < BATCH ? left : BATCH;
        code = put_run(job, id, at, count, count == left);
        /* Once only: the next attempt of the job looks again. */
        if (code == ERR_TIMEOUT && !unknown && id->len > 0) {
            unknown = true;
            code = ERR_OK;
            continue;
        }
        unknown = false;
        at += count;
        ended = count == left;
    }
    return code;
}

static enum err_code put(const struct job *job, struct view *id)
{
    enum err_code code = ERR_OK;

    if (id->len == 0 && job->check->maybe_begun)
        code = find_run(job, id);
    if (code == ERR_OK && job->check->state == FORGE_CHECK_DONE)
        return finish_run(job, id);
    if (code == ERR_OK)
        code = put_run(job, id, 0, 0, false);
    if (code == ERR_TIMEOUT && id->len == 0) {
        struct err unknown = *job->err;

        code = find_run(job, id);
        if (code != ERR_OK || id->len == 0) {
            *job->err = unknown;
            code = ERR_TIMEOUT;
        }
    }
    return code;
}

enum err_code github_check_put(const struct forge *forge, struct view repository,
                               const struct forge_check *check, struct arena *arena, struct view *id,
                               struct err *err)
{
    struct job job = {.forge = forge, .repository = repository, .check = check, .arena = arena, .err = err};
    struct view made = check->id;
    enum err_code code = ERR_DENIED;

    if (!forge_repository_is_valid(repository) || !forge_sha_is_valid(check->head_sha))
        return err_set(err, ERR_INVALID, "\"%.*s\" or its head has no valid name", VIEW_ARG(repository));
    job.external = arena_format(arena, "%lld:%.*s", (long long)check->number, VIEW_ARG(check->job));
    if (job.external.len == 0)
        return arena_full(arena, err);
    if (!view_is(made, AS_STATUS) && !is_personal(forge->token))
        code = put(&job, &made);
    if (code == ERR_DENIED) {
        made = VIEW(AS_STATUS);
        code = put_status(&job);
    }
    if (code == ERR_OK)
        *id = made;
    return code == ERR_OK ? ERR_OK : err_wrap(err, "check of %.*s", VIEW_ARG(repository));
}

bool github_check_is_simple(const struct forge_check *check, struct view *node)
{
    size_t colon = view_find_byte(check->id, ':', 0);

    *node = colon == SIZE_MAX ? (struct view){0} : view_slice(check->id, colon + 1, check->id.len);
    return node->len > 0 && !check->maybe_begun && check->state == FORGE_CHECK_DONE &&
           check->annotation_count <= BATCH;
}

static void write_annotation_input(struct json_writer *writer, const struct forge_annotation *annotation)
{
    json_open_object(writer, NULL);
    json_add_text(writer, "path", annotation->path);
    json_open_object(writer, "location");
    json_add_int(writer, "startLine", annotation->line);
    json_add_int(writer, "endLine", annotation->end_line);
    json_close_object(writer);
    json_add_text(writer, "annotationLevel", annotation->warning ? VIEW("WARNING") : VIEW("NOTICE"));
    json_add_text(writer, "message", annotation->message);
    json_add_text(writer, "title", cut(annotation->title, TITLE_BYTES));
    json_close_object(writer);
}

void github_check_write_end(struct json_writer *writer, const char *name, const struct forge_check *check,
                            struct view repository_id, struct view node)
{
    static const char *const ENDS[] = {[FORGE_CHECK_PASSED] = "SUCCESS",
                                       [FORGE_CHECK_NEUTRAL] = "NEUTRAL",
                                       [FORGE_CHECK_FAILED] = "FAILURE"};

    json_open_object(writer, name);
    json_add_text(writer, "repositoryId", repository_id);
    json_add_text(writer, "checkRunId", node);
    json_add_text(writer, "status", VIEW("COMPLETED"));
    json_add_text(writer, "conclusion", view_of(ENDS[check->end]));
    if (check->details_url.len > 0)
        json_add_text(writer, "detailsUrl", check->details_url);
    json_open_object(writer, "output");
    json_add_text(writer, "title", cut(check->title, TITLE_BYTES));
    json_add_text(writer, "summary", check->summary);
    json_open_array(writer, "annotations");
    for (size_t i = 0; i < check->annotation_count; i++)
        write_annotation_input(writer, &check->annotations[i]);
    json_close_array(writer);
    json_close_object(writer);
    write_actions(writer);
    json_close_object(writer);
}
