/* A round reads every list once, that which waits longest first, so that a round that ends at its limit of
 * calls leaves nothing out for good. Where it stands is in the store alone: whoever takes over goes on there.
 */
#include "worker/sweep.h"
#include "forge/redact.h"

enum {
    MS = 1000,
    CALLS_A_STEP = 2, /* that may each take as long as a call may, before the lease is renewed */
    PAGES_MAX = 50,
};

struct round {
    const struct sweep_world *world;
    struct forge *forge;
    const struct settings_forge *settings;
    struct store_sweep sweep;
    size_t places, queued, asked_again;
    bool over;
};

static int64_t now_of(const struct round *round)
{
    return round->world->now_ms(round->world->clock);
}

static int64_t lease_until(const struct round *round)
{
    return now_of(round) + SWEEP_SLICE_MS +
           round->world->settings->limits.api_seconds * (int64_t)MS * CALLS_A_STEP;
}

/* Where a round begins: the repositories of the configuration, or what the forge knows itself. */
static enum err_code seed(const struct round *round, struct err *err)
{
    const struct settings_forge *settings = round->settings;
    struct store *store = round->world->store;
    int64_t began = round->sweep.began_ms;
    struct store_place place = {.parent = STORE_PLACE_ROOTS};
    enum err_code code = ERR_OK;

    if (settings->repository_count == 0)
        code = store_put_place(store, round->forge->name, &place, began, err);
    for (size_t i = 0; code == ERR_OK && i < settings->repository_count; i++) {
        place.name = place.scope = settings->repositories[i].name;
        code = store_put_place(store, round->forge->name, &place, began, err);
    }
    return code == ERR_OK ? store_drop_places(store, round->forge->name, STORE_PLACE_ROOTS, began, err)
                          : code;
}

static enum err_code accept_pull(struct round *round, struct view repository, const struct forge_pull *pull,
                                 struct arena *arena, bool *settled, struct err *err)
{
    struct store_record record = {
        .forge = round->forge->name,
        .event = VIEW("sweep"),
        .action = VIEW("found"),
        .repository = repository,
        .number = pull->number,
        .head_sha = pull->head_sha,
        .head_ref = pull->head_ref,
        .base_sha = pull->base_sha,
        .base_ref = pull->base_ref,
        .title = pull->title,
        .received_ms = now_of(round),
        .wanted = STORE_WAITING,
    };
    enum store_swept swept;
    enum err_code code;

    if (pull->draft || !pull->open)
        return ERR_OK;
    record.delivery_id =
        arena_format(arena, "sweep:%.*s#%lld@%.*s@%.*s", VIEW_ARG(repository), (long long)pull->number,
                     VIEW_ARG(pull->head_sha), VIEW_ARG(pull->changed));
    if (!record.delivery_id.len)
        return arena_full(arena, err);
    code = store_accept_swept(round->world->store, &record, &swept, err);
    if (code != ERR_OK)
        return code;
    *settled = *settled && swept == STORE_SWEPT_SETTLED;
    round->queued += swept == STORE_SWEPT_QUEUED;
    return ERR_OK;
}

static enum err_code take_page(struct round *round, const struct store_place *place,
                               const struct forge_found *found, struct arena *arena, bool *settled,
                               struct err *err)
{
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < found->place_count; i++) {
        const struct store_place child = {
            .name = found->places[i].name, .scope = found->places[i].scope, .parent = place->name};

        code = store_put_place(round->world->store, round->forge->name, &child, round->sweep.began_ms, err);
    }
    for (size_t i = 0; code == ERR_OK && i < found->pull_count; i++)
        code = accept_pull(round, found->repository, &found->pulls[i], arena, settled, err);
    round->asked_again += found->asked_again;
    return code;
}

/* All pages of one list. @p why: what the forge refused; *version: as it is to be remembered. */
static enum err_code read_pages(struct round *round, const struct store_place *place, struct view *version,
                                struct arena *arena, struct err *why, struct err *err)
{
    const struct sweep_world *world = round->world;
    struct view page = {0}, first = {0};
    bool settled = true, unchanged = false;
    enum err_code code = ERR_OK;

    for (int i = 0; code == ERR_OK && i < PAGES_MAX && (i == 0 || page.len > 0); i++) {
        struct forge_found found;

        code = store_renew_sweep(world->store, &round->sweep, lease_until(round), err);
        if (code == ERR_OK && round->forge->ops->sweep(round->forge, place->name, place->version, page, arena,
                                                       &round->sweep.calls, &found, why) != ERR_OK)
            return ERR_OK;
        if (code == ERR_OK)
            code = take_page(round, place, &found, arena, &settled, err);
        if (code != ERR_OK)
            break;
        if (i == 0)
            first = found.version;
        unchanged = found.unchanged;
        page = found.next;
    }
    if (code != ERR_OK || unchanged)
        return code;
    /* What is not settled must be met again, though the list stays as it is. */
    if (settled)
        *version = first;
    return store_drop_places(world->store, round->forge->name, place->name, round->sweep.began_ms, err);
}

static enum err_code refused(struct round *round, const struct store_place *place, struct err *why,
                             struct arena *arena, struct err *err)
{
    const struct sweep_world *world = round->world;
    const struct forge *forge = round->forge;
    struct view scope = place->scope;

    redact_error(why, world->log->secrets, world->log->secret_count);
    LOG(world->log, SETTINGS_LOG_WARN, "list not read", {"forge", forge->name}, {"list", place->name},
        {"error", view_of(why->message)});
    round->over = why->code == ERR_UNAVAILABLE || why->code == ERR_TIMEOUT;
    if (why->retry_after_ms <= 0)
        return ERR_OK;
    if (forge->ops->limit_scope)
        scope = forge->ops->limit_scope(forge, scope, arena);
    return store_pause(world->store, forge->name, scope, now_of(round) + why->retry_after_ms, err);
}

static enum err_code read_place(struct round *round, const struct store_place *place, struct arena *arena,
                                struct err *err)
{
    const struct sweep_world *world = round->world;
    struct view version = place->version;
    struct err why = {0};
    int64_t paused_ms = 0, now;
    enum err_code code =
        store_paused_until(world->store, round->forge->name, place->scope, now_of(round), &paused_ms, err);

    if (code == ERR_OK && paused_ms == 0)
        code = read_pages(round, place, &version, arena, &why, err);
    if (code == ERR_OK && why.code != ERR_OK)
        code = refused(round, place, &why, arena, err);
    if (code != ERR_OK)
        return code;
    round->places++;
    /* A clock that was set back must not make the round meet it again. */
    now = now_of(round);
    return store_read_place(world->store, round->forge->name, place->name, version,
                            now > round->sweep.began_ms ? now : round->sweep.began_ms, err);
}

static void tell(const struct round *round, struct arena *arena)
{
    const struct settings_limits *limits = &round->world->settings->limits;
    bool news = round->queued > 0 || round->asked_again > 0;

    LOG(round->world->log, news ? SETTINGS_LOG_INFO : SETTINGS_LOG_DEBUG, "swept",
        {"forge", round->forge->name}, {"lists", arena_format(arena, "%zu", round->places)},
        {"queued", arena_format(arena, "%zu", round->queued)},
        {"asked_again", arena_format(arena, "%zu", round->asked_again)},
        {"calls", arena_format(arena, "%lld", (long long)round->sweep.calls)},
        {"end", !round->over                                ? VIEW("goes on")
                : round->sweep.calls >= limits->sweep_calls ? VIEW("at sweep_calls")
                                                            : VIEW("done")});
}

static enum err_code run_slice(struct round *round, struct arena *arena, struct err *err)
{
    const struct sweep_world *world = round->world;
    const struct settings_limits *limits = &world->settings->limits;
    int64_t until = now_of(round) + SWEEP_SLICE_MS;
    enum err_code code = round->sweep.calls == 0 ? seed(round, err) : ERR_OK;

    while (code == ERR_OK && !round->over && now_of(round) < until) {
        struct store_place place;

        arena_reset(arena);
        code = store_next_place(world->store, round->forge->name, round->sweep.began_ms, arena, &place, err);
        if (code == ERR_OK)
            code = read_place(round, &place, arena, err);
        if (code == ERR_NOT_FOUND || round->sweep.calls >= limits->sweep_calls)
            round->over = true;
        if (code == ERR_NOT_FOUND)
            code = ERR_OK;
    }
    if (code != ERR_OK)
        return code;
    code = store_end_sweep(world->store, &round->sweep, round->over,
                           now_of(round) + (round->over ? limits->sweep_seconds * MS : 0), err);
    if (code == ERR_OK)
        tell(round, arena);
    return code;
}

enum err_code sweep_run(const struct sweep_world *world, struct arena *arena, struct err *err)
{
    for (size_t i = 0; world->settings->limits.sweep_seconds > 0 && i < world->settings->forge_count; i++) {
        struct round round = {
            .world = world, .forge = &world->forges[i], .settings = &world->settings->forges[i]};
        enum err_code code;

        if (!round.forge->ops->sweep)
            continue;
        code = store_claim_sweep(world->store, round.forge->name, world->owner, now_of(&round),
                                 lease_until(&round), &round.sweep, err);
        if (code == ERR_NOT_FOUND)
            continue;
        if (code == ERR_OK)
            code = run_slice(&round, arena, err);
        /* Too slow: another process went on with it, and does so now. */
        return code == ERR_CONFLICT ? ERR_OK : code;
    }
    return err_set(err, ERR_NOT_FOUND, "no sweep is due");
}
