/* Whether a call begins a query that is asked where it stands. Managers, query sets and statements are lazy:
 * the chain of calls is followed to its end, and from there to whatever iterates, counts, tests or changes
 * rows; through a name that it is assigned to as well. What is only handed on asks nothing here. */
#include "facts/python_orm.h"
#include "syntax/python_kinds.h"

enum { CLIMB_MAX = 64 };

static const char *const READS[] = {"get",         "first",     "last",          "count",
                                    "exists",      "aggregate", "latest",        "earliest",
                                    "in_bulk",     "iterator",  "get_or_create", "one",
                                    "one_or_none", "scalar",    "scalar_one",    "scalar_one_or_none",
                                    "fetchall",    "fetchone",  "aget",          "afirst",
                                    "alast",       "acount",    "aexists",       "aget_or_create",
                                    "aggregate",   "ain_bulk",  "get_or_404",    "first_or_404",
                                    "contains",    NULL};
static const char *const WRITES[] = {"create",  "update",  "delete",  "update_or_create",
                                     "acreate", "aupdate", "adelete", "aupdate_or_create",
                                     NULL};
static const char *const BULK[] = {"bulk_create", "bulk_update", "abulk_create", "abulk_update", NULL};
/* Functions that walk, count or test what they are given. */
static const char *const CONSUMERS[] = {"list",      "set",      "tuple",  "sorted",    "len", "dict",
                                        "bool",      "any",      "all",    "sum",       "min", "max",
                                        "enumerate", "reversed", "next",   "frozenset", "zip", "map",
                                        "filter",    "extend",   "update", "join",      NULL};

static bool is_one_of(struct view text, const char *const *names)
{
    while (*names != NULL && !view_is(text, *names))
        names++;
    return *names != NULL;
}

static uint32_t parent_of(const struct tree *tree, uint32_t node)
{
    return tree->nodes[node].parent;
}

static uint16_t kind_of(const struct tree *tree, uint32_t node)
{
    return node != NODE_NONE ? tree->nodes[node].kind : KIND_NONE;
}

/* The call of a method on @p node; NODE_NONE. */
static uint32_t method_call(const struct tree *tree, uint32_t node, struct view *name)
{
    uint32_t attribute = parent_of(tree, node), call, field;

    if (kind_of(tree, attribute) != PYTHON_sym_attribute || tree->nodes[node].field != PYTHON_field_object)
        return NODE_NONE;
    call = parent_of(tree, attribute);
    field = node_field(tree, attribute, PYTHON_field_attribute);
    if (kind_of(tree, call) != PYTHON_sym_call || tree->nodes[attribute].field != PYTHON_field_function ||
        field == NODE_NONE)
        return NODE_NONE;
    *name = node_text(tree, field);
    return call;
}

static struct view called_name(const struct tree *tree, uint32_t call)
{
    uint32_t function = node_field(tree, call, PYTHON_field_function);
    return function != NODE_NONE ? python_last_name(node_text(tree, function)) : VIEW("");
}

uint32_t facts_chain_top(const struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    struct view name;

    for (int i = 0; i < CLIMB_MAX; i++) {
        uint32_t call = method_call(tree, node, &name), up = parent_of(tree, node);
        if (call != NODE_NONE)
            node = call;
        else if (kind_of(tree, up) == PYTHON_sym_subscript && tree->nodes[node].field == PYTHON_field_value)
            node = up;
        else
            break;
    }
    return node;
}

/* What a method of that name does when it is called; QUERY_NONE: it only builds on. */
static enum query_effect effect_of_method(enum orm orm, struct view name)
{
    if (is_one_of(name, BULK))
        return QUERY_BULK;
    if (is_one_of(name, WRITES))
        return QUERY_WRITE;
    return is_one_of(name, READS) ||
                   (view_is(name, "all") && (orm == ORM_QUERY || orm == ORM_SCALARS || orm == ORM_RESULT))
               ? QUERY_READ
               : QUERY_NONE;
}

static enum query_effect effect_around(struct facts *facts, uint32_t node, bool through_name);

/* What is done with the name that the chain is assigned to. */
static enum query_effect effect_of_name(struct facts *facts, uint32_t assignment)
{
    uint32_t left = node_field(facts->tree, assignment, PYTHON_field_left);
    const struct binding *binding =
        kind_of(facts->tree, left) == PYTHON_sym_identifier ? facts_binding(facts, left) : NULL;
    enum query_effect effect = QUERY_NONE;

    for (uint32_t use = binding != NULL ? binding->first_use : FACT_NONE; use != FACT_NONE;
         use = facts->uses[use].next) {
        uint32_t node = facts->uses[use].node;
        enum query_effect one = QUERY_NONE;
        if (node > left && facts_context(facts, node)->function == facts_context(facts, left)->function)
            one = effect_around(facts, node, true);
        effect = one > effect ? one : effect;
    }
    return effect;
}

/* What the place where a lazy chain ends does with it. */
static enum query_effect effect_of_place(struct facts *facts, uint32_t node, bool through_name)
{
    const struct tree *tree = facts->tree;
    uint32_t up = parent_of(tree, node);

    switch (kind_of(tree, up)) {
    case PYTHON_sym_for_statement:
    case PYTHON_sym_for_in_clause:
        return tree->nodes[node].field == PYTHON_field_right ? QUERY_READ : QUERY_NONE;
    case PYTHON_sym_if_statement:
    case PYTHON_sym_elif_clause:
    case PYTHON_sym_while_statement:
        return tree->nodes[node].field == PYTHON_field_condition ? QUERY_READ : QUERY_NONE;
    case PYTHON_sym_not_operator:
    case PYTHON_sym_list_splat:
    case PYTHON_sym_comparison_operator:
        return QUERY_READ;
    case PYTHON_sym_conditional_expression:
        return node_child_named(tree, up, 1) == node ? QUERY_READ : QUERY_NONE;
    case PYTHON_sym_boolean_operator:
        return tree->nodes[node].field == PYTHON_field_left ? QUERY_READ : QUERY_NONE;
    case PYTHON_sym_argument_list:
        return is_one_of(called_name(tree, parent_of(tree, up)), CONSUMERS) ? QUERY_READ : QUERY_NONE;
    case PYTHON_sym_assignment:
        return through_name || tree->nodes[node].field != PYTHON_field_right ? QUERY_NONE
                                                                             : effect_of_name(facts, up);
    default:
        return QUERY_NONE;
    }
}

/* Up from a lazy expression to whatever asks. */
static enum query_effect effect_around(struct facts *facts, uint32_t node, bool through_name)
{
    const struct tree *tree = facts->tree;

    for (int i = 0; i < CLIMB_MAX; i++) {
        struct view name;
        uint32_t call = method_call(tree, node, &name), up = parent_of(tree, node);
        enum query_effect effect;

        if (call != NODE_NONE) {
            effect = effect_of_method(python_orm_of(facts_type(facts, node)), name);
            if (effect != QUERY_NONE)
                return effect;
            if (!python_orm_keeps_rows(name))
                return QUERY_NONE; /* a method of their own: nobody knows */
            node = call;
        } else if (kind_of(tree, up) == PYTHON_sym_subscript &&
                   tree->nodes[node].field == PYTHON_field_value) {
            if (kind_of(tree, node_field(tree, up, PYTHON_field_subscript)) != PYTHON_sym_slice)
                return QUERY_READ;
            node = up;
        } else if (kind_of(tree, up) == PYTHON_sym_await ||
                   kind_of(tree, up) == PYTHON_sym_parenthesized_expression) {
            node = up;
        } else {
            return effect_of_place(facts, node, through_name);
        }
    }
    return QUERY_NONE;
}

/* session.get(Order, key); session.execute(select(...)): asked at once. */
static enum query_effect effect_of_session(struct facts *facts, uint32_t call, uint32_t object,
                                           struct view name)
{
    static const char *const STATEMENTS[] = {"execute", "scalars", "scalar", "exec", NULL};
    uint32_t arguments = node_field(facts->tree, call, PYTHON_field_arguments);
    uint32_t first = arguments != NODE_NONE ? node_first_named(facts->tree, arguments) : NODE_NONE;

    if (first == NODE_NONE || !python_is_session(facts, object))
        return QUERY_NONE;
    if (view_is(name, "get"))
        return node_named_count(facts->tree, arguments) >= 2 && python_is_class(facts, first) ? QUERY_READ
                                                                                              : QUERY_NONE;
    return is_one_of(name, STATEMENTS) && python_orm_of(facts_type(facts, first)) == ORM_SELECT ? QUERY_READ
                                                                                                : QUERY_NONE;
}

enum query_effect facts_query(struct facts *facts, uint32_t call)
{
    const struct tree *tree = facts->tree;
    uint32_t function, object, field;
    struct view name;
    enum query_effect effect;
    enum orm orm;

    if (tree->language != LANGUAGE_PYTHON || kind_of(tree, call) != PYTHON_sym_call)
        return QUERY_NONE;
    function = node_field(tree, call, PYTHON_field_function);
    if (kind_of(tree, function) != PYTHON_sym_attribute)
        return QUERY_NONE;
    object = node_field(tree, function, PYTHON_field_object);
    field = node_field(tree, function, PYTHON_field_attribute);
    if (object == NODE_NONE || field == NODE_NONE)
        return QUERY_NONE;
    name = node_text(tree, field);
    if ((effect = effect_of_session(facts, call, object, name)) != QUERY_NONE)
        return effect;
    if (view_is(name, "query"))
        return python_orm_of(facts_type(facts, call)) == ORM_QUERY ? effect_around(facts, call, false)
                                                                   : QUERY_NONE;
    orm = python_orm_of(facts_type(facts, object));
    if ((orm != ORM_MANAGER && orm != ORM_QUERYSET && orm != ORM_QUERY) ||
        (kind_of(tree, object) == PYTHON_sym_call && !view_is(called_name(tree, object), "get_queryset")))
        return QUERY_NONE;
    if ((effect = effect_of_method(orm, name)) != QUERY_NONE)
        return effect;
    return python_orm_keeps_rows(name) ? effect_around(facts, call, false) : QUERY_NONE;
}

bool facts_is_row(struct facts *facts, uint32_t node)
{
    struct view model =
        facts->tree->language == LANGUAGE_PYTHON ? python_model_of(facts_type(facts, node)) : VIEW("");
    const struct def *def;

    if (model.len == 0)
        return false;
    if (models_has_fields(facts_models(facts), model))
        return true;
    def = facts_only_def(facts, node);
    return def != NULL && def->kind == DEF_LOOP && def->value != NODE_NONE &&
           python_orm_of(facts_type(facts, def->value)) != ORM_NONE;
}
