/* Predicates on types as they are written: their sizes, who names them; and the figures in templates. */
#include "engine_internal.h"
#include "syntax/rust_kinds.h"
#include <inttypes.h>

bool holds_size(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    struct layout layout = facts_layout(look->facts, a);
    uint64_t bound = (uint64_t)predicate->number;

    (void)b;
    return predicate->bits != 0 ? layout.least >= bound : layout.most <= bound;
}

bool holds_thin(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_layout(look->facts, a).sized == LAYOUT_SIZED;
}

bool holds_fat(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_layout(look->facts, a).sized == LAYOUT_UNSIZED;
}

bool holds_outgrows_others(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint64_t own = facts_layout(look->facts, a).least, least = (uint64_t)predicate->number, others;

    (void)b;
    if (own < least) /* most are small: the others need not be measured */
        return false;
    others = facts_layout_others(look->facts, a).most;
    return own >= others && own - others >= least;
}

bool holds_padded(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint64_t bytes, best;
    (void)b;
    return facts_layout_declared(look->facts, a, &bytes, &best) && bytes > best &&
           bytes - best >= (uint64_t)predicate->number;
}

/* pub, and not pub(crate). */
static bool is_public(const struct tree *tree, uint32_t item)
{
    for (uint32_t at = node_first_named(tree, item); at != NODE_NONE; at = node_sibling_named(tree, at))
        if (tree->nodes[at].kind == RUST_sym_visibility_modifier)
            return view_is(node_text(tree, at), "pub");
    return false;
}

/* Whether code outside of the crate may name @p item, by what the file says. */
static bool is_reachable(const struct tree *tree, uint32_t item)
{
    for (uint32_t at = item; at != NODE_NONE; at = tree->nodes[at].parent)
        switch (tree->nodes[at].kind) {
        case RUST_sym_block:
            return false;
        case RUST_sym_impl_item:
            if (node_field(tree, at, RUST_field_trait) != NODE_NONE)
                return true; /* the trait says what it looks like */
            break;
        case RUST_sym_function_signature_item:
            break; /* of a trait, or of what another language defines */
        case RUST_sym_foreign_mod_item:
            return true;
        case RUST_sym_function_item:
            if (node_ancestor(tree, at, RUST_sym_trait_item) != NODE_NONE ||
                (node_ancestor(tree, at, RUST_sym_impl_item) != NODE_NONE &&
                 node_field(tree, node_ancestor(tree, at, RUST_sym_impl_item), RUST_field_trait) !=
                     NODE_NONE))
                break;
            if (!is_public(tree, at))
                return false;
            break;
        case RUST_sym_field_declaration:
            if (node_ancestor(tree, at, RUST_sym_enum_variant) == NODE_NONE && !is_public(tree, at))
                return false;
            break;
        case RUST_sym_struct_item:
        case RUST_sym_enum_item:
        case RUST_sym_union_item:
        case RUST_sym_trait_item:
        case RUST_sym_type_item:
        case RUST_sym_const_item:
        case RUST_sym_static_item:
        case RUST_sym_mod_item:
            if (!is_public(tree, at))
                return false;
            break;
        default:
            break;
        }
    return true;
}

/* The file's type that is called @p name; NODE_NONE. */
static uint32_t type_named(const struct tree *tree, struct view name)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        uint16_t kind = tree->nodes[i].kind;
        uint32_t own;
        if (kind != RUST_sym_struct_item && kind != RUST_sym_enum_item && kind != RUST_sym_union_item)
            continue;
        own = node_field(tree, i, RUST_field_name);
        if (own != NODE_NONE && view_equal(node_text(tree, own), name))
            return i;
    }
    return NODE_NONE;
}

bool holds_exported(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct tree *tree = look->tree;

    (void)predicate, (void)b;
    if (tree->language != LANGUAGE_RUST)
        return false;
    if (tree->nodes[a].kind == RUST_alias_sym_type_identifier && tree->nodes[a].parent != NODE_NONE &&
        tree->nodes[tree->nodes[a].parent].kind == RUST_sym_impl_item)
        a = type_named(tree, node_text(tree, a));
    return a != NODE_NONE && is_reachable(tree, a);
}

/* Whether the type at @p node is what a slice, array, Vec or VecDeque holds. */
static bool is_element(struct look *look, uint32_t node)
{
    const struct tree *tree = look->tree;
    uint32_t parent = tree->nodes[node].parent;
    struct view path;

    if (parent == NODE_NONE || tree->nodes[parent].kind == RUST_sym_array_type)
        return parent != NODE_NONE;
    if (tree->nodes[parent].kind != RUST_sym_type_arguments)
        return false;
    path = look_path(look, tree->nodes[parent].parent);
    return view_is(path, "std::vec::Vec") || view_is(path, "std::collections::VecDeque");
}

bool holds_element_type(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct tree *tree = look->tree;
    struct view name = node_text(tree, a);

    (void)predicate, (void)b;
    for (uint32_t i = 0; tree->language == LANGUAGE_RUST && i < tree->count; i++)
        if (tree->nodes[i].kind == RUST_alias_sym_type_identifier && view_equal(node_text(tree, i), name) &&
            is_element(look, i))
            return true;
    return false;
}

bool layout_write(struct facts *facts, uint32_t node, struct view which, struct buffer *out)
{
    struct layout layout =
        view_is(which, "bytes-others") ? facts_layout_others(facts, node) : facts_layout(facts, node);
    uint64_t bytes, best;

    if (view_is(which, "bytes-reordered")) {
        if (!facts_layout_declared(facts, node, &bytes, &best))
            return false;
        buffer_add_format(out, "%" PRIu64, best);
        return true;
    }
    if (layout.least == 0 && layout.most != 0)
        return false;
    buffer_add_format(out, "%s%" PRIu64, layout.least == layout.most ? "" : "at least ", layout.least);
    return true;
}
