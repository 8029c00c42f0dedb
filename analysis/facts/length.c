/* How many items a name's object can hold: what its definitions give it, and what its uses may add. */
#include "facts/facts_internal.h"

enum {
    LENGTH_HOPS_MAX = 32,
    LENGTH_DEFS_MAX = 8,   /* definitions of one name that are followed */
    LENGTH_USES_MAX = 1000 /* uses of one name that are looked at; with more anything may be added */
};

/* Whether what stands at @p node runs at most once for each time that the name is defined at @p home. */
static bool runs_once(const struct facts *facts, uint32_t node, uint32_t home)
{
    const struct context *here = facts_context(facts, node), *there = facts_context(facts, home);
    return here->function == there->function && here->loop == there->loop;
}

/* The most that the uses of @p binding add to its object; -1: no bound is known. */
static int64_t added_by_uses(struct facts *facts, const struct binding *binding, uint32_t home)
{
    const struct facts_language *language = facts_language_of(facts);
    int64_t added = 0;

    if (binding->use_count > LENGTH_USES_MAX)
        return -1;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node, source = NODE_NONE;
        enum growth growth = language->growth(facts, use, &source);
        int64_t more = growth == GROWTH_MANY ? facts_length(facts, source) : 1;

        if (growth == GROWTH_NONE)
            continue;
        if (growth == GROWTH_UNKNOWN || more < 0 || !runs_once(facts, use, home))
            return -1;
        added += more;
    }
    return added;
}

static int64_t binding_length(struct facts *facts, const struct binding *binding)
{
    int64_t longest = -1, more = 0;
    uint32_t home;

    if (binding->def_count == 0 || binding->def_count > LENGTH_DEFS_MAX)
        return -1;
    home = facts->defs[binding->first_def].node;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        bool augments = def->kind == DEF_AUGMENT;
        int64_t length;

        if ((def->kind != DEF_ASSIGN && !augments) || def->value == NODE_NONE ||
            (augments && !runs_once(facts, def->node, home)))
            return -1;
        if ((length = facts_length(facts, def->value)) < 0)
            return -1;
        more += augments ? length : 0;
        longest = !augments && length > longest ? length : longest;
    }
    if (longest < 0)
        return -1;
    int64_t added = added_by_uses(facts, binding, home);
    return added < 0 ? -1 : longest + more + added;
}

int64_t facts_length(struct facts *facts, uint32_t node)
{
    uint32_t binding;
    int64_t length;

    if (node == NODE_NONE)
        return -1;
    length = facts_language_of(facts)->length_of(facts, node);
    binding = facts->tree->nodes[node].binding;
    if (length >= 0 || binding == 0 || facts->length_depth == LENGTH_HOPS_MAX)
        return length;
    if (!facts->bindings[binding - 1].length_known) {
        facts->bindings[binding - 1].length_known = true;
        facts->bindings[binding - 1].length = -1; /* x = list(x): a cycle says nothing */
        facts->length_depth++;
        length = binding_length(facts, &facts->bindings[binding - 1]);
        facts->length_depth--;
        facts->bindings[binding - 1].length = length;
    }
    return facts->bindings[binding - 1].length;
}

bool facts_fills_in(struct facts *facts, uint32_t node, uint32_t within)
{
    const struct binding *binding = facts_binding(facts, node);
    uint32_t end = facts->tree->nodes[within].next;

    if (binding == NULL)
        return false;
    for (struct spots defs = facts_defs_in(facts, binding, within, end); defs.first < defs.end; defs.first++)
        if (facts->defs[defs.first->index].kind == DEF_AUGMENT)
            return true;
    struct spots uses = facts_uses_in(facts, binding, within, end);
    /* It is asked for many places that name one variable: each time as long as the variable is used. */
    if (uses.end - uses.first > LENGTH_USES_MAX)
        return false;
    for (; uses.first < uses.end; uses.first++) {
        uint32_t source;
        enum growth growth = facts_language_of(facts)->growth(facts, uses.first->node, &source);
        if (growth == GROWTH_ONE || growth == GROWTH_MANY)
            return true;
    }
    return false;
}
