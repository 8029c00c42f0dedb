/* Fields and methods of the types that the file defines. Each type has a scope of fields and one of
 * methods, because both may have the same name; they are found under the type's name with a mark that no
 * Rust name can hold, in the scope where the type or its first impl stands. */
#include "facts/rust_internal.h"
#include <string.h>

static const char FIELDS_MARK[] = ".fields", METHODS_MARK[] = ".methods";

enum { MARKED_NAME_MAX = 256 };

/* A name with its mark in @p out; the empty view where it is too long to be sensible. */
static struct view marked(struct view name, const char *mark, char out[MARKED_NAME_MAX])
{
    size_t length = strlen(mark);
    if (name.len == 0 || name.len + length > MARKED_NAME_MAX)
        return VIEW("");
    memcpy(out, name.ptr, name.len);
    memcpy(out + name.len, mark, length);
    return (struct view){out, name.len + length};
}

static uint32_t find_member_scope(const struct facts *facts, uint32_t scope, struct view type,
                                  const char *mark)
{
    char buffer[MARKED_NAME_MAX];
    struct view text = marked(type, mark, buffer);
    uint32_t name = text.len > 0 ? facts_name_find(facts, text) : FACT_NONE;
    uint32_t anchor = name != FACT_NONE ? facts_resolve(facts, scope, name) : FACT_NONE;
    return anchor != FACT_NONE ? facts->bindings[anchor].scope : FACT_NONE;
}

static enum err_code member_scope(struct facts *facts, uint32_t item, uint32_t scope, struct view type,
                                  const char *mark, uint32_t *out, struct err *err)
{
    char buffer[MARKED_NAME_MAX];
    struct view text = marked(type, mark, buffer), kept;
    uint32_t name, anchor;

    *out = FACT_NONE;
    if (text.len == 0)
        return ERR_OK;
    name = facts_name_find(facts, text);
    anchor = name != FACT_NONE ? facts_lookup(facts, scope, name) : FACT_NONE;
    if (anchor != FACT_NONE) {
        *out = facts->bindings[anchor].scope;
        return ERR_OK;
    }
    if (arena_copy(facts->arena, text, &kept, err) != ERR_OK ||
        facts_intern(facts, kept, &name, err) != ERR_OK ||
        facts_add_scope(facts, mark == FIELDS_MARK ? SCOPE_ATTRIBUTES : SCOPE_CLASS, item, scope, out, err) !=
            ERR_OK ||
        facts_shadow(facts, *out, name, &anchor, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_link(facts, scope, name, anchor, err);
}

static enum err_code declare_member(struct facts *facts, uint32_t scope, struct view called,
                                    const struct def *def, struct err *err)
{
    uint32_t name, binding;
    if (facts_intern(facts, called, &name, err) != ERR_OK ||
        facts_declare(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_define(facts, binding, def, err);
}

/* The fields of `struct Row(u32, String);` are called 0 and 1. No node is a name of theirs: the bracket or
 * comma before one stands for it. */
static enum err_code declare_numbered(struct facts *facts, uint32_t body, uint32_t fields, struct err *err)
{
    static const char NUMBERS[] = "0123456789";
    const struct tree *tree = facts->tree;
    uint32_t mark = NODE_NONE;
    size_t number = 0;

    for (uint32_t c = node_first(tree, body); c != NODE_NONE && NUMBERS[number] != '\0';
         c = node_sibling(tree, c)) {
        struct def def = {.kind = DEF_OTHER, .node = mark, .value = NODE_NONE, .annotation = c};
        uint16_t kind = tree->nodes[c].kind;
        if (kind == RUST_anon_sym_LPAREN || kind == RUST_anon_sym_COMMA)
            mark = c;
        if (tree->nodes[c].field != RUST_field_type || mark == NODE_NONE)
            continue;
        if (declare_member(facts, fields, (struct view){NUMBERS + number, 1}, &def, err) != ERR_OK)
            return err->code;
        number++;
    }
    return ERR_OK;
}

static enum err_code declare_fields(struct facts *facts, uint32_t item, uint32_t scope, struct err *err)
{
    uint32_t body = rust_field(facts, item, RUST_field_body), fields;
    enum err_code code =
        member_scope(facts, item, scope, rust_text(facts, rust_field(facts, item, RUST_field_name)),
                     FIELDS_MARK, &fields, err);

    if (code == ERR_OK && fields != FACT_NONE &&
        rust_kind(facts, body) == RUST_sym_ordered_field_declaration_list)
        return declare_numbered(facts, body, fields, err);
    if (code != ERR_OK || fields == FACT_NONE || rust_kind(facts, body) != RUST_sym_field_declaration_list)
        return code;
    for (uint32_t c = rust_child(facts, body, 0); c != NODE_NONE && code == ERR_OK;
         c = node_sibling_named(facts->tree, c)) {
        struct def def = {.kind = DEF_OTHER,
                          .node = rust_field(facts, c, RUST_field_name),
                          .value = NODE_NONE,
                          .annotation = rust_field(facts, c, RUST_field_type)};
        if (facts->tree->nodes[c].kind == RUST_sym_field_declaration && def.node != NODE_NONE)
            code = declare_member(facts, fields, node_text(facts->tree, def.node), &def, err);
    }
    return code;
}

/* "Foo" of Foo<T>, &mut Foo, a::Foo. */
static struct view base_name(const struct facts *facts, uint32_t type)
{
    for (int hop = 0; hop < RUST_TYPE_NESTING; hop++)
        switch (rust_kind(facts, type)) {
        case RUST_sym_generic_type:
        case RUST_sym_reference_type:
            type = rust_field(facts, type, RUST_field_type);
            break;
        case RUST_sym_scoped_type_identifier:
            return rust_text(facts, rust_field(facts, type, RUST_field_name));
        case RUST_alias_sym_type_identifier:
            return rust_text(facts, type);
        default:
            return VIEW("");
        }
    return VIEW("");
}

static struct view owner_name(const struct facts *facts, uint32_t item)
{
    return rust_kind(facts, item) == RUST_sym_impl_item
               ? base_name(facts, rust_field(facts, item, RUST_field_type))
               : rust_text(facts, rust_field(facts, item, RUST_field_name));
}

static enum err_code declare_methods(struct facts *facts, uint32_t item, uint32_t scope, struct err *err)
{
    uint32_t body = rust_field(facts, item, RUST_field_body), methods;
    enum err_code code =
        member_scope(facts, item, scope, owner_name(facts, item), METHODS_MARK, &methods, err);

    if (code != ERR_OK || methods == FACT_NONE)
        return code;
    for (uint32_t c = rust_child(facts, body, 0); c != NODE_NONE && code == ERR_OK;
         c = node_sibling_named(facts->tree, c)) {
        struct def def = {.kind = DEF_FUNCTION,
                          .node = rust_field(facts, c, RUST_field_name),
                          .value = c,
                          .annotation = rust_field(facts, c, RUST_field_return_type)};
        uint16_t kind = facts->tree->nodes[c].kind;
        if ((kind == RUST_sym_function_item || kind == RUST_sym_function_signature_item) &&
            def.node != NODE_NONE)
            code = declare_member(facts, methods, node_text(facts->tree, def.node), &def, err);
    }
    return code;
}

enum err_code rust_declare_members(struct facts *facts, uint32_t item, uint32_t scope, struct err *err)
{
    switch (rust_kind(facts, item)) {
    case RUST_sym_struct_item:
        return declare_fields(facts, item, scope, err);
    case RUST_sym_impl_item:
    case RUST_sym_trait_item:
        return declare_methods(facts, item, scope, err);
    default:
        return ERR_OK;
    }
}

static uint32_t find_member(const struct facts *facts, uint32_t scope, struct view type, const char *mark,
                            struct view name)
{
    uint32_t members = find_member_scope(facts, scope, type, mark), interned = facts_name_find(facts, name);
    return members != FACT_NONE && interned != FACT_NONE ? facts_lookup(facts, members, interned) : FACT_NONE;
}

uint32_t rust_field_binding(const struct facts *facts, uint32_t scope, struct view type, struct view name)
{
    return find_member(facts, scope, type, FIELDS_MARK, name);
}

uint32_t rust_method_binding(const struct facts *facts, uint32_t scope, struct view type, struct view name)
{
    return find_member(facts, scope, type, METHODS_MARK, name);
}

uint32_t rust_field_scope(const struct facts *facts, uint32_t scope, struct view type)
{
    return find_member_scope(facts, scope, type, FIELDS_MARK);
}

struct view rust_self_name(const struct facts *facts, uint32_t node)
{
    for (uint32_t at = node; at != NODE_NONE; at = facts->tree->nodes[at].parent) {
        uint16_t kind = facts->tree->nodes[at].kind;
        if (kind == RUST_sym_impl_item || kind == RUST_sym_trait_item)
            return owner_name(facts, at);
    }
    return VIEW("");
}
