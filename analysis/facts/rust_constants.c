/* Integer constants: the lengths of arrays. */
#include "facts/rust_layout.h"

enum { CONSTANT_DEPTH_MAX = 16 };

static bool value_of(struct facts *facts, uint32_t node, int depth, uint64_t *out);

/* 1_024usize, 0xFF, 0b1, 0o7. */
static bool literal_value(struct view text, uint64_t *out)
{
    uint64_t base = 10, value = 0;
    size_t i = 0;

    if (text.len > 2 && text.ptr[0] == '0') {
        base = text.ptr[1] == 'x' ? 16 : text.ptr[1] == 'o' ? 8 : text.ptr[1] == 'b' ? 2 : 10;
        i = base == 10 ? 0 : 2;
    }
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        uint64_t digit = c >= '0' && c <= '9'   ? (uint64_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A') + 10
                                                : 99;
        if (c == '_')
            continue;
        if (digit >= base)
            break; /* a suffix: u8, usize */
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *out = value;
    return true;
}

static bool binary_value(struct facts *facts, uint32_t node, int depth, uint64_t *out)
{
    uint64_t a, b;
    struct view operator= rust_text(facts, rust_field(facts, node, RUST_field_operator));

    if (!value_of(facts, rust_field(facts, node, RUST_field_left), depth + 1, &a) ||
        !value_of(facts, rust_field(facts, node, RUST_field_right), depth + 1, &b))
        return false;
    if (view_is(operator, "+"))
        return !__builtin_add_overflow(a, b, out);
    if (view_is(operator, "*"))
        return !__builtin_mul_overflow(a, b, out);
    if (view_is(operator, "-") && a >= b) {
        *out = a - b;
        return true;
    }
    if (view_is(operator, "/") && b > 0) {
        *out = a / b;
        return true;
    }
    if (view_is(operator, "<<") && b < 63 && a <= UINT64_MAX >> (b + 1)) {
        *out = a << b;
        return true;
    }
    return false;
}

/* A const item with one definition in the file. */
static bool named_value(struct facts *facts, uint32_t node, int depth, uint64_t *out)
{
    uint32_t binding = rust_resolve(facts, node);
    const struct def *def;

    if (binding == FACT_NONE || facts->bindings[binding].def_count != 1)
        return false;
    def = &facts->defs[facts->bindings[binding].first_def];
    return def->kind == DEF_ASSIGN &&
           rust_kind(facts, rust_parent(facts, def->node)) == RUST_sym_const_item &&
           value_of(facts, def->value, depth + 1, out);
}

static bool value_of(struct facts *facts, uint32_t node, int depth, uint64_t *out)
{
    if (node == NODE_NONE || depth > CONSTANT_DEPTH_MAX)
        return false;
    switch (facts->tree->nodes[node].kind) {
    case RUST_sym_integer_literal:
        return literal_value(node_text(facts->tree, node), out);
    case RUST_sym_binary_expression:
        return binary_value(facts, node, depth, out);
    case RUST_sym_parenthesized_expression:
        return value_of(facts, rust_child(facts, node, 0), depth + 1, out);
    case RUST_sym_type_cast_expression:
        return value_of(facts, rust_field(facts, node, RUST_field_value), depth + 1, out);
    case RUST_sym_identifier:
    case RUST_alias_sym_type_identifier: /* the argument of a const parameter reads like a type */
        return named_value(facts, node, depth, out);
    default:
        return false;
    }
}

bool rust_constant_value(struct facts *facts, uint32_t node, uint64_t *out)
{
    return value_of(facts, node, 0, out);
}
