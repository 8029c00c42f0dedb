/* The shape of calls, and small helpers over the tree. */
#include "facts/rust_internal.h"

bool rust_has_child(const struct facts *facts, uint32_t node, uint16_t kind)
{
    uint32_t child = node != NODE_NONE ? node_first(facts->tree, node) : NODE_NONE;
    while (child != NODE_NONE && facts->tree->nodes[child].kind != kind)
        child = node_sibling(facts->tree, child);
    return child != NODE_NONE;
}

bool rust_word_in(struct view word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (view_is(word, list[i]))
            return true;
    return false;
}

bool rust_call_of(const struct facts *facts, uint32_t node, struct rust_call *out)
{
    struct rust_call call = {.node = node,
                             .callee = NODE_NONE,
                             .receiver = NODE_NONE,
                             .name = NODE_NONE,
                             .generics = NODE_NONE,
                             .arguments = NODE_NONE};

    if (rust_kind(facts, node) != RUST_sym_call_expression)
        return false;
    call.callee = rust_field(facts, node, RUST_field_function);
    call.arguments = rust_field(facts, node, RUST_field_arguments);
    if (rust_kind(facts, call.callee) == RUST_sym_generic_function) {
        call.generics = rust_field(facts, call.callee, RUST_field_type_arguments);
        call.callee = rust_field(facts, call.callee, RUST_field_function);
    }
    switch (rust_kind(facts, call.callee)) {
    case RUST_sym_field_expression:
        call.receiver = rust_field(facts, call.callee, RUST_field_value);
        call.name = rust_field(facts, call.callee, RUST_field_field);
        break;
    case RUST_sym_scoped_identifier:
        call.name = rust_field(facts, call.callee, RUST_field_name);
        break;
    case RUST_sym_identifier:
        call.name = call.callee;
        break;
    default:
        break;
    }
    *out = call;
    return true;
}

uint32_t rust_argument(const struct facts *facts, const struct rust_call *call, uint32_t index)
{
    uint32_t argument = rust_child(facts, call->arguments, 0);
    while (argument != NODE_NONE &&
           (facts->tree->nodes[argument].kind == RUST_sym_attribute_item || index-- > 0))
        argument = node_sibling_named(facts->tree, argument);
    return argument;
}

uint32_t rust_peel(const struct facts *facts, uint32_t node)
{
    for (;;)
        switch (rust_kind(facts, node)) {
        case RUST_sym_reference_expression:
            node = rust_field(facts, node, RUST_field_value);
            break;
        case RUST_sym_unary_expression:
            if (!rust_has_child(facts, node, RUST_anon_sym_STAR))
                return node;
            node = rust_child(facts, node, 0);
            break;
        case RUST_sym_parenthesized_expression:
            node = rust_child(facts, node, 0);
            break;
        default:
            return node;
        }
}

bool rust_calls_function(struct facts *facts, uint32_t node, struct call *out)
{
    const struct def *def;

    if (rust_kind(facts, node) != RUST_sym_identifier || (facts->tree->nodes[node].flags & NODE_BINDS) != 0)
        return false;
    def = rust_def_of(facts, node, DEF_FUNCTION);
    if (def != NULL)
        out->callee = facts_function_index(facts, def->node);
    return out->callee != FACT_NONE;
}
