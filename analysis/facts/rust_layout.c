/* How much room the values of a type take, as types are written. Generic arguments are followed; a parameter
 * that has none is not known. */
#include "facts/rust_layout.h"

struct layout layout_unsized(void)
{
    struct layout out = layout_unknown();
    out.sized = LAYOUT_UNSIZED;
    return out;
}

struct layout layout_sized_unknown(void)
{
    struct layout out = layout_unknown();
    out.sized = LAYOUT_SIZED;
    return out;
}

/* The type_parameter (or const_parameter) called @p name; its place among those that take arguments. */
static uint32_t find_parameter(const struct facts *facts, uint32_t parameters, struct view name,
                               uint32_t *index)
{
    *index = 0;
    for (uint32_t at = rust_child(facts, parameters, 0); at != NODE_NONE;
         at = node_sibling_named(facts->tree, at)) {
        uint16_t kind = facts->tree->nodes[at].kind;
        if (kind != RUST_sym_type_parameter && kind != RUST_sym_const_parameter)
            continue;
        if (view_equal(rust_text(facts, rust_field(facts, at, RUST_field_name)), name))
            return at;
        (*index)++;
    }
    return NODE_NONE;
}

static uint32_t argument_at(const struct facts *facts, uint32_t arguments, uint32_t index)
{
    for (uint32_t at = rust_child(facts, arguments, 0); at != NODE_NONE;
         at = node_sibling_named(facts->tree, at)) {
        uint16_t kind = facts->tree->nodes[at].kind;
        if (kind == RUST_sym_lifetime || kind == RUST_sym_type_binding)
            continue;
        if (index-- == 0)
            return at;
    }
    return NODE_NONE;
}

static bool may_have_parameters(uint16_t kind)
{
    switch (kind) {
    case RUST_sym_function_item:
    case RUST_sym_function_signature_item:
    case RUST_sym_struct_item:
    case RUST_sym_enum_item:
    case RUST_sym_union_item:
    case RUST_sym_type_item:
    case RUST_sym_associated_type:
    case RUST_sym_impl_item:
    case RUST_sym_trait_item:
        return true;
    default:
        return false; /* lists among them, whose many children would all be passed in search of a field */
    }
}

/* A parameter of one of the items around @p node. */
static uint32_t parameter_around(const struct facts *facts, uint32_t node, struct view name)
{
    uint32_t index, found = NODE_NONE;
    for (uint32_t at = node; at != NODE_NONE && found == NODE_NONE; at = facts->tree->nodes[at].parent)
        if (may_have_parameters(facts->tree->nodes[at].kind))
            found = find_parameter(facts, rust_field(facts, at, RUST_field_type_parameters), name, &index);
    return found;
}

static struct layout parameter_layout(const struct facts *facts, uint32_t parameter)
{
    struct layout out = layout_unknown();
    struct view bounds = rust_text(facts, rust_field(facts, parameter, RUST_field_bounds));
    if (view_find_byte(bounds, '?', 0) == SIZE_MAX)
        out.sized = LAYOUT_SIZED;
    return out;
}

/* The file's item that a type's name means; NODE_NONE. */
static uint32_t own_item(const struct facts *facts, uint32_t name, bool *several)
{
    uint32_t binding = rust_resolve(facts, name), item = NODE_NONE, found = 0;

    for (uint32_t d = binding != FACT_NONE ? facts->bindings[binding].first_def : FACT_NONE; d != FACT_NONE;
         d = facts->defs[d].next) {
        found += facts->defs[d].kind == DEF_CLASS || facts->defs[d].kind == DEF_IMPORT;
        if (facts->defs[d].kind == DEF_CLASS)
            item = facts->defs[d].value;
    }
    *several = found > 1;
    return item;
}

static struct layout option_layout(struct layout held)
{
    struct layout_variant variants[2] = {
        {.alone = layout_plain(0, 1), .typed = layout_fields_start(1, 0)},
        {.alone = held, .typed = layout_fields_start(1, 0)},
    };
    layout_fields_add(&variants[1].typed, held, false);
    return layout_choice(variants, 2);
}

static struct layout result_layout(struct layout good, struct layout bad)
{
    struct layout_variant variants[2] = {
        {.alone = good, .typed = layout_fields_start(1, 0)},
        {.alone = bad, .typed = layout_fields_start(1, 0)},
    };
    layout_fields_add(&variants[0].typed, good, false);
    layout_fields_add(&variants[1].typed, bad, false);
    return layout_choice(variants, 2);
}

static struct layout pointer_to(struct measure *m, uint32_t type, const struct generics *generics)
{
    struct layout target;
    if (m->pointed)
        return layout_plain(8, 8); /* a pointer to a pointer */
    m->pointed = true;
    target = rust_layout_of(m, type, generics);
    m->pointed = false;
    return layout_pointer(target.sized);
}

static struct layout library_layout(struct measure *m, const struct library_type *type, uint32_t arguments,
                                    const struct generics *generics)
{
    struct layout plain = layout_plain(type->bytes, type->align), first, second;
    struct layout_fields fields;

    plain.spare_least = type->spare_least;
    plain.spare_most = type->spare_most;
    if (type->shape == LIBRARY_PLAIN || (m->pointed && type->shape != LIBRARY_BESIDE &&
                                         type->shape != LIBRARY_HIDDEN && type->shape != LIBRARY_SAME))
        return plain;
    if (type->shape == LIBRARY_MAP) {
        if (argument_at(m->facts, arguments, type->arguments) == NODE_NONE && arguments != NODE_NONE)
            return layout_aligned((struct layout){.least = plain.least,
                                                  .most = plain.most,
                                                  .spare_least = 1,
                                                  .spare_most = UINT64_MAX,
                                                  .align_least = 8,
                                                  .align_most = 8},
                                  8);
        plain = layout_unknown();
        plain.least = type->align;
        plain.sized = LAYOUT_SIZED;
        return plain;
    }
    if (type->shape == LIBRARY_POINTER)
        return pointer_to(m, argument_at(m->facts, arguments, 0), generics);
    first = rust_layout_of(m, argument_at(m->facts, arguments, 0), generics);
    switch (type->shape) {
    case LIBRARY_HIDDEN:
        first.spare_least = first.spare_most = 0;
        return first;
    case LIBRARY_BESIDE:
        fields = layout_fields_start(0, 0);
        layout_fields_add(&fields, plain, false);
        first.spare_least = first.spare_most = 0;
        layout_fields_add(&fields, first, false);
        return layout_fields_end(&fields, false);
    case LIBRARY_PAIR:
        first.least = layout_times(first.least, 2);
        first.most = layout_times(first.most, 2);
        return first;
    case LIBRARY_OPTION:
        return option_layout(first);
    case LIBRARY_RESULT:
        return result_layout(first, rust_layout_of(m, argument_at(m->facts, arguments, 1), generics));
    case LIBRARY_IO_RESULT:
        second = layout_plain(8, 8);
        second.spare_least = 1;
        second.spare_most = UINT64_MAX;
        return result_layout(first, second);
    default:
        return first;
    }
}

static struct layout named_layout(struct measure *m, uint32_t name, uint32_t arguments,
                                  const struct generics *generics)
{
    struct facts *facts = m->facts;
    const struct library_type *library;
    struct view text = rust_text(facts, name), path;
    uint32_t index, parameter, argument, item;
    bool several;

    if (rust_kind(facts, name) == RUST_alias_sym_type_identifier) {
        parameter = find_parameter(facts, generics->parameters, text, &index);
        if (parameter != NODE_NONE) {
            argument = argument_at(facts, generics->arguments, index);
            return argument != NODE_NONE && generics->outer != NULL
                       ? rust_layout_of(m, argument, generics->outer)
                       : parameter_layout(facts, parameter);
        }
        parameter = parameter_around(facts, name, text);
        if (parameter != NODE_NONE)
            return parameter_layout(facts, parameter);
        item = own_item(facts, name, &several);
        if (several)
            return layout_unknown();
        if (item != NODE_NONE) {
            struct generics inner = {rust_field(facts, item, RUST_field_type_parameters), arguments,
                                     generics};
            return rust_layout_item(m, item, &inner);
        }
    }
    path = facts_path(facts, name);
    if (rust_library_unsized(path))
        return layout_unsized();
    library = rust_library_type(path);
    return library != NULL ? library_layout(m, library, arguments, generics) : layout_unknown();
}

static struct layout array_layout(struct measure *m, uint32_t type, const struct generics *generics)
{
    struct facts *facts = m->facts;
    uint32_t length = rust_field(facts, type, RUST_field_length), index, parameter;
    struct layout item = rust_layout_of(m, rust_field(facts, type, RUST_field_element), generics);
    uint64_t count;

    if (length == NODE_NONE)
        return layout_unsized();
    parameter = find_parameter(facts, generics->parameters, rust_text(facts, length), &index);
    if (parameter != NODE_NONE)
        length = argument_at(facts, generics->arguments, index);
    else if (parameter_around(facts, type, rust_text(facts, length)) != NODE_NONE)
        length = NODE_NONE;
    item.sized = LAYOUT_SIZED;
    if (!rust_constant_value(facts, length, &count)) {
        item.least = 0;
        item.most = LAYOUT_UNBOUNDED;
        item.spare_least = 0;
        return item;
    }
    item.least = layout_times(item.least, count);
    item.most = layout_times(item.most, count);
    item.empty &= count > 0;
    if (count == 0)
        item.spare_least = item.spare_most = 0;
    return item;
}

static struct layout tuple_layout(struct measure *m, uint32_t type, const struct generics *generics)
{
    struct layout_fields fields = layout_fields_start(0, 0);
    for (uint32_t at = rust_child(m->facts, type, 0); at != NODE_NONE;
         at = node_sibling_named(m->facts->tree, at))
        layout_fields_add(&fields, rust_layout_of(m, at, generics), false);
    return layout_fields_end(&fields, false);
}

static struct layout written_layout(struct measure *m, uint32_t type, const struct generics *generics)
{
    struct facts *facts = m->facts;
    struct layout out;

    switch (facts->tree->nodes[type].kind) {
    case RUST_PRIMITIVE_TYPE:
        return rust_primitive_layout(node_text(facts->tree, type), &out) ? out : layout_unknown();
    case RUST_sym_reference_type:
        return pointer_to(m, rust_field(facts, type, RUST_field_type), generics);
    case RUST_sym_pointer_type:
        out = pointer_to(m, rust_field(facts, type, RUST_field_type), generics);
        out.spare_least = 0;
        out.spare_most = out.most == 8 ? 0 : UINT64_MAX;
        return out;
    case RUST_sym_function_type:
        if (rust_field(facts, type, RUST_field_trait) != NODE_NONE)
            return layout_unsized(); /* Fn(u8), without dyn */
        return layout_pointer(LAYOUT_SIZED);
    case RUST_sym_array_type:
        return array_layout(m, type, generics);
    case RUST_sym_tuple_type:
        return tuple_layout(m, type, generics);
    case RUST_sym_unit_type:
        return layout_plain(0, 1);
    case RUST_sym_never_type:
        return (struct layout){.align_least = 1, .align_most = 1, .empty = true};
    case RUST_sym_dynamic_type:
    case RUST_sym_bounded_type:
        return layout_unsized();
    case RUST_sym_generic_type:
    case RUST_sym_generic_type_with_turbofish:
        return named_layout(m, rust_field(facts, type, RUST_field_type),
                            rust_field(facts, type, RUST_field_type_arguments), generics);
    case RUST_alias_sym_type_identifier:
    case RUST_sym_scoped_type_identifier:
    case RUST_sym_identifier:
    case RUST_sym_scoped_identifier:
        return named_layout(m, type, NODE_NONE, generics);
    default:
        return layout_unknown();
    }
}

struct layout rust_layout_of(struct measure *m, uint32_t type, const struct generics *generics)
{
    struct layout out = layout_unknown();

    if (type == NODE_NONE)
        return out;
    m->cut |= m->depth >= LAYOUT_DEPTH_MAX || m->steps >= LAYOUT_STEPS_MAX;
    if (m->cut)
        return out;
    m->steps++;
    m->depth++;
    out = written_layout(m, type, generics);
    m->depth--;
    return out;
}

static const struct generics NO_GENERICS = {NODE_NONE, NODE_NONE, NULL};

/* An array expression; what its elements are, as far as literals tell. */
static struct layout value_layout(struct measure *m, uint32_t node, int depth)
{
    struct facts *facts = m->facts;
    struct view text = rust_text(facts, node);
    struct layout out = layout_unknown();
    uint32_t length;
    uint64_t count;

    if (node == NODE_NONE || depth > 4)
        return out;
    switch (facts->tree->nodes[node].kind) {
    case RUST_sym_array_expression:
        length = rust_field(facts, node, RUST_field_length);
        if (length == NODE_NONE)
            count = node_named_count(facts->tree, node);
        else if (parameter_around(facts, node, rust_text(facts, length)) != NODE_NONE ||
                 !rust_constant_value(facts, length, &count))
            return out;
        out = value_layout(m, rust_child(facts, node, 0), depth + 1);
        out.least = layout_times(out.least, count);
        out.most = layout_times(out.most, count);
        return out;
    case RUST_sym_integer_literal:
    case RUST_sym_float_literal:
        out.least = facts->tree->nodes[node].kind == RUST_sym_float_literal ? 4 : 1;
        out.most = 16;
        for (size_t at = 0; at < text.len && !view_starts(text, "0x"); at++)
            if (rust_primitive_layout(view_slice(text, at, text.len), &out))
                break;
        return out;
    case RUST_sym_boolean_literal:
        return layout_plain(1, 1);
    case RUST_sym_char_literal:
        return layout_plain(text.len > 0 && text.ptr[0] == 'b' ? 1 : 4, 1);
    case RUST_sym_string_literal:
        return layout_plain(16, 8);
    default:
        return out;
    }
}

struct layout rust_layout(struct facts *facts, uint32_t node)
{
    struct measure m = {.facts = facts};
    struct generics own = NO_GENERICS;

    switch (rust_kind(facts, node)) {
    case RUST_sym_struct_item:
    case RUST_sym_enum_item:
    case RUST_sym_union_item:
    case RUST_sym_type_item:
        own.parameters = rust_field(facts, node, RUST_field_type_parameters);
        return rust_layout_item(&m, node, &own);
    case RUST_sym_enum_variant:
        return rust_layout_variant(&m, node);
    case RUST_sym_field_declaration:
        return rust_layout_of(&m, rust_field(facts, node, RUST_field_type), &NO_GENERICS);
    case RUST_sym_array_expression:
        return value_layout(&m, node, 0);
    default:
        return rust_layout_of(&m, node, &NO_GENERICS);
    }
}
