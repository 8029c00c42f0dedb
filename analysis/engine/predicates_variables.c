/* Predicates on the variables of a function: where they are read, what they hold at a node, who else holds
 * it, and what a builtin's name means. */
#include "engine_internal.h"

/* Uses of one variable that are looked at. */
enum { SLICE_USES_MAX = 200, ROW_USES_MAX = 1000 };

bool holds_global(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);

    (void)predicate, (void)b;
    if (binding == NULL || facts->scopes[binding->scope].kind != SCOPE_MODULE ||
        facts_named_function(facts, a) == NULL)
        return false;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].kind != DEF_ASSIGN && facts->defs[d].kind != DEF_UNPACK &&
            facts->defs[d].kind != DEF_AUGMENT)
            return false;
    return binding->first_def != FACT_NONE;
}

bool holds_shadowed(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    for (size_t i = 0; i < predicate->text_count; i++)
        if (facts_shadowed(look->facts, a, predicate->texts[i]))
            return true;
    return false;
}

bool holds_use_count_in(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    return facts_binding(look->facts, a) != NULL &&
           facts_uses_within(look->facts, a, b) == (size_t)predicate->number;
}

bool holds_bound_names_read_after(struct look *look, const struct predicate *predicate, uint32_t a,
                                  uint32_t b)
{
    (void)predicate;
    return facts_bound_names_read_after(look->facts, a, b);
}

bool holds_empty_at(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_empty_at(look->facts, a, b);
}

bool holds_owned_at(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_owned_at(look->facts, a, b);
}

bool holds_rebound_in(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_rebound_in(look->facts, a, b);
}

bool holds_reads_item(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    return facts_item_reads(look->facts, a, b, look->nodes[predicate->c]) > 0;
}

bool holds_reads_item_only(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t key = look->nodes[predicate->c];
    size_t reads = facts_item_reads(look->facts, a, b, key);
    return reads > 0 && reads == facts_uses_within(look->facts, key, a);
}

bool holds_parameter_text(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint32_t type = facts_parameter_type(look->facts, a);
    (void)b;
    return type != NODE_NONE && pattern_matches(predicate->regex, node_text(look->tree, type));
}

static bool used_as_slice(struct look *look, const struct predicate *predicate, uint32_t use)
{
    struct view method;

    switch (facts_use_way(look->facts, use, &method)) {
    case USE_METHOD:
        return pattern_matches(predicate->regex, method);
    case USE_OTHER:
        return false;
    default:
        return true;
    }
}

bool holds_used_as_slice(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct facts *facts = look->facts;
    const struct binding *binding = facts_binding(facts, a);

    (void)b;
    if (binding == NULL || binding->def_count != 1 || binding->use_count == 0 ||
        binding->use_count > SLICE_USES_MAX || facts->scopes[binding->scope].kind == SCOPE_MODULE)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (!used_as_slice(look, predicate, facts->uses[u].node))
            return false;
    return true;
}

/* The statement of the block that statement b stands in, which holds @p node; NODE_NONE. */
static uint32_t statement_beside(const struct tree *tree, uint32_t node, uint32_t statement)
{
    uint32_t block = tree->nodes[statement].parent;

    while (node != NODE_NONE && tree->nodes[node].parent != block)
        node = tree->nodes[node].parent;
    return node;
}

/* Uses come in the order of the text: each call stands in the statement of the one before, or in the next one
 * and begins it. */
bool holds_called_in_a_row(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct binding *binding = facts_binding(look->facts, a);
    const struct tree *tree = look->tree;
    struct view one = VIEW("");
    uint32_t last = NODE_NONE;

    if (binding == NULL || binding->use_count > ROW_USES_MAX)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = look->facts->uses[u].next) {
        uint32_t use = look->facts->uses[u].node, at;
        struct view method;
        if (facts_use_way(look->facts, use, &method) != USE_METHOD ||
            !pattern_matches(predicate->regex, method))
            continue;
        at = statement_beside(tree, use, b);
        one = last == NODE_NONE ? method : one;
        if (!view_equal(one, method) || at == NODE_NONE ||
            (last == NODE_NONE ? at != b : node_sibling_named(tree, last) != at) ||
            tree->nodes[at].start != tree->nodes[use].start)
            return false;
        last = at;
    }
    return last != NODE_NONE;
}

bool holds_mutable(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_may_mutate(look->facts, a);
}
