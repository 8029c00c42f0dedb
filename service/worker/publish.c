/* Posting exactly once. A forge gives no key that would make a post idempotent: what stands was read when the
 * job began, under its lease, and is read again after every write whose answer did not come. */
#include "base/buffer.h"
#include "worker/check.h"
#include "worker/conversation.h"

enum { POSTED_MAX_BYTES = 4 << 20, SIFT_ROUNDS = 2 };

struct publishing {
    const struct job_world *world;
    const struct job_target *target;
    job_still_ours *still_ours;
    void *ctx;
    struct arena *arena;
    struct job_result *result;
    struct err *err;
};

/* The head and the base that were judged must be those that the forge has now. */
static enum err_code check_head(struct publishing *at)
{
    const struct forge *forge = at->target->forge;
    const struct forge_pull *was = &at->result->pull;
    struct forge_pull now = {0};
    enum err_code code = forge->ops->pull_get(forge, at->target->repository, at->target->number, was,
                                              at->arena, &now, at->err);

    if (code != ERR_OK)
        return code;
    if (!now.open || (now.draft && !at->target->replay)) {
        at->result->end = JOB_SKIPPED;
        at->result->reason = now.open ? VIEW("draft pull request") : VIEW("the pull request is closed");
        return ERR_OK;
    }
    if (!view_equal(now.head_sha, was->head_sha))
        return err_set(at->err, ERR_SUPERSEDED, "the head moved from %.*s to %.*s",
                       VIEW_ARG(view_slice(was->head_sha, 0, 12)), VIEW_ARG(view_slice(now.head_sha, 0, 12)));
    if (!view_equal(now.base_ref, was->base_ref))
        return err_set(at->err, ERR_SUPERSEDED, "the base moved from %.*s to %.*s", VIEW_ARG(was->base_ref),
                       VIEW_ARG(now.base_ref));
    return ERR_OK;
}

static enum err_code read_again(struct publishing *at, struct forge_standing *out)
{
    const struct forge *forge = at->target->forge;

    return forge->ops->standing_read(forge, at->target->repository, at->target->number,
                                     at->result->pull.head_sha, at->arena, out, at->err);
}

static enum err_code ours_still(struct publishing *at)
{
    return at->still_ours ? at->still_ours(at->ctx, at->err) : ERR_OK;
}

static enum err_code make_comments(struct publishing *at, struct forge_review *review)
{
    const struct analysis_result *analysis = &at->result->analysis;
    struct forge_comment *comments =
        ARENA_ARRAY(at->arena, struct forge_comment, analysis->comment_count + 1);

    if (!comments)
        return arena_full(at->arena, at->err);
    for (size_t i = 0; i < analysis->comment_count; i++) {
        const struct analysis_comment *from = &analysis->comments[i];

        comments[i] = (struct forge_comment){.path = at->result->change.deltas[from->delta].path,
                                             .line = from->line,
                                             .start_line = from->start_line,
                                             .side = FORGE_SIDE_HEAD,
                                             .body = from->body};
    }
    review->comments = comments;
    review->comment_count = analysis->comment_count;
    return ERR_OK;
}

/* What was posted, in one text for the review's page. */
static enum err_code keep_text(struct publishing *at, const struct forge_review *review)
{
    struct buffer text;
    enum err_code code;

    buffer_init(&text, POSTED_MAX_BYTES);
    buffer_add(&text, view_trim(at->result->analysis.summary));
    for (size_t i = 0; i < review->comment_count; i++) {
        const struct forge_comment *comment = &review->comments[i];

        buffer_add_format(&text, "\n\n---\n\n**%.*s:%u**\n\n", VIEW_ARG(comment->path), comment->line);
        buffer_add(&text, view_trim(comment->body));
    }
    buffer_add_byte(&text, '\n');
    code = buffer_check(&text, "the text of the review", at->err);
    if (code == ERR_OK)
        code = arena_copy(at->arena, buffer_view(&text), &at->result->posted_text, at->err);
    buffer_deinit(&text);
    return code;
}

static bool stood_before(const struct forge_standing *before, const struct forge_thread *thread)
{
    for (size_t i = 0; i < before->thread_count; i++)
        if (view_equal(before->threads[i].id, thread->id))
            return true;
    return false;
}

/* All of it or nothing stands: a comment that is new tells of the whole review. */
static bool is_posted(struct publishing *at, const struct forge_review *review,
                      const struct forge_standing *now)
{
    if (!review->is_note)
        return now->summary.found && view_equal(now->summary.head, review->head_sha) &&
               view_equal(now->summary.job, review->job);
    for (size_t i = 0; i < now->thread_count; i++)
        for (size_t j = 0; j < at->result->analysis.comment_count; j++)
            if (view_equal(now->threads[i].fingerprint, at->result->analysis.comments[j].fingerprint) &&
                !stood_before(&at->result->standing, &now->threads[i]))
                return true;
    return false;
}

/* One post. Where its outcome is unknown, what stands at the forge decides. */
static enum err_code post_once(struct publishing *at, const struct forge_review *review)
{
    const struct forge *forge = at->target->forge;
    struct forge_standing now = {0};
    struct forge_posted posted = {0};
    struct err unknown;
    enum err_code code = ours_still(at);

    if (code == ERR_OK)
        code = forge->ops->review_post(forge, at->target->repository, at->target->number, review, at->arena,
                                       &posted, at->err);
    if (code == ERR_TIMEOUT) {
        unknown = *at->err;
        code = read_again(at, &now);
        posted = now.summary;
        if (code != ERR_OK || !is_posted(at, review, &now)) {
            *at->err = unknown; /* the next attempt looks again before it posts */
            return ERR_TIMEOUT;
        }
    }
    if (code == ERR_OK && !review->is_note)
        at->result->posted = posted;
    return code;
}

static void make_review(struct publishing *at, struct forge_review *review)
{
    struct forge_posted *summary = &at->result->standing.summary;
    size_t count = at->result->analysis.comment_count;

    *review = (struct forge_review){.head_sha = at->result->pull.head_sha,
                                    .job = at->target->marker,
                                    .body = at->result->analysis.summary,
                                    .is_note = summary->found};
    if (review->is_note)
        review->body =
            arena_format(at->arena, "%zu new finding%s in `%.*s`; the whole is told in the [summary](%.*s).",
                         count, count == 1 ? "" : "s", VIEW_ARG(view_slice(review->head_sha, 0, 12)),
                         VIEW_ARG(summary->html_url));
}

/* The forge refused it as it is: most likely a line that it does not show after all. What it refuses is told
 * in the summary, for which the analysis runs again; it gives the same findings. */
static enum err_code drop_refused(struct publishing *at, const struct forge_review *review, bool all)
{
    const struct forge *forge = at->target->forge;
    bool *refused = ARENA_ARRAY(at->arena, bool, review->comment_count + 1), any = false;
    enum err_code code = refused ? check_head(at) : arena_full(at->arena, at->err);

    if (code != ERR_OK || at->result->end == JOB_SKIPPED)
        return code;
    all = all || !forge->ops->review_sift;
    if (!all)
        code = forge->ops->review_sift(forge, at->target->repository, at->target->number, review, at->arena,
                                       refused, at->err);
    for (size_t i = 0; code == ERR_OK && i < review->comment_count; i++)
        any = any || refused[i];
    for (size_t i = 0; code == ERR_OK && (all || !any) && i < review->comment_count; i++)
        refused[i] = true;
    if (code == ERR_OK)
        code = conversation_refuse(at->result, refused, at->arena, at->err);
    return code == ERR_OK ? job_analyse(at->world, at->arena, at->result, at->err) : code;
}

/* The review, or the comments on what is new below a summary that stands. */
static enum err_code post(struct publishing *at, struct forge_review *review)
{
    for (int round = 0;; round++) {
        enum err_code code;

        make_review(at, review);
        code = make_comments(at, review);
        if (code == ERR_OK && review->body.len == 0)
            code = arena_full(at->arena, at->err);
        if (code != ERR_OK || (review->is_note && review->comment_count == 0))
            return code;
        code = post_once(at, review);
        if (code != ERR_INVALID || review->comment_count == 0)
            return code;
        LOG(at->world->log, SETTINGS_LOG_WARN, "comments refused, told in the summary",
            {"repository", at->target->repository}, {"error", view_of(at->err->message)});
        code = drop_refused(at, review, round >= SIFT_ROUNDS);
        if (code != ERR_OK || at->result->end == JOB_SKIPPED)
            return code;
    }
}

static bool is_updated(const struct forge_update *update, const struct forge_standing *now)
{
    if (update->summary.len > 0 &&
        !(view_equal(now->summary.head, update->head_sha) && view_equal(now->summary.job, update->job)))
        return false;
    for (size_t i = 0; i < update->edit_count; i++)
        for (size_t j = 0; j < now->thread_count; j++)
            if (view_equal(now->threads[j].id, update->edits[i].thread->id) &&
                (now->threads[j].fixed_in.len > 0) == update->edits[i].reopen)
                return false;
    return true;
}

static enum err_code update_once(struct publishing *at, const struct forge_update *update)
{
    const struct forge *forge = at->target->forge;
    struct forge_standing now = {0};
    struct err unknown;
    enum err_code code = ours_still(at);

    if (code == ERR_OK)
        code = forge->ops->standing_update(forge, at->target->repository, at->target->number, update,
                                           at->arena, at->err);
    if (code != ERR_TIMEOUT)
        return code;
    unknown = *at->err;
    at->result->check.maybe_begun = true;
    code = read_again(at, &now);
    if (code == ERR_OK && is_updated(update, &now))
        return ERR_OK;
    *at->err = unknown;
    return ERR_TIMEOUT;
}

/* Whether the summary that stands says the same of the same head; only its marker's job may differ. */
static bool says_the_same(const struct forge_posted *summary, const struct forge_update *update)
{
    struct view body = view_trim(update->body);

    return view_equal(summary->head, update->head_sha) &&
           view_equal(view_slice(summary->body, 0, body.len), body) &&
           view_starts(view_trim(view_slice(summary->body, body.len, summary->body.len)),
                       "<!-- perf-review:v1 ");
}

static enum err_code stands(struct publishing *at)
{
    const struct forge_review nothing = {0};

    at->result->end = JOB_STANDS;
    at->result->reason = VIEW("already posted");
    return keep_text(at, &nothing);
}

/* What stands is brought up to date; *any tells whether there was something to do. */
static enum err_code update(struct publishing *at, const struct forge_review *review, bool *any)
{
    struct job_result *result = at->result;
    const struct forge_posted *stood = &result->standing.summary;
    struct forge_check check;
    struct forge_update change = {.head_sha = review->head_sha,
                                  .job = review->job,
                                  .body = result->analysis.summary,
                                  .standing = &result->standing,
                                  .check_ended = &result->check_ended};
    enum err_code code = conversation_plan(result, at->arena, &change.edits, &change.edit_count, at->err);

    if (stood->found) {
        result->posted = *stood;
        result->posted.head = review->head_sha;
        result->posted.job = review->job;
        if (!says_the_same(stood, &change))
            change.summary = stood->id;
    }
    if (code == ERR_OK && result->check.id.len > 0) {
        code = check_fill(result, &check, at->arena, at->err);
        change.check = &check;
    }
    *any = change.summary.len > 0 || change.edit_count > 0;
    return code == ERR_OK && *any ? update_once(at, &change) : code;
}

static enum err_code publish(struct publishing *at)
{
    struct job_result *result = at->result;
    bool edits = at->target->forge->ops->standing_update != NULL, stood = result->standing.summary.found,
         updated = false;
    struct forge_review review;
    enum err_code code;

    if (stood && !edits) { /* of this very head: others are not carried on there */
        result->posted = result->standing.summary;
        return stands(at);
    }
    code = post(at, &review);
    if (code == ERR_OK && result->end == JOB_REVIEW && edits)
        code = update(at, &review, &updated);
    if (code != ERR_OK || result->end != JOB_REVIEW)
        return code;
    return stood && review.comment_count == 0 && !updated ? stands(at) : keep_text(at, &review);
}

enum err_code job_publish(const struct job_world *world, const struct job_target *target,
                          job_still_ours *still_ours, void *ctx, struct arena *arena,
                          struct job_result *result, struct err *err)
{
    struct publishing at = {.world = world,
                            .target = target,
                            .still_ours = still_ours,
                            .ctx = ctx,
                            .arena = arena,
                            .result = result,
                            .err = err};
    enum err_code code;

    if (result->end != JOB_REVIEW && result->end != JOB_CLEAN)
        return ERR_OK;
    code = check_head(&at);
    if (code == ERR_OK && result->end == JOB_REVIEW)
        code = publish(&at);
    return code == ERR_OK
               ? ERR_OK
               : err_wrap(err, "publish %.*s#%lld", VIEW_ARG(target->repository), (long long)target->number);
}
