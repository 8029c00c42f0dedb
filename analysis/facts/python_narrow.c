/* What the tests on the way to a name say of its type: if isinstance(x, T), assert, and, an early return. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

/* The call isinstance(x, T) whose first argument @p use is; NODE_NONE. */
static uint32_t type_test(const struct facts *facts, uint32_t use)
{
    const struct tree *tree = facts->tree;
    uint32_t list = tree->nodes[use].parent, call, function;

    if (kind_of(facts, list) != PYTHON_sym_argument_list || node_first_named(tree, list) != use)
        return NODE_NONE;
    call = tree->nodes[list].parent;
    function =
        kind_of(facts, call) == PYTHON_sym_call ? node_field(tree, call, PYTHON_field_function) : NODE_NONE;
    return kind_of(facts, function) == PYTHON_sym_identifier && tree->nodes[function].binding == 0 &&
                   view_is(node_text(tree, function), "isinstance")
               ? call
               : NODE_NONE;
}

/* Whether control never comes to the end of @p block. */
static bool leaves(const struct facts *facts, uint32_t block)
{
    uint32_t last = NODE_NONE;
    for (uint32_t c = node_first_named(facts->tree, block); c != NODE_NONE;
         c = node_sibling_named(facts->tree, c))
        last = c;
    return kind_of(facts, last) == PYTHON_sym_return_statement ||
           kind_of(facts, last) == PYTHON_sym_raise_statement ||
           kind_of(facts, last) == PYTHON_sym_continue_statement ||
           kind_of(facts, last) == PYTHON_sym_break_statement;
}

/* Whether @p node stands in a statement after @p statement, in the same block. */
static bool follows(const struct tree *tree, uint32_t node, uint32_t statement)
{
    uint32_t block = tree->nodes[statement].parent;
    return node >= tree->nodes[statement].next && block != NODE_NONE && node < tree->nodes[block].next;
}

/* Whether the branch that runs where the condition in @p field of @p statement holds (or, negated, does not)
 * is all that leads to @p node. */
static bool branch_holds(const struct facts *facts, uint32_t statement, uint8_t field, bool negated,
                         uint32_t node)
{
    const struct tree *tree = facts->tree;
    bool loop = kind_of(facts, statement) == PYTHON_sym_while_statement;
    uint32_t body = node_field(tree, statement, loop ? PYTHON_field_body : PYTHON_field_consequence);

    if (field != PYTHON_field_condition || body == NODE_NONE)
        return false;
    if (!negated)
        return node_within(tree, node, body);
    return kind_of(facts, statement) == PYTHON_sym_if_statement &&
           node_field(tree, statement, PYTHON_field_alternative) == NODE_NONE && leaves(facts, body) &&
           follows(tree, node, statement);
}

/* Whether @p node stands where the condition @p at, a part of @p around that is no operator of its own,
 * holds. */
static bool statement_holds(const struct facts *facts, uint32_t at, uint32_t around, bool negated,
                            uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t body;

    switch (tree->nodes[around].kind) {
    case PYTHON_sym_conditional_expression:
        body = node_child_named(tree, around, negated ? 2 : 0);
        return at == node_child_named(tree, around, 1) && body != NODE_NONE && node_within(tree, node, body);
    case PYTHON_sym_assert_statement:
        return !negated && follows(tree, node, around);
    case PYTHON_sym_if_clause: /* of a comprehension */
        body = node_field(tree, tree->nodes[around].parent, PYTHON_field_body);
        return !negated && body != NODE_NONE && node_within(tree, node, body);
    case PYTHON_sym_if_statement:
    case PYTHON_sym_elif_clause:
    case PYTHON_sym_while_statement:
        return branch_holds(facts, around, tree->nodes[at].field, negated, node);
    default:
        return false;
    }
}

/* Whether the condition @p test is known to hold at @p node: up through not, and, or to what it decides. */
static bool holds_at(const struct facts *facts, uint32_t test, uint32_t node)
{
    const struct tree *tree = facts->tree;
    bool negated = false;

    for (uint32_t at = test, around = tree->nodes[at].parent; around != NODE_NONE;
         at = around, around = tree->nodes[at].parent) {
        uint16_t kind = tree->nodes[around].kind;
        if (kind == PYTHON_sym_not_operator)
            negated = !negated;
        else if (kind == PYTHON_sym_boolean_operator) {
            uint32_t sign = node_field(tree, around, PYTHON_field_operator), right;
            if (sign == NODE_NONE || view_is(node_text(tree, sign), "and") == negated)
                return false; /* x or y may hold without x */
            right = node_field(tree, around, PYTHON_field_right);
            if (right != NODE_NONE && at != right && node_within(tree, node, right))
                return true;
        } else if (kind != PYTHON_sym_parenthesized_expression)
            return statement_holds(facts, at, around, negated, node);
    }
    return false;
}

static bool defined_between(const struct facts *facts, const struct binding *binding, uint32_t from,
                            uint32_t to)
{
    struct spots defs = facts_defs_in(facts, binding, from + 1, to);
    return defs.first < defs.end;
}

const struct type *python_narrowed_type(struct facts *facts, uint32_t node)
{
    struct binding *binding = &facts->bindings[facts->tree->nodes[node].binding - 1];
    const struct type *found = NULL;
    bool some = false;

    if (binding->tests == BINDING_UNTESTED)
        return NULL;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node, test = type_test(facts, use), type;
        if (test == NODE_NONE)
            continue;
        some = true;
        if (node_within(facts->tree, node, test) || !holds_at(facts, test, node) ||
            facts_context(facts, use)->function != facts_context(facts, node)->function ||
            defined_between(facts, binding, use < node ? use : node, use < node ? node : use))
            continue;
        type = node_child_named(facts->tree, node_field(facts->tree, test, PYTHON_field_arguments), 1);
        if (kind_of(facts, type) == PYTHON_sym_identifier || kind_of(facts, type) == PYTHON_sym_attribute)
            found = python_annotation(facts, node_text(facts->tree, type), facts_context(facts, use)->scope);
    }
    binding->tests = some ? BINDING_TESTED : BINDING_UNTESTED;
    return found;
}
