/** @file facts_internal.h  What the language files use to fill in the facts, and the table by which they
 *  answer for their language. */
#pragma once
#include "facts/facts.h"

/* What one use of a name may add to its object. */
enum growth { GROWTH_NONE, GROWTH_ONE, GROWTH_MANY /* all of another node */, GROWTH_UNKNOWN };

/** What differs between languages. */
struct facts_language {
    /* The one pass: called for each node in order, after the node's own context is set. It may open
     * loops, functions and scopes by marking children (facts_mark) and define or use names. */
    enum err_code (*visit)(struct facts *facts, uint32_t node, struct err *err);
    /* Runs once when all names are resolved, e.g. for what decorators say of functions; may be NULL. */
    enum err_code (*finish)(struct facts *facts, struct err *err);
    const struct type *(*type_of)(struct facts *facts, uint32_t node); /* an expression */
    struct view (*path_of)(struct facts *facts, uint32_t node);
    /* NULL: nothing is known */
    struct layout (*layout_of)(struct facts *facts, uint32_t node);
    struct layout (*layout_others)(struct facts *facts, uint32_t variant);
    bool (*layout_declared)(struct facts *facts, uint32_t item, uint64_t *bytes, uint64_t *best);
    int64_t (*length_of)(struct facts *facts, uint32_t node); /* a literal's own; -1 */
    bool (*mutates)(struct facts *facts, uint32_t use);       /* this use of a name may change its object */
    /* what this use may add; @p source is what GROWTH_MANY adds, NODE_NONE where it is not to be seen */
    enum growth (*growth)(struct facts *facts, uint32_t use, uint32_t *source);
    bool (*leaks)(struct facts *facts, uint32_t use);           /* this use lets the object escape */
    bool (*pure_call)(struct facts *facts, uint32_t call);      /* a call that is known to be pure */
    bool (*sized)(struct facts *facts, uint32_t node);          /* iterable of a known length; NULL: never */
    bool (*off_loop)(const struct facts *facts, uint32_t node); /* another thread runs it */
    /* uses of names; NULL: never */
    uint32_t (*alias_of)(const struct facts *facts, uint32_t use); /* the binding that gets the object too */
    bool (*walks)(struct facts *facts, uint32_t use);              /* it walks the object once, at once */
    bool (*makes)(struct facts *facts, uint32_t value);    /* it gives an object that nothing else has */
    bool (*only_reads)(struct facts *facts, uint32_t use); /* it walks, indexes, searches or measures it */
    bool (*only_searches)(struct facts *facts,
                          uint32_t use); /* it fills it or asks whether something is in it */
    /* this node writes what @p member, a node of the same kind, reads, as far as names tell */
    bool (*member_written)(const struct facts *facts, uint32_t node, uint32_t member);
    bool (*constructs)(const struct facts *facts, const struct function *function); /* before all methods */
    /* What facts_callee() says of a node: fills in callee and per_item. */
    bool (*call_of)(struct facts *facts, uint32_t node, struct call *out);
    bool (*per_item)(const struct facts *facts, uint32_t node);    /* handed to what calls it for each item */
    uint32_t (*recursion)(struct facts *facts, uint32_t function); /* NULL: 0 */
    bool (*pure_function)(struct facts *facts, uint32_t function); /* NULL: false */
    /* the parameter that gets an argument of @p call that follows @p loop; NULL: never */
    uint32_t (*varied_parameter)(struct facts *facts, const struct call *call, const struct loop *loop);
    bool (*runs_always)(const struct facts *facts, uint32_t node);    /* NULL: never */
    bool (*runs_each_pass)(const struct facts *facts, uint32_t node); /* NULL: never */
    uint32_t (*times_in_pass)(struct facts *facts, uint32_t node);    /* NULL: 0 */
    /* adds the @p wanted flags to @p told, with all that come with them; NULL: none */
    void (*tell_class)(struct facts *facts, uint32_t class_node, uint64_t wanted, struct class_told *told);
    bool borrows; /* a compiler sees to it that nothing changes while it is lent */
    /* kinds of nodes by role, for the shared walks; each list ends with KIND_NONE */
    const uint16_t *names; /* identifier ... */
    const uint16_t *calls;
    const uint16_t *impure;   /* await, yield, assignment expressions */
    const uint16_t *blocks;   /* statements in a row; NULL: facts_repeats() finds nothing */
    const uint16_t *choices;  /* their first part always runs, the others may not: x and y, if x: y */
    const uint16_t *perhaps;  /* none of their parts is sure to run: a if x else b */
    const uint16_t *suspends; /* await, yield: other code runs meanwhile; may be NULL */
    const uint16_t *members; /* attribute, field_expression, subscript, index_expression, parenthesized ... */
};

extern const struct facts_language FACTS_PYTHON, FACTS_RUST;
const struct facts_language *facts_language_of(const struct facts *facts);

/* Of calls.c. */
struct call_table {
    struct call *items;
    size_t count, cap;
    uint32_t *first, *last; /* by function: calls */
    uint32_t *looped;       /* by function: the call in a loop that it runs because of; FACT_NONE */
    uint8_t *hops;          /* by function: how many calls lie between */
};

/** Intern a name. */
NODISCARD enum err_code facts_intern(struct facts *facts, struct view name, uint32_t *out, struct err *err);
/** The binding of @p name in exactly @p scope: looked up, or made. FACT_NONE where absent. */
uint32_t facts_lookup(const struct facts *facts, uint32_t scope, uint32_t name);
NODISCARD enum err_code facts_declare(struct facts *facts, uint32_t scope, uint32_t name, uint32_t *out,
                                      struct err *err);
/** Make a fresh binding that hides an earlier one of the same scope from here on (Rust's let). */
NODISCARD enum err_code facts_shadow(struct facts *facts, uint32_t scope, uint32_t name, uint32_t *out,
                                     struct err *err);
/** Let @p name in @p scope mean @p binding of another scope (Python's global and nonlocal). */
NODISCARD enum err_code facts_link(struct facts *facts, uint32_t scope, uint32_t name, uint32_t binding,
                                   struct err *err);
/** Add a definition to a binding, and mark its node as binding it. */
NODISCARD enum err_code facts_define(struct facts *facts, uint32_t binding, const struct def *def,
                                     struct err *err);
/** Record a use; its binding is resolved when all definitions are known (Python) or at once (Rust). */
NODISCARD enum err_code facts_use(struct facts *facts, uint32_t node, uint32_t binding, struct err *err);

NODISCARD enum err_code facts_add_scope(struct facts *facts, enum scope_kind kind, uint32_t node,
                                        uint32_t parent, uint32_t *out, struct err *err);
NODISCARD enum err_code facts_add_loop(struct facts *facts, const struct loop *loop, uint32_t *out,
                                       struct err *err);
NODISCARD enum err_code facts_add_function(struct facts *facts, const struct function *function,
                                           uint32_t *out, struct err *err);
NODISCARD enum err_code facts_add_context(struct facts *facts, struct context context, uint32_t *out,
                                          struct err *err);
/** Give a child that has not been visited yet a context of its own; its descendants inherit it. */
void facts_mark(struct facts *facts, uint32_t child, uint32_t context);

/** Whether nodes [from, to) may change the object of @p binding, by whichever of its names; and whether they
 * call what may give an attribute or a global another value. */
bool facts_object_changed(struct facts *facts, uint32_t binding, uint32_t from, uint32_t to);
bool facts_reached_by_calls(struct facts *facts, uint32_t binding, uint32_t from, uint32_t to);

/** Definitions (by index into facts->defs) or uses of @p binding in nodes [from, to): [first, end), in the
 * order of the text. Not before all of the file was visited. */
struct spots {
    const struct spot *first, *end;
};
struct spots facts_defs_in(const struct facts *facts, const struct binding *binding, uint32_t from,
                           uint32_t to);
struct spots facts_uses_in(const struct facts *facts, const struct binding *binding, uint32_t from,
                           uint32_t to);
/** Put them in that order. */
NODISCARD enum err_code facts_order(struct facts *facts, struct err *err);

bool kind_in(uint16_t kind, const uint16_t *list);

/** An interned name without making it: FACT_NONE where the file does not have it. */
uint32_t facts_name_find(const struct facts *facts, struct view name);
/** The binding that @p name means at @p scope: its own, then outward; class scopes and attributes are seen
 *  from inside themselves only. FACT_NONE. */
uint32_t facts_resolve(const struct facts *facts, uint32_t scope, uint32_t name);
