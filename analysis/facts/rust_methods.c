/* What the methods of the standard library give, by the kind of their receiver. */
#include "facts/rust_internal.h"
#include <assert.h>

#define K(kind) (UINT64_C(1) << TYPE_##kind)
static_assert(TYPE_KIND_COUNT <= 64, "kinds are bits of a mask here");

#define SEQUENCE (K(VEC) | K(SLICE) | K(ARRAY) | K(VECDEQUE))
#define MAP (K(HASHMAP) | K(BTREEMAP))
#define SET (K(HASHSET) | K(BTREESET))
#define TEXT (K(STR) | K(STRING))
#define OPTIONAL (K(OPTION) | K(RESULT))
#define COLLECTION (SEQUENCE | MAP | SET)
#define NUMBER (K(INT) | K(FLOAT))
#define ANYTHING UINT64_MAX

/* What a method gives in terms of its receiver. */
enum result {
    GIVES_SELF,  /* the same type, owned */
    GIVES_ITEM,  /* what it holds */
    GIVES_VALUE, /* what a mapping holds */
    GIVES_BOOL,
    GIVES_INT,
    GIVES_STR,
    GIVES_STRING,
    GIVES_CHARS, /* an iterator of char */
    GIVES_STRS,  /* an iterator of &str */
    GIVES_BYTES, /* a slice of bytes */
    GIVES_VEC,   /* a Vec of its items */
    GIVES_SLICE, /* a slice of its items */
    GIVES_ITEMS, /* an iterator of items, keys, values; references or owned */
    GIVES_ITEM_REFS,
    GIVES_VALUES,
    GIVES_VALUE_REFS,
    GIVES_PARTS,    /* an iterator of slices of its items */
    GIVES_ITERATOR, /* an iterator of something unknown */
    GIVES_OPTION_ITEM,
    GIVES_OPTION_ITEM_REF,
    GIVES_OPTION_VALUE,
    GIVES_OPTION_VALUE_REF,
    GIVES_OPTION_CHAR,
    GIVES_OPTION,       /* an option of something unknown */
    GIVES_REF_INSIDE,   /* as_ref, as_mut: the same shape around a reference */
    GIVES_OWNED_INSIDE, /* cloned, copied: around an owned value */
    GIVES_GUARD,
    GIVES_TRY_GUARD,
};

static const struct method {
    uint64_t on;
    enum result result;
    const char *name;
} METHODS[] = {
    {ANYTHING & ~K(GUARD), GIVES_SELF, "clone"},
    {K(STR), GIVES_STRING, "to_owned"},
    {K(SLICE), GIVES_VEC, "to_owned"},
    {ANYTHING & ~(K(GUARD) | K(STR) | K(SLICE)), GIVES_SELF, "to_owned"},
    {ANYTHING, GIVES_STRING, "to_string"},
    {SEQUENCE, GIVES_VEC, "to_vec"},
    {SEQUENCE, GIVES_VEC, "into_vec"},
    {TEXT, GIVES_STRING, "to_lowercase"},
    {TEXT, GIVES_STRING, "to_uppercase"},
    {TEXT, GIVES_STRING, "to_ascii_lowercase"},
    {TEXT, GIVES_STRING, "to_ascii_uppercase"},
    {TEXT, GIVES_STRING, "replace"},
    {TEXT, GIVES_STRING, "replacen"},
    {TEXT, GIVES_STRING, "repeat"},
    {TEXT, GIVES_STRING, "into_string"},
    {TEXT, GIVES_STR, "trim"},
    {TEXT, GIVES_STR, "trim_start"},
    {TEXT, GIVES_STR, "trim_end"},
    {TEXT, GIVES_STR, "trim_matches"},
    {TEXT, GIVES_STR, "trim_start_matches"},
    {TEXT, GIVES_STR, "trim_end_matches"},
    {TEXT, GIVES_STR, "as_str"},
    {TEXT, GIVES_CHARS, "chars"},
    {TEXT, GIVES_ITERATOR, "char_indices"},
    {TEXT, GIVES_STRS, "lines"},
    {TEXT, GIVES_STRS, "split"},
    {TEXT, GIVES_STRS, "rsplit"},
    {TEXT, GIVES_STRS, "splitn"},
    {TEXT, GIVES_STRS, "rsplitn"},
    {TEXT, GIVES_STRS, "split_whitespace"},
    {TEXT, GIVES_STRS, "split_ascii_whitespace"},
    {TEXT, GIVES_STRS, "split_terminator"},
    {TEXT, GIVES_STRS, "split_inclusive"},
    {TEXT, GIVES_BYTES, "as_bytes"},
    {TEXT, GIVES_ITERATOR, "bytes"},
    {K(STRING), GIVES_OPTION_CHAR, "pop"},
    {COLLECTION | TEXT, GIVES_INT, "len"},
    {COLLECTION | TEXT, GIVES_INT, "capacity"},
    {K(ITERATOR), GIVES_INT, "count"},
    {COLLECTION | TEXT | K(RANGE), GIVES_BOOL, "is_empty"},
    {COLLECTION | TEXT | K(RANGE), GIVES_BOOL, "contains"},
    {MAP, GIVES_BOOL, "contains_key"},
    {SEQUENCE | TEXT, GIVES_BOOL, "starts_with"},
    {SEQUENCE | TEXT, GIVES_BOOL, "ends_with"},
    {K(OPTION), GIVES_BOOL, "is_some"},
    {K(OPTION), GIVES_BOOL, "is_none"},
    {K(RESULT), GIVES_BOOL, "is_ok"},
    {K(RESULT), GIVES_BOOL, "is_err"},
    {K(ITERATOR), GIVES_BOOL, "any"},
    {K(ITERATOR), GIVES_BOOL, "all"},
    {K(REGEX), GIVES_BOOL, "is_match"},
    {SET, GIVES_BOOL, "insert"},
    {SEQUENCE | SET | K(OPTION), GIVES_ITEM_REFS, "iter"},
    {SEQUENCE | K(OPTION), GIVES_ITEM_REFS, "iter_mut"},
    {SEQUENCE, GIVES_ITEM_REFS, "par_iter"},
    {SEQUENCE, GIVES_ITEM_REFS, "par_iter_mut"},
    {SEQUENCE | SET | K(ITERATOR) | K(RANGE) | K(OPTION), GIVES_ITEMS, "into_iter"},
    {SEQUENCE | K(RANGE), GIVES_ITEMS, "into_par_iter"},
    {MAP, GIVES_ITERATOR, "iter"},
    {MAP, GIVES_ITERATOR, "iter_mut"},
    {MAP, GIVES_ITERATOR, "into_iter"},
    {MAP, GIVES_ITERATOR, "drain"},
    {MAP, GIVES_ITEM_REFS, "keys"},
    {MAP, GIVES_ITEMS, "into_keys"},
    {MAP, GIVES_VALUE_REFS, "values"},
    {MAP, GIVES_VALUE_REFS, "values_mut"},
    {MAP, GIVES_VALUES, "into_values"},
    {SEQUENCE | SET, GIVES_ITEMS, "drain"},
    {SEQUENCE, GIVES_PARTS, "windows"},
    {SEQUENCE, GIVES_PARTS, "chunks"},
    {SEQUENCE, GIVES_PARTS, "chunks_exact"},
    {SEQUENCE, GIVES_PARTS, "par_chunks"},
    {SEQUENCE, GIVES_SLICE, "as_slice"},
    {SEQUENCE, GIVES_SLICE, "as_mut_slice"},
    {SEQUENCE, GIVES_OPTION_ITEM_REF, "first"},
    {SEQUENCE, GIVES_OPTION_ITEM_REF, "last"},
    {SEQUENCE, GIVES_OPTION_ITEM_REF, "first_mut"},
    {SEQUENCE, GIVES_OPTION_ITEM_REF, "last_mut"},
    {K(VECDEQUE), GIVES_OPTION_ITEM_REF, "front"},
    {K(VECDEQUE), GIVES_OPTION_ITEM_REF, "back"},
    {SET, GIVES_OPTION_ITEM_REF, "get"},
    {MAP, GIVES_OPTION_VALUE_REF, "get"},
    {MAP, GIVES_OPTION_VALUE_REF, "get_mut"},
    {MAP, GIVES_OPTION_VALUE, "remove"},
    {MAP, GIVES_OPTION_VALUE, "insert"},
    {K(VEC), GIVES_OPTION_ITEM, "pop"},
    {K(VECDEQUE), GIVES_OPTION_ITEM, "pop_front"},
    {K(VECDEQUE), GIVES_OPTION_ITEM, "pop_back"},
    {K(VEC), GIVES_ITEM, "remove"},
    {K(VEC), GIVES_ITEM, "swap_remove"},
    {K(VEC) | K(STRING), GIVES_SELF, "split_off"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "next"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "next_back"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "last"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "nth"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "min"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "max"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "min_by_key"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "max_by_key"},
    {K(ITERATOR), GIVES_OPTION_ITEM, "find"},
    {K(ITERATOR), GIVES_SELF, "filter"},
    {K(ITERATOR), GIVES_SELF, "skip"},
    {K(ITERATOR), GIVES_SELF, "take"},
    {K(ITERATOR) | K(RANGE), GIVES_SELF, "rev"},
    {K(ITERATOR) | K(RANGE), GIVES_SELF, "step_by"},
    {K(ITERATOR), GIVES_SELF, "peekable"},
    {K(ITERATOR), GIVES_SELF, "take_while"},
    {K(ITERATOR), GIVES_SELF, "skip_while"},
    {K(ITERATOR), GIVES_SELF, "chain"},
    {K(ITERATOR), GIVES_SELF, "inspect"},
    {K(ITERATOR), GIVES_SELF, "by_ref"},
    {K(ITERATOR), GIVES_SELF, "fuse"},
    {K(ITERATOR) | K(RANGE), GIVES_ITERATOR, "map"},
    {K(ITERATOR) | K(RANGE), GIVES_ITERATOR, "filter_map"},
    {K(ITERATOR) | K(RANGE), GIVES_ITERATOR, "flat_map"},
    {K(ITERATOR), GIVES_ITERATOR, "enumerate"},
    {K(ITERATOR), GIVES_ITERATOR, "zip"},
    {K(ITERATOR), GIVES_ITERATOR, "flatten"},
    {K(ITERATOR) | OPTIONAL, GIVES_OWNED_INSIDE, "cloned"},
    {K(ITERATOR) | OPTIONAL, GIVES_OWNED_INSIDE, "copied"},
    {OPTIONAL, GIVES_ITEM, "unwrap"},
    {OPTIONAL, GIVES_ITEM, "expect"},
    {OPTIONAL, GIVES_ITEM, "unwrap_or"},
    {OPTIONAL, GIVES_ITEM, "unwrap_or_else"},
    {OPTIONAL, GIVES_ITEM, "unwrap_or_default"},
    {K(RESULT), GIVES_OPTION_ITEM, "ok"},
    {K(RESULT), GIVES_SELF, "map_err"},
    {K(OPTION), GIVES_SELF, "take"},
    {K(OPTION), GIVES_SELF, "or"},
    {K(OPTION), GIVES_SELF, "or_else"},
    {K(OPTION), GIVES_SELF, "filter"},
    {K(OPTION), GIVES_OPTION, "map"},
    {K(OPTION), GIVES_OPTION, "and_then"},
    {OPTIONAL, GIVES_REF_INSIDE, "as_ref"},
    {OPTIONAL, GIVES_REF_INSIDE, "as_mut"},
    {NUMBER, GIVES_SELF, "abs"},
    {NUMBER, GIVES_SELF, "min"},
    {NUMBER, GIVES_SELF, "max"},
    {NUMBER, GIVES_SELF, "pow"},
    {K(INT), GIVES_SELF, "saturating_sub"},
    {K(INT), GIVES_SELF, "saturating_add"},
    {K(INT), GIVES_SELF, "wrapping_add"},
    {K(MUTEX), GIVES_GUARD, "lock"},
    {K(RWLOCK), GIVES_GUARD, "read"},
    {K(RWLOCK), GIVES_GUARD, "write"},
    {K(MUTEX), GIVES_TRY_GUARD, "try_lock"},
    {K(RWLOCK), GIVES_TRY_GUARD, "try_read"},
    {K(RWLOCK), GIVES_TRY_GUARD, "try_write"},
    {K(CELL), GIVES_GUARD, "borrow"},
    {K(CELL), GIVES_GUARD, "borrow_mut"},
};

static const struct type *simple(struct facts *facts, enum type_kind kind)
{
    return rust_type_new(facts, kind, VIEW(""), NULL, NULL);
}

static const struct type *around(struct facts *facts, enum type_kind kind, const struct type *item)
{
    return rust_type_new(facts, kind, VIEW(""), item, NULL);
}

static const struct type *reference_to(struct facts *facts, const struct type *type)
{
    return type != NULL ? rust_type_reference(facts, type, true) : NULL;
}

/* Only std's locks can be poisoned; the path of a guard tells whose lock it is. */
static const struct type *guard_of(struct facts *facts, const struct type *lock, bool tried)
{
    const struct type *guard;
    struct view path = lock->path, module;

    if (path.len == 0 || lock->kind == TYPE_UNKNOWN)
        return &TYPE_IS_UNKNOWN;
    if (lock->kind == TYPE_CELL)
        return view_is(path, "std::cell::RefCell")
                   ? rust_type_new(facts, TYPE_GUARD, VIEW("std::cell::RefMut"), lock->item, NULL)
                   : &TYPE_IS_UNKNOWN;
    module = arena_format(facts->arena, "%.*sGuard", VIEW_ARG(path));
    guard = rust_type_new(facts, TYPE_GUARD, module, lock->item, NULL);
    if (view_starts(path, "std::"))
        return around(facts, TYPE_RESULT, guard);
    if (tried)
        return around(facts, view_starts(path, "parking_lot::") ? TYPE_OPTION : TYPE_RESULT, guard);
    return guard;
}

static const struct type *inside(struct facts *facts, const struct type *type, bool reference)
{
    return rust_type_new(facts, type->kind, type->path,
                         type->item != NULL ? rust_type_reference(facts, type->item, reference) : NULL, NULL);
}

static const struct type *apply(struct facts *facts, enum result result, const struct type *type)
{
    switch (result) {
    case GIVES_SELF:
        return rust_type_reference(facts, type, false);
    case GIVES_ITEM:
        return type->item;
    case GIVES_VALUE:
        return type->value;
    case GIVES_BOOL:
        return simple(facts, TYPE_BOOL);
    case GIVES_INT:
        return simple(facts, TYPE_INT);
    case GIVES_STR:
        return reference_to(facts, simple(facts, TYPE_STR));
    case GIVES_STRING:
        return simple(facts, TYPE_STRING);
    case GIVES_CHARS:
        return around(facts, TYPE_ITERATOR, simple(facts, TYPE_CHAR));
    case GIVES_STRS:
        return around(facts, TYPE_ITERATOR, reference_to(facts, simple(facts, TYPE_STR)));
    case GIVES_BYTES:
        return reference_to(facts, around(facts, TYPE_SLICE, simple(facts, TYPE_CHAR)));
    case GIVES_VEC:
        return around(facts, TYPE_VEC, type->item);
    case GIVES_SLICE:
        return reference_to(facts, around(facts, TYPE_SLICE, type->item));
    case GIVES_ITEMS:
        return around(facts, TYPE_ITERATOR, type->reference ? reference_to(facts, type->item) : type->item);
    case GIVES_ITEM_REFS:
        return around(facts, TYPE_ITERATOR, reference_to(facts, type->item));
    case GIVES_VALUES:
        return around(facts, TYPE_ITERATOR, type->value);
    case GIVES_VALUE_REFS:
        return around(facts, TYPE_ITERATOR, reference_to(facts, type->value));
    case GIVES_PARTS:
        return around(facts, TYPE_ITERATOR, reference_to(facts, around(facts, TYPE_SLICE, type->item)));
    case GIVES_ITERATOR:
        return simple(facts, TYPE_ITERATOR);
    case GIVES_OPTION_ITEM:
        return around(facts, TYPE_OPTION, type->item);
    case GIVES_OPTION_ITEM_REF:
        return around(facts, TYPE_OPTION, reference_to(facts, type->item));
    case GIVES_OPTION_VALUE:
        return around(facts, TYPE_OPTION, type->value);
    case GIVES_OPTION_VALUE_REF:
        return around(facts, TYPE_OPTION, reference_to(facts, type->value));
    case GIVES_OPTION_CHAR:
        return around(facts, TYPE_OPTION, simple(facts, TYPE_CHAR));
    case GIVES_OPTION:
        return simple(facts, TYPE_OPTION);
    case GIVES_REF_INSIDE:
        return inside(facts, type, true);
    case GIVES_OWNED_INSIDE:
        return inside(facts, type, false);
    case GIVES_GUARD:
        return guard_of(facts, type, false);
    case GIVES_TRY_GUARD:
        return guard_of(facts, type, true);
    }
    return &TYPE_IS_UNKNOWN;
}

static const struct method *find_method(enum type_kind kind, struct view name)
{
    for (const struct method *method = METHODS; method < METHODS + COUNT_OF(METHODS); method++)
        if ((method->on >> kind & 1) != 0 && view_is(name, method->name))
            return method;
    return NULL;
}

/* collect::<Vec<_>>(), parse::<u32>(), sum::<f64>(). */
static const struct type *turbofish_type(struct facts *facts, const struct rust_call *call, struct view name)
{
    const struct type *type = rust_type_of_node(facts, rust_child(facts, call->generics, 0));
    if (view_is(name, "collect") || view_is(name, "sum") || view_is(name, "product") || view_is(name, "into"))
        return type;
    return view_is(name, "parse") ? around(facts, TYPE_RESULT, type) : &TYPE_IS_UNKNOWN;
}

/* A method that the file itself defines on the type. */
static const struct type *own_method_type(struct facts *facts, const struct type *type,
                                          const struct rust_call *call)
{
    uint32_t binding = type->kind == TYPE_INSTANCE
                           ? rust_method_binding(facts, facts_context(facts, call->node)->scope, type->path,
                                                 rust_text(facts, call->name))
                           : FACT_NONE;
    uint32_t def = binding != FACT_NONE && facts->bindings[binding].def_count == 1
                       ? facts->bindings[binding].first_def
                       : FACT_NONE;
    return def != FACT_NONE ? rust_type_of_node(facts, facts->defs[def].annotation) : &TYPE_IS_UNKNOWN;
}

const struct type *rust_method_type(struct facts *facts, const struct rust_call *call)
{
    struct view name = rust_text(facts, call->name);
    const struct type *type;

    if (call->generics != NODE_NONE)
        return turbofish_type(facts, call, name);
    if (view_is(name, "py") && rust_argument(facts, call, 0) == NODE_NONE && rust_uses_pyo3(facts))
        return rust_type_new(facts, TYPE_INSTANCE, VIEW("pyo3::Python"), NULL, NULL);
    type = facts_type(facts, call->receiver);
    if (type->kind == TYPE_UNKNOWN)
        return view_is(name, "to_string") ? simple(facts, TYPE_STRING) : &TYPE_IS_UNKNOWN;
    for (int hop = 0; type != NULL && hop < RUST_TYPE_NESTING; hop++) {
        const struct method *method = find_method(type->kind, name);
        if (method != NULL) {
            const struct type *given = apply(facts, method->result, type);
            return given != NULL ? given : &TYPE_IS_UNKNOWN;
        }
        if (type->kind == TYPE_INSTANCE)
            return own_method_type(facts, type, call);
        type = rust_type_inner(type);
    }
    return &TYPE_IS_UNKNOWN;
}

const struct type *rust_type_element(struct facts *facts, const struct type *type)
{
    const struct type *item;

    switch (type->kind) {
    case TYPE_VEC:
    case TYPE_VECDEQUE:
    case TYPE_SLICE:
    case TYPE_ARRAY:
    case TYPE_HASHSET:
    case TYPE_BTREESET:
        item = type->reference ? reference_to(facts, type->item) : type->item;
        break;
    case TYPE_ITERATOR:
    case TYPE_OPTION:
        item = type->item;
        break;
    case TYPE_RANGE:
        item = simple(facts, TYPE_INT);
        break;
    default:
        item = NULL;
        break;
    }
    return item != NULL ? item : &TYPE_IS_UNKNOWN;
}
