/* What is done with a variable as a whole: is it only ever an index, only filled, only asked by a few
 * methods; and what a type derives. */
#include "facts/rust_internal.h"

static bool is_index_of(const struct facts *facts, uint32_t use, uint32_t items)
{
    uint32_t parent = rust_parent(facts, use);
    return rust_kind(facts, parent) == RUST_sym_index_expression && rust_child(facts, parent, 1) == use &&
           view_equal(rust_text(facts, rust_child(facts, parent, 0)), rust_text(facts, items));
}

/* Another use of what @p items hangs on that may reach them: of self or self.a where they are self.a.items.
 */
static bool may_reach(const struct facts *facts, uint32_t node, uint32_t items)
{
    struct view used, wanted = rust_text(facts, items);
    uint32_t parent = rust_parent(facts, node);

    for (; rust_kind(facts, parent) == RUST_sym_field_expression &&
           facts->tree->nodes[parent].field != RUST_field_function;
         parent = rust_parent(facts, node))
        node = parent;
    used = rust_text(facts, node);
    return wanted.len > used.len && view_equal(view_slice(wanted, 0, used.len), used) &&
           wanted.ptr[used.len] == '.';
}

bool facts_indexes_only(const struct facts *facts, uint32_t index, uint32_t items, uint32_t body)
{
    const struct node *nodes = facts->tree->nodes;
    const struct binding *binding = facts_binding(facts, index);
    uint32_t root = facts_root_name(facts, items);
    const struct binding *owner = root != NODE_NONE ? facts_binding(facts, root) : NULL;
    size_t found = 0;

    if (facts->tree->language != LANGUAGE_RUST || binding == NULL || owner == NULL)
        return false;
    for (uint32_t at = body; at < nodes[body].next; at++) {
        bool same = nodes[at].kind == nodes[items].kind &&
                    view_equal(node_text(facts->tree, at), node_text(facts->tree, items));
        if (nodes[at].kind == RUST_sym_identifier && facts_binding(facts, at) == binding) {
            if (!is_index_of(facts, at, items))
                return false;
            found++;
        } else if (same) {
            uint32_t other = rust_child(facts, nodes[at].parent, 1);
            if (rust_kind(facts, nodes[at].parent) != RUST_sym_index_expression || other == NODE_NONE ||
                facts_binding(facts, other) != binding)
                return false;
        } else if (root != items && nodes[at].kind == nodes[root].kind && facts_binding(facts, at) == owner &&
                   may_reach(facts, at, items)) {
            return false;
        }
    }
    return found > 0;
}

/* The call whose receiver @p use is; false where it is used otherwise. */
static bool received_by(const struct facts *facts, uint32_t use, struct rust_call *out)
{
    uint32_t field = rust_parent(facts, use), call;

    if (rust_kind(facts, field) != RUST_sym_field_expression ||
        facts->tree->nodes[use].field != RUST_field_value)
        return false;
    call = rust_parent(facts, field);
    if (rust_kind(facts, call) == RUST_sym_generic_function)
        call = rust_parent(facts, call);
    return rust_call_of(facts, call, out) && out->receiver == use;
}

static const struct binding *local_variable(const struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);
    enum scope_kind kind;

    if (facts->tree->language != LANGUAGE_RUST || binding == NULL)
        return NULL;
    kind = facts->scopes[binding->scope].kind;
    return kind == SCOPE_BLOCK || kind == SCOPE_FUNCTION ? binding : NULL;
}

bool facts_receives_only(const struct facts *facts, uint32_t name, bool idle, const struct view *methods,
                         size_t count)
{
    const struct binding *binding = local_variable(facts, name);

    for (uint32_t u = binding != NULL ? binding->first_use : FACT_NONE; u != FACT_NONE;
         u = facts->uses[u].next) {
        struct rust_call call;
        bool listed = false;
        if (!received_by(facts, facts->uses[u].node, &call))
            return false;
        for (size_t i = 0; i < count && !listed; i++)
            listed = view_equal(rust_text(facts, call.name), methods[i]);
        if (!listed ||
            (idle && (rust_kind(facts, rust_parent(facts, call.node)) != RUST_sym_expression_statement ||
                      !rust_has_child(facts, rust_parent(facts, call.node), RUST_anon_sym_SEMI))))
            return false;
    }
    return binding != NULL && binding->first_use != FACT_NONE;
}

/* The struct or enum of the file that a type names; NODE_NONE. */
static uint32_t own_type(const struct facts *facts, const struct type *type, uint32_t node)
{
    uint32_t name = type->kind == TYPE_INSTANCE ? facts_name_find(facts, type->path) : FACT_NONE;
    uint32_t binding =
        name != FACT_NONE ? facts_resolve(facts, facts_context(facts, node)->scope, name) : FACT_NONE;

    if (binding == FACT_NONE)
        return NODE_NONE;
    for (uint32_t d = facts->bindings[binding].first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].kind == DEF_CLASS)
            return facts->defs[d].value;
    return NODE_NONE;
}

static bool is_derived(const struct facts *facts, uint32_t attribute, struct view trait)
{
    const struct node *nodes = facts->tree->nodes;
    bool derives = false;

    for (uint32_t at = attribute; at < nodes[attribute].next; at++) {
        if (nodes[at].kind != RUST_sym_identifier)
            continue;
        if (derives && view_equal(node_text(facts->tree, at), trait))
            return true;
        derives = derives || view_is(node_text(facts->tree, at), "derive");
    }
    return false;
}

bool facts_derives(struct facts *facts, uint32_t node, struct view trait)
{
    uint32_t item = own_type(facts, facts_type(facts, node), node);
    bool found = false;

    if (facts->tree->language != LANGUAGE_RUST || item == NODE_NONE)
        return false;
    for (uint32_t c = rust_child(facts, rust_parent(facts, item), 0); c != NODE_NONE && c != item;
         c = node_sibling_named(facts->tree, c)) {
        uint16_t kind = facts->tree->nodes[c].kind;
        if (kind == RUST_sym_attribute_item)
            found = found || is_derived(facts, c, trait);
        else if (kind != RUST_sym_line_comment && kind != RUST_sym_block_comment)
            found = false;
    }
    return found;
}
