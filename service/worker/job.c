/* From a pull request's number to a review that could be posted. The forge's word counts at every step: what
 * a webhook said is only the reason to look. */
#include "worker/job.h"
#include "git/fetch.h"
#include "settings/repository.h"
#include "worker/clocks.h"
#include "worker/conversation.h"

enum err_code job_forges(const struct settings *settings, const struct http_client *http, struct arena *arena,
                         struct forge **out, struct err *err)
{
    struct forge *forges = ARENA_ARRAY(arena, struct forge, settings->forge_count + 1);

    if (!forges)
        return arena_full(arena, err);
    for (size_t i = 0; i < settings->forge_count; i++) {
        const struct settings_forge *from = &settings->forges[i];
        struct forge *to = &forges[i];

        *to = (struct forge){.ops = forge_ops_of(from->kind),
                             .name = from->name,
                             .url = from->url,
                             .api = from->api,
                             .secret_count = from->secret_count,
                             .token = from->token,
                             .app_id = from->app_id,
                             .app_key = from->app_key,
                             .http = http,
                             .now_ms = clocks_wall_ms};
        if (!to->ops)
            return err_set(err, ERR_INVALID, "forge %.*s: kind %.*s is not known", VIEW_ARG(from->name),
                           VIEW_ARG(from->kind));
        for (size_t j = 0; j < from->secret_count; j++)
            to->secrets[j] = from->secrets[j];
    }
    *out = forges;
    return ERR_OK;
}

static enum err_code skip(struct job_result *out, struct view reason)
{
    out->end = JOB_SKIPPED;
    out->reason = reason;
    return ERR_OK;
}

static enum err_code look(const struct job_target *target, struct arena *arena, struct job_result *out,
                          struct err *err)
{
    const struct forge *forge = target->forge;
    const struct forge_posted *summary = &out->standing.summary;
    enum err_code code =
        forge->ops->pull_get(forge, target->repository, target->number, NULL, arena, &out->pull, err);

    if (code != ERR_OK)
        return code;
    if (!out->pull.open)
        return skip(out, VIEW("the pull request is closed"));
    if (out->pull.draft && !target->replay)
        return skip(out, VIEW("draft pull request"));
    if (target->paused && !target->replay)
        return skip(out,
                    arena_format(arena, "paused by %.*s: /perf-review resume", VIEW_ARG(target->paused_by)));
    out->end = JOB_REVIEW;
    code = forge->ops->standing_read(forge, target->repository, target->number, out->pull.head_sha, arena,
                                     &out->standing, err);
    if (code != ERR_OK || !summary->found || !view_equal(summary->head, out->pull.head_sha) ||
        target->replay || (target->base_changed && !view_equal(summary->job, target->marker)))
        return code;
    out->end = JOB_STANDS;
    out->posted = *summary;
    out->reason = VIEW("already posted");
    return ERR_OK;
}

enum err_code job_look(const struct job_world *world, const struct job_target *target, struct arena *arena,
                       struct job_result *out, struct err *err)
{
    struct job_result seen = {0};
    enum err_code code = forge_enter(target->forge, target->repository, target->refused, arena, err);

    (void)world;
    if (code == ERR_OK)
        code = look(target, arena, &seen, err);
    if (code != ERR_OK)
        return err_wrap(err, "review %.*s#%lld", VIEW_ARG(target->repository), (long long)target->number);
    *out = seen;
    return ERR_OK;
}

static enum err_code fetch(const struct job_target *target, struct mirror *mirror,
                           const struct job_result *out, struct view base, struct arena *arena,
                           struct err *err)
{
    const struct forge *forge = target->forge;
    const struct mirror_remote remote = {.url = forge_clone_url(forge, target->repository, arena),
                                         .user = view_of(forge->ops->git_user),
                                         .password = forge->token};
    const struct mirror_want wants[] = {
        {.what = VIEW("head"),
         .ref = forge->ops->head_ref(target->number, out->pull.head_ref, arena),
         .id = out->pull.head_sha},
        {.what = VIEW("base"), .ref = forge_branch_ref(out->pull.base_ref, arena), .id = base},
    };
    char ids[COUNT_OF(wants)][MIRROR_ID_SIZE];

    if (!remote.url.len || !wants[0].ref.len || !wants[1].ref.len)
        return arena_full(arena, err);
    return mirror_fetch(mirror, &remote, wants, COUNT_OF(wants), ids, err);
}

/* Histories are fetched whole, so the merge base is found here. Only where the base branch was rewritten, or
 * nothing is common, the forge is asked: it may still know commits that no branch shows. */
static enum err_code fetch_change(const struct job_target *target, struct mirror *mirror,
                                  struct job_result *out, struct arena *arena, struct err *err)
{
    const struct forge *forge = target->forge;
    char id[MIRROR_ID_SIZE];
    enum err_code code = fetch(target, mirror, out, out->pull.base_sha, arena, err);

    if (code == ERR_OK)
        code = mirror_merge_base(mirror, out->pull.base_sha, out->pull.head_sha, id, err);
    if (code == ERR_OK)
        return arena_copy(arena, view_of(id), &out->merge_base, err);
    if (code != ERR_NOT_FOUND)
        return code;
    code = forge->ops->merge_base(forge, target->repository, out->pull.base_sha, out->pull.head_sha, arena,
                                  &out->merge_base, err);
    if (code == ERR_OK)
        return fetch(target, mirror, out, out->merge_base, arena, err);
    return err_wrap(err, "merge base of %.*s and %.*s", VIEW_ARG(view_slice(out->pull.base_sha, 0, 12)),
                    VIEW_ARG(view_slice(out->pull.head_sha, 0, 12)));
}

/* An empty file is not an absent one, whose ptr is NULL. */
static enum err_code read_settings(struct mirror *mirror, struct view commit, struct arena *arena,
                                   struct view *out, struct err *err)
{
    enum err_code code = mirror_read_path(mirror, commit, VIEW(REPOSITORY_SETTINGS_PATH),
                                          REPOSITORY_SETTINGS_MAX_BYTES, arena, out, err);

    if (code == ERR_OK && !out->ptr)
        *out = VIEW("");
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code load(const struct job_world *world, struct mirror *mirror, struct arena *arena,
                          struct job_result *out, struct err *err)
{
    size_t file_bytes = (size_t)world->settings->limits.file_bytes;
    const struct mirror_diff_limits limits = {.file_bytes = file_bytes};
    struct surroundings_commit head = {mirror, out->pull.head_sha};
    const struct surroundings_source source = surroundings_of_commit(&head);
    struct mirror_diff *diff = ARENA_NEW(arena, struct mirror_diff);
    enum err_code code;

    if (!diff)
        return arena_full(arena, err);
    code = mirror_diff_commits(mirror, out->merge_base, out->pull.head_sha, &limits, arena, diff, err);
    if (code == ERR_OK)
        code = change_load(mirror, diff, file_bytes, arena, &out->change, err);
    if (code == ERR_OK)
        code =
            surroundings_load(&source, out->change.deltas, out->change.count, arena, &out->surroundings, err);
    if (code != ERR_OK)
        return code;
    code = read_settings(mirror, out->merge_base, arena, &out->repository_settings, err);
    if (code == ERR_OK)
        code = read_settings(mirror, out->pull.head_sha, arena, &out->proposed_settings, err);
    if (view_equal(out->proposed_settings, out->repository_settings))
        out->proposed_settings = (struct view){0};
    else if (!out->proposed_settings.ptr)
        out->proposed_settings = VIEW(""); /* deleted: what is left are the defaults */
    return code;
}

enum err_code job_analyse(const struct job_world *world, struct arena *arena, struct job_result *result,
                          struct err *err)
{
    struct analysis_input input = {
        .catalogue = world->catalogue,
        .change = &result->change,
        .surroundings = &result->surroundings,
        .repository_settings = result->repository_settings,
        .proposed_settings = result->proposed_settings,
        .shared_settings = result->standing.shared_settings,
        .shared_name = result->shared_name,
        .rule_ids = analysis_rule_ids(world->catalogue, arena),
        .title = {.head = result->pull.head_sha, .base = result->merge_base},
        .known = result->known.items,
        .known_count = result->known.count,
        .wishes = result->wishes,
        .asked = result->asked,
        .max_comments = (uint32_t)world->settings->limits.max_comments,
        .report = world->report,
        .arena_bytes = world->analysis_bytes,
        .clock = world->clock,
    };

    if (world->settings->public_url.len)
        input.title.rule_url = arena_format(arena, "%.*s/rules/", VIEW_ARG(world->settings->public_url));
    if (!input.rule_ids)
        return arena_full(arena, err);
    return analysis_run(&input, &world->sandbox, arena, &result->analysis, err);
}

static enum err_code prepare(const struct job_world *world, const struct job_target *target,
                             struct arena *arena, struct job_result *out, struct err *err)
{
    struct mirror *mirror = NULL;
    enum err_code code =
        mirror_open_store(world->settings->data, target->forge->name, target->repository, &mirror, err);

    if (code == ERR_OK)
        code = fetch_change(target, mirror, out, arena, err);
    if (code == ERR_OK)
        code = load(world, mirror, arena, out, err);
    mirror_free(mirror);
    out->wishes = &target->wishes;
    out->asked = target->replay;
    out->shared_name = forge_shared_settings_name(target->repository, arena);
    if (code == ERR_OK)
        code = conversation_known(target, arena, out, err);
    if (code == ERR_OK)
        code = job_analyse(world, arena, out, err);
    if (code != ERR_OK)
        return code;
    if (out->analysis.unwanted.len > 0)
        return skip(out, out->analysis.unwanted);
    out->end = out->analysis.findings > 0 || out->analysis.proposal || out->standing.summary.found
                   ? JOB_REVIEW
                   : JOB_CLEAN;
    if (out->end == JOB_CLEAN)
        out->reason = arena_format(arena, "nothing to say: %.*s", VIEW_ARG(out->analysis.receipt));
    return ERR_OK;
}

enum err_code job_prepare(const struct job_world *world, const struct job_target *target, struct arena *arena,
                          struct job_result *result, struct err *err)
{
    enum err_code code = prepare(world, target, arena, result, err);

    return code == ERR_OK
               ? ERR_OK
               : err_wrap(err, "review %.*s#%lld", VIEW_ARG(target->repository), (long long)target->number);
}
