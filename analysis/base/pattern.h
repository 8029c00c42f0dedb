/** @file pattern.h  Regular expressions (PCRE2 behind it), JIT where the system allows it, with match
 *  limits so that no pattern can hang, and path globs that are compiled to patterns. */
#pragma once
#include "base/err.h"

enum {
    PATTERN_MATCH_LIMIT = 100000, /* backtracking steps from one start in the text */
    PATTERN_TEXT_MAX = 4096,      /* bytes of a pattern's own text */
};

struct pattern; /* opaque, read-only after it is made: usable from many threads */

/** Compile a regular expression, UTF off, unanchored. Owner: caller, until pattern_free().
 *  Errors: ERR_INVALID with the offset and PCRE2's reason; ERR_LIMIT; ERR_MEMORY. */
NODISCARD enum err_code pattern_new(struct view regex, struct pattern **out, struct err *err);
/** Compile a path glob: `*` and `?` stay within a segment, `**` crosses them, `[a-z]`, `[!a-z]`, `{a,b}`,
 *  `\` escapes. A glob without '/' matches the last segment, one that ends in '/' everything below such a
 *  folder; a '/' elsewhere, also at the front, ties it to the root. A path has no '/' at its front.
 *  Errors: ERR_INVALID with the offset; ERR_LIMIT; ERR_MEMORY. */
NODISCARD enum err_code pattern_new_glob(struct view glob, struct pattern **out, struct err *err);
void pattern_free(struct pattern *pattern);
/** Whether @p text has a match. False also when the match limit stops it. */
bool pattern_matches(const struct pattern *pattern, struct view text);
/** The same, with the byte range of group 0..@p count-1 in @p groups (start, end pairs; SIZE_MAX: unset). */
bool pattern_find(const struct pattern *pattern, struct view text, size_t from, size_t (*groups)[2],
                  size_t count);
