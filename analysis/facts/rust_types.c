/* Types of expressions and of what defines a name. What is not known for sure is unknown. */
#include "facts/rust_internal.h"

enum { DEFS_ASKED_MAX = 4 }; /* definitions of one name that are asked for its type: in Rust all agree */

static const struct type *plain(struct facts *facts, enum type_kind kind)
{
    return rust_type_new(facts, kind, VIEW(""), NULL, NULL);
}

static const struct type *binding_type(struct facts *facts, uint32_t index)
{
    const struct type *type = &TYPE_IS_UNKNOWN;
    uint32_t def = facts->bindings[index].first_def;

    if (facts->bindings[index].type != NULL)
        return facts->bindings[index].type;
    if (facts->bindings[index].type_pending)
        return type;
    facts->bindings[index].type_pending = true;
    for (int i = 0; i < DEFS_ASKED_MAX && def != FACT_NONE && type->kind == TYPE_UNKNOWN; i++) {
        struct def asked = facts->defs[def];
        type = rust_type_of_def(facts, &asked);
        def = facts->defs[def].next;
    }
    facts->bindings[index].type_pending = false;
    facts->bindings[index].type = type;
    return type;
}

/* Some(x) and Ok(x) of a value that is an option or result. */
static const struct type *unpacked_type(struct facts *facts, const struct def *def)
{
    uint32_t pattern = rust_parent(facts, def->node), around;
    const struct type *value;
    struct view name;

    if (rust_kind(facts, pattern) == RUST_sym_mut_pattern)
        pattern = rust_parent(facts, pattern);
    if (def->value == NODE_NONE || pattern == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    around = rust_parent(facts, pattern);
    if (facts->tree->nodes[pattern].field != RUST_field_pattern &&
        rust_kind(facts, around) != RUST_sym_match_pattern)
        return &TYPE_IS_UNKNOWN; /* deeper inside a pattern */
    if (rust_kind(facts, pattern) == RUST_sym_reference_pattern) {
        if (rust_kind(facts, around) != RUST_sym_for_expression)
            return &TYPE_IS_UNKNOWN;
        /* What is moved out from behind a reference is copied: a number, or a reference itself. */
        value = rust_type_element(facts, facts_type(facts, def->value));
        return rust_is_copy(value) ? rust_type_reference(facts, value, false) : value;
    }
    if (rust_kind(facts, pattern) != RUST_sym_tuple_struct_pattern)
        return &TYPE_IS_UNKNOWN;
    name = rust_text(facts, rust_field(facts, pattern, RUST_field_type));
    value = facts_type(facts, def->value);
    if (!(view_is(name, "Some") && value->kind == TYPE_OPTION) &&
        !(view_is(name, "Ok") && value->kind == TYPE_RESULT))
        return &TYPE_IS_UNKNOWN;
    return value->item == NULL ? &TYPE_IS_UNKNOWN
           : value->reference  ? rust_type_reference(facts, value->item, true)
                               : value->item;
}

static const struct type *self_type(struct facts *facts, uint32_t node)
{
    struct view name = rust_self_name(facts, node);
    if (name.len == 0)
        return &TYPE_IS_UNKNOWN;
    return rust_type_reference(facts, rust_type_new(facts, TYPE_INSTANCE, name, NULL, NULL),
                               rust_has_child(facts, rust_parent(facts, node), RUST_anon_sym_AMP));
}

/* |py| of Python::with_gil(|py| ..). */
static const struct type *closure_parameter_type(struct facts *facts, const struct def *def)
{
    uint32_t closure = rust_parent(facts, rust_parent(facts, def->node));
    struct rust_call call;
    struct view path;

    if (rust_kind(facts, closure) != RUST_sym_closure_expression ||
        !rust_call_of(facts, rust_parent(facts, rust_parent(facts, closure)), &call) ||
        call.callee == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    path = facts_path(facts, call.callee);
    return view_is(path, "pyo3::Python::with_gil") || view_is(path, "pyo3::Python::attach")
               ? rust_type_new(facts, TYPE_INSTANCE, VIEW("pyo3::Python"), NULL, NULL)
               : &TYPE_IS_UNKNOWN;
}

const struct type *rust_type_of_def(struct facts *facts, const struct def *def)
{
    const struct type *type = rust_type_of_node(facts, def->annotation);

    switch (def->kind) {
    case DEF_ASSIGN:
        return type->kind != TYPE_UNKNOWN || def->annotation != NODE_NONE ? type
                                                                          : facts_type(facts, def->value);
    case DEF_LOOP:
        return def->value != NODE_NONE ? rust_type_element(facts, facts_type(facts, def->value))
                                       : &TYPE_IS_UNKNOWN;
    case DEF_PARAMETER:
        if (rust_kind(facts, def->node) == RUST_sym_self)
            return self_type(facts, def->node);
        return def->annotation != NODE_NONE ? type : closure_parameter_type(facts, def);
    case DEF_OTHER: /* a field of a struct */
        return type;
    case DEF_UNPACK:
        return unpacked_type(facts, def);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

static const struct type *name_type(struct facts *facts, uint32_t node)
{
    uint32_t binding = facts->tree->nodes[node].binding;
    return binding != 0 ? binding_type(facts, binding - 1) : &TYPE_IS_UNKNOWN;
}

/* self.field, and x.field where x is of a type that the file defines. */
static const struct type *field_type(struct facts *facts, uint32_t node)
{
    const struct type *type;
    uint32_t binding = facts->tree->nodes[node].binding;

    if (binding != 0)
        return binding_type(facts, binding - 1);
    type = facts_type(facts, rust_field(facts, node, RUST_field_value));
    while (type != NULL && rust_type_inner(type) != NULL)
        type = rust_type_inner(type);
    if (type == NULL || type->kind != TYPE_INSTANCE)
        return &TYPE_IS_UNKNOWN;
    binding = rust_field_binding(facts, facts_context(facts, node)->scope, type->path,
                                 rust_text(facts, rust_field(facts, node, RUST_field_field)));
    return binding != FACT_NONE ? binding_type(facts, binding) : &TYPE_IS_UNKNOWN;
}

static const struct type *index_type(struct facts *facts, uint32_t node)
{
    const struct type *type = facts_type(facts, rust_child(facts, node, 0));
    uint32_t index = rust_child(facts, node, 1);

    while (type != NULL && rust_type_inner(type) != NULL)
        type = rust_type_inner(type);
    if (type == NULL)
        return &TYPE_IS_UNKNOWN;
    if (rust_kind(facts, index) == RUST_sym_range_expression) {
        if (type->kind == TYPE_STRING || type->kind == TYPE_STR)
            return plain(facts, TYPE_STR);
        if (type->kind == TYPE_VEC || type->kind == TYPE_SLICE || type->kind == TYPE_ARRAY)
            return rust_type_new(facts, TYPE_SLICE, VIEW(""), type->item, NULL);
        return &TYPE_IS_UNKNOWN;
    }
    switch (type->kind) {
    case TYPE_VEC:
    case TYPE_VECDEQUE:
    case TYPE_SLICE:
    case TYPE_ARRAY:
        return type->item;
    case TYPE_HASHMAP:
    case TYPE_BTREEMAP:
        return type->value;
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

/* Functions of the standard library and well-known crates whose result rules ask for. */
static const struct {
    const char *path;
    enum type_kind kind, item; /* item: TYPE_UNKNOWN for none */
} FUNCTIONS[] = {
    {"std::fs::read_to_string", TYPE_RESULT, TYPE_STRING},
    {"std::fs::read", TYPE_RESULT, TYPE_VEC},
    {"std::string::String::from_utf8", TYPE_RESULT, TYPE_STRING},
    {"std::env::args", TYPE_ITERATOR, TYPE_STRING},
    {"std::env::var", TYPE_RESULT, TYPE_STRING},
    {"std::fs::File::open", TYPE_RESULT, TYPE_FILE},
    {"std::fs::File::create", TYPE_RESULT, TYPE_FILE},
    {"regex::Regex::new", TYPE_RESULT, TYPE_REGEX},
    {"std::str::from_utf8", TYPE_RESULT, TYPE_STR},
};
static const char *const CONSTRUCTORS[] = {
    "new", "with_capacity", "from", "from_iter", "default", "with_hasher", "with_capacity_and_hasher"};

static bool is_wrapper(enum type_kind kind)
{
    return kind == TYPE_BOX || kind == TYPE_RC || kind == TYPE_ARC || kind == TYPE_MUTEX ||
           kind == TYPE_RWLOCK || kind == TYPE_CELL;
}

/* Vec::new(), Mutex::new(x), Arc::clone(&x), Own::make(). */
static const struct type *constructed_type(struct facts *facts, const struct rust_call *call)
{
    uint32_t path = rust_field(facts, call->callee, RUST_field_path),
             argument = rust_argument(facts, call, 0);
    struct view name = rust_text(facts, call->name);
    const struct type *type;
    uint32_t binding;

    type = rust_type_of_node(facts, path);
    if (type->kind == TYPE_INSTANCE || type->kind == TYPE_UNKNOWN) {
        struct view owner = facts_path(facts, path);
        binding = owner.len > 0
                      ? rust_method_binding(facts, facts_context(facts, call->node)->scope, owner, name)
                      : FACT_NONE;
        if (binding == FACT_NONE || facts->bindings[binding].def_count != 1)
            return &TYPE_IS_UNKNOWN;
        return rust_type_of_node(facts, facts->defs[facts->bindings[binding].first_def].annotation);
    }
    if ((type->kind == TYPE_ARC || type->kind == TYPE_RC) && view_is(name, "clone"))
        return rust_type_reference(facts, facts_type(facts, argument), false);
    if (!rust_word_in(name, CONSTRUCTORS, COUNT_OF(CONSTRUCTORS)) || type->kind == TYPE_REGEX ||
        type->kind == TYPE_FILE || type->kind == TYPE_OPTION || type->kind == TYPE_RESULT)
        return &TYPE_IS_UNKNOWN;
    if (is_wrapper(type->kind) && type->item == NULL && view_is(name, "new"))
        return rust_type_new(facts, type->kind, type->path, facts_type(facts, argument), NULL);
    return type;
}

static const struct type *function_type(struct facts *facts, const struct rust_call *call)
{
    const struct def *def = rust_def_of(facts, call->callee, DEF_FUNCTION);
    struct view name = rust_text(facts, call->callee);

    if (def != NULL && facts->tree->nodes[def->value].kind == RUST_sym_function_item &&
        rust_field(facts, def->value, RUST_field_type_parameters) == NODE_NONE)
        return rust_type_of_node(facts, def->annotation);
    if (view_is(name, "Some"))
        return rust_type_new(facts, TYPE_OPTION, VIEW(""), facts_type(facts, rust_argument(facts, call, 0)),
                             NULL);
    if (view_is(name, "Ok"))
        return rust_type_new(facts, TYPE_RESULT, VIEW(""), facts_type(facts, rust_argument(facts, call, 0)),
                             NULL);
    return &TYPE_IS_UNKNOWN;
}

static const struct type *call_type(struct facts *facts, uint32_t node)
{
    const struct type *type = &TYPE_IS_UNKNOWN;
    struct rust_call call;
    struct view path;

    if (!rust_call_of(facts, node, &call))
        return type;
    if (call.receiver != NODE_NONE)
        return rust_method_type(facts, &call);
    if (rust_kind(facts, call.callee) == RUST_sym_scoped_identifier)
        type = constructed_type(facts, &call);
    else if (rust_kind(facts, call.callee) == RUST_sym_identifier)
        type = function_type(facts, &call);
    if (type->kind != TYPE_UNKNOWN || call.callee == NODE_NONE)
        return type;
    path = facts_path(facts, call.callee);
    if (view_is(path, "regex::bytes::Regex::new"))
        path = VIEW("regex::Regex::new");
    for (size_t i = 0; path.len > 0 && i < COUNT_OF(FUNCTIONS); i++)
        if (view_is(path, FUNCTIONS[i].path))
            return rust_type_new(facts, FUNCTIONS[i].kind, VIEW(""), plain(facts, FUNCTIONS[i].item), NULL);
    return type;
}

static const struct type *macro_type(struct facts *facts, uint32_t node)
{
    struct view name = rust_text(facts, rust_field(facts, node, RUST_field_macro));
    uint32_t arguments;

    if (view_is(name, "format"))
        return plain(facts, TYPE_STRING);
    if (!view_is(name, "vec"))
        return &TYPE_IS_UNKNOWN;
    arguments = rust_macro_arguments(facts, node);
    return rust_type_new(facts, TYPE_VEC, VIEW(""), facts_type(facts, rust_child(facts, arguments, 0)), NULL);
}

static const struct type *binary_type(struct facts *facts, uint32_t node)
{
    const struct type *left, *right;

    switch (rust_kind(facts, rust_field(facts, node, RUST_field_operator))) {
    case RUST_anon_sym_EQ_EQ:
    case RUST_anon_sym_BANG_EQ:
    case RUST_anon_sym_LT:
    case RUST_anon_sym_GT:
    case RUST_anon_sym_LT_EQ:
    case RUST_anon_sym_GT_EQ:
    case RUST_anon_sym_AMP_AMP:
    case RUST_anon_sym_PIPE_PIPE:
        return plain(facts, TYPE_BOOL);
    default:
        break;
    }
    left = facts_type(facts, rust_field(facts, node, RUST_field_left));
    right = facts_type(facts, rust_field(facts, node, RUST_field_right));
    if (left->kind == TYPE_STRING)
        return left;
    return left->kind == right->kind && (left->kind == TYPE_INT || left->kind == TYPE_FLOAT)
               ? plain(facts, left->kind)
               : &TYPE_IS_UNKNOWN;
}

static const struct type *dereferenced(struct facts *facts, uint32_t node)
{
    const struct type *type = facts_type(facts, rust_child(facts, node, 0));

    if (!rust_has_child(facts, node, RUST_anon_sym_STAR))
        return rust_has_child(facts, node, RUST_anon_sym_BANG) || type->kind == TYPE_INT ||
                       type->kind == TYPE_FLOAT
                   ? type
                   : &TYPE_IS_UNKNOWN;
    if (type->reference)
        return rust_type_reference(facts, type, false);
    return rust_type_inner(type) != NULL ? rust_type_inner(type) : &TYPE_IS_UNKNOWN;
}

static const struct type *literal_type(struct facts *facts, uint32_t node)
{
    struct view text = node_text(facts->tree, node);

    switch (facts->tree->nodes[node].kind) {
    case RUST_sym_string_literal:
    case RUST_sym_raw_string_literal:
        if (view_starts(text, "b"))
            return rust_type_reference(
                facts, rust_type_new(facts, TYPE_ARRAY, VIEW(""), plain(facts, TYPE_CHAR), NULL), true);
        return view_starts(text, "c") ? &TYPE_IS_UNKNOWN
                                      : rust_type_reference(facts, plain(facts, TYPE_STR), true);
    case RUST_sym_char_literal:
        return plain(facts, TYPE_CHAR); /* b'x' too: a byte */
    case RUST_sym_integer_literal:
        return plain(facts, view_ends(text, "f64") || view_ends(text, "f32") ? TYPE_FLOAT : TYPE_INT);
    case RUST_sym_float_literal:
        return plain(facts, TYPE_FLOAT);
    default:
        return plain(facts, TYPE_BOOL);
    }
}

static const struct type *tried_type(struct facts *facts, uint32_t node)
{
    const struct type *type = facts_type(facts, rust_child(facts, node, 0));
    return (type->kind == TYPE_OPTION || type->kind == TYPE_RESULT) && type->item != NULL ? type->item
                                                                                          : &TYPE_IS_UNKNOWN;
}

static const struct type *array_type(struct facts *facts, uint32_t node)
{
    uint32_t first = rust_child(facts, node, 0);
    return rust_type_new(facts, TYPE_ARRAY, VIEW(""), first != NODE_NONE ? facts_type(facts, first) : NULL,
                         NULL);
}

/* An awaited call has the type that the function states, and what lock() gives is the guard already. */
const struct type *rust_type_of(struct facts *facts, uint32_t node)
{
    switch (facts->tree->nodes[node].kind) {
    case RUST_sym_identifier:
    case RUST_sym_self:
    case RUST_alias_sym_shorthand_field_identifier:
        return name_type(facts, node);
    case RUST_sym_string_literal:
    case RUST_sym_raw_string_literal:
    case RUST_sym_char_literal:
    case RUST_sym_integer_literal:
    case RUST_sym_float_literal:
    case RUST_sym_boolean_literal:
        return literal_type(facts, node);
    case RUST_sym_parenthesized_expression:
    case RUST_sym_await_expression:
        return facts_type(facts, rust_child(facts, node, 0));
    case RUST_sym_try_expression:
        return tried_type(facts, node);
    case RUST_sym_reference_expression:
        return rust_type_reference(facts, facts_type(facts, rust_field(facts, node, RUST_field_value)), true);
    case RUST_sym_unary_expression:
        return dereferenced(facts, node);
    case RUST_sym_binary_expression:
        return binary_type(facts, node);
    case RUST_sym_range_expression:
        return plain(facts, TYPE_RANGE);
    case RUST_sym_array_expression:
        return array_type(facts, node);
    case RUST_sym_tuple_expression:
        return plain(facts, TYPE_TUPLE);
    case RUST_sym_unit_expression:
        return plain(facts, TYPE_NONE);
    case RUST_sym_macro_invocation:
        return macro_type(facts, node);
    case RUST_sym_type_cast_expression:
        return rust_type_of_node(facts, rust_field(facts, node, RUST_field_type));
    case RUST_sym_struct_expression:
        return rust_type_of_node(facts, rust_field(facts, node, RUST_field_name));
    case RUST_sym_closure_expression:
        return plain(facts, TYPE_CLOSURE);
    case RUST_sym_call_expression:
        return call_type(facts, node);
    case RUST_sym_field_expression:
        return field_type(facts, node);
    case RUST_sym_index_expression:
        return index_type(facts, node);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}
