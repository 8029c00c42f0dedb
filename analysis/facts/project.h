/** @file project.h  What a repository declares about the code in it: the versions that it supports and what
 *  it depends on. Plain data; where nothing is declared nothing is known. */
#pragma once
#include "syntax/tree.h"

/** What holds for the files below one folder. */
struct project {
    struct view folder;                 /* "" is the root, else "a/b": '/' separated, none at the end */
    uint8_t python_major, python_minor; /* the lowest Python that is supported; 0.0: not known */
    const struct view *dependencies;    /* names as PEP 503 normalises them: "ruamel-yaml" */
    size_t dependency_count;
};

extern const struct project PROJECT_UNKNOWN;

/** The project of a file: the one with the deepest folder that holds @p path; never NULL. */
const struct project *project_of(const struct project *projects, size_t count, struct view path);
/** Whether the lowest Python that is supported is known and at least that one. */
bool project_has_python(const struct project *project, unsigned major, unsigned minor);
/** Whether it depends on one of that name, which is written in the normalised way. */
bool project_depends(const struct project *project, struct view name);
/** "3.10" and the like at the start of @p text, the rest after it; false for anything else. A version
 *  without a minor number has the minor number 0. */
bool project_version(struct view text, uint8_t *major, uint8_t *minor, struct view *rest);
