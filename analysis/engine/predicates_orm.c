/* Predicates on object-relational mappers: models, and the queries that chains of calls make. */
#include "engine_internal.h"

bool holds_model_field(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return (predicate->bits >> facts_model_field(look->facts, a).kind & 1) != 0;
}

bool holds_preloaded(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_preloaded(look->facts, a);
}

bool holds_queries(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return (predicate->bits >> facts_query(look->facts, a) & 1) != 0;
}

bool holds_chain_uses_loop_target(struct look *look, const struct predicate *predicate, uint32_t a,
                                  uint32_t b)
{
    struct facts *facts = look->facts;
    uint32_t top = facts_chain_top(facts, a);

    (void)predicate, (void)b;
    for (uint32_t at = facts_context(facts, a)->loop; at != FACT_NONE; at = facts->loops[at].parent)
        if (facts_uses_loop_target(facts, top, &facts->loops[at]))
            return true;
    return false;
}

bool holds_chain_text(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return pattern_matches(predicate->regex, node_text(look->tree, facts_chain_top(look->facts, a)));
}

bool holds_row(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_is_row(look->facts, a);
}
