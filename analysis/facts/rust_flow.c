/* What a use does to a value: does it only look, may it change it, does it hand it over. */
#include "facts/rust_internal.h"

/* Methods that take &self and change nothing, whatever type they are called on. */
static const char *const READING[] = {
    "len",
    "is_empty",
    "iter",
    "clone",
    "as_str",
    "as_bytes",
    "as_ref",
    "as_slice",
    "as_deref",
    "as_path",
    "to_string",
    "to_owned",
    "to_vec",
    "to_lowercase",
    "to_uppercase",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "chars",
    "char_indices",
    "bytes",
    "lines",
    "split_whitespace",
    "starts_with",
    "ends_with",
    "trim",
    "trim_start",
    "trim_end",
    "trim_matches",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "keys",
    "values",
    "windows",
    "chunks",
    "capacity",
    "contains_key",
    "is_match",
    "eq",
    "ne",
    "cmp",
    "partial_cmp",
    "abs",
    "is_ascii",
    "is_char_boundary",
    "eq_ignore_ascii_case",
    "binary_search",
    "binary_search_by",
    "binary_search_by_key",
    "to_str",
    "to_string_lossy",
    "display",
    "is_alphanumeric",
    "is_alphabetic",
    "is_numeric",
    "is_whitespace",
    "is_ascii_digit",
    "elapsed",
    "as_secs",
    "as_millis",
    "to_bits",
    "count_ones",
    "replace",
    "repeat",
    "strip_prefix",
    "strip_suffix",
    "split_at",
    "is_sorted",
    "copied",
    "cloned",
    "as_os_str",
};
/* These too on the collections and strings of the standard library; elsewhere the name may mean anything. */
static const char *const READING_COLLECTION[] = {
    "get",          "contains",    "first",       "last",          "find",         "rfind",
    "split",        "splitn",      "rsplit",      "join",          "concat",       "matches",
    "front",        "back",        "parse",       "get_key_value", "range",        "is_subset",
    "intersection", "union",       "difference",  "get_unchecked", "chunks_exact", "split_first",
    "split_last",   "split_once",  "rsplit_once", "min",           "max",          "pow",
    "is_superset",  "is_disjoint", "iter",        "any",           "all",          "captures",
    "find_iter",
};
static const char *const PURE_MACROS[] = {"format",    "vec",         "matches", "concat",
                                          "stringify", "format_args", "cfg"};
static const char *const PURE_FUNCTIONS[] = {
    "std::string::String::new",
    "std::string::String::from",
    "std::vec::Vec::new",
    "std::vec::Vec::from",
    "std::vec::Vec::with_capacity",
    "std::string::String::with_capacity",
    "std::option::Option::Some",
    "std::result::Result::Ok",
    "std::result::Result::Err",
    "regex::Regex::new",
    "regex::bytes::Regex::new",
    "std::boxed::Box::new",
    "std::time::Duration::from_secs",
    "std::time::Duration::from_millis",
    "std::cmp::min",
    "std::cmp::max",
    "std::str::from_utf8",
    "std::path::Path::new",
};
static const char *const OFF_LOOP[] = {"spawn_blocking", "block_in_place"};

enum { USES_ASKED_MAX = 1000 }; /* uses of one variable that are looked at */

#define IN(word, list) rust_word_in(word, list, COUNT_OF(list))

static bool is_text_or_collection(enum type_kind kind)
{
    switch (kind) {
    case TYPE_STR:
    case TYPE_STRING:
    case TYPE_VEC:
    case TYPE_VECDEQUE:
    case TYPE_SLICE:
    case TYPE_ARRAY:
    case TYPE_HASHMAP:
    case TYPE_BTREEMAP:
    case TYPE_HASHSET:
    case TYPE_BTREESET:
    case TYPE_OPTION:
    case TYPE_RESULT:
    case TYPE_RANGE:
    case TYPE_INT:
    case TYPE_FLOAT:
    case TYPE_REGEX:
        return true;
    default:
        return false;
    }
}

static bool is_copy(enum type_kind kind)
{
    return kind == TYPE_INT || kind == TYPE_FLOAT || kind == TYPE_BOOL || kind == TYPE_CHAR;
}

static const struct type *behind_pointers(const struct type *type)
{
    while (rust_type_inner(type) != NULL)
        type = rust_type_inner(type);
    return type;
}

/* A method's receiver is &self: known by its name, or by the file's own declaration. */
static bool method_reads(struct facts *facts, uint32_t receiver, struct view name)
{
    const struct type *type = behind_pointers(facts_type(facts, receiver));
    uint32_t binding, parameters;

    if (IN(name, READING))
        return true;
    if (is_text_or_collection(type->kind))
        return IN(name, READING_COLLECTION);
    if (type->kind != TYPE_INSTANCE)
        return false;
    binding = rust_method_binding(facts, facts_context(facts, receiver)->scope, type->path, name);
    if (binding == FACT_NONE || facts->bindings[binding].def_count != 1)
        return false;
    parameters =
        rust_field(facts, facts->defs[facts->bindings[binding].first_def].value, RUST_field_parameters);
    parameters = rust_child(facts, parameters, 0);
    return rust_kind(facts, parameters) == RUST_sym_self_parameter &&
           rust_has_child(facts, parameters, RUST_anon_sym_AMP) &&
           !rust_has_child(facts, parameters, RUST_sym_mutable_specifier);
}

/* What the value of a use, or a part of it, comes to. */
enum fate {
    FATE_READ,     /* looked at */
    FATE_SHARED,   /* borrowed by & */
    FATE_CHANGED,  /* borrowed by &mut, assigned, or a method that may change it */
    FATE_CONSUMED, /* handed over whole: an argument, a result, a new owner */
    FATE_DROPPED,  /* drop(x) */
};

static enum fate fate_of_argument(struct facts *facts, uint32_t arguments)
{
    struct rust_call call;
    if (rust_call_of(facts, rust_parent(facts, arguments), &call) &&
        view_is(rust_text(facts, call.name), "drop"))
        return FATE_DROPPED;
    return FATE_CONSUMED;
}

static enum fate fate_of_method(struct facts *facts, uint32_t receiver, uint32_t callee)
{
    struct view name = rust_text(facts, rust_field(facts, callee, RUST_field_field));
    if (method_reads(facts, receiver, name))
        return FATE_READ;
    return view_starts(name, "into_") ? FATE_CONSUMED : FATE_CHANGED;
}

static bool is_callee(const struct facts *facts, uint32_t node)
{
    return facts->tree->nodes[node].field == RUST_field_function;
}

/* The tail of a block, and what passes a value on as its own result. */
static bool passes_on(const struct facts *facts, uint32_t node, uint32_t parent)
{
    switch (rust_kind(facts, parent)) {
    case RUST_sym_block: /* an expression without ; is the block's value */
    case RUST_sym_match_arm:
    case RUST_sym_return_expression:
    case RUST_sym_break_expression:
    case RUST_sym_field_initializer:
    case RUST_sym_shorthand_field_initializer:
    case RUST_sym_base_field_initializer:
    case RUST_sym_array_expression:
    case RUST_sym_tuple_expression:
    case RUST_sym_let_declaration:
    case RUST_sym_let_condition:
    case RUST_sym_try_expression:
    case RUST_sym_await_expression:
    case RUST_sym_yield_expression:
    case RUST_sym_closure_expression:
    case RUST_sym_const_item:
    case RUST_sym_static_item:
        return true;
    case RUST_sym_match_expression:
    case RUST_sym_for_expression:
        return facts->tree->nodes[node].field == RUST_field_value;
    case RUST_sym_assignment_expression:
    case RUST_sym_compound_assignment_expr:
        return facts->tree->nodes[node].field == RUST_field_right;
    default:
        return false;
    }
}

static bool is_comparison(const struct facts *facts, uint32_t binary)
{
    switch (rust_kind(facts, rust_field(facts, binary, RUST_field_operator))) {
    case RUST_anon_sym_EQ_EQ:
    case RUST_anon_sym_BANG_EQ:
    case RUST_anon_sym_LT:
    case RUST_anon_sym_GT:
    case RUST_anon_sym_LT_EQ:
    case RUST_anon_sym_GT_EQ:
        return true;
    default:
        return false;
    }
}

/* Climb from the use over fields, indices and * to what is done with it. @p part: a part of it only. */
static enum fate fate_of(struct facts *facts, uint32_t use, bool *part)
{
    uint32_t at = use, parent;
    bool borrows;

    *part = false;
    if (rust_in_macro(facts, use, &borrows))
        return borrows ? FATE_SHARED : FATE_CONSUMED;
    for (;; at = parent) {
        parent = rust_parent(facts, at);
        switch (rust_kind(facts, parent)) {
        case RUST_sym_field_expression:
            if (is_callee(facts, parent) ||
                rust_kind(facts, rust_parent(facts, parent)) == RUST_sym_generic_function)
                return fate_of_method(facts, at, parent);
            *part = true;
            break;
        case RUST_sym_index_expression:
            if (rust_child(facts, parent, 0) != at)
                return FATE_READ;
            *part = true;
            break;
        case RUST_sym_unary_expression:
        case RUST_sym_parenthesized_expression:
            break;
        case RUST_sym_reference_expression:
            return rust_has_child(facts, parent, RUST_sym_mutable_specifier) ? FATE_CHANGED : FATE_SHARED;
        case RUST_sym_assignment_expression:
        case RUST_sym_compound_assignment_expr:
            return facts->tree->nodes[at].field == RUST_field_left ? FATE_CHANGED : FATE_CONSUMED;
        case RUST_sym_binary_expression:
            return is_comparison(facts, parent) || facts->tree->nodes[at].field != RUST_field_left
                       ? FATE_READ
                       : FATE_CONSUMED;
        case RUST_sym_arguments:
            return fate_of_argument(facts, parent);
        default:
            return passes_on(facts, at, parent) ? FATE_CONSUMED : FATE_READ;
        }
    }
}

static bool is_word_at(struct view text, size_t at, const char *word)
{
    return view_starts(view_slice(text, at, text.len), word);
}

/* Whether the name stands for a shared reference or a value that is copied: whatever happens to it in a
 * call, the original stays. */
static bool is_shared(struct facts *facts, uint32_t use)
{
    const struct type *type = facts_type(facts, use);
    const struct binding *binding = facts_binding(facts, use);
    const struct def *def;
    struct view text;

    if (is_copy(type->kind))
        return true;
    if (!type->reference || binding == NULL || binding->first_def == FACT_NONE)
        return false;
    def = &facts->defs[binding->first_def];
    if (rust_kind(facts, def->node) == RUST_sym_self)
        return !rust_has_child(facts, rust_parent(facts, def->node), RUST_sym_mutable_specifier);
    if (def->annotation != NODE_NONE)
        return !rust_has_child(facts, def->annotation, RUST_sym_mutable_specifier);
    text = rust_text(facts, def->value);
    for (size_t at = 0; (at = view_find(text, VIEW("mut"), at)) != SIZE_MAX; at++)
        if (is_word_at(text, at, "mut"))
            return false; /* &mut x, iter_mut(), get_mut(): not worth telling apart */
    return true;
}

/* Whether the binding may change through a method at all: let mut, mut x, &mut, or nothing known of it. */
static bool is_mutable(struct facts *facts, uint32_t use)
{
    const struct binding *binding = facts_binding(facts, use);
    const struct type *type = facts_type(facts, use);
    uint32_t node, parent;

    if (binding == NULL || binding->first_def == FACT_NONE ||
        facts->scopes[binding->scope].kind == SCOPE_ATTRIBUTES)
        return true;
    node = facts->defs[binding->first_def].node;
    parent = rust_parent(facts, node);
    if (rust_kind(facts, parent) == RUST_sym_mut_pattern ||
        rust_has_child(facts, parent, RUST_sym_mutable_specifier))
        return true;
    return !is_text_or_collection(type->kind) || (type->reference && !is_shared(facts, use));
}

bool rust_mutates(struct facts *facts, uint32_t use)
{
    bool part;
    switch (fate_of(facts, use, &part)) {
    case FATE_READ:
    case FATE_SHARED:
        return false;
    case FATE_CHANGED:
        return is_mutable(facts, use) && !is_copy(facts_type(facts, use)->kind);
    case FATE_CONSUMED:
    case FATE_DROPPED:
        return !part && !is_shared(facts, use);
    }
    return true;
}

enum growth rust_growth(struct facts *facts, uint32_t use, uint32_t *source)
{
    *source = NODE_NONE;
    return rust_mutates(facts, use) ? GROWTH_UNKNOWN : GROWTH_NONE;
}

/* What a &mut parameter names belongs to the caller. */
static bool is_callers(const struct facts *facts, uint32_t use)
{
    const struct binding *binding = facts_binding(facts, use);
    const struct def *def =
        binding != NULL && binding->first_def != FACT_NONE ? &facts->defs[binding->first_def] : NULL;
    return def != NULL && def->kind == DEF_PARAMETER &&
           rust_kind(facts, def->annotation) == RUST_sym_reference_type &&
           rust_has_child(facts, def->annotation, RUST_sym_mutable_specifier);
}

bool rust_leaks(struct facts *facts, uint32_t use)
{
    bool part;
    return is_callers(facts, use) || (fate_of(facts, use, &part) == FATE_CONSUMED && !part);
}

static bool takes_captures(const struct facts *facts, uint32_t function)
{
    uint32_t node = facts->functions[function].node;
    return rust_has_child(facts, node, RUST_anon_sym_move);
}

/* A use in a closure or async block that takes its captures by value moves them there. */
static bool moved_by_capture(const struct facts *facts, const struct binding *binding, uint32_t use)
{
    uint32_t home = facts_context(facts, facts->defs[binding->first_def].node)->function;
    uint32_t at = facts_context(facts, use)->function;

    for (; at != home && at != FACT_NONE; at = facts->functions[at].parent)
        if (takes_captures(facts, at))
            return true;
    return false;
}

static const struct binding *local_binding(const struct facts *facts, uint32_t name)
{
    const struct binding *binding = facts_binding(facts, name);
    enum scope_kind kind;

    if (facts->tree->language != LANGUAGE_RUST || binding == NULL || binding->def_count != 1 ||
        binding->use_count > USES_ASKED_MAX)
        return NULL;
    kind = facts->scopes[binding->scope].kind;
    return kind == SCOPE_BLOCK || kind == SCOPE_FUNCTION ? binding : NULL;
}

bool facts_borrowed_only(struct facts *facts, uint32_t node)
{
    const struct binding *binding = local_binding(facts, node);

    if (binding == NULL)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        bool part;
        enum fate fate = fate_of(facts, use, &part);
        if ((fate != FATE_READ && fate != FATE_SHARED) || moved_by_capture(facts, binding, use))
            return false;
    }
    return true;
}

bool facts_live_at(struct facts *facts, uint32_t name, uint32_t node)
{
    const struct binding *binding = local_binding(facts, name);
    uint32_t let = binding != NULL ? node_ancestor(facts->tree, facts->defs[binding->first_def].node,
                                                   RUST_sym_let_declaration)
                                   : NODE_NONE;
    uint32_t block = rust_parent(facts, let);

    if (rust_kind(facts, block) != RUST_sym_block || !node_within(facts->tree, node, block) ||
        node < facts->tree->nodes[let].next)
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        bool part;
        enum fate fate = fate_of(facts, use, &part);
        if (use < facts->tree->nodes[node].next &&
            (((fate == FATE_CONSUMED || fate == FATE_DROPPED) && !part) ||
             moved_by_capture(facts, binding, use)))
            return false;
    }
    return true;
}

/* Raw tokens hold calls too: a name before parentheses that is no reading method, an await, a ?. */
static bool tokens_are_pure(const struct facts *facts, uint32_t macro)
{
    const struct node *nodes = facts->tree->nodes;

    for (uint32_t i = macro + 1; i < nodes[macro].next; i++) {
        uint16_t kind = nodes[i].kind;
        if (kind == RUST_anon_sym_await || kind == RUST_anon_sym_QMARK)
            return false;
        if (kind == RUST_sym_token_tree && i - 1 > macro && nodes[i - 1].kind == RUST_sym_identifier &&
            nodes[i - 1].parent == nodes[i].parent && nodes[i].field == FIELD_NONE &&
            !IN(node_text(facts->tree, i - 1), READING))
            return false;
    }
    return true;
}

bool rust_pure_call(struct facts *facts, uint32_t node)
{
    struct rust_call call;
    struct view path;

    if (rust_kind(facts, node) == RUST_sym_macro_invocation)
        return IN(rust_text(facts, rust_field(facts, node, RUST_field_macro)), PURE_MACROS) &&
               tokens_are_pure(facts, node);
    if (!rust_call_of(facts, node, &call))
        return false;
    if (call.receiver != NODE_NONE) {
        struct view name = rust_text(facts, call.name);
        enum type_kind kind = behind_pointers(facts_type(facts, call.receiver))->kind;
        return IN(name, READING) || (is_text_or_collection(kind) && IN(name, READING_COLLECTION)) ||
               ((kind == TYPE_OPTION || kind == TYPE_RESULT) &&
                (view_is(name, "unwrap") || view_is(name, "expect")));
    }
    path = facts_path(facts, call.callee);
    return path.len > 0 && IN(path, PURE_FUNCTIONS);
}

static bool ends_with_any(struct view text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (view_ends(text, list[i]))
            return true;
    return false;
}

bool rust_off_loop(const struct facts *facts, uint32_t node)
{
    uint32_t arguments = rust_parent(facts, node);
    const struct def *import;
    struct rust_call call;
    struct view text;

    if (rust_kind(facts, arguments) != RUST_sym_arguments ||
        !rust_call_of(facts, rust_parent(facts, arguments), &call) || call.name == NODE_NONE)
        return false;
    text = rust_text(facts, call.callee);
    if (rust_kind(facts, call.callee) == RUST_sym_identifier &&
        (import = rust_def_of(facts, call.callee, DEF_IMPORT)) != NULL)
        text = import->path;
    return ends_with_any(rust_text(facts, call.name), OFF_LOOP, COUNT_OF(OFF_LOOP)) ||
           view_ends(text, "thread::spawn") || view_ends(text, "rayon::spawn") ||
           view_ends(text, "rayon::scope");
}
