/* The list of changed files: libgit2's diff with renames found, sorted, bounded, as plain data. */
#include "git/delta.h"
#include "git/git_internal.h"
#include "git/hunk_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_FILES = 3000,
    DEFAULT_LINES = 20000,
    DEFAULT_BYTES = 64 * 1024 * 1024,
    DEFAULT_FILE_BYTES = 2 * 1024 * 1024,
    RENAME_SOURCES_MAX = 400, /* deleted files that an added one is compared with */
};

struct work { /* one diff on its way into plain data */
    struct mirror *mirror;
    git_diff *diff;
    git_odb *odb;
    bool to_work_tree;
    struct mirror_diff_limits limits;
    size_t lines, bytes; /* used so far */
    struct arena *arena;
};

struct entry { /* for sorting: git_diff's own order is another one after renames were found */
    size_t index;
    const char *path;
    int status;
};

static struct mirror_diff_limits with_defaults(const struct mirror_diff_limits *limits)
{
    struct mirror_diff_limits out = limits ? *limits : (struct mirror_diff_limits){0};

    out.files = out.files ? out.files : DEFAULT_FILES;
    out.lines = out.lines ? out.lines : DEFAULT_LINES;
    out.bytes = out.bytes ? out.bytes : DEFAULT_BYTES;
    out.file_bytes = out.file_bytes ? out.file_bytes : DEFAULT_FILE_BYTES;
    return out;
}

static int entry_compare(const void *a, const void *b)
{
    const struct entry *one = a, *two = b;
    int order = strcmp(one->path, two->path);

    return order ? order : one->status - two->status;
}

static enum err_code sort_deltas(const struct work *work, struct entry **out, size_t *count, struct err *err)
{
    size_t all = git_diff_num_deltas(work->diff), used = 0;
    struct entry *entries = ARENA_ARRAY(work->arena, struct entry, all ? all : 1);

    if (!entries)
        return arena_full(work->arena, err);
    for (size_t i = 0; i < all; i++) {
        const git_diff_delta *delta = git_diff_get_delta(work->diff, i);

        /* A folder is another repository that lies in the work tree: none of its files are ours. */
        if (delta->new_file.mode == GIT_FILEMODE_TREE)
            continue;
        entries[used++] =
            (struct entry){.index = i, .path = delta->new_file.path, .status = (int)delta->status};
    }
    qsort(entries, used, sizeof(*entries), entry_compare);
    *out = entries;
    *count = used;
    return ERR_OK;
}

static enum mirror_status status_of(git_delta_t status)
{
    switch (status) {
    case GIT_DELTA_ADDED:
    case GIT_DELTA_UNTRACKED:
        return MIRROR_ADDED;
    case GIT_DELTA_DELETED:
        return MIRROR_DELETED;
    case GIT_DELTA_RENAMED:
        return MIRROR_RENAMED;
    case GIT_DELTA_TYPECHANGE:
        return MIRROR_TYPE_CHANGED;
    default:
        return MIRROR_MODIFIED;
    }
}

static enum err_code fill_side(const struct work *work, const git_diff_file *file, bool exists, bool on_disk,
                               struct view *path, struct view *id, uint32_t *mode, size_t *size,
                               struct err *err)
{
    char hex[MIRROR_ID_SIZE];
    git_object_t type;
    enum err_code code = arena_copy(work->arena, view_of(file->path), path, err);

    if (code != ERR_OK || !exists)
        return code;
    *mode = file->mode;
    if (file->mode == GIT_FILEMODE_COMMIT)
        on_disk = false;
    if (on_disk) {
        *size = (size_t)file->size;
        return ERR_OK;
    }
    mirror_id_format(&file->id, hex);
    code = arena_copy(work->arena, view_of(hex), id, err);
    if (code == ERR_OK && file->mode != GIT_FILEMODE_COMMIT) {
        int result = git_odb_read_header(size, &type, work->odb, &file->id);

        if (result != 0)
            code = mirror_failed(err, result, "look up", *path);
    }
    return code;
}

static enum err_code fill_delta(const struct work *work, const git_diff_delta *from, struct mirror_delta *to,
                                struct err *err)
{
    enum err_code code;

    to->status = status_of(from->status);
    to->is_on_disk = work->to_work_tree && to->status != MIRROR_DELETED;
    code = fill_side(work, &from->old_file, to->status != MIRROR_ADDED, false, &to->old_path, &to->old_id,
                     &to->old_mode, &to->old_size, err);
    if (code == ERR_OK)
        code = fill_side(work, &from->new_file, to->status != MIRROR_DELETED, to->is_on_disk, &to->new_path,
                         &to->new_id, &to->new_mode, &to->new_size, err);
    to->is_submodule = to->old_mode == GIT_FILEMODE_COMMIT || to->new_mode == GIT_FILEMODE_COMMIT;
    to->is_symlink = to->old_mode == GIT_FILEMODE_LINK || to->new_mode == GIT_FILEMODE_LINK;
    return code;
}

/* Why the contents of a delta are not to be compared at all, NULL where they are. */
static const char *refuse_contents(struct work *work, const git_diff_delta *from,
                                   const struct mirror_delta *delta, bool *by_limit)
{
    size_t larger = delta->old_size > delta->new_size ? delta->old_size : delta->new_size;

    *by_limit = false;
    if (delta->is_submodule)
        return "submodule";
    if (delta->status == MIRROR_TYPE_CHANGED)
        return "another type of file";
    if (from->status == GIT_DELTA_CONFLICTED)
        return "merge conflict";
    *by_limit = true;
    if (larger > work->limits.file_bytes)
        return "file larger than the limit";
    if (delta->old_size + delta->new_size > work->limits.bytes - work->bytes)
        return "change larger than the limit of bytes";
    work->bytes += delta->old_size + delta->new_size;
    *by_limit = false;
    return NULL;
}

static enum err_code compare_contents(struct work *work, size_t index, struct mirror_delta *delta,
                                      bool *by_limit, struct err *err)
{
    git_patch *patch = NULL;
    size_t context, added = 0, deleted = 0;
    enum err_code code = ERR_OK;
    int result = git_patch_from_diff(&patch, work->diff, index);

    if (result != 0)
        return mirror_failed(err, result, "compare", delta->new_path);
    if (git_diff_get_delta(work->diff, index)->flags & GIT_DIFF_FLAG_BINARY ||
        (patch && git_patch_get_delta(patch)->flags & GIT_DIFF_FLAG_BINARY)) {
        delta->is_binary = true;
        delta->why_no_hunks = "binary";
        goto done;
    }
    if (!patch || git_patch_line_stats(&context, &added, &deleted, patch) != 0)
        goto done;
    if (added + deleted > work->limits.lines - work->lines) {
        delta->why_no_hunks = "change larger than the limit of lines";
        *by_limit = true;
        goto done;
    }
    work->lines += added + deleted;
    delta->added_lines = (uint32_t)added;
    delta->deleted_lines = (uint32_t)deleted;
    code = delta_read_hunks(patch, work->arena, delta, err);
done:
    git_patch_free(patch);
    return code;
}

static enum err_code fill_diff(struct work *work, struct mirror_diff *out, struct err *err)
{
    struct entry *entries = NULL;
    struct mirror_delta *deltas;
    size_t count = 0;
    enum err_code code = sort_deltas(work, &entries, &count, err);

    if (code != ERR_OK)
        return code;
    out->total_files = count;
    if (count > work->limits.files)
        count = work->limits.files;
    deltas = ARENA_ARRAY(work->arena, struct mirror_delta, count ? count : 1);
    if (!deltas)
        return arena_full(work->arena, err);
    for (size_t i = 0; i < count; i++) {
        const git_diff_delta *from = git_diff_get_delta(work->diff, entries[i].index);
        bool by_limit;

        code = fill_delta(work, from, &deltas[i], err);
        if (code != ERR_OK)
            return code;
        deltas[i].why_no_hunks = refuse_contents(work, from, &deltas[i], &by_limit);
        if (!deltas[i].why_no_hunks)
            code = compare_contents(work, entries[i].index, &deltas[i], &by_limit, err);
        if (code != ERR_OK)
            return code;
        out->without_hunks += by_limit;
    }
    out->deltas = deltas;
    out->count = count;
    return ERR_OK;
}

static enum err_code find_renames(struct work *work, struct mirror_diff *out, struct err *err)
{
    git_diff_find_options options;
    int result;

    /* Each added file is compared with deleted ones: past the limit that costs more than it tells. */
    out->renames_searched = git_diff_num_deltas(work->diff) <= work->limits.files;
    if (!out->renames_searched)
        return ERR_OK;
    git_diff_find_options_init(&options, GIT_DIFF_FIND_OPTIONS_VERSION);
    options.flags = GIT_DIFF_FIND_RENAMES | (work->to_work_tree ? GIT_DIFF_FIND_FOR_UNTRACKED : 0);
    options.rename_limit = RENAME_SOURCES_MAX;
    result = git_diff_find_similar(work->diff, &options);
    return result == 0 ? ERR_OK : mirror_failed(err, result, "find renames in", VIEW("the change"));
}

static enum err_code commit_tree(struct mirror *mirror, struct view id, git_tree **out, struct err *err)
{
    git_commit *commit = NULL;
    git_oid oid;
    enum err_code code = mirror_id_parse(id, &oid, err);
    int result;

    if (code != ERR_OK)
        return code;
    result = git_commit_lookup(&commit, mirror->git, &oid);
    if (result == 0)
        result = git_commit_tree(out, commit);
    git_commit_free(commit);
    return result == 0 ? ERR_OK : mirror_failed(err, result, "load commit", id);
}

static void diff_options(const struct work *work, git_diff_options *options)
{
    git_diff_options_init(options, GIT_DIFF_OPTIONS_VERSION);
    /* The indent heuristic is git's own default, so hunks are those that forges show. */
    options->flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_INDENT_HEURISTIC;
    if (work->to_work_tree)
        options->flags |=
            GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_SHOW_UNTRACKED_CONTENT;
    options->ignore_submodules =
        work->to_work_tree ? GIT_SUBMODULE_IGNORE_DIRTY : GIT_SUBMODULE_IGNORE_UNSPECIFIED;
    options->context_lines = MIRROR_CONTEXT_LINES;
    options->interhunk_lines = 0;
    options->max_size = (git_off_t)work->limits.file_bytes;
}

/* @p head: empty for the work tree. */
static enum err_code diff_trees(struct work *work, struct view base, struct view head,
                                struct mirror_diff *out, struct err *err)
{
    git_tree *from = NULL, *to = NULL;
    git_diff_options options;
    struct mirror_diff made = {0};
    enum err_code code = commit_tree(work->mirror, base, &from, err);
    int result;

    if (code == ERR_OK && head.len > 0)
        code = commit_tree(work->mirror, head, &to, err);
    if (code != ERR_OK)
        goto done;
    diff_options(work, &options);
    result = git_repository_odb(&work->odb, work->mirror->git);
    if (result == 0)
        result = work->to_work_tree
                     ? git_diff_tree_to_workdir_with_index(&work->diff, work->mirror->git, from, &options)
                     : git_diff_tree_to_tree(&work->diff, work->mirror->git, from, to, &options);
    if (result != 0) {
        code = mirror_failed(err, result, "compare with", base);
        goto done;
    }
    code = find_renames(work, &made, err);
    if (code == ERR_OK)
        code = fill_diff(work, &made, err);
    if (code == ERR_OK)
        *out = made;
done:
    git_diff_free(work->diff);
    git_odb_free(work->odb);
    git_tree_free(to);
    git_tree_free(from);
    return code;
}

enum err_code mirror_diff_commits(struct mirror *mirror, struct view base, struct view head,
                                  const struct mirror_diff_limits *limits, struct arena *arena,
                                  struct mirror_diff *out, struct err *err)
{
    struct work work = {.mirror = mirror, .limits = with_defaults(limits), .arena = arena};

    if (head.len == 0)
        return err_set(err, ERR_INVALID, "no head to compare with");
    return diff_trees(&work, base, head, out, err);
}

enum err_code mirror_diff_work_tree(struct mirror *mirror, struct view base,
                                    const struct mirror_diff_limits *limits, struct arena *arena,
                                    struct mirror_diff *out, struct err *err)
{
    struct work work = {
        .mirror = mirror, .to_work_tree = true, .limits = with_defaults(limits), .arena = arena};

    if (git_repository_is_bare(mirror->git))
        return err_set(err, ERR_INVALID, "a bare repository has no work tree");
    return diff_trees(&work, base, (struct view){0}, out, err);
}
