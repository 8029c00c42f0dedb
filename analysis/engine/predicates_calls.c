/* Predicates on the functions and classes of the file: who calls them, what they do. */
#include "engine_internal.h"

/* The function that @p node defines or names there, else the one that it calls, else the one around it. */
static uint32_t function_meant(struct look *look, uint32_t node)
{
    const struct facts *facts = look->facts;
    uint32_t own = facts_function_index(facts, node), parent = look->tree->nodes[node].parent;
    const struct function *around;

    if (own == FACT_NONE)
        own = facts_callee(look->facts, node);
    if (own == FACT_NONE && parent != NODE_NONE && parent + 1 == node)
        own = facts_callee(look->facts, parent); /* what a call calls */
    if (own != FACT_NONE)
        return own;
    around = facts_named_function(facts, node);
    return around != NULL ? (uint32_t)(around - facts->functions) : FACT_NONE;
}

bool holds_called_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t function = function_meant(look, a);
    (void)predicate, (void)b;
    return function != FACT_NONE && facts_looped_call(look->facts, function) != NULL;
}

bool holds_recursive(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t function = function_meant(look, a);
    (void)b;
    return function != FACT_NONE && facts_recursion(look->facts, function) >= predicate->number;
}

bool holds_pure_function(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t function = function_meant(look, a);
    (void)predicate, (void)b;
    return function != FACT_NONE && facts_pure_function(look->facts, function);
}

bool holds_result_only_iterated(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t function = function_meant(look, a);
    (void)predicate, (void)b;
    return function != FACT_NONE && facts_result_only_iterated(look->facts, function);
}

bool holds_class(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return facts_class_flags(look->facts, a, predicate->bits) == predicate->bits;
}

bool holds_each_pass(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_runs_each_pass(look->facts, a);
}

bool holds_times_in_pass(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return facts_times_in_pass(look->facts, a) >= predicate->number;
}

bool holds_macro_argument(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t macro = facts_argument_macro(look->facts, a);
    struct view name;
    (void)b;

    if (macro == NODE_NONE)
        return false;
    name = facts_macro_name(look->facts, macro);
    for (size_t i = 0; i < predicate->text_count; i++)
        if (view_equal(name, predicate->texts[i]))
            return true;
    return false;
}

bool holds_shown_as(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    enum { SPECS_MAX = 8 };
    struct view specs[SPECS_MAX];
    size_t count = 0;
    (void)b;

    if (!facts_shown_as(look->facts, a, specs, SPECS_MAX, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!pattern_matches(predicate->regex, specs[i]))
            return false;
    return true;
}

bool holds_shown_once(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    struct view spec;
    size_t count = 0;
    (void)predicate, (void)b;

    return facts_shown_as(look->facts, a, &spec, 1, &count);
}

/* Of a call of Python what it calls, in Rust the name of a function where it is defined. */
static const struct native *native_meant(struct look *look, uint32_t node)
{
    struct facts *facts = look->facts;

    if (facts->natives == NULL)
        return NULL;
    return look->tree->language == LANGUAGE_RUST ? natives_named(facts->natives, node_text(look->tree, node))
                                                 : natives_find(facts->natives, facts_path(facts, node));
}

bool holds_native(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct native *native = native_meant(look, a);
    uint64_t truths;

    (void)b;
    if (native == NULL)
        return false;
    truths = (uint64_t)!native->takes_many << NATIVE_ONE | (uint64_t)native->is_light << NATIVE_LIGHT |
             UINT64_C(1) << (native->for_many != NULL ? NATIVE_BATCHED : NATIVE_UNBATCHED);
    return (truths & predicate->bits) == predicate->bits;
}

bool holds_called_from_python(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return look->facts->natives != NULL &&
           natives_call(look->facts->natives, node_text(look->tree, a)) != NULL;
}
