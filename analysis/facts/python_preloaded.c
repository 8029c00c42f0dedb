/* Whether a relation may have been fetched together with the rows that it is read of: the expression that
 * gave the rows is followed back, through names and chained calls, to the model's manager, session or
 * statement. What cannot be followed may have done anything. */
#include "facts/python_orm.h"
#include "syntax/python_kinds.h"

enum { STEPS_MAX = 200, NAMES_MAX = 16 };

struct walk {
    struct facts *facts;
    struct view relation;                   /* the attribute's name */
    const struct binding *names[NAMES_MAX]; /* being followed */
    size_t name_count;
    int steps;
};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether @p text names @p word: "word", Order.word, "word__other". */
static bool names(struct view text, struct view word)
{
    for (size_t at = view_find(text, word, 0); at != SIZE_MAX; at = view_find(text, word, at + 1)) {
        struct view before = view_slice(text, 0, at), after = view_slice(text, at + word.len, text.len);
        if ((before.len == 0 || !is_name_byte(before.ptr[before.len - 1]) || view_ends(before, "__")) &&
            (after.len == 0 || !is_name_byte(after.ptr[0]) || view_starts(after, "__")))
            return true;
    }
    return false;
}

/* Whether the arguments of a call that loads relations may name this one. */
static bool arguments_load(const struct walk *walk, uint32_t arguments)
{
    const struct tree *tree = walk->facts->tree;
    uint32_t given = arguments != NODE_NONE ? node_first_named(tree, arguments) : NODE_NONE;

    if (given == NODE_NONE)
        return true; /* select_related(): all of them */
    for (; given != NODE_NONE; given = node_sibling_named(tree, given)) {
        uint16_t kind = tree->nodes[given].kind;
        if (kind != PYTHON_sym_string && kind != PYTHON_sym_call && kind != PYTHON_sym_none)
            return true; /* *names, a list of them made elsewhere */
        if (names(node_text(tree, given), walk->relation) ||
            view_find_byte(node_text(tree, given), '*', 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static bool may_load(struct walk *walk, uint32_t node);

static bool definition_may_load(struct walk *walk, const struct def *def)
{
    return (def->kind != DEF_ASSIGN && def->kind != DEF_LOOP && def->kind != DEF_UNPACK) ||
           def->value == NODE_NONE || may_load(walk, def->value);
}

/* prefetch_related_objects(orders, "lines") */
static bool is_prefetched_later(const struct facts *facts, const struct binding *binding)
{
    const struct tree *tree = facts->tree;

    for (uint32_t use = binding->first_use; use != FACT_NONE; use = facts->uses[use].next) {
        uint32_t arguments = tree->nodes[facts->uses[use].node].parent;
        uint32_t call = arguments != NODE_NONE ? tree->nodes[arguments].parent : NODE_NONE;
        if (call != NODE_NONE && tree->nodes[arguments].kind == PYTHON_sym_argument_list &&
            view_find(node_text(tree, tree->nodes[call].kind == PYTHON_sym_call
                                          ? node_field(tree, call, PYTHON_field_function)
                                          : call),
                      VIEW("prefetch"), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

static bool name_may_load(struct walk *walk, uint32_t node)
{
    const struct binding *binding = facts_binding(walk->facts, node);
    bool loads = false;

    if (binding == NULL || walk->name_count == NAMES_MAX)
        return true;
    for (size_t i = 0; i < walk->name_count; i++)
        if (walk->names[i] == binding)
            return false; /* orders = orders.filter(...): its other definitions tell */
    walk->names[walk->name_count++] = binding;
    for (uint32_t d = binding->first_def; d != FACT_NONE && !loads; d = walk->facts->defs[d].next)
        loads = definition_may_load(walk, &walk->facts->defs[d]);
    walk->name_count--;
    return loads || is_prefetched_later(walk->facts, binding);
}

/* The manager of a class, Order.objects; or a relation of another row, order.items. */
static bool member_may_load(struct walk *walk, uint32_t node)
{
    struct facts *facts = walk->facts;
    uint32_t object = node_field(facts->tree, node, PYTHON_field_object);
    uint32_t name = node_field(facts->tree, node, PYTHON_field_attribute);
    const struct binding *root;
    struct view owner;

    if (object == NODE_NONE || name == NODE_NONE)
        return true;
    owner = python_last_name(node_text(facts->tree, object));
    if (owner.len > 0 && owner.ptr[0] >= 'A' && owner.ptr[0] <= 'Z') {
        struct model_field field = models_find(facts_models(facts), owner, node_text(facts->tree, name));
        return field.kind == MODEL_MANAGER && models_loads_related(facts_models(facts), field.target);
    }
    if (view_is(owner, "self"))
        return true; /* whoever fetched this row may have fetched more with it */
    root = facts_binding(facts, facts_root_name(facts, object) != NODE_NONE ? facts_root_name(facts, object)
                                                                            : object);
    return root == NULL || name_may_load(walk, facts_root_name(facts, object));
}

/* get_queryset() of the class itself, where its text loads nothing. */
static bool own_query_may_load(const struct walk *walk, uint32_t call)
{
    const struct function *function = facts_named_function(walk->facts, call);
    struct view text;

    if (function == NULL || function->class_node == NODE_NONE)
        return true;
    text = node_text(walk->facts->tree, function->class_node);
    return view_find(text, VIEW("_related"), 0) != SIZE_MAX ||
           (view_find(text, VIEW("queryset ="), 0) == SIZE_MAX &&
            view_find(text, VIEW("model ="), 0) == SIZE_MAX);
}

static bool method_may_load(struct walk *walk, uint32_t call, uint32_t function)
{
    static const char *const LOADS[] = {"select_related", "prefetch_related", "options"};
    const struct tree *tree = walk->facts->tree;
    uint32_t object = node_field(tree, function, PYTHON_field_object);
    uint32_t name = node_field(tree, function, PYTHON_field_attribute);
    uint32_t arguments = node_field(tree, call, PYTHON_field_arguments), first;
    struct view text;

    if (object == NODE_NONE || name == NODE_NONE)
        return true;
    text = node_text(tree, name);
    if (view_is(text, "get_queryset") && facts_binding(walk->facts, object) != NULL &&
        view_is(node_text(tree, object), "self"))
        return own_query_may_load(walk, call);
    if (!python_orm_keeps_rows(text))
        return true; /* a method of their own */
    for (size_t i = 0; i < COUNT_OF(LOADS); i++)
        if (view_is(text, LOADS[i]) && arguments_load(walk, arguments))
            return true;
    if (!python_is_session(walk->facts, object))
        return may_load(walk, object);
    first = arguments != NODE_NONE ? node_first_named(tree, arguments) : NODE_NONE;
    return first == NODE_NONE || (!view_is(text, "query") && !view_is(text, "get") && may_load(walk, first));
}

static bool call_may_load(struct walk *walk, uint32_t call)
{
    static const char *const THROUGH[] = {"list", "sorted", "reversed", "enumerate", "iter", "tuple", "set"};
    const struct tree *tree = walk->facts->tree;
    uint32_t function = node_field(tree, call, PYTHON_field_function);
    uint32_t arguments = node_field(tree, call, PYTHON_field_arguments);
    uint32_t first = arguments != NODE_NONE ? node_first_named(tree, arguments) : NODE_NONE;

    if (function == NODE_NONE)
        return true;
    if (tree->nodes[function].kind == PYTHON_sym_attribute)
        return method_may_load(walk, call, function);
    for (size_t i = 0; i < COUNT_OF(THROUGH); i++)
        if (view_is(node_text(tree, function), THROUGH[i]))
            return first == NODE_NONE || may_load(walk, first);
    return python_orm_of(facts_type(walk->facts, call)) != ORM_SELECT;
}

static bool may_load(struct walk *walk, uint32_t node)
{
    const struct tree *tree = walk->facts->tree;
    uint32_t inner;

    if (node == NODE_NONE || ++walk->steps > STEPS_MAX)
        return true;
    switch (tree->nodes[node].kind) {
    case PYTHON_sym_identifier:
        return name_may_load(walk, node);
    case PYTHON_sym_attribute:
        return member_may_load(walk, node);
    case PYTHON_sym_call:
        return call_may_load(walk, node);
    case PYTHON_sym_parenthesized_expression:
    case PYTHON_sym_await:
        inner = node_first_named(tree, node);
        return inner == NODE_NONE || may_load(walk, inner);
    case PYTHON_sym_subscript:
        return may_load(walk, node_field(tree, node, PYTHON_field_value));
    default:
        return true;
    }
}

/* order.customer = customer: the row was given, not fetched. */
static bool is_assigned(const struct facts *facts, uint32_t root, uint32_t attribute)
{
    const struct tree *tree = facts->tree;
    const struct binding *binding = facts_binding(facts, root);

    for (uint32_t use = binding != NULL ? binding->first_use : FACT_NONE; use != FACT_NONE;
         use = facts->uses[use].next) {
        uint32_t member = tree->nodes[facts->uses[use].node].parent;
        if (member != NODE_NONE && member != attribute && tree->nodes[member].field == PYTHON_field_left &&
            tree->nodes[tree->nodes[member].parent].kind == PYTHON_sym_assignment &&
            view_equal(node_text(tree, member), node_text(tree, attribute)))
            return true;
    }
    return false;
}

struct model_field facts_model_field(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t object, name;
    struct view owner;

    if (tree->language != LANGUAGE_PYTHON || tree->nodes[node].kind != PYTHON_sym_attribute ||
        models_is_empty(facts_models(facts)))
        return (struct model_field){0};
    object = node_field(tree, node, PYTHON_field_object);
    name = node_field(tree, node, PYTHON_field_attribute);
    owner = object != NODE_NONE && name != NODE_NONE ? python_owner(facts, object) : VIEW("");
    return owner.len > 0 ? models_find(facts_models(facts), owner, node_text(tree, name))
                         : (struct model_field){0};
}

bool facts_preloaded(struct facts *facts, uint32_t node)
{
    struct walk walk = {.facts = facts};
    uint32_t object, name;

    if (facts->tree->nodes[node].kind != PYTHON_sym_attribute)
        return true;
    object = node_field(facts->tree, node, PYTHON_field_object);
    name = node_field(facts->tree, node, PYTHON_field_attribute);
    if (object == NODE_NONE || name == NODE_NONE)
        return true;
    walk.relation = node_text(facts->tree, name);
    object = facts_root_name(facts, object);
    return object == NODE_NONE || is_assigned(facts, object, node) || name_may_load(&walk, object);
}
