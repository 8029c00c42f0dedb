/* Predicates that only Rust code can answer: what a place asks for, what is done with a variable as a whole,
 * what a function gives back. */
#include "engine_internal.h"

enum { RESULTS_MAX = 64 /* expressions that one function gives back */ };

bool holds_wanted_type(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct type *type = facts_type(look->facts, a);
    (void)b;
    if (type->kind == TYPE_UNKNOWN)
        type = facts_wanted_type(look->facts, a);
    return (predicate->bits >> type->kind & 1) != 0;
}

bool holds_wanted_like(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct type *type = facts_type(look->facts, a), *like = facts_type(look->facts, b);

    (void)predicate;
    if (type->kind == TYPE_UNKNOWN)
        type = facts_wanted_type(look->facts, a);
    return type->kind != TYPE_UNKNOWN && type->kind == like->kind && view_equal(type->path, like->path);
}

/* Whether both are the same type, as far as it was written; unknown is never the same. */
static bool same_type(const struct type *a, const struct type *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind != TYPE_UNKNOWN && a->kind == b->kind && a->reference == b->reference &&
           view_equal(a->path, b->path) && same_type(a->item, b->item) && same_type(a->value, b->value);
}

bool holds_item_of(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct type *item = facts_type(look->facts, b)->item;
    (void)predicate;
    return item != NULL && same_type(facts_type(look->facts, a), item);
}

bool holds_indexes_only(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    return facts_indexes_only(look->facts, a, b, look->nodes[predicate->c]);
}

bool holds_receives_only(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return facts_receives_only(look->facts, a, false, predicate->texts, predicate->text_count);
}

bool holds_receives_idly(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return facts_receives_only(look->facts, a, true, predicate->texts, predicate->text_count);
}

static const struct function *defined_by(const struct facts *facts, uint32_t node)
{
    for (size_t i = 0; i < facts->function_count; i++)
        if (facts->functions[i].node == node)
            return &facts->functions[i];
    return NULL;
}

bool holds_results(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct function *function = defined_by(look->facts, a);
    uint32_t results[RESULTS_MAX];
    size_t count = function != NULL ? facts_results(look->facts, function, results, RESULTS_MAX) : 0;
    size_t matched = 0;

    (void)b;
    for (size_t i = 0; i < count; i++)
        matched += pattern_matches(predicate->regex, node_text(look->tree, results[i]));
    return count > 0 && matched * 100 >= count * (size_t)predicate->number;
}

bool holds_derives(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    for (size_t i = 0; i < predicate->text_count; i++)
        if (!facts_derives(look->facts, a, predicate->texts[i]))
            return false;
    return predicate->text_count > 0;
}
