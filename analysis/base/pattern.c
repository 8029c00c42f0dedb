/* Regular expressions by PCRE2 and path globs that become one. No match runs for long: steps, depth
 * and memory are limited, and a match that hits a limit counts as none. Without JIT (a process that may
 * not make memory executable) PCRE2's interpreter does the same work. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"
#include "base/buffer.h"
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAP_LIMIT_KIB = 4096,   /* of backtracking memory for one match */
    KEPT_TEXT_MAX = 1024,    /* bytes; a longer text may leave much of that memory in the match data */
    REGEX_PER_GLOB_BYTE = 16 /* a byte of a glob makes less than this of a regex: a negated class is worst */
};

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
    /* One set of match data to spare a malloc per match: a thread takes it away while it uses it, and a
     * thread that finds none makes its own. Apart, because it changes while the pattern does not. */
    _Atomic(pcre2_match_data *) *spare;
};

static enum err_code compile(struct view regex, uint32_t options, const char *kind, struct view shown,
                             struct pattern **out, struct err *err)
{
    enum err_code code = ERR_OK;
    struct pattern *pattern = calloc(1, sizeof(*pattern));
    PCRE2_UCHAR reason[128];
    PCRE2_SIZE at;
    int problem;

    if (pattern == NULL)
        return err_set(err, ERR_MEMORY, "%s: no memory left", kind);
    pattern->code =
        pcre2_compile((PCRE2_SPTR)(regex.ptr ? regex.ptr : ""), regex.len, options, &problem, &at, NULL);
    if (pattern->code == NULL) {
        pcre2_get_error_message(problem, reason, sizeof(reason));
        code = problem == PCRE2_ERROR_HEAP_FAILED
                   ? err_set(err, ERR_MEMORY, "%s: no memory left", kind)
                   : err_set(err, ERR_INVALID, "%s \"%.*s\": byte %zu: %s", kind, VIEW_ARG(shown), (size_t)at,
                             (const char *)reason);
        goto done;
    }
    (void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE); /* a failure leaves the interpreter */
    pattern->limits = pcre2_match_context_create(NULL);
    pattern->spare = calloc(1, sizeof(*pattern->spare));
    if (pattern->limits == NULL || pattern->spare == NULL) {
        code = err_set(err, ERR_MEMORY, "%s: no memory left", kind);
        goto done;
    }
    pcre2_set_match_limit(pattern->limits, PATTERN_MATCH_LIMIT);
    pcre2_set_depth_limit(pattern->limits, PATTERN_MATCH_LIMIT);
    pcre2_set_heap_limit(pattern->limits, HEAP_LIMIT_KIB);
    *out = pattern;
    pattern = NULL;
done:
    pattern_free(pattern);
    return code;
}

enum err_code pattern_new(struct view regex, struct pattern **out, struct err *err)
{
    if (regex.len > PATTERN_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "regular expression: %zu bytes, limit %d", regex.len,
                       PATTERN_TEXT_MAX);
    return compile(regex, PCRE2_NEVER_BACKSLASH_C, "regular expression", regex, out, err);
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    if (pattern->spare != NULL)
        pcre2_match_data_free(atomic_load(pattern->spare));
    free(pattern->spare);
    pcre2_match_context_free(pattern->limits);
    pcre2_code_free(pattern->code);
    free(pattern);
}

bool pattern_matches(const struct pattern *pattern, struct view text)
{
    return pattern_find(pattern, text, 0, NULL, 0);
}

bool pattern_find(const struct pattern *pattern, struct view text, size_t from, size_t (*groups)[2],
                  size_t count)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.ptr ? text.ptr : "");
    pcre2_match_data *data;
    bool keep = text.len <= KEPT_TEXT_MAX;
    int rc;

    if (from > text.len)
        return false;
    data = atomic_exchange(pattern->spare, NULL);
    if (data == NULL)
        data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    if (data == NULL)
        return false;
    rc = pcre2_match(pattern->code, subject, text.len, from, 0, data, pattern->limits);
    /* Compiled code has a small stack of its own; the interpreter has the heap limit. */
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
        rc = pcre2_match(pattern->code, subject, text.len, from, PCRE2_NO_JIT, data, pattern->limits);
        keep = false;
    }
    for (size_t i = 0; rc > 0 && i < count; i++) {
        const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(data);
        bool set = i < (size_t)rc;

        groups[i][0] = set ? pairs[2 * i] : SIZE_MAX; /* PCRE2_UNSET is the same value */
        groups[i][1] = set ? pairs[2 * i + 1] : SIZE_MAX;
    }
    if (keep)
        data = atomic_exchange(pattern->spare, data);
    pcre2_match_data_free(data);
    return rc > 0;
}

/* Globs. */

struct glob {
    struct view text;
    size_t at;
    int braces; /* open ones */
    struct buffer regex;
    const char *problem; /* what is wrong at byte `at`; NULL while nothing is */
};

static void add_literal(struct glob *glob, char c)
{
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                (unsigned char)c >= 0x80;

    if (!word)
        buffer_add_byte(&glob->regex, '\\');
    buffer_add_byte(&glob->regex, c);
}

static bool at_byte(const struct glob *glob, size_t at, char c)
{
    return at < glob->text.len && glob->text.ptr[at] == c;
}

/* One star stays within a segment; two or more cross segments, and a whole segment of them may also be
 * no segment at all, as in a (double star) b matching a/b. */
static void add_stars(struct glob *glob)
{
    size_t start = glob->at;
    bool first;

    while (at_byte(glob, glob->at, '*'))
        glob->at++;
    if (glob->at - start == 1) {
        buffer_add_text(&glob->regex, "[^/]*");
        return;
    }
    first = start == 0 || view_find_byte(VIEW("/{,"), glob->text.ptr[start - 1], 0) != SIZE_MAX;
    if (first && at_byte(glob, glob->at, '/')) {
        glob->at++;
        buffer_add_text(&glob->regex, "(?:.*/)?");
    } else {
        buffer_add_text(&glob->regex, ".*");
    }
}

/* A class becomes the set of its bytes, and that the ranges of a regex class: nothing of the glob's own
 * text gets into the regex. '/' is never in it. */
static void add_class(struct glob *glob)
{
    bool set[256] = {false}, negated, any = false;
    size_t start = glob->at++, first;

    negated = at_byte(glob, glob->at, '!') || at_byte(glob, glob->at, '^');
    glob->at += negated;
    for (first = glob->at;
         glob->at < glob->text.len && (glob->at == first || glob->text.ptr[glob->at] != ']');) {
        unsigned char low = (unsigned char)glob->text.ptr[glob->at++], high = low;

        if (at_byte(glob, glob->at, '-') && glob->at + 1 < glob->text.len &&
            glob->text.ptr[glob->at + 1] != ']') {
            high = (unsigned char)glob->text.ptr[glob->at + 1];
            glob->at += 2;
        }
        if (high < low) {
            glob->problem = "a range runs backwards";
            return;
        }
        for (unsigned c = low; c <= high; c++)
            set[c] = true;
    }
    if (glob->at >= glob->text.len) {
        glob->at = start;
        glob->problem = "'[' has no ']'";
        return;
    }
    glob->at++;
    buffer_add_byte(&glob->regex, '[');
    for (unsigned c = 0, last; c < 256; c++) {
        if (set[c] == negated || c == '/')
            continue;
        for (last = c; last < 255 && set[last + 1] != negated && last + 1 != '/'; last++)
            ;
        buffer_add_format(&glob->regex, "\\x%02x-\\x%02x", c, last);
        any = true;
        c = last;
    }
    buffer_add_byte(&glob->regex, ']');
    if (!any) {
        glob->at = start;
        glob->problem = "a class that nothing matches";
    }
}

static void add_piece(struct glob *glob)
{
    char c = glob->text.ptr[glob->at];

    switch (c) {
    case '*':
        add_stars(glob);
        return;
    case '[':
        add_class(glob);
        return;
    case '?':
        buffer_add_text(&glob->regex, "[^/]");
        break;
    case '{':
        glob->braces++;
        buffer_add_text(&glob->regex, "(?:");
        break;
    case '}':
        if (glob->braces == 0) {
            glob->problem = "'}' has no '{'";
            return;
        }
        glob->braces--;
        buffer_add_byte(&glob->regex, ')');
        break;
    case ',':
        buffer_add_text(&glob->regex, glob->braces > 0 ? "|" : ",");
        break;
    case '\\':
        if (glob->at + 1 == glob->text.len) {
            glob->problem = "'\\' at the end";
            return;
        }
        add_literal(glob, glob->text.ptr[++glob->at]);
        break;
    case '\0':
        glob->problem = "a NUL byte";
        return;
    default:
        add_literal(glob, c);
    }
    glob->at++;
}

enum err_code pattern_new_glob(struct view text, struct pattern **out, struct err *err)
{
    struct glob glob = {.text = text};
    enum err_code code;
    bool below, anchored;

    if (text.len > PATTERN_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "glob: %zu bytes, limit %d", text.len, PATTERN_TEXT_MAX);
    below = view_ends(text, "/");
    if (below)
        glob.text.len--;
    anchored = view_find_byte(glob.text, '/', 0) != SIZE_MAX;
    glob.at = view_starts(glob.text, "/"); /* the root, which paths do not write */
    if (glob.at == glob.text.len)
        return err_set(err, ERR_INVALID, "glob \"%.*s\": names nothing", VIEW_ARG(text));
    buffer_init(&glob.regex, (size_t)PATTERN_TEXT_MAX * REGEX_PER_GLOB_BYTE);
    buffer_add_text(&glob.regex, anchored ? "\\A" : "\\A(?:.*/)?");
    while (glob.at < glob.text.len && glob.problem == NULL)
        add_piece(&glob);
    if (glob.problem == NULL && glob.braces > 0)
        glob.problem = "'{' has no '}'";
    if (below)
        buffer_add_byte(&glob.regex, '/');
    else
        buffer_add_text(&glob.regex, "\\z");
    if (glob.problem != NULL)
        code =
            err_set(err, ERR_INVALID, "glob \"%.*s\": byte %zu: %s", VIEW_ARG(text), glob.at, glob.problem);
    else if (buffer_check(&glob.regex, "glob", err) == ERR_OK)
        code = compile(buffer_view(&glob.regex), PCRE2_DOTALL, "glob", text, out, err);
    else
        code = err ? err->code : ERR_LIMIT;
    buffer_deinit(&glob.regex);
    return code;
}
