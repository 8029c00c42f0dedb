/* File contents: from the object database, by path in a commit, and from the disk of a work tree. */
#include "git/git_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err_code read_oid(struct mirror *mirror, const git_oid *oid, struct view name, size_t max_bytes,
                              struct arena *arena, struct view *out, struct err *err)
{
    enum err_code code = ERR_OK;
    git_odb *odb = NULL;
    git_blob *blob = NULL;
    git_object_t type;
    size_t size;
    int result = git_repository_odb(&odb, mirror->git);

    if (result == 0)
        result = git_odb_read_header(&size, &type, odb, oid);
    if (result != 0) {
        code = mirror_failed(err, result, "look up blob", name);
        goto done;
    }
    /* The header comes first so that an oversized blob never enters memory. */
    if (size > max_bytes) {
        code = err_set(err, ERR_LIMIT, "blob %.*s: %zu bytes, limit %zu", VIEW_ARG(name), size, max_bytes);
        goto done;
    }
    result = git_blob_lookup(&blob, mirror->git, oid);
    if (result != 0)
        code = mirror_failed(err, result, "load blob", name);
    else if (arena_copy(arena, (struct view){git_blob_rawcontent(blob), size}, out, err) != ERR_OK)
        code = err_wrap(err, "blob %.*s", VIEW_ARG(name));
done:
    git_blob_free(blob);
    git_odb_free(odb);
    return code;
}

enum err_code mirror_read_blob(struct mirror *mirror, struct view id, size_t max_bytes, struct arena *arena,
                               struct view *out, struct err *err)
{
    git_oid oid;
    enum err_code code = mirror_id_parse(id, &oid, err);

    return code != ERR_OK ? code : read_oid(mirror, &oid, id, max_bytes, arena, out, err);
}

enum err_code mirror_read_path(struct mirror *mirror, struct view commit, struct view path, size_t max_bytes,
                               struct arena *arena, struct view *out, struct err *err)
{
    enum err_code code;
    git_commit *found = NULL;
    git_tree *tree = NULL;
    git_tree_entry *entry = NULL;
    const char *name;
    git_oid oid;
    int result;

    code = mirror_id_parse(commit, &oid, err);
    if (code == ERR_OK)
        code = mirror_c_string(path, arena, &name, err);
    if (code != ERR_OK)
        return code;
    result = git_commit_lookup(&found, mirror->git, &oid);
    if (result == 0)
        result = git_commit_tree(&tree, found);
    if (result == 0)
        result = git_tree_entry_bypath(&entry, tree, name);
    if (result != 0)
        code = mirror_failed(err, result, "find file", path);
    else if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        code = err_set(err, ERR_NOT_FOUND, "%.*s is no file in %.*s", VIEW_ARG(path), VIEW_ARG(commit));
    else
        code = read_oid(mirror, git_tree_entry_id(entry), path, max_bytes, arena, out, err);
    git_tree_entry_free(entry);
    git_tree_free(tree);
    git_commit_free(found);
    return code;
}

static bool path_stays_inside(struct view path)
{
    struct view rest = path, segment;

    if (path.len == 0 || path.ptr[0] == '/')
        return false;
    while (view_split(&rest, '/', &segment))
        if (segment.len == 0 || view_is(segment, ".") || view_is(segment, ".."))
            return false;
    return true;
}

static enum err_code read_open_file(int fd, struct view path, size_t max_bytes, struct arena *arena,
                                    struct view *out, struct err *err)
{
    struct stat status;
    char *bytes;
    size_t size, got = 0;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return err_set(err, ERR_INVALID, "%.*s is no regular file", VIEW_ARG(path));
    size = (size_t)status.st_size;
    if (size > max_bytes)
        return err_set(err, ERR_LIMIT, "%.*s: %zu bytes, limit %zu", VIEW_ARG(path), size, max_bytes);
    bytes = arena_alloc(arena, size + 1);
    if (!bytes)
        return arena_full(arena, err);
    while (got < size) {
        ssize_t part = read(fd, bytes + got, size - got);

        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return err_set(err, ERR_UNAVAILABLE, "read %.*s: %s", VIEW_ARG(path), strerror(errno));
        if (part == 0)
            break; /* the file shrank while it was read: what is there is what it holds now */
        got += (size_t)part;
    }
    *out = (struct view){bytes, got};
    return ERR_OK;
}

enum err_code mirror_read_work_file(struct mirror *mirror, struct view path, size_t max_bytes,
                                    struct arena *arena, struct view *out, struct err *err)
{
    struct view dir = mirror_work_dir(mirror);
    struct view full;
    enum err_code code;
    int fd;

    if (dir.len == 0 || !path_stays_inside(path) || view_find_byte(path, '\0', 0) != SIZE_MAX)
        return err_set(err, ERR_INVALID, "\"%.*s\" is no path inside the work tree", VIEW_ARG(path));
    full = arena_format(arena, "%.*s%.*s", VIEW_ARG(dir), VIEW_ARG(path));
    if (full.len == 0)
        return arena_full(arena, err);
    /* Not blocking: a named pipe of that name must not hang us. */
    fd = open(full.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return err_set(err,
                       errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND
                       : errno == ELOOP                    ? ERR_INVALID
                                                           : ERR_UNAVAILABLE,
                       "open %.*s: %s", VIEW_ARG(path), strerror(errno));
    code = read_open_file(fd, path, max_bytes, arena, out, err);
    close(fd);
    return code;
}
