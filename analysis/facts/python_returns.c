/* What the functions of this file give: by annotation, else what all their returns agree on. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum { RETURNS_NODES_MAX = 20000 }; /* nodes of a function whose returns are looked at */

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

struct function *python_defined(struct facts *facts, const struct def *def)
{
    uint32_t index = def->kind == DEF_FUNCTION ? facts_function_index(facts, def->node) : FACT_NONE;
    return index != FACT_NONE ? &facts->functions[index] : NULL;
}

bool python_decorated(const struct facts *facts, const struct function *function, const char *name)
{
    const struct tree *tree = facts->tree;
    uint32_t c = function->outer != function->node ? node_first_named(tree, function->outer) : NODE_NONE;

    for (; kind_of(facts, c) == PYTHON_sym_decorator; c = node_sibling_named(tree, c)) {
        uint32_t named = node_first_named(tree, c);
        if (named != NODE_NONE && view_ends(node_text(tree, named), name))
            return true;
    }
    return false;
}

static bool is_async(const struct function *function)
{
    return (function->flags & FUNCTION_ASYNC) != 0;
}

/* Decorators that hand the function's own result on. */
static bool is_plain(const struct facts *facts, const struct function *function)
{
    static const char *const PLAIN[] = {"property",  "staticmethod", "classmethod",    "cache",
                                        "lru_cache", "override",     "abstractmethod", "wraps"};
    const struct tree *tree = facts->tree;
    uint32_t c = function->outer != function->node ? node_first_named(tree, function->outer) : NODE_NONE;

    for (; kind_of(facts, c) == PYTHON_sym_decorator; c = node_sibling_named(tree, c)) {
        uint32_t named = node_first_named(tree, c);
        bool plain = false;
        if (kind_of(facts, named) == PYTHON_sym_call)
            named = node_field(tree, named, PYTHON_field_function);
        for (size_t i = 0; named != NODE_NONE && i < COUNT_OF(PLAIN); i++)
            plain |= view_ends(node_text(tree, named), PLAIN[i]);
        if (!plain)
            return false;
    }
    return true;
}

/* The join of all return statements of a function; unknown for a generator and for one that only raises. */
static const struct type *joined_returns(struct facts *facts, const struct function *function)
{
    const struct tree *tree = facts->tree;
    uint32_t index = (uint32_t)(function - facts->functions);
    const struct type *all = NULL;

    if (function->body == NODE_NONE || tree->nodes[function->body].next - function->body > RETURNS_NODES_MAX)
        return &TYPE_IS_UNKNOWN;
    for (uint32_t at = function->body; at < tree->nodes[function->body].next; at++) {
        uint16_t kind = tree->nodes[at].kind;
        uint32_t value;
        const struct type *one;
        if ((kind != PYTHON_sym_return_statement && kind != PYTHON_sym_yield) ||
            facts_context(facts, at)->function != index)
            continue;
        value = node_first_named(tree, at);
        if (kind == PYTHON_sym_yield)
            return &TYPE_IS_UNKNOWN;
        one =
            value != NODE_NONE ? facts_type(facts, value) : python_type_new(facts, TYPE_NONE, VIEW(""), NULL);
        all = all == NULL ? one : type_join(all, one, facts->arena);
        if (all->kind == TYPE_UNKNOWN)
            break;
    }
    return all != NULL ? all : &TYPE_IS_UNKNOWN;
}

const struct type *python_returned_type(struct facts *facts, struct function *function, bool awaited)
{
    uint32_t annotation = node_field(facts->tree, function->node, PYTHON_field_return_type);

    if (is_async(function) != awaited || !is_plain(facts, function))
        return &TYPE_IS_UNKNOWN;
    if (function->returns != NULL)
        return function->returns;
    function->returns = &TYPE_IS_UNKNOWN; /* what it gives for a call of itself */
    function->returns = annotation != NODE_NONE
                            ? python_annotation(facts, node_text(facts->tree, annotation),
                                                facts_context(facts, function->node)->scope)
                            : joined_returns(facts, function);
    return function->returns;
}

struct function *python_callee(struct facts *facts, uint32_t callee)
{
    const struct tree *tree = facts->tree;
    const struct def *def = facts_only_def(facts, callee);
    uint32_t object, name, scope;

    if (def != NULL)
        return python_defined(facts, def);
    if (kind_of(facts, callee) != PYTHON_sym_attribute || tree->nodes[callee].binding == 0)
        return NULL;
    object = node_field(tree, callee, PYTHON_field_object);
    name = node_field(tree, callee, PYTHON_field_attribute);
    scope = facts->bindings[tree->nodes[callee].binding - 1].scope - 1;
    if (object == NODE_NONE || name == NODE_NONE || facts_binding(facts, callee)->def_count > 0)
        return NULL;
    scope = facts_lookup(facts, scope, facts->bindings[tree->nodes[callee].binding - 1].name);
    if (scope == FACT_NONE || facts->bindings[scope].def_count != 1)
        return NULL;
    def = &facts->defs[facts->bindings[scope].first_def];
    return python_defined(facts, def);
}
