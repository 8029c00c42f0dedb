/* What a use of a name does with its object in Python: gives it another name, walks it once. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum { WALK_HOPS_MAX = 4 };

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

uint32_t python_alias_of(const struct facts *facts, uint32_t use)
{
    const struct tree *tree = facts->tree;
    uint32_t at = use, parent = tree->nodes[at].parent, target;

    while (kind_of(facts, parent) == PYTHON_sym_parenthesized_expression ||
           kind_of(facts, parent) == PYTHON_sym_boolean_operator ||
           kind_of(facts, parent) == PYTHON_sym_conditional_expression) {
        at = parent;
        parent = tree->nodes[at].parent;
    }
    if (kind_of(facts, parent) != PYTHON_sym_assignment || tree->nodes[at].field != PYTHON_field_right)
        return FACT_NONE;
    target = node_field(tree, parent, PYTHON_field_left);
    return target != NODE_NONE && tree->nodes[target].binding != 0 ? tree->nodes[target].binding - 1
                                                                   : FACT_NONE;
}

/* Whether @p node is the left side of an assignment, deleted, or called by a method that changes its object.
 */
static bool written_at(const struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t parent = tree->nodes[node].parent;

    while (kind_of(facts, parent) == PYTHON_sym_subscript && tree->nodes[node].field == PYTHON_field_value) {
        node = parent;
        parent = tree->nodes[node].parent;
    }
    switch (kind_of(facts, parent)) {
    case PYTHON_sym_assignment:
    case PYTHON_sym_augmented_assignment:
        return tree->nodes[node].field == PYTHON_field_left;
    case PYTHON_sym_delete_statement:
    case PYTHON_sym_pattern_list:
        return true;
    case PYTHON_sym_attribute:
        return tree->nodes[node].field == PYTHON_field_object && python_method_mutates(facts, parent);
    default:
        return false;
    }
}

bool python_member_written(const struct facts *facts, uint32_t node, uint32_t member)
{
    const struct tree *tree = facts->tree;
    uint32_t name, other;

    if (kind_of(facts, member) == PYTHON_sym_attribute) {
        name = node_field(tree, member, PYTHON_field_attribute);
        other = node_field(tree, node, PYTHON_field_attribute);
        return name != NODE_NONE && other != NODE_NONE &&
               view_equal(node_text(tree, name), node_text(tree, other)) && written_at(facts, node);
    }
    name = facts_root_name(facts, member);
    other = facts_root_name(facts, node);
    return name != NODE_NONE && other != NODE_NONE &&
           tree->nodes[name].binding == tree->nodes[other].binding && written_at(facts, node);
}

bool python_walks(struct facts *facts, uint32_t use)
{
    static const char *const CONSUMERS[] = {"all", "any", "sum", "min", "max"};
    const struct tree *tree = facts->tree;

    for (int hop = 0; hop < WALK_HOPS_MAX; hop++) {
        uint32_t parent = tree->nodes[use].parent, call, function;
        struct view path;

        if (kind_of(facts, parent) == PYTHON_sym_for_statement ||
            kind_of(facts, parent) == PYTHON_sym_for_in_clause)
            return tree->nodes[use].field == PYTHON_field_right;
        if (kind_of(facts, parent) != PYTHON_sym_argument_list)
            return false;
        call = tree->nodes[parent].parent;
        function = kind_of(facts, call) == PYTHON_sym_call ? node_field(tree, call, PYTHON_field_function)
                                                           : NODE_NONE;
        path = function != NODE_NONE ? facts_path(facts, function) : VIEW("");
        for (size_t i = 0; i < COUNT_OF(CONSUMERS); i++)
            if (view_is(path, CONSUMERS[i])) /* min(a, b) compares them */
                return node_first_named(tree, parent) == use &&
                       (node_sibling_named(tree, use) == NODE_NONE ||
                        kind_of(facts, node_sibling_named(tree, use)) == PYTHON_sym_keyword_argument);
        if (!view_is(path, "enumerate"))
            return false;
        use = call;
    }
    return false;
}

static bool listed(struct view text, const char *const *names)
{
    while (*names != NULL && !view_is(text, *names))
        names++;
    return *names != NULL;
}

/* x.get(k), x.items(): called at once. */
static bool reads_by_method(const struct facts *facts, uint32_t attribute)
{
    static const char *const METHODS[] = {"get", "items", "keys", "values", "index", "count", NULL};
    const struct tree *tree = facts->tree;
    uint32_t name = node_field(tree, attribute, PYTHON_field_attribute);

    return name != NODE_NONE && kind_of(facts, tree->nodes[attribute].parent) == PYTHON_sym_call &&
           tree->nodes[attribute].field == PYTHON_field_function && listed(node_text(tree, name), METHODS);
}

/* len(x), ",".join(x): of functions that take any collection and keep none. */
static bool reads_by_call(struct facts *facts, uint32_t use, uint32_t list)
{
    static const char *const BUILTINS[] = {"len",      "sum",  "min",    "max",   "any",  "all",
                                           "sorted",   "list", "set",    "tuple", "zip",  "enumerate",
                                           "reversed", "map",  "filter", "iter",  "dict", NULL};
    const struct tree *tree = facts->tree;
    uint32_t call = tree->nodes[list].parent, function, name;

    function =
        kind_of(facts, call) == PYTHON_sym_call ? node_field(tree, call, PYTHON_field_function) : NODE_NONE;
    if (kind_of(facts, function) == PYTHON_sym_attribute) {
        name = node_field(tree, function, PYTHON_field_attribute);
        return name != NODE_NONE && view_is(node_text(tree, name), "join") &&
               node_named_count(tree, list) == 1;
    }
    return function != NODE_NONE && node_first_named(tree, list) != NODE_NONE &&
           tree->nodes[use].parent == list && listed(facts_path(facts, function), BUILTINS);
}

bool python_makes(struct facts *facts, uint32_t value)
{
    static const char *const MAKERS[] = {"list",
                                         "dict",
                                         "set",
                                         "tuple",
                                         "frozenset",
                                         "sorted",
                                         "bytearray",
                                         "collections.deque",
                                         "collections.defaultdict",
                                         "collections.OrderedDict",
                                         "collections.Counter",
                                         NULL};
    struct view path;
    uint32_t function;

    switch (kind_of(facts, value)) {
    case PYTHON_sym_list:
    case PYTHON_sym_dictionary:
    case PYTHON_sym_set:
    case PYTHON_sym_tuple:
    case PYTHON_sym_list_comprehension:
    case PYTHON_sym_set_comprehension:
    case PYTHON_sym_dictionary_comprehension:
        return true;
    case PYTHON_sym_call:
        function = node_field(facts->tree, value, PYTHON_field_function);
        path = function != NODE_NONE ? facts_path(facts, function) : VIEW("");
        return listed(path, MAKERS) || view_ends(path, ".split") || view_ends(path, ".copy");
    default:
        return false;
    }
}

/* x.append(y), x.extend(z) as a statement. */
static bool fills_by_method(const struct facts *facts, uint32_t attribute)
{
    static const char *const METHODS[] = {"append", "extend", "add", "update", NULL};
    const struct tree *tree = facts->tree;
    uint32_t name = node_field(tree, attribute, PYTHON_field_attribute), call = tree->nodes[attribute].parent;

    return name != NODE_NONE && listed(node_text(tree, name), METHODS) &&
           kind_of(facts, call) == PYTHON_sym_call && tree->nodes[attribute].field == PYTHON_field_function &&
           kind_of(facts, tree->nodes[call].parent) == PYTHON_sym_expression_statement;
}

static bool searched_by_in(const struct facts *facts, uint32_t use, uint32_t comparison)
{
    const struct tree *tree = facts->tree;
    uint32_t sign = node_field(tree, comparison, PYTHON_field_operators);

    return use != node_first_named(tree, comparison) && node_named_count(tree, comparison) == 2 &&
           sign != NODE_NONE &&
           (view_is(node_text(tree, sign), "in") || view_is(node_text(tree, sign), "not in"));
}

/* x in name, if name, not name: asked whether it holds something. */
static bool only_tested(struct facts *facts, uint32_t use, uint32_t parent)
{
    switch (kind_of(facts, parent)) {
    case PYTHON_sym_comparison_operator:
        return searched_by_in(facts, use, parent);
    case PYTHON_sym_if_statement:
    case PYTHON_sym_while_statement:
        return facts->tree->nodes[use].field == PYTHON_field_condition;
    case PYTHON_sym_not_operator:
        return true;
    default:
        return false;
    }
}

bool python_only_searches(struct facts *facts, uint32_t use)
{
    const struct tree *tree = facts->tree;
    uint32_t parent = tree->nodes[use].parent, call;
    uint8_t field = tree->nodes[use].field;

    switch (kind_of(facts, parent)) {
    case PYTHON_sym_attribute:
        return field == PYTHON_field_object && fills_by_method(facts, parent);
    case PYTHON_sym_augmented_assignment:
        return field == PYTHON_field_left;
    case PYTHON_sym_argument_list:
        call = tree->nodes[parent].parent;
        return kind_of(facts, call) == PYTHON_sym_call && node_named_count(tree, parent) == 1 &&
               view_is(facts_path(facts, node_field(tree, call, PYTHON_field_function)), "len");
    default:
        return only_tested(facts, use, parent);
    }
}

bool python_only_reads(struct facts *facts, uint32_t use)
{
    const struct tree *tree = facts->tree;
    uint32_t parent = tree->nodes[use].parent;
    uint8_t field = tree->nodes[use].field;

    if ((tree->nodes[use].flags & NODE_BINDS) != 0)
        return false;
    switch (kind_of(facts, parent)) {
    case PYTHON_sym_for_statement:
    case PYTHON_sym_for_in_clause:
        return field == PYTHON_field_right;
    case PYTHON_sym_subscript:
        return field == PYTHON_field_value && !written_at(facts, use) &&
               kind_of(facts, node_field(tree, parent, PYTHON_field_subscript)) != PYTHON_sym_slice;
    case PYTHON_sym_attribute:
        return field == PYTHON_field_object && reads_by_method(facts, parent);
    case PYTHON_sym_argument_list:
        return reads_by_call(facts, use, parent);
    default:
        return only_tested(facts, use, parent);
    }
}

bool python_constructs(const struct facts *facts, const struct function *function)
{
    struct view name = function->name != NODE_NONE ? node_text(facts->tree, function->name) : VIEW("");
    return view_is(name, "__init__") || view_is(name, "__new__") || view_is(name, "__post_init__");
}
