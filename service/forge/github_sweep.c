/* Lists of GitHub in which a lost webhook shows: the App's installations, the repositories of each, the open
 * pull requests of a repository, and the log of deliveries. Source: forges.md A1, A3, A4. */
#include "forge/forge_internal.h"
#include "forge/github_internal.h"

#define INSTALLATION "installation:"
#define DELIVERIES "deliveries"
enum { PAGE_SIZE = 100, CHANGED_MAX = 64 };

struct reading { /* one page of one list */
    struct forge *forge;
    struct arena *arena;
    int64_t *calls;
    struct forge_found *out;
};

/* A page of a list: the one that @p page names, or the first, which @p version may spare us. */
static enum err_code read_list(const struct reading *reading, const struct forge *as, const char *what,
                               struct view first, struct view version, struct view page, struct json **root,
                               struct err *err)
{
    struct github_call call = {.method = "GET", .what = what, .path = page.len ? page : first};
    struct view etag = {0};
    enum err_code code;

    if (first.len == 0)
        return arena_full(reading->arena, err);
    if (page.len == 0)
        call.known_etag = version;
    (*reading->calls)++;
    code = github_send_page(as, &call, reading->arena, root, &etag, &reading->out->next, err);
    if (code != ERR_OK)
        return code;
    reading->out->unchanged = *root == NULL;
    reading->out->version = page.len ? (struct view){0} : etag;
    return ERR_OK;
}

/* A list without an order: its first page says nothing of the others. */
static void drop_version_of_many(struct forge_found *out)
{
    if (out->next.len > 0)
        out->version = (struct view){0};
}

static enum err_code add_place(const struct reading *reading, struct forge_place *places, struct view name,
                               struct view scope, struct err *err)
{
    struct forge_place *place = &places[reading->out->place_count];
    enum err_code code =
        name.len ? arena_copy(reading->arena, scope, &place->scope, err) : arena_full(reading->arena, err);

    place->name = name;
    reading->out->place_count += code == ERR_OK;
    return code;
}

static enum err_code read_installations(const struct reading *reading, struct view version, struct view page,
                                        struct err *err)
{
    struct arena *arena = reading->arena;
    struct forge_place *places = ARENA_ARRAY(arena, struct forge_place, PAGE_SIZE + 1);
    struct view login, suspended;
    struct json *root = NULL;
    struct forge app;
    int64_t id;
    enum err_code code = places ? github_as_app(reading->forge, arena, &app, err) : arena_full(arena, err);

    if (code == ERR_OK)
        code = read_list(reading, &app, "list the App's installations",
                         VIEW("/app/installations?per_page=100"), version, page, &root, err);
    if (code != ERR_OK || !root)
        return code;
    drop_version_of_many(reading->out);
    reading->out->places = places;
    for (const struct json *item = json_first(root);
         code == ERR_OK && item && reading->out->place_count < PAGE_SIZE; item = json_next(item)) {
        if (!json_int(item, "id", &id) || id <= 0 || json_text(item, "suspended_at", &suspended))
            continue;
        /* An enterprise has no login: its limits are nobody else's. */
        login = json_text(item, "account.login", &login) ? arena_format(arena, "%.*s/", VIEW_ARG(login))
                                                         : VIEW("enterprise/");
        code =
            add_place(reading, places, arena_format(arena, INSTALLATION "%lld", (long long)id), login, err);
    }
    json_free(root);
    if (code == ERR_OK && page.len == 0)
        code = add_place(reading, places, VIEW(DELIVERIES), (struct view){0}, err);
    return code;
}

static enum err_code read_installation(const struct reading *reading, int64_t id, struct view version,
                                       struct view page, struct err *err)
{
    struct arena *arena = reading->arena;
    struct forge_place *places = ARENA_ARRAY(arena, struct forge_place, PAGE_SIZE);
    struct json *root = NULL;
    struct view name;
    enum err_code code =
        places ? read_list(reading, reading->forge, "list an installation's repositories",
                           VIEW("/installation/repositories?per_page=100"), version, page, &root, err)
               : arena_full(arena, err);

    if (code != ERR_OK || !root)
        return code;
    drop_version_of_many(reading->out);
    reading->out->places = places;
    for (const struct json *item = json_first(json_at(root, "repositories"));
         code == ERR_OK && item && reading->out->place_count < PAGE_SIZE; item = json_next(item)) {
        bool idle = false;

        /* In an archive nobody can comment. */
        if (!json_text(item, "full_name", &name) || !forge_repository_is_valid(name) ||
            (json_bool(item, "archived", &idle) && idle) || (json_bool(item, "disabled", &idle) && idle))
            continue;
        code = add_place(reading, places, arena_format(arena, "%lld:%.*s", (long long)id, VIEW_ARG(name)),
                         name, err);
    }
    json_free(root);
    return code;
}

/* What changed last comes first: what happens to any of them shows in the first page. */
static enum err_code read_repository(const struct reading *reading, struct view repository,
                                     struct view version, struct view page, struct err *err)
{
    struct arena *arena = reading->arena;
    struct view what = arena_format(arena, "list the open pull requests of %.*s", VIEW_ARG(repository));
    struct forge_pull *pulls = ARENA_ARRAY(arena, struct forge_pull, PAGE_SIZE);
    struct json *root = NULL;
    struct view changed;
    size_t count = 0;
    enum err_code code;

    if (!forge_repository_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no repository name", VIEW_ARG(repository));
    if (what.len == 0 || !pulls)
        return arena_full(arena, err);
    code =
        read_list(reading, reading->forge, what.ptr,
                  arena_format(arena, "/repos/%.*s/pulls?state=open&sort=updated&direction=desc&per_page=100",
                               VIEW_ARG(repository)),
                  version, page, &root, err);
    if (code != ERR_OK || !root)
        return code;
    for (const struct json *item = json_first(root); code == ERR_OK && item && count < PAGE_SIZE;
         item = json_next(item)) {
        struct forge_pull *pull = &pulls[count];

        /* Whatever cannot be read here would be refused as a webhook as well: the others count. */
        if (!json_int(item, "number", &pull->number) || pull->number < 1 ||
            !json_text(item, "updated_at", &changed) || github_read_pull(item, arena, pull, err) != ERR_OK)
            continue;
        code = forge_copy_short(changed, CHANGED_MAX, arena, &pull->changed, err);
        count++;
    }
    json_free(root);
    reading->out->repository = repository;
    reading->out->pulls = pulls;
    reading->out->pull_count = count;
    return code;
}

/* With the token of the installation that the place names. */
static enum err_code read_inside(const struct reading *reading, struct view place, bool anew,
                                 struct view version, struct view page, struct err *err)
{
    bool whole = view_starts(place, INSTALLATION);
    size_t colon = view_find_byte(place, ':', 0);
    struct view number = whole ? view_slice(place, colon + 1, place.len) : view_slice(place, 0, colon);
    uint64_t id;
    enum err_code code;

    if (!view_to_u64(number, &id) || id > INT64_MAX)
        return err_set(err, ERR_INTERNAL, "\"%.*s\" names no installation", VIEW_ARG(place));
    code = github_enter_installation(reading->forge, (int64_t)id, anew, reading->arena, reading->calls, err);
    if (code != ERR_OK)
        return code;
    return whole ? read_installation(reading, (int64_t)id, version, page, err)
                 : read_repository(reading, view_slice(place, colon + 1, place.len), version, page, err);
}

enum err_code github_sweep(struct forge *forge, struct view place, struct view version, struct view page,
                           struct arena *arena, int64_t *calls, struct forge_found *out, struct err *err)
{
    const struct reading reading = {forge, arena, calls, out};
    enum err_code code;

    *out = (struct forge_found){0};
    /* A token alone does not say where it is wanted: its repositories are listed in the configuration. */
    if (forge->app_id.len == 0)
        return place.len > 0 ? read_repository(&reading, place, version, page, err) : ERR_OK;
    if (place.len == 0)
        return read_installations(&reading, version, page, err);
    if (view_is(place, DELIVERIES))
        return github_deliveries_again(forge, version, arena, calls, out, err);
    code = read_inside(&reading, place, false, version, page, err);
    if (code != ERR_DENIED)
        return code;
    /* The token was taken back before its hour was over. */
    *out = (struct forge_found){0};
    return read_inside(&reading, place, true, version, page, err);
}
