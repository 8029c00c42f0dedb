/** @file check_input.h  What `check` looks at: the difference of two revisions, of one and the work tree, or
 *  every line of the files that are named. */
#pragma once
#include "worker/change.h"
#include "worker/surroundings.h"

struct check_wish {
    bool all;
    const char *base, *head; /* revisions; NULL: as `check --help` says */
    const char *const *paths;
    size_t path_count;
    size_t file_bytes;
};

struct check_input {
    struct delta *deltas;
    size_t count;
    char base[MIRROR_ID_SIZE], head[MIRROR_ID_SIZE]; /* empty where there is none */
    struct surroundings surroundings;
    struct view settings;     /* text of the .perf-review.yml that counts; ptr NULL: none */
    struct view cut;          /* files that are left out, in words */
    struct mapping *mappings; /* of --all; check_input_free() undoes them */
    size_t mapping_count;
};

/** Errors: ERR_INVALID for what was asked wrongly; ERR_NOT_FOUND, ERR_LIMIT and those of git. */
NODISCARD
enum err_code check_input_load(const struct check_wish *wish, struct arena *arena, struct check_input *out,
                               struct err *err);
void check_input_free(struct check_input *input);
