/** @file rust_internal.h  What the files of the Rust half share. A node may be NODE_NONE wherever a function
 *  here takes one: trees with syntax errors lack children. */
#pragma once
#include "facts/facts_internal.h"
#include "syntax/rust_kinds.h"

/* The kind that all names of primitive types have: the grammar's alias keeps the first one's id. */
#define RUST_PRIMITIVE_TYPE RUST_anon_sym_u8

enum {
    RUST_CHAIN_MAX = 64,    /* links of one chain of calls that are followed */
    RUST_TYPE_NESTING = 12, /* generic arguments within each other */
};

static inline uint16_t rust_kind(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : (uint16_t)KIND_NONE;
}
static inline uint32_t rust_parent(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].parent : NODE_NONE;
}
static inline uint32_t rust_field(const struct facts *facts, uint32_t node, uint8_t field)
{
    return node != NODE_NONE ? node_field(facts->tree, node, field) : NODE_NONE;
}
static inline uint32_t rust_child(const struct facts *facts, uint32_t node, uint32_t index)
{
    return node != NODE_NONE ? node_child_named(facts->tree, node, index) : NODE_NONE;
}
static inline struct view rust_text(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? node_text(facts->tree, node) : VIEW("");
}
/** Whether @p node has a child that is the token or node of @p kind. */
bool rust_has_child(const struct facts *facts, uint32_t node, uint16_t kind);
bool rust_word_in(struct view word, const char *const *list, size_t count);

/* rust_calls.c: the shape of calls */
struct rust_call {
    uint32_t node;     /* the call_expression */
    uint32_t callee;   /* identifier, scoped_identifier or field_expression, without a turbofish; NODE_NONE */
    uint32_t receiver; /* of a method call; NODE_NONE */
    uint32_t name;     /* field_identifier or last identifier; NODE_NONE */
    uint32_t generics; /* type_arguments of a turbofish; NODE_NONE */
    uint32_t arguments;
};
/** Take a call apart; false where @p node is none. */
bool rust_call_of(const struct facts *facts, uint32_t node, struct rust_call *out);
uint32_t rust_argument(const struct facts *facts, const struct rust_call *call, uint32_t index);
/** @p node without parentheses, & and *. */
uint32_t rust_peel(const struct facts *facts, uint32_t node);

/* rust_scopes.c: names */
/** Declare the items that stand directly in @p container (a file, block or declaration list) in @p scope. */
NODISCARD
enum err_code rust_declare_items(struct facts *facts, uint32_t container, uint32_t scope, struct err *err);
/** Bind the names of @p pattern in @p scope. A pattern that is one name gets @p like as it is, the names of
 *  others DEF_UNPACK with its value. */
NODISCARD
enum err_code rust_bind_pattern(struct facts *facts, uint32_t pattern, uint32_t scope, const struct def *like,
                                struct err *err);
/** Bind what the let conditions of @p condition (of an if, a while or a match guard) name. Each is seen by
 * what follows it: @p context is then the one of the body. */
NODISCARD
enum err_code rust_bind_condition(struct facts *facts, uint32_t condition, struct context *context,
                                  struct err *err);
/** Keep the names of a pattern that is bound later from being taken for uses. */
void rust_reserve_pattern(struct facts *facts, uint32_t pattern);
/** The binding that the text of @p node means where it stands; FACT_NONE. */
uint32_t rust_resolve(const struct facts *facts, uint32_t node);
/** The definition of @p kind of what @p node means; NULL. */
const struct def *rust_def_of(const struct facts *facts, uint32_t node, enum def_kind kind);

/* rust_members.c: fields and methods of the file's own types */
NODISCARD
enum err_code rust_declare_members(struct facts *facts, uint32_t item, uint32_t scope, struct err *err);
/** The field or method @p name of the type called @p type as seen from @p scope; FACT_NONE. */
uint32_t rust_field_binding(const struct facts *facts, uint32_t scope, struct view type, struct view name);
uint32_t rust_method_binding(const struct facts *facts, uint32_t scope, struct view type, struct view name);
/** The scope of the fields of @p type; FACT_NONE where the file does not define it. */
uint32_t rust_field_scope(const struct facts *facts, uint32_t scope, struct view type);
/** The name of the type whose impl or trait @p node stands in; empty outside of any. */
struct view rust_self_name(const struct facts *facts, uint32_t node);

/* rust_functions.c: functions, closures, async blocks and their flags */
NODISCARD
enum err_code rust_visit_function(struct facts *facts, uint32_t node, struct err *err);
NODISCARD
enum err_code rust_visit_closure(struct facts *facts, uint32_t node, struct err *err);
NODISCARD
enum err_code rust_visit_async_block(struct facts *facts, uint32_t node, struct err *err);

/* rust_roles.c */
NODISCARD
enum err_code rust_finish(struct facts *facts, struct err *err);

/* rust_loops.c */
NODISCARD
enum err_code rust_visit_for(struct facts *facts, uint32_t node, struct err *err);
NODISCARD
enum err_code rust_visit_while(struct facts *facts, uint32_t node, struct err *err);
NODISCARD
enum err_code rust_visit_loop(struct facts *facts, uint32_t node, struct err *err);
/** Note that a break, return or ? may end loops early. */
void rust_visit_exit(struct facts *facts, uint32_t node);
/** The call whose adapter runs @p closure once per element, with what it walks; false where it runs
 * otherwise. */
bool rust_closure_loop(const struct facts *facts, uint32_t closure, uint32_t *call, uint32_t *iterated);
/** Add a loop at @p node under the loop that @p node stands in. */
NODISCARD
enum err_code rust_add_loop(struct facts *facts, struct loop loop, uint32_t *out, struct err *err);
/** Give @p child the context of @p like with another loop, function or scope. */
NODISCARD
enum err_code rust_mark(struct facts *facts, uint32_t child, struct context context, struct err *err);
bool rust_sized(struct facts *facts, uint32_t node);
int64_t rust_length_of(struct facts *facts, uint32_t node);

/* rust_names.c: uses */
NODISCARD
enum err_code rust_visit_name(struct facts *facts, uint32_t node, struct err *err);
NODISCARD
enum err_code rust_visit_member(struct facts *facts, uint32_t node, struct err *err);
NODISCARD
enum err_code rust_visit_text(struct facts *facts, uint32_t node, struct err *err);
/** Whether nothing but its first definition gave @p binding its value when @p node runs. A loop may come back
 *  to the node with what it assigned further below. */
bool rust_defined_once_before(const struct facts *facts, const struct binding *binding, uint32_t node);
/** Whether @p node stands in the arguments of a macro; then whether it is one that borrows them (format!). */
bool rust_in_macro(const struct facts *facts, uint32_t node, bool *borrows);

/* rust_formats.c */
/** The token tree of @p macro where its arguments were read; NODE_NONE. */
uint32_t rust_macro_arguments(const struct facts *facts, uint32_t macro);

/* rust_annotations.c, rust_methods.c, rust_types.c */
/** The type that a type node denotes. Never NULL. */
const struct type *rust_type_of_node(struct facts *facts, uint32_t node);
/** The type with that full path, with its arguments taken from type_arguments (or NODE_NONE). */
const struct type *rust_type_of_path(struct facts *facts, struct view path, uint32_t arguments);
/** A type; TYPE_IS_UNKNOWN at the arena's cap. The path may be empty: then it is the kind's usual one. */
const struct type *rust_type_new(struct facts *facts, enum type_kind kind, struct view path,
                                 const struct type *item, const struct type *value);
const struct type *rust_type_reference(struct facts *facts, const struct type *type, bool reference);
/** Through references, boxes and guards to what a method is looked up on next; NULL at the end. */
const struct type *rust_type_inner(const struct type *type);
const struct type *rust_method_type(struct facts *facts, const struct rust_call *call);
const struct type *rust_type_of(struct facts *facts, uint32_t node);
const struct type *rust_type_of_def(struct facts *facts, const struct def *def);
/** What walking a value of @p type gives. */
const struct type *rust_type_element(struct facts *facts, const struct type *type);

/* rust_paths.c */
struct view rust_path_of(struct facts *facts, uint32_t node);
/** "core::" and "alloc::" read "std::", a leading "::" is dropped. */
struct view rust_path_canonical(struct facts *facts, struct view path);
/** Whether the file's own module imports pyo3's prelude or one of its well-known names. */
bool rust_uses_pyo3(const struct facts *facts);

/* rust_layout.c, rust_layout_items.c: see facts_layout() and what follows it */
struct layout rust_layout(struct facts *facts, uint32_t node);
struct layout rust_layout_others(struct facts *facts, uint32_t variant);
bool rust_layout_declared(struct facts *facts, uint32_t item, uint64_t *bytes, uint64_t *best);

/* rust_flow.c */
/* What the value of a use, or a part of it, comes to. */
enum fate {
    FATE_READ,     /* looked at, or copied */
    FATE_SHARED,   /* borrowed by & */
    FATE_CHANGED,  /* borrowed by &mut, assigned, or a method that may change it */
    FATE_CALLED,   /* a method of which nothing is known */
    FATE_CONSUMED, /* handed over whole: an argument, a result, a new owner */
    FATE_DROPPED,  /* drop(x) */
    FATE_UNKNOWN,  /* stands in a macro that may do anything */
};
struct use_fate {
    enum fate fate;
    uint32_t at; /* the place that it happens to: a.b[c] of a */
    bool part;   /* a field or element of it */
    bool inside; /* what it points to */
};
struct use_fate rust_fate(struct facts *facts, uint32_t use);
bool rust_is_copy(const struct type *type);
bool rust_mutates(struct facts *facts, uint32_t use);
enum growth rust_growth(struct facts *facts, uint32_t use, uint32_t *source);
bool rust_leaks(struct facts *facts, uint32_t use);
bool rust_pure_call(struct facts *facts, uint32_t call);
/** A function of the file by its plain name, called or handed over. */
bool rust_calls_function(struct facts *facts, uint32_t node, struct call *out);
bool rust_off_loop(const struct facts *facts, uint32_t node);
