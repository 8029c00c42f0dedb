/* The `forges:` section. A forge without a secret is refused: its webhook would believe anybody. */
#include "settings_internal.h"

const char *const FORGE_KEYS[] = {"name",  "kind",       "url", "api",          "secret", "secret_file",
                                  "token", "token_file", "app", "repositories", NULL};
const char *const APP_KEYS[] = {"id", "private_key", "private_key_file", NULL};
const char *const REPOSITORY_KEYS[] = {"name", "path", "default_branch", NULL};

enum { KIND_GITHUB, KIND_GIT };
const char *const FORGE_KINDS[] = {[KIND_GITHUB] = "github", [KIND_GIT] = "git", NULL};

static bool is_name(struct view name, const char *more)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];

        if (!((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
              view_find_byte(view_of(more), byte, 0) != SIZE_MAX))
            return false;
    }
    return name.len > 0 && name.len <= 255;
}

static enum err_code read_either(const struct reading *reading, const struct yaml *node, bool from_file,
                                 struct view *out, struct err *err)
{
    return from_file ? value_of_file(reading, node, out, err) : value_filled(reading, node, out, err);
}

/* `key: x`, `key_file: path`, or for secrets a list of at most two of either. */
static enum err_code read_credentials(const struct reading *reading, const struct yaml *given,
                                      const struct yaml *file, size_t max, struct view *out, size_t *count,
                                      struct err *err)
{
    const struct yaml *node = given ? given : file;
    enum err_code code = ERR_OK;

    *count = 0;
    if (!node)
        return ERR_OK;
    if (given && file)
        return yaml_key_error(file, err, "`%.*s` and `%.*s` are given: one is enough", VIEW_ARG(given->key),
                              VIEW_ARG(file->key));
    if (node->kind == YAML_SEQUENCE && max > 1) {
        if (node->count < 1 || node->count > max)
            return yaml_error(node, err, "expected one value or a list of up to %zu", max);
        for (const struct yaml *item = node->first; code == ERR_OK && item; item = item->next)
            code = read_either(reading, item, file != NULL, &out[(*count)++], err);
        return code;
    }
    *count = 1;
    return read_either(reading, node, file != NULL, &out[0], err);
}

static enum err_code read_repository(const struct reading *reading, const struct settings_forge *forge,
                                     const struct yaml *node, struct settings_repository *out,
                                     struct err *err)
{
    bool plain = view_is(forge->kind, FORGE_KINDS[KIND_GIT]);
    const struct yaml *name = node->kind == YAML_SCALAR ? node : yaml_get(node, "name");
    const struct yaml *path = yaml_get(node, "path"), *branch = yaml_get(node, "default_branch");
    enum err_code code = name == node ? ERR_OK : yaml_check_keys(node, REPOSITORY_KEYS, err);

    if (code == ERR_OK && !name)
        return yaml_error(node, err, "a repository needs its `name`");
    if (code == ERR_OK)
        code = value_filled(reading, name, &out->name, err);
    if (code == ERR_OK && !is_name(out->name, "-_./"))
        code = yaml_error(name, err, "a repository's name has letters, digits, '-', '_', '.' and '/'");
    if (code == ERR_OK && !plain && (path || branch))
        code = yaml_key_error(path ? path : branch, err,
                              "only a repository of kind `git` has it: for others the name is enough");
    if (code == ERR_OK && !plain && view_find_byte(out->name, '/', 0) == SIZE_MAX)
        code = yaml_error(name, err, "a repository's name here is OWNER/NAME");
    if (code != ERR_OK || !plain)
        return code;
    out->default_branch = VIEW("main");
    if (branch)
        code = value_filled(reading, branch, &out->default_branch, err);
    if (code == ERR_OK && path)
        return value_path(reading, path, &out->path, err);
    if (code == ERR_OK)
        out->path = arena_format(reading->arena, "%.*s/%.*s.git", VIEW_ARG(forge->url), VIEW_ARG(out->name));
    return code == ERR_OK && !out->path.len ? arena_full(reading->arena, err) : code;
}

static enum err_code read_repositories(const struct reading *reading, const struct yaml *list,
                                       struct settings_forge *forge, struct err *err)
{
    struct settings_repository *items;
    enum err_code code = ERR_OK;

    if (!list)
        return ERR_OK;
    if (forge->app_id.len > 0)
        return yaml_key_error(list, err,
                              "an App knows its repositories: they are those where it is installed");
    if (list->kind != YAML_SEQUENCE || list->count > SETTINGS_REPOSITORIES_MAX)
        return yaml_error(list, err, "expected a list of up to %d repositories", SETTINGS_REPOSITORIES_MAX);
    items = ARENA_ARRAY(reading->arena, struct settings_repository, list->count + 1);
    if (!items)
        return arena_full(reading->arena, err);
    for (const struct yaml *node = list->first; code == ERR_OK && node; node = node->next) {
        code = read_repository(reading, forge, node, &items[forge->repository_count], err);
        for (size_t i = 0; code == ERR_OK && i < forge->repository_count; i++)
            if (view_equal(items[i].name, items[forge->repository_count].name))
                code = yaml_error(node, err, "the repository `%.*s` is given twice", VIEW_ARG(items[i].name));
        forge->repository_count++;
    }
    forge->repositories = items;
    return code;
}

/* Where pages, clones and the API are. For plain repositories: the folder that holds them. */
static enum err_code read_addresses(const struct reading *reading, const struct yaml *node,
                                    struct settings_forge *forge, struct err *err)
{
    const struct yaml *url = yaml_get(node, "url"), *api = yaml_get(node, "api");
    enum err_code code = ERR_OK;

    if (view_is(forge->kind, FORGE_KINDS[KIND_GIT])) {
        if (!url)
            return yaml_error(node, err,
                              "a forge of kind `git` needs `url`: the folder of its bare repositories");
        if (api)
            return yaml_key_error(api, err, "a forge of kind `git` has no API");
        code = value_filled(reading, url, &forge->url, err);
        if (code == ERR_OK && view_find(forge->url, VIEW("://"), 0) == SIZE_MAX)
            code = value_path(reading, url, &forge->url, err);
        while (forge->url.len > 1 && view_ends(forge->url, "/"))
            forge->url.len--;
        return code;
    }
    forge->url = VIEW("https://github.com");
    if (url)
        code = value_address(reading, url, &forge->url, err);
    if (code == ERR_OK && api)
        return value_address(reading, api, &forge->api, err);
    /* GitHub's own API has a host of its own, an Enterprise server's lies below its pages. */
    if (code == ERR_OK)
        forge->api = view_is(forge->url, "https://github.com")
                         ? VIEW("https://api.github.com")
                         : arena_format(reading->arena, "%.*s/api/v3", VIEW_ARG(forge->url));
    return code == ERR_OK && !forge->api.len ? arena_full(reading->arena, err) : code;
}

static enum err_code read_identity(const struct reading *reading, const struct yaml *node,
                                   struct settings_forge *forge, struct err *err)
{
    const struct yaml *name = yaml_get(node, "name"), *kind = yaml_get(node, "kind");
    enum err_code code = yaml_check_keys(node, FORGE_KEYS, err);
    size_t chosen = 0;

    if (code == ERR_OK && (!name || !kind))
        return yaml_error(node, err, "a forge needs its `%s`", name ? "kind" : "name");
    if (code == ERR_OK)
        code = value_filled(reading, name, &forge->name, err);
    if (code == ERR_OK && !is_name(forge->name, "-_."))
        code = yaml_error(name, err,
                          "a forge's name is part of its webhook's address: letters, digits, "
                          "'-', '_' and '.' only");
    if (code == ERR_OK)
        code = value_choice(reading, kind, FORGE_KINDS, &chosen, err);
    if (code == ERR_OK)
        forge->kind = view_of(FORGE_KINDS[chosen]);
    return code;
}

/* `app: {id: 1, private_key_file: key.pem}`: a GitHub App in place of a token. */
static enum err_code read_app(const struct reading *reading, const struct yaml *app,
                              struct settings_forge *forge, struct err *err)
{
    const struct yaml *id = yaml_get(app, "id");
    size_t keys = 0;
    enum err_code code;

    if (!app)
        return ERR_OK;
    if (!view_is(forge->kind, FORGE_KINDS[KIND_GITHUB]))
        return yaml_key_error(app, err, "`app` belongs to a forge of kind `github`");
    if (forge->token.len > 0)
        return yaml_key_error(app, err, "a token and an App are given: one is enough");
    code = yaml_check_keys(app, APP_KEYS, err);
    if (code == ERR_OK && !id)
        return yaml_error(app, err, "an App needs its `id`: the App ID, or the client ID, of its page");
    if (code == ERR_OK)
        code = value_filled(reading, id, &forge->app_id, err);
    if (code == ERR_OK && !is_name(forge->app_id, "-_."))
        return yaml_error(id, err, "an App's id is a number, or letters and digits");
    if (code == ERR_OK)
        code = read_credentials(reading, yaml_get(app, "private_key"), yaml_get(app, "private_key_file"), 1,
                                &forge->app_key, &keys, err);
    if (code == ERR_OK && !keys)
        return yaml_error(app, err, "an App needs its `private_key` or `private_key_file`");
    if (code == ERR_OK && view_find(forge->app_key, VIEW("PRIVATE KEY-----"), 0) == SIZE_MAX)
        return yaml_error(app, err,
                          "the App's private key is none in PEM form: give the file that GitHub made");
    return code;
}

static enum err_code read_forge(const struct reading *reading, const struct yaml *node,
                                struct settings_forge *forge, struct err *err)
{
    size_t tokens = 0;
    enum err_code code = read_identity(reading, node, forge, err);

    if (code == ERR_OK)
        code = read_addresses(reading, node, forge, err);
    if (code == ERR_OK)
        code = read_credentials(reading, yaml_get(node, "secret"), yaml_get(node, "secret_file"),
                                SETTINGS_SECRETS_MAX, forge->secrets, &forge->secret_count, err);
    if (code == ERR_OK && !forge->secret_count)
        code = yaml_error(node, err,
                          "the forge `%.*s` has no `secret` or `secret_file`: without one anybody "
                          "could send webhooks",
                          VIEW_ARG(forge->name));
    if (code == ERR_OK)
        code = read_credentials(reading, yaml_get(node, "token"), yaml_get(node, "token_file"), 1,
                                &forge->token, &tokens, err);
    if (code == ERR_OK)
        code = read_app(reading, yaml_get(node, "app"), forge, err);
    if (code == ERR_OK)
        code = read_repositories(reading, yaml_get(node, "repositories"), forge, err);
    return code;
}

enum err_code forges_read(const struct reading *reading, const struct yaml *list, struct settings *settings,
                          struct err *err)
{
    struct settings_forge *forges;
    enum err_code code = ERR_OK;
    size_t count = 0;

    if (!list)
        return ERR_OK;
    if (list->kind != YAML_SEQUENCE || list->count > SETTINGS_FORGES_MAX)
        return yaml_error(list, err, "expected a list of up to %d forges", SETTINGS_FORGES_MAX);
    forges = ARENA_ARRAY(reading->arena, struct settings_forge, list->count + 1);
    if (!forges)
        return arena_full(reading->arena, err);
    for (const struct yaml *node = list->first; code == ERR_OK && node; node = node->next, count++) {
        code = read_forge(reading, node, &forges[count], err);
        for (size_t i = 0; code == ERR_OK && i < count; i++)
            if (view_equal(forges[i].name, forges[count].name))
                code = yaml_error(node, err, "two forges are called `%.*s`", VIEW_ARG(forges[i].name));
    }
    settings->forges = forges;
    settings->forge_count = count;
    return code;
}
