/* Lines for the operator. */
#include "worker/log.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "forge/redact.h"
#include "worker/clocks.h"
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 << 10, STAMP_SIZE = 40 };

static const char *const LEVELS[] = {[SETTINGS_LOG_ERROR] = "error",
                                     [SETTINGS_LOG_WARN] = "warn",
                                     [SETTINGS_LOG_INFO] = "info",
                                     [SETTINGS_LOG_DEBUG] = "debug"};

static void format_now(char out[STAMP_SIZE])
{
    int64_t now_ms = clocks_wall_ms(NULL);
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    size_t used;

    gmtime_r(&seconds, &parts);
    used = strftime(out, STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out + used, STAMP_SIZE - used, ".%03dZ", (int)(now_ms % 1000));
}

static bool is_plain(struct view value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return false;
    }
    return utf8_find_bad(value) == SIZE_MAX;
}

/* A value from outside can neither end the line nor look like another field. */
static void add_value(struct buffer *out, struct view value)
{
    struct json_writer writer;

    if (is_plain(value)) {
        buffer_add(out, value);
        return;
    }
    json_writer_init(&writer, out);
    json_add_text(&writer, NULL, value);
}

static void format_text(struct buffer *out, const char *stamp, enum settings_log_level level,
                        const char *event, const struct log_field *fields, size_t count)
{
    buffer_add_format(out, "%s %-5s %s", stamp, LEVELS[level], event);
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].value.len)
            continue;
        buffer_add_format(out, " %s=", fields[i].name);
        add_value(out, fields[i].value);
    }
}

static void format_json(struct buffer *out, const char *stamp, enum settings_log_level level,
                        const char *event, const struct log_field *fields, size_t count)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_open_object(&writer, NULL);
    json_add_text(&writer, "time", view_of(stamp));
    json_add_text(&writer, "level", view_of(LEVELS[level]));
    json_add_text(&writer, "event", view_of(event));
    for (size_t i = 0; i < count; i++)
        if (fields[i].value.len)
            json_add_text(&writer, fields[i].name, fields[i].value);
    json_close_object(&writer);
}

void log_write(const struct log *log, enum settings_log_level level, const char *event,
               const struct log_field *fields, size_t count)
{
    struct buffer line, clean;
    char stamp[STAMP_SIZE];
    struct view left;

    if (level > log->level)
        return;
    format_now(stamp);
    buffer_init(&line, LINE_MAX_BYTES);
    buffer_init(&clean, LINE_MAX_BYTES);
    (log->json ? format_json : format_text)(&line, stamp, level, event, fields, count);
    redact_add(&clean, buffer_view(&line), log->secrets, log->secret_count);
    buffer_add_byte(&clean, '\n');
    left = buffer_view(&clean);
    while (left.len > 0) {
        ssize_t done = write(log->fd, left.ptr, left.len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            break; /* nobody reads the log: the work goes on */
        left = view_slice(left, (size_t)done, left.len);
    }
    buffer_deinit(&clean);
    buffer_deinit(&line);
}

enum err_code log_secrets(const struct settings *settings, struct arena *arena, struct log *out,
                          struct err *err)
{
    size_t count = 0;
    struct view *secrets =
        ARENA_ARRAY(arena, struct view, settings->forge_count * (SETTINGS_SECRETS_MAX + 2) + 1);

    if (!secrets)
        return arena_full(arena, err);
    for (size_t i = 0; i < settings->forge_count; i++) {
        const struct settings_forge *forge = &settings->forges[i];

        for (size_t j = 0; j < forge->secret_count; j++)
            secrets[count++] = forge->secrets[j];
        if (forge->token.len)
            secrets[count++] = forge->token;
        if (forge->app_key.len)
            secrets[count++] = forge->app_key;
    }
    out->secrets = secrets;
    out->secret_count = count;
    return ERR_OK;
}
