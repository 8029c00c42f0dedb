/* Borrowed text. No function reads past a view's length, and none hands NULL to memcmp and its like,
 * which the language forbids even for zero bytes. */
#include "base/view.h"
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct view view_of(const char *text)
{
    return (struct view){text, text ? strlen(text) : 0};
}

bool view_equal(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool view_is(struct view v, const char *text)
{
    return view_equal(v, view_of(text));
}

bool view_is_nocase(struct view v, const char *text)
{
    struct view other = view_of(text);

    if (v.len != other.len)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (lower(v.ptr[i]) != lower(other.ptr[i]))
            return false;
    return true;
}

bool view_starts(struct view v, const char *prefix)
{
    struct view p = view_of(prefix);

    return p.len == 0 || (v.len >= p.len && memcmp(v.ptr, p.ptr, p.len) == 0);
}

bool view_ends(struct view v, const char *suffix)
{
    struct view s = view_of(suffix);

    return s.len == 0 || (v.len >= s.len && memcmp(v.ptr + v.len - s.len, s.ptr, s.len) == 0);
}

int view_compare(struct view a, struct view b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

struct view view_slice(struct view v, size_t start, size_t end)
{
    if (v.ptr == NULL)
        return v;
    if (end > v.len)
        end = v.len;
    if (start > end)
        start = end;
    return (struct view){v.ptr + start, end - start};
}

struct view view_trim(struct view v)
{
    while (v.len > 0 && is_space(v.ptr[v.len - 1]))
        v.len--;
    while (v.len > 0 && is_space(*v.ptr)) {
        v.ptr++;
        v.len--;
    }
    return v;
}

size_t view_find_byte(struct view v, char byte, size_t from)
{
    const char *found;

    if (from >= v.len)
        return SIZE_MAX;
    found = memchr(v.ptr + from, byte, v.len - from);
    return found ? (size_t)(found - v.ptr) : SIZE_MAX;
}

size_t view_find(struct view v, struct view needle, size_t from)
{
    const char *found;

    if (from > v.len)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    if (needle.len > v.len - from)
        return SIZE_MAX;
    found = memmem(v.ptr + from, v.len - from, needle.ptr, needle.len);
    return found ? (size_t)(found - v.ptr) : SIZE_MAX;
}

bool view_split(struct view *rest, char separator, struct view *part)
{
    size_t at;

    if (rest->ptr == NULL)
        return false;
    at = view_find_byte(*rest, separator, 0);
    if (at == SIZE_MAX) {
        *part = *rest;
        *rest = (struct view){NULL, 0};
    } else {
        *part = view_slice(*rest, 0, at);
        *rest = view_slice(*rest, at + 1, rest->len);
    }
    return true;
}

bool view_to_u64(struct view v, uint64_t *out)
{
    uint64_t value = 0;

    if (v.len == 0)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] < '0' || v.ptr[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(v.ptr[i] - '0'), &value))
            return false;
    }
    *out = value;
    return true;
}
