/* Which names stand in which scope: items are seen in the whole of their block or module, so they are
 * declared when it opens; patterns bind where they take effect. */
#include "facts/rust_internal.h"
#include <string.h>

enum { USE_NESTING_MAX = 16 }; /* lists within lists in one use declaration */

static enum err_code declare(struct facts *facts, uint32_t scope, struct view text, const struct def *def,
                             struct err *err)
{
    uint32_t name, binding;
    if (text.len == 0 || view_is(text, "_"))
        return ERR_OK;
    if (facts_intern(facts, text, &name, err) != ERR_OK ||
        facts_declare(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_define(facts, binding, def, err);
}

static bool is_use_list(uint16_t kind)
{
    return kind == RUST_sym_use_list || kind == RUST_sym_scoped_use_list;
}

/* A path as it is written may be broken over lines. */
static struct view without_spaces(struct facts *facts, struct view text)
{
    struct view rest = text, path = VIEW("");
    size_t end;

    while ((rest = view_trim(rest)).len > 0) {
        end = 1; /* a trimmed text begins with what is no space, be it no letter either */
        while (end < rest.len && (unsigned char)rest.ptr[end] > ' ')
            end++;
        path = end == text.len ? text
                               : arena_format(facts->arena, "%.*s%.*s", VIEW_ARG(path),
                                              VIEW_ARG(view_slice(rest, 0, end)));
        rest = view_slice(rest, end, rest.len);
    }
    return path;
}

/* The full path of one leaf of a use declaration: the paths of the lists around it, then its own. */
static struct view use_path(struct facts *facts, uint32_t leaf, struct view own)
{
    struct view parts[USE_NESTING_MAX], path = own;
    uint32_t count = 0, up = rust_parent(facts, leaf);

    for (; is_use_list(rust_kind(facts, up)); up = rust_parent(facts, up)) {
        uint32_t prefix = NODE_NONE;
        if (facts->tree->nodes[up].kind ==
            RUST_sym_scoped_use_list) /* a list alone has names by the thousand */
            prefix = rust_field(facts, up, RUST_field_path);
        if (prefix == NODE_NONE)
            continue;
        if (count == USE_NESTING_MAX)
            return VIEW("");
        parts[count++] = node_text(facts->tree, prefix);
    }
    for (uint32_t i = 0; i < count; i++)
        path = path.len == 0 ? parts[i]
                             : arena_format(facts->arena, "%.*s::%.*s", VIEW_ARG(parts[i]), VIEW_ARG(path));
    return rust_path_canonical(facts, without_spaces(facts, path));
}

static struct view last_segment(struct view path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != ':')
        at--;
    return view_slice(path, at, path.len);
}

static enum err_code declare_use_leaf(struct facts *facts, uint32_t leaf, uint32_t scope, struct err *err)
{
    struct def def = {.kind = DEF_IMPORT, .node = leaf, .value = NODE_NONE, .annotation = NODE_NONE};
    struct view name = VIEW(""), own = rust_text(facts, leaf);

    switch (rust_kind(facts, leaf)) {
    case RUST_sym_use_as_clause:
        own = rust_text(facts, rust_field(facts, leaf, RUST_field_path));
        def.node = rust_field(facts, leaf, RUST_field_alias);
        name = rust_text(facts, def.node);
        break;
    case RUST_sym_use_wildcard:
        facts->has_wildcard_import = true;
        break;
    case RUST_sym_scoped_identifier:
        def.node = rust_field(facts, leaf, RUST_field_name);
        break;
    case RUST_sym_self: /* use a::b::{self}: b itself */
        own = VIEW("");
        break;
    default:
        break;
    }
    if (view_is(own, "self"))
        own = VIEW("");
    def.path = use_path(facts, leaf, own);
    if (name.len == 0) /* the name of a wildcard is its whole path: none in the code can be that */
        name = rust_kind(facts, leaf) == RUST_sym_use_wildcard ? def.path : last_segment(def.path);
    return def.node != NODE_NONE && def.path.len > 0 ? declare(facts, scope, name, &def, err) : ERR_OK;
}

static enum err_code declare_use(struct facts *facts, uint32_t item, uint32_t scope, struct err *err)
{
    const struct node *nodes = facts->tree->nodes;
    enum err_code code = ERR_OK;
    uint32_t i = rust_field(facts, item, RUST_field_argument);

    while (i != NODE_NONE && i < nodes[item].next && code == ERR_OK) {
        bool is_path = i > 0 && is_use_list(nodes[nodes[i].parent].kind) && nodes[i].field == RUST_field_path;
        if (is_use_list(nodes[i].kind)) {
            i++;
            continue;
        }
        if ((nodes[i].flags & (NODE_NAMED | NODE_EXTRA)) == NODE_NAMED && !is_path)
            code = declare_use_leaf(facts, i, scope, err);
        i = nodes[i].next;
    }
    return code;
}

static enum err_code declare_named(struct facts *facts, uint32_t item, enum def_kind kind, uint32_t scope,
                                   struct err *err)
{
    struct def def = {.kind = kind,
                      .node = rust_field(facts, item, RUST_field_name),
                      .value = NODE_NONE,
                      .annotation = NODE_NONE};
    if (def.node == NODE_NONE)
        return ERR_OK;
    if (kind == DEF_FUNCTION) {
        def.value = item;
        def.annotation = rust_field(facts, item, RUST_field_return_type);
    } else if (kind == DEF_CLASS)
        def.value = item;
    else {
        def.value = rust_field(facts, item, RUST_field_value);
        def.annotation = rust_field(facts, item, RUST_field_type);
    }
    return declare(facts, scope, node_text(facts->tree, def.node), &def, err);
}

static enum err_code declare_item(struct facts *facts, uint32_t item, uint32_t scope, struct err *err)
{
    enum err_code code;
    switch (facts->tree->nodes[item].kind) {
    case RUST_sym_function_item:
    case RUST_sym_function_signature_item:
        return declare_named(facts, item, DEF_FUNCTION, scope, err);
    case RUST_sym_const_item:
    case RUST_sym_static_item:
        return declare_named(facts, item, DEF_ASSIGN, scope, err);
    case RUST_sym_struct_item:
    case RUST_sym_enum_item:
    case RUST_sym_union_item:
    case RUST_sym_trait_item:
    case RUST_sym_type_item:
    case RUST_sym_mod_item:
        code = declare_named(facts, item, DEF_CLASS, scope, err);
        return code == ERR_OK ? rust_declare_members(facts, item, scope, err) : code;
    case RUST_sym_impl_item:
        return rust_declare_members(facts, item, scope, err);
    case RUST_sym_use_declaration:
        return declare_use(facts, item, scope, err);
    default:
        return ERR_OK;
    }
}

enum err_code rust_declare_items(struct facts *facts, uint32_t container, uint32_t scope, struct err *err)
{
    enum err_code code = ERR_OK;
    for (uint32_t c = node_first(facts->tree, container); c != NODE_NONE && code == ERR_OK;
         c = node_sibling(facts->tree, c))
        code = declare_item(facts, c, scope, err);
    return code;
}

static bool is_upper(struct view text)
{
    return text.len > 0 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z';
}

/* The next name at or after @p at that the pattern binds; paths, types and constants bind nothing. */
static uint32_t next_bound(const struct facts *facts, uint32_t at, uint32_t end)
{
    const struct node *nodes = facts->tree->nodes;

    while (at < end)
        switch (nodes[at].kind) {
        case RUST_sym_scoped_identifier:
        case RUST_sym_generic_type:
        case RUST_sym_scoped_type_identifier:
        case RUST_sym_generic_pattern:
        case RUST_sym_range_pattern:
        case RUST_sym_macro_invocation:
        case RUST_sym_closure_expression:
        case RUST_sym_const_block:
            at = nodes[at].next;
            break;
        case RUST_alias_sym_shorthand_field_identifier:
            return at;
        case RUST_sym_identifier:
            if (nodes[at].field != RUST_field_type && !is_upper(node_text(facts->tree, at)))
                return at;
            at++;
            break;
        default:
            at++;
        }
    return NODE_NONE;
}

/* A match pattern's guard is no part of what it binds. */
static uint32_t pattern_end(const struct facts *facts, uint32_t *pattern)
{
    if (rust_kind(facts, *pattern) == RUST_sym_match_pattern)
        *pattern = rust_child(facts, *pattern, 0);
    return *pattern != NODE_NONE ? facts->tree->nodes[*pattern].next : 0;
}

void rust_reserve_pattern(struct facts *facts, uint32_t pattern)
{
    uint32_t end = pattern != NODE_NONE ? pattern_end(facts, &pattern) : 0;
    for (uint32_t at = pattern; end > 0 && (at = next_bound(facts, at, end)) != NODE_NONE; at++)
        facts->tree->nodes[at].flags |= NODE_BINDS;
}

static bool is_plain(const struct facts *facts, uint32_t pattern)
{
    uint16_t kind = rust_kind(facts, pattern);
    if (kind == RUST_sym_mut_pattern)
        kind = rust_kind(facts, rust_child(facts, pattern, 1));
    return kind == RUST_sym_identifier;
}

enum err_code rust_bind_pattern(struct facts *facts, uint32_t pattern, uint32_t scope, const struct def *like,
                                struct err *err)
{
    struct def def = *like;
    uint32_t end, name, binding;

    if (pattern == NODE_NONE || (end = pattern_end(facts, &pattern)) == 0)
        return ERR_OK;
    if (!is_plain(facts, pattern)) {
        def.kind = DEF_UNPACK;
        def.annotation = NODE_NONE;
    }
    for (uint32_t at = pattern; (at = next_bound(facts, at, end)) != NODE_NONE; at++) {
        if (facts_intern(facts, node_text(facts->tree, at), &name, err) != ERR_OK)
            return ERR_LIMIT;
        binding = facts_lookup(facts, scope, name);
        /* A | B binds the same name once; anything older is hidden. */
        if ((binding == FACT_NONE || facts->bindings[binding].first_def == FACT_NONE ||
             facts->defs[facts->bindings[binding].first_def].node < pattern ||
             facts->defs[facts->bindings[binding].first_def].node >= end) &&
            facts_shadow(facts, scope, name, &binding, err) != ERR_OK)
            return ERR_LIMIT;
        def.node = at;
        if (facts_define(facts, binding, &def, err) != ERR_OK)
            return ERR_LIMIT;
    }
    return ERR_OK;
}

static enum err_code bind_let(struct facts *facts, uint32_t let, struct context *context, struct err *err)
{
    uint32_t pattern = rust_field(facts, let, RUST_field_pattern),
             value = rust_field(facts, let, RUST_field_value);
    struct def def = {.kind = DEF_ASSIGN, .value = value, .annotation = NODE_NONE};
    enum err_code code = rust_mark(facts, value, *context, err);

    if (code == ERR_OK)
        code = facts_add_scope(facts, SCOPE_BLOCK, let, context->scope, &context->scope, err);
    if (code == ERR_OK)
        code = rust_mark(facts, pattern, *context, err);
    return code == ERR_OK ? rust_bind_pattern(facts, pattern, context->scope, &def, err) : code;
}

enum err_code rust_bind_condition(struct facts *facts, uint32_t condition, struct context *context,
                                  struct err *err)
{
    enum err_code code = ERR_OK;

    switch (rust_kind(facts, condition)) {
    case RUST_sym_let_condition:
        return bind_let(facts, condition, context, err);
    case RUST_alias_sym_let_chain:
        for (uint32_t c = rust_child(facts, condition, 0); c != NODE_NONE && code == ERR_OK;
             c = node_sibling_named(facts->tree, c))
            code = facts->tree->nodes[c].kind == RUST_sym_let_condition ? bind_let(facts, c, context, err)
                                                                        : rust_mark(facts, c, *context, err);
        return code;
    default:
        return ERR_OK;
    }
}

uint32_t rust_resolve(const struct facts *facts, uint32_t node)
{
    uint32_t name;
    if (node == NODE_NONE)
        return FACT_NONE;
    if (facts->tree->nodes[node].binding != 0)
        return facts->tree->nodes[node].binding - 1;
    name = facts_name_find(facts, node_text(facts->tree, node));
    return name != FACT_NONE ? facts_resolve(facts, facts_context(facts, node)->scope, name) : FACT_NONE;
}

const struct def *rust_def_of(const struct facts *facts, uint32_t node, enum def_kind kind)
{
    uint32_t binding = rust_resolve(facts, node);
    if (binding == FACT_NONE)
        return NULL;
    for (uint32_t d = facts->bindings[binding].first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].kind == kind)
            return &facts->defs[d];
    return NULL;
}
