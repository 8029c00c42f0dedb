/* What the place of an expression tells of it: the type that is asked of it there, and which expressions a
 * function gives back. */
#include "facts/rust_internal.h"

enum { RESULT_NESTING = 24 /* branches within branches that are followed */ };

/* Whether @p node is the value of its block: the last thing in it, without a semicolon. */
static bool is_tail(const struct facts *facts, uint32_t node, uint32_t block)
{
    const struct node *nodes = facts->tree->nodes;
    uint32_t last = NODE_NONE;

    if (nodes[node].kind == RUST_sym_expression_statement && rust_has_child(facts, node, RUST_anon_sym_SEMI))
        return false;
    for (uint32_t c = rust_child(facts, block, 0); c != NODE_NONE; c = node_sibling_named(facts->tree, c))
        if ((nodes[c].flags & NODE_EXTRA) == 0)
            last = c;
    return last == node;
}

static const struct type *returned_type(struct facts *facts, uint32_t function)
{
    return rust_type_of_node(facts, rust_field(facts, function, RUST_field_return_type));
}

/* The parameter of a function of the file that takes @p argument. */
static const struct type *parameter_type(struct facts *facts, const struct rust_call *call, uint32_t argument)
{
    const struct def *def = rust_kind(facts, call->callee) == RUST_sym_identifier
                                ? rust_def_of(facts, call->callee, DEF_FUNCTION)
                                : NULL;
    uint32_t parameter, at;

    if (def == NULL || rust_kind(facts, def->value) != RUST_sym_function_item)
        return &TYPE_IS_UNKNOWN;
    parameter = rust_child(facts, rust_field(facts, def->value, RUST_field_parameters), 0);
    for (at = rust_child(facts, call->arguments, 0); at != NODE_NONE && at != argument;
         at = node_sibling_named(facts->tree, at))
        parameter = parameter != NODE_NONE ? node_sibling_named(facts->tree, parameter) : NODE_NONE;
    return rust_kind(facts, parameter) == RUST_sym_parameter
               ? rust_type_of_node(facts, rust_field(facts, parameter, RUST_field_type))
               : &TYPE_IS_UNKNOWN;
}

static const struct type *wanted_argument(struct facts *facts, uint32_t arguments, uint32_t argument)
{
    uint32_t node = rust_parent(facts, arguments);
    const struct type *type;
    struct rust_call call;
    struct view name;

    if (!rust_call_of(facts, node, &call) || call.receiver != NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    name = rust_text(facts, call.callee);
    if (!view_is(name, "Some") && !view_is(name, "Ok"))
        return parameter_type(facts, &call, argument);
    type = facts_wanted_type(facts, node);
    return type->item != NULL && (type->kind == TYPE_OPTION || type->kind == TYPE_RESULT) ? type->item
                                                                                          : &TYPE_IS_UNKNOWN;
}

/* The field of a struct of the file that an initializer sets. */
static const struct type *initialized_type(struct facts *facts, uint32_t initializer)
{
    uint32_t expression = rust_parent(facts, rust_parent(facts, initializer)), binding;
    const struct type *type = rust_kind(facts, expression) == RUST_sym_struct_expression
                                  ? facts_type(facts, expression)
                                  : &TYPE_IS_UNKNOWN;

    if (type->kind != TYPE_INSTANCE)
        return &TYPE_IS_UNKNOWN;
    binding = rust_field_binding(facts, facts_context(facts, expression)->scope, type->path,
                                 rust_text(facts, rust_field(facts, initializer, RUST_field_field)));
    if (binding == FACT_NONE || facts->bindings[binding].def_count != 1)
        return &TYPE_IS_UNKNOWN;
    return rust_type_of_node(facts, facts->defs[facts->bindings[binding].first_def].annotation);
}

/* Whether the value of @p node is that of @p parent: the tail of a block, a branch, an arm. */
static bool gives_value(const struct facts *facts, uint32_t node, uint32_t parent)
{
    uint8_t field = facts->tree->nodes[node].field;

    switch (rust_kind(facts, parent)) {
    case RUST_sym_block:
        return is_tail(facts, node, parent);
    case RUST_sym_if_expression:
        return field != RUST_field_condition;
    case RUST_sym_match_arm:
        return field == RUST_field_value;
    case RUST_sym_match_expression:
        return field == RUST_field_body;
    case RUST_sym_expression_statement:
        return !rust_has_child(facts, parent, RUST_anon_sym_SEMI);
    case RUST_sym_else_clause:
    case RUST_sym_match_block:
    case RUST_sym_parenthesized_expression:
    case RUST_sym_unsafe_block:
        return true;
    default:
        return false;
    }
}

const struct type *facts_wanted_type(struct facts *facts, uint32_t node)
{
    uint32_t parent = rust_parent(facts, node);
    const struct function *function;
    uint8_t field;

    if (facts->tree->language != LANGUAGE_RUST)
        return &TYPE_IS_UNKNOWN;
    for (int hop = 0; hop < RUST_CHAIN_MAX && gives_value(facts, node, parent); hop++) {
        node = parent;
        parent = rust_parent(facts, node);
    }
    field = facts->tree->nodes[node].field;
    switch (rust_kind(facts, parent)) {
    case RUST_sym_let_declaration:
        return rust_type_of_node(facts, rust_field(facts, parent, RUST_field_type));
    case RUST_sym_function_item:
    case RUST_sym_closure_expression:
        return field == RUST_field_body ? returned_type(facts, parent) : &TYPE_IS_UNKNOWN;
    case RUST_sym_return_expression:
        function = facts_function(facts, parent);
        return function != NULL && function->kind != FUNCTION_BLOCK ? returned_type(facts, function->node)
                                                                    : &TYPE_IS_UNKNOWN;
    case RUST_sym_assignment_expression:
        return field == RUST_field_right ? facts_type(facts, rust_field(facts, parent, RUST_field_left))
                                         : &TYPE_IS_UNKNOWN;
    case RUST_sym_field_initializer:
        return initialized_type(facts, parent);
    case RUST_sym_arguments:
        return wanted_argument(facts, parent, node);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

struct results {
    uint32_t *out;
    size_t count, cap;
};

static void add_result(struct results *results, uint32_t node)
{
    if (node != NODE_NONE && results->count < results->cap)
        results->out[results->count++] = node;
}

/* A value that @p node comes to. What diverges (a return, a macro that panics) gives none here. */
static void add_values(const struct facts *facts, uint32_t node, int depth, struct results *results)
{
    const struct tree *tree = facts->tree;
    struct view macro;

    switch (depth < RESULT_NESTING ? rust_kind(facts, node) : (uint16_t)KIND_NONE) {
    case KIND_NONE:
    case RUST_sym_return_expression:
    case RUST_sym_break_expression:
    case RUST_sym_continue_expression:
        return;
    case RUST_sym_macro_invocation:
        macro = rust_text(facts, rust_field(facts, node, RUST_field_macro));
        if (!view_is(macro, "panic") && !view_is(macro, "unreachable") && !view_is(macro, "todo") &&
            !view_is(macro, "unimplemented"))
            add_result(results, node);
        return;
    case RUST_sym_block:
    case RUST_sym_if_expression:
    case RUST_sym_else_clause:
    case RUST_sym_match_expression:
    case RUST_sym_match_block:
    case RUST_sym_match_arm:
    case RUST_sym_parenthesized_expression:
    case RUST_sym_unsafe_block:
    case RUST_sym_expression_statement:
        for (uint32_t c = rust_child(facts, node, 0); c != NODE_NONE; c = node_sibling_named(tree, c))
            if (gives_value(facts, c, node))
                add_values(facts, c, depth + 1, results);
        return;
    default:
        add_result(results, node);
    }
}

size_t facts_results(const struct facts *facts, const struct function *function, uint32_t *out, size_t cap)
{
    const struct node *nodes = facts->tree->nodes;
    struct results results = {.out = out, .cap = cap};

    if (facts->tree->language != LANGUAGE_RUST || function->body == NODE_NONE)
        return 0;
    for (uint32_t at = function->body; at < nodes[function->body].next; at++)
        if (nodes[at].kind == RUST_sym_return_expression && facts_function(facts, at) == function)
            add_values(facts, rust_child(facts, at, 0), 0, &results);
    add_values(facts, function->body, 0, &results);
    return results.count;
}
