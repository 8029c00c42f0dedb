/* Which function of the file a Python call runs, what is called once per item, and how often a function
 * calls itself in one run. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum { BASES_DEPTH_MAX = 4, BASES_MAX = 4, PATHS_DEPTH_MAX = 60, PASS_NODES_MAX = 2000 };

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

uint32_t python_class_scope(const struct facts *facts, uint32_t class_node)
{
    uint32_t body = node_field(facts->tree, class_node, PYTHON_field_body);
    return body != NODE_NONE ? facts_context(facts, body)->scope : FACT_NONE;
}

uint32_t python_class_of(const struct facts *facts, uint32_t name)
{
    const struct def *def = facts_only_def(facts, name);
    return def != NULL && def->kind == DEF_CLASS ? def->value : NODE_NONE;
}

/* The function that is the only meaning of @p name in @p scope; FACT_NONE. */
static uint32_t function_in(const struct facts *facts, uint32_t scope, uint32_t name)
{
    uint32_t index = name != FACT_NONE ? facts_lookup(facts, scope, name) : FACT_NONE;
    const struct binding *binding;

    if (index == FACT_NONE)
        return FACT_NONE;
    binding = &facts->bindings[index];
    if (binding->def_count != 1 || facts->defs[binding->first_def].kind != DEF_FUNCTION)
        return FACT_NONE;
    return facts_function_index(facts, facts->defs[binding->first_def].node);
}

static uint32_t inherited(const struct facts *facts, uint32_t class_node, uint32_t name, int depth);

/* The method @p name of a class: its own, else one of a base in this file. */
static uint32_t method_of(const struct facts *facts, uint32_t class_node, uint32_t name, int depth)
{
    uint32_t scope = python_class_scope(facts, class_node), method, assigned;

    if (scope == FACT_NONE || name == FACT_NONE || depth > BASES_DEPTH_MAX)
        return FACT_NONE;
    assigned = facts_lookup(facts, scope + 1, name); /* self.name = ...: may be anything */
    if (assigned != FACT_NONE && facts->bindings[assigned].def_count > 0)
        return FACT_NONE;
    method = function_in(facts, scope, name);
    return method != FACT_NONE ? method : inherited(facts, class_node, name, depth);
}

static uint32_t inherited(const struct facts *facts, uint32_t class_node, uint32_t name, int depth)
{
    uint32_t bases = node_field(facts->tree, class_node, PYTHON_field_superclasses), method;
    uint32_t base = bases != NODE_NONE ? node_first_named(facts->tree, bases) : NODE_NONE;

    for (int count = 0; base != NODE_NONE && count < BASES_MAX;
         base = node_sibling_named(facts->tree, base), count++) {
        uint32_t base_class = python_class_of(facts, base);
        if (base_class != NODE_NONE && base_class != class_node &&
            (method = method_of(facts, base_class, name, depth + 1)) != FACT_NONE)
            return method;
    }
    return FACT_NONE;
}

uint32_t python_class_around(const struct facts *facts, uint32_t node)
{
    for (uint32_t at = facts_context(facts, node)->scope; at != FACT_NONE; at = facts->scopes[at].parent)
        if (facts->scopes[at].kind == SCOPE_CLASS)
            return facts->scopes[at].node;
    return NODE_NONE;
}

/* The class of the file that an expression is an instance of, or names itself; NODE_NONE. */
static uint32_t receiver_class(struct facts *facts, uint32_t object)
{
    const struct type *type;
    uint32_t name, binding;
    struct view path;

    if (kind_of(facts, object) == PYTHON_sym_identifier) {
        struct view text = node_text(facts->tree, object);
        if (view_is(text, "self") || view_is(text, "cls"))
            return python_class_around(facts, object);
        if (python_class_of(facts, object) != NODE_NONE)
            return python_class_of(facts, object);
    }
    type = facts_type(facts, object);
    if (type->kind != TYPE_INSTANCE || type->path.len == 0)
        return NODE_NONE;
    path = type->path;
    if (path.ptr[0] == '.') /* of this file */
        path = view_slice(path, 1, path.len);
    name = facts_name_find(facts, path);
    binding = name != FACT_NONE ? facts_resolve(facts, facts_context(facts, object)->scope, name) : FACT_NONE;
    if (binding == FACT_NONE || facts->bindings[binding].def_count != 1 ||
        facts->defs[facts->bindings[binding].first_def].kind != DEF_CLASS)
        return NODE_NONE;
    return facts->defs[facts->bindings[binding].first_def].value;
}

static bool is_super(const struct facts *facts, uint32_t object)
{
    uint32_t function = kind_of(facts, object) == PYTHON_sym_call
                            ? node_field(facts->tree, object, PYTHON_field_function)
                            : NODE_NONE;
    return function != NODE_NONE && view_is(node_text(facts->tree, function), "super");
}

/* What calling @p named runs: a function, a method, a class's __init__. */
static uint32_t called_function(struct facts *facts, uint32_t named)
{
    const struct tree *tree = facts->tree;
    uint32_t object, field, class_node;
    const struct def *def;

    if (kind_of(facts, named) == PYTHON_sym_identifier) {
        def = facts_only_def(facts, named);
        if (def == NULL)
            return FACT_NONE;
        if (def->kind == DEF_CLASS)
            return method_of(facts, def->value, facts_name_find(facts, VIEW("__init__")), 0);
        return def->kind == DEF_FUNCTION ? facts_function_index(facts, def->node) : FACT_NONE;
    }
    if (kind_of(facts, named) != PYTHON_sym_attribute)
        return FACT_NONE;
    object = node_field(tree, named, PYTHON_field_object);
    field = node_field(tree, named, PYTHON_field_attribute);
    if (object == NODE_NONE || field == NODE_NONE)
        return FACT_NONE;
    if (is_super(facts, object)) {
        class_node = python_class_around(facts, named);
        return class_node != NODE_NONE
                   ? inherited(facts, class_node, facts_name_find(facts, node_text(tree, field)), 0)
                   : FACT_NONE;
    }
    class_node = receiver_class(facts, object);
    return class_node != NODE_NONE
               ? method_of(facts, class_node, facts_name_find(facts, node_text(tree, field)), 0)
               : FACT_NONE;
}

/* map(f, xs), filter(f, xs), pool.map(f, xs), xs.sort(key=f): f runs once for each item. */
bool python_per_item(const struct facts *facts, uint32_t node)
{
    static const char *const FIRST[] = {"map",      "filter",      "starmap",   "imap",      "imap_unordered",
                                        "amap",     "reduce",      "apply",     "takewhile", "dropwhile",
                                        "applymap", "filterfalse", "map_async", NULL};
    static const char *const KEYED[] = {"sorted",  "sort",     "min",       "max",
                                        "groupby", "nlargest", "nsmallest", NULL};
    const struct tree *tree = facts->tree;
    uint32_t at = node, arguments = tree->nodes[node].parent, call, function, key = NODE_NONE;
    struct view name;

    if (kind_of(facts, arguments) == PYTHON_sym_keyword_argument) {
        key = node_field(tree, arguments, PYTHON_field_name);
        at = arguments;
        arguments = tree->nodes[arguments].parent;
    }
    if (kind_of(facts, arguments) != PYTHON_sym_argument_list)
        return false;
    call = tree->nodes[arguments].parent;
    function =
        kind_of(facts, call) == PYTHON_sym_call ? node_field(tree, call, PYTHON_field_function) : NODE_NONE;
    if (kind_of(facts, function) == PYTHON_sym_attribute)
        function = node_field(tree, function, PYTHON_field_attribute);
    if (kind_of(facts, function) != PYTHON_sym_identifier)
        return false;
    name = node_text(tree, function);
    if (key != NODE_NONE)
        return view_is(node_text(tree, key), "key") && python_named(name, KEYED);
    return at == node_first_named(tree, arguments) && python_named(name, FIRST);
}

bool python_call_of(struct facts *facts, uint32_t node, struct call *out)
{
    uint16_t kind = facts->tree->nodes[node].kind;

    if (kind == PYTHON_sym_call)
        out->callee = called_function(facts, node_field(facts->tree, node, PYTHON_field_function));
    else if ((kind == PYTHON_sym_identifier || kind == PYTHON_sym_attribute) &&
             python_per_item(facts, node)) {
        out->callee = called_function(facts, node);
        out->per_item = true;
    }
    return out->callee != FACT_NONE;
}

/* The most calls of one function on the ways through a piece of code: those that go on behind it (-1: none
 * does), and those that end in it by return or raise. */
struct ways {
    int on, ended;
};

static int most(int a, int b)
{
    return a > b ? a : b;
}

static struct ways then(struct ways first, struct ways second)
{
    if (first.on < 0)
        return first;
    return (struct ways){second.on < 0 ? -1 : first.on + second.on,
                         second.ended < 0 ? first.ended : most(first.ended, first.on + second.ended)};
}

static struct ways either(struct ways a, struct ways b)
{
    return (struct ways){most(a.on, b.on), most(a.ended, b.ended)};
}

/* What is counted: calls of a function, or expressions that read like @p like. */
struct wanted {
    uint32_t function; /* FACT_NONE */
    uint32_t like;
};

static struct ways ways_of(struct facts *facts, uint32_t node, const struct wanted *wanted, int depth);

static bool is_wanted(struct facts *facts, uint32_t node, const struct wanted *wanted)
{
    const struct node *nodes = facts->tree->nodes;
    if (wanted->function != FACT_NONE)
        return nodes[node].kind == PYTHON_sym_call && facts_callee(facts, node) == wanted->function;
    return nodes[node].kind == nodes[wanted->like].kind &&
           view_equal(node_text(facts->tree, node), node_text(facts->tree, wanted->like));
}

static struct ways ways_of_children(struct facts *facts, uint32_t node, const struct wanted *wanted,
                                    int depth)
{
    struct ways all = {0, -1};
    for (uint32_t c = node_first_named(facts->tree, node); c != NODE_NONE;
         c = node_sibling_named(facts->tree, c))
        all = then(all, ways_of(facts, c, wanted, depth + 1));
    return all;
}

/* Conditions run one after the other until a branch is taken; without an else none may be. */
static struct ways ways_of_branches(struct facts *facts, uint32_t node, const struct wanted *wanted,
                                    int depth)
{
    const struct tree *tree = facts->tree;
    struct ways taken = {-1, -1}, tested = {0, -1};
    bool has_else = false;

    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE; c = node_sibling_named(tree, c)) {
        uint16_t kind = tree->nodes[c].kind;
        struct ways part;
        if (kind == PYTHON_sym_elif_clause) {
            uint32_t test = node_field(tree, c, PYTHON_field_condition);
            uint32_t body = node_field(tree, c, PYTHON_field_consequence);
            if (test != NODE_NONE)
                tested = then(tested, ways_of(facts, test, wanted, depth + 1));
            if (body != NODE_NONE)
                taken = either(taken, then(tested, ways_of(facts, body, wanted, depth + 1)));
            continue;
        }
        part = ways_of(facts, c, wanted, depth + 1);
        has_else = has_else || kind == PYTHON_sym_else_clause;
        if (tree->nodes[c].field == PYTHON_field_condition || tree->nodes[c].field == PYTHON_field_subject)
            tested = then(tested, part);
        else
            taken = either(taken, then(tested, part));
    }
    return has_else ? taken : either(taken, tested);
}

static struct ways ways_of(struct facts *facts, uint32_t node, const struct wanted *wanted, int depth)
{
    struct ways all, other;

    if (depth > PATHS_DEPTH_MAX)
        return (struct ways){0, -1};
    switch (facts->tree->nodes[node].kind) {
    case PYTHON_sym_function_definition:
    case PYTHON_sym_lambda:
    case PYTHON_sym_class_definition:
        return (struct ways){0, -1};
    case PYTHON_sym_if_statement:
        return ways_of_branches(facts, node, wanted, depth);
    case PYTHON_sym_conditional_expression:
        all = ways_of(facts, node_child_named(facts->tree, node, 0), wanted, depth + 1);
        other = ways_of(facts, node_child_named(facts->tree, node, 2), wanted, depth + 1);
        return then(ways_of(facts, node_child_named(facts->tree, node, 1), wanted, depth + 1),
                    either(all, other));
    case PYTHON_sym_case_clause:
    case PYTHON_sym_except_clause:
        return either(ways_of_children(facts, node, wanted, depth), (struct ways){0, -1});
    case PYTHON_sym_return_statement:
    case PYTHON_sym_raise_statement:
        all = ways_of_children(facts, node, wanted, depth);
        return (struct ways){-1, most(all.on, all.ended)};
    default:
        all = ways_of_children(facts, node, wanted, depth);
        if (all.on >= 0 && is_wanted(facts, node, wanted))
            all.on++;
        return all;
    }
}

/* A function that calls itself names itself in its body; making another object of a class does not. */
static bool names_itself(const struct facts *facts, const struct function *function)
{
    struct view name = function->name != NODE_NONE ? node_text(facts->tree, function->name) : VIEW("");
    return python_constructs(facts, function) ||
           view_find(node_text(facts->tree, function->body), name, 0) != SIZE_MAX;
}

uint32_t python_recursion(struct facts *facts, uint32_t function)
{
    uint32_t body = facts->functions[function].body;
    struct wanted wanted = {.function = function};
    struct ways all;

    if (body == NODE_NONE || !names_itself(facts, &facts->functions[function]))
        return 0;
    all = ways_of(facts, body, &wanted, 0);
    return (uint32_t)most(0, most(all.on, all.ended));
}

bool python_is_assigned(const struct facts *facts, uint32_t node)
{
    uint16_t parent = kind_of(facts, facts->tree->nodes[node].parent);
    if (parent == PYTHON_sym_pattern_list || parent == PYTHON_sym_tuple_pattern ||
        parent == PYTHON_sym_list_pattern)
        return true;
    return facts->tree->nodes[node].field == PYTHON_field_left &&
           (parent == PYTHON_sym_assignment || parent == PYTHON_sym_augmented_assignment);
}

/* Whether @p written, or what hangs on it, is a part of the expression that reads like @p text. */
static bool is_part(struct view text, struct view written)
{
    return written.len > 0 && written.len <= text.len &&
           view_equal(view_slice(text, 0, written.len), written) &&
           (written.len == text.len || text.ptr[written.len] == '.' || text.ptr[written.len] == '[');
}

/* Whether @p loop assigns to a part of the expression @p node, or calls a method on one. */
static bool is_written_in(const struct facts *facts, uint32_t node, const struct loop *loop)
{
    const struct tree *tree = facts->tree;
    struct view text = node_text(tree, node);

    for (uint32_t at = loop->node; at < tree->nodes[loop->node].next; at++) {
        uint16_t kind = tree->nodes[at].kind;
        uint32_t written = NODE_NONE;
        if (kind != PYTHON_sym_attribute && kind != PYTHON_sym_subscript)
            continue;
        if (python_is_assigned(facts, at))
            written = at;
        else if (kind == PYTHON_sym_attribute && tree->nodes[at].field == PYTHON_field_function)
            written = node_field(tree, at, PYTHON_field_object);
        if (written != NODE_NONE && is_part(text, node_text(tree, written)))
            return true;
    }
    return false;
}

uint32_t python_times_in_pass(struct facts *facts, uint32_t node)
{
    const struct loop *loop = facts_loop(facts, node);
    struct wanted wanted = {.function = FACT_NONE, .like = node};
    struct ways all;

    if (loop == NULL || facts->tree->nodes[loop->body].next - loop->body > PASS_NODES_MAX ||
        is_written_in(facts, node, loop))
        return 0;
    all = ways_of(facts, loop->body, &wanted, 0);
    return (uint32_t)most(0, most(all.on, all.ended));
}

/* The name that a parameter binds; NODE_NONE for * and /. */
static uint32_t parameter_name(const struct facts *facts, uint32_t parameter)
{
    switch (kind_of(facts, parameter)) {
    case PYTHON_sym_identifier:
        return parameter;
    case PYTHON_sym_default_parameter:
    case PYTHON_sym_typed_default_parameter:
        return node_field(facts->tree, parameter, PYTHON_field_name);
    case PYTHON_sym_typed_parameter:
        return node_first_named(facts->tree, parameter);
    default:
        return NODE_NONE;
    }
}

/* The parameter that argument number @p place, or the one for @p keyword, is given to. */
static uint32_t parameter_for(const struct facts *facts, const struct function *function, uint32_t place,
                              uint32_t keyword)
{
    const struct tree *tree = facts->tree;
    uint32_t parameters = node_field(tree, function->node, PYTHON_field_parameters), index = 0;

    for (uint32_t p = parameters != NODE_NONE ? node_first_named(tree, parameters) : NODE_NONE;
         p != NODE_NONE; p = node_sibling_named(tree, p), index++) {
        uint32_t name = parameter_name(facts, p);
        if (name == NODE_NONE || kind_of(facts, name) != PYTHON_sym_identifier)
            return NODE_NONE; /* *args and what stands behind it */
        if (keyword == NODE_NONE ? index == place
                                 : view_equal(node_text(tree, name), node_text(tree, keyword)))
            return p;
    }
    return NODE_NONE;
}

uint32_t python_varied_parameter(struct facts *facts, const struct call *call, const struct loop *loop)
{
    const struct tree *tree = facts->tree;
    const struct function *function = &facts->functions[call->callee];
    uint32_t arguments, parameter, place = 0;

    if (kind_of(facts, call->node) != PYTHON_sym_call)
        return NODE_NONE;
    arguments = node_field(tree, call->node, PYTHON_field_arguments);
    if (kind_of(facts, arguments) != PYTHON_sym_argument_list)
        return NODE_NONE;
    if (function->class_node != NODE_NONE && !python_decorated(facts, function, "staticmethod"))
        place = 1; /* self */
    for (uint32_t a = node_first_named(tree, arguments); a != NODE_NONE;
         a = node_sibling_named(tree, a), place++) {
        bool keyword = kind_of(facts, a) == PYTHON_sym_keyword_argument;
        if (kind_of(facts, a) == PYTHON_sym_list_splat || kind_of(facts, a) == PYTHON_sym_dictionary_splat)
            return NODE_NONE;
        if (!facts_uses_loop_target(facts, keyword ? node_field(tree, a, PYTHON_field_value) : a, loop))
            continue;
        parameter = parameter_for(facts, function, place,
                                  keyword ? node_field(tree, a, PYTHON_field_name) : NODE_NONE);
        if (parameter != NODE_NONE)
            return parameter;
    }
    return NODE_NONE;
}

/* Only kinds through which a run always goes lie between @p body and the node, and no exit before it. */
static bool runs_with(const struct facts *facts, uint32_t node, uint32_t body)
{
    static const uint16_t BRANCHES[] = {PYTHON_sym_if_statement,
                                        PYTHON_sym_elif_clause,
                                        PYTHON_sym_else_clause,
                                        PYTHON_sym_except_clause,
                                        PYTHON_sym_for_statement,
                                        PYTHON_sym_while_statement,
                                        PYTHON_sym_match_statement,
                                        PYTHON_sym_conditional_expression,
                                        PYTHON_sym_boolean_operator,
                                        PYTHON_sym_list_comprehension,
                                        PYTHON_sym_set_comprehension,
                                        PYTHON_sym_dictionary_comprehension,
                                        PYTHON_sym_generator_expression,
                                        PYTHON_sym_assert_statement,
                                        KIND_NONE};
    static const uint16_t EXITS[] = {
        PYTHON_sym_return_statement, PYTHON_sym_raise_statement, PYTHON_sym_continue_statement,
        PYTHON_sym_break_statement,  PYTHON_sym_yield,           KIND_NONE};
    const struct tree *tree = facts->tree;

    if (node - body > PASS_NODES_MAX)
        return false; /* each node of a long body would walk all before it */
    for (uint32_t child = node, at = tree->nodes[node].parent; at != NODE_NONE && at > body;
         child = at, at = tree->nodes[at].parent) {
        /* The first test of an if and the left side of and, or are always evaluated. */
        bool first = (tree->nodes[at].kind == PYTHON_sym_if_statement &&
                      tree->nodes[child].field == PYTHON_field_condition) ||
                     (tree->nodes[at].kind == PYTHON_sym_boolean_operator &&
                      tree->nodes[child].field == PYTHON_field_left);
        if (!first && kind_in(tree->nodes[at].kind, BRANCHES))
            return false;
    }
    for (uint32_t at = body; at < node; at++)
        if (kind_in(tree->nodes[at].kind, EXITS) && !node_within(tree, node, at))
            return false;
    return true;
}

bool python_runs_always(const struct facts *facts, uint32_t node)
{
    const struct function *function = facts_function(facts, node);
    return function != NULL && function->body != NODE_NONE && function->name != NODE_NONE &&
           runs_with(facts, node, function->body);
}

bool python_runs_each_pass(const struct facts *facts, uint32_t node)
{
    const struct loop *loop = facts_loop(facts, node);
    return loop != NULL && runs_with(facts, node, loop->body);
}
