/* Shared by the commands. */
#include "common.h"
#include "forge/redact.h"
#include "worker/log.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_CONFIG "perf-review.yml"
enum { FOLDER_MODE = 0700, PATH_MAX_BYTES = 4096, BUSY_MS = 10000 };

enum err_code common_catalogue(struct catalogue **out, struct err *err)
{
    size_t count;
    const struct rule_source *sources = rule_sources_embedded(&count);

    return catalogue_new(sources, count, out, err);
}

enum err_code common_settings(const char *config, struct arena *arena, struct settings *out, struct err *err)
{
    if (!config && access(DEFAULT_CONFIG, F_OK) != 0)
        return settings_default(".", arena, out, err);
    return settings_load(config ? config : DEFAULT_CONFIG, arena, out, err);
}

/* mkdir -p */
static enum err_code make_folder(struct view folder, struct err *err)
{
    char path[PATH_MAX_BYTES];

    if (folder.len == 0 || folder.len >= sizeof(path))
        return err_set(err, ERR_INVALID, "the path of the data folder is empty or too long");
    memcpy(path, folder.ptr, folder.len);
    path[folder.len] = '\0';
    for (size_t i = 1; i <= folder.len; i++) {
        char was = path[i];

        if (was != '/' && was != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST)
            return err_set(err, ERR_UNAVAILABLE, "make the folder %s: %s", path, strerror(errno));
        path[i] = was;
    }
    return ERR_OK;
}

enum err_code common_database(const struct settings *settings, struct arena *arena, const char **out,
                              struct err *err)
{
    struct view path = arena_format(arena, "%.*s/perf-review.db", VIEW_ARG(settings->data));

    if (!path.len)
        return arena_full(arena, err);
    *out = path.ptr;
    return make_folder(settings->data, err);
}

enum err_code common_store(const struct settings *settings, struct arena *arena, struct store **out,
                           struct err *err)
{
    struct store_options options = {.busy_ms = BUSY_MS,
                                    .queue_max = settings->limits.queue_max,
                                    .attempts_max = settings->limits.attempts};
    enum err_code code = common_database(settings, arena, &options.path, err);

    return code == ERR_OK ? store_open(&options, out, err) : code;
}

enum err_code common_read(const char *path, size_t max, struct arena *arena, struct view *out,
                          struct err *err)
{
    enum err_code code = ERR_OK;
    struct stat status;
    size_t len = 0;
    char *text;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE, "%s: %s", path,
                       strerror(errno));
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        code = err_set(err, ERR_UNAVAILABLE, "%s: is no file", path);
    else if ((uint64_t)status.st_size > max)
        code = err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
    text = code == ERR_OK ? arena_alloc(arena, (size_t)status.st_size + 1) : NULL;
    if (code == ERR_OK && !text)
        code = arena_full(arena, err);
    while (code == ERR_OK && len < (size_t)status.st_size) {
        ssize_t got = read(fd, text + len, (size_t)status.st_size - len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            code = err_set(err, ERR_UNAVAILABLE, "%s: %s", path, strerror(errno));
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(fd);
    if (code == ERR_OK)
        *out = (struct view){text, len};
    return code;
}

enum exit_status common_print(const struct buffer *text, enum exit_status status)
{
    struct view all = buffer_view(text);
    struct err err = {0};

    if (buffer_check(text, "the output", &err) != ERR_OK)
        return complain(EXIT_FAILED, "%s", err.message);
    if (fwrite(all.ptr ? all.ptr : "", 1, all.len, stdout) != all.len || fflush(stdout) != 0)
        return errno == EPIPE ? EXIT_FAILED /* who reads has seen enough, and needs no message */
                              : complain(EXIT_FAILED, "write the output: %s", strerror(errno));
    return status;
}

bool common_color(void)
{
    const char *off = getenv("NO_COLOR"), *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) && !(off && off[0]) && terminal && strcmp(terminal, "dumb") != 0;
}

struct view common_time(int64_t ms, struct arena *arena)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[32];

    if (ms == 0 || !gmtime_r(&seconds, &parts) ||
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts) == 0)
        return (struct view){0};
    return arena_format(arena, "%s", text);
}

void common_redact(const struct settings *settings, struct err *err)
{
    struct arena *arena = arena_new(COMMON_ARENA_BYTES);
    struct log log = {0};

    if (!arena || log_secrets(settings, arena, &log, NULL) != ERR_OK)
        err_set(err, err->code, "failed, and there is no memory to tell why without telling secrets");
    else
        redact_error(err, log.secrets, log.secret_count);
    arena_free(arena);
}
