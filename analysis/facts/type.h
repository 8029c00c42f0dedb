/** @file type.h  What is known of a value's type. A type that is not known for sure is TYPE_UNKNOWN: a rule
 *  that needs one then stays silent. */
#pragma once
#include "base/arena.h"

/* The names are what rules write: (#type? @x list). */
#define TYPE_KINDS(X)                                                                                        \
    X(TYPE_UNKNOWN, "unknown")                                                                               \
    X(TYPE_NONE, "none")                                                                                     \
    X(TYPE_BOOL, "bool")                                                                                     \
    X(TYPE_INT, "int")                                                                                       \
    X(TYPE_FLOAT, "float")                                                                                   \
    X(TYPE_STR, "str") /* Python str; Rust &str */                                                           \
    X(TYPE_BYTES, "bytes")                                                                                   \
    X(TYPE_BYTEARRAY, "bytearray")                                                                           \
    X(TYPE_LIST, "list")                                                                                     \
    X(TYPE_TUPLE, "tuple")                                                                                   \
    X(TYPE_DICT, "dict")                                                                                     \
    X(TYPE_SET, "set")                                                                                       \
    X(TYPE_FROZENSET, "frozenset")                                                                           \
    X(TYPE_DEQUE, "deque")                                                                                   \
    X(TYPE_RANGE, "range")                                                                                   \
    X(TYPE_ITERATOR, "iterator") /* generators, map, zip, Rust iterator chains */                            \
    X(TYPE_FILE, "file")                                                                                     \
    X(TYPE_CHAR, "char")                                                                                     \
    X(TYPE_STRING, "string") /* Rust String */                                                               \
    X(TYPE_VEC, "vec")                                                                                       \
    X(TYPE_VECDEQUE, "vecdeque")                                                                             \
    X(TYPE_SLICE, "slice")                                                                                   \
    X(TYPE_ARRAY, "array")                                                                                   \
    X(TYPE_HASHMAP, "hashmap")                                                                               \
    X(TYPE_BTREEMAP, "btreemap")                                                                             \
    X(TYPE_HASHSET, "hashset")                                                                               \
    X(TYPE_BTREESET, "btreeset")                                                                             \
    X(TYPE_OPTION, "option")                                                                                 \
    X(TYPE_RESULT, "result")                                                                                 \
    X(TYPE_BOX, "box")                                                                                       \
    X(TYPE_RC, "rc")                                                                                         \
    X(TYPE_ARC, "arc")                                                                                       \
    X(TYPE_CELL, "cell")   /* Cell, RefCell */                                                               \
    X(TYPE_MUTEX, "mutex") /* std or parking_lot: path tells */                                              \
    X(TYPE_RWLOCK, "rwlock")                                                                                 \
    X(TYPE_GUARD, "guard") /* what lock(), read(), write(), borrow() give */                                 \
    X(TYPE_REGEX, "regex")                                                                                   \
    X(TYPE_CLOSURE, "closure")                                                                               \
    X(TYPE_CLASS, "class")       /* the class or type itself; path names it */                               \
    X(TYPE_INSTANCE, "instance") /* an object of the class that path names */

enum type_kind {
#define X(kind, name) kind,
    TYPE_KINDS(X)
#undef X
        TYPE_KIND_COUNT
};

struct type {
    enum type_kind kind;
    bool reference;           /* Rust: behind & or &mut */
    bool optional;            /* Python: may be None too */
    struct view path;         /* qualified name, e.g. "requests.Session", "std::sync::Mutex"; may be empty */
    const struct type *item;  /* element, key, or what a box, lock, option holds; NULL: unknown */
    const struct type *value; /* of a mapping; NULL: unknown */
    const struct type *const *parts; /* of a tuple of known length, by place; NULL: unknown */
    uint32_t part_count;
};

extern const struct type TYPE_IS_UNKNOWN;

const char *type_kind_name(enum type_kind kind);
/** The kind with that name; false where there is none. */
bool type_kind_of(struct view name, enum type_kind *out);
/** What both are: the same kind, else unknown; None with T gives T, optional. */
const struct type *type_join(const struct type *a, const struct type *b, struct arena *arena);
