/** @file examples.h  A rule's examples as its tests. A line of a bad example that ends with the comment
 *  `expect` (`# expect`, `// expect`) expects one finding of the rule there, `expect 2` two. */
#pragma once
#include "base/buffer.h"
#include "engine/rule.h"

enum { EXAMPLE_FINDINGS_MAX = 1000 }; /* of one example */

/** How many findings the 1-based @p line of an example expects; line 0: the whole example. */
uint32_t example_expected(struct view text, uint32_t line);
/** An example without its expectation comments: what is analysed. Lines stay as they are counted. */
NODISCARD
enum err_code example_plain(struct view text, struct arena *arena, struct view *out, struct err *err);

/** Analyse @p text, the example's without its expectations, and give the line of each finding of @p rule, at
 *  most EXAMPLE_FINDINGS_MAX. */
typedef enum err_code example_analyse(void *ctx, const struct rule *rule, const struct example *example,
                                      struct view text, uint32_t *lines, size_t *count, struct err *err);

/** Run the examples of @p rule. A line "file:line: ..." is added to @p report for each line of an example
 *  where the findings are not those expected; *failures counts them. Errors: those of @p analyse, ERR_LIMIT.
 */
NODISCARD
enum err_code examples_check(const struct rule *rule, example_analyse *analyse, void *ctx,
                             struct arena *arena, struct buffer *report, size_t *failures, struct err *err);
