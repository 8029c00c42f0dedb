/** @file yaml.h  Reading YAML (libfyaml behind it): every node knows its line and column, duplicate
 *  keys are refused, and a mistake reads "file:line:column: what is wrong". */
#pragma once
#include "base/arena.h"

enum {
    YAML_DEPTH_MAX = 32,
    YAML_TEXT_MAX = 1024 * 1024, /* bytes of one file */
    YAML_BLANK_LINES_MAX = 200,  /* in a row: libfyaml's time grows with their square */
};

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml { /* a node; plain data in the caller's arena */
    enum yaml_kind kind;
    struct view file;      /* the name given to yaml_parse(), for messages */
    uint32_t line, column; /* both 1-based; columns count characters */
    struct view text;      /* scalar: its value, block text joined as YAML says; NUL-terminated */
    bool plain;            /* scalar without quotes: may mean a number, truth or null */
    struct view key;       /* inside a mapping: the key */
    uint32_t key_line, key_column;
    uint32_t text_line; /* scalar: line of its first line of text (block text starts a line later) */
    const struct yaml *first, *next; /* children in document order */
    size_t count;                    /* children */
};

/** Parse one document into @p arena. @p file is only for messages. Aliases and tags are refused: they
 *  hide what a file says and can blow it up. Errors: ERR_INVALID "file:line:column: ...", ERR_LIMIT. */
NODISCARD enum err_code yaml_parse(struct view text, struct view file, struct arena *arena,
                                   const struct yaml **out, struct err *err);
/** The value under @p key of a mapping; NULL where absent. Takes NULL. */
const struct yaml *yaml_get(const struct yaml *mapping, const char *key);
/** ERR_INVALID with "file:line:column: " before the text. */
enum err_code yaml_error(const struct yaml *node, struct err *err, const char *format, ...) PRINTF_LIKE(3, 4);
/** The same, at the node's key. */
enum err_code yaml_key_error(const struct yaml *node, struct err *err, const char *format, ...)
    PRINTF_LIKE(3, 4);
/** Every key of @p mapping must stand in @p names (NULL-terminated); else the error names the nearest
 *  known key. A node that is no mapping is an error too. */
NODISCARD enum err_code yaml_check_keys(const struct yaml *mapping, const char *const *names,
                                        struct err *err);
/** Scalars by type; a wrong type is an error that says what was expected. */
NODISCARD enum err_code yaml_to_text(const struct yaml *node, struct view *out, struct err *err);
NODISCARD enum err_code yaml_to_int(const struct yaml *node, int64_t min, int64_t max, int64_t *out,
                                    struct err *err);
NODISCARD enum err_code yaml_to_number(const struct yaml *node, double *out, struct err *err);
NODISCARD enum err_code yaml_to_bool(const struct yaml *node, bool *out, struct err *err);
/** The name in @p names (NULL-terminated) nearest to @p word by edit distance, NULL where none is near. */
const char *yaml_nearest(struct view word, const char *const *names);
