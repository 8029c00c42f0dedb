/** @file log.h  One line per event, as text or JSON, written at once so that the lines of several processes
 *  do not mix. Secrets are taken out before anything is written. */
#pragma once
#include "base/view.h"
#include "settings/settings.h"

struct log {
    int fd;
    bool json;
    enum settings_log_level level; /* events above it are not written */
    const struct view *secrets;
    size_t secret_count;
};

struct log_field {
    const char *name;
    struct view value; /* left out where it is empty */
};

void log_write(const struct log *log, enum settings_log_level level, const char *event,
               const struct log_field *fields, size_t count);
/** LOG(log, SETTINGS_LOG_INFO, "job done", {"repository", name}, {"number", text}) */
#define LOG(log, level, event, ...)                                                                          \
    log_write((log), (level), (event), (const struct log_field[]){__VA_ARGS__},                              \
              COUNT_OF(((const struct log_field[]){__VA_ARGS__})))

/** All secrets of @p settings, so that none of them is ever written. Lives in @p arena. Errors: ERR_LIMIT. */
NODISCARD
enum err_code log_secrets(const struct settings *settings, struct arena *arena, struct log *out,
                          struct err *err);
