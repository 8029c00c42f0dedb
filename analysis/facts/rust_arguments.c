/* What a value is handed to: the parameter of the file's own function that an argument becomes, and which way
 * each use of a variable reads it. */
#include "facts/rust_internal.h"

/* The function item or signature that @p call calls, where the file has exactly one of that name; NODE_NONE.
 */
static uint32_t called_item(struct facts *facts, const struct rust_call *call)
{
    uint32_t scope = facts_context(facts, call->node)->scope, binding, owner;
    const struct def *def;
    struct view type;

    if (rust_kind(facts, call->callee) == RUST_sym_identifier) {
        def = rust_def_of(facts, call->callee, DEF_FUNCTION);
        return def != NULL ? node_ancestor(facts->tree, def->node, RUST_sym_function_item) : NODE_NONE;
    }
    if (call->receiver != NODE_NONE) {
        const struct type *held = facts_type(facts, call->receiver);
        while (rust_type_inner(held) != NULL)
            held = rust_type_inner(held);
        if (held->kind != TYPE_INSTANCE)
            return NODE_NONE;
        type = held->path;
    } else {
        owner = rust_field(facts, call->callee, RUST_field_path);
        type = rust_text(facts, owner);
        if (view_is(type, "Self"))
            type = rust_self_name(facts, call->node);
    }
    binding = rust_method_binding(facts, scope, type, rust_text(facts, call->name));
    if (binding == FACT_NONE || facts->bindings[binding].def_count != 1)
        return NODE_NONE;
    return facts->defs[facts->bindings[binding].first_def].value;
}

static uint32_t place_of(const struct facts *facts, uint32_t arguments, uint32_t argument)
{
    uint32_t place = 0, at = rust_child(facts, arguments, 0);

    for (; at != NODE_NONE && at != argument; at = node_sibling_named(facts->tree, at))
        place += facts->tree->nodes[at].kind != RUST_sym_attribute_item;
    return at == argument ? place : UINT32_MAX;
}

static uint32_t parameter_at(const struct facts *facts, uint32_t item, uint32_t place, bool method)
{
    uint32_t at = rust_child(facts, rust_field(facts, item, RUST_field_parameters), 0);

    for (; at != NODE_NONE; at = node_sibling_named(facts->tree, at)) {
        uint16_t kind = facts->tree->nodes[at].kind;
        if (kind == RUST_sym_self_parameter && method)
            continue;
        if (kind != RUST_sym_self_parameter && kind != RUST_sym_parameter)
            continue;
        if (place-- == 0)
            return at;
    }
    return NODE_NONE;
}

uint32_t facts_parameter_type(struct facts *facts, uint32_t argument)
{
    uint32_t arguments = rust_parent(facts, argument), item, place;
    struct rust_call call;

    if (facts->tree->language != LANGUAGE_RUST || rust_kind(facts, arguments) != RUST_sym_arguments ||
        !rust_call_of(facts, rust_parent(facts, arguments), &call) || call.callee == NODE_NONE)
        return NODE_NONE;
    item = called_item(facts, &call);
    place = place_of(facts, arguments, argument);
    if (item == NODE_NONE || place == UINT32_MAX)
        return NODE_NONE;
    return rust_field(facts, parameter_at(facts, item, place, call.receiver != NODE_NONE), RUST_field_type);
}

/* &a or &mut a given to a parameter of type &[T] or &mut [T]. */
static bool given_as_slice(struct facts *facts, uint32_t reference)
{
    uint32_t type = facts_parameter_type(facts, reference);
    return rust_kind(facts, type) == RUST_sym_reference_type &&
           rust_kind(facts, rust_field(facts, type, RUST_field_type)) == RUST_sym_array_type &&
           rust_field(facts, rust_field(facts, type, RUST_field_type), RUST_field_length) == NODE_NONE;
}

enum use_way facts_use_way(struct facts *facts, uint32_t use, struct view *method)
{
    uint32_t parent = rust_parent(facts, use), above = rust_parent(facts, parent);
    bool borrows;

    if (facts->tree->language != LANGUAGE_RUST)
        return USE_OTHER;
    if (rust_in_macro(facts, use, &borrows))
        return borrows ? USE_FORMATTED : USE_OTHER;
    switch (rust_kind(facts, parent)) {
    case RUST_sym_field_expression:
        if (rust_kind(facts, above) == RUST_sym_generic_function)
            parent = above;
        if (facts->tree->nodes[parent].field != RUST_field_function)
            return USE_OTHER;
        *method = rust_text(facts, rust_field(facts, rust_parent(facts, use), RUST_field_field));
        return USE_METHOD;
    case RUST_sym_index_expression:
        return rust_child(facts, parent, 0) == use ? USE_INDEXED : USE_OTHER;
    case RUST_sym_reference_expression:
        if (rust_kind(facts, above) == RUST_sym_for_expression)
            return facts->tree->nodes[parent].field == RUST_field_value ? USE_WALKED : USE_OTHER;
        return given_as_slice(facts, parent) ? USE_SLICED : USE_OTHER;
    default:
        return USE_OTHER;
    }
}
