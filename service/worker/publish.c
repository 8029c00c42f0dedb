/* Posting exactly once. A forge gives no key that would make a post idempotent, so the reviews that stand are
 * read back by their markers before every post, and after every one whose answer did not come. */
#include "base/buffer.h"
#include "worker/job.h"

enum { POSTED_MAX_BYTES = 4 << 20 };

/* The head and the base that were judged must be those that the forge has now. */
static enum err_code check_head(const struct job_target *target, struct arena *arena,
                                struct job_result *result, struct err *err)
{
    const struct forge *forge = target->forge;
    struct forge_pull now = {0};
    enum err_code code = forge->ops->pull_get(forge, target->repository, target->number, arena, &now, err);

    if (code != ERR_OK)
        return code;
    if (!now.open || now.draft) {
        result->end = JOB_SKIPPED;
        result->reason = now.open ? VIEW("draft pull request") : VIEW("the pull request is closed");
        return ERR_OK;
    }
    if (!view_equal(now.head_sha, result->pull.head_sha)) {
        struct view was = view_slice(result->pull.head_sha, 0, 12), is = view_slice(now.head_sha, 0, 12);

        return err_set(err, ERR_SUPERSEDED, "the head moved from %.*s to %.*s", VIEW_ARG(was), VIEW_ARG(is));
    }
    if (!view_equal(now.base_ref, result->pull.base_ref))
        return err_set(err, ERR_SUPERSEDED, "the base moved from %.*s to %.*s",
                       VIEW_ARG(result->pull.base_ref), VIEW_ARG(now.base_ref));
    return ERR_OK;
}

/* Sets result->posted where our review stands. */
static enum err_code find_own(const struct job_world *world, const struct job_target *target,
                              struct arena *arena, struct job_result *result, bool *stands, struct err *err)
{
    const struct forge *forge = target->forge;
    struct forge_posted posted = {0};
    enum err_code code = job_login(world, target, arena, err);

    if (code == ERR_OK)
        code = forge->ops->review_find(forge, target->repository, target->number, result->pull.head_sha,
                                       arena, &posted, err);
    if (code != ERR_OK)
        return code;
    *stands = posted.found && (!target->base_changed || view_equal(posted.job, target->marker));
    if (*stands)
        result->posted = posted;
    return ERR_OK;
}

static enum err_code make_comments(const struct job_result *result, struct arena *arena,
                                   struct forge_comment **out, struct err *err)
{
    const struct analysis_result *analysis = &result->analysis;
    struct forge_comment *comments = ARENA_ARRAY(arena, struct forge_comment, analysis->comment_count + 1);

    if (!comments)
        return arena_full(arena, err);
    for (size_t i = 0; i < analysis->comment_count; i++) {
        const struct analysis_comment *from = &analysis->comments[i];

        comments[i] = (struct forge_comment){.path = result->change.deltas[from->delta].path,
                                             .line = from->line,
                                             .start_line = from->start_line,
                                             .side = FORGE_SIDE_HEAD,
                                             .body = from->body};
    }
    *out = comments;
    return ERR_OK;
}

/* What was posted, in one text for the review's page. */
static enum err_code keep_text(const struct forge_review *review, struct arena *arena, struct view *out,
                               struct err *err)
{
    struct buffer text;
    enum err_code code;

    buffer_init(&text, POSTED_MAX_BYTES);
    buffer_add(&text, view_trim(review->body));
    for (size_t i = 0; i < review->comment_count; i++) {
        const struct forge_comment *comment = &review->comments[i];

        buffer_add_format(&text, "\n\n---\n\n**%.*s:%u**\n\n", VIEW_ARG(comment->path), comment->line);
        buffer_add(&text, view_trim(comment->body));
    }
    buffer_add_byte(&text, '\n');
    code = buffer_check(&text, "the text of the review", err);
    if (code == ERR_OK)
        code = arena_copy(arena, buffer_view(&text), out, err);
    buffer_deinit(&text);
    return code;
}

/* One post. Where its outcome is unknown, what stands at the forge decides. */
static enum err_code post(const struct job_world *world, const struct job_target *target,
                          const struct forge_review *review, struct arena *arena, struct job_result *result,
                          struct err *err)
{
    const struct forge *forge = target->forge;
    struct err unknown;
    bool stands = false;
    enum err_code code = forge->ops->review_post(forge, target->repository, target->number, review, arena,
                                                 &result->posted, err);

    if (code == ERR_OK)
        return keep_text(review, arena, &result->posted_text, err);
    if (code != ERR_TIMEOUT)
        return code;
    unknown = *err;
    code = find_own(world, target, arena, result, &stands, err);
    if (code == ERR_OK && stands)
        return keep_text(review, arena, &result->posted_text, err);
    *err = unknown; /* the next attempt looks again before it posts */
    return ERR_TIMEOUT;
}

/* The forge refused it as it is: most likely a line that it does not show after all. */
static enum err_code post_folded(const struct job_world *world, const struct job_target *target,
                                 struct forge_review *review, struct arena *arena, struct job_result *result,
                                 struct err *err)
{
    bool stands = false;
    enum err_code code = check_head(target, arena, result, err);

    if (code == ERR_OK && result->end == JOB_REVIEW)
        code = find_own(world, target, arena, result, &stands, err);
    if (code != ERR_OK || result->end != JOB_REVIEW)
        return code;
    review->body = result->analysis.folded_summary;
    review->comment_count = 0;
    return stands ? keep_text(review, arena, &result->posted_text, err)
                  : post(world, target, review, arena, result, err);
}

static enum err_code publish(const struct job_world *world, const struct job_target *target,
                             job_still_ours *still_ours, void *ctx, struct arena *arena,
                             struct job_result *result, struct err *err)
{
    struct forge_review review = {
        .head_sha = result->pull.head_sha, .job = target->marker, .body = result->analysis.summary};
    struct forge_comment *comments = NULL;
    bool stands = false;
    enum err_code code = make_comments(result, arena, &comments, err);

    review.comments = comments;
    review.comment_count = comments ? result->analysis.comment_count : 0;
    if (code == ERR_OK)
        code = find_own(world, target, arena, result, &stands, err);
    if (code == ERR_OK && stands) {
        result->end = JOB_STANDS;
        result->reason = VIEW("already posted");
        return keep_text(&review, arena, &result->posted_text, err);
    }
    if (code == ERR_OK && still_ours)
        code = still_ours(ctx, err);
    if (code != ERR_OK)
        return code;
    code = post(world, target, &review, arena, result, err);
    if (code != ERR_INVALID || review.comment_count == 0)
        return code;
    LOG(world->log, SETTINGS_LOG_WARN, "comments refused, folded into the summary",
        {"repository", target->repository}, {"error", view_of(err->message)});
    return post_folded(world, target, &review, arena, result, err);
}

enum err_code job_publish(const struct job_world *world, const struct job_target *target,
                          job_still_ours *still_ours, void *ctx, struct arena *arena,
                          struct job_result *result, struct err *err)
{
    enum err_code code;

    if (result->end != JOB_REVIEW && result->end != JOB_CLEAN)
        return ERR_OK;
    code = check_head(target, arena, result, err);
    if (code == ERR_OK && result->end == JOB_REVIEW)
        code = publish(world, target, still_ours, ctx, arena, result, err);
    return code == ERR_OK
               ? ERR_OK
               : err_wrap(err, "publish %.*s#%lld", VIEW_ARG(target->repository), (long long)target->number);
}
