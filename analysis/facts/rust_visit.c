/* The one pass over a Rust file, and the table by which the facts answer for the language. Names are
 * resolved in the order of the text; a let takes effect at the node after it, so that its value still sees
 * what the name meant before. */
#include "facts/rust_internal.h"

static const uint16_t NAMES[] = {RUST_sym_identifier, RUST_sym_self,
                                 RUST_alias_sym_shorthand_field_identifier, KIND_NONE};
static const uint16_t CALLS[] = {RUST_sym_call_expression, RUST_sym_macro_invocation, KIND_NONE};
static const uint16_t IMPURE[] = {RUST_sym_await_expression,      RUST_sym_yield_expression,
                                  RUST_sym_assignment_expression, RUST_sym_compound_assignment_expr,
                                  RUST_sym_return_expression,     RUST_sym_break_expression,
                                  RUST_sym_continue_expression,   KIND_NONE};
static const uint16_t MEMBERS[] = {RUST_sym_field_expression,
                                   RUST_sym_index_expression,
                                   RUST_sym_parenthesized_expression,
                                   RUST_sym_reference_expression,
                                   RUST_sym_unary_expression,
                                   RUST_sym_try_expression,
                                   KIND_NONE};

static bool is_item_or_let(uint16_t kind)
{
    switch (kind) {
    case RUST_sym_let_declaration:
    case RUST_sym_function_item:
    case RUST_sym_const_item:
    case RUST_sym_static_item:
    case RUST_sym_struct_item:
    case RUST_sym_enum_item:
    case RUST_sym_impl_item:
    case RUST_sym_trait_item:
    case RUST_sym_type_item:
    case RUST_sym_mod_item:
    case RUST_sym_use_declaration:
        return true;
    default:
        return false;
    }
}

/* A block has a scope of its own only where something is declared in it. */
static enum err_code visit_block(struct facts *facts, uint32_t node, struct err *err)
{
    struct context inside = *facts_context(facts, node);
    uint32_t context, child = node_first(facts->tree, node);
    enum err_code code;

    while (child != NODE_NONE && !is_item_or_let(facts->tree->nodes[child].kind))
        child = node_sibling(facts->tree, child);
    if (child == NODE_NONE)
        return ERR_OK;
    code = facts_add_scope(facts, SCOPE_BLOCK, node, inside.scope, &inside.scope, err);
    if (code == ERR_OK)
        code = facts_add_context(facts, inside, &context, err);
    if (code != ERR_OK)
        return code;
    for (child = node_first(facts->tree, node); child != NODE_NONE; child = node_sibling(facts->tree, child))
        facts_mark(facts, child, context);
    return rust_declare_items(facts, node, inside.scope, err);
}

static enum err_code visit_module(struct facts *facts, uint32_t node, struct err *err)
{
    uint32_t body = rust_field(facts, node, RUST_field_body);
    struct context inside = {.loop = FACT_NONE, .function = FACT_NONE};
    enum err_code code;

    if (body == NODE_NONE)
        return ERR_OK;
    code = facts_add_scope(facts, SCOPE_MODULE, node, facts_context(facts, node)->scope, &inside.scope, err);
    if (code == ERR_OK)
        code = rust_mark(facts, body, inside, err);
    return code == ERR_OK ? rust_declare_items(facts, body, inside.scope, err) : code;
}

static enum err_code visit_if(struct facts *facts, uint32_t node, struct err *err)
{
    struct context inside = *facts_context(facts, node);
    uint32_t condition = rust_field(facts, node, RUST_field_condition);
    uint16_t kind = rust_kind(facts, condition);
    enum err_code code;

    if (kind != RUST_sym_let_condition && kind != RUST_alias_sym_let_chain)
        return ERR_OK;
    code = rust_bind_condition(facts, condition, &inside, err);
    return code == ERR_OK ? rust_mark(facts, rust_field(facts, node, RUST_field_consequence), inside, err)
                          : code;
}

static enum err_code visit_arm(struct facts *facts, uint32_t node, struct err *err)
{
    struct context inside = *facts_context(facts, node);
    uint32_t match = rust_parent(facts, rust_parent(facts, node));
    uint32_t pattern = rust_field(facts, node, RUST_field_pattern);
    struct def def = {
        .kind = DEF_ASSIGN, .value = rust_field(facts, match, RUST_field_value), .annotation = NODE_NONE};
    enum err_code code;

    if (rust_kind(facts, match) != RUST_sym_match_expression || pattern == NODE_NONE)
        return ERR_OK;
    code = facts_add_scope(facts, SCOPE_BLOCK, node, inside.scope, &inside.scope, err);
    if (code == ERR_OK)
        code = rust_mark(facts, pattern, inside, err);
    if (code == ERR_OK)
        code = rust_bind_pattern(facts, pattern, inside.scope, &def, err);
    if (code == ERR_OK)
        code = rust_bind_condition(facts, rust_field(facts, pattern, RUST_field_condition), &inside, err);
    return code == ERR_OK ? rust_mark(facts, rust_field(facts, node, RUST_field_value), inside, err) : code;
}

/* The let that ends right before @p node takes effect here. */
static enum err_code end_let(struct facts *facts, uint32_t node, struct err *err)
{
    uint32_t let = node > 0 ? facts->tree->nodes[node - 1].parent : NODE_NONE;
    struct def def = {.kind = DEF_ASSIGN};

    if (rust_kind(facts, let) != RUST_sym_let_declaration || facts->tree->nodes[let].next != node)
        return ERR_OK;
    def.value = rust_field(facts, let, RUST_field_value);
    def.annotation = rust_field(facts, let, RUST_field_type);
    return rust_bind_pattern(facts, rust_field(facts, let, RUST_field_pattern),
                             facts_context(facts, let)->scope, &def, err);
}

static enum err_code visit(struct facts *facts, uint32_t node, struct err *err)
{
    enum err_code code = end_let(facts, node, err);

    if (code != ERR_OK)
        return code;
    switch (facts->tree->nodes[node].kind) {
    case RUST_sym_source_file:
        return rust_declare_items(facts, node, facts_context(facts, node)->scope, err);
    case RUST_sym_mod_item:
        return visit_module(facts, node, err);
    case RUST_sym_block:
        return visit_block(facts, node, err);
    case RUST_sym_function_item:
        return rust_visit_function(facts, node, err);
    case RUST_sym_closure_expression:
        return rust_visit_closure(facts, node, err);
    case RUST_sym_async_block:
        return rust_visit_async_block(facts, node, err);
    case RUST_sym_for_expression:
        return rust_visit_for(facts, node, err);
    case RUST_sym_while_expression:
        return rust_visit_while(facts, node, err);
    case RUST_sym_loop_expression:
        return rust_visit_loop(facts, node, err);
    case RUST_sym_if_expression:
        return visit_if(facts, node, err);
    case RUST_sym_match_arm:
        return visit_arm(facts, node, err);
    case RUST_sym_let_declaration:
        rust_reserve_pattern(facts, rust_field(facts, node, RUST_field_pattern));
        return ERR_OK;
    case RUST_sym_break_expression:
    case RUST_sym_return_expression:
    case RUST_sym_try_expression:
        rust_visit_exit(facts, node);
        return ERR_OK;
    case RUST_sym_identifier:
    case RUST_sym_self:
    case RUST_alias_sym_type_identifier:
        return rust_visit_name(facts, node, err);
    case RUST_sym_field_expression:
        return rust_visit_member(facts, node, err);
    case RUST_sym_string_content:
        return rust_visit_text(facts, node, err);
    default:
        return ERR_OK;
    }
}

const struct facts_language FACTS_RUST = {
    .visit = visit,
    .type_of = rust_type_of,
    .path_of = rust_path_of,
    .layout_of = rust_layout,
    .layout_others = rust_layout_others,
    .layout_declared = rust_layout_declared,
    .length_of = rust_length_of,
    .mutates = rust_mutates,
    .growth = rust_growth,
    .leaks = rust_leaks,
    .pure_call = rust_pure_call,
    .sized = rust_sized,
    .off_loop = rust_off_loop,
    .finish = rust_finish,
    .call_of = rust_calls_function,
    .borrows = true,
    .names = NAMES,
    .calls = CALLS,
    .impure = IMPURE,
    .members = MEMBERS,
};
