/** @file view.h  Borrowed text: a pointer and a length. May hold NUL and any bytes; owns nothing. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

struct view {
    const char *ptr; /* never NULL where len > 0 */
    size_t len;      /* bytes */
};

/** A view of a string literal, and what printf's "%.*s" wants of a view. */
#define VIEW(literal) ((struct view){(literal), sizeof(literal) - 1})
#define VIEW_ARG(v) (int)((v).len > INT32_MAX ? INT32_MAX : (v).len), ((v).ptr ? (v).ptr : "")

/** The view of a NUL-terminated string; NULL gives the empty view. */
struct view view_of(const char *text);
bool view_equal(struct view a, struct view b);
bool view_is(struct view v, const char *text);
bool view_is_nocase(struct view v, const char *text); /* ASCII letters only */
bool view_starts(struct view v, const char *prefix);
bool view_ends(struct view v, const char *suffix);
/** Byte order, as memcmp; a prefix sorts first. */
int view_compare(struct view a, struct view b);
/** [start, end) of @p v, both clamped to its length. */
struct view view_slice(struct view v, size_t start, size_t end);
struct view view_trim(struct view v); /* ASCII space, tab, CR, LF at both ends */
/** Offset of the first @p byte or @p needle at or after @p from; SIZE_MAX where there is none. */
size_t view_find_byte(struct view v, char byte, size_t from);
size_t view_find(struct view v, struct view needle, size_t from);
/** Cut the part before @p separator from the front of @p rest into @p part; the last part ends at
 *  the end. False, and nothing changed, when @p rest is exhausted (ptr NULL). */
bool view_split(struct view *rest, char separator, struct view *part);
/** The number of a decimal view; false for empty, a sign, a stray byte or an overflow. */
bool view_to_u64(struct view v, uint64_t *out);
