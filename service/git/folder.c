/* What stands in one folder of a commit. */
#include "git/git_internal.h"

enum err_code mirror_entry_add(struct mirror_entries *entries, const char *name, bool is_folder,
                               struct arena *arena, struct err *err)
{
    void *items = entries->items;
    enum err_code code =
        arena_grow(arena, &items, entries->count, &entries->cap, sizeof(*entries->items), err);

    if (code != ERR_OK)
        return code;
    entries->items = items;
    entries->items[entries->count] = (struct mirror_entry){.is_folder = is_folder};
    return arena_copy(arena, view_of(name), &entries->items[entries->count++].name, err);
}

static enum err_code list_tree(const git_tree *tree, struct arena *arena, struct mirror_entries *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;

    for (size_t i = 0; code == ERR_OK && i < git_tree_entrycount(tree) && i < MIRROR_ENTRIES_MAX; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        git_filemode_t mode = git_tree_entry_filemode(entry);

        if (mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE || mode == GIT_FILEMODE_TREE)
            code = mirror_entry_add(out, git_tree_entry_name(entry), mode == GIT_FILEMODE_TREE, arena, err);
    }
    return code;
}

enum err_code mirror_list_path(struct mirror *mirror, struct view commit, struct view folder,
                               struct arena *arena, const struct mirror_entry **out, size_t *count,
                               struct err *err)
{
    struct mirror_entries entries = {0};
    git_commit *found = NULL;
    git_tree *root = NULL, *tree = NULL;
    git_tree_entry *entry = NULL;
    const char *name;
    git_oid oid;
    int result;
    enum err_code code = mirror_id_parse(commit, &oid, err);

    if (code == ERR_OK)
        code = mirror_c_string(folder, arena, &name, err);
    if (code != ERR_OK)
        return code;
    result = git_commit_lookup(&found, mirror->git, &oid);
    if (result == 0)
        result = git_commit_tree(&root, found);
    if (result == 0 && folder.len > 0)
        result = git_tree_entry_bypath(&entry, root, name);
    if (result == 0 && folder.len > 0 && git_tree_entry_type(entry) != GIT_OBJECT_TREE) {
        code = err_set(err, ERR_NOT_FOUND, "%.*s is no folder in %.*s", VIEW_ARG(folder), VIEW_ARG(commit));
        goto done;
    }
    if (result == 0 && folder.len > 0)
        result = git_tree_lookup(&tree, mirror->git, git_tree_entry_id(entry));
    code = result == 0 ? list_tree(folder.len > 0 ? tree : root, arena, &entries, err)
                       : mirror_failed(err, result, "find folder", folder);
done:
    git_tree_entry_free(entry);
    git_tree_free(tree);
    git_tree_free(root);
    git_commit_free(found);
    if (code == ERR_OK) {
        *out = entries.items;
        *count = entries.count;
    }
    return code;
}
