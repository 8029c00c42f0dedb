/* What happens to the variables of an expression between two points of a function, and where their uses
 * stand. Other names for the same object count: after y = x a change through y is one of x. */
#include "facts/facts_internal.h"

enum {
    USES_ASKED_MAX = 1000, /* uses of one name that are looked at; with more anything may happen to it */
    ALIAS_HOPS_MAX = 2,
    REPEAT_BLOCKS_MAX = 4,  /* blocks around a node in which an equal one is looked for */
    REPEAT_NODES_MAX = 400, /* nodes before it */
};

/* Nodes [from, to), which run after one point and before another. */
struct stretch {
    uint32_t from, to;
    bool calls;    /* holds a call that is not known to be pure */
    bool suspends; /* holds an await or yield: other code runs meanwhile */
};

static bool changed(struct facts *facts, uint32_t binding, const struct stretch *stretch, int hops);

/* import os: os.remove() removes nothing from os. */
static bool is_module(const struct facts *facts, uint32_t binding)
{
    const struct binding *b = &facts->bindings[binding];
    const struct def *def = b->def_count == 1 ? &facts->defs[b->first_def] : NULL;
    return def != NULL && def->kind == DEF_IMPORT && view_find_byte(def->path, '.', 0) == SIZE_MAX &&
           view_find_byte(def->path, ':', 0) == SIZE_MAX;
}

/* The other names that the binding's object has by a plain assignment, from or to it. */
static bool changed_by_alias(struct facts *facts, uint32_t binding, const struct stretch *stretch, int hops)
{
    const struct facts_language *language = facts_language_of(facts);

    if (language->alias_of == NULL || hops == 0)
        return false;
    for (uint32_t u = facts->bindings[binding].first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t other = language->alias_of(facts, facts->uses[u].node);
        if (other != FACT_NONE && other != binding && changed(facts, other, stretch, hops - 1))
            return true;
    }
    for (uint32_t d = facts->bindings[binding].first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        uint32_t other =
            def->kind == DEF_ASSIGN && def->value != NODE_NONE ? facts->tree->nodes[def->value].binding : 0;
        if (other != 0 && other - 1 != binding && changed(facts, other - 1, stretch, hops - 1))
            return true;
    }
    return false;
}

/* Whether the object that a name has at the start of the stretch may be changed in it, by any of its names.
 */
static bool changed(struct facts *facts, uint32_t binding, const struct stretch *stretch, int hops)
{
    struct spots uses;

    if (is_module(facts, binding))
        return false;
    if (facts->bindings[binding].use_count > USES_ASKED_MAX)
        return true;
    for (uses = facts_uses_in(facts, &facts->bindings[binding], stretch->from, stretch->to);
         uses.first < uses.end; uses.first++)
        if (facts_language_of(facts)->mutates(facts, uses.first->node))
            return true;
    return changed_by_alias(facts, binding, stretch, hops);
}

static bool defined_in(const struct facts *facts, uint32_t binding, const struct stretch *stretch)
{
    struct spots defs = facts_defs_in(facts, &facts->bindings[binding], stretch->from, stretch->to);
    return defs.first < defs.end;
}

static bool is_constructor(const struct facts *facts, uint32_t function)
{
    const struct facts_language *language = facts_language_of(facts);
    return language->constructs != NULL && language->constructs(facts, &facts->functions[function]);
}

/* What an import, def or class statement names stays what it is. */
static bool is_fixed(const struct facts *facts, uint32_t binding)
{
    const struct binding *b = &facts->bindings[binding];
    enum def_kind kind = b->def_count == 1 ? facts->defs[b->first_def].kind : DEF_OTHER;
    return kind == DEF_IMPORT || kind == DEF_FUNCTION || kind == DEF_CLASS;
}

/* Whether some function other than the one around the stretch gives the binding another value, or changes
 * its object; a constructor runs before all others. */
static bool changed_elsewhere(struct facts *facts, uint32_t binding, const struct stretch *stretch)
{
    uint32_t home = facts_context(facts, stretch->from)->function;
    const struct facts_language *language = facts_language_of(facts);

    for (uint32_t d = facts->bindings[binding].first_def; d != FACT_NONE; d = facts->defs[d].next) {
        uint32_t function = facts_context(facts, facts->defs[d].node)->function;
        if (function != FACT_NONE && function != home && !is_constructor(facts, function))
            return true;
    }
    for (uint32_t u = facts->bindings[binding].first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t function = facts_context(facts, facts->uses[u].node)->function;
        if (function != FACT_NONE && function != home && !is_constructor(facts, function) &&
            language->mutates(facts, facts->uses[u].node))
            return true;
    }
    return false;
}

/* Whether an attribute of that name is written in the stretch, of whatever object, or its object is called.
 */
static bool member_changed(struct facts *facts, uint32_t member, const struct stretch *stretch)
{
    const struct facts_language *language = facts_language_of(facts);
    uint32_t root = facts_root_name(facts, member);

    if (root != NODE_NONE && facts->tree->nodes[root].binding != 0 &&
        is_fixed(facts, facts->tree->nodes[root].binding - 1))
        return false;
    if (stretch->suspends)
        return true;
    for (uint32_t i = stretch->from; i < stretch->to; i++) {
        if (facts->tree->nodes[i].kind == facts->tree->nodes[member].kind &&
            language->member_written != NULL && language->member_written(facts, i, member))
            return true;
        if (kind_in(facts->tree->nodes[i].kind, language->calls) && root != NODE_NONE &&
            !language->pure_call(facts, i)) {
            uint32_t callee = node_first_named(facts->tree, i);
            uint32_t called = callee != NODE_NONE ? facts_root_name(facts, callee) : NODE_NONE;
            if (called != NODE_NONE && called != callee && facts->tree->nodes[root].binding != 0 &&
                facts->tree->nodes[called].binding == facts->tree->nodes[root].binding)
                return true;
        }
    }
    return false;
}

/* A local variable is its function's own; others can be reached by whatever is called. */
static bool reached_by_calls(struct facts *facts, uint32_t binding, const struct stretch *stretch)
{
    enum scope_kind kind = facts->scopes[facts->bindings[binding].scope].kind;

    if ((kind != SCOPE_MODULE && kind != SCOPE_ATTRIBUTES && kind != SCOPE_CLASS) || is_fixed(facts, binding))
        return false;
    return (stretch->calls || stretch->suspends) && changed_elsewhere(facts, binding, stretch);
}

static struct stretch look_over(struct facts *facts, uint32_t from, uint32_t to)
{
    const struct facts_language *language = facts_language_of(facts);
    struct stretch stretch = {.from = from, .to = to};

    for (uint32_t i = from; i < to; i++) {
        uint16_t kind = facts->tree->nodes[i].kind;
        if (kind_in(kind, language->calls))
            stretch.calls = stretch.calls || !language->pure_call(facts, i);
        stretch.suspends |= language->suspends != NULL && kind_in(kind, language->suspends);
    }
    return stretch;
}

bool facts_object_changed(struct facts *facts, uint32_t binding, uint32_t from, uint32_t to)
{
    struct stretch stretch = {.from = from, .to = to};
    return changed(facts, binding, &stretch, ALIAS_HOPS_MAX);
}

bool facts_reached_by_calls(struct facts *facts, uint32_t binding, uint32_t from, uint32_t to)
{
    struct stretch stretch = {.from = from, .to = to, .calls = true, .suspends = true};
    if (facts_language_of(facts)->constructs == NULL || !reached_by_calls(facts, binding, &stretch))
        return false;
    stretch = look_over(facts, from, to); /* last, for it walks the nodes */
    return stretch.calls || stretch.suspends;
}

/* Whether @p node runs in each pass of @p loop, directly or in a loop inside of it. */
static bool runs_in(const struct facts *facts, uint32_t node, uint32_t loop)
{
    uint32_t at = facts_context(facts, node)->loop;
    while (at != FACT_NONE && at != loop)
        at = facts->loops[at].parent;
    return at != FACT_NONE;
}

/* What runs between the two: the nodes between them, and a loop around the second alone, whole. */
static struct stretch stretch_between(struct facts *facts, uint32_t from, uint32_t to)
{
    uint32_t end = to, at = facts_context(facts, to)->loop;

    /* What a for walks stands in its statement, but is made before the first pass. */
    for (; at != FACT_NONE && !runs_in(facts, from, at); at = facts->loops[at].parent)
        end = facts->tree->nodes[facts->loops[at].node].next;
    return look_over(facts, facts->tree->nodes[from].next, end);
}

/* text.split of text.split(","): the method of a known type, which nothing changes. */
static bool is_pure_callee(struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    uint32_t parent = facts->tree->nodes[node].parent;

    return parent != NODE_NONE && kind_in(facts->tree->nodes[parent].kind, language->calls) &&
           node_first_named(facts->tree, parent) == node && language->pure_call(facts, parent);
}

/* Whether nothing that @p node reads is bound anew or changed in the stretch. */
static bool unchanged_in(struct facts *facts, uint32_t node, const struct stretch *stretch)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct tree *tree = facts->tree;

    for (uint32_t i = node; i < tree->nodes[node].next; i++) {
        uint32_t binding = tree->nodes[i].binding;
        if (binding == 0 && kind_in(tree->nodes[i].kind, language->members) && !is_pure_callee(facts, i) &&
            member_changed(facts, i, stretch))
            return false;
        if (binding == 0)
            continue;
        if (defined_in(facts, binding - 1, stretch) || changed(facts, binding - 1, stretch, ALIAS_HOPS_MAX) ||
            reached_by_calls(facts, binding - 1, stretch))
            return false;
        if (facts->scopes[facts->bindings[binding - 1].scope].kind == SCOPE_ATTRIBUTES)
            i = tree->nodes[i].next - 1; /* of self, only this attribute matters */
    }
    return true;
}

/* Where borrows are checked, no part of an object can be lent while the whole may be changed. */
static bool owner_changed(struct facts *facts, uint32_t node, const struct stretch *stretch)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct tree *tree = facts->tree;

    for (uint32_t i = node; i < tree->nodes[node].next; i++)
        if (tree->nodes[i].binding != 0 && kind_in(tree->nodes[i].kind, language->names) &&
            changed(facts, tree->nodes[i].binding - 1, stretch, ALIAS_HOPS_MAX))
            return true;
    return false;
}

bool facts_unchanged_between(struct facts *facts, uint32_t node, uint32_t from, uint32_t to)
{
    struct stretch stretch;

    if (facts_context(facts, from)->function != facts_context(facts, to)->function)
        return false;
    if (to < facts->tree->nodes[from].next)
        return node_within(facts->tree, to, from); /* before it: another pass may lie between */
    stretch = stretch_between(facts, from, to);
    return unchanged_in(facts, node, &stretch);
}

/* The end of the outermost call that @p use is lent to, of those that @p from is no part of: a borrow that is
 * checked may last until then. */
static uint32_t end_of_borrow(const struct facts *facts, uint32_t from, uint32_t use)
{
    const struct facts_language *language = facts_language_of(facts);
    uint32_t end = facts->tree->nodes[use].next, at = facts->tree->nodes[use].parent;

    for (; language->borrows && at != NODE_NONE && !node_within(facts->tree, from, at);
         at = facts->tree->nodes[at].parent)
        if (kind_in(facts->tree->nodes[at].kind, language->calls))
            end = facts->tree->nodes[at].next;
    return end;
}

/* Where the walk over what stands at @p use ends: after the loop that it is given to. */
static uint32_t end_of_use(const struct facts *facts, uint32_t from, uint32_t use)
{
    for (size_t i = 0; i < facts->loop_count; i++)
        if (facts->loops[i].iterated != NODE_NONE && facts->loops[i].target != NODE_NONE &&
            node_within(facts->tree, use, facts->loops[i].iterated))
            return facts->tree->nodes[facts->loops[i].node].next;
    return end_of_borrow(facts, from, use);
}

bool facts_unchanged_while_used(struct facts *facts, uint32_t node, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);
    uint32_t end = facts->tree->nodes[node].next;
    struct stretch stretch;

    if (binding == NULL || binding->use_count > USES_ASKED_MAX)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t until = end_of_use(facts, node, facts->uses[u].node);
        if (facts_context(facts, facts->uses[u].node)->function != facts_context(facts, node)->function)
            return false;
        end = until > end ? until : end;
    }
    stretch = look_over(facts, facts->tree->nodes[node].next, end);
    return unchanged_in(facts, node, &stretch) &&
           !(facts_language_of(facts)->borrows && owner_changed(facts, node, &stretch));
}

bool facts_constant(struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct tree *tree = facts->tree;

    for (uint32_t i = node; i < tree->nodes[node].next; i++) {
        uint32_t binding = tree->nodes[i].binding;
        const struct binding *b = binding != 0 ? &facts->bindings[binding - 1] : NULL;
        uint16_t kind = tree->nodes[i].kind;

        if (kind_in(kind, language->impure) ||
            (kind_in(kind, language->calls) && !language->pure_call(facts, i)))
            return false;
        if (b == NULL || b->first_def == FACT_NONE || node_within(tree, facts->defs[b->first_def].node, node))
            continue;
        if (facts->scopes[b->scope].kind != SCOPE_MODULE || b->def_count != 1 ||
            (!is_fixed(facts, binding - 1) && facts_object_changed(facts, binding - 1, 0, tree->count)))
            return false;
    }
    return true;
}

/* Whether @p node runs whenever the statement of @p block that it stands in has begun: it stands in no block,
 * operand or part of an expression that may be passed over. */
static bool runs_always(const struct facts *facts, uint32_t node, uint32_t block)
{
    const struct tree *tree = facts->tree;
    const struct facts_language *language = facts_language_of(facts);

    for (uint32_t at = node; at != block; at = tree->nodes[at].parent) {
        uint32_t parent = tree->nodes[at].parent;
        if (kind_in(tree->nodes[at].kind, language->blocks) ||
            kind_in(tree->nodes[at].kind, language->perhaps))
            return false;
        if (kind_in(tree->nodes[parent].kind, language->choices) && at != node_first_named(tree, parent))
            return false;
    }
    return true;
}

uint32_t facts_repeats(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t length = tree->nodes[node].end - tree->nodes[node].start;
    uint32_t block = node, first;

    for (int up = 0; up < REPEAT_BLOCKS_MAX; up++) { /* blocks around it: what stands above in them has run */
        do
            block = tree->nodes[block].parent;
        while (block != NODE_NONE && !kind_in(tree->nodes[block].kind, facts_language_of(facts)->blocks));
        if (block == NODE_NONE ||
            facts_context(facts, block)->function != facts_context(facts, node)->function)
            return NODE_NONE;
        first = node - block > REPEAT_NODES_MAX ? node - REPEAT_NODES_MAX : block + 1;
        for (uint32_t i = first; i < node; i++)
            if (tree->nodes[i].kind == tree->nodes[node].kind && tree->nodes[i].next <= node &&
                tree->nodes[i].end - tree->nodes[i].start == length &&
                view_equal(node_text(tree, i), node_text(tree, node)) && runs_always(facts, i, block) &&
                facts_unchanged_between(facts, node, i, node))
                return i;
    }
    return NODE_NONE;
}

/* A function's own variable: Rust's stand in blocks too. */
static bool is_local(const struct facts *facts, const struct binding *binding)
{
    enum scope_kind kind = facts->scopes[binding->scope].kind;
    return kind == SCOPE_FUNCTION || kind == SCOPE_BLOCK;
}

bool facts_uses_only_in(const struct facts *facts, uint32_t name, uint32_t within)
{
    const struct binding *binding = facts_binding(facts, name);

    if (binding == NULL || binding->first_use == FACT_NONE || !is_local(facts, binding))
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (!node_within(facts->tree, facts->uses[u].node, within))
            return false;
    return true;
}

bool facts_only_iterated(struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);
    const struct context *made, *used;

    if (binding == NULL || binding->use_count != 1 || binding->def_count != 1 || !is_local(facts, binding) ||
        facts_language_of(facts)->walks == NULL)
        return false;
    made = facts_context(facts, facts->defs[binding->first_def].node);
    used = facts_context(facts, facts->uses[binding->first_use].node);
    return made->function == used->function && made->loop == used->loop &&
           facts_language_of(facts)->walks(facts, facts->uses[binding->first_use].node);
}

bool facts_uses_read_only(struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);
    uint32_t home;

    if (binding == NULL || binding->def_count != 1 || binding->first_use == FACT_NONE ||
        binding->use_count > USES_ASKED_MAX || !is_local(facts, binding) ||
        facts_language_of(facts)->only_reads == NULL)
        return false;
    home = facts_context(facts, facts->uses[binding->first_use].node)->function;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (facts_context(facts, facts->uses[u].node)->function != home ||
            !facts_language_of(facts)->only_reads(facts, facts->uses[u].node))
            return false;
    return true;
}

bool facts_only_searched(struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);

    if (binding == NULL || binding->first_use == FACT_NONE || binding->use_count > USES_ASKED_MAX ||
        !is_local(facts, binding) || facts_language_of(facts)->only_searches == NULL)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (!facts_language_of(facts)->only_searches(facts, facts->uses[u].node))
            return false;
    return true;
}

bool facts_made_here(struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);

    if (binding == NULL || binding->first_def == FACT_NONE || !is_local(facts, binding) ||
        facts_language_of(facts)->makes == NULL)
        return false;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].kind != DEF_AUGMENT &&
            (facts->defs[d].kind != DEF_ASSIGN || facts->defs[d].value == NODE_NONE ||
             !facts_language_of(facts)->makes(facts, facts->defs[d].value)))
            return false;
    return true;
}
