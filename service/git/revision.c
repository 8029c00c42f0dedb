/* Names to commits: revisions, branches, refs, and the best common ancestor. */
#include "git/git_internal.h"

#include <stdlib.h>
#include <string.h>

bool mirror_has_commit(struct mirror *mirror, struct view id)
{
    git_commit *commit = NULL;
    git_oid oid;
    bool found =
        mirror_id_parse(id, &oid, NULL) == ERR_OK && git_commit_lookup(&commit, mirror->git, &oid) == 0;

    git_commit_free(commit);
    return found;
}

enum err_code mirror_resolve(struct mirror *mirror, struct view revision, char out[MIRROR_ID_SIZE],
                             struct err *err)
{
    char spec[MIRROR_NAME_MAX];
    git_object *object = NULL, *commit = NULL;
    enum err_code code = ERR_OK;
    int result;

    if (revision.len == 0 || revision.len >= sizeof(spec) || view_find_byte(revision, '\0', 0) != SIZE_MAX)
        return err_set(err, ERR_INVALID, "\"%.*s\" is no revision", VIEW_ARG(revision));
    memcpy(spec, revision.ptr, revision.len);
    spec[revision.len] = '\0';
    result = git_revparse_single(&object, mirror->git, spec);
    if (result == 0)
        result = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    if (result != 0)
        code = mirror_failed(err, result, "find revision", revision);
    else
        mirror_id_format(git_object_id(commit), out);
    git_object_free(commit);
    git_object_free(object);
    return code;
}

/* The full name of the ref that the symbolic ref @p name points to; the empty view where it does not. */
static enum err_code symbolic_target(struct mirror *mirror, const char *name, struct arena *arena,
                                     struct view *out, struct err *err)
{
    git_reference *ref = NULL;
    enum err_code code = ERR_OK;

    *out = (struct view){0};
    if (git_reference_lookup(&ref, mirror->git, name) == 0 &&
        git_reference_type(ref) == GIT_REFERENCE_SYMBOLIC)
        code = arena_copy(arena, view_of(git_reference_symbolic_target(ref)), out, err);
    git_reference_free(ref);
    return code;
}

enum err_code mirror_default_branch(struct mirror *mirror, struct arena *arena, struct view *out,
                                    struct err *err)
{
    static const char *const GUESSES[] = {"refs/remotes/origin/main", "refs/remotes/origin/master",
                                          "refs/heads/main", "refs/heads/master"};
    bool is_bare = git_repository_is_bare(mirror->git) != 0;
    enum err_code code =
        symbolic_target(mirror, is_bare ? "HEAD" : "refs/remotes/origin/HEAD", arena, out, err);

    if (code != ERR_OK || out->len > 0)
        return code;
    for (size_t i = 0; i < COUNT_OF(GUESSES); i++) {
        git_oid oid;

        if (git_reference_name_to_id(&oid, mirror->git, GUESSES[i]) == 0) {
            *out = view_of(GUESSES[i]);
            return ERR_OK;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "no default branch: neither origin/HEAD nor main nor master exists");
}

enum err_code mirror_merge_base(struct mirror *mirror, struct view a, struct view b, char out[MIRROR_ID_SIZE],
                                struct err *err)
{
    git_oid one, two, base;
    enum err_code code = mirror_id_parse(a, &one, err);
    int result;

    if (code == ERR_OK)
        code = mirror_id_parse(b, &two, err);
    if (code != ERR_OK)
        return code;
    result = git_merge_base(&base, mirror->git, &one, &two);
    if (result == 0) {
        mirror_id_format(&base, out);
        return ERR_OK;
    }
    if (result == GIT_ENOTFOUND && git_repository_is_shallow(mirror->git))
        return err_set(err, ERR_NOT_FOUND,
                       "no merge base of %.*s and %.*s in this shallow clone: fetch more of its history "
                       "(git fetch --unshallow)",
                       VIEW_ARG(a), VIEW_ARG(b));
    return mirror_failed(err, result, "find the merge base with", b);
}

static int ref_compare(const void *a, const void *b)
{
    const struct mirror_ref *one = a, *two = b;

    return view_compare(one->name, two->name);
}

/* Fills one item; leaves its name empty where the ref leads to no commit. */
static enum err_code read_ref(git_reference *ref, struct arena *arena, struct mirror_ref *out,
                              struct err *err)
{
    char hex[MIRROR_ID_SIZE];
    git_object *commit = NULL;
    enum err_code code;

    if (git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) != 0)
        return ERR_OK;
    mirror_id_format(git_object_id(commit), hex);
    git_object_free(commit);
    code = arena_copy(arena, view_of(hex), &out->id, err);
    return code != ERR_OK ? code : arena_copy(arena, view_of(git_reference_name(ref)), &out->name, err);
}

enum err_code mirror_refs(struct mirror *mirror, const char *prefix, struct arena *arena,
                          const struct mirror_ref **out, size_t *count, struct err *err)
{
    git_reference_iterator *walk = NULL;
    git_reference *ref = NULL;
    struct mirror_ref *refs = NULL;
    size_t used = 0, cap = 0;
    enum err_code code = ERR_OK;
    int result = git_reference_iterator_new(&walk, mirror->git);

    if (result != 0)
        return mirror_failed(err, result, "list refs", view_of(prefix));
    while (code == ERR_OK && (result = git_reference_next(&ref, walk)) == 0) {
        struct mirror_ref item = {0};

        if (view_starts(view_of(git_reference_name(ref)), prefix))
            code = read_ref(ref, arena, &item, err);
        git_reference_free(ref);
        if (code != ERR_OK || item.name.len == 0)
            continue;
        if (used == MIRROR_REFS_MAX)
            code = err_set(err, ERR_LIMIT, "more than %d refs under %s", MIRROR_REFS_MAX, prefix);
        else if (used == cap)
            code = arena_grow(arena, (void **)&refs, used, &cap, sizeof(*refs), err);
        if (code == ERR_OK)
            refs[used++] = item;
    }
    if (code == ERR_OK && result != GIT_ITEROVER)
        code = mirror_failed(err, result, "list refs", view_of(prefix));
    git_reference_iterator_free(walk);
    if (code != ERR_OK)
        return code;
    if (used > 1)
        qsort(refs, used, sizeof(*refs), ref_compare);
    *out = refs;
    *count = used;
    return ERR_OK;
}
