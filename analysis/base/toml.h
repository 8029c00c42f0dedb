/** @file toml.h  Reading TOML as a run of scalars, each with the keys that lead to it: enough to look up what
 *  a project's files declare. Not a validator: it does not ask whether keys repeat, whether a bare value is a
 *  number or a date, and it lets an inline table span lines. What it cannot read it refuses. */
#pragma once
#include "base/arena.h"

enum {
    TOML_TEXT_MAX = 1024 * 1024, /* bytes of one file */
    TOML_KEYS_MAX = 16,          /* on the way to a scalar */
    TOML_NESTING_MAX = 16,       /* arrays and inline tables in each other */
};

struct toml_scalar {
    const struct view *keys; /* from the root on; of an array's element: the array's. Borrowed for the call */
    size_t key_count;
    struct view text; /* a string's value, else the value as written; in the text read or in the arena */
    bool quoted;      /* a string */
};

/** Called for each scalar in the order of the text. An error ends the reading. */
typedef enum err_code toml_found(void *ctx, const struct toml_scalar *scalar, struct err *err);

/** Read @p text (https://toml.io/en/v1.0.0). Errors: ERR_INVALID "line N: ..." after all scalars before the
 *  mistake were told; ERR_LIMIT; those of @p found. */
NODISCARD enum err_code toml_read(struct view text, struct arena *arena, toml_found *found, void *ctx,
                                  struct err *err);
