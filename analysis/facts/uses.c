/* What happens to the variables of an expression between two points of a function, and where their uses
 * stand. Other names for the same object count: after y = x a change through y is one of x. */
#include "facts/facts_internal.h"

enum {
    USES_ASKED_MAX = 1000, /* uses of one name that are looked at; with more anything may happen to it */
    ALIAS_HOPS_MAX = 2,
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

/* What runs between the two: the nodes between them, and a loop around the second alone, whole. */
static struct stretch stretch_between(struct facts *facts, uint32_t from, uint32_t to)
{
    uint32_t end = to, at = facts_context(facts, to)->loop;

    for (; at != FACT_NONE && !node_within(facts->tree, from, facts->loops[at].node);
         at = facts->loops[at].parent)
        end = facts->tree->nodes[facts->loops[at].node].next;
    return look_over(facts, facts->tree->nodes[from].next, end);
}

bool facts_unchanged_between(struct facts *facts, uint32_t node, uint32_t from, uint32_t to)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct tree *tree = facts->tree;
    struct stretch stretch;

    if (facts_context(facts, from)->function != facts_context(facts, to)->function)
        return false;
    if (to < tree->nodes[from].next)
        return node_within(tree, to, from); /* before it: another pass may lie between */
    stretch = stretch_between(facts, from, to);
    for (uint32_t i = node; i < tree->nodes[node].next; i++) {
        uint32_t binding = tree->nodes[i].binding;
        if (binding == 0 && kind_in(tree->nodes[i].kind, language->members) &&
            member_changed(facts, i, &stretch))
            return false;
        if (binding == 0)
            continue;
        if (defined_in(facts, binding - 1, &stretch) ||
            changed(facts, binding - 1, &stretch, ALIAS_HOPS_MAX) ||
            reached_by_calls(facts, binding - 1, &stretch))
            return false;
        if (facts->scopes[facts->bindings[binding - 1].scope].kind == SCOPE_ATTRIBUTES)
            i = tree->nodes[i].next - 1; /* of self, only this attribute matters */
    }
    return true;
}

bool facts_uses_only_in(const struct facts *facts, uint32_t name, uint32_t within)
{
    const struct binding *binding = facts_binding(facts, name);

    if (binding == NULL || binding->first_use == FACT_NONE ||
        facts->scopes[binding->scope].kind != SCOPE_FUNCTION)
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

    if (binding == NULL || binding->use_count != 1 || binding->def_count != 1 ||
        facts->scopes[binding->scope].kind != SCOPE_FUNCTION || facts_language_of(facts)->walks == NULL)
        return false;
    made = facts_context(facts, facts->defs[binding->first_def].node);
    used = facts_context(facts, facts->uses[binding->first_use].node);
    return made->function == used->function && made->loop == used->loop &&
           facts_language_of(facts)->walks(facts, facts->uses[binding->first_use].node);
}
