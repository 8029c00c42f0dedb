/** @file surroundings.h  What the analysis is told besides the change: the files in which the repository
 *  declares what it needs, unchanged files with models that the changed code names, and the other language's
 *  side of an extension module. Only folders at and above changed files are looked into, what changed files
 *  import by name, and the usual places of such a module; all of it is bounded. */
#pragma once
#include "git/mirror.h"
#include "perfreview/review.h"

enum {
    SURROUNDINGS_FOLDERS_MAX = 256,        /* looked into */
    SURROUNDINGS_FILES_MAX = 200,          /* of each kind */
    SURROUNDINGS_DECLARED_BYTES = 1 << 20, /* of all files that declare something */
    SURROUNDINGS_MODEL_BYTES = 4 << 20,    /* of all files with models */
    SURROUNDINGS_MODEL_FILE_BYTES = 512 << 10,
};

/** Where the head's files are read: a commit, or a disk. Paths are relative to the root, folders without a
 *  slash at the end, "" is the root. ERR_NOT_FOUND, ERR_LIMIT and ERR_INVALID mean: this one cannot be had.
 */
struct surroundings_source {
    enum err_code (*list)(void *ctx, struct view folder, struct arena *arena, const struct mirror_entry **out,
                          size_t *count, struct err *err);
    enum err_code (*read)(void *ctx, struct view path, size_t max_bytes, struct arena *arena,
                          struct view *out, struct err *err);
    void *ctx;
};

struct surroundings { /* lives in the arena */
    const struct file_text *declared, *models;
    size_t declared_count, model_count;
};

/** Read what surrounds @p deltas. Errors: those of @p source but the three above; ERR_LIMIT where the arena
 *  is full. */
NODISCARD
enum err_code surroundings_load(const struct surroundings_source *source, const struct delta *deltas,
                                size_t count, struct arena *arena, struct surroundings *out, struct err *err);

/** The head of a change in a repository. */
struct surroundings_commit {
    struct mirror *mirror;
    struct view commit;
};
/** @p commit is borrowed by what is returned. */
struct surroundings_source surroundings_of_commit(struct surroundings_commit *commit);
