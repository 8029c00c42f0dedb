/* The file's sections, each a table of its keys. */
#include "settings_internal.h"
#include <assert.h>
#include <string.h>

static const char *const TOP_KEYS[] = {"listen", "data",   "store", "workers", "public_url",
                                       "forges", "limits", "log",   NULL};
static const char *const LOG_KEYS[] = {"level", "format", NULL};
static const char *const LIMIT_KEYS[] = {
#define X(name, min, max, preset, what) #name,
    SETTINGS_LIMITS(X)
#undef X
        NULL};

static const struct {
    size_t offset;
    int64_t min, max, preset;
} LIMITS[] = {
#define X(name, min, max, preset, what) {offsetof(struct settings_limits, name), min, max, preset},
    SETTINGS_LIMITS(X)
#undef X
};
static_assert(COUNT_OF(LIMITS) + 1 == COUNT_OF(LIMIT_KEYS), "each limit has its key");

static const char *const STORES[] = {"sqlite", NULL};
static const char *const LEVELS[] = {[SETTINGS_LOG_ERROR] = "error",
                                     [SETTINGS_LOG_WARN] = "warn",
                                     [SETTINGS_LOG_INFO] = "info",
                                     [SETTINGS_LOG_DEBUG] = "debug",
                                     NULL};
static const char *const FORMATS[] = {"text", "json", NULL};

enum { WORKERS_DEFAULT = 2, WORKERS_MAX = 64, PORT_DEFAULT = 8080 };

const char *const *settings_kinds(void)
{
    return FORGE_KINDS;
}

const char *const *settings_keys(const char *section)
{
    static const struct {
        const char *section;
        const char *const *keys;
    } SECTIONS[] = {
        {"", TOP_KEYS},         {"forges", FORGE_KEYS}, {"repositories", REPOSITORY_KEYS},
        {"limits", LIMIT_KEYS}, {"log", LOG_KEYS},
    };

    for (size_t i = 0; i < COUNT_OF(SECTIONS); i++)
        if (strcmp(section, SECTIONS[i].section) == 0)
            return SECTIONS[i].keys;
    return NULL;
}

const struct settings_forge *settings_find_forge(const struct settings *settings, struct view name)
{
    for (size_t i = 0; i < settings->forge_count; i++)
        if (view_equal(settings->forges[i].name, name))
            return &settings->forges[i];
    return NULL;
}

static int64_t *limit_at(struct settings_limits *limits, size_t row)
{
    return (int64_t *)(void *)((char *)limits + LIMITS[row].offset);
}

static void set_defaults(struct settings *settings)
{
    *settings = (struct settings){.listen_host = VIEW("127.0.0.1"),
                                  .listen_port = PORT_DEFAULT,
                                  .data = VIEW("./data"),
                                  .workers = WORKERS_DEFAULT,
                                  .log_level = SETTINGS_LOG_INFO};
    for (size_t row = 0; row < COUNT_OF(LIMITS); row++)
        *limit_at(&settings->limits, row) = LIMITS[row].preset;
}

/* "host:port", "[::1]:port" or ":port" for every address. */
static enum err_code read_listen(const struct reading *reading, const struct yaml *node,
                                 struct settings *settings, struct err *err)
{
    struct view text, host;
    size_t colon = SIZE_MAX;
    uint64_t port;
    enum err_code code = value_filled(reading, node, &text, err);

    if (code != ERR_OK)
        return code;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ':')
            colon = i;
    if (colon == SIZE_MAX || !view_to_u64(view_slice(text, colon + 1, text.len), &port) || port > UINT16_MAX)
        return yaml_error(node, err, "expected HOST:PORT, e.g. 127.0.0.1:8080");
    host = view_slice(text, 0, colon);
    if (view_starts(host, "[") && view_ends(host, "]"))
        host = view_slice(host, 1, host.len - 1);
    else if (view_find_byte(host, ':', 0) != SIZE_MAX)
        return yaml_error(node, err, "an IPv6 address stands in brackets: [::1]:8080");
    settings->listen_host = host;
    settings->listen_port = (uint16_t)port;
    return ERR_OK;
}

static enum err_code read_limits(const struct reading *reading, const struct yaml *section,
                                 struct settings_limits *limits, struct err *err)
{
    enum err_code code;

    if (!section)
        return ERR_OK;
    code = yaml_check_keys(section, LIMIT_KEYS, err);
    for (size_t row = 0; code == ERR_OK && row < COUNT_OF(LIMITS); row++) {
        const struct yaml *node = yaml_get(section, LIMIT_KEYS[row]);

        if (node)
            code = value_int(reading, node, LIMITS[row].min, LIMITS[row].max, limit_at(limits, row), err);
    }
    return code;
}

static enum err_code read_log(const struct reading *reading, const struct yaml *section,
                              struct settings *settings, struct err *err)
{
    const struct yaml *level = yaml_get(section, "level"), *format = yaml_get(section, "format");
    size_t chosen_level = settings->log_level, chosen_format = 0;
    enum err_code code;

    if (!section)
        return ERR_OK;
    code = yaml_check_keys(section, LOG_KEYS, err);
    if (code == ERR_OK && level)
        code = value_choice(reading, level, LEVELS, &chosen_level, err);
    if (code == ERR_OK && format)
        code = value_choice(reading, format, FORMATS, &chosen_format, err);
    settings->log_level = (enum settings_log_level)chosen_level;
    settings->log_json = chosen_format == 1;
    return code;
}

static enum err_code read_store(const struct reading *reading, const struct yaml *node, struct err *err)
{
    size_t chosen;

    return value_choice(reading, node, STORES, &chosen, err);
}

static enum err_code finish(const struct reading *reading, const struct yaml *root, struct settings *settings,
                            struct err *err)
{
    const struct yaml *public_url = yaml_get(root, "public_url"), *data = yaml_get(root, "data");
    bool is_ipv6 = view_find_byte(settings->listen_host, ':', 0) != SIZE_MAX;
    struct view host = settings->listen_host.len ? settings->listen_host : VIEW("localhost");
    enum err_code code = ERR_OK;

    if (data)
        code = value_path(reading, data, &settings->data, err);
    else
        settings->data = path_join(reading, settings->data);
    if (code == ERR_OK && public_url)
        return value_address(reading, public_url, &settings->public_url, err);
    if (code == ERR_OK)
        settings->public_url =
            arena_format(reading->arena, "http://%s%.*s%s:%u", is_ipv6 ? "[" : "", VIEW_ARG(host),
                         is_ipv6 ? "]" : "", (unsigned)settings->listen_port);
    if (code == ERR_OK && (!settings->public_url.len || !settings->data.len))
        code = arena_full(reading->arena, err);
    return code;
}

static struct view folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash ? (struct view){file, (size_t)(slash - file) + 1} : (struct view){0};
}

enum err_code settings_parse(struct view text, const char *file, const struct settings_source *source,
                             struct arena *arena, struct settings *out, struct err *err)
{
    const struct reading reading = {.source = source, .folder = folder_of(file), .arena = arena};
    const struct yaml *root = NULL, *listen, *store, *workers;
    struct settings settings;
    enum err_code code = yaml_parse(text, view_of(file), arena, &root, err);

    if (code == ERR_OK)
        code = yaml_check_keys(root, TOP_KEYS, err);
    if (code != ERR_OK)
        return code;
    set_defaults(&settings);
    listen = yaml_get(root, "listen");
    store = yaml_get(root, "store");
    workers = yaml_get(root, "workers");
    if (listen)
        code = read_listen(&reading, listen, &settings, err);
    if (code == ERR_OK && store)
        code = read_store(&reading, store, err);
    if (code == ERR_OK && workers)
        code = value_int(&reading, workers, 0, WORKERS_MAX, &settings.workers, err);
    if (code == ERR_OK)
        code = read_limits(&reading, yaml_get(root, "limits"), &settings.limits, err);
    if (code == ERR_OK)
        code = read_log(&reading, yaml_get(root, "log"), &settings, err);
    if (code == ERR_OK)
        code = forges_read(&reading, yaml_get(root, "forges"), &settings, err);
    if (code == ERR_OK)
        code = finish(&reading, root, &settings, err);
    if (code == ERR_OK)
        *out = settings;
    return code;
}

enum err_code settings_default(const char *folder, struct arena *arena, struct settings *out, struct err *err)
{
    struct view file = arena_format(arena, "%s/perf-review.yml", folder);

    if (!file.len)
        return arena_full(arena, err);
    return settings_parse(VIEW("{}"), file.ptr, &SETTINGS_PROCESS, arena, out, err);
}
