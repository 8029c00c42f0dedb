/* What a use of a name does in Python: change the object, let it escape; constant lengths. And the
 * table of all that differs for Python. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

static const char *const MUTATING[] = {"append",
                                       "extend",
                                       "insert",
                                       "pop",
                                       "remove",
                                       "clear",
                                       "sort",
                                       "reverse",
                                       "add",
                                       "discard",
                                       "update",
                                       "setdefault",
                                       "popitem",
                                       "appendleft",
                                       "popleft",
                                       "extendleft",
                                       "rotate",
                                       "write",
                                       "push",
                                       "put",
                                       "intersection_update",
                                       "difference_update",
                                       "symmetric_difference_update",
                                       "move_to_end",
                                       "subtract",
                                       "read",
                                       "readline",
                                       "seek",
                                       "truncate",
                                       "close",
                                       NULL};

bool python_mutating_name(struct view name)
{
    return python_named(name, MUTATING);
}

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

/* Whether @p node, or a subscript of it, is assigned to or deleted. */
static bool is_written(const struct facts *facts, uint32_t node)
{
    const struct node *nodes = facts->tree->nodes;
    uint32_t at = node, parent = nodes[node].parent;

    while (kind_of(facts, parent) == PYTHON_sym_subscript && nodes[at].field == PYTHON_field_value) {
        at = parent;
        parent = nodes[at].parent;
    }
    if (at == node)
        return false;
    return kind_of(facts, parent) == PYTHON_sym_delete_statement ||
           ((kind_of(facts, parent) == PYTHON_sym_assignment ||
             kind_of(facts, parent) == PYTHON_sym_augmented_assignment) &&
            nodes[at].field == PYTHON_field_left);
}

/* The call that @p node is an argument of, also inside of *args, **kw, key=value; NODE_NONE. */
static uint32_t argument_of(const struct facts *facts, uint32_t node)
{
    const struct node *nodes = facts->tree->nodes;
    uint32_t parent = nodes[node].parent;

    if (kind_of(facts, parent) == PYTHON_sym_keyword_argument ||
        kind_of(facts, parent) == PYTHON_sym_list_splat ||
        kind_of(facts, parent) == PYTHON_sym_dictionary_splat)
        parent = nodes[parent].parent;
    return kind_of(facts, parent) == PYTHON_sym_argument_list ? nodes[parent].parent : NODE_NONE;
}

static bool is_immutable(enum type_kind kind)
{
    return kind == TYPE_STR || kind == TYPE_BYTES || kind == TYPE_INT || kind == TYPE_FLOAT ||
           kind == TYPE_BOOL || kind == TYPE_NONE || kind == TYPE_FROZENSET || kind == TYPE_RANGE ||
           kind == TYPE_REGEX;
}

bool python_method_mutates(const struct facts *facts, uint32_t attribute)
{
    const struct tree *tree = facts->tree;
    uint32_t name = node_field(tree, attribute, PYTHON_field_attribute);

    return name != NODE_NONE && kind_of(facts, tree->nodes[attribute].parent) == PYTHON_sym_call &&
           tree->nodes[attribute].field == PYTHON_field_function &&
           python_named(node_text(tree, name), MUTATING);
}

bool python_mutates(struct facts *facts, uint32_t use)
{
    const struct tree *tree = facts->tree;
    uint32_t parent = tree->nodes[use].parent, call;

    if ((tree->nodes[use].flags & NODE_BINDS) != 0 &&
        kind_of(facts, parent) == PYTHON_sym_augmented_assignment)
        return true;
    if (kind_of(facts, parent) == PYTHON_sym_attribute && tree->nodes[use].field == PYTHON_field_object) {
        uint32_t name = node_field(tree, parent, PYTHON_field_attribute), outer = tree->nodes[parent].parent;
        if (kind_of(facts, outer) == PYTHON_sym_call && tree->nodes[parent].field == PYTHON_field_function)
            return python_named(node_text(tree, name), MUTATING);
        return tree->nodes[parent].field == PYTHON_field_left &&
               (kind_of(facts, outer) == PYTHON_sym_assignment ||
                kind_of(facts, outer) == PYTHON_sym_augmented_assignment);
    }
    if (is_written(facts, use))
        return true;
    call = argument_of(facts, use);
    return call != NODE_NONE && !is_immutable(facts_type(facts, use)->kind) && !python_pure_call(facts, call);
}

/* What a method adds to its object. */
static enum growth method_growth(struct view name)
{
    static const char *const ONE[] = {"append", "insert", "appendleft", "add", "setdefault", NULL};
    static const char *const MANY[] = {"extend", "update", "extendleft", "symmetric_difference_update", NULL};
    if (python_named(name, ONE))
        return GROWTH_ONE;
    return python_named(name, MANY) ? GROWTH_MANY : GROWTH_NONE;
}

enum growth python_growth(struct facts *facts, uint32_t use, uint32_t *source)
{
    const struct tree *tree = facts->tree;
    uint32_t parent = tree->nodes[use].parent, outer = tree->nodes[parent].parent, call;

    *source = NODE_NONE;
    if (kind_of(facts, parent) == PYTHON_sym_augmented_assignment)
        return GROWTH_NONE; /* a definition, and counted as one */
    if (kind_of(facts, parent) == PYTHON_sym_attribute && tree->nodes[use].field == PYTHON_field_object) {
        struct view name = node_text(tree, node_field(tree, parent, PYTHON_field_attribute));
        enum growth growth = method_growth(name);
        if (kind_of(facts, outer) != PYTHON_sym_call || tree->nodes[parent].field != PYTHON_field_function)
            return growth == GROWTH_NONE ? GROWTH_NONE : GROWTH_UNKNOWN; /* add = seen.append */
        *source = node_first_named(tree, node_field(tree, outer, PYTHON_field_arguments));
        return growth;
    }
    if (is_written(facts, use))
        return facts_type(facts, use)->kind == TYPE_LIST && kind_of(facts, parent) == PYTHON_sym_subscript &&
                       kind_of(facts, node_field(tree, parent, PYTHON_field_subscript)) != PYTHON_sym_slice
                   ? GROWTH_NONE
                   : GROWTH_UNKNOWN;
    call = argument_of(facts, use);
    return call != NODE_NONE && !is_immutable(facts_type(facts, use)->kind) && !python_pure_call(facts, call)
               ? GROWTH_UNKNOWN
               : GROWTH_NONE;
}

bool python_leaks(struct facts *facts, uint32_t use)
{
    const struct tree *tree = facts->tree;
    uint32_t at = use, call;

    call = argument_of(facts, use);
    if (call != NODE_NONE)
        return !python_pure_call(facts, call);
    for (uint32_t parent = tree->nodes[at].parent; parent != NODE_NONE; parent = tree->nodes[at].parent) {
        switch (tree->nodes[parent].kind) {
        case PYTHON_sym_return_statement:
        case PYTHON_sym_yield:
        case PYTHON_sym_list:
        case PYTHON_sym_tuple:
        case PYTHON_sym_set:
        case PYTHON_sym_pair:
        case PYTHON_sym_expression_list:
        case PYTHON_sym_named_expression:
        case PYTHON_sym_await:
            return true;
        case PYTHON_sym_assignment:
            return tree->nodes[at].field == PYTHON_field_right;
        case PYTHON_sym_parenthesized_expression:
        case PYTHON_sym_conditional_expression:
        case PYTHON_sym_boolean_operator:
            at = parent;
            break;
        default:
            return false;
        }
    }
    return false;
}

/* A literal, or a name that is bound once, to one: range(ATTEMPTS). */
static int64_t integer_of(const struct facts *facts, uint32_t node)
{
    const struct def *def = node != NODE_NONE ? facts_only_def(facts, node) : NULL;
    uint64_t value;

    if (def != NULL && def->kind == DEF_ASSIGN)
        node = def->value;
    if (kind_of(facts, node) != PYTHON_sym_integer || !view_to_u64(node_text(facts->tree, node), &value) ||
        value > INT32_MAX)
        return -1;
    return (int64_t)value;
}

/* "a b c".split() of a literal: its words */
static int64_t words_of(const struct facts *facts, uint32_t call)
{
    const struct tree *tree = facts->tree;
    uint32_t function = node_field(tree, call, PYTHON_field_function), object, name;
    struct view text, word;
    int64_t count = 0;

    if (kind_of(facts, function) != PYTHON_sym_attribute ||
        node_named_count(tree, node_field(tree, call, PYTHON_field_arguments)) != 0)
        return -1;
    object = node_field(tree, function, PYTHON_field_object);
    name = node_field(tree, function, PYTHON_field_attribute);
    if (kind_of(facts, object) != PYTHON_sym_string || !view_is(node_text(tree, name), "split"))
        return -1;
    text = node_text(tree, object);
    while (view_split(&text, ' ', &word))
        count += view_trim(word).len > 0;
    return count;
}

/* range(k) and range(a, b) of literals; list(), sorted(), enumerate() and the like keep their argument's. */
static int64_t call_length(struct facts *facts, uint32_t node)
{
    static const char *const KEEP[] = {"list",        "tuple",         "sorted",    "enumerate",
                                       "reversed",    "set",           "frozenset", "iter",
                                       "numpy.array", "numpy.asarray", NULL};
    const struct tree *tree = facts->tree;
    uint32_t arguments = node_field(tree, node, PYTHON_field_arguments), first, second;
    struct view path = facts_path(facts, node_field(tree, node, PYTHON_field_function));

    if (arguments == NODE_NONE || kind_of(facts, arguments) != PYTHON_sym_argument_list)
        return -1;
    if (words_of(facts, node) >= 0)
        return words_of(facts, node);
    first = node_first_named(tree, arguments);
    second = first != NODE_NONE ? node_sibling_named(tree, first) : NODE_NONE;
    if (view_is(path, "range")) {
        int64_t from = integer_of(facts, first), to = integer_of(facts, second);
        if (second == NODE_NONE)
            return from;
        return from >= 0 && to >= from && node_sibling_named(tree, second) == NODE_NONE ? to - from : -1;
    }
    return first != NODE_NONE && python_named(path, KEEP) ? facts_length(facts, first) : -1;
}

/* [1, 2] + NAMES */
static int64_t sum_length(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t sign = node_field(tree, node, PYTHON_field_operator);
    int64_t left = facts_length(facts, node_field(tree, node, PYTHON_field_left));
    int64_t right = left >= 0 ? facts_length(facts, node_field(tree, node, PYTHON_field_right)) : -1;

    return sign != NODE_NONE && view_is(node_text(tree, sign), "+") && right >= 0 ? left + right : -1;
}

/* x[:2], x[1:3]: at most that many */
static int64_t slice_length(const struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t slice = node_field(tree, node, PYTHON_field_subscript), first, second;
    int64_t from, to;

    if (kind_of(facts, slice) != PYTHON_sym_slice || node_first_named(tree, slice) == NODE_NONE)
        return -1;
    first = node_first_named(tree, slice);
    second = node_sibling_named(tree, first);
    from = integer_of(facts, first);
    to = integer_of(facts, second);
    if (second == NODE_NONE) /* [:2], but not [2:] */
        return tree->nodes[node_first(tree, slice)].kind == PYTHON_anon_sym_COLON ? from : -1;
    return from >= 0 && to >= from ? to - from : -1;
}

/* [f(x) for x in NAMES if x]: at most as long as what it walks */
static int64_t comprehension_length(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    int64_t product = 1;

    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE && product >= 0;
         c = node_sibling_named(tree, c)) {
        int64_t length;
        if (kind_of(facts, c) != PYTHON_sym_for_in_clause)
            continue;
        length = facts_length(facts, node_field(tree, c, PYTHON_field_right));
        product = length >= 0 && product <= INT32_MAX ? product * length : -1;
    }
    return product;
}

int64_t python_length_of(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;

    switch (kind_of(facts, node)) {
    case PYTHON_sym_list:
    case PYTHON_sym_tuple:
    case PYTHON_sym_set:
    case PYTHON_sym_dictionary:
    case PYTHON_sym_expression_list:
        for (uint32_t c = node_first_named(tree, node); c != NODE_NONE; c = node_sibling_named(tree, c))
            if (kind_of(facts, c) == PYTHON_sym_list_splat ||
                kind_of(facts, c) == PYTHON_sym_dictionary_splat)
                return -1;
        return node_named_count(tree, node);
    case PYTHON_sym_list_comprehension:
    case PYTHON_sym_set_comprehension:
    case PYTHON_sym_dictionary_comprehension:
    case PYTHON_sym_generator_expression:
        return comprehension_length(facts, node);
    case PYTHON_sym_string:
        return (int64_t)(tree->nodes[node].end - tree->nodes[node].start) - 2;
    case PYTHON_sym_parenthesized_expression:
        return facts_length(facts, node_first_named(tree, node));
    case PYTHON_sym_call:
        return call_length(facts, node);
    case PYTHON_sym_binary_operator:
        return sum_length(facts, node);
    case PYTHON_sym_subscript:
        return slice_length(facts, node);
    default:
        return -1;
    }
}

bool python_sized(struct facts *facts, uint32_t node)
{
    enum type_kind kind = facts_type(facts, node)->kind;
    return kind == TYPE_LIST || kind == TYPE_TUPLE || kind == TYPE_DICT || kind == TYPE_SET ||
           kind == TYPE_STR || kind == TYPE_BYTES || kind == TYPE_RANGE || kind == TYPE_FROZENSET ||
           kind == TYPE_DEQUE;
}

/* Functions that run what they are handed in a thread, by the last part of their name. */
static const char *const THREAD_CALLS[] = {"to_thread",
                                           "run_in_executor",
                                           "run_sync",
                                           "sync_to_async",
                                           "run_in_threadpool",
                                           "database_sync_to_async",
                                           "defer_to_thread",
                                           "deferToThread",
                                           "async_add_executor_job",
                                           "submit",
                                           NULL};

/* A lambda or a nested function is a function of its own. Arguments are evaluated before the thread gets
 * them: in to_thread(json.load, open(path)) the loop opens the file. Only what stands in a generator waits
 * for the thread that walks it. */
bool python_off_loop(const struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t call, name;

    if (kind_of(facts, node) != PYTHON_sym_generator_expression)
        return false;
    call = argument_of(facts, node);
    name = call != NODE_NONE ? node_field(tree, call, PYTHON_field_function) : NODE_NONE;
    if (kind_of(facts, name) == PYTHON_sym_attribute)
        name = node_field(tree, name, PYTHON_field_attribute);
    return name != NODE_NONE && python_named(node_text(tree, name), THREAD_CALLS);
}

static const uint16_t NAMES[] = {PYTHON_sym_identifier, KIND_NONE};
static const uint16_t CALL_KINDS[] = {PYTHON_sym_call, KIND_NONE};
static const uint16_t IMPURE[] = {PYTHON_sym_await, PYTHON_sym_yield, PYTHON_sym_named_expression, KIND_NONE};
static const uint16_t BLOCKS[] = {PYTHON_sym_block, PYTHON_sym_module, KIND_NONE};
static const uint16_t CHOICES[] = {PYTHON_sym_boolean_operator,    PYTHON_sym_if_statement,
                                   PYTHON_sym_elif_clause,         PYTHON_sym_assert_statement,
                                   PYTHON_sym_comparison_operator, KIND_NONE};
static const uint16_t PERHAPS[] = {PYTHON_sym_conditional_expression,
                                   PYTHON_sym_lambda,
                                   PYTHON_sym_list_comprehension,
                                   PYTHON_sym_set_comprehension,
                                   PYTHON_sym_dictionary_comprehension,
                                   PYTHON_sym_generator_expression,
                                   PYTHON_sym_function_definition,
                                   PYTHON_sym_class_definition,
                                   KIND_NONE};
static const uint16_t SUSPENDS[] = {PYTHON_sym_await, PYTHON_sym_yield, KIND_NONE};
static const uint16_t MEMBERS[] = {PYTHON_sym_attribute, PYTHON_sym_subscript,
                                   PYTHON_sym_parenthesized_expression, KIND_NONE};

const struct facts_language FACTS_PYTHON = {
    .visit = python_visit,
    .finish = python_finish,
    .type_of = python_type_of,
    .path_of = python_path_of,
    .length_of = python_length_of,
    .mutates = python_mutates,
    .growth = python_growth,
    .leaks = python_leaks,
    .pure_call = python_pure_call,
    .sized = python_sized,
    .alias_of = python_alias_of,
    .walks = python_walks,
    .only_reads = python_only_reads,
    .only_searches = python_only_searches,
    .makes = python_makes,
    .member_written = python_member_written,
    .constructs = python_constructs,
    .off_loop = python_off_loop,
    .call_of = python_call_of,
    .per_item = python_per_item,
    .recursion = python_recursion,
    .pure_function = python_pure_function,
    .tell_class = python_tell_class,
    .varied_parameter = python_varied_parameter,
    .runs_always = python_runs_always,
    .runs_each_pass = python_runs_each_pass,
    .times_in_pass = python_times_in_pass,
    .names = NAMES,
    .calls = CALL_KINDS,
    .impure = IMPURE,
    .blocks = BLOCKS,
    .choices = CHOICES,
    .perhaps = PERHAPS,
    .suspends = SUSPENDS,
    .members = MEMBERS,
};
