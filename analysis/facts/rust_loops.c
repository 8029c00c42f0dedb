/* Loops: statements, and closures that an iterator's adapter runs once per element. */
#include "facts/rust_internal.h"

enum { ITERATOR_HOPS_MAX = 4 }; /* bindings that are followed to see that a receiver is an iterator */

/* Adapters that only iterators, collections and strings have. */
static const char *const ALWAYS[] = {
    "for_each",   "try_for_each", "retain",    "retain_mut", "fold",      "try_fold", "flat_map",
    "filter_map", "any",          "all",       "find",       "find_map",  "position", "rposition",
    "take_while", "skip_while",   "map_while", "scan",       "partition", "reduce",   "for_each_concurrent",
};
/* Those that Option and Result have too. */
static const char *const SHARED[] = {"map", "filter", "inspect", "and_then"};
/* Methods that give an iterator whatever they are called on. */
static const char *const SOURCES[] = {
    "iter",
    "into_iter",
    "iter_mut",
    "chars",
    "char_indices",
    "lines",
    "bytes",
    "split",
    "rsplit",
    "splitn",
    "rsplitn",
    "split_inclusive",
    "split_terminator",
    "split_whitespace",
    "split_ascii_whitespace",
    "drain",
    "keys",
    "values",
    "values_mut",
    "into_keys",
    "into_values",
    "windows",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "par_iter",
    "par_iter_mut",
    "into_par_iter",
    "par_chunks",
    "par_bridge",
    "enumerate",
    "peekable",
    "step_by",
    "cycle",
    "filter_map",
    "flat_map",
    "take_while",
    "skip_while",
    "map_while",
    "matches",
    "match_indices",
    "find_iter",
    "captures_iter",
    "split_iter",
    "components",
    "ancestors",
    "rev",
};
/* Adapters that pass an iterator on, but mean something else on other types. */
static const char *const ADAPTERS[] = {"map",     "filter", "inspect", "cloned",  "copied", "zip",
                                       "chain",   "skip",   "take",    "flatten", "fuse",   "by_ref",
                                       "step_by", "rev",    "sorted",  "dedup"};
/* Adapters and sources that keep the number of elements. */
static const char *const SAME_LENGTH[] = {"iter",     "into_iter", "iter_mut",     "enumerate", "rev",
                                          "map",      "cloned",    "copied",       "zip",       "par_iter",
                                          "peekable", "inspect",   "into_par_iter"};
/* Sources whose length is known though it is not the receiver's. */
static const char *const SIZED_SOURCES[] = {"chunks",     "chunks_exact", "windows",     "keys",  "values",
                                            "values_mut", "into_keys",    "into_values", "drain", "bytes"};

#define IN(word, list) rust_word_in(word, list, COUNT_OF(list))

enum err_code rust_mark(struct facts *facts, uint32_t child, struct context context, struct err *err)
{
    uint32_t index;
    if (child == NODE_NONE)
        return ERR_OK;
    if (facts_add_context(facts, context, &index, err) != ERR_OK)
        return ERR_LIMIT;
    facts_mark(facts, child, index);
    return ERR_OK;
}

enum err_code rust_add_loop(struct facts *facts, struct loop loop, uint32_t *out, struct err *err)
{
    const struct context *around = facts_context(facts, loop.node);
    loop.parent = around->loop;
    loop.depth = around->loop != FACT_NONE ? facts->loops[around->loop].depth + 1 : 1;
    loop.function = around->function;
    loop.trips = -1;
    return facts_add_loop(facts, &loop, out, err);
}

enum err_code rust_visit_for(struct facts *facts, uint32_t node, struct err *err)
{
    struct context inside = *facts_context(facts, node);
    struct loop loop = {.kind = LOOP_FOR,
                        .node = node,
                        .iterated = rust_field(facts, node, RUST_field_value),
                        .target = rust_field(facts, node, RUST_field_pattern),
                        .body = rust_field(facts, node, RUST_field_body)};
    struct def def = {.kind = DEF_LOOP, .value = loop.iterated, .annotation = NODE_NONE};
    enum err_code code;

    if (loop.body == NODE_NONE)
        return ERR_OK;
    code = rust_add_loop(facts, loop, &inside.loop, err);
    if (code == ERR_OK)
        code = facts_add_scope(facts, SCOPE_BLOCK, node, inside.scope, &inside.scope, err);
    if (code == ERR_OK)
        code = rust_mark(facts, loop.target, inside, err);
    if (code == ERR_OK)
        code = rust_bind_pattern(facts, loop.target, inside.scope, &def, err);
    return code == ERR_OK ? rust_mark(facts, loop.body, inside, err) : code;
}

enum err_code rust_visit_while(struct facts *facts, uint32_t node, struct err *err)
{
    struct context inside = *facts_context(facts, node);
    uint32_t condition = rust_field(facts, node, RUST_field_condition);
    bool forever = view_is(rust_text(facts, condition), "true");
    struct loop loop = {.kind = forever ? LOOP_FOREVER : LOOP_WHILE,
                        .node = node,
                        .iterated = forever ? NODE_NONE : condition,
                        .target = rust_field(facts, condition, RUST_field_pattern),
                        .body = rust_field(facts, node, RUST_field_body)};
    enum err_code code;

    if (loop.body == NODE_NONE)
        return ERR_OK;
    code = rust_add_loop(facts, loop, &inside.loop, err);
    if (code == ERR_OK)
        code = rust_mark(facts, condition, inside, err);
    if (code == ERR_OK)
        code = rust_bind_condition(facts, condition, &inside, err);
    return code == ERR_OK ? rust_mark(facts, loop.body, inside, err) : code;
}

enum err_code rust_visit_loop(struct facts *facts, uint32_t node, struct err *err)
{
    struct context inside = *facts_context(facts, node);
    struct loop loop = {.kind = LOOP_FOREVER,
                        .node = node,
                        .iterated = NODE_NONE,
                        .target = NODE_NONE,
                        .body = rust_field(facts, node, RUST_field_body)};
    enum err_code code;

    if (loop.body == NODE_NONE)
        return ERR_OK;
    code = rust_add_loop(facts, loop, &inside.loop, err);
    return code == ERR_OK ? rust_mark(facts, loop.body, inside, err) : code;
}

static struct view label_of(const struct facts *facts, uint32_t node)
{
    for (uint32_t c = rust_child(facts, node, 0); c != NODE_NONE; c = node_sibling_named(facts->tree, c))
        if (facts->tree->nodes[c].kind == RUST_sym_label)
            return node_text(facts->tree, c);
    return VIEW("");
}

void rust_visit_exit(struct facts *facts, uint32_t node)
{
    const struct context *context = facts_context(facts, node);
    bool is_break = facts->tree->nodes[node].kind == RUST_sym_break_expression;
    struct view label = is_break ? label_of(facts, node) : VIEW("");

    for (uint32_t at = context->loop; at != FACT_NONE; at = facts->loops[at].parent) {
        struct loop *loop = &facts->loops[at];
        if (loop->function != context->function)
            return; /* a closure's return does not end the loop around it */
        loop->conditional_exit = true;
        if (is_break && (label.len == 0 || view_equal(label_of(facts, loop->node), label)))
            return;
    }
}

/* What an identifier was given where it was made, if that is all there is to know. */
static uint32_t origin_of(const struct facts *facts, uint32_t name)
{
    uint32_t binding = rust_resolve(facts, name);
    const struct def *def = binding != FACT_NONE && facts->bindings[binding].first_def != FACT_NONE
                                ? &facts->defs[facts->bindings[binding].first_def]
                                : NULL;
    return def != NULL && def->kind == DEF_ASSIGN ? def->value : NODE_NONE;
}

/* Whether @p node is known to be an iterator: its chain of calls starts at a source or a range. */
static bool is_iterator(const struct facts *facts, uint32_t node)
{
    int hops = 0;

    for (int link = 0; link < RUST_CHAIN_MAX && node != NODE_NONE; link++) {
        struct rust_call call;
        struct view name;

        node = rust_peel(facts, node);
        if (rust_kind(facts, node) == RUST_sym_range_expression)
            return true;
        if (rust_kind(facts, node) == RUST_sym_identifier && hops++ < ITERATOR_HOPS_MAX) {
            node = origin_of(facts, node);
            continue;
        }
        if (!rust_call_of(facts, node, &call) || call.receiver == NODE_NONE)
            return false;
        name = rust_text(facts, call.name);
        if (IN(name, SOURCES))
            return true;
        if (!IN(name, ADAPTERS))
            return false;
        if ((view_is(name, "take") || view_is(name, "skip")) && rust_argument(facts, &call, 0) != NODE_NONE)
            return true; /* Option::take has no argument */
        node = call.receiver;
    }
    return false;
}

bool rust_closure_loop(const struct facts *facts, uint32_t closure, uint32_t *call_out, uint32_t *iterated)
{
    uint32_t arguments = rust_parent(facts, closure);
    struct rust_call call;
    struct view name;

    if (rust_kind(facts, arguments) != RUST_sym_arguments ||
        !rust_call_of(facts, rust_parent(facts, arguments), &call) || call.receiver == NODE_NONE)
        return false;
    name = rust_text(facts, call.name);
    if (!IN(name, ALWAYS) && !(IN(name, SHARED) && is_iterator(facts, call.receiver)))
        return false;
    *call_out = call.node;
    *iterated = call.receiver;
    return true;
}

/* The value at the start of a chain that keeps the length; NODE_NONE where a link may change it. */
static uint32_t length_source(const struct facts *facts, uint32_t node)
{
    for (int link = 0; link < RUST_CHAIN_MAX && node != NODE_NONE; link++) {
        struct rust_call call;
        node = rust_peel(facts, node);
        if (!rust_call_of(facts, node, &call) || call.receiver == NODE_NONE)
            return node;
        if (!IN(rust_text(facts, call.name), SAME_LENGTH))
            return node;
        node = call.receiver;
    }
    return NODE_NONE;
}

static bool is_sized_kind(enum type_kind kind)
{
    switch (kind) {
    case TYPE_VEC:
    case TYPE_VECDEQUE:
    case TYPE_SLICE:
    case TYPE_ARRAY:
    case TYPE_HASHMAP:
    case TYPE_BTREEMAP:
    case TYPE_HASHSET:
    case TYPE_BTREESET:
        return true;
    default:
        return false;
    }
}

static bool has_both_ends(const struct facts *facts, uint32_t range)
{
    return node_named_count(facts->tree, range) == 2;
}

static bool is_sized_value(struct facts *facts, uint32_t node)
{
    const struct type *type;
    if (rust_kind(facts, node) == RUST_sym_range_expression)
        return has_both_ends(facts, node);
    for (type = facts_type(facts, node); type != NULL; type = rust_type_inner(type))
        if (is_sized_kind(type->kind))
            return true;
    return false;
}

bool rust_sized(struct facts *facts, uint32_t node)
{
    uint32_t source = length_source(facts, node);
    struct rust_call call;

    if (source == NODE_NONE)
        return false;
    if (rust_call_of(facts, source, &call) && call.receiver != NODE_NONE &&
        IN(rust_text(facts, call.name), SIZED_SOURCES))
        source = rust_peel(facts, call.receiver);
    return is_sized_value(facts, source);
}

static int64_t integer_of(const struct facts *facts, uint32_t node)
{
    struct view text = rust_text(facts, node);
    uint64_t value;
    size_t digits = 0;

    if (rust_kind(facts, node) != RUST_sym_integer_literal)
        return -1;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++; /* 4usize; 0x10 and 1_000 are not worth a parser of their own */
    if (digits < text.len && (text.ptr[digits] == '_' || text.ptr[digits] == 'x' || text.ptr[digits] == 'b' ||
                              text.ptr[digits] == 'o'))
        return -1;
    return view_to_u64(view_slice(text, 0, digits), &value) && value < INT32_MAX ? (int64_t)value : -1;
}

static int64_t range_length(const struct facts *facts, uint32_t range)
{
    int64_t first, last;
    if (!has_both_ends(facts, range))
        return -1;
    first = integer_of(facts, rust_child(facts, range, 0));
    last = integer_of(facts, rust_child(facts, range, 1));
    if (first < 0 || last < first)
        return -1;
    return last - first + (rust_has_child(facts, range, RUST_anon_sym_DOT_DOT_EQ) ? 1 : 0);
}

static int64_t array_length(const struct facts *facts, uint32_t array)
{
    uint32_t length = rust_field(facts, array, RUST_field_length);
    if (length != NODE_NONE)
        return integer_of(facts, length);
    return (int64_t)node_named_count(facts->tree, array);
}

/* vec![a, b] and vec![x; 4]: the commas that stand directly in the token tree. */
static int64_t vec_length(const struct facts *facts, uint32_t macro)
{
    uint32_t tokens = NODE_NONE, last = NODE_NONE;
    int64_t items = 0;

    if (!view_is(rust_text(facts, rust_field(facts, macro, RUST_field_macro)), "vec"))
        return -1;
    for (uint32_t c = rust_child(facts, macro, 0); c != NODE_NONE; c = node_sibling_named(facts->tree, c))
        if (facts->tree->nodes[c].kind == RUST_sym_token_tree)
            tokens = c;
    if (tokens == NODE_NONE)
        return -1;
    for (uint32_t c = node_first(facts->tree, tokens); c != NODE_NONE; c = node_sibling(facts->tree, c)) {
        uint16_t kind = facts->tree->nodes[c].kind;
        if (kind == RUST_anon_sym_SEMI)
            return integer_of(facts, node_sibling(facts->tree, c));
        if (kind == RUST_anon_sym_COMMA)
            items++;
        if (kind != RUST_anon_sym_RBRACK && kind != RUST_anon_sym_LBRACK && kind != RUST_anon_sym_LPAREN &&
            kind != RUST_anon_sym_RPAREN)
            last = c;
    }
    return last == NODE_NONE ? 0 : items + (facts->tree->nodes[last].kind != RUST_anon_sym_COMMA ? 1 : 0);
}

/* The length that a declared array type states: [u8; 4]. */
static int64_t annotated_length(const struct facts *facts, uint32_t name)
{
    uint32_t binding = rust_resolve(facts, name), type;
    if (binding == FACT_NONE || facts->bindings[binding].first_def == FACT_NONE)
        return -1;
    type = facts->defs[facts->bindings[binding].first_def].annotation;
    while (rust_kind(facts, type) == RUST_sym_reference_type)
        type = rust_field(facts, type, RUST_field_type);
    return rust_kind(facts, type) == RUST_sym_array_type
               ? integer_of(facts, rust_field(facts, type, RUST_field_length))
               : -1;
}

/* Vec::new(), HashMap::with_capacity(8): the methods called on it since are what fills it. */
static bool makes_empty(struct facts *facts, const struct rust_call *call)
{
    struct view name = rust_text(facts, call->name);

    if (call->receiver != NODE_NONE || (!view_is(name, "new") && !view_is(name, "with_capacity")))
        return false;
    switch (facts_type(facts, call->node)->kind) {
    case TYPE_VEC:
    case TYPE_VECDEQUE:
    case TYPE_STRING:
    case TYPE_HASHMAP:
    case TYPE_BTREEMAP:
    case TYPE_HASHSET:
    case TYPE_BTREESET:
        return true;
    default:
        return false;
    }
}

int64_t rust_length_of(struct facts *facts, uint32_t node)
{
    uint32_t source = length_source(facts, node);
    struct rust_call call;
    int64_t length = -1;

    switch (rust_kind(facts, source)) {
    case RUST_sym_range_expression:
        return range_length(facts, source);
    case RUST_sym_array_expression:
        return array_length(facts, source);
    case RUST_sym_macro_invocation:
        return vec_length(facts, source);
    case RUST_sym_identifier:
        length = annotated_length(facts, source);
        if (length < 0 && source != node) { /* a constant or let with a literal: one hop, no circles */
            uint32_t origin = rust_peel(facts, origin_of(facts, source));
            if (rust_kind(facts, origin) == RUST_sym_array_expression)
                length = array_length(facts, origin);
        }
        return length;
    case RUST_sym_call_expression:
        if (!rust_call_of(facts, source, &call))
            return -1;
        if (view_is(rust_text(facts, call.name), "take"))
            return integer_of(facts, rust_argument(facts, &call, 0));
        return makes_empty(facts, &call) ? 0 : -1;
    default:
        return -1;
    }
}
