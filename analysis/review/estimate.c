/* The estimate of one match: the rule's formulas with the trips and lengths that the facts know. */
#include "cost.h"
#include "escape.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_BYTES_MAX = 4096, LABEL_BYTES_MAX = 40 };

#define TRIPS_MAX 1e12 /* more would only look exact */

static const struct {
    double ns;
    const char *name;
} UNITS[] = {{3600e9, "h"}, {60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}};

/* Two significant digits, halves up (printf rounds them to even). */
static double two_digits(double value)
{
    double step;
    if (value <= 0)
        return 0;
    step = pow(10, floor(log10(value)) - 1);
    return floor(value / step + 0.5 + 1e-9) * step;
}

void add_count(struct buffer *out, double count)
{
    char digits[64];
    int len = snprintf(digits, sizeof(digits), "%.0f", count);

    if (count > 0 && count < 10 && count != floor(count)) {
        buffer_add_format(out, "%.2g", count);
        return;
    }
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buffer_add_text(out, ",");
        buffer_add_byte(out, digits[i]);
    }
}

void add_duration(struct buffer *out, double ns)
{
    const char *unit = "ns";
    double scale = 1;

    /* Rounded first: 999.6 ns is 1 µs, never 1000 ns. */
    ns = two_digits(ns);
    for (size_t i = 0; i < COUNT_OF(UNITS); i++)
        if (ns >= UNITS[i].ns * (1 - 1e-9)) {
            scale = UNITS[i].ns;
            unit = UNITS[i].name;
            break;
        }
    ns = two_digits(ns / scale);
    if (ns >= 10)
        add_count(out, ns);
    else
        buffer_add_format(out, "%.2g", ns);
    buffer_add_format(out, " %s", unit);
}

/* Trips of the loops around a node, multiplied. Of those that are unknown the innermost takes ASSUMED_N, the
 * ones around it ASSUMED_OUTER_N: a thousand each would turn three plain loops into hours that nobody has
 * seen. */
static double trips_around(const struct facts *facts, uint32_t node, bool *assumed)
{
    double n = 1, unknown = ASSUMED_N;

    for (const struct loop *loop = facts_loop(facts, node); loop != NULL;
         loop = loop->parent != FACT_NONE ? &facts->loops[loop->parent] : NULL) {
        n = fmin(n * (loop->trips < 0 ? unknown : (double)loop->trips), TRIPS_MAX);
        if (loop->trips < 0)
            unknown = ASSUMED_OUTER_N;
    }
    *assumed = unknown != ASSUMED_N;
    return n;
}

static void read_input(const struct match *match, struct facts *facts, const struct latency *latency,
                       struct cost_input *out)
{
    const struct loop *loop = facts_loop(facts, match->nodes[0]);
    const struct rule *rule = match->rule;

    *out = (struct cost_input){.latency = latency,
                               .loop_n = 1,
                               .inner_n = 1,
                               .names = rule->captures,
                               .name_count = rule->capture_count};
    out->loop_n = trips_around(facts, match->nodes[0], &out->loop_assumed);
    out->inner_assumed = loop != NULL && loop->trips < 0;
    if (loop != NULL)
        out->inner_n = loop->trips < 0 ? ASSUMED_N : (double)loop->trips;
    for (size_t i = 0; i < rule->capture_count; i++) {
        int64_t length = match->nodes[i] != NODE_NONE ? facts_length(facts, match->nodes[i]) : -1;
        out->length_assumed[i] = length < 0;
        out->lengths[i] = length < 0 ? ASSUMED_N : (double)length;
    }
}

double match_trips(const struct match *match, const struct facts *facts)
{
    bool assumed;
    return trips_around(facts, match->nodes[0], &assumed);
}

static bool evaluate(const struct variant *variant, const struct cost_input *input, double *before,
                     double *after, struct buffer *before_words, struct buffer *after_words, bool *assumed)
{
    struct err ignored = {0};
    /* cost_check() refused unknown names; what is left is a division by a length of zero: nothing to say. */
    return cost_evaluate(variant->cost_before, input, before, before_words, assumed, &ignored) == ERR_OK &&
           cost_evaluate(variant->cost_after, input, after, after_words, assumed, &ignored) == ERR_OK;
}

static void add_side(struct buffer *out, const struct buffer *words, double ns)
{
    struct buffer result;

    buffer_init(&result, WORDS_BYTES_MAX);
    add_duration(&result, ns);
    buffer_add(out, buffer_view(words));
    /* A formula that is one figure needs no result. */
    if (!view_starts(buffer_view(words), result.ptr != NULL ? result.ptr : "") ||
        view_find(buffer_view(words), VIEW(" × "), 0) != SIZE_MAX) {
        buffer_add_text(out, " ≈ ");
        buffer_add(out, buffer_view(&result));
    }
    buffer_deinit(&result);
}

/* In words a capture is called by its code, where that is short. */
static void add_labels(const struct match *match, const struct facts *facts, struct cost_input *input,
                       struct arena *arena)
{
    struct buffer span;
    struct err ignored;

    buffer_init(&span, WORDS_BYTES_MAX);
    for (size_t i = 0; i < input->name_count; i++) {
        struct view text = match->nodes[i] != NODE_NONE ? node_text(facts->tree, match->nodes[i]) : VIEW("");
        if (text.len == 0 || text.len > LABEL_BYTES_MAX)
            continue;
        buffer_clear(&span);
        escape_code_span(&span, text);
        if (arena_copy(arena, buffer_view(&span), &input->labels[i], &ignored) != ERR_OK)
            input->labels[i] = VIEW("");
    }
    buffer_deinit(&span);
}

enum err_code estimate_make(const struct match *match, struct facts *facts, const struct latency *latency,
                            struct arena *arena, struct estimate *out, struct err *err)
{
    struct cost_input input;
    struct buffer before, after, all;
    enum err_code code = ERR_OK;

    *out = (struct estimate){.n = match_trips(match, facts)};
    if (match->variant->cost_before.len == 0 || match->variant->cost_after.len == 0)
        return ERR_OK;
    read_input(match, facts, latency, &input);
    add_labels(match, facts, &input, arena);
    buffer_init(&before, WORDS_BYTES_MAX);
    buffer_init(&after, WORDS_BYTES_MAX);
    buffer_init(&all, 3 * WORDS_BYTES_MAX);
    out->known =
        evaluate(match->variant, &input, &out->before_ns, &out->after_ns, &before, &after, &out->assumed);
    if (out->known) {
        out->ratio = out->before_ns / fmax(out->after_ns, 0.1);
        add_side(&all, &before, out->before_ns);
        buffer_add_text(&all, ", against ");
        add_side(&all, &after, out->after_ns);
        if (out->assumed)
            buffer_add_text(&all, " (n assumed)");
        code = arena_copy(arena, buffer_view(&all), &out->formula, err);
    }
    buffer_deinit(&before);
    buffer_deinit(&after);
    buffer_deinit(&all);
    return code;
}

enum err_code estimate_curve(const struct match *match, struct facts *facts, const struct latency *latency,
                             struct buffer *out, struct err *err)
{
    static const double SIZES[] = {1000, 10000};
    struct cost_input input;
    bool assumed = false;
    double before, after;

    if (match->variant->cost_before.len == 0 || match->variant->cost_after.len == 0)
        return ERR_OK;
    read_input(match, facts, latency, &input);
    if (!evaluate(match->variant, &input, &before, &after, NULL, NULL, &assumed) || !assumed)
        return ERR_OK;
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        struct cost_input at = input;
        /* What is unknown takes this size (of several loops the innermost); known figures stay. */
        at.loop_n = fmin(input.loop_n * (input.loop_assumed ? SIZES[i] / ASSUMED_N : 1), TRIPS_MAX);
        at.inner_n = input.inner_assumed ? SIZES[i] : input.inner_n;
        for (size_t name = 0; name < input.name_count; name++)
            at.lengths[name] = input.length_assumed[name] ? SIZES[i] : input.lengths[name];
        if (!evaluate(match->variant, &at, &before, &after, NULL, NULL, &assumed))
            return ERR_OK;
        buffer_add_text(out, i == 0 ? "At n = " : "; at n = ");
        add_count(out, SIZES[i]);
        buffer_add_text(out, ": ");
        add_duration(out, before);
        buffer_add_text(out, " against ");
        add_duration(out, after);
    }
    buffer_add_text(out, ".");
    return buffer_check(out, "curve", err);
}
