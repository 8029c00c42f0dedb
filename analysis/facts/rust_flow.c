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
/* Of locks and cells: what is behind them may change, they do not. */
static const char *const READING_LOCK[] = {
    "lock",   "read",       "write",          "try_lock", "try_read",   "try_write",    "is_poisoned",
    "borrow", "borrow_mut", "try_borrow_mut", "set",      "try_borrow", "clear_poison", "is_locked",
};
/* Of Option: the rest takes it by value. */
static const char *const CHANGING_OPTION[] = {
    "take",    "replace",      "insert", "get_or_insert", "get_or_insert_with",
    "take_if", "as_deref_mut", "as_mut", "iter_mut",      "as_pin_mut",
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

enum { NAMES_FOLLOWED_MAX = 4 };

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

/* How the file's own declaration of a method takes its receiver. */
static enum fate fate_of_own_method(struct facts *facts, uint32_t receiver, const struct type *type,
                                    struct view name)
{
    uint32_t binding, self;

    binding = rust_method_binding(facts, facts_context(facts, receiver)->scope, type->path, name);
    if (binding == FACT_NONE || facts->bindings[binding].def_count != 1)
        return FATE_CALLED;
    self = rust_field(facts, facts->defs[facts->bindings[binding].first_def].value, RUST_field_parameters);
    self = rust_child(facts, self, 0);
    if (rust_kind(facts, self) != RUST_sym_self_parameter)
        return FATE_CALLED; /* self: Arc<Self> and the like */
    if (!rust_has_child(facts, self, RUST_anon_sym_AMP))
        return FATE_CONSUMED;
    return rust_has_child(facts, self, RUST_sym_mutable_specifier) ? FATE_CHANGED : FATE_READ;
}

static enum fate fate_of_argument(struct facts *facts, uint32_t arguments)
{
    struct rust_call call;
    if (rust_call_of(facts, rust_parent(facts, arguments), &call) &&
        view_is(rust_text(facts, call.name), "drop"))
        return FATE_DROPPED;
    return FATE_CONSUMED;
}

/* What a method does with its receiver: known by its name, or by the file's own declaration. */
static enum fate fate_of_method(struct facts *facts, uint32_t receiver, uint32_t callee)
{
    struct view name = rust_text(facts, rust_field(facts, callee, RUST_field_field));
    const struct type *whole = facts_type(facts, receiver), *type = behind_pointers(whole);
    enum fate fate = FATE_CALLED;

    if (IN(name, READING))
        return FATE_READ;
    if (is_copy(whole->kind))
        return FATE_READ; /* by value too: it is copied */
    if (type->kind == TYPE_OPTION || type->kind == TYPE_RESULT)
        fate = IN(name, READING_COLLECTION) ? FATE_READ
               : IN(name, CHANGING_OPTION)  ? FATE_CHANGED
                                            : FATE_CONSUMED;
    else if (is_text_or_collection(type->kind))
        fate = IN(name, READING_COLLECTION)                          ? FATE_READ
               : view_starts(name, "into_") || view_is(name, "leak") ? FATE_CONSUMED
                                                                     : FATE_CHANGED;
    else if (type->kind == TYPE_INSTANCE)
        fate = fate_of_own_method(facts, receiver, type, name);
    else if (type->kind == TYPE_MUTEX || type->kind == TYPE_RWLOCK || type->kind == TYPE_CELL)
        fate = IN(name, READING_LOCK) ? FATE_READ : view_is(name, "get_mut") ? FATE_CHANGED : FATE_CALLED;
    if (fate == FATE_CALLED && view_starts(name, "into_"))
        fate = FATE_CONSUMED;
    /* Nothing is moved out from behind a pointer that is shared or lent. */
    if (fate == FATE_CONSUMED &&
        (whole->kind == TYPE_RC || whole->kind == TYPE_ARC || whole->kind == TYPE_GUARD || whole->reference))
        return FATE_CHANGED;
    return fate;
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

static struct use_fate found(enum fate fate, uint32_t at, bool part, bool inside)
{
    return (struct use_fate){.fate = fate, .at = at, .part = part, .inside = inside};
}

/* write!(x, ...) borrows x by &mut, formatting macros borrow by &, vec! and the like take the value. */
static enum fate fate_in_macro(const struct facts *facts, uint32_t at, bool borrows)
{
    uint32_t macro = facts_argument_macro(facts, at);
    struct view name = macro != NODE_NONE ? facts_macro_name(facts, macro) : VIEW("");

    if (rust_child(facts, rust_parent(facts, at), 0) == at &&
        (view_is(name, "write") || view_is(name, "writeln")))
        return FATE_CHANGED;
    return borrows ? FATE_SHARED : macro != NODE_NONE ? FATE_CONSUMED : FATE_UNKNOWN;
}

/* Climb from the use over fields, indices and * to what is done with it. */
static struct use_fate climb(struct facts *facts, uint32_t use)
{
    uint32_t at = use, parent;
    bool part = false, inside = false, borrows;

    for (;; at = parent) {
        parent = rust_parent(facts, at);
        if (rust_in_macro(facts, at, &borrows))
            return found(fate_in_macro(facts, at, borrows), at, part, inside);
        switch (rust_kind(facts, parent)) {
        case RUST_sym_field_expression:
            if (is_callee(facts, parent) ||
                rust_kind(facts, rust_parent(facts, parent)) == RUST_sym_generic_function)
                return found(fate_of_method(facts, at, parent), at, part, inside);
            part = true;
            break;
        case RUST_sym_index_expression:
            if (rust_child(facts, parent, 0) != at)
                return found(FATE_READ, at, part, inside);
            part = true;
            break;
        case RUST_sym_unary_expression:
            inside |= rust_has_child(facts, parent, RUST_anon_sym_STAR);
            break;
        case RUST_sym_parenthesized_expression:
            break;
        case RUST_sym_reference_expression:
            return found(rust_has_child(facts, parent, RUST_sym_mutable_specifier) ? FATE_CHANGED
                                                                                   : FATE_SHARED,
                         at, part, inside);
        case RUST_sym_assignment_expression:
        case RUST_sym_compound_assignment_expr:
            return found(facts->tree->nodes[at].field == RUST_field_left ? FATE_CHANGED : FATE_CONSUMED, at,
                         part, inside);
        case RUST_sym_binary_expression:
            return found(is_comparison(facts, parent) || facts->tree->nodes[at].field != RUST_field_left
                             ? FATE_READ
                             : FATE_CONSUMED,
                         at, part, inside);
        case RUST_sym_type_cast_expression:
            return found(FATE_READ, at, part, inside);
        case RUST_sym_arguments:
            return found(fate_of_argument(facts, parent), at, part, inside);
        default:
            return found(passes_on(facts, at, parent) ? FATE_CONSUMED : FATE_READ, at, part, inside);
        }
    }
}

struct use_fate rust_fate(struct facts *facts, uint32_t use)
{
    struct use_fate fate = climb(facts, use);
    /* A number in a field is copied out of it. */
    if (fate.fate == FATE_CONSUMED && (fate.part || fate.inside) && is_copy(facts_type(facts, fate.at)->kind))
        fate.fate = FATE_READ;
    return fate;
}

bool rust_is_copy(const struct type *type)
{
    return is_copy(type->kind);
}

static bool is_word_at(struct view text, size_t at, const char *word)
{
    return view_starts(view_slice(text, at, text.len), word);
}

/* What the name at @p use stands for, through lets that only give it another one: let b = a. NULL: unknown.
 */
static const struct def *origin_of(const struct facts *facts, uint32_t use)
{
    for (int hop = 0; hop < NAMES_FOLLOWED_MAX; hop++) {
        const struct binding *binding = facts_binding(facts, use);
        const struct def *def;
        if (binding == NULL || binding->first_def == FACT_NONE)
            return NULL;
        def = &facts->defs[binding->first_def];
        if (def->kind != DEF_ASSIGN || def->annotation != NODE_NONE ||
            rust_kind(facts, def->value) != RUST_sym_identifier)
            return def;
        use = def->value;
    }
    return NULL;
}

/* Whether the name stands for a shared reference or a value that is copied: whatever happens to it in a
 * call, the original stays. */
static bool is_shared(struct facts *facts, uint32_t use)
{
    const struct type *type = facts_type(facts, use);
    const struct def *def = origin_of(facts, use);
    struct view text;

    if (is_copy(type->kind))
        return true;
    if (!type->reference || def == NULL)
        return false;
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
    struct use_fate fate = rust_fate(facts, use);
    switch (fate.fate) {
    case FATE_READ:
    case FATE_SHARED:
        return false;
    case FATE_CHANGED:
    case FATE_CALLED:
        return is_mutable(facts, use) && !is_copy(facts_type(facts, use)->kind);
    case FATE_CONSUMED:
    case FATE_DROPPED:
    case FATE_UNKNOWN:
        return !fate.part && !is_shared(facts, use);
    }
    return true;
}

/* What methods of std's collections add. */
static const char *const ADDING_ONE[] = {"push", "push_back", "push_front", "insert", "entry"};
static const char *const ADDING_NONE[] = {"pop",
                                          "pop_back",
                                          "pop_front",
                                          "remove",
                                          "swap_remove",
                                          "truncate",
                                          "clear",
                                          "retain",
                                          "drain",
                                          "sort",
                                          "sort_by",
                                          "sort_by_key",
                                          "dedup",
                                          "dedup_by_key",
                                          "sort_unstable",
                                          "sort_unstable_by",
                                          "sort_unstable_by_key",
                                          "reverse",
                                          "swap",
                                          "iter_mut",
                                          "get_mut",
                                          "first_mut",
                                          "last_mut",
                                          "values_mut",
                                          "fill",
                                          "reserve",
                                          "shrink_to_fit"};

enum growth rust_growth(struct facts *facts, uint32_t use, uint32_t *source)
{
    uint32_t access = rust_parent(facts, use);
    struct rust_call call;

    *source = NODE_NONE;
    if (!rust_mutates(facts, use))
        return GROWTH_NONE;
    if (!is_text_or_collection(facts_type(facts, use)->kind) ||
        rust_kind(facts, access) != RUST_sym_field_expression ||
        !rust_call_of(facts, rust_parent(facts, access), &call) || call.receiver != use)
        return GROWTH_UNKNOWN;
    if (IN(rust_text(facts, call.name), ADDING_NONE))
        return GROWTH_NONE;
    return IN(rust_text(facts, call.name), ADDING_ONE) ? GROWTH_ONE : GROWTH_UNKNOWN;
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
    struct use_fate fate = rust_fate(facts, use);
    return is_callers(facts, use) ||
           ((fate.fate == FATE_CONSUMED || fate.fate == FATE_UNKNOWN) && !fate.part);
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
