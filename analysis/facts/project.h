/** @file project.h  What a repository declares about the code in it: the versions that it supports and what
 *  it depends on. Plain data; where nothing is declared nothing is known. */
#pragma once
#include "syntax/tree.h"

/** A Rust package that the code may use, or ("pyo3/abi3-py38") a feature of one that is switched on. */
struct crate {
    struct view name;     /* of the package, not what it is renamed to; lower case, `-` for `_` */
    uint8_t major, minor; /* the lowest version that is allowed; 0.0: not known */
};

/** What is built of a Rust package, where its Cargo.toml says so. */
enum crate_type { CRATE_LIB = 1, CRATE_BIN, CRATE_CDYLIB, CRATE_PROC_MACRO };

/** What holds for the files below one folder. */
struct project {
    struct view folder;                 /* "" is the root, else "a/b": '/' separated, none at the end */
    uint8_t python_major, python_minor; /* the lowest Python that is supported; 0.0: not known */
    const struct view *dependencies;    /* names as PEP 503 normalises them: "ruamel-yaml" */
    size_t dependency_count;
    uint8_t rust_major, rust_minor; /* the lowest Rust that is supported; 0.0: not known */
    uint16_t edition;               /* of Rust: 2021; 0: not known */
    uint32_t crate_types;           /* bits: 1 << enum crate_type */
    const struct crate *crates;     /* not those of tests and build scripts alone */
    size_t crate_count;
};

extern const struct project PROJECT_UNKNOWN;

/** The project of a file: the one with the deepest folder that holds @p path; never NULL. */
const struct project *project_of(const struct project *projects, size_t count, struct view path);
/** Whether the lowest Python that is supported is known and at least that one. */
bool project_has_python(const struct project *project, unsigned major, unsigned minor);
/** Whether it depends on one of that name, which is written in the normalised way. */
bool project_depends(const struct project *project, struct view name);
bool project_has_rust(const struct project *project, unsigned major, unsigned minor);

/** What a rule asks of a Rust project: "smallvec", "pyo3>=0.26", "pyo3<0.26", "pyo3/abi3*" (a feature; `*`:
 *  any text), "rust>=1.80". */
struct crate_asked {
    struct view name; /* "rust" is the compiler */
    bool any_ending, at_least, below;
    uint8_t major, minor;
};
/** Read @p text; false where it is none of these. */
bool crate_asked_read(struct view text, struct crate_asked *out);
/** Whether it is known to be true: of a version that is not known neither `>=` nor `<` is. */
bool project_has_crate(const struct project *project, const struct crate_asked *asked);

/** "3.10" and the like at the start of @p text, the rest after it; false for anything else. A version
 *  without a minor number has the minor number 0. */
bool project_version(struct view text, uint8_t *major, uint8_t *minor, struct view *rest);

/** A file of the repository, read by whoever calls the analysis. */
struct file_text {
    struct view path; /* relative to the repository root */
    struct view text;
};

enum {
    PROJECT_FILE_BYTES = 256 * 1024, /* a longer file says nothing */
    PROJECT_DEPENDENCIES_MAX = 1000, /* of one project; names past it are not kept */
};

/** Whether project_read() understands files of that name: pyproject.toml, setup.cfg, setup.py,
 *  .python-version, requirements*.txt (not those of development, tests and documentation), Cargo.toml,
 *  rust-toolchain.toml. */
bool project_file_is_read(struct view name);
/** Read what @p files declare, in any order. Each folder with such a file becomes a project; it inherits the
 *  version of the nearest folder above it that declares one, and all dependencies from above. Of several
 *  versions in a folder the lowest counts: what the packaging files require, else the lowest classifier, else
 *  .python-version. A package of Rust inherits from the nearest workspace above it what it says is the
 *  workspace's, and nothing else; an edition stands for the Rust that it needs. What a file does not say
 * plainly (code in setup.py, a value read from elsewhere, a syntax error) is taken as not said. The names lie
 * in @p arena or in the files' texts. Errors: ERR_LIMIT at the arena's cap. */
NODISCARD enum err_code project_read(const struct file_text *files, size_t count,
                                     const struct syntax_limits *limits, const struct clock *clock,
                                     struct arena *arena, struct project **out, size_t *out_count,
                                     struct err *err);
