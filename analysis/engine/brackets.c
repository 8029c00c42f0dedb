/* Filters that look at brackets: what stands in them; for Python also pairs as the items of a dict, and an
 * operand that may stand wherever its call stood. They say no where they cannot be sure. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"

static uint16_t kind_of(const struct tree *tree, uint32_t node)
{
    return node != NODE_NONE ? tree->nodes[node].kind : KIND_NONE;
}

static bool is_bracketed_rust(const struct tree *tree, uint32_t node)
{
    switch (kind_of(tree, node)) {
    case RUST_sym_token_tree:
    case RUST_sym_arguments:
    case RUST_sym_array_expression:
    case RUST_sym_tuple_expression:
    case RUST_sym_parenthesized_expression:
        return true;
    default:
        return false;
    }
}

static bool is_bracketed(const struct tree *tree, uint32_t node)
{
    struct view text = node_text(tree, node);

    switch (kind_of(tree, node)) {
    case PYTHON_sym_list:
    case PYTHON_sym_tuple:
    case PYTHON_sym_set:
    case PYTHON_sym_dictionary:
    case PYTHON_sym_list_comprehension:
    case PYTHON_sym_set_comprehension:
    case PYTHON_sym_dictionary_comprehension:
    case PYTHON_sym_generator_expression:
    case PYTHON_sym_parenthesized_expression:
    case PYTHON_sym_argument_list:
        /* a generator or tuple that lies in its call's own parentheses has them in its text */
        return text.len >= 2 && (text.ptr[0] == '(' || text.ptr[0] == '[' || text.ptr[0] == '{');
    default:
        return false;
    }
}

bool inside_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    struct view text = node_text(tree, node);

    if (tree->language == LANGUAGE_PYTHON ? !is_bracketed(tree, node) : !is_bracketed_rust(tree, node))
        return false;
    buffer_add(out, view_slice(text, 1, text.len - 1));
    return true;
}

/* Write one element, up to @p from everything is written; false where it is no plain pair. */
static bool write_pair(const struct tree *tree, uint32_t element, struct buffer *out)
{
    uint32_t key, value;
    uint16_t key_kind;

    if ((kind_of(tree, element) != PYTHON_sym_tuple && kind_of(tree, element) != PYTHON_sym_list) ||
        node_named_count(tree, element) != 2)
        return false;
    key = node_first_named(tree, element);
    value = node_sibling_named(tree, key);
    key_kind = kind_of(tree, key);
    if (key_kind == PYTHON_sym_list_splat || key_kind == PYTHON_sym_named_expression ||
        key_kind == PYTHON_sym_lambda || key_kind == PYTHON_sym_yield ||
        kind_of(tree, value) == PYTHON_sym_list_splat ||
        kind_of(tree, value) == PYTHON_sym_named_expression || kind_of(tree, value) == PYTHON_sym_yield)
        return false;
    buffer_add(out, node_text(tree, key));
    buffer_add_text(out, ": ");
    buffer_add(out, node_text(tree, value));
    return true;
}

bool pairs_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    const struct node *nodes = tree->nodes;
    uint32_t body, at = nodes[node].start + 1;

    if (tree->language != LANGUAGE_PYTHON || !is_bracketed(tree, node))
        return false;
    body = node_field(tree, node, PYTHON_field_body);
    for (uint32_t c = body != NODE_NONE ? body : node_first_named(tree, node); c != NODE_NONE;
         c = node_sibling_named(tree, c)) {
        buffer_add(out, view_slice(tree->text, at, nodes[c].start));
        if (!write_pair(tree, c, out))
            return false;
        at = nodes[c].end;
        if (body != NODE_NONE)
            break; /* the clauses of a comprehension are no elements */
    }
    buffer_add(out, view_slice(tree->text, at, nodes[node].end - 1));
    return true;
}

static bool has_newline(const struct tree *tree, uint32_t from, uint32_t to)
{
    return view_find_byte(view_slice(tree->text, from, to), '\n', 0) != SIZE_MAX;
}

bool operand_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    const struct node *nodes = tree->nodes;
    uint32_t at = node, inner;

    if (tree->language != LANGUAGE_PYTHON)
        return false;
    /* From the outside in: a.b[c](d) hangs on a. No line may break between the links. */
    for (;; at = inner) {
        uint16_t kind = kind_of(tree, at);
        uint32_t end = nodes[at].end;
        if (kind == PYTHON_sym_attribute) {
            inner = node_field(tree, at, PYTHON_field_object);
        } else if (kind == PYTHON_sym_call) {
            inner = node_field(tree, at, PYTHON_field_function);
            end = nodes[node_field(tree, at, PYTHON_field_arguments)].start;
        } else if (kind == PYTHON_sym_subscript) {
            inner = node_field(tree, at, PYTHON_field_value);
            end = nodes[node_sibling(tree, inner)].start;
        } else {
            break;
        }
        if (inner == NODE_NONE || has_newline(tree, nodes[inner].end, end))
            return false;
    }
    if (!is_bracketed(tree, at) && kind_of(tree, at) != PYTHON_sym_identifier &&
        kind_of(tree, at) != PYTHON_sym_string && kind_of(tree, at) != PYTHON_sym_integer &&
        kind_of(tree, at) != PYTHON_sym_float && kind_of(tree, at) != PYTHON_sym_true &&
        kind_of(tree, at) != PYTHON_sym_false)
        return false;
    if (node == at && kind_of(tree, at) == PYTHON_sym_generator_expression)
        return false; /* its parentheses may be the call's */
    buffer_add(out, node_text(tree, node));
    return true;
}
