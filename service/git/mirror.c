/* Opening repositories. A store is made in a folder beside its place and moved there whole, so that no
 * process ever sees half a store, and two that make the same one need no lock: the second move fails. */
#include "git/git_internal.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RM_OPEN_FOLDERS = 16 };

static bool segment_is_valid(struct view segment)
{
    if (segment.len == 0 || segment.ptr[0] == '.' || view_ends(segment, ".git"))
        return false;
    for (size_t i = 0; i < segment.len; i++) {
        char c = segment.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_' || c == '.'))
            return false;
    }
    return true;
}

static bool name_is_valid(struct view name)
{
    struct view rest = name, segment;

    if (name.len == 0 || name.len > MIRROR_NAME_MAX || name.ptr[name.len - 1] == '/')
        return false;
    while (view_split(&rest, '/', &segment))
        if (!segment_is_valid(segment))
            return false;
    return true;
}

static enum err_code make_folders(char *path, struct err *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        int made;

        *slash = '\0';
        made = mkdir(path, 0700);
        if (made != 0 && errno != EEXIST)
            return err_set(err, ERR_UNAVAILABLE, "make folder %s: %s", path, strerror(errno));
        *slash = '/';
    }
    return ERR_OK;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static enum err_code make_store(char *path, struct err *err)
{
    char beside[PATH_MAX];
    git_repository *made = NULL;
    git_repository_init_options options;
    enum err_code code = make_folders(path, err);
    const char *name = strrchr(path, '/') + 1;
    int result;

    if (code != ERR_OK)
        return code;
    if (snprintf(beside, sizeof(beside), "%.*s.new-XXXXXX", (int)(name - path), path) >= (int)sizeof(beside))
        return err_set(err, ERR_INVALID, "store %s: the path is too long", path);
    if (!mkdtemp(beside))
        return err_set(err, ERR_UNAVAILABLE, "make a folder beside %s: %s", path, strerror(errno));
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR;
    result = git_repository_init_ext(&made, beside, &options);
    if (result != 0)
        code = mirror_failed(err, result, "make store", view_of(path));
    git_repository_free(made);
    if (code == ERR_OK && rename(beside, path) == 0)
        return ERR_OK;
    if (code == ERR_OK && errno != ENOTEMPTY && errno != EEXIST)
        code = err_set(err, ERR_UNAVAILABLE, "put store %s in its place: %s", path, strerror(errno));
    nftw(beside, remove_one, RM_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    return code;
}

static enum err_code open_flags(const char *path, unsigned flags, struct mirror **out, struct err *err)
{
    struct mirror *mirror = calloc(1, sizeof(*mirror));
    int result;

    if (!mirror)
        return err_set(err, ERR_MEMORY, "open repository %s", path);
    result = git_repository_open_ext(&mirror->git, path, flags, NULL);
    if (result != 0) {
        enum err_code code = mirror_failed(err, result, "open repository", view_of(path));

        free(mirror);
        return code;
    }
    *out = mirror;
    return ERR_OK;
}

static enum err_code path_of(struct view text, char out[PATH_MAX], struct err *err)
{
    if (text.len == 0 || text.len >= PATH_MAX || view_find_byte(text, '\0', 0) != SIZE_MAX)
        return err_set(err, ERR_INVALID, "\"%.*s\" is no usable path", VIEW_ARG(text));
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return ERR_OK;
}

enum err_code mirror_open_store(struct view data_dir, struct view forge, struct view repository,
                                struct mirror **out, struct err *err)
{
    char path[PATH_MAX], folder[PATH_MAX];
    struct stat status;
    enum err_code code = path_of(data_dir, folder, err);

    if (code != ERR_OK)
        return code;
    if (!segment_is_valid(forge) || !name_is_valid(repository))
        return err_set(err, ERR_INVALID, "\"%.*s\" on forge \"%.*s\" is no repository name",
                       VIEW_ARG(repository), VIEW_ARG(forge));
    if (snprintf(path, sizeof(path), "%s/git/%.*s/%.*s.git", folder, VIEW_ARG(forge), VIEW_ARG(repository)) >=
        (int)sizeof(path))
        return err_set(err, ERR_INVALID, "the path of the store of %.*s is too long", VIEW_ARG(repository));
    if (stat(path, &status) != 0)
        code = make_store(path, err);
    if (code == ERR_OK)
        code = open_flags(path, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, out, err);
    if (code == ERR_OK)
        (*out)->is_store = true;
    return code;
}

enum err_code mirror_open(struct view path, struct mirror **out, struct err *err)
{
    char copy[PATH_MAX];
    enum err_code code = path_of(path, copy, err);

    return code != ERR_OK ? code : open_flags(copy, GIT_REPOSITORY_OPEN_NO_SEARCH, out, err);
}

enum err_code mirror_open_work_tree(struct view dir, struct mirror **out, struct err *err)
{
    char copy[PATH_MAX];
    enum err_code code = path_of(dir, copy, err);

    if (code == ERR_OK)
        code = open_flags(copy, 0, out, err);
    if (code == ERR_OK && git_repository_is_bare((*out)->git)) {
        mirror_free(*out);
        *out = NULL;
        code = err_set(err, ERR_INVALID, "%s is a bare repository: it has no work tree to look at", copy);
    }
    return code;
}

void mirror_free(struct mirror *mirror)
{
    if (!mirror)
        return;
    git_repository_free(mirror->git);
    free(mirror);
}

struct view mirror_work_dir(const struct mirror *mirror)
{
    return view_of(git_repository_workdir(mirror->git));
}
