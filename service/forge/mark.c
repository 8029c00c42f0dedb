/* Our hidden marks in what we post, by which it is found again, and what people's answers there mean. */
#include "base/buffer.h"
#include "forge/forge_internal.h"
#include <ctype.h>

#define MARKER_START "<!-- perf-review:v1 head="
#define MARKER_JOB " job="
#define MARKER_END " -->"
#define COMMENT_START "<!-- perf-review:fp="
#define ANSWER_START "<!-- perf-review:answer job="
#define FIXED_START "<!-- perf-review:fixed="
#define FIXED_WORDS "**Fixed in `"
#define FIXED_WORDS_END "`.**\n\n"

enum { FINGERPRINT_LEN = 16, HEAD_SHOWN = 12, WORDS_MAX = 40 };

struct view forge_summary_marker(struct view head_sha, struct view job, struct arena *arena)
{
    return arena_format(arena, MARKER_START "%.*s" MARKER_JOB "%.*s" MARKER_END, VIEW_ARG(head_sha),
                        VIEW_ARG(job));
}

struct view forge_comment_marker(struct view fingerprint, struct arena *arena)
{
    return arena_format(arena, COMMENT_START "%.*s" MARKER_END, VIEW_ARG(fingerprint));
}

/* What stands between @p start and the end of a marker, from @p from on; *next is where to look further. */
static bool next_mark(struct view body, const char *start, size_t from, struct view *inside, size_t *next)
{
    struct view opens = view_of(start);
    size_t at = view_find(body, opens, from), close;

    if (at == SIZE_MAX)
        return false;
    close = view_find(body, VIEW(MARKER_END), at + opens.len);
    if (close == SIZE_MAX)
        return false;
    *inside = view_slice(body, at + opens.len, close);
    *next = at + opens.len;
    return true;
}

bool forge_marker_read(struct view body, struct view *head, struct view *job)
{
    struct view inside;
    bool found = false;

    /* The last one: a marker stands at the end, and what is before it may quote others. */
    for (size_t at = 0; next_mark(body, MARKER_START, at, &inside, &at);) {
        size_t middle = view_find(inside, VIEW(MARKER_JOB), 0);
        struct view sha = view_slice(inside, 0, middle), name;

        if (middle == SIZE_MAX)
            continue;
        name = view_slice(inside, middle + sizeof(MARKER_JOB) - 1, inside.len);
        if (!forge_sha_is_valid(sha) || !forge_token_is_valid(name, FORGE_JOB_MAX))
            continue;
        *head = sha;
        *job = name;
        found = true;
    }
    return found;
}

struct view forge_fingerprint_find(struct view body)
{
    struct view inside;

    for (size_t at = 0; next_mark(body, COMMENT_START, at, &inside, &at);)
        if (inside.len == FINGERPRINT_LEN && forge_token_is_valid(inside, FINGERPRINT_LEN))
            return inside;
    return (struct view){0};
}

struct view forge_answer_marker(struct view job, struct arena *arena)
{
    return arena_format(arena, ANSWER_START "%.*s" MARKER_END, VIEW_ARG(job));
}

struct view forge_answer_find(struct view body)
{
    struct view inside, job = {0};

    for (size_t at = 0; next_mark(body, ANSWER_START, at, &inside, &at);)
        if (forge_token_is_valid(inside, FORGE_JOB_MAX))
            job = inside;
    return job;
}

struct view forge_fixed_find(struct view body)
{
    struct view inside;

    for (size_t at = 0; next_mark(body, FIXED_START, at, &inside, &at);)
        if (forge_sha_is_valid(inside))
            return inside;
    return (struct view){0};
}

struct view forge_body_reopened(struct view body, struct arena *arena)
{
    size_t words = view_starts(body, FIXED_WORDS) ? view_find(body, VIEW(FIXED_WORDS_END), 0) : SIZE_MAX,
           mark = view_find(body, VIEW(FIXED_START), 0);

    if (words != SIZE_MAX)
        words += sizeof(FIXED_WORDS_END) - 1;
    return arena_format(arena, "%.*s",
                        VIEW_ARG(view_trim(view_slice(body, words == SIZE_MAX ? 0 : words, mark))));
}

struct view forge_body_fixed(struct view body, struct view head, struct arena *arena)
{
    struct view plain = forge_body_reopened(body, arena), shown = view_slice(head, 0, HEAD_SHOWN);

    return plain.len == 0
               ? plain
               : arena_format(arena,
                              FIXED_WORDS "%.*s" FIXED_WORDS_END "%.*s\n" FIXED_START "%.*s" MARKER_END,
                              VIEW_ARG(shown), VIEW_ARG(plain), VIEW_ARG(head));
}

/* Lower case, an apostrophe of any kind as ', the beginning alone. */
static struct view plain_words(struct view text, char out[WORDS_MAX])
{
    size_t len = 0;

    for (size_t at = 0; at < text.len && len < WORDS_MAX; at++) {
        bool curly = view_starts(view_slice(text, at, text.len), "\xe2\x80\x99");

        if (len == 0 && !isalpha((unsigned char)text.ptr[at]))
            continue;
        out[len++] = curly ? '\'' : (char)tolower((unsigned char)text.ptr[at]);
        at += curly ? 2 : 0;
    }
    return (struct view){out, len};
}

bool forge_text_declines(struct view text)
{
    static const char *const OPENINGS[] = {"this is ", "that is ", "that's ", "it is ", "it's "};
    static const char *const NOES[] = {
        "won't fix",         "wont fix",       "wontfix",          "will not fix", "declined",  "decline",
        "by design",         "false positive", "a false positive", "intentional",  "intended",  "as intended",
        "works as intended", "not a problem",  "not an issue",     "not worth it", "no thanks", "no, thanks",
    };
    char words[WORDS_MAX];
    struct view said = plain_words(text, words);

    for (size_t i = 0; i < COUNT_OF(OPENINGS); i++)
        if (view_starts(said, OPENINGS[i])) {
            said = view_slice(said, view_of(OPENINGS[i]).len, said.len);
            break;
        }
    for (size_t i = 0; i < COUNT_OF(NOES); i++) {
        size_t len = view_of(NOES[i]).len;

        if (view_starts(said, NOES[i]) && (said.len == len || !isalnum((unsigned char)said.ptr[len])))
            return true;
    }
    return false;
}
