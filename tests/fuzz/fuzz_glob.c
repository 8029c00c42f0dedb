/* The first line is a glob, the rest a path; the same line is tried as a regular expression. Laws that
 * hold whatever they are: a glob that is all escapes matches itself alone, what a name matches it
 * matches in every folder, and so on. */
#include "base/buffer.h"
#include "base/pattern.h"
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { GROUPS = 8, CAP = 1 << 20, PATH_MAX_BYTES = 300 };

static bool glob_matches(struct view glob, struct view path, bool *valid)
{
    struct pattern *pattern = NULL;
    struct err err = {0};
    enum err_code code = pattern_new_glob(glob, &pattern, &err);
    bool matches = false;

    assert(code == ERR_OK || code == ERR_INVALID || code == ERR_LIMIT);
    assert((code == ERR_OK) == (pattern != NULL) && (code == ERR_OK) == (err.message[0] == '\0'));
    *valid = pattern != NULL;
    if (pattern != NULL)
        matches = pattern_matches(pattern, path);
    pattern_free(pattern);
    return matches;
}

/* Each byte of the path behind a backslash: it means itself and nothing else. */
static void check_escaped(struct view path)
{
    struct buffer glob, other;
    bool valid;

    if (path.len == 0 || memchr(path.ptr, '\0', path.len) != NULL || view_ends(path, "/") ||
        view_starts(path, "/"))
        return;
    buffer_init(&glob, CAP);
    buffer_init(&other, CAP);
    buffer_add_byte(&glob, '/'); /* from the root */
    for (size_t i = 0; i < path.len; i++) {
        buffer_add_byte(&glob, '\\');
        buffer_add_byte(&glob, path.ptr[i]);
    }
    assert(glob_matches(buffer_view(&glob), path, &valid) && valid);
    buffer_add(&other, path);
    buffer_add_byte(&other, 'x');
    assert(!glob_matches(buffer_view(&glob), buffer_view(&other), &valid));
    assert(!glob_matches(buffer_view(&glob), view_slice(path, 1, path.len), &valid));
    assert(!glob_matches(buffer_view(&glob), view_slice(path, 0, path.len - 1), &valid));
    assert(glob_matches(VIEW("**"), path, &valid));
    buffer_deinit(&glob);
    buffer_deinit(&other);
}

/* A glob that names no folder holds in every folder, and as one of two alternatives. */
static void check_name(struct view glob, struct view path)
{
    struct buffer text;
    bool valid;

    if (view_find_byte(glob, '/', 0) != SIZE_MAX || !glob_matches(glob, path, &valid))
        return;
    buffer_init(&text, CAP);
    buffer_add_text(&text, "some/folder/");
    buffer_add(&text, path);
    assert(glob_matches(glob, buffer_view(&text), &valid));
    buffer_clear(&text);
    buffer_add(&text, path);
    buffer_add_text(&text, "/below");
    buffer_add_byte(&text, '\0');
    buffer_add(&text, glob);
    buffer_add_byte(&text, '/');
    assert(glob_matches(view_slice(buffer_view(&text), path.len + 7, text.len),
                        view_slice(buffer_view(&text), 0, path.len + 6), &valid));
    if (view_find_byte(glob, ',', 0) == SIZE_MAX && !view_ends(glob, "\\")) {
        buffer_clear(&text);
        buffer_add_text(&text, "{zzz,");
        buffer_add(&text, glob);
        buffer_add_byte(&text, '}');
        assert(glob_matches(buffer_view(&text), path, &valid));
    }
    buffer_deinit(&text);
}

static void check_regex(struct view regex, struct view text)
{
    size_t groups[GROUPS][2];
    struct pattern *pattern = NULL;
    struct err err = {0};

    if (pattern_new(regex, &pattern, &err) != ERR_OK) {
        assert(pattern == NULL && err.message[0] != '\0');
        return;
    }
    if (pattern_find(pattern, text, 0, groups, GROUPS)) {
        assert(groups[0][0] != SIZE_MAX && pattern_matches(pattern, text));
        for (size_t i = 0; i < GROUPS; i++) {
            assert((groups[i][0] == SIZE_MAX) == (groups[i][1] == SIZE_MAX));
            assert(groups[i][0] == SIZE_MAX || (groups[i][0] <= text.len && groups[i][1] <= text.len));
        }
    }
    pattern_free(pattern);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view path = {(const char *)data, size}, glob = {NULL, 0};
    bool valid;

    (void)view_split(&path, '\n', &glob);
    if (path.ptr == NULL)
        path = VIEW("");
    path = view_slice(path, 0, PATH_MAX_BYTES);
    (void)glob_matches(glob, path, &valid);
    check_name(glob, path);
    check_escaped(path);
    check_regex(glob, path);
    return 0;
}
