/* Files for `check`. With --all they are mapped, not read: the system takes their pages back when memory is
 * short, so that a tree of any size can be checked in one go. */
#include "check_input.h"
#include "common.h"
#include "disk.h"
#include "settings/repository.h"
#include "walk.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct mapping {
    void *ptr;
    size_t len;
};

static bool is_ours(struct view path)
{
    enum language language;

    return language_of_path(path, &language);
}

static void map_file(const struct check_wish *wish, struct check_input *input, struct view path,
                     struct arena *arena)
{
    struct delta *delta = &input->deltas[input->count++];
    struct mapping *mapping = &input->mappings[input->mapping_count];
    struct stat status;
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    *delta = (struct delta){.path = path, .base_path = path, .head = VIEW(""), .whole = true};
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        delta->skip = arena_format(arena, "%s", fd < 0 ? strerror(errno) : "no plain file");
    } else if ((uint64_t)status.st_size > wish->file_bytes) {
        delta->skip = arena_format(arena, "larger than %zu bytes", wish->file_bytes);
    } else if (status.st_size > 0) {
        mapping->len = (size_t)status.st_size;
        mapping->ptr = mmap(NULL, mapping->len, PROT_READ, MAP_PRIVATE, fd, 0);
        if (mapping->ptr == MAP_FAILED)
            delta->skip = arena_format(arena, "%s", strerror(errno));
        else {
            delta->head = (struct view){mapping->ptr, mapping->len};
            input->mapping_count++;
        }
    }
    if (fd >= 0)
        close(fd);
}

static enum err_code load_all(const struct check_wish *wish, struct arena *arena, struct check_input *out,
                              struct err *err)
{
    const struct view here = VIEW("");
    const struct surroundings_source source = surroundings_of_disk(&here);
    struct walk_list files = {0};
    enum err_code code = wish->path_count ? ERR_OK : walk_add(".", is_ours, arena, &files, err);

    for (size_t i = 0; code == ERR_OK && i < wish->path_count; i++)
        code = walk_add(wish->paths[i], is_ours, arena, &files, err);
    if (code != ERR_OK)
        return code;
    out->deltas = ARENA_ARRAY(arena, struct delta, files.count + 1);
    out->mappings = ARENA_ARRAY(arena, struct mapping, files.count + 1);
    if (!out->deltas || !out->mappings)
        return arena_full(arena, err);
    for (size_t i = 0; i < files.count; i++)
        map_file(wish, out, files.paths[i], arena);
    code = surroundings_load(&source, out->deltas, out->count, arena, &out->surroundings, err);
    if (code != ERR_OK)
        return code;
    if (access(REPOSITORY_SETTINGS_PATH, F_OK) != 0)
        return ERR_OK;
    return common_read(REPOSITORY_SETTINGS_PATH, REPOSITORY_SETTINGS_MAX_BYTES, arena, &out->settings, err);
}

/* The merge base of the base and the head, which is what a forge reviews against. */
static enum err_code find_revisions(const struct check_wish *wish, struct mirror *mirror, struct arena *arena,
                                    struct check_input *out, struct err *err)
{
    char base[MIRROR_ID_SIZE], head[MIRROR_ID_SIZE];
    struct view branch = view_of(wish->base);
    enum err_code code = ERR_OK;

    if (!wish->base)
        code = mirror_default_branch(mirror, arena, &branch, err);
    if (code != ERR_OK)
        return err_set(err, ERR_NOT_FOUND,
                       "it is not clear which branch this is to be merged into: name it "
                       "with --base");
    code = mirror_resolve(mirror, view_of(wish->head ? wish->head : "HEAD"), head, err);
    if (code == ERR_OK)
        code = mirror_resolve(mirror, branch, base, err);
    if (code == ERR_OK)
        code = mirror_merge_base(mirror, view_of(base), view_of(head), out->base, err);
    if (code == ERR_OK && wish->head)
        memcpy(out->head, head, sizeof(head));
    return code;
}

/* @p path as git names it: relative to the root of the work tree. A deleted file has no real path, so the
 * folder that holds it is asked for. */
static enum err_code to_repository(struct mirror *mirror, const char *path, struct arena *arena,
                                   struct view *out, struct err *err)
{
    struct view root = mirror_work_dir(mirror), text;
    char real[PATH_MAX], here[PATH_MAX];

    if (realpath(path, real)) {
        text = arena_format(arena, "%s", real);
    } else {
        if (!realpath(".", here))
            return err_set(err, ERR_UNAVAILABLE, "the current folder: %s", strerror(errno));
        text = path[0] == '/' ? view_of(path) : arena_format(arena, "%s/%s", here, path);
    }
    if (root.len > 0 && text.len + 1 == root.len && view_starts(root, text.ptr)) {
        *out = VIEW("");
        return ERR_OK;
    }
    if (root.len == 0 || text.len < root.len || !view_equal(view_slice(text, 0, root.len), root))
        return err_set(err, ERR_INVALID, "%s lies outside of the repository", path);
    *out = view_slice(text, root.len, text.len);
    return ERR_OK;
}

static bool lies_below(struct view path, struct view folder)
{
    return folder.len == 0 || view_equal(path, folder) ||
           (path.len > folder.len && path.ptr[folder.len] == '/' &&
            view_equal(view_slice(path, 0, folder.len), folder));
}

static enum err_code keep_named(const struct check_wish *wish, struct mirror *mirror, struct arena *arena,
                                struct mirror_diff *diff, struct err *err)
{
    struct view *names = ARENA_ARRAY(arena, struct view, wish->path_count + 1);
    struct mirror_delta *kept = ARENA_ARRAY(arena, struct mirror_delta, diff->count + 1);
    size_t count = 0;
    enum err_code code = names && kept ? ERR_OK : arena_full(arena, err);

    if (code != ERR_OK || wish->path_count == 0)
        return code;
    for (size_t i = 0; code == ERR_OK && i < wish->path_count; i++)
        code = to_repository(mirror, wish->paths[i], arena, &names[i], err);
    for (size_t i = 0; code == ERR_OK && i < diff->count; i++) {
        bool named = false;

        for (size_t j = 0; j < wish->path_count; j++)
            named = named || lies_below(diff->deltas[i].new_path, names[j]);
        if (named)
            kept[count++] = diff->deltas[i];
    }
    diff->total_files -= diff->count - count;
    diff->deltas = kept;
    diff->count = count;
    return code;
}

/* Of the commit under review, or of the work tree as it is on disk. */
static enum err_code load_surroundings(struct mirror *mirror, struct arena *arena, struct check_input *out,
                                       struct err *err)
{
    const struct view root = mirror_work_dir(mirror);
    struct surroundings_commit head = {mirror, view_of(out->head)};
    const struct surroundings_source source =
        out->head[0] ? surroundings_of_commit(&head) : surroundings_of_disk(&root);

    return surroundings_load(&source, out->deltas, out->count, arena, &out->surroundings, err);
}

static enum err_code load_change(const struct check_wish *wish, struct mirror *mirror, struct arena *arena,
                                 struct check_input *out, struct err *err)
{
    const struct mirror_diff_limits limits = {.file_bytes = wish->file_bytes};
    struct mirror_diff *diff = ARENA_NEW(arena, struct mirror_diff);
    struct change change = {0};
    enum err_code code = diff ? find_revisions(wish, mirror, arena, out, err) : arena_full(arena, err);

    if (code != ERR_OK)
        return code;
    code = out->head[0] ? mirror_diff_commits(mirror, view_of(out->base), view_of(out->head), &limits, arena,
                                              diff, err)
                        : mirror_diff_work_tree(mirror, view_of(out->base), &limits, arena, diff, err);
    if (code == ERR_OK)
        code = keep_named(wish, mirror, arena, diff, err);
    if (code == ERR_OK)
        code = change_load(mirror, diff, wish->file_bytes, arena, &change, err);
    if (code != ERR_OK)
        return code;
    out->deltas = change.deltas;
    out->count = change.count;
    out->cut = change.cut;
    code = load_surroundings(mirror, arena, out, err);
    if (code != ERR_OK)
        return code;
    code = mirror_read_path(mirror, view_of(out->base), VIEW(REPOSITORY_SETTINGS_PATH),
                            REPOSITORY_SETTINGS_MAX_BYTES, arena, &out->settings, err);
    if (code == ERR_OK && !out->settings.ptr)
        out->settings = VIEW("");
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code check_input_load(const struct check_wish *wish, struct arena *arena, struct check_input *out,
                               struct err *err)
{
    struct mirror *mirror = NULL;
    enum err_code code;

    *out = (struct check_input){0};
    if (wish->all)
        return load_all(wish, arena, out, err);
    code = mirror_module_start(MIRROR_TRUST_USER, err);
    if (code != ERR_OK)
        return code;
    code = mirror_open_work_tree(VIEW("."), &mirror, err);
    if (code == ERR_NOT_FOUND)
        err_set(err, ERR_NOT_FOUND, "this is no git repository; --all checks files without one");
    if (code == ERR_OK)
        code = load_change(wish, mirror, arena, out, err);
    mirror_free(mirror);
    mirror_module_stop();
    return code;
}

void check_input_free(struct check_input *input)
{
    for (size_t i = 0; i < input->mapping_count; i++)
        munmap(input->mappings[i].ptr, input->mappings[i].len);
    input->mapping_count = 0;
}
