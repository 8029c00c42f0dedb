/* What a failure means for its job: whose fault it is decides whether it is tried again. */
#include "worker/outcome.h"
#include "base/hash.h"
#include "forge/redact.h"
#include "worker/check.h"
#include "worker/command.h"
#include "worker/wishes.h"

enum {
    MS = 1000,
    MOVED_HEAD_MS = 1000, /* the delivery of the newer head is on its way most likely */
    POST_MARGIN_MS = 5000,
};

int64_t outcome_backoff_ms(int64_t first_ms, int64_t job, int64_t attempt)
{
    int64_t wait = first_ms;
    struct view key;

    for (int64_t i = 1; i < attempt && wait < OUTCOME_BACKOFF_MAX_MS; i++)
        wait *= 2;
    if (wait > OUTCOME_BACKOFF_MAX_MS)
        wait = OUTCOME_BACKOFF_MAX_MS;
    /* Up to a quarter less, the same for the same job and try. */
    key = (struct view){(const char *)&job, sizeof(job)};
    return wait -
           (int64_t)(hash_finish(hash_add(HASH_SEED + (uint64_t)attempt, key)) % (uint64_t)(wait / 4 + 1));
}

/* Text of the store's size, cut between characters. */
static struct view reason_of(struct view text)
{
    size_t end = text.len < STORE_TEXT_MAX ? text.len : STORE_TEXT_MAX;

    while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
        end--;
    return view_slice(text, 0, end);
}

enum err_code outcome_put_back(struct store *store, const struct settings *settings,
                               const struct store_job *job, bool spent, int64_t attempts_max, int64_t now_ms,
                               struct view reason, struct err *err)
{
    int64_t wait = spent ? outcome_backoff_ms(settings->limits.retry_seconds * MS, job->id, job->attempt) : 0;

    if (spent && job->attempt >= attempts_max)
        return store_fail_job(store, job, now_ms, reason_of(reason), err);
    return store_retry_job(store, job, now_ms + wait, spent, reason_of(reason), err);
}

struct turn { /* one leased job */
    const struct outcome_world *world;
    const struct store_job *job;
};

static int64_t now_of(const struct outcome_world *world)
{
    return world->now_ms(world->clock);
}

/* The lease must outlast the post: whoever takes the job over finds what was posted, or posts itself. */
static enum err_code still_ours(void *ctx, struct err *err)
{
    const struct turn *turn = ctx;
    const struct settings_limits *limits = &turn->world->job->settings->limits;
    int64_t post_ms = limits->api_seconds * MS + POST_MARGIN_MS, lease_ms = limits->lease_seconds * MS;

    return store_renew(turn->world->store, turn->job,
                       now_of(turn->world) + (post_ms > lease_ms ? post_ms : lease_ms), err);
}

static struct forge *find_forge(const struct outcome_world *world, struct view name)
{
    for (size_t i = 0; i < world->job->settings->forge_count; i++)
        if (view_equal(world->forges[i].name, name))
            return &world->forges[i];
    return NULL;
}

static bool is_recorded(const struct turn *turn, const struct job_result *result, struct arena *arena)
{
    struct store_review review;

    return store_find_review_of(turn->world->store, turn->job->forge, turn->job->repository,
                                turn->job->number, result->pull.head_sha, arena, &review, NULL) == ERR_OK;
}

static struct check_world check_world_of(const struct turn *turn)
{
    return (struct check_world){
        .job = turn->world->job, .store = turn->world->store, .now_ms = now_of(turn->world)};
}

/* What people said no to in earlier reviews. */
static enum err_code recall_declines(const struct turn *turn, struct job_target *target, struct arena *arena,
                                     struct err *err)
{
    const struct store_decline *items;
    struct analysis_known *declined;
    size_t count;
    enum err_code code = store_list_declines(turn->world->store, turn->job->forge, target->repository,
                                             target->number, arena, &items, &count, err);

    if (code != ERR_OK)
        return code;
    declined = ARENA_ARRAY(arena, struct analysis_known, count + 1);
    if (!declined)
        return arena_full(arena, err);
    for (size_t i = 0; i < count; i++)
        declined[i] = (struct analysis_known){.fingerprint = items[i].fingerprint,
                                              .path = items[i].path,
                                              .state = ANALYSIS_DECLINED,
                                              .who = items[i].who};
    target->declined = declined;
    target->declined_count = count;
    return ERR_OK;
}

/* Only what the change still holds: a conversation that somebody closed with the fix in hand is no refusal.
 */
static enum err_code remember_declines(const struct turn *turn, const struct job_result *result,
                                       struct err *err)
{
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < result->known.thread_count; i++) {
        const struct analysis_known *known = &result->known.items[i];
        const struct store_decline decline = {known->fingerprint, known->path, known->who};

        if (known->state == ANALYSIS_DECLINED && result->analysis.present[i])
            code = store_put_decline(turn->world->store, turn->job->forge, turn->job->repository,
                                     turn->job->number, &decline, now_of(turn->world), err);
    }
    return code;
}

/* A job that somebody's comment asked for is no review. */
static enum err_code carry_out(const struct turn *turn, const struct job_target *target, struct arena *arena,
                               struct job_result *result, struct err *err)
{
    const struct command_world world = {.job = turn->world->job,
                                        .store = turn->world->store,
                                        .now_ms = now_of(turn->world),
                                        .still_ours = still_ours,
                                        .ctx = (void *)(uintptr_t)turn};

    return command_carry_out(&world, target, turn->job, arena, result, err);
}

static enum err_code work(const struct turn *turn, struct job_target *target, struct arena *arena,
                          struct job_result *result, struct err *err)
{
    const struct job_world *world = turn->world->job;
    const struct check_world checks = check_world_of(turn);
    enum err_code code;

    if (turn->job->command.len > 0)
        return carry_out(turn, target, arena, result, err);
    code = recall_declines(turn, target, arena, err);
    if (code == ERR_OK)
        code = wishes_recall(turn->world->store, target, arena, err);
    if (code == ERR_OK)
        code = job_look(world, target, arena, result, err);
    /* It was posted by an attempt that died before it was recorded: what was posted is made again. */
    if (code == ERR_OK && result->end == JOB_STANDS && !is_recorded(turn, result, arena))
        result->end = JOB_REVIEW;
    if (code != ERR_OK || result->end != JOB_REVIEW)
        return code;
    code = check_begin(&checks, target, result, arena, err);
    if (code == ERR_OK)
        code = job_prepare(world, target, arena, result, err);
    if (code == ERR_OK)
        code = job_publish(world, target, still_ours, (void *)(uintptr_t)turn, arena, result, err);
    if (code == ERR_OK)
        code = remember_declines(turn, result, err);
    return code == ERR_OK ? check_end(&checks, target, result, arena, err) : code;
}

/* A minted token can be taken back before its hour is over: once, a fresh one is tried. Nothing is done
 * twice: what stands is read first. */
static enum err_code work_with_access(const struct turn *turn, struct job_target *target, struct arena *arena,
                                      struct job_result *result, struct err *err)
{
    enum err_code code = work(turn, target, arena, result, err);

    if (code != ERR_DENIED || target->forge->app_id.len == 0)
        return code;
    *result = (struct job_result){0};
    target->refused = true;
    return work(turn, target, arena, result, err);
}

static enum err_code finish(const struct turn *turn, const struct job_result *result, struct arena *arena,
                            struct err *err)
{
    struct store_review review = {.head_sha = result->pull.head_sha,
                                  .merge_base = result->merge_base,
                                  .posted_ms = now_of(turn->world),
                                  .forge_review_id = result->posted.id,
                                  .markdown = result->end == JOB_CLEAN ? result->analysis.markdown
                                                                       : result->posted_text,
                                  .json = result->analysis.json};
    struct store_outcome outcome = {.state = result->end == JOB_SKIPPED ? STORE_SKIPPED : STORE_DONE,
                                    .reason = result->reason,
                                    .now_ms = review.posted_ms};
    bool has_review = review.markdown.len > 0;
    int64_t review_id = 0;
    enum err_code code;

    if (has_review)
        outcome.review = &review;
    if (result->end == JOB_REVIEW)
        outcome.reason = arena_format(arena, "posted%s%.*s: %.*s", result->posted.html_url.len ? " " : "",
                                      VIEW_ARG(result->posted.html_url), VIEW_ARG(result->analysis.receipt));
    outcome.reason = reason_of(outcome.reason);
    code = store_finish_job(turn->world->store, turn->job, &outcome, &review_id, err);
    if (code == ERR_OK || code == ERR_SUPERSEDED || code == ERR_CONFLICT)
        LOG(turn->world->job->log, SETTINGS_LOG_INFO,
            code != ERR_OK              ? "job overtaken"
            : result->end == JOB_REVIEW ? "review posted"
                                        : "job done",
            {"repository", turn->job->repository},
            {"number", arena_format(arena, "%lld", (long long)turn->job->number)},
            {"head", result->pull.head_sha}, {"state", view_of(store_state_name(outcome.state))},
            {"review", review_id ? arena_format(arena, "%lld", (long long)review_id) : (struct view){0}},
            {"reason", outcome.reason});
    return code == ERR_SUPERSEDED || code == ERR_CONFLICT ? ERR_OK : code;
}

/* What an operator can do about a refusal. The advice comes last: the forge's own words count more. */
static void advise(const struct turn *turn, const struct forge *forge, struct err *err)
{
    const struct err said = *err;

    if (said.code == ERR_DENIED)
        err_set(err, said.code,
                "forge %.*s refused %s: %s. Give it %s that may read the repository and write reviews, "
                "then: perf-review deliveries replay ID",
                VIEW_ARG(turn->job->forge),
                forge && forge->app_id.len  ? "the App"
                : forge && forge->token.len ? "the token"
                                            : "access without a token",
                said.message, forge && forge->app_id.len ? "an App" : "a token");
}

/* Who else is held up by a limit. */
static struct view scope_of(const struct turn *turn, const struct forge *forge, struct arena *arena)
{
    struct view scope = {0};

    if (forge && forge->ops->limit_scope)
        scope = forge->ops->limit_scope(forge, turn->job->repository, arena);
    return scope.len > 0 ? scope : turn->job->repository;
}

/* After how many attempts a failure of this kind is final. */
static int64_t attempts_for(const struct turn *turn, const struct err *why)
{
    int64_t attempts = turn->world->job->settings->limits.attempts;

    if (why->code == ERR_INVALID)
        return 0;
    if ((why->code == ERR_INTERNAL || why->code == ERR_LIMIT) && attempts > OUTCOME_OWN_FAULT_ATTEMPTS)
        return OUTCOME_OWN_FAULT_ATTEMPTS;
    return attempts;
}

static enum err_code give_back(const struct turn *turn, const struct forge *forge, struct arena *arena,
                               const struct err *why, struct err *err)
{
    const struct outcome_world *world = turn->world;
    const struct store_job *job = turn->job;
    int64_t now = now_of(world), attempts = attempts_for(turn, why);
    struct view reason = reason_of(view_of(why->message));
    enum err_code code;

    if (why->retry_after_ms > 0) {
        int64_t until = now + why->retry_after_ms;

        code = store_pause(world->store, job->forge, scope_of(turn, forge, arena), until, err);
        return code == ERR_OK ? store_retry_job(world->store, job, until, false, reason, err) : code;
    }
    if (job->attempt >= attempts)
        return store_fail_job(world->store, job, now, reason, err);
    if (why->code == ERR_SUPERSEDED)
        /* Ours still: no newer delivery took it over. The next try judges the new head. */
        return store_retry_job(world->store, job, now + MOVED_HEAD_MS, true, reason, err);
    return outcome_put_back(world->store, world->job->settings, job, true, attempts, now, reason, err);
}

/* A forge that does not answer, or asks to wait, is not asked to show that the job waits. */
static void tell_check(const struct turn *turn, const struct job_target *target, const struct err *why,
                       struct arena *arena)
{
    const struct check_world checks = check_world_of(turn);
    bool over = turn->job->attempt >= attempts_for(turn, why);

    if (why->retry_after_ms > 0 ||
        (!over && (why->code == ERR_TIMEOUT || why->code == ERR_UNAVAILABLE || why->code == ERR_SUPERSEDED)))
        return;
    check_give_up(&checks, target, over, view_of(why->message), arena);
}

enum err_code outcome_run(const struct outcome_world *world, const struct store_job *job, struct arena *arena,
                          struct err *err)
{
    const struct turn turn = {world, job};
    const struct log *log = world->job->log;
    struct job_target target = {
        .forge = find_forge(world, job->forge),
        .repository = job->repository,
        .number = job->number,
        .marker = arena_format(arena, "%lld-%llx", (long long)job->id, (unsigned long long)job->received_ms),
        .attempt = job->attempt,
        .replay = job->replay,
        .base_changed = job->base_changed,
        .wishes = {.full = job->full},
    };
    struct job_result result = {0};
    struct err why = {0};
    enum err_code code;

    if (!target.forge)
        code =
            err_set(&why, ERR_INVALID, "forge %.*s is no longer in the configuration", VIEW_ARG(job->forge));
    else
        code = target.marker.len ? work_with_access(&turn, &target, arena, &result, &why)
                                 : arena_full(arena, &why);
    if (code == ERR_OK)
        return finish(&turn, &result, arena, err);
    why.code = code;
    redact_error(&why, log->secrets, log->secret_count);
    advise(&turn, target.forge, &why);
    LOG(log, SETTINGS_LOG_WARN, "job failed", {"repository", job->repository},
        {"number", arena_format(arena, "%lld", (long long)job->number)},
        {"attempt", arena_format(arena, "%lld", (long long)job->attempt)}, {"error", view_of(why.message)});
    if (target.forge)
        tell_check(&turn, &target, &why, arena);
    code = give_back(&turn, target.forge, arena, &why, err);
    /* A newer delivery, or another worker, has it now. */
    return code == ERR_SUPERSEDED || code == ERR_CONFLICT ? ERR_OK : code;
}

enum err_code outcome_tidy(const struct outcome_world *world, struct arena *arena, struct err *err)
{
    const struct check_world checks = {.job = world->job, .store = world->store, .now_ms = now_of(world)};

    return check_close_stale(&checks, world->forges, world->job->settings->forge_count, arena, err);
}
