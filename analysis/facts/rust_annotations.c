/* Types as they are written: annotations, signatures, fields, turbofish. */
#include "facts/rust_internal.h"

/* What a generic argument of a known type means. */
enum argument_role { ARGS_NONE, ARGS_ITEM, ARGS_MAP };

static const struct known_type {
    const char *path;
    enum type_kind kind;
    enum argument_role arguments;
} KNOWN[] = {
    {"std::string::String", TYPE_STRING, ARGS_NONE},
    {"std::vec::Vec", TYPE_VEC, ARGS_ITEM},
    {"std::collections::VecDeque", TYPE_VECDEQUE, ARGS_ITEM},
    {"std::collections::HashMap", TYPE_HASHMAP, ARGS_MAP},
    {"std::collections::hash_map::HashMap", TYPE_HASHMAP, ARGS_MAP},
    {"std::collections::BTreeMap", TYPE_BTREEMAP, ARGS_MAP},
    {"std::collections::btree_map::BTreeMap", TYPE_BTREEMAP, ARGS_MAP},
    {"std::collections::HashSet", TYPE_HASHSET, ARGS_ITEM},
    {"std::collections::hash_set::HashSet", TYPE_HASHSET, ARGS_ITEM},
    {"std::collections::BTreeSet", TYPE_BTREESET, ARGS_ITEM},
    {"hashbrown::HashMap", TYPE_HASHMAP, ARGS_MAP},
    {"hashbrown::HashSet", TYPE_HASHSET, ARGS_ITEM},
    {"ahash::AHashMap", TYPE_HASHMAP, ARGS_MAP},
    {"ahash::AHashSet", TYPE_HASHSET, ARGS_ITEM},
    {"rustc_hash::FxHashMap", TYPE_HASHMAP, ARGS_MAP},
    {"rustc_hash::FxHashSet", TYPE_HASHSET, ARGS_ITEM},
    {"fnv::FnvHashMap", TYPE_HASHMAP, ARGS_MAP},
    {"fnv::FnvHashSet", TYPE_HASHSET, ARGS_ITEM},
    {"indexmap::IndexMap", TYPE_HASHMAP, ARGS_MAP},
    {"indexmap::IndexSet", TYPE_HASHSET, ARGS_ITEM},
    {"std::option::Option", TYPE_OPTION, ARGS_ITEM},
    {"std::result::Result", TYPE_RESULT, ARGS_ITEM},
    {"std::io::Result", TYPE_RESULT, ARGS_ITEM},
    {"anyhow::Result", TYPE_RESULT, ARGS_ITEM},
    {"pyo3::PyResult", TYPE_RESULT, ARGS_ITEM},
    {"std::sync::LockResult", TYPE_RESULT, ARGS_ITEM},
    {"std::boxed::Box", TYPE_BOX, ARGS_ITEM},
    {"std::rc::Rc", TYPE_RC, ARGS_ITEM},
    {"std::sync::Arc", TYPE_ARC, ARGS_ITEM},
    {"std::cell::RefCell", TYPE_CELL, ARGS_ITEM},
    {"std::cell::Cell", TYPE_CELL, ARGS_ITEM},
    {"std::sync::Mutex", TYPE_MUTEX, ARGS_ITEM},
    {"parking_lot::Mutex", TYPE_MUTEX, ARGS_ITEM},
    {"tokio::sync::Mutex", TYPE_MUTEX, ARGS_ITEM},
    {"async_std::sync::Mutex", TYPE_MUTEX, ARGS_ITEM},
    {"futures::lock::Mutex", TYPE_MUTEX, ARGS_ITEM},
    {"std::sync::RwLock", TYPE_RWLOCK, ARGS_ITEM},
    {"parking_lot::RwLock", TYPE_RWLOCK, ARGS_ITEM},
    {"tokio::sync::RwLock", TYPE_RWLOCK, ARGS_ITEM},
    {"async_std::sync::RwLock", TYPE_RWLOCK, ARGS_ITEM},
    {"std::sync::MutexGuard", TYPE_GUARD, ARGS_ITEM},
    {"std::sync::RwLockReadGuard", TYPE_GUARD, ARGS_ITEM},
    {"std::sync::RwLockWriteGuard", TYPE_GUARD, ARGS_ITEM},
    {"parking_lot::MutexGuard", TYPE_GUARD, ARGS_ITEM},
    {"parking_lot::RwLockReadGuard", TYPE_GUARD, ARGS_ITEM},
    {"parking_lot::RwLockWriteGuard", TYPE_GUARD, ARGS_ITEM},
    {"tokio::sync::MutexGuard", TYPE_GUARD, ARGS_ITEM},
    {"tokio::sync::RwLockReadGuard", TYPE_GUARD, ARGS_ITEM},
    {"tokio::sync::RwLockWriteGuard", TYPE_GUARD, ARGS_ITEM},
    {"std::cell::Ref", TYPE_GUARD, ARGS_ITEM},
    {"std::cell::RefMut", TYPE_GUARD, ARGS_ITEM},
    {"regex::Regex", TYPE_REGEX, ARGS_NONE},
    {"regex::bytes::Regex", TYPE_REGEX, ARGS_NONE},
    {"std::fs::File", TYPE_FILE, ARGS_NONE},
    {"std::iter::Iterator", TYPE_ITERATOR, ARGS_NONE},
};

/* The usual path of a kind, for values whose type was never written. */
static const char *const KIND_PATHS[TYPE_KIND_COUNT] = {
    [TYPE_STR] = "str",
    [TYPE_SLICE] = "slice",
    [TYPE_ARRAY] = "array",
    [TYPE_STRING] = "std::string::String",
    [TYPE_VEC] = "std::vec::Vec",
    [TYPE_VECDEQUE] = "std::collections::VecDeque",
    [TYPE_HASHMAP] = "std::collections::HashMap",
    [TYPE_BTREEMAP] = "std::collections::BTreeMap",
    [TYPE_HASHSET] = "std::collections::HashSet",
    [TYPE_BTREESET] = "std::collections::BTreeSet",
    [TYPE_OPTION] = "std::option::Option",
    [TYPE_RESULT] = "std::result::Result",
    [TYPE_ITERATOR] = "std::iter::Iterator",
    [TYPE_BOX] = "std::boxed::Box",
    [TYPE_RC] = "std::rc::Rc",
    [TYPE_ARC] = "std::sync::Arc",
    [TYPE_REGEX] = "regex::Regex",
    [TYPE_FILE] = "std::fs::File",
};

const struct type *rust_type_new(struct facts *facts, enum type_kind kind, struct view path,
                                 const struct type *item, const struct type *value)
{
    struct type *type = ARENA_NEW(facts->arena, struct type);
    if (type == NULL)
        return &TYPE_IS_UNKNOWN;
    *type = (struct type){.kind = kind,
                          .path = path.len > 0 ? path : view_of(KIND_PATHS[kind]),
                          .item = item != NULL && item->kind != TYPE_UNKNOWN ? item : NULL,
                          .value = value != NULL && value->kind != TYPE_UNKNOWN ? value : NULL};
    return type;
}

const struct type *rust_type_reference(struct facts *facts, const struct type *type, bool reference)
{
    struct type *copy;
    if (type == NULL || type->kind == TYPE_UNKNOWN)
        return &TYPE_IS_UNKNOWN;
    if (type->reference == reference || (copy = ARENA_NEW(facts->arena, struct type)) == NULL)
        return type;
    *copy = *type;
    copy->reference = reference;
    return copy;
}

static const struct type *type_of_node(struct facts *facts, uint32_t node, int depth);

static const struct type *argument_type(struct facts *facts, uint32_t arguments, uint32_t index, int depth)
{
    uint32_t at = rust_child(facts, arguments, 0);
    for (; at != NODE_NONE; at = node_sibling_named(facts->tree, at)) {
        uint16_t kind = facts->tree->nodes[at].kind;
        if (kind == RUST_sym_lifetime || kind == RUST_sym_type_binding)
            continue;
        if (index-- == 0)
            return type_of_node(facts, at, depth + 1);
    }
    return NULL;
}

static const struct known_type *find_known(struct view path)
{
    for (const struct known_type *known = KNOWN; known < KNOWN + COUNT_OF(KNOWN); known++)
        if (view_is(path, known->path))
            return known;
    return NULL;
}

static const struct type *type_of_path(struct facts *facts, struct view path, uint32_t arguments, int depth)
{
    const struct known_type *known = find_known(path);

    if (known == NULL)
        return path.len > 0 ? rust_type_new(facts, TYPE_INSTANCE, path, NULL, NULL) : &TYPE_IS_UNKNOWN;
    if (known->arguments == ARGS_NONE || arguments == NODE_NONE)
        return rust_type_new(facts, known->kind, path, NULL, NULL);
    return rust_type_new(facts, known->kind, path, argument_type(facts, arguments, 0, depth),
                         known->arguments == ARGS_MAP ? argument_type(facts, arguments, 1, depth) : NULL);
}

const struct type *rust_type_of_path(struct facts *facts, struct view path, uint32_t arguments)
{
    return type_of_path(facts, path, arguments, 0);
}

/* A name: a primitive's, Self, an alias of this file, a type of this file, an import or the prelude's. */
static const struct type *named_type(struct facts *facts, uint32_t node, uint32_t arguments, int depth)
{
    const struct def *def;
    struct view path;

    if (rust_kind(facts, node) == RUST_alias_sym_type_identifier) {
        if (view_is(node_text(facts->tree, node), "Self")) {
            path = rust_self_name(facts, node);
            return path.len > 0 ? rust_type_new(facts, TYPE_INSTANCE, path, NULL, NULL) : &TYPE_IS_UNKNOWN;
        }
        def = rust_def_of(facts, node, DEF_CLASS);
        if (def != NULL && rust_kind(facts, def->value) == RUST_sym_type_item) {
            uint32_t aliased = rust_field(facts, def->value, RUST_field_type);
            bool generic = rust_field(facts, def->value, RUST_field_type_parameters) != NODE_NONE;
            return generic ? &TYPE_IS_UNKNOWN : type_of_node(facts, aliased, depth + 1);
        }
        if (def != NULL && rust_kind(facts, def->value) == RUST_sym_trait_item)
            return &TYPE_IS_UNKNOWN;
    }
    path = facts_path(facts, node);
    return type_of_path(facts, path, arguments, depth);
}

static const struct type *primitive_type(struct facts *facts, uint32_t node)
{
    struct view name = node_text(facts->tree, node);
    enum type_kind kind = view_is(name, "str")    ? TYPE_STR
                          : view_is(name, "bool") ? TYPE_BOOL
                          : view_is(name, "char") ? TYPE_CHAR
                          : view_is(name, "u8")   ? TYPE_CHAR /* a byte of text more often than a number */
                          : view_is(name, "f32") || view_is(name, "f64") ? TYPE_FLOAT
                                                                         : TYPE_INT;
    return rust_type_new(facts, kind, VIEW(""), NULL, NULL);
}

/* impl Iterator<Item = T>. */
static const struct type *abstract_type(struct facts *facts, uint32_t node, int depth)
{
    uint32_t trait = rust_field(facts, node, RUST_field_trait), arguments, binding;
    struct view text = rust_text(facts, rust_kind(facts, trait) == RUST_sym_generic_type
                                            ? rust_field(facts, trait, RUST_field_type)
                                            : trait);

    if (!view_is(text, "Iterator") && !view_is(text, "DoubleEndedIterator") &&
        !view_is(text, "ExactSizeIterator"))
        return &TYPE_IS_UNKNOWN;
    arguments = rust_field(facts, trait, RUST_field_type_arguments);
    binding = rust_child(facts, arguments, 0);
    return rust_type_new(facts, TYPE_ITERATOR, VIEW(""),
                         rust_kind(facts, binding) == RUST_sym_type_binding
                             ? type_of_node(facts, rust_field(facts, binding, RUST_field_type), depth + 1)
                             : NULL,
                         NULL);
}

/* &'static [T], and the type of a static or constant. */
static bool is_static(const struct facts *facts, uint32_t reference)
{
    uint16_t around = rust_kind(facts, rust_parent(facts, reference));
    return around == RUST_sym_static_item || around == RUST_sym_const_item ||
           view_is(rust_text(facts, rust_child(facts, reference, 0)), "'static");
}

static const struct type *type_of_node(struct facts *facts, uint32_t node, int depth)
{
    const struct type *item;

    if (node == NODE_NONE || depth > RUST_TYPE_NESTING)
        return &TYPE_IS_UNKNOWN;
    switch (facts->tree->nodes[node].kind) {
    case RUST_PRIMITIVE_TYPE:
        return primitive_type(facts, node);
    case RUST_sym_reference_type:
        item = type_of_node(facts, rust_field(facts, node, RUST_field_type), depth + 1);
        if (item->kind == TYPE_SLICE && is_static(facts, node)) /* a table that the program holds */
            item = rust_type_new(facts, TYPE_ARRAY, VIEW(""), item->item, NULL);
        return rust_type_reference(facts, item, true);
    case RUST_sym_array_type:
        item = type_of_node(facts, rust_field(facts, node, RUST_field_element), depth + 1);
        return rust_type_new(
            facts, rust_field(facts, node, RUST_field_length) != NODE_NONE ? TYPE_ARRAY : TYPE_SLICE,
            VIEW(""), item, NULL);
    case RUST_sym_tuple_type:
        return rust_type_new(facts, TYPE_TUPLE, VIEW(""), NULL, NULL);
    case RUST_sym_unit_type:
        return rust_type_new(facts, TYPE_NONE, VIEW(""), NULL, NULL);
    case RUST_sym_generic_type:
    case RUST_sym_generic_type_with_turbofish:
        return named_type(facts, rust_field(facts, node, RUST_field_type),
                          rust_field(facts, node, RUST_field_type_arguments), depth);
    case RUST_alias_sym_type_identifier:
    case RUST_sym_scoped_type_identifier:
    case RUST_sym_scoped_identifier:
    case RUST_sym_identifier:
        return named_type(facts, node, NODE_NONE, depth);
    case RUST_sym_abstract_type:
        return abstract_type(facts, node, depth);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

const struct type *rust_type_of_node(struct facts *facts, uint32_t node)
{
    return type_of_node(facts, node, 0);
}

const struct type *rust_type_inner(const struct type *type)
{
    switch (type->kind) {
    case TYPE_BOX:
    case TYPE_RC:
    case TYPE_ARC:
    case TYPE_GUARD:
        return type->item;
    default:
        return NULL;
    }
}
