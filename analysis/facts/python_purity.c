/* Which functions of the file only compute: an equal result for equal arguments, and nothing changed that
 * others can see. What is not understood is not pure. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum {
    CALLS_DEPTH_MAX = 40, /* pure functions that call each other in a row */
    ASKED_MAX = 1000,     /* definitions and uses of one name that are looked at */
};
enum { PURITY_UNKNOWN, PURITY_PENDING, PURITY_NO, PURITY_YES };

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

static const uint16_t NEVER[] = {PYTHON_sym_await,
                                 PYTHON_sym_yield,
                                 PYTHON_sym_global_statement,
                                 PYTHON_sym_nonlocal_statement,
                                 PYTHON_sym_delete_statement,
                                 PYTHON_sym_with_statement,
                                 PYTHON_sym_import_statement,
                                 PYTHON_sym_import_from_statement,
                                 PYTHON_sym_print_statement,
                                 PYTHON_sym_exec_statement,
                                 PYTHON_sym_class_definition,
                                 PYTHON_sym_named_expression,
                                 KIND_NONE};

static bool is_literal_value(struct facts *facts, uint32_t value)
{
    switch (facts_type(facts, value)->kind) {
    case TYPE_STR:
    case TYPE_BYTES:
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_BOOL:
    case TYPE_NONE:
    case TYPE_FROZENSET:
    case TYPE_REGEX:
        return true;
    case TYPE_TUPLE:
    case TYPE_LIST:
    case TYPE_DICT:
    case TYPE_SET:
        return kind_of(facts, value) != PYTHON_sym_call;
    default:
        return false;
    }
}

/* A name of the module that is bound once, to a plain value, and that no use changes. */
static bool is_constant(struct facts *facts, const struct binding *binding)
{
    const struct def *def = binding->def_count == 1 ? &facts->defs[binding->first_def] : NULL;

    if (def == NULL || binding->use_count > ASKED_MAX)
        return false;
    if (def->kind == DEF_FUNCTION || def->kind == DEF_CLASS)
        return true; /* what calling it does is looked at where it is called */
    if (def->kind != DEF_ASSIGN || def->value == NODE_NONE || !is_literal_value(facts, def->value))
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (python_mutates(facts, facts->uses[u].node))
            return false;
    return true;
}

/* Names that the function itself binds, comprehensions inside of it included. */
static bool is_own(const struct facts *facts, const struct binding *binding, const struct function *function)
{
    uint32_t home = facts->scopes[binding->scope].node;
    return home >= function->node && home < facts->tree->nodes[function->node].next &&
           facts->scopes[binding->scope].kind != SCOPE_ATTRIBUTES;
}

/* An object that the function made itself and gave one name: changing it is nobody's business. */
static bool is_fresh(struct facts *facts, uint32_t name, const struct function *function)
{
    const struct binding *binding = name != NODE_NONE ? facts_binding(facts, name) : NULL;

    if (kind_of(facts, name) != PYTHON_sym_identifier || binding == NULL || binding->def_count > ASKED_MAX ||
        !is_own(facts, binding, function))
        return false;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        uint16_t kind = kind_of(facts, def->value);
        if (def->kind == DEF_AUGMENT)
            continue;
        if (def->kind != DEF_ASSIGN || kind == PYTHON_sym_identifier || kind == PYTHON_sym_attribute ||
            kind == PYTHON_sym_subscript || kind == PYTHON_sym_conditional_expression ||
            kind == PYTHON_sym_boolean_operator || facts_type(facts, def->value)->kind == TYPE_UNKNOWN ||
            facts_type(facts, def->value)->kind == TYPE_INSTANCE)
            return false;
    }
    return true;
}

static bool pure_call(struct facts *facts, uint32_t call, uint32_t function)
{
    const struct tree *tree = facts->tree;
    uint32_t named = node_field(tree, call, PYTHON_field_function);

    if (kind_of(facts, tree->nodes[call].parent) == PYTHON_sym_raise_statement ||
        facts_callee(facts, call) == function || python_pure_call(facts, call))
        return true;
    return kind_of(facts, named) == PYTHON_sym_attribute &&
           python_mutating_name(node_text(tree, node_field(tree, named, PYTHON_field_attribute))) &&
           is_fresh(facts, node_field(tree, named, PYTHON_field_object), &facts->functions[function]);
}

/* x = .., x[i] = .., x += ..: of its own names only, and never of an object that it was given. */
static bool pure_target(struct facts *facts, uint32_t assignment, const struct function *function)
{
    const struct tree *tree = facts->tree;
    bool augmented = tree->nodes[assignment].kind == PYTHON_sym_augmented_assignment;
    uint32_t left = node_field(tree, assignment, PYTHON_field_left);

    for (uint32_t at = left; left != NODE_NONE && at < tree->nodes[left].next; at++) {
        uint16_t kind = tree->nodes[at].kind;
        if ((kind == PYTHON_sym_attribute || kind == PYTHON_sym_subscript) &&
            !is_fresh(facts, facts_root_name(facts, at), function))
            return false;
    }
    if (!augmented || kind_of(facts, left) != PYTHON_sym_identifier)
        return true;
    switch (facts_type(facts, node_field(tree, assignment, PYTHON_field_right))->kind) {
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_STR:
    case TYPE_BYTES:
        return true;
    default:
        return is_fresh(facts, left, function) || is_literal_value(facts, left);
    }
}

static bool pure_name(struct facts *facts, uint32_t name, const struct function *function)
{
    const struct tree *tree = facts->tree;
    const struct binding *binding = facts_binding(facts, name);
    uint16_t parent = kind_of(facts, tree->nodes[name].parent);

    if (binding == NULL)
        return (tree->nodes[name].field == PYTHON_field_attribute && parent == PYTHON_sym_attribute) ||
               parent == PYTHON_sym_keyword_argument || !facts->has_wildcard_import;
    if (is_own(facts, binding, function) || is_constant(facts, binding))
        return true;
    /* A module's name in front of a call is judged with the call. */
    for (uint32_t at = name; at != NODE_NONE && at > function->node; at = tree->nodes[at].parent)
        if (tree->nodes[at].field == PYTHON_field_function &&
            kind_of(facts, tree->nodes[at].parent) == PYTHON_sym_call)
            return true;
    return parent == PYTHON_sym_attribute &&
           view_starts(facts_path(facts, tree->nodes[name].parent), "math.");
}

static bool harmless_decorators(const struct facts *facts, const struct function *function)
{
    static const char *const HARMLESS[] = {"@staticmethod",
                                           "@lru_cache",
                                           "@functools.lru_cache",
                                           "@cache",
                                           "@functools.cache",
                                           "@lru_cache(maxsize=None)",
                                           "@functools.lru_cache(maxsize=None)",
                                           "@lru_cache()",
                                           "@functools.lru_cache()",
                                           NULL};
    for (uint32_t at = function->outer; at < function->node; at++)
        if (kind_of(facts, at) == PYTHON_sym_decorator && !python_named(node_text(facts->tree, at), HARMLESS))
            return false;
    return true;
}

static bool is_pure(struct facts *facts, uint32_t index)
{
    const struct function *function = &facts->functions[index];
    const struct tree *tree = facts->tree;

    if (function->name == NODE_NONE || function->body == NODE_NONE ||
        (function->flags & FUNCTION_ASYNC) != 0 || !harmless_decorators(facts, function))
        return false;
    for (uint32_t at = function->body; at < tree->nodes[function->body].next; at++) {
        uint16_t kind = tree->nodes[at].kind;
        if (kind_in(kind, NEVER) || kind == PYTHON_sym_function_definition ||
            (kind == PYTHON_sym_call && !pure_call(facts, at, index)) ||
            (kind == PYTHON_sym_identifier && !pure_name(facts, at, function)))
            return false;
        if ((kind == PYTHON_sym_assignment || kind == PYTHON_sym_augmented_assignment) &&
            !pure_target(facts, at, function))
            return false;
    }
    return true;
}

bool python_pure_function(struct facts *facts, uint32_t function)
{
    bool pure;

    if (facts->purity == NULL)
        facts->purity = ARENA_ARRAY(facts->arena, uint8_t, facts->function_count + 1);
    if (facts->purity == NULL || facts->purity_depth == CALLS_DEPTH_MAX)
        return false;
    /* Functions that call each other wait for each other: not understood. */
    if (facts->purity[function] != PURITY_UNKNOWN)
        return facts->purity[function] == PURITY_YES;
    facts->purity[function] = PURITY_PENDING;
    facts->purity_depth++;
    pure = is_pure(facts, function);
    facts->purity_depth--;
    facts->purity[function] = pure ? PURITY_YES : PURITY_NO;
    return pure;
}
