/** @file mirror.h  One open git repository: a bare store of ours that mirrors what reviews need, a plain
 *  repository that the configuration names, or the work tree that `check` stands in. Objects, revisions,
 *  merge bases, blobs. The only module that knows libgit2. Ids are 40 lowercase hex digits.
 *  A mirror belongs to one thread; many processes may open the same store at once. */
#pragma once
#include "base/arena.h"

enum {
    MIRROR_ID_SIZE = 41,           /* hex digits of an object id, and a NUL */
    MIRROR_NAME_MAX = 1024,        /* bytes of "owner/name" */
    MIRROR_REFS_MAX = 20000,       /* refs that mirror_refs() lists at most */
    MIRROR_ENTRIES_MAX = 10000,    /* of one folder */
    MIRROR_SERVER_WAIT_MS = 30000, /* of silence, where libgit2 can bound it (1.7 up) */
};

enum mirror_trust {
    /** The user's own work tree: the owner check and the user's git configuration hold. */
    MIRROR_TRUST_USER,
    /** Only stores of ours and repositories that the service's configuration names: those belong to
     *  another user at times (a git user), so the owner check is off, and no git configuration of the
     *  machine or the user is read. */
    MIRROR_TRUST_CONFIGURED,
};

/** Process-wide start of the git library; call once in main, before any thread. Costs about 10 ms. */
NODISCARD
enum err_code mirror_module_start(enum mirror_trust trust, struct err *err);
void mirror_module_stop(void);

struct mirror; /* opaque: the repository handle and, for a store, its lock file */

/** Open the store DATA/git/FORGE/REPOSITORY.git, making it where it does not exist (safe when several
 *  processes do so at once). @p repository is "owner/name", any depth; a segment that is empty, starts
 *  with a dot or holds anything but letters, digits, '-', '_' and '.' is ERR_INVALID.
 *  Owner: the caller, until mirror_free(). */
NODISCARD
enum err_code mirror_open_store(struct view data_dir, struct view forge, struct view repository,
                                struct mirror **out, struct err *err);
/** Open the repository at exactly @p path (bare or not). Errors: ERR_NOT_FOUND, ERR_DENIED for a foreign
 *  owner under MIRROR_TRUST_USER. */
NODISCARD
enum err_code mirror_open(struct view path, struct mirror **out, struct err *err);
/** Open the repository whose work tree holds @p dir, looking upwards as git does. */
NODISCARD
enum err_code mirror_open_work_tree(struct view dir, struct mirror **out, struct err *err);
void mirror_free(struct mirror *mirror); /* takes NULL */

/** Absolute folder of the work tree with a trailing '/', empty for a bare repository. Borrowed. */
struct view mirror_work_dir(const struct mirror *mirror);

/** Whether @p id names a commit that is here. */
bool mirror_has_commit(struct mirror *mirror, struct view id);
/** The commit that @p revision ("HEAD", "v1~2", an id, a branch) means. Errors: ERR_NOT_FOUND, ERR_INVALID.
 */
NODISCARD
enum err_code mirror_resolve(struct mirror *mirror, struct view revision, char out[MIRROR_ID_SIZE],
                             struct err *err);
/** The branch that changes are merged into: origin/HEAD, else main or master of origin or of our own;
 *  in a bare repository what HEAD points to. A full ref name. Errors: ERR_NOT_FOUND. */
NODISCARD
enum err_code mirror_default_branch(struct mirror *mirror, struct arena *arena, struct view *out,
                                    struct err *err);
/** The best common ancestor. Errors: ERR_NOT_FOUND where there is none, or where a shallow history ends
 *  before it. */
NODISCARD
enum err_code mirror_merge_base(struct mirror *mirror, struct view a, struct view b, char out[MIRROR_ID_SIZE],
                                struct err *err);

/** The bytes of a blob. Errors: ERR_LIMIT over @p max_bytes (nothing is loaded then), ERR_NOT_FOUND. */
NODISCARD
enum err_code mirror_read_blob(struct mirror *mirror, struct view id, size_t max_bytes, struct arena *arena,
                               struct view *out, struct err *err);
/** The bytes of the file at @p path in the tree of @p commit; ERR_NOT_FOUND where there is no such file. */
NODISCARD
enum err_code mirror_read_path(struct mirror *mirror, struct view commit, struct view path, size_t max_bytes,
                               struct arena *arena, struct view *out, struct err *err);
/** The bytes of a file of the work tree, as they are on disk. @p path is relative to mirror_work_dir().
 *  Errors: ERR_NOT_FOUND, ERR_LIMIT, ERR_INVALID for what is not a regular file inside the work tree. */
NODISCARD
enum err_code mirror_read_work_file(struct mirror *mirror, struct view path, size_t max_bytes,
                                    struct arena *arena, struct view *out, struct err *err);

/* What stands in a folder: plain files and folders; no links, no submodules. */
struct mirror_entry {
    struct view name;
    bool is_folder;
};

struct mirror_entries {
    struct mirror_entry *items;
    size_t count, cap;
};

/** Add an entry of that name, which is copied. Errors: ERR_LIMIT at the arena's cap. */
NODISCARD
enum err_code mirror_entry_add(struct mirror_entries *entries, const char *name, bool is_folder,
                               struct arena *arena, struct err *err);

/** What stands in @p folder ("" is the root) of the tree of @p commit, in git's order; at most
 *  MIRROR_ENTRIES_MAX. Errors: ERR_NOT_FOUND where it is no folder. */
NODISCARD
enum err_code mirror_list_path(struct mirror *mirror, struct view commit, struct view folder,
                               struct arena *arena, const struct mirror_entry **out, size_t *count,
                               struct err *err);

struct mirror_ref {
    struct view name; /* full, e.g. "refs/heads/main" */
    struct view id;   /* the commit, tags peeled */
};

/** All refs that point to commits and whose name starts with @p prefix, by name. Errors: ERR_LIMIT. */
NODISCARD
enum err_code mirror_refs(struct mirror *mirror, const char *prefix, struct arena *arena,
                          const struct mirror_ref **out, size_t *count, struct err *err);
