/* What cannot be read on the disk is taken as not there: the analysis then knows less. */
#include "disk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
    return view_compare(((const struct mirror_entry *)a)->name, ((const struct mirror_entry *)b)->name);
}

static enum err_code read_entries(DIR *dir, struct arena *arena, struct mirror_entries *out, struct err *err)
{
    const struct dirent *entry;
    enum err_code code = ERR_OK;

    while (code == ERR_OK && out->count < MIRROR_ENTRIES_MAX && (entry = readdir(dir)) != NULL) {
        struct stat status;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
            code = mirror_entry_add(out, entry->d_name, S_ISDIR(status.st_mode), arena, err);
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(*out->items), compare);
    return code;
}

static struct view full_path(const struct view *root, struct view path, struct arena *arena)
{
    return arena_format(arena, "%.*s%.*s", VIEW_ARG(*root), VIEW_ARG(path));
}

static enum err_code list_disk(void *ctx, struct view folder, struct arena *arena,
                               const struct mirror_entry **out, size_t *count, struct err *err)
{
    struct view path = full_path(ctx, folder, arena);
    DIR *dir = opendir(path.len > 0 ? path.ptr : ".");
    struct mirror_entries entries = {0};
    enum err_code code;

    if (!dir)
        return err_set(err, ERR_NOT_FOUND, "%.*s: %s", VIEW_ARG(path), strerror(errno));
    code = read_entries(dir, arena, &entries, err);
    closedir(dir);
    if (code != ERR_OK)
        return code;
    *out = entries.items;
    *count = entries.count;
    return ERR_OK;
}

static enum err_code read_open(int fd, struct view path, size_t max_bytes, struct arena *arena,
                               struct view *out, struct err *err)
{
    struct stat status;
    size_t len = 0;
    char *text;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return err_set(err, ERR_NOT_FOUND, "%.*s is no plain file", VIEW_ARG(path));
    if ((uint64_t)status.st_size > max_bytes)
        return err_set(err, ERR_LIMIT, "%.*s: larger than %zu bytes", VIEW_ARG(path), max_bytes);
    text = arena_alloc(arena, (size_t)status.st_size + 1);
    if (!text)
        return arena_full(arena, err);
    while (len < (size_t)status.st_size) {
        ssize_t got = read(fd, text + len, (size_t)status.st_size - len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ERR_NOT_FOUND, "%.*s: %s", VIEW_ARG(path), strerror(errno));
        if (got == 0)
            break; /* it shrank meanwhile */
        len += (size_t)got;
    }
    *out = (struct view){text, len};
    return ERR_OK;
}

static enum err_code read_disk(void *ctx, struct view path, size_t max_bytes, struct arena *arena,
                               struct view *out, struct err *err)
{
    struct view full = full_path(ctx, path, arena);
    enum err_code code;
    int fd;

    if (full.len == 0)
        return arena_full(arena, err);
    /* Not blocking: a named pipe of that name must not hang us. */
    fd = open(full.ptr, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return err_set(err, ERR_NOT_FOUND, "%.*s: %s", VIEW_ARG(full), strerror(errno));
    code = read_open(fd, full, max_bytes, arena, out, err);
    close(fd);
    return code;
}

struct surroundings_source surroundings_of_disk(const struct view *root)
{
    return (struct surroundings_source){list_disk, read_disk, (void *)(uintptr_t)root};
}
