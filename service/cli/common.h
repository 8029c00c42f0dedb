/** @file common.h  What several commands need: the catalogue, the settings, files, output. */
#pragma once
#include "base/buffer.h"
#include "command.h"
#include "perfreview/review.h"
#include "settings/settings.h"
#include "store/store.h"

enum { COMMON_ARENA_BYTES = 64 << 20, OUTPUT_MAX_BYTES = 256 << 20 };

#define OPTION_CONFIG                                                                                        \
    {                                                                                                        \
        "--config", "FILE", "perf-review.yml, where it exists", "configuration of the service"               \
    }

/** The rules that the program carries. Errors: as catalogue_new(). */
NODISCARD
enum err_code common_catalogue(struct catalogue **out, struct err *err);
/** The file that --config names, else perf-review.yml, else the defaults. */
NODISCARD
enum err_code common_settings(const char *config, struct arena *arena, struct settings *out, struct err *err);
/** The database below settings->data, whose folder is made where it is missing. In @p arena. */
NODISCARD
enum err_code common_database(const struct settings *settings, struct arena *arena, const char **out,
                              struct err *err);
NODISCARD
enum err_code common_store(const struct settings *settings, struct arena *arena, struct store **out,
                           struct err *err);
/** A whole file, at most @p max bytes, in @p arena, never with a NULL ptr. Errors: ERR_NOT_FOUND, ERR_LIMIT,
 *  ERR_UNAVAILABLE. */
NODISCARD
enum err_code common_read(const char *path, size_t max, struct arena *arena, struct view *out,
                          struct err *err);
/** All of @p text on stdout; gives EXIT_FAILED after a message where it does not fit or cannot be written. */
enum exit_status common_print(const struct buffer *text, enum exit_status status);
bool common_color(void);
/** "2026-11-22 16:14:13" (UTC); empty for 0. */
struct view common_time(int64_t ms, struct arena *arena);
/** Every secret of @p settings out of @p err. */
void common_redact(const struct settings *settings, struct err *err);
