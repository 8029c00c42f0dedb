/* From a pull request's number to a review that could be posted. The forge's word counts at every step: what
 * a webhook said is only the reason to look. */
#include "worker/job.h"
#include "git/fetch.h"
#include "settings/repository.h"
#include "worker/clocks.h"

enum { LOGIN_MAX = 255 };

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

enum err_code job_login(const struct job_world *world, const struct job_target *target, struct arena *arena,
                        struct err *err)
{
    struct forge *forge = target->forge;
    struct view login;
    enum err_code code;

    if (forge->login.len > 0 || forge->token.len == 0)
        return ERR_OK;
    code = forge->ops->whoami(forge, arena, &login, err);
    if (code == ERR_DENIED || code == ERR_NOT_FOUND)
        return ERR_OK; /* a token without a user; a token that is no good fails at the next step */
    if (code != ERR_OK)
        return code;
    if (login.len > LOGIN_MAX)
        return err_set(err, ERR_INTERNAL, "a login of %zu bytes", login.len);
    return arena_copy(world->own, login, &forge->login, err); /* the forge outlives the job's arena */
}

static enum err_code skip(struct job_result *out, struct view reason)
{
    out->end = JOB_SKIPPED;
    out->reason = reason;
    return ERR_OK;
}

/* Whether our review of this head stands, made for the base that it has now. */
static enum err_code look_for_own(const struct job_world *world, const struct job_target *target,
                                  struct arena *arena, struct job_result *out, struct err *err)
{
    const struct forge *forge = target->forge;
    struct forge_posted posted = {0};
    enum err_code code = job_login(world, target, arena, err);

    if (code == ERR_OK)
        code = forge->ops->review_find(forge, target->repository, target->number, out->pull.head_sha, arena,
                                       &posted, err);
    if (code != ERR_OK || !posted.found)
        return code;
    if (target->replay || (target->base_changed && !view_equal(posted.job, target->marker)))
        return ERR_OK;
    out->end = JOB_STANDS;
    out->posted = posted;
    out->reason = VIEW("already posted");
    return ERR_OK;
}

static enum err_code fetch(const struct job_target *target, struct mirror *mirror,
                           const struct job_result *out, struct arena *arena, struct err *err)
{
    const struct forge *forge = target->forge;
    const struct mirror_remote remote = {.url = forge_clone_url(forge, target->repository, arena),
                                         .user = view_of(forge->ops->git_user),
                                         .password = forge->token};
    const struct mirror_want wants[] = {
        {.what = VIEW("head"),
         .ref = forge->ops->head_ref(target->number, out->pull.head_ref, arena),
         .id = out->pull.head_sha},
        {.what = VIEW("merge base"),
         .ref = forge_branch_ref(out->pull.base_ref, arena),
         .id = out->merge_base},
    };
    char ids[COUNT_OF(wants)][MIRROR_ID_SIZE];

    if (!remote.url.len || !wants[0].ref.len || !wants[1].ref.len)
        return arena_full(arena, err);
    return mirror_fetch(mirror, &remote, wants, COUNT_OF(wants), ids, err);
}

/* What the analysis gets besides the change; borrowed from the job's arena. */
struct around {
    struct surroundings surroundings;
    struct view repository_settings;
};

static enum err_code load(const struct job_world *world, struct mirror *mirror, struct arena *arena,
                          struct job_result *out, struct around *around, struct err *err)
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
        code = surroundings_load(&source, out->change.deltas, out->change.count, arena, &around->surroundings,
                                 err);
    if (code != ERR_OK)
        return code;
    code = mirror_read_path(mirror, out->merge_base, VIEW(REPOSITORY_SETTINGS_PATH),
                            REPOSITORY_SETTINGS_MAX_BYTES, arena, &around->repository_settings, err);
    if (code == ERR_NOT_FOUND)
        return ERR_OK;
    if (code == ERR_OK && !around->repository_settings.ptr)
        around->repository_settings = VIEW("");
    return code;
}

static enum err_code analyse(const struct job_world *world, const struct around *around, struct arena *arena,
                             struct job_result *out, struct err *err)
{
    struct analysis_input input = {
        .catalogue = world->catalogue,
        .change = &out->change,
        .surroundings = &around->surroundings,
        .repository_settings = around->repository_settings,
        .rule_ids = analysis_rule_ids(world->catalogue, arena),
        .title = {.head = out->pull.head_sha, .base = out->merge_base},
        .max_comments = (uint32_t)world->settings->limits.max_comments,
        .arena_bytes = world->analysis_bytes,
        .clock = world->clock,
    };

    if (world->settings->public_url.len)
        input.title.rule_url = arena_format(arena, "%.*s/rules/", VIEW_ARG(world->settings->public_url));
    if (!input.rule_ids)
        return arena_full(arena, err);
    return analysis_run(&input, &world->sandbox, arena, &out->analysis, err);
}

/* The change from a store of ours to a review. */
static enum err_code make_review(const struct job_world *world, const struct job_target *target,
                                 struct arena *arena, struct job_result *out, struct err *err)
{
    struct around around = {0};
    struct mirror *mirror = NULL;
    enum err_code code =
        mirror_open_store(world->settings->data, target->forge->name, target->repository, &mirror, err);

    if (code == ERR_OK)
        code = fetch(target, mirror, out, arena, err);
    if (code == ERR_OK)
        code = load(world, mirror, arena, out, &around, err);
    mirror_free(mirror);
    if (code == ERR_OK)
        code = analyse(world, &around, arena, out, err);
    if (code != ERR_OK)
        return code;
    out->end = out->analysis.findings > 0 ? JOB_REVIEW : JOB_CLEAN;
    if (out->end == JOB_CLEAN)
        out->reason = arena_format(arena, "nothing to say: %.*s", VIEW_ARG(out->analysis.receipt));
    return ERR_OK;
}

static enum err_code prepare(const struct job_world *world, const struct job_target *target,
                             struct arena *arena, struct job_result *out, struct err *err)
{
    const struct forge *forge = target->forge;
    enum err_code code =
        forge->ops->pull_get(forge, target->repository, target->number, arena, &out->pull, err);

    if (code != ERR_OK)
        return code;
    if (!out->pull.open)
        return skip(out, VIEW("the pull request is closed"));
    if (out->pull.draft)
        return skip(out, VIEW("draft pull request"));
    out->end = JOB_REVIEW;
    code = look_for_own(world, target, arena, out, err);
    if (code != ERR_OK || out->end == JOB_STANDS)
        return code;
    code = forge->ops->merge_base(forge, target->repository, out->pull.base_sha, out->pull.head_sha, arena,
                                  &out->merge_base, err);
    if (code != ERR_OK) {
        struct view base = view_slice(out->pull.base_sha, 0, 12),
                    head = view_slice(out->pull.head_sha, 0, 12);

        return err_wrap(err, "merge base of %.*s and %.*s", VIEW_ARG(base), VIEW_ARG(head));
    }
    return make_review(world, target, arena, out, err);
}

enum err_code job_prepare(const struct job_world *world, const struct job_target *target, struct arena *arena,
                          struct job_result *out, struct err *err)
{
    struct job_result made = {0};
    enum err_code code = prepare(world, target, arena, &made, err);

    if (code != ERR_OK)
        return err_wrap(err, "review %.*s#%lld", VIEW_ARG(target->repository), (long long)target->number);
    *out = made;
    return ERR_OK;
}
