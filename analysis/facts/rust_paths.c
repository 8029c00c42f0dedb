/* Qualified paths: through use declarations, the standard prelude, pyo3's prelude, and for methods through
 * the type of their receiver. */
#include "facts/rust_internal.h"

static const struct {
    const char *name, *path;
} PRELUDE[] = {
    {"Vec", "std::vec::Vec"},
    {"String", "std::string::String"},
    {"Box", "std::boxed::Box"},
    {"Option", "std::option::Option"},
    {"Result", "std::result::Result"},
    {"Some", "std::option::Option::Some"},
    {"Ok", "std::result::Result::Ok"},
    {"Err", "std::result::Result::Err"},
    {"drop", "std::mem::drop"},
    {"ToString", "std::string::ToString"},
    {"Iterator", "std::iter::Iterator"},
};

/* What `use pyo3::prelude::*` brings. */
static const char *const PYO3_PRELUDE[] = {
    "Python",   "PyResult", "PyAny",    "PyErr",  "PyObject",     "Py",         "Bound",  "Borrowed",
    "PyModule", "PyRef",    "PyRefMut", "PyCell", "IntoPyObject", "ToPyObject", "IntoPy", "FromPyObject"};

struct view rust_path_canonical(struct facts *facts, struct view path)
{
    if (view_starts(path, "::"))
        path = view_slice(path, 2, path.len);
    if (view_starts(path, "core::"))
        return arena_format(facts->arena, "std%.*s", VIEW_ARG(view_slice(path, 4, path.len)));
    if (view_starts(path, "alloc::"))
        return arena_format(facts->arena, "std%.*s", VIEW_ARG(view_slice(path, 5, path.len)));
    return path;
}

static bool imports_all(const struct facts *facts, const char *path)
{
    uint32_t name = facts_name_find(facts, view_of(path));
    return name != FACT_NONE && facts_lookup(facts, 0, name) != FACT_NONE;
}

bool rust_uses_pyo3(const struct facts *facts)
{
    if (imports_all(facts, "pyo3::prelude::*"))
        return true;
    for (size_t i = 0; i < COUNT_OF(PYO3_PRELUDE); i++) {
        uint32_t name = facts_name_find(facts, view_of(PYO3_PRELUDE[i]));
        uint32_t binding = name != FACT_NONE ? facts_lookup(facts, 0, name) : FACT_NONE;
        if (binding != FACT_NONE && facts->bindings[binding].first_def != FACT_NONE &&
            view_starts(facts->defs[facts->bindings[binding].first_def].path, "pyo3::"))
            return true;
    }
    return false;
}

static struct view prelude_path(struct facts *facts, struct view name)
{
    for (size_t i = 0; i < COUNT_OF(PRELUDE); i++)
        if (view_is(name, PRELUDE[i].name))
            return view_of(PRELUDE[i].path);
    if (rust_word_in(name, PYO3_PRELUDE, COUNT_OF(PYO3_PRELUDE)) && imports_all(facts, "pyo3::prelude::*"))
        return arena_format(facts->arena, "pyo3::%.*s", VIEW_ARG(name));
    return VIEW("");
}

/* What a name alone means: an import's path, an item of this file by its name, a name of the prelude. */
static struct view name_path(struct facts *facts, uint32_t node)
{
    const struct def *def = rust_def_of(facts, node, DEF_IMPORT);
    if (def != NULL)
        return def->path;
    if (rust_def_of(facts, node, DEF_FUNCTION) != NULL || rust_def_of(facts, node, DEF_CLASS) != NULL)
        return node_text(facts->tree, node);
    return prelude_path(facts, node_text(facts->tree, node));
}

/* The first segment of a longer path; a name that nothing in the file explains is a crate's. */
static struct view root_path(struct facts *facts, uint32_t node)
{
    struct view path, text = rust_text(facts, node);

    switch (rust_kind(facts, node)) {
    case RUST_sym_crate:
    case RUST_sym_super:
    case RUST_sym_self:
    case RUST_PRIMITIVE_TYPE:
        return text;
    case RUST_sym_identifier:
    case RUST_alias_sym_type_identifier:
        if (view_is(text, "Self"))
            return rust_self_name(facts, node);
        path = name_path(facts, node);
        if (path.len > 0)
            return path;
        /* A type of unknown origin has no path; a crate's name is lower case. */
        return text.len > 0 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' ? VIEW("") : text;
    default:
        return VIEW("");
    }
}

/* a::b::c: the segments are collected from the end. */
static struct view scoped_path(struct facts *facts, uint32_t node)
{
    struct view names[RUST_CHAIN_MAX], path = VIEW("");
    uint32_t count = 0;

    while (node != NODE_NONE && count < RUST_CHAIN_MAX) {
        uint16_t kind = rust_kind(facts, node);
        if (kind == RUST_sym_generic_type || kind == RUST_sym_generic_type_with_turbofish) {
            node = rust_field(facts, node, RUST_field_type);
            continue;
        }
        if (kind != RUST_sym_scoped_identifier && kind != RUST_sym_scoped_type_identifier)
            break;
        names[count++] = rust_text(facts, rust_field(facts, node, RUST_field_name));
        node = rust_field(facts, node, RUST_field_path);
    }
    if (count == RUST_CHAIN_MAX)
        return VIEW("");
    if (node != NODE_NONE && (path = root_path(facts, node)).len == 0)
        return VIEW("");
    while (count-- > 0)
        path = path.len == 0
                   ? names[count]
                   : arena_format(facts->arena, "%.*s::%.*s", VIEW_ARG(path), VIEW_ARG(names[count]));
    return rust_path_canonical(facts, path);
}

/* Methods that a smart pointer or guard answers itself. */
static bool belongs_to_pointer(enum type_kind kind, struct view method)
{
    return (kind == TYPE_ARC || kind == TYPE_RC || kind == TYPE_BOX) ? view_is(method, "clone") : false;
}

static struct view method_path(struct facts *facts, uint32_t callee)
{
    struct view name = rust_text(facts, rust_field(facts, callee, RUST_field_field));
    const struct type *type = facts_type(facts, rust_field(facts, callee, RUST_field_value));

    while (type != NULL && !belongs_to_pointer(type->kind, name) && rust_type_inner(type) != NULL)
        type = rust_type_inner(type);
    if (type == NULL || type->path.len == 0 || name.len == 0 || type->kind == TYPE_CLASS)
        return VIEW("");
    return arena_format(facts->arena, "%.*s::%.*s", VIEW_ARG(type->path), VIEW_ARG(name));
}

static struct view value_path(struct facts *facts, uint32_t node)
{
    struct view path = name_path(facts, node);
    return path.len > 0 ? path : facts_type(facts, node)->path;
}

static struct view macro_path(struct facts *facts, uint32_t node)
{
    uint32_t name = rust_field(facts, node, RUST_field_macro);
    struct view path = rust_kind(facts, name) == RUST_sym_scoped_identifier ? scoped_path(facts, name)
                       : name != NODE_NONE                                  ? name_path(facts, name)
                                                                            : VIEW("");
    if (path.len == 0)
        path = rust_text(facts, name);
    return path.len > 0 ? arena_format(facts->arena, "%.*s!", VIEW_ARG(path)) : path;
}

struct view rust_path_of(struct facts *facts, uint32_t node)
{
    for (int link = 0; link < RUST_CHAIN_MAX && node != NODE_NONE; link++)
        switch (facts->tree->nodes[node].kind) {
        case RUST_sym_identifier:
        case RUST_sym_self:
        case RUST_alias_sym_shorthand_field_identifier:
            return value_path(facts, node);
        case RUST_alias_sym_type_identifier:
            return view_is(node_text(facts->tree, node), "Self") ? rust_self_name(facts, node)
                                                                 : name_path(facts, node);
        case RUST_sym_scoped_identifier:
        case RUST_sym_scoped_type_identifier:
            return scoped_path(facts, node);
        case RUST_sym_generic_function:
        case RUST_sym_call_expression:
            node = rust_field(facts, node, RUST_field_function);
            break;
        case RUST_sym_generic_type:
        case RUST_sym_generic_type_with_turbofish:
            node = rust_field(facts, node, RUST_field_type);
            break;
        case RUST_sym_field_expression:
            if (facts->tree->nodes[node].field == RUST_field_function)
                return method_path(facts, node);
            return facts_type(facts, node)->path;
        case RUST_sym_reference_expression:
            node = rust_field(facts, node, RUST_field_value);
            break;
        case RUST_sym_try_expression:
        case RUST_sym_await_expression:
        case RUST_sym_parenthesized_expression:
            node = rust_child(facts, node, 0);
            break;
        case RUST_sym_macro_invocation:
            return macro_path(facts, node);
        default:
            return VIEW("");
        }
    return VIEW("");
}
