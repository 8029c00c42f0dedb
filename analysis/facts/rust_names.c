/* Uses of names: identifiers, self, fields of self, and the raw tokens in the arguments of macros. */
#include "facts/rust_internal.h"

/* Macros whose arguments are borrowed, as format! takes them. */
static const char *const BORROWING_MACROS[] = {
    "format",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "log",
    "event",
    "span",
    "format_args",
    "unreachable",
    "unimplemented",
    "todo",
    "matches",
    "concat",
    "anyhow",
    "bail",
    "ensure",
    "dbg_ref",
};

bool rust_in_macro(const struct facts *facts, uint32_t node, bool *borrows)
{
    uint32_t up = rust_parent(facts, node);
    uint32_t name, last = NODE_NONE;

    *borrows = false;
    if (rust_kind(facts, up) == RUST_sym_string_literal)
        up = rust_parent(facts, up);
    if (rust_kind(facts, up) != RUST_sym_token_tree)
        return false;
    while (rust_kind(facts, up) == RUST_sym_token_tree)
        up = rust_parent(facts, up);
    name = rust_field(facts, up, RUST_field_macro);
    if (rust_kind(facts, name) == RUST_sym_scoped_identifier)
        last = rust_field(facts, name, RUST_field_name);
    *borrows = rust_word_in(rust_text(facts, last != NODE_NONE ? last : name), BORROWING_MACROS,
                            COUNT_OF(BORROWING_MACROS));
    return true;
}

static enum err_code use_name(struct facts *facts, uint32_t node, struct view text, struct err *err)
{
    uint32_t name = facts_name_find(facts, text), binding;
    if (name == FACT_NONE)
        return ERR_OK;
    binding = facts_resolve(facts, facts_context(facts, node)->scope, name);
    return binding != FACT_NONE ? facts_use(facts, node, binding, err) : ERR_OK;
}

/* In raw tokens a name after a dot or :: is a member, one before : a field of a literal. */
static bool is_token_name(const struct facts *facts, uint32_t node)
{
    const struct node *nodes = facts->tree->nodes;
    uint32_t after = nodes[node].next;
    uint16_t before = node > 0 && nodes[node - 1].parent == nodes[node].parent ? nodes[node - 1].kind : 0;
    uint16_t next =
        after < facts->tree->count && nodes[after].parent == nodes[node].parent ? nodes[after].kind : 0;
    return before != RUST_anon_sym_DOT && before != RUST_anon_sym_COLON_COLON &&
           before != RUST_anon_sym_SQUOTE && next != RUST_anon_sym_COLON && next != RUST_anon_sym_BANG;
}

static bool names_nothing(const struct facts *facts, uint32_t node)
{
    uint8_t field = facts->tree->nodes[node].field;
    if (field == RUST_field_name || field == RUST_field_macro || field == RUST_field_alias)
        return true;
    switch (rust_kind(facts, rust_parent(facts, node))) {
    case RUST_sym_token_tree:
    case RUST_sym_token_repetition:
        return !is_token_name(facts, node);
    case RUST_sym_label:
    case RUST_sym_lifetime:
    case RUST_sym_attribute:
    case RUST_sym_use_list:
    case RUST_sym_use_wildcard:
    case RUST_sym_use_as_clause:
    case RUST_sym_use_declaration:
    case RUST_sym_scoped_use_list:
    case RUST_sym_visibility_modifier:
    case RUST_sym_token_tree_pattern:
    case RUST_sym_token_binding_pattern:
        return true;
    default:
        return false;
    }
}

/* x = value and x += value define what x is from there on. */
static bool assignment_to(const struct facts *facts, uint32_t node, struct def *def)
{
    uint32_t parent = rust_parent(facts, node);
    uint16_t kind = rust_kind(facts, parent);

    if (facts->tree->nodes[node].field != RUST_field_left ||
        (kind != RUST_sym_assignment_expression && kind != RUST_sym_compound_assignment_expr))
        return false;
    *def = (struct def){.kind = kind == RUST_sym_assignment_expression ? DEF_ASSIGN : DEF_AUGMENT,
                        .node = node,
                        .value = rust_field(facts, parent, RUST_field_right),
                        .annotation = NODE_NONE};
    return true;
}

enum err_code rust_visit_name(struct facts *facts, uint32_t node, struct err *err)
{
    struct def def;
    uint32_t name, binding;

    if ((facts->tree->nodes[node].flags & NODE_BINDS) != 0 || names_nothing(facts, node))
        return ERR_OK;
    if (!assignment_to(facts, node, &def))
        return use_name(facts, node, node_text(facts->tree, node), err);
    name = facts_name_find(facts, node_text(facts->tree, node));
    binding = name != FACT_NONE ? facts_resolve(facts, facts_context(facts, node)->scope, name) : FACT_NONE;
    return binding != FACT_NONE ? facts_define(facts, binding, &def, err) : ERR_OK;
}

enum err_code rust_visit_member(struct facts *facts, uint32_t node, struct err *err)
{
    uint32_t value = rust_field(facts, node, RUST_field_value),
             member = rust_field(facts, node, RUST_field_field);
    uint32_t parent = rust_parent(facts, node), scope, name, binding;
    struct view type;
    struct def def;

    if (rust_kind(facts, value) != RUST_sym_self || member == NODE_NONE ||
        facts->tree->nodes[node].field == RUST_field_function || parent == NODE_NONE)
        return ERR_OK; /* self.method() names no field */
    type = rust_self_name(facts, node);
    scope = rust_field_scope(facts, facts_context(facts, node)->scope, type);
    if (scope == FACT_NONE)
        return ERR_OK;
    if (facts_intern(facts, node_text(facts->tree, member), &name, err) != ERR_OK ||
        facts_declare(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return assignment_to(facts, node, &def) ? facts_define(facts, binding, &def, err)
                                            : facts_use(facts, node, binding, err);
}

static bool is_name_byte(char byte, bool first)
{
    return byte == '_' || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (!first && byte >= '0' && byte <= '9');
}

/* "{name}" and "{:width$}" in a format string read the variables that they name. */
enum err_code rust_visit_text(struct facts *facts, uint32_t node, struct err *err)
{
    struct view text = node_text(facts->tree, node);
    enum err_code code = ERR_OK;
    bool borrows;

    if (view_find_byte(text, '{', 0) == SIZE_MAX || !rust_in_macro(facts, node, &borrows) || !borrows)
        return ERR_OK;
    for (size_t at = 0; code == ERR_OK && (at = view_find_byte(text, '{', at)) != SIZE_MAX;) {
        size_t start = ++at;
        if (at < text.len && text.ptr[at] == '{') {
            at++;
            continue;
        }
        while (at < text.len && is_name_byte(text.ptr[at], at == start))
            at++;
        if (at > start)
            code = use_name(facts, node, view_slice(text, start, at), err);
    }
    return code;
}

/* Whether the self of the innermost method around @p node is taken by `mut self` or `&mut self`. */
static bool self_is_mutable(const struct facts *facts, uint32_t node)
{
    uint32_t method = node_ancestor(facts->tree, node, RUST_sym_function_item);
    uint32_t first = rust_child(facts, rust_field(facts, method, RUST_field_parameters), 0);

    return view_find(rust_text(facts, first), VIEW("mut"), 0) != SIZE_MAX;
}

/* Whether the name is bound as `mut x`, by a type `&mut T`, or from a value that reads like one. */
static bool def_is_mutable(const struct facts *facts, const struct def *def)
{
    uint32_t around = rust_parent(facts, def->node);
    struct view value = rust_text(facts, def->value);

    return rust_has_child(facts, around, RUST_sym_mutable_specifier) ||
           view_starts(rust_text(facts, def->annotation), "&mut") || view_starts(value, "&mut ") ||
           view_find(value, VIEW("_mut("), 0) != SIZE_MAX;
}

bool facts_may_mutate(struct facts *facts, uint32_t node)
{
    uint32_t root = facts_root_name(facts, node);
    const struct binding *binding;

    if (facts->tree->language != LANGUAGE_RUST)
        return true;
    if (rust_kind(facts, root) == RUST_sym_self || rust_kind(facts, node) == RUST_sym_self)
        return self_is_mutable(facts, node);
    binding = root != NODE_NONE ? facts_binding(facts, root) : NULL;
    if (binding == NULL)
        return true;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (def_is_mutable(facts, &facts->defs[d]))
            return true;
    return false;
}

bool rust_defined_once_before(const struct facts *facts, const struct binding *binding, uint32_t node)
{
    const struct def *first = &facts->defs[binding->first_def];

    if (binding->def_count > 1 && (first->value == NODE_NONE || facts_context(facts, node)->loop !=
                                                                    facts_context(facts, first->node)->loop))
        return false;
    for (uint32_t d = first->next; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].node < node)
            return false;
    return true;
}
