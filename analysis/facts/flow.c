/* What happens to a name between two points: invariance, change, escape. Every walk is over
 * one subtree or one binding's uses. */
#include "facts/facts_internal.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"

enum {
    TARGET_HOPS_MAX = 3,
    USES_ASKED_MAX = 1000, /* uses of one name that are looked at; with more anything may happen to it */
};

static bool def_within(const struct facts *facts, const struct binding *binding, uint32_t within)
{
    struct spots defs = facts_defs_in(facts, binding, within, facts->tree->nodes[within].next);
    return defs.first < defs.end;
}

/* Defined in @p within, but not inside of @p except (a comprehension that binds its own names). */
static bool def_within_except(const struct facts *facts, const struct binding *binding, uint32_t within,
                              uint32_t except)
{
    struct spots defs = facts_defs_in(facts, binding, within, facts->tree->nodes[within].next);

    for (; defs.first < defs.end; defs.first++)
        if (!node_within(facts->tree, defs.first->node, except))
            return true;
    return false;
}

static bool changed_by_use(struct facts *facts, const struct binding *binding, uint32_t within)
{
    return facts_object_changed(facts, (uint32_t)(binding - facts->bindings), within,
                                facts->tree->nodes[within].next);
}

bool facts_invariant(struct facts *facts, uint32_t node, const struct loop *loop)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct tree *tree = facts->tree;

    if (node == NODE_NONE || loop == NULL)
        return false;
    for (uint32_t i = node; i < tree->nodes[node].next; i++) {
        uint16_t kind = tree->nodes[i].kind;
        const struct binding *binding = facts_binding(facts, i);

        if (kind_in(kind, language->impure) ||
            (kind_in(kind, language->calls) && !language->pure_call(facts, i)))
            return false;
        if (binding != NULL && (def_within_except(facts, binding, loop->node, node) ||
                                changed_by_use(facts, binding, loop->node) ||
                                facts_reached_by_calls(facts, (uint32_t)(binding - facts->bindings),
                                                       loop->node, tree->nodes[loop->node].next)))
            return false;
    }
    return true;
}

static bool reads_target(const struct facts *facts, uint32_t node, const struct loop *loop, int hops)
{
    const struct tree *tree = facts->tree;

    for (uint32_t i = node; i < tree->nodes[node].next; i++) {
        const struct binding *binding = facts_binding(facts, i);
        struct spots defs;
        if (binding == NULL)
            continue;
        for (defs = facts_defs_in(facts, binding, loop->node, tree->nodes[loop->node].next);
             defs.first < defs.end; defs.first++) {
            const struct def *def = &facts->defs[defs.first->index];
            if (loop->target != NODE_NONE && node_within(tree, def->node, loop->target))
                return true;
            if (hops > 0 && def->value != NODE_NONE && node_within(tree, def->node, loop->body) &&
                !node_within(tree, i, def->value) && reads_target(facts, def->value, loop, hops - 1))
                return true;
        }
    }
    return false;
}

bool facts_uses_loop_target(struct facts *facts, uint32_t node, const struct loop *loop)
{
    return node != NODE_NONE && loop != NULL && reads_target(facts, node, loop, TARGET_HOPS_MAX);
}

bool facts_bound_in(const struct facts *facts, uint32_t node, const struct loop *loop)
{
    const struct binding *own, *root;
    uint32_t name;

    if (loop == NULL)
        return false;
    own = facts_binding(facts, node);
    if (own != NULL && def_within(facts, own, loop->node))
        return true;
    name = facts_root_name(facts, node);
    root = name != NODE_NONE ? facts_binding(facts, name) : NULL;
    return root != NULL && root != own && def_within(facts, root, loop->node);
}

bool facts_reads_bound_in(const struct facts *facts, uint32_t node, const struct loop *loop)
{
    for (uint32_t i = node; i < facts->tree->nodes[node].next; i++) {
        const struct binding *binding = facts_binding(facts, i);
        if (binding != NULL && def_within_except(facts, binding, loop->node, node))
            return true;
    }
    return false;
}

static bool reads_binding(const struct facts *facts, uint32_t node, uint32_t binding)
{
    for (uint32_t i = node; i < facts->tree->nodes[node].next; i++)
        if (facts->tree->nodes[i].binding == binding)
            return true;
    return false;
}

bool facts_grows_in(struct facts *facts, uint32_t node, const struct loop *loop)
{
    const struct binding *binding = facts_binding(facts, node);
    bool before = false;

    if (binding == NULL || loop == NULL)
        return false;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        if (!node_within(facts->tree, def->node, loop->node))
            before = true;
        else if (def->kind != DEF_AUGMENT &&
                 (def->kind != DEF_ASSIGN || def->value == NODE_NONE ||
                  !reads_binding(facts, def->value, facts->tree->nodes[node].binding)))
            return false;
    }
    return before;
}

/* Whether what @p def defines is surely done when @p use runs in the same pass: it stands above, the block
 * it stands in holds the use too, and the use is no part of its own value. */
static bool on_the_way(const struct tree *tree, const struct def *def, uint32_t use)
{
    uint16_t block = tree->language == LANGUAGE_PYTHON ? PYTHON_sym_block : RUST_sym_block;
    uint32_t around = node_ancestor(tree, def->node, block);

    if (def->node > use || (def->value != NODE_NONE && node_within(tree, use, def->value)))
        return false;
    /* What a with holds runs as surely as the with itself. */
    while (tree->language == LANGUAGE_PYTHON && around != NODE_NONE &&
           tree->nodes[tree->nodes[around].parent].kind == PYTHON_sym_with_statement)
        around = node_ancestor(tree, tree->nodes[around].parent, block);
    return around == NODE_NONE || node_within(tree, use, around);
}

bool facts_carried(struct facts *facts, uint32_t node, const struct loop *loop)
{
    const struct tree *tree = facts->tree;

    if (loop == NULL)
        return false;
    for (uint32_t i = node; i < tree->nodes[node].next; i++) {
        const struct binding *binding = facts_binding(facts, i);
        bool defined = false, above = false;
        struct spots defs;
        if (binding == NULL || (tree->nodes[i].flags & NODE_BINDS) != 0)
            continue;
        for (defs = facts_defs_in(facts, binding, loop->node, tree->nodes[loop->node].next);
             defs.first < defs.end && !above; defs.first++) {
            const struct def *def = &facts->defs[defs.first->index];
            uint32_t at = def->node;
            bool target = loop->target != NODE_NONE && node_within(tree, at, loop->target);
            if (!target && !node_within(tree, at, loop->body))
                continue;
            defined = true;
            above |= target || (def->kind != DEF_AUGMENT && on_the_way(tree, def, i)) ||
                     node_within(tree, at, node);
        }
        if (defined && !above)
            return true;
    }
    return false;
}

bool facts_may_change(struct facts *facts, uint32_t node, uint32_t within)
{
    uint32_t name = facts_root_name(facts, node);
    const struct binding *binding = facts_binding(facts, node);

    if (binding == NULL && name != NODE_NONE)
        binding = facts_binding(facts, name);
    return binding == NULL || def_within(facts, binding, within) || changed_by_use(facts, binding, within);
}

bool facts_escapes(struct facts *facts, uint32_t node)
{
    const struct binding *binding = facts_binding(facts, node);
    uint32_t home;

    if (binding == NULL || facts->scopes[binding->scope].kind == SCOPE_MODULE ||
        facts->scopes[binding->scope].kind == SCOPE_ATTRIBUTES || binding->use_count > USES_ASKED_MAX)
        return true;
    home = facts_context(facts, facts->defs[binding->first_def].node)->function;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        if (facts_context(facts, use)->function != home || facts_language_of(facts)->leaks(facts, use))
            return true;
    }
    return false;
}

bool facts_escapes_in(struct facts *facts, uint32_t node, uint32_t within, uint32_t except)
{
    const struct binding *binding = facts_binding(facts, node);
    struct spots uses;

    if (binding == NULL)
        return true;
    uses = facts_uses_in(facts, binding, within, facts->tree->nodes[within].next);
    if (uses.end - uses.first > USES_ASKED_MAX)
        return true;
    for (; uses.first < uses.end; uses.first++) {
        uint32_t use = uses.first->node;
        if (!node_within(facts->tree, use, except) &&
            (facts_context(facts, use)->function != facts_context(facts, node)->function ||
             facts_language_of(facts)->leaks(facts, use)))
            return true;
    }
    return false;
}

bool facts_pure(struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);

    if (node == NODE_NONE)
        return false;
    for (uint32_t i = node; i < facts->tree->nodes[node].next; i++) {
        uint16_t kind = facts->tree->nodes[i].kind;
        if (kind_in(kind, language->impure) ||
            (kind_in(kind, language->calls) && !language->pure_call(facts, i)))
            return false;
    }
    return true;
}
