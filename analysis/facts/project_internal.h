/** @file project_internal.h  What the readers of a project's files add to what its folder declares. */
#pragma once
#include "facts/project.h"

/* By weight: what the packaging requires, what its classifiers list, what the developers' tool is told. */
enum said { SAID_REQUIRED, SAID_LISTED, SAID_PINNED, SAID_COUNT };

struct cargo; /* a Cargo.toml; project_cargo.c's own */

struct declared {
    struct project project; /* its names may grow: they lie in `names` */
    struct view *names;
    size_t name_cap;
    uint16_t lowest[SAID_COUNT]; /* major << 8 | minor; 0: nothing was said */
    struct cargo *cargo;         /* NULL: the folder has none */
    struct cargo *workspace;     /* the nearest at or above the folder that has a workspace; NULL */
    uint16_t toolchain;          /* the Rust that rust-toolchain.toml names, as above */
    struct arena *arena;
};

/** "3.9", in one of the ways of saying. */
void declared_add_version(struct declared *declared, enum said said, struct view version);
/** ">=3.9,<4", "^3.9 || ^4": the lowest version that it allows, where it has a lower bound. */
void declared_add_range(struct declared *declared, struct view range);
/** The lowest version that a range allows, major << 8 | minor; 0 where it has no lower bound. */
uint16_t declared_lowest(struct view range);
/** "Programming Language :: Python :: 3.9" */
void declared_add_classifier(struct declared *declared, struct view classifier);
/** "Django[bcrypt]>=4; python_version > '3'"; nothing that does not start with a name. */
NODISCARD enum err_code declared_add_requirement(struct declared *declared, struct view requirement,
                                                 struct err *err);
/** @p name in lower case, each run of - _ . as one -. */
NODISCARD enum err_code declared_normalise(struct view name, struct arena *arena, struct view *out,
                                           struct err *err);
/** Work out what a folder's Cargo.toml means below @p above (resolved already; NULL: nothing is). */
NODISCARD enum err_code cargo_resolve(struct declared *declared, const struct declared *above,
                                      struct err *err);

/** The readers: what they find is added to @p declared. Errors: ERR_INVALID and ERR_LIMIT for a text that
 *  cannot be read. */
typedef enum err_code project_reader(struct declared *declared, struct view text,
                                     const struct syntax_limits *limits, const struct clock *clock,
                                     struct err *err);
project_reader pyproject_read, setup_cfg_read, setup_py_read, python_version_read, requirements_read;
project_reader cargo_read, rust_toolchain_read;
