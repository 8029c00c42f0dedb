/** @file facts.h  What is true of the code of one file: functions, loops, scopes, bindings with their
 *  definitions and uses, types, imports, async context, constant lengths. The same shape for every
 *  language; what differs (which node opens what) stands in python_*.c and rust_*.c. */
#pragma once
#include "facts/layout.h"
#include "facts/models.h"
#include "facts/natives.h"
#include "facts/project.h"
#include "facts/type.h"
#include "syntax/tree.h"

#define FACT_NONE UINT32_MAX

enum loop_kind {
    LOOP_FOR,
    LOOP_ASYNC_FOR,
    LOOP_WHILE,         /* a condition */
    LOOP_FOREVER,       /* while True, loop {} */
    LOOP_COMPREHENSION, /* one for clause of a comprehension or generator */
    LOOP_CLOSURE,       /* the closure of an iterator adapter: map, for_each, filter, retain ... */
    LOOP_KIND_COUNT
};

struct loop {
    enum loop_kind kind;
    uint32_t node;     /* the whole statement or expression */
    uint32_t iterated; /* what a for walks: evaluated once, outside; a while's condition: inside */
    uint32_t target;   /* the pattern that is bound in each pass; NODE_NONE */
    uint32_t body;
    uint32_t parent; /* the loop around it in the same function; FACT_NONE */
    uint32_t depth;  /* 1: outermost */
    uint32_t function;
    int64_t trips;         /* constant trip count, e.g. range(3), a literal of four; -1: unknown */
    uint32_t stands_for;   /* facts_assume_loop(): the caller's loop plus one; else 0 */
    bool conditional_exit; /* holds a break, return or ? of its own: may end early */
};

enum function_kind { FUNCTION_NAMED, FUNCTION_METHOD, FUNCTION_LAMBDA, FUNCTION_BLOCK /* async block */ };

enum function_flag {
    FUNCTION_ASYNC = 1,
    FUNCTION_TEST = 2, /* by name, decorator or attribute */
    FUNCTION_BENCH = 4,
    FUNCTION_HANDLER = 8,   /* web, task or RPC handler by decorator, base class or signature */
    FUNCTION_EXPORTED = 16, /* #[pyfunction], #[pymethods], extern "C": called from another language */
    FUNCTION_INIT = 32,     /* runs once: __init__ of a module, #[pymodule], main's own body, setup */
    FUNCTION_PUBLIC = 64,
};

struct function {
    enum function_kind kind;
    uint32_t flags;
    uint32_t node;  /* definition, without its decorators or attributes */
    uint32_t outer; /* node with its decorators; the same as node where there are none */
    uint32_t name;  /* identifier; NODE_NONE for a lambda, closure or block */
    uint32_t body;
    uint32_t parent;            /* function around it; FACT_NONE */
    uint32_t class_node;        /* class_definition, impl_item or trait_item it is a method of; NODE_NONE */
    uint32_t scope;             /* its own */
    const struct type *returns; /* computed on demand */
};

/* What is true of a class; the names are what rules write: (#class? @class slotted). */
#define CLASS_FLAGS(X)                                                                                       \
    X(CLASS_SLOTTED, "slotted")             /* __slots__, dataclass(slots=True), attrs.define */             \
    X(CLASS_SLOTTED_BASES, "slotted-bases") /* no base gives its instances a __dict__ */                     \
    X(CLASS_NO_BASES, "no-bases")           /* or object alone */                                            \
    X(CLASS_OWN_BASE, "own-base")           /* a base of this file */                                        \
    X(CLASS_UNKNOWN_BASE, "unknown-base")                                                                    \
    X(CLASS_VALUE_BASE, "value-base") /* str, tuple, int, namedtuple() ... */                                \
    X(CLASS_ENUM, "enum")                                                                                    \
    X(CLASS_PROTOCOL, "protocol")                                                                            \
    X(CLASS_ABSTRACT, "abstract")                                                                            \
    X(CLASS_TUPLE, "tuple") /* NamedTuple, TypedDict */                                                      \
    X(CLASS_EXCEPTION, "exception")                                                                          \
    X(CLASS_MODEL, "model")         /* of an ORM or pydantic */                                              \
    X(CLASS_METACLASS, "metaclass") /* or another keyword beside the bases */                                \
    X(CLASS_DATACLASS, "dataclass")                                                                          \
    X(CLASS_ATTRS, "attrs")                                                                                  \
    X(CLASS_DECORATED, "decorated") /* otherwise */                                                          \
    X(CLASS_DYNAMIC, "dynamic")     /* looks at __dict__, vars(), weak references, pickle state */           \
    X(CLASS_HAS_INIT, "init")                                                                                \
    X(CLASS_COMPARES, "compares")               /* __eq__ or __hash__ of its own */                          \
    X(CLASS_ADDS_ATTRIBUTES, "adds-attributes") /* assigns to self */                                        \
    X(CLASS_LATE_ATTRIBUTES,                                                                                 \
      "late-attributes")        /* also outside of __init__, or another object's in the file */              \
    X(CLASS_CLASHES, "clashes") /* an attribute of self is a name of the class too */                        \
    X(CLASS_MADE_IN_LOOP, "made-in-loop")                                                                    \
    X(CLASS_COLLECTED, "collected-in-loop") /* its instances are put into a collection one by one */         \
    X(CLASS_MADE_IN_FUNCTION, "made-in-function")                                                            \
    X(CLASS_SUBCLASSED, "subclassed") /* in this file */

enum class_bit {
#define X(flag, name) flag##_BIT,
    CLASS_FLAGS(X)
#undef X
        CLASS_BIT_COUNT
};
enum class_flag {
#define X(flag, name) flag = 1 << flag##_BIT,
    CLASS_FLAGS(X)
#undef X
};

enum scope_kind {
    SCOPE_MODULE,
    SCOPE_CLASS,
    SCOPE_FUNCTION,
    SCOPE_COMPREHENSION,
    SCOPE_BLOCK,
    SCOPE_ATTRIBUTES
};

/* Flags of one class, and which of them have been found out. */
struct class_told {
    uint64_t flags, known;
};

struct scope {
    enum scope_kind kind;
    uint32_t node;
    uint32_t parent; /* FACT_NONE for the module */
};

/* Where a node stands. nodes[i].context - 1 indexes these. */
struct context {
    uint32_t loop;     /* innermost loop in the same function; FACT_NONE */
    uint32_t function; /* innermost function, lambda or async block; FACT_NONE: module level */
    uint32_t scope;
};

enum def_kind {
    DEF_ASSIGN,    /* value is the assigned expression */
    DEF_UNPACK,    /* one of several targets of value */
    DEF_AUGMENT,   /* += and the like; value is the right side */
    DEF_LOOP,      /* loop target; value is the iterated expression */
    DEF_PARAMETER, /* value is the default */
    DEF_IMPORT,    /* path is set */
    DEF_FUNCTION,
    DEF_CLASS,
    DEF_CONTEXT, /* with ... as x: value is the context manager */
    DEF_OTHER    /* except as, match capture, del, global write: nothing is known of the value */
};

struct def {
    enum def_kind kind;
    uint32_t node;       /* the identifier (or attribute) that binds */
    uint32_t value;      /* NODE_NONE */
    uint32_t annotation; /* type node; NODE_NONE */
    struct view path;    /* DEF_IMPORT: the full dotted or :: path; empty otherwise */
    uint32_t next;       /* next definition of the binding, in the order of the text; FACT_NONE */
};

struct use {
    uint32_t node;
    uint32_t next; /* FACT_NONE */
};

/* Whether some use of a name asks for its type: isinstance(x, T). */
enum binding_tests { BINDING_NOT_ASKED, BINDING_UNTESTED, BINDING_TESTED };

struct binding {
    uint32_t name; /* interned */
    uint32_t scope;
    uint32_t first_def, last_def;
    uint32_t first_use, last_use;
    uint32_t def_count, use_count;
    uint32_t defs_at, uses_at; /* the first of them in facts->spots */
    const struct type *type;   /* computed on demand */
    bool type_pending;         /* being computed: a cycle */
    bool length_known;
    int64_t length; /* what facts_length() found; while it is being computed -1 */
    enum binding_tests tests;
};

/* One place where a function of the file is called, or handed to what calls it for each item. */
struct call {
    uint32_t node;   /* the call; where it is handed over, its name there */
    uint32_t callee; /* function */
    uint32_t next;   /* of the same callee; FACT_NONE */
    bool per_item;   /* handed to map(), sorted(key=...), an executor's map */
};

struct call_table; /* opaque: made on demand */
/* A definition or use by its node, and which one it is. */
struct spot {
    uint32_t node, index;
};

struct facts_table; /* opaque: interned names and the look-up of bindings */

struct facts {
    const struct tree *tree;
    struct arena *arena;
    struct loop *loops;
    struct function *functions;
    struct scope *scopes;
    struct context *contexts;
    struct binding *bindings;
    struct def *defs;
    struct use *uses;
    const struct spot *spots; /* definitions, then uses of each binding, in the order of the text */
    size_t loop_count, function_count, scope_count, context_count, binding_count, def_count, use_count;
    size_t loop_cap, function_cap, scope_cap, context_cap, binding_cap, def_cap, use_cap;
    struct facts_table *table;
    const struct models *models;   /* NULL: those of this file alone, made on demand */
    const struct project *project; /* never NULL */
    const struct natives *natives; /* NULL: there are none */
    const struct type **types;     /* by node: what facts_type() found before; made on demand */
    const struct layout **layouts; /* by the binding of a Rust type: facts_layout(); made on demand */
    struct call_table *calls;
    uint8_t *purity; /* by function: what facts_pure_function() found before; made on demand */
    uint32_t purity_depth;
    uint32_t *set_outside; /* attributes that the file sets on other objects than self; on demand */
    size_t set_outside_count;
    uint32_t classes_asked;
    struct class_told *classes; /* by scope: what facts_class_flags() found before; made on demand */
    uint32_t
        type_depth; /* facts_type() within facts_type(): bounded, for a chain of names is as long as a file */
    uint32_t length_depth;    /* names that facts_length() follows at once: bounded, as above */
    bool has_wildcard_import; /* from x import *, use x::*: an unknown name may come from there */
};

/** Gather the facts of @p tree (whose nodes get their context and binding). All memory is @p arena's.
 *  Errors: ERR_LIMIT at the arena's cap. Time is linear in the nodes. */
NODISCARD enum err_code facts_build(struct tree *tree, struct arena *arena, struct facts **out,
                                    struct err *err);

/** What a file's facts may rest on besides its own text. */
struct facts_around {
    const struct project *project; /* NULL: nothing is declared */
    const struct models *models;   /* NULL: those of the file itself */
    const struct natives *natives; /* NULL: none */
};
NODISCARD enum err_code facts_build_around(struct tree *tree, const struct facts_around *around,
                                           struct arena *arena, struct facts **out, struct err *err);

/** The models that code of this file may use. Never NULL. */
const struct models *facts_models(struct facts *facts);
/** What attribute @p node (x.customer) is of the model of x, where that is known. */
struct model_field facts_model_field(struct facts *facts, uint32_t node);
/** Whether the relation that attribute @p node reads may have been fetched with the rows that x is one of
 *  (select_related, prefetch_related, joinedload ...): false only where all of the query is in sight. */
bool facts_preloaded(struct facts *facts, uint32_t node);

enum query_effect { QUERY_NONE, QUERY_BULK, QUERY_READ, QUERY_WRITE };
/** What @p call does to the database where it stands, with the chain of calls that it begins (Django's
 *  managers and query sets, SQLAlchemy's sessions): QUERY_NONE where it only builds a query, or is no such
 *  call; QUERY_BULK writes many rows at once. */
enum query_effect facts_query(struct facts *facts, uint32_t call);
/** Whether @p node is a row: an object of a known model, or what a loop over a query binds. */
bool facts_is_row(struct facts *facts, uint32_t node);
/** Rust: the macro that @p node, or `&node`, is a whole argument of, where its arguments were read
 * (NODE_READ); NODE_NONE. And the last part of a macro's name. */
uint32_t facts_argument_macro(const struct facts *facts, uint32_t node);
struct view facts_macro_name(const struct facts *facts, uint32_t macro);
/** Rust: how a formatting macro shows its argument @p node (or `&node`): what stands behind the colon of each
 *  placeholder for it, e.g. "" or "?"; "$" where it is a width. False where that is none, more than @p cap,
 * or not known. */
bool facts_shown_as(const struct facts *facts, uint32_t node, struct view *specs, size_t cap, size_t *count);
/** The last call or subscript of the chain that @p node begins: a of a.b(x).c(y)[1] gives all of it. */
uint32_t facts_chain_top(const struct facts *facts, uint32_t node);

/** Where a node stands. Never NULL. */
const struct context *facts_context(const struct facts *facts, uint32_t node);
/** The innermost loop or function around a node; NULL where there is none. A loop's iterated expression
 *  stands outside of it. */
const struct loop *facts_loop(const struct facts *facts, uint32_t node);
const struct function *facts_function(const struct facts *facts, uint32_t node);
/** The nearest function with a name around @p node; NULL at module level. */
const struct function *facts_named_function(const struct facts *facts, uint32_t node);
/** The whole definition, decorators included, that @p node belongs to: that of the function or class whose
 *  name (or self) it is, else the nearest named function around it, else the nearest class; NODE_NONE at
 *  module level. */
uint32_t facts_definition(const struct facts *facts, uint32_t node);
/** Its name, e.g. "Users.resolve" or "resolve"; the empty view for none. */
struct view facts_function_name(const struct facts *facts, const struct function *function);
/** Whether code at @p node runs on an event loop: the innermost function is async, and the node is
 *  no code that another thread runs: Rust's argument of spawn_blocking, a generator handed to to_thread(). */
bool facts_in_async(const struct facts *facts, uint32_t node);

/** The function of the file that a call calls, or that an argument hands to what calls it for each item:
 *  plain names, methods of self and of the file's classes. FACT_NONE where it is not known. */
uint32_t facts_callee(struct facts *facts, uint32_t node);
/** The calls of @p function (an index) in the order of the text: the first, or the one after @p after; NULL.
 */
const struct call *facts_next_call(struct facts *facts, uint32_t function, const struct call *after);
/** The call in a loop (of more than a few passes), or per item, because of which @p function runs again and
 *  again, directly or a few calls deep; NULL where the file has none. */
const struct call *facts_looped_call(struct facts *facts, uint32_t function);
/** Take each run of the function that @p call calls as one pass of the loop around the call, what the loop
 *  varies of its arguments as the loop's target, until facts_release_loop(). False where the call stands in
 * no loop of more than a few passes, or none of its arguments follows the loop. Python only. */
bool facts_assume_loop(struct facts *facts, const struct call *call);
void facts_release_loop(struct facts *facts);
/** The loop to speak of: for an assumed one the caller's. */
const struct loop *facts_loop_shown(const struct facts *facts, const struct loop *loop);
/** Whether every run of its function evaluates @p node: no branch, loop or early exit before it. */
bool facts_runs_always(const struct facts *facts, uint32_t node);
/** Whether each pass of the innermost loop evaluates @p node: no branch or early exit before it. And how
 * often one pass evaluates an expression that reads the same, at most. Python only; else false and 0. */
bool facts_runs_each_pass(const struct facts *facts, uint32_t node);
uint32_t facts_times_in_pass(struct facts *facts, uint32_t node);
/** How often @p function calls itself on the way through one of its runs, at most. Python only; else 0. */
uint32_t facts_recursion(struct facts *facts, uint32_t function);
/** Whether @p function gives an equal result for equal arguments and changes nothing: it reads what it is
 *  given and constants, and calls only what is known to be pure. Python only; else false. */
bool facts_pure_function(struct facts *facts, uint32_t function);
/** Whether @p function is called in the file, and each call that is known only has its result walked, as
 *  facts_only_iterated() means it. Python only; else false. */
bool facts_result_only_iterated(struct facts *facts, uint32_t function);
/** Which of @p wanted (enum class_flag) are true of the class that @p node defines, names where it is
 * defined, or stands in; 0 where there is none. Flags cost different amounts: ask only for what is needed.
 *  Python only; else 0. */
uint64_t facts_class_flags(struct facts *facts, uint32_t node, uint64_t wanted);
/** Whether @p node is the name of a class where it is defined. Python only; else false. */
bool facts_names_class(const struct facts *facts, uint32_t node);
/** The function that @p name names where it is defined; FACT_NONE. */
uint32_t facts_function_index(const struct facts *facts, uint32_t name);

/** What an identifier (or self.attribute) means; NULL where unknown. */
const struct binding *facts_binding(const struct facts *facts, uint32_t node);
/** The name an expression hangs on: a.b[c].d gives the identifier a; NODE_NONE for other shapes. */
uint32_t facts_root_name(const struct facts *facts, uint32_t node);
/** The single definition of what @p node means, NULL where there are none or several. */
const struct def *facts_only_def(const struct facts *facts, uint32_t node);
struct view facts_binding_name(const struct facts *facts, const struct binding *binding);

/** The type of an expression; never NULL. */
const struct type *facts_type(struct facts *facts, uint32_t node);
/** How much room a value takes: of a type as it is written, of a struct, enum or union, of the fields of an
 *  enum's variant or of an array of literals. Rust only; else nothing is known. */
struct layout facts_layout(struct facts *facts, uint32_t node);
/** The largest of the other variants of the enum that @p variant belongs to; nothing is known where there are
 *  none. Rust only. */
struct layout facts_layout_others(struct facts *facts, uint32_t variant);
/** The bytes of a struct whose fields lie in the declared order (repr(C)), and those it would have in the
 * best order; false where they are not known, or where the compiler orders the fields itself. Rust only. */
bool facts_layout_declared(struct facts *facts, uint32_t item, uint64_t *bytes, uint64_t *best);
/** The qualified path of an expression through imports, aliases and known types: "time.sleep",
 *  "requests.Session.get", "std::fs::read", a builtin's own name; the empty view where unknown. */
struct view facts_path(struct facts *facts, uint32_t node);
/** The most items that a collection or literal holds, where its definitions and all that is added to it are
 *  to be seen and stand in no loop of their own; -1. */
int64_t facts_length(struct facts *facts, uint32_t node);
/** Whether items are added inside the subtree @p within to what @p node names: append, extend, insert, +=. */
bool facts_fills_in(struct facts *facts, uint32_t node, uint32_t within);

/** Whether @p node has the same value in each pass of @p loop: constants and names not bound in it, no
 *  call, await or yield, and no method called on the name in the loop that could change it. */
bool facts_invariant(struct facts *facts, uint32_t node, const struct loop *loop);
/** Whether @p node reads a name that @p loop (or one inside it, around the node) binds in each pass,
 *  directly or through one assignment in its body. */
bool facts_uses_loop_target(struct facts *facts, uint32_t node, const struct loop *loop);
/** Whether a definition of what @p node hangs on stands inside @p loop. */
bool facts_bound_in(const struct facts *facts, uint32_t node, const struct loop *loop);
/** Whether @p node reads a name that is bound anywhere in @p loop, outside of @p node itself. */
bool facts_reads_bound_in(const struct facts *facts, uint32_t node, const struct loop *loop);
/** Whether what @p node names is there before @p loop and never starts afresh in it: every definition inside
 *  builds on the old value (x += y, x = x + y). */
bool facts_grows_in(struct facts *facts, uint32_t node, const struct loop *loop);
/** Whether @p node reads a name whose value an earlier pass of @p loop left: it is defined in the loop's
 *  body, but nowhere in it above the read. */
bool facts_carried(struct facts *facts, uint32_t node, const struct loop *loop);
/** Whether the object may be changed inside the subtree @p within: a definition, a mutating method
 *  (append, push, update ...), an item assignment, or being handed to an unknown call. */
bool facts_may_change(struct facts *facts, uint32_t node, uint32_t within);
/** Whether what @p node reads is the same, in the same state, when @p to runs as when @p from had run: no
 *  variable of it is bound anew or changed between, by whichever of its names, nor in a loop around @p to
 * alone. Attributes and globals can also be changed by calls and, across an await or yield, by other code. */
bool facts_unchanged_between(struct facts *facts, uint32_t node, uint32_t from, uint32_t to);
/** The same from @p node to the end of the last use of the variable @p name, a loop that walks it included.
 */
bool facts_unchanged_while_used(struct facts *facts, uint32_t node, uint32_t name);
/** Whether @p node has one value for the whole run: literals, what the module binds once and never changes,
 * and pure calls of those. */
bool facts_constant(struct facts *facts, uint32_t node);
/** A node with the same text that has run before @p node, on every way to it in the same function and pass,
 * while what they read has not changed since; NODE_NONE. */
uint32_t facts_repeats(struct facts *facts, uint32_t node);
/** Whether the variable that @p name means is a function's own, and is read, but nowhere outside @p within.
 */
bool facts_uses_only_in(const struct facts *facts, uint32_t name, uint32_t within);
/** Whether what @p node hangs on may be changed by a call on it: bound as mut, by a type &mut T, or unknown.
 *  False: a call borrows it shared. Rust only; else true. */
bool facts_may_mutate(struct facts *facts, uint32_t node);
/** Whether the local variable that @p name means only ever holds objects that its function made (literals,
 *  comprehensions, constructors), by assignments in that function. */
bool facts_made_here(struct facts *facts, uint32_t name);
/** Whether every use of the local variable that @p name means walks, indexes, searches or measures its object
 * in the same function: any collection with the same items would do. */
bool facts_uses_read_only(struct facts *facts, uint32_t name);
/** Whether the local variable that @p name means is only ever filled, measured and searched by `in`, and
 * searched at least once: a set would do as well. Python only. */
bool facts_only_searched(struct facts *facts, uint32_t name);
/** Whether the local variable that @p name means is bound once and read once, to be walked from start to end:
 *  by a for, a comprehension, or a builtin that consumes it at once. */
bool facts_only_iterated(struct facts *facts, uint32_t name);
/** Whether the object of @p node's binding leaves the function: returned, yielded, stored in an attribute
 *  or container, captured, passed to an unknown call. */
bool facts_escapes(struct facts *facts, uint32_t node);
/** Whether a use inside the subtree @p within, but not inside @p except, lets the object of @p node's binding
 *  leave, as above. */
bool facts_escapes_in(struct facts *facts, uint32_t node, uint32_t within, uint32_t except);
/** Whether every use of the local variable that @p node names borrows it: none moves, returns, stores or
 *  mutably borrows it, none stands in a closure that takes its captures by value. Rust only; else false. */
bool facts_borrowed_only(struct facts *facts, uint32_t node);
/** Whether the value of the local variable that @p name means is still alive when @p node runs: @p node
 * stands behind its definition in the same block, and no use before the end of @p node moves or drops it.
 *  Rust only; else false. */
bool facts_live_at(struct facts *facts, uint32_t name, uint32_t node);
/** Whether every use of the local variable that @p name means leaves its value where it is: reads, borrows or
 * changes it, in no closure that takes its captures by value; nor is it given another one. Rust only; else
 * false. */
bool facts_never_moved(struct facts *facts, uint32_t name);
/** Whether nothing uses the local variable (or its field) after its use @p place, x or x.field, on whichever
 * way through branches, loops and early exits: no other use that may follow, no loop that comes back to it.
 * Rust only; else false. */
bool facts_last_use(struct facts *facts, uint32_t place);
/** Whether fields can be moved out of the local variable @p name: a value of a type that the file defines,
 * without Drop. Rust only; else false. */
bool facts_movable_parts(struct facts *facts, uint32_t name);
/** Whether a borrow of the local variable @p name that began before @p node may still be used in it or after
 * it, through whatever variable holds it; true where that cannot be known. */
bool facts_borrowed_at(struct facts *facts, uint32_t name, uint32_t node);
/** Whether the local variable @p name, or what borrows from it, may be used in @p node or after it; true
 * where that cannot be known. */
bool facts_needed_from(struct facts *facts, uint32_t name, uint32_t node);
/** Whether every use of the local variable @p name, a Box, Rc, Arc, lock or cell, goes to what it holds, and
 * none to itself: moved, cloned, handed over. Rust only; else false. */
bool facts_used_through(struct facts *facts, uint32_t name);
/** The type, as it is written, of the parameter that @p argument becomes, where the call is of a function or
 *  method of the file; NODE_NONE. Rust only. */
uint32_t facts_parameter_type(struct facts *facts, uint32_t argument);
/* What a use does with the object of its variable. */
enum use_way {
    USE_METHOD,    /* the receiver of a method */
    USE_INDEXED,   /* a[i] */
    USE_WALKED,    /* for x in &a */
    USE_SLICED,    /* &a, given to the file's own function that takes a slice */
    USE_FORMATTED, /* an argument of println! and the like */
    USE_OTHER,     /* anything else, or another language than Rust */
};
/** @p method: the name for USE_METHOD; else untouched. */
enum use_way facts_use_way(struct facts *facts, uint32_t use, struct view *method);
/** Whether nobody else can reach @p place while it is used: a parameter that is mutable or a &mut, or by
 * fields alone a part of one. Rust only; else false. */
bool facts_exclusive(struct facts *facts, uint32_t place);
/** Whether the innermost named function around @p node, its signature included, is a method of a trait or of
 * its implementation. Rust only; else false. */
bool facts_trait_method(const struct facts *facts, uint32_t node);
/** Whether the length of what @p node gives to a loop is known before the first pass: an array, list, map or
 *  range, or adapters on one that keep the length. */
bool facts_sized(struct facts *facts, uint32_t node);
/** Whether evaluating @p node again gives an equal value and changes nothing: names, attributes,
 *  literals, operators on them, and calls of functions known to be pure. */
bool facts_pure(struct facts *facts, uint32_t node);

/** How often the variable that @p name means is read within the subtree @p within. */
size_t facts_uses_within(const struct facts *facts, uint32_t name, uint32_t within);
/** Whether a variable that the subtree @p names binds may be read after the node @p after with the value that
 *  was left in it there; true where that cannot be known (of a module or class, read by another function).
 *  Python only. */
bool facts_bound_names_read_after(const struct facts *facts, uint32_t names, uint32_t after);
/** Whether the variable that @p name means surely holds a new, empty list, dict or set when the statement
 *  @p node starts: set so above it in the same block and not touched since. Python only. */
bool facts_empty_at(struct facts *facts, uint32_t name, uint32_t node);
/** Whether nobody but the local variable @p name can hold its object when @p node runs: it was made in this
 *  function and did not leave it before. Python only. */
bool facts_owned_at(struct facts *facts, uint32_t name, uint32_t node);
/** Whether the variable or attribute that @p name means is bound or deleted within @p within. */
bool facts_rebound_in(const struct facts *facts, uint32_t name, uint32_t within);
/** How often the subtree @p within reads `table[key]`, with the texts of these nodes; 0 where it also assigns
 *  or deletes it, or reads it in a function of its own. Python only. */
size_t facts_item_reads(const struct facts *facts, uint32_t within, uint32_t table, uint32_t key);
/** Whether the name of a builtin means, or may mean, something else at @p node. */
bool facts_shadowed(const struct facts *facts, uint32_t node, struct view builtin);

/** The type that is asked of expression @p node where it stands: by the annotation of a let, the result of
 * its function, a parameter or field of the file. Rust only; else unknown. */
const struct type *facts_wanted_type(struct facts *facts, uint32_t node);
/** The expressions that @p function may give back, through blocks, branches, arms and returns, into @p out;
 *  how many, at most @p cap. Rust only; else 0. */
size_t facts_results(const struct facts *facts, const struct function *function, uint32_t *out, size_t cap);
/** Whether within @p body the variable @p index is only ever the index of @p items, and @p items only ever
 *  indexed with it. Rust only; else false. */
bool facts_indexes_only(const struct facts *facts, uint32_t index, uint32_t items, uint32_t body);
/** Whether the local variable that @p name means is used, and only as the receiver of calls of @p methods;
 *  @p idle: calls that stand as statements, whose results nobody takes. Rust only; else false. */
bool facts_receives_only(const struct facts *facts, uint32_t name, bool idle, const struct view *methods,
                         size_t count);
/** Whether @p node is of a type that the file defines and that derives @p trait. Rust only; else false. */
bool facts_derives(struct facts *facts, uint32_t node, struct view trait);
