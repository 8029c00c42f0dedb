/** @file natives.h  What extension modules in Rust (PyO3) offer to Python, and which of it the Python code of
 *  the same repository calls for each item of a loop. Gathered over many files; functions are found by the
 *  module's name and their own. */
#pragma once
#include "syntax/tree.h"

struct native {
    struct view name;              /* as Python calls it */
    bool takes_many;               /* some parameter is a collection */
    bool is_light;                 /* a short function without a loop: what a call costs beside it counts */
    const struct native *for_many; /* one that seems to do the same for many items: hash_many of hash; NULL */
};

/* A call in a loop of Python code. */
struct native_call {
    struct view name;
    struct view path; /* of the Python file */
    uint32_t line;    /* of the loop */
};

enum { NATIVES_MAX = 1000 };

struct natives; /* opaque */

/** An empty index in @p arena; NULL where it is full. */
struct natives *natives_new(struct arena *arena);
/** Whether the text of a Rust file may hold such functions: cheap, and never false for one that does. */
bool natives_may_stand_in(struct view text);
/** Add the functions of a Rust file. The tree may go afterwards, its text must stay. Those past NATIVES_MAX
 *  are not kept. Errors: ERR_LIMIT at the arena's cap. */
NODISCARD enum err_code natives_add(struct natives *natives, const struct tree *tree, struct err *err);
/** Make it ready for look-ups: after the last natives_add(). */
void natives_close(struct natives *natives);
/** Whether the text of a Python file may speak of one of the modules. */
bool natives_named_in(const struct natives *natives, struct view text);
/** The function that a qualified path of Python means ("pack._lib.hash"); NULL. @p natives may be NULL. */
const struct native *natives_find(const struct natives *natives, struct view path);
/** Note that a loop of Python code calls @p native. Path and line are kept as they are. */
NODISCARD enum err_code natives_add_call(struct natives *natives, const struct native *native,
                                         struct view path, uint32_t line, struct err *err);
/** The function of that name; and the first loop that calls it. NULL where there is none. */
const struct native *natives_named(const struct natives *natives, struct view name);
const struct native_call *natives_call(const struct natives *natives, struct view name);
