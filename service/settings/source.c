/* The process's own environment and files. */
#include "settings_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *read_env(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

static enum err_code read_file(const char *path, size_t max_bytes, struct arena *arena, struct view *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    char *text = arena_alloc(arena, max_bytes + 1);
    size_t used = 0;
    ssize_t got = 0;
    int fd;

    if (!text)
        return arena_full(arena, err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        code = errno == EACCES ? ERR_DENIED : ERR_NOT_FOUND;
        return err_set(err, code, "%s: %s", path, strerror(errno));
    }
    while (used <= max_bytes && (got = read(fd, text + used, max_bytes + 1 - used)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        used += (size_t)got;
    }
    if (got < 0)
        code = err_set(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    else if (used > max_bytes)
        code = err_set(err, ERR_LIMIT, "%s: over %zu bytes", path, max_bytes);
    else
        *out = (struct view){text, used};
    close(fd);
    return code;
}

static enum err_code read_secret(void *ctx, const char *path, struct arena *arena, struct view *out,
                                 struct err *err)
{
    (void)ctx;
    return read_file(path, SETTINGS_SECRET_FILE_MAX_BYTES, arena, out, err);
}

const struct settings_source SETTINGS_PROCESS = {.env = read_env, .read = read_secret};

enum err_code settings_load(const char *path, struct arena *arena, struct settings *out, struct err *err)
{
    struct view text;
    enum err_code code = read_file(path, SETTINGS_FILE_MAX_BYTES, arena, &text, err);

    return code == ERR_OK ? settings_parse(text, path, &SETTINGS_PROCESS, arena, out, err) : code;
}
