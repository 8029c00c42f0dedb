/** @file delta.h  What a change does to each file: renames found, hunks as `git diff` counts them, and the
 *  lines that a forge lets us comment on. Plain data in the caller's arena. */
#pragma once
#include "git/mirror.h"

enum { MIRROR_CONTEXT_LINES = 3 }; /* of context around a hunk: what forges show, and so comment on */

/** 1-based, as in "@@ -base_start,base_lines +head_start,head_lines @@" of `git diff -U0`: a side of zero
 *  lines starts at the line before it. */
struct mirror_hunk {
    uint32_t base_start, base_lines, head_start, head_lines;
};

enum mirror_status {
    MIRROR_ADDED,
    MIRROR_DELETED,
    MIRROR_MODIFIED,
    MIRROR_RENAMED,      /* with or without changes of content */
    MIRROR_TYPE_CHANGED, /* e.g. a file that became a symlink */
};

struct mirror_delta {
    enum mirror_status status;
    struct view old_path, new_path; /* bytes as git has them; equal unless renamed; both always set */
    struct view old_id, new_id;     /* blob ids; empty where that side does not exist or is only on disk */
    uint32_t old_mode, new_mode;    /* git's file modes; 0 where that side does not exist */
    size_t old_size, new_size;      /* bytes; 0 where unknown (submodules) */
    bool is_binary, is_submodule, is_symlink;
    bool is_on_disk;                 /* the head side is read by mirror_read_work_file() */
    const char *why_no_hunks;        /* NULL, or why hunks are not given: "binary", "larger than ...", ... */
    const struct mirror_hunk *hunks; /* changes, no context */
    size_t hunk_count;
    const struct mirror_hunk *shown; /* the same with MIRROR_CONTEXT_LINES: head_start .. +head_lines are the
                                        lines a comment may stand on (base_* for the base side) */
    size_t shown_count;
    uint32_t added_lines, deleted_lines;
};

struct mirror_diff_limits { /* 0: the default */
    size_t files;           /* deltas given; default 3000 */
    size_t lines;           /* added plus deleted lines over all files; default 20000 */
    size_t bytes;           /* size of both sides over all files compared; default 64 MiB */
    size_t file_bytes;      /* one side of one file; default 2 MiB */
};

struct mirror_diff {
    const struct mirror_delta *deltas; /* by new_path, in byte order */
    size_t count;
    size_t total_files;    /* more than count where limits.files cut the list */
    size_t without_hunks;  /* deltas whose why_no_hunks names a limit */
    bool renames_searched; /* false where there were too many files to look for renames */
};

/** From commit @p base to commit @p head. Errors: ERR_NOT_FOUND for a commit that is not here, ERR_LIMIT
 *  where @p arena is full. A limit of @p limits is no error: it is reported in @p out. */
NODISCARD
enum err_code mirror_diff_commits(struct mirror *mirror, struct view base, struct view head,
                                  const struct mirror_diff_limits *limits, struct arena *arena,
                                  struct mirror_diff *out, struct err *err);
/** From commit @p base to the work tree, with files that git does not know yet and does not ignore. */
NODISCARD
enum err_code mirror_diff_work_tree(struct mirror *mirror, struct view base,
                                    const struct mirror_diff_limits *limits, struct arena *arena,
                                    struct mirror_diff *out, struct err *err);
