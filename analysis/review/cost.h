/** @file cost.h  The latency table and the formulas of rules: what a finding costs, in nanoseconds and words.
 */
#pragma once
#include "base/arena.h"
#include "base/buffer.h"
#include "engine/match.h"
#include "perfreview/review.h"

enum {
    FORMULA_DEPTH_MAX = 32,
    FORMULA_BYTES_MAX = 400,
    ASSUMED_N = 1000,     /* trips or length where nothing is known */
    ASSUMED_OUTER_N = 10, /* trips of an unknown loop around an unknown one */
};

struct latency; /* opaque: names and nanoseconds, sorted by name */

/** The built-in table (config/latency.yml) with the rows of @p overrides (YAML, may be empty) in their place.
 *  Errors: ERR_INVALID "latency:line:column: ..." for an unknown name or a figure that is not positive. */
NODISCARD
enum err_code latency_new(struct view overrides, struct arena *arena, struct latency **out, struct err *err);
/** The nanoseconds of a name; false where the table has no such row. */
bool latency_get(const struct latency *table, struct view name, double *ns);

/* What a formula is evaluated with. */
struct cost_input {
    const struct latency *latency;
    double loop_n, inner_n; /* trips */
    bool loop_assumed, inner_assumed;
    const struct view *names;         /* captures whose `.n` may be asked */
    struct view labels[CAPTURES_MAX]; /* what words call them; empty: their name */
    size_t name_count;
    double lengths[CAPTURES_MAX];
    bool length_assumed[CAPTURES_MAX];
};

/** Evaluate @p formula. @p words (may be NULL) gets it in words; @p assumed is set, never cleared, when an
 *  assumed figure was used. Errors: ERR_INVALID with the column and what is wrong; a result that is not
 * finite or negative. */
NODISCARD
enum err_code cost_evaluate(struct view formula, const struct cost_input *input, double *ns,
                            struct buffer *words, bool *assumed, struct err *err);
/** Whether the formulas of every variant of @p rule can be evaluated. Errors: ERR_INVALID "rule: ...". */
NODISCARD
enum err_code cost_check(const struct rule *rule, const struct latency *latency, struct err *err);

/** The estimate of one match: sets everything but leaves known false where the rule has no formula. */
NODISCARD
enum err_code estimate_make(const struct match *match, struct facts *facts, const struct latency *latency,
                            struct arena *arena, struct estimate *out, struct err *err);
/** "At n = 1,000: 13 ms against 85 µs; at n = 10,000: ..."; adds nothing where no figure is assumed. */
NODISCARD
enum err_code estimate_curve(const struct match *match, struct facts *facts, const struct latency *latency,
                             struct buffer *out, struct err *err);
/** Trips of the loops around the site, multiplied. */
double match_trips(const struct match *match, const struct facts *facts);

/** A duration with two significant digits and its unit: "850 ns", "13 ms", "1.2 s", "3.5 h". */
void add_duration(struct buffer *out, double ns);
/** A count with thousands separators: "1,000". */
void add_count(struct buffer *out, double count);
