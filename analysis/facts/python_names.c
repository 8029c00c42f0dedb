/* The type of a name where it stands: of the assignments that can reach that place, narrowed by the tests on
 * the way to it. Where two ways give two types it is unknown. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum {
    DEFS_ASKED_MAX = 64,  /* definitions of one name; with more, only what all agree on counts */
    TARGET_DEPTH_MAX = 8, /* nesting of an unpacking target */
    BASES_HOPS_MAX = 4,   /* classes up from one, within the file */
};

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

static bool is_unpacking(uint16_t kind)
{
    return kind == PYTHON_sym_pattern_list || kind == PYTHON_sym_tuple_pattern ||
           kind == PYTHON_sym_list_pattern || kind == PYTHON_sym_tuple || kind == PYTHON_sym_list;
}

/* What one place of an unpacked value holds. */
static const struct type *part_type(struct facts *facts, const struct type *whole, uint32_t place,
                                    bool starred)
{
    const struct type *item;
    if (!starred && whole->parts != NULL)
        return place < whole->part_count ? whole->parts[place] : &TYPE_IS_UNKNOWN;
    item = python_item_of(facts, whole);
    return item != NULL ? item : &TYPE_IS_UNKNOWN;
}

/* The type of the name @p node in an assignment target whose whole value is of type @p whole. */
static const struct type *unpacked_type(struct facts *facts, uint32_t node, const struct type *whole)
{
    const struct tree *tree = facts->tree;
    uint32_t path[TARGET_DEPTH_MAX], at = node;
    int depth = 0;

    for (; is_unpacking(kind_of(facts, tree->nodes[at].parent)); at = tree->nodes[at].parent) {
        if (depth == TARGET_DEPTH_MAX)
            return &TYPE_IS_UNKNOWN;
        path[depth++] = at;
    }
    if (kind_of(facts, tree->nodes[at].parent) == PYTHON_sym_list_splat_pattern)
        return python_type_new(facts, TYPE_LIST, VIEW(""), NULL);
    while (depth-- > 0) {
        uint32_t place = 0, c = node_first_named(tree, tree->nodes[path[depth]].parent);
        bool starred = false;
        for (; c != NODE_NONE && c != path[depth]; c = node_sibling_named(tree, c), place++)
            starred |= kind_of(facts, c) == PYTHON_sym_list_splat_pattern;
        whole = part_type(facts, whole, place, starred);
    }
    return whole;
}

/* x = x[1:], x = x + y, x = x.strip(): the type is what x had before. */
static bool keeps_type(const struct facts *facts, const struct def *def)
{
    static const char *const KEEPING[] = {"strip",   "lstrip", "rstrip", "lower",      "upper",
                                          "replace", "title",  "copy",   "capitalize", "astimezone"};
    const struct tree *tree = facts->tree;
    uint32_t value = def->value, from = NODE_NONE, name;

    switch (kind_of(facts, value)) {
    case PYTHON_sym_subscript:
        if (kind_of(facts, node_field(tree, value, PYTHON_field_subscript)) == PYTHON_sym_slice)
            from = node_field(tree, value, PYTHON_field_value);
        break;
    case PYTHON_sym_binary_operator:
        from = node_field(tree, value, PYTHON_field_left);
        if (!view_is(node_text(tree, node_field(tree, value, PYTHON_field_operator)), "+"))
            from = NODE_NONE;
        break;
    case PYTHON_sym_call:
        value = node_field(tree, value, PYTHON_field_function);
        name = kind_of(facts, value) == PYTHON_sym_attribute ? node_field(tree, value, PYTHON_field_attribute)
                                                             : NODE_NONE;
        for (size_t i = 0; name != NODE_NONE && i < COUNT_OF(KEEPING); i++)
            if (view_is(node_text(tree, name), KEEPING[i]))
                from = node_field(tree, value, PYTHON_field_object);
        break;
    default:
        break;
    }
    return from != NODE_NONE && tree->nodes[from].binding == tree->nodes[def->node].binding;
}

/* A default of text says what is meant; of other kinds callers pass what they like. */
static const struct type *default_type(struct facts *facts, uint32_t value)
{
    const struct type *type = facts_type(facts, value);
    return type->kind == TYPE_STR ? type : &TYPE_IS_UNKNOWN;
}

static const struct type *other_type(struct facts *facts, const struct def *def)
{
    switch (kind_of(facts, facts->tree->nodes[def->node].parent)) {
    case PYTHON_sym_list_splat_pattern:
        return python_type_new(facts, TYPE_TUPLE, VIEW(""), NULL); /* *args */
    case PYTHON_sym_dictionary_splat_pattern:
        return python_type_new(facts, TYPE_DICT, VIEW(""),
                               python_type_new(facts, TYPE_STR, VIEW(""), NULL)); /* **kwargs */
    case PYTHON_sym_delete_statement:
        return NULL;
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

/* x: list = [1]: of what it is a list the value tells. */
static const struct type *annotated_type(struct facts *facts, const struct def *def)
{
    const struct type *type = python_annotation(facts, node_text(facts->tree, def->annotation),
                                                facts_context(facts, def->node)->scope);
    const struct type *value =
        def->kind == DEF_ASSIGN && def->value != NODE_NONE && type->item == NULL && !type->optional
            ? facts_type(facts, def->value)
            : &TYPE_IS_UNKNOWN;

    return value->kind == type->kind && value->item != NULL ? value : type;
}

/* What one definition gives its name; NULL where it says nothing (x += 1 keeps the type). */
static const struct type *def_type(struct facts *facts, const struct def *def)
{
    const struct type *item;

    if (def->annotation != NODE_NONE)
        return annotated_type(facts, def);
    switch (def->kind) {
    case DEF_AUGMENT:
        return NULL;
    case DEF_ASSIGN:
        return keeps_type(facts, def) ? NULL : facts_type(facts, def->value);
    case DEF_UNPACK:
        return unpacked_type(facts, def->node, facts_type(facts, def->value));
    case DEF_LOOP:
        item = python_item_of(facts, facts_type(facts, def->value));
        return unpacked_type(facts, def->node, item != NULL ? item : &TYPE_IS_UNKNOWN);
    case DEF_PARAMETER:
        return def->value != NODE_NONE ? default_type(facts, def->value) : &TYPE_IS_UNKNOWN;
    case DEF_CONTEXT:
        return unpacked_type(facts, def->node, python_entered_type(facts, facts_type(facts, def->value)));
    case DEF_CLASS:
        return python_type_new(facts, TYPE_CLASS, node_text(facts->tree, def->node), NULL);
    case DEF_OTHER:
        return other_type(facts, def);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

static const struct type *join(struct facts *facts, const struct type *all, const struct def *def)
{
    const struct type *one = def_type(facts, def);
    if (one == NULL)
        return all;
    return all == NULL ? one : type_join(all, one, facts->arena);
}

/* All definitions in @p scope of what @p binding is called, where it is not its own scope. */
static const struct type *join_all(struct facts *facts, uint32_t binding, const struct type *all)
{
    for (uint32_t d = facts->bindings[binding].first_def; d != FACT_NONE; d = facts->defs[d].next) {
        all = join(facts, all, &facts->defs[d]);
        if (all != NULL && all->kind == TYPE_UNKNOWN)
            break;
    }
    return all;
}

static uint32_t class_scope(const struct facts *facts, uint32_t class_node)
{
    for (uint32_t s = 0; s < facts->scope_count; s++)
        if (facts->scopes[s].kind == SCOPE_CLASS && facts->scopes[s].node == class_node)
            return s;
    return FACT_NONE;
}

/* The class of this file that @p class_node names as a base; the first one. */
static uint32_t base_class(const struct facts *facts, uint32_t class_node)
{
    uint32_t bases = node_field(facts->tree, class_node, PYTHON_field_superclasses);

    for (uint32_t c = bases != NODE_NONE ? node_first_named(facts->tree, bases) : NODE_NONE; c != NODE_NONE;
         c = node_sibling_named(facts->tree, c)) {
        const struct def *def = facts_only_def(facts, c);
        if (def != NULL && def->kind == DEF_CLASS)
            return def->value;
    }
    return NODE_NONE;
}

/* What the body of the class says of self.NAME: a field, or a property. An object that a class variable holds
 * may be a descriptor, which gives something else. */
static const struct type *class_member_type(struct facts *facts, uint32_t scope, uint32_t name,
                                            const struct type *all)
{
    uint32_t binding = facts_lookup(facts, scope, name);
    struct function *function;
    const struct def *def;
    const struct type *type;

    if (binding == FACT_NONE || facts->bindings[binding].first_def == FACT_NONE)
        return all;
    def = &facts->defs[facts->bindings[binding].first_def];
    if (def->kind == DEF_FUNCTION) {
        function = python_defined(facts, def);
        if (function == NULL || !python_decorated(facts, function, "property"))
            return &TYPE_IS_UNKNOWN;
        return python_returned_type(facts, function, false);
    }
    type = join_all(facts, binding, NULL);
    if (type == NULL || (type->kind == TYPE_INSTANCE && def->annotation == NODE_NONE))
        return &TYPE_IS_UNKNOWN;
    return all == NULL ? type : type_join(all, type, facts->arena);
}

/* self.NAME: all that any method of the class assigns, and its body; else its base in this file. */
static const struct type *attribute_type(struct facts *facts, uint32_t binding)
{
    uint32_t name = facts->bindings[binding].name, scope = facts->bindings[binding].scope - 1;
    const struct type *all = NULL;

    for (int hop = 0; scope != FACT_NONE && hop < BASES_HOPS_MAX; hop++) {
        uint32_t base, own = facts_lookup(facts, scope + 1, name);
        if (own != FACT_NONE)
            all = join_all(facts, own, all);
        all = class_member_type(facts, scope, name, all);
        if (all != NULL)
            return all;
        base = base_class(facts, facts->scopes[scope].node);
        scope = base != NODE_NONE ? class_scope(facts, base) : FACT_NONE;
    }
    return all;
}

/* What all definitions of a binding agree on. */
static const struct type *binding_type(struct facts *facts, uint32_t index)
{
    struct binding *binding = &facts->bindings[index];
    const struct type *all;

    if (binding->type != NULL)
        return binding->type;
    if (binding->type_pending)
        return &TYPE_IS_UNKNOWN; /* x = f(x): a cycle says nothing */
    binding->type_pending = true;
    all = facts->scopes[binding->scope].kind == SCOPE_ATTRIBUTES ? attribute_type(facts, index)
                                                                 : join_all(facts, index, NULL);
    binding->type_pending = false;
    binding->type = all != NULL ? all : &TYPE_IS_UNKNOWN;
    return binding->type;
}

/* The part of the code in which @p def has surely been made when something after it runs. */
static uint32_t region_of(const struct facts *facts, const struct def *def)
{
    const struct tree *tree = facts->tree;
    uint32_t at = tree->nodes[def->node].parent;

    for (; at != NODE_NONE; at = tree->nodes[at].parent)
        switch (tree->nodes[at].kind) {
        case PYTHON_sym_for_statement:
            return def->kind == DEF_LOOP ? node_field(tree, at, PYTHON_field_body) : at;
        case PYTHON_sym_named_expression:
        case PYTHON_sym_for_in_clause:
            return NODE_NONE;
        case PYTHON_sym_block:
        case PYTHON_sym_module:
        case PYTHON_sym_except_clause:
        case PYTHON_sym_case_clause:
        case PYTHON_sym_function_definition:
        case PYTHON_sym_lambda:
            return at;
        default:
            break;
        }
    return NODE_NONE;
}

/* The outermost loop around @p use that does not hold @p def; NODE_NONE. */
static uint32_t loop_between(const struct facts *facts, uint32_t use, const struct def *def)
{
    uint32_t found = NODE_NONE, at = facts_context(facts, use)->loop;
    for (; at != FACT_NONE && !node_within(facts->tree, def->node, facts->loops[at].node);
         at = facts->loops[at].parent)
        found = facts->loops[at].node;
    return found;
}

/* The last definition that has surely been made when @p node runs; NULL. A definition in another function
 * may be made at any time: then nothing is sure. */
static const struct def *last_sure_def(const struct facts *facts, uint32_t node,
                                       const struct binding *binding)
{
    const struct def *last = NULL;

    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        uint32_t region;
        bool parameter = def->kind == DEF_PARAMETER || kind_of(facts, facts->tree->nodes[def->node].parent) ==
                                                           PYTHON_sym_list_splat_pattern;
        if (!parameter && facts_context(facts, def->node)->function != facts_context(facts, node)->function)
            return NULL;
        if (def->node >= node || def->kind == DEF_AUGMENT || (last != NULL && def->node < last->node) ||
            (def->value != NODE_NONE && node_within(facts->tree, node, def->value)) || keeps_type(facts, def))
            continue;
        region = region_of(facts, def);
        if (region != NODE_NONE && node_within(facts->tree, node, region))
            last = def;
    }
    return last;
}

/* The join of what can reach @p node: the last sure definition, those between it and there, and those that an
 * earlier pass of a loop around it left. NULL where none is sure. */
static const struct type *reaching_type(struct facts *facts, uint32_t node)
{
    const struct binding *binding = facts_binding(facts, node);
    const struct def *last;
    const struct type *all;
    uint32_t loop;

    if (binding->def_count < 2 || binding->def_count > DEFS_ASKED_MAX ||
        (facts->tree->nodes[node].flags & NODE_BINDS) != 0 ||
        (last = last_sure_def(facts, node, binding)) == NULL)
        return NULL;
    if (facts_function(facts, node) != NULL && facts->scopes[binding->scope].kind == SCOPE_MODULE)
        return NULL;
    loop = loop_between(facts, node, last);
    all = join(facts, NULL, last);
    for (uint32_t d = facts_binding(facts, node)->first_def; d != FACT_NONE && all != NULL;
         d = facts->defs[d].next) {
        const struct def *def = &facts->defs[d];
        bool between = def->node > last->node && def->node < node &&
                       !(def->value != NODE_NONE && node_within(facts->tree, node, def->value));
        if (def != last && (between || (loop != NODE_NONE && node_within(facts->tree, def->node, loop))))
            all = join(facts, all, def);
    }
    return all;
}

const struct type *python_name_type(struct facts *facts, uint32_t node)
{
    const struct type *type = python_narrowed_type(facts, node);
    if (type != NULL && type->kind != TYPE_UNKNOWN)
        return type;
    type = reaching_type(facts, node);
    return type != NULL ? type : binding_type(facts, facts->tree->nodes[node].binding - 1);
}
