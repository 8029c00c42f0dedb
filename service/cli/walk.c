/* Folders, read one at a time, sorted. */
#include "walk.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct names {
    struct view *items;
    size_t count, cap;
};

static enum err_code add(struct arena *arena, struct view **items, size_t *count, size_t *cap,
                         struct view item, struct err *err)
{
    void *grown = *items;
    enum err_code code = arena_grow(arena, &grown, *count, cap, sizeof(**items), err);

    if (code != ERR_OK)
        return code;
    *items = grown;
    (*items)[(*count)++] = item;
    return ERR_OK;
}

static enum err_code add_file(struct view path, struct arena *arena, struct walk_list *list, struct err *err)
{
    if (list->count == WALK_FILES_MAX)
        return err_set(err, ERR_LIMIT, "more than %d files: name fewer folders at a time", WALK_FILES_MAX);
    return add(arena, &list->paths, &list->count, &list->cap, path, err);
}

static int compare(const void *a, const void *b)
{
    return view_compare(*(const struct view *)a, *(const struct view *)b);
}

static enum err_code read_names(const char *folder, struct arena *arena, struct names *out, struct err *err)
{
    DIR *dir = opendir(folder);
    enum err_code code = ERR_OK;
    const struct dirent *entry;
    struct view name;

    if (!dir)
        return err_set(err, ERR_UNAVAILABLE, "%s: %s", folder, strerror(errno));
    while (code == ERR_OK && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        code = arena_copy(arena, view_of(entry->d_name), &name, err);
        if (code == ERR_OK)
            code = add(arena, &out->items, &out->count, &out->cap, name, err);
    }
    closedir(dir);
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(*out->items), compare);
    return code;
}

static enum err_code walk_folder(const char *folder, int depth, walk_wants *wants, struct arena *arena,
                                 struct walk_list *list, struct err *err)
{
    struct names names = {0};
    enum err_code code = depth < WALK_DEPTH_MAX
                             ? read_names(folder, arena, &names, err)
                             : err_set(err, ERR_LIMIT, "%s: more than %d folders deep", folder, depth);
    bool here = strcmp(folder, ".") == 0, slash = folder[strlen(folder) - 1] == '/';

    for (size_t i = 0; code == ERR_OK && i < names.count; i++) {
        struct view path = arena_format(arena, "%s%s%.*s", here ? "" : folder, here || slash ? "" : "/",
                                        VIEW_ARG(names.items[i]));
        struct stat status;

        if (!path.len)
            return arena_full(arena, err);
        if (lstat(path.ptr, &status) != 0)
            continue; /* it went away meanwhile */
        if (S_ISDIR(status.st_mode))
            code = walk_folder(path.ptr, depth + 1, wants, arena, list, err);
        else if (S_ISREG(status.st_mode) && wants(path))
            code = add_file(path, arena, list, err);
    }
    return code;
}

enum err_code walk_add(const char *start, walk_wants *wants, struct arena *arena, struct walk_list *list,
                       struct err *err)
{
    struct view path = view_of(start);
    struct stat status;
    enum err_code code;

    if (!path.len || stat(start, &status) != 0)
        return err_set(err, path.len && errno != ENOENT ? ERR_UNAVAILABLE : ERR_NOT_FOUND, "%s: %s", start,
                       path.len ? strerror(errno) : "an empty path");
    if (S_ISDIR(status.st_mode))
        return walk_folder(start, 0, wants, arena, list, err);
    while (view_starts(path, "./"))
        path = view_slice(path, 2, path.len);
    code = arena_copy(arena, path, &path, err);
    return code == ERR_OK ? add_file(path, arena, list, err) : code;
}
