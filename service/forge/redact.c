/* Secrets out of texts. Two ways: the very secrets that we hold, wherever they stand, and shapes that tell a
 * secret of others (forges.md E9). Better a word too many than a token in a log. */
#include "forge/redact.h"

#include <string.h>

#define REDACTED "[redacted]"

enum {
    SECRET_MIN = 4, /* shorter ones would blank ordinary words */
    TOKEN_MIN = 16, /* characters after a token's prefix */
};

static const char *const TOKEN_PREFIXES[] = {"ghs_", "ghp_", "gho_", "ghu_", "ghr_", "github_pat_", "glpat-"};

/* Names whose value, to the end of the line, is secret; any case. */
static const char *const VALUE_NAMES[] = {
    "authorization:",     "private-token:",       "x-gitlab-token:",
    "webhook-signature:", "x-hub-signature-256:", "x-perf-review-signature-256:"};

static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/* Bytes at @p at that are one of our own secrets: the longest, since one may start with another. */
static size_t own_secret(struct view rest, const struct view *secrets, size_t count)
{
    size_t longest = 0;

    for (size_t i = 0; i < count; i++)
        if (secrets[i].len >= SECRET_MIN && secrets[i].len > longest &&
            view_equal(view_slice(rest, 0, secrets[i].len), secrets[i]))
            longest = secrets[i].len;
    return longest;
}

static size_t known_token(struct view rest)
{
    for (size_t i = 0; i < COUNT_OF(TOKEN_PREFIXES); i++) {
        size_t start = strlen(TOKEN_PREFIXES[i]), end = start;

        if (!view_starts(rest, TOKEN_PREFIXES[i]))
            continue;
        while (end < rest.len && is_token_byte(rest.ptr[end]))
            end++;
        if (end - start >= TOKEN_MIN)
            return end;
    }
    return 0;
}

/* The value after "Bearer " and its like. */
static size_t bearer(struct view rest)
{
    static const char NAME[] = "bearer ";
    size_t start = sizeof(NAME) - 1, end = start;

    if (!view_is_nocase(view_slice(rest, 0, start), NAME))
        return 0;
    while (end < rest.len && is_token_byte(rest.ptr[end]))
        end++;
    return end - start >= TOKEN_MIN ? end : 0;
}

static size_t named_value(struct view rest)
{
    for (size_t i = 0; i < COUNT_OF(VALUE_NAMES); i++) {
        size_t len = strlen(VALUE_NAMES[i]), end;

        if (!view_is_nocase(view_slice(rest, 0, len), VALUE_NAMES[i]))
            continue;
        end = view_find_byte(rest, '\n', len);
        return end == SIZE_MAX ? rest.len : end;
    }
    return 0;
}

/* Bytes of "user:password@" right after "://". */
static size_t user_info(struct view text, size_t at)
{
    if (at < 3 || !view_equal(view_slice(text, at - 3, at), VIEW("://")))
        return 0;
    for (size_t end = at; end < text.len; end++) {
        char c = text.ptr[end];

        if (c == '@')
            return end - at;
        if (c == '/' || c == '"' || c == '\'' || (unsigned char)c <= ' ')
            return 0;
    }
    return 0;
}

void redact_add(struct buffer *out, struct view text, const struct view *secrets, size_t count)
{
    size_t kept = 0; /* what stands before this is in @p out already */

    for (size_t at = 0; at < text.len;) {
        struct view rest = view_slice(text, at, text.len);
        size_t len = own_secret(rest, secrets, count);

        len = len ? len : known_token(rest);
        len = len ? len : bearer(rest);
        len = len ? len : named_value(rest);
        len = len ? len : user_info(text, at);
        if (len == 0) {
            at++;
            continue;
        }
        buffer_add(out, view_slice(text, kept, at));
        buffer_add_text(out, REDACTED);
        at += len;
        kept = at;
    }
    buffer_add(out, view_slice(text, kept, text.len));
}

void redact_error(struct err *err, const struct view *secrets, size_t count)
{
    struct buffer clean;
    struct view result;

    buffer_init(&clean, (size_t)ERR_MESSAGE_MAX * sizeof(REDACTED));
    redact_add(&clean, view_of(err->message), secrets, count);
    /* Without memory nothing is better than a secret. */
    result = clean.failed == ERR_OK ? buffer_view(&clean) : VIEW("(a message that could not be redacted)");
    result = view_slice(result, 0, ERR_MESSAGE_MAX - 1);
    if (result.len > 0)
        memcpy(err->message, result.ptr, result.len);
    err->message[result.len] = '\0';
    buffer_deinit(&clean);
}
