/** @file settings_internal.h  What the files of this module share: reading one value with its variables
 *  put in, and paths that begin at the file's folder. */
#pragma once
#include "base/yaml.h"
#include "settings/settings.h"

struct reading {
    const struct settings_source *source;
    struct view folder; /* of the file, with its '/'; empty for the working directory */
    struct arena *arena;
};

extern const struct settings_source SETTINGS_PROCESS; /* the process's own environment and files */

/** The text of a scalar with each ${NAME} taken from the environment; "$${" stands for "${". NUL-terminated.
 *  Errors: ERR_INVALID at the scalar, which names the variable that is unset and never shows a value. */
NODISCARD
enum err_code value_text(const struct reading *reading, const struct yaml *node, struct view *out,
                         struct err *err);
/** The same, and it must not be empty. */
NODISCARD
enum err_code value_filled(const struct reading *reading, const struct yaml *node, struct view *out,
                           struct err *err);
NODISCARD
enum err_code value_int(const struct reading *reading, const struct yaml *node, int64_t min, int64_t max,
                        int64_t *out, struct err *err);
/** One of @p names (NULL-terminated). */
NODISCARD
enum err_code value_choice(const struct reading *reading, const struct yaml *node, const char *const *names,
                           size_t *out, struct err *err);
/** A path, joined to the file's folder where it is relative. */
NODISCARD
enum err_code value_path(const struct reading *reading, const struct yaml *node, struct view *out,
                         struct err *err);
/** An http or https address without user part, '/' at the end cut. */
NODISCARD
enum err_code value_address(const struct reading *reading, const struct yaml *node, struct view *out,
                            struct err *err);
/** What the file named by @p node holds, its last line break cut; must not be empty. */
NODISCARD
enum err_code value_of_file(const struct reading *reading, const struct yaml *node, struct view *out,
                            struct err *err);
struct view path_join(const struct reading *reading, struct view path);

NODISCARD
enum err_code forges_read(const struct reading *reading, const struct yaml *list, struct settings *settings,
                          struct err *err);
extern const char *const FORGE_KEYS[], *const REPOSITORY_KEYS[], *const FORGE_KINDS[];
