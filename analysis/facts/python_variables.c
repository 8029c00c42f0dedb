/* Where a Python variable is read, what it holds when a node runs, and who else may hold it. Python only:
 * everything is asked of the variables of one function, for those of modules and classes are seen from
 * outside. Every walk is over one subtree or one binding's definitions and uses. */
#include "facts/facts_internal.h"
#include "syntax/python_kinds.h"

enum { USES_FOLLOWED_MAX = 1000 /* uses of one name that are looked at; with more nothing is known */ };

static bool is_kind(const struct facts *facts, uint32_t node, uint16_t kind)
{
    return node != NODE_NONE && facts->tree->nodes[node].kind == kind;
}

static bool is_followed(const struct facts *facts, const struct binding *binding)
{
    enum scope_kind kind = facts->scopes[binding->scope].kind;
    return (kind == SCOPE_FUNCTION || kind == SCOPE_COMPREHENSION) &&
           binding->use_count <= USES_FOLLOWED_MAX && binding->def_count <= USES_FOLLOWED_MAX;
}

size_t facts_uses_within(const struct facts *facts, uint32_t name, uint32_t within)
{
    const struct binding *binding = facts_binding(facts, name);
    size_t count = 0;

    for (uint32_t u = binding != NULL ? binding->first_use : FACT_NONE; u != FACT_NONE;
         u = facts->uses[u].next)
        count += node_within(facts->tree, facts->uses[u].node, within);
    return count;
}

/* The part of the file in which @p def is surely done before anything else: the rest of its block for a
 * plain assignment, the body for the target of a for. NODE_NONE for other shapes. */
static uint32_t reach_of(const struct facts *facts, const struct def *def)
{
    const struct node *nodes = facts->tree->nodes;
    uint32_t at = nodes[def->node].parent;

    while (is_kind(facts, at, PYTHON_sym_pattern_list) || is_kind(facts, at, PYTHON_sym_tuple_pattern) ||
           is_kind(facts, at, PYTHON_sym_list_pattern))
        at = nodes[at].parent;
    if (is_kind(facts, at, PYTHON_sym_for_statement))
        return node_field(facts->tree, at, PYTHON_field_body);
    if (!is_kind(facts, at, PYTHON_sym_assignment) ||
        !is_kind(facts, nodes[at].parent, PYTHON_sym_expression_statement))
        return NODE_NONE;
    return nodes[nodes[at].parent].parent;
}

/* Whether another definition than those in @p except, all of it in nodes [from, use), surely gives @p use its
 * value. */
static bool set_anew(const struct facts *facts, const struct binding *binding, uint32_t from, uint32_t except,
                     uint32_t use)
{
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        uint32_t reach;
        if (def->node < from || def->node >= use || node_within(facts->tree, def->node, except) ||
            def->kind == DEF_AUGMENT ||
            (def->value != NODE_NONE && node_within(facts->tree, use, def->value)))
            continue;
        reach = reach_of(facts, def);
        if (reach != NODE_NONE && node_within(facts->tree, use, reach))
            return true;
    }
    return false;
}

/* Whether @p use reads what was left in the variable when node @p after was done. */
static bool reads_later(const struct facts *facts, const struct binding *binding, uint32_t use,
                        uint32_t after)
{
    const struct tree *tree = facts->tree;
    uint32_t end = tree->nodes[after].next;

    if (node_within(tree, use, after))
        return false;
    if (facts_context(facts, use)->function != facts_context(facts, after)->function)
        return true; /* it may run at any time */
    if (use >= end)
        return !set_anew(facts, binding, end, after, use);
    for (uint32_t at = facts_context(facts, after)->loop; at != FACT_NONE; at = facts->loops[at].parent) {
        uint32_t loop = facts->loops[at].node;
        if (node_within(tree, use, loop))
            return !set_anew(facts, binding, loop, after, use);
    }
    return false;
}

bool facts_bound_names_read_after(const struct facts *facts, uint32_t names, uint32_t after)
{
    const struct node *nodes = facts->tree->nodes;

    for (uint32_t i = names; i < nodes[names].next; i++) {
        const struct binding *binding = facts_binding(facts, i);
        if (binding == NULL || (nodes[i].flags & NODE_BINDS) == 0)
            continue;
        if (!is_followed(facts, binding))
            return true;
        for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
            if (reads_later(facts, binding, facts->uses[u].node, after))
                return true;
    }
    return false;
}

static bool is_empty_collection(struct facts *facts, uint32_t value)
{
    uint32_t arguments;

    if (is_kind(facts, value, PYTHON_sym_list) || is_kind(facts, value, PYTHON_sym_dictionary))
        return node_named_count(facts->tree, value) == 0;
    if (!is_kind(facts, value, PYTHON_sym_call))
        return false;
    arguments = node_field(facts->tree, value, PYTHON_field_arguments);
    if (!is_kind(facts, arguments, PYTHON_sym_argument_list) || node_named_count(facts->tree, arguments) != 0)
        return false;
    switch (facts_type(facts, value)->kind) {
    case TYPE_LIST:
    case TYPE_DICT:
    case TYPE_SET:
        return facts_type(facts, value)->path.len == 0;
    default:
        return false;
    }
}

bool facts_empty_at(struct facts *facts, uint32_t name, uint32_t node)
{
    const struct node *nodes = facts->tree->nodes;
    const struct binding *binding = facts_binding(facts, name);
    const struct def *last = NULL;

    if (binding == NULL || !is_followed(facts, binding))
        return false;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].node < node)
            last = &facts->defs[d];
    if (last == NULL || last->kind != DEF_ASSIGN || last->value == NODE_NONE ||
        reach_of(facts, last) != nodes[node].parent || !is_empty_collection(facts, last->value))
        return false;
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
        if (facts->uses[u].node > last->node && facts->uses[u].node < node)
            return false;
    return true;
}

/* A value that nobody else can hold: made here. */
static bool is_made_here(struct facts *facts, uint32_t value)
{
    static const char *const MAKERS[] = {"list", "dict", "set", "sorted", "bytearray"};

    switch (facts->tree->nodes[value].kind) {
    case PYTHON_sym_list:
    case PYTHON_sym_dictionary:
    case PYTHON_sym_set:
    case PYTHON_sym_list_comprehension:
    case PYTHON_sym_dictionary_comprehension:
    case PYTHON_sym_set_comprehension:
        return true;
    case PYTHON_sym_call: {
        uint32_t function = node_field(facts->tree, value, PYTHON_field_function);
        struct view path = facts_path(facts, function);
        for (size_t i = 0; i < COUNT_OF(MAKERS); i++)
            if (view_is(path, MAKERS[i]))
                return true;
        /* of a text: the result is a list of its own */
        return view_is(path, "str.split") || view_is(path, "str.splitlines");
    }
    default:
        return false;
    }
}

bool facts_owned_at(struct facts *facts, uint32_t name, uint32_t node)
{
    const struct binding *binding = facts_binding(facts, name);
    const struct tree *tree = facts->tree;
    uint32_t home = facts_context(facts, node)->function, until = node;

    if (binding == NULL || !is_followed(facts, binding))
        return false;
    /* What the last pass of a loop did with it counts too. */
    for (uint32_t at = facts_context(facts, node)->loop; at != FACT_NONE; at = facts->loops[at].parent)
        if (!facts_bound_in(facts, name, &facts->loops[at]))
            until = tree->nodes[facts->loops[at].node].next;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        if (def->node < until && !node_within(tree, def->node, node) &&
            (def->kind != DEF_ASSIGN || def->value == NODE_NONE || !is_made_here(facts, def->value)))
            return false;
    }
    for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next) {
        uint32_t use = facts->uses[u].node;
        if (facts_context(facts, use)->function != home ||
            (use < until && !node_within(tree, use, node) && facts_language_of(facts)->leaks(facts, use)))
            return false;
    }
    return true;
}

bool facts_rebound_in(const struct facts *facts, uint32_t name, uint32_t within)
{
    const struct binding *binding = facts_binding(facts, name);

    for (uint32_t d = binding != NULL ? binding->first_def : FACT_NONE; d != FACT_NONE;
         d = facts->defs[d].next)
        if (node_within(facts->tree, facts->defs[d].node, within))
            return true;
    return false;
}

static bool is_item(const struct facts *facts, uint32_t node, struct view table, struct view key)
{
    const struct tree *tree = facts->tree;
    uint32_t value, subscript;

    if (!is_kind(facts, node, PYTHON_sym_subscript) || node_named_count(tree, node) != 2)
        return false;
    value = node_field(tree, node, PYTHON_field_value);
    subscript = node_field(tree, node, PYTHON_field_subscript);
    return view_equal(node_text(tree, value), table) && view_equal(node_text(tree, subscript), key);
}

/* Whether @p node is assigned, built on or deleted, by itself or as one of several. */
static bool is_target(const struct facts *facts, uint32_t node)
{
    static const uint16_t TARGETS[] = {PYTHON_sym_assignment, PYTHON_sym_augmented_assignment,
                                       PYTHON_sym_for_statement, PYTHON_sym_for_in_clause, KIND_NONE};
    static const uint16_t WHOLE[] = {PYTHON_sym_delete_statement,        PYTHON_sym_pattern_list,
                                     PYTHON_sym_tuple_pattern,           PYTHON_sym_list_pattern,
                                     PYTHON_alias_sym_as_pattern_target, KIND_NONE};
    const struct node *nodes = facts->tree->nodes;
    uint32_t parent = nodes[node].parent;

    return kind_in(nodes[parent].kind, WHOLE) ||
           (nodes[node].field == PYTHON_field_left && kind_in(nodes[parent].kind, TARGETS)) ||
           (is_kind(facts, parent, PYTHON_sym_expression_list) &&
            is_kind(facts, nodes[parent].parent, PYTHON_sym_delete_statement));
}

size_t facts_item_reads(const struct facts *facts, uint32_t within, uint32_t table, uint32_t key)
{
    const struct node *nodes = facts->tree->nodes;
    struct view table_text = node_text(facts->tree, table), key_text = node_text(facts->tree, key);
    size_t count = 0;

    for (uint32_t at = within; at < nodes[within].next; at++) {
        if (!is_item(facts, at, table_text, key_text))
            continue;
        if (is_target(facts, at) ||
            facts_context(facts, at)->function != facts_context(facts, within)->function)
            return 0;
        count++;
    }
    return count;
}

bool facts_shadowed(const struct facts *facts, uint32_t node, struct view builtin)
{
    uint32_t name = facts_name_find(facts, builtin);
    uint32_t binding =
        name != FACT_NONE ? facts_resolve(facts, facts_context(facts, node)->scope, name) : FACT_NONE;
    return facts->has_wildcard_import || (binding != FACT_NONE && facts->bindings[binding].def_count > 0);
}
