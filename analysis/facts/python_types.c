/* Types and qualified paths of Python expressions, from literals, constructors, operators and what their
 * names stand for. Depth is bounded: past it the answer is "unknown". */
#include "facts/python_orm.h"
#include "syntax/python_kinds.h"

enum { PATH_DEPTH_MAX = 12, TUPLE_PARTS_MAX = 8 };

const struct type *python_type_new(struct facts *facts, enum type_kind kind, struct view path,
                                   const struct type *item)
{
    struct type *type = ARENA_NEW(facts->arena, struct type);
    if (type == NULL)
        return &TYPE_IS_UNKNOWN;
    type->kind = kind;
    type->path = path;
    type->item = item != NULL && item->kind != TYPE_UNKNOWN ? item : NULL;
    return type;
}

static const struct type *make(struct facts *facts, enum type_kind kind)
{
    return python_type_new(facts, kind, VIEW(""), NULL);
}

const struct type *python_tuple_new(struct facts *facts, const struct type *const *parts, size_t count)
{
    const struct type **copy = count > 0 ? ARENA_ARRAY(facts->arena, const struct type *, count) : NULL;
    struct type *type = ARENA_NEW(facts->arena, struct type);
    const struct type *all = NULL;

    if (type == NULL)
        return &TYPE_IS_UNKNOWN;
    type->kind = TYPE_TUPLE;
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = parts[i];
        all = all == NULL ? parts[i] : type_join(all, parts[i], facts->arena);
    }
    type->item = all != NULL && all->kind != TYPE_UNKNOWN ? all : NULL;
    type->parts = copy;
    type->part_count = copy != NULL ? (uint32_t)count : 0;
    return type;
}

/* A string literal's prefix tells bytes from str. */
static const struct type *string_type(struct facts *facts, uint32_t node)
{
    struct view text = node_text(facts->tree, node);
    for (size_t i = 0; i < text.len && i < 3 && text.ptr[i] != '"' && text.ptr[i] != '\''; i++)
        if (text.ptr[i] == 'b' || text.ptr[i] == 'B')
            return python_type_new(facts, TYPE_BYTES, VIEW(""), make(facts, TYPE_INT));
    return make(facts, TYPE_STR);
}

/* The common type of a literal's elements, or of the field @p field of its pairs; NULL where it has none. */
static const struct type *elements_type(struct facts *facts, uint32_t node, uint8_t field)
{
    const struct type *all = NULL;
    for (uint32_t c = node_first_named(facts->tree, node); c != NODE_NONE;
         c = node_sibling_named(facts->tree, c)) {
        uint32_t element =
            facts->tree->nodes[c].kind == PYTHON_sym_pair ? node_field(facts->tree, c, field) : c;
        const struct type *one = facts_type(facts, element);
        all = all == NULL ? one : type_join(all, one, facts->arena);
        if (all->kind == TYPE_UNKNOWN)
            break;
    }
    return all;
}

static const struct type *tuple_type(struct facts *facts, uint32_t node)
{
    const struct type *parts[TUPLE_PARTS_MAX];
    size_t count = 0;

    for (uint32_t c = node_first_named(facts->tree, node); c != NODE_NONE;
         c = node_sibling_named(facts->tree, c)) {
        if (facts->tree->nodes[c].kind == PYTHON_sym_list_splat)
            return make(facts, TYPE_TUPLE);
        if (count == TUPLE_PARTS_MAX)
            return python_type_new(facts, TYPE_TUPLE, VIEW(""), elements_type(facts, node, PYTHON_field_key));
        parts[count++] = facts_type(facts, c);
    }
    return python_tuple_new(facts, parts, count);
}

/* Keys and values: of a literal's pairs, of a comprehension's one. */
static const struct type *dict_type(struct facts *facts, uint32_t node)
{
    uint32_t pair = node_field(facts->tree, node, PYTHON_field_body);
    const struct type *key = NULL, *value = NULL;
    struct type *type;

    if (facts->tree->nodes[node].kind == PYTHON_sym_dictionary) {
        key = elements_type(facts, node, PYTHON_field_key);
        value = elements_type(facts, node, PYTHON_field_value);
    } else if (pair != NODE_NONE && facts->tree->nodes[pair].kind == PYTHON_sym_pair) {
        key = facts_type(facts, node_field(facts->tree, pair, PYTHON_field_key));
        value = facts_type(facts, node_field(facts->tree, pair, PYTHON_field_value));
    }
    if ((type = ARENA_NEW(facts->arena, struct type)) == NULL)
        return &TYPE_IS_UNKNOWN;
    type->kind = TYPE_DICT;
    type->item = key != NULL && key->kind != TYPE_UNKNOWN ? key : NULL;
    type->value = value != NULL && value->kind != TYPE_UNKNOWN ? value : NULL;
    return type;
}

static const struct type *comprehension_type(struct facts *facts, enum type_kind kind, uint32_t node)
{
    return python_type_new(facts, kind, VIEW(""),
                           facts_type(facts, node_field(facts->tree, node, PYTHON_field_body)));
}

static const struct type *call_type(struct facts *facts, uint32_t node, bool awaited)
{
    const struct tree *tree = facts->tree;
    uint32_t callee = node_field(tree, node, PYTHON_field_function), name = NODE_NONE;
    uint32_t arguments = node_field(tree, node, PYTHON_field_arguments);
    const struct type *known = NULL, *receiver = NULL;
    struct function *function;
    const struct def *def;
    struct view path;

    if (callee == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    if (tree->nodes[callee].kind == PYTHON_sym_attribute) {
        name = node_field(tree, callee, PYTHON_field_attribute);
        receiver = facts_type(facts, node_field(tree, callee, PYTHON_field_object));
    }
    path = facts_path(facts, callee);
    if (!awaited)
        known = python_call_type(facts, path, arguments, receiver);
    if (known == NULL)
        known = python_orm_call(facts, node, path);
    if (known == NULL && !awaited && name != NODE_NONE && receiver->kind == TYPE_UNKNOWN)
        known = python_unknown_method_type(facts, node_text(tree, name), arguments);
    if (known != NULL)
        return known;
    def = facts_only_def(facts, callee);
    if (def != NULL && def->kind == DEF_CLASS)
        return python_type_new(facts, TYPE_INSTANCE, node_text(tree, callee), NULL);
    function = python_callee(facts, callee);
    return function != NULL ? python_returned_type(facts, function, awaited) : &TYPE_IS_UNKNOWN;
}

static bool is_sequence(enum type_kind kind)
{
    return kind == TYPE_STR || kind == TYPE_BYTES || kind == TYPE_LIST || kind == TYPE_TUPLE;
}

/* A sum or product of sequences keeps their kind; what it holds only where both agree. */
static const struct type *sequence_sum(struct facts *facts, const struct type *left, const struct type *right)
{
    if (left->kind == right->kind && left->kind != TYPE_TUPLE)
        return type_join(left, right, facts->arena);
    return make(facts, is_sequence(left->kind) ? left->kind : right->kind);
}

static const struct type *operator_type(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t sign_node = node_field(tree, node, PYTHON_field_operator);
    const struct type *left = facts_type(facts, node_field(tree, node, PYTHON_field_left));
    const struct type *right = facts_type(facts, node_field(tree, node, PYTHON_field_right));
    struct view sign = sign_node != NODE_NONE ? node_text(tree, sign_node) : VIEW("");
    const struct type *array;

    if (view_is(sign, "%") && (left->kind == TYPE_STR || left->kind == TYPE_BYTES))
        return left;
    if (view_is(sign, "*") && is_sequence(left->kind))
        return left->kind == TYPE_TUPLE ? python_type_new(facts, TYPE_TUPLE, VIEW(""), left->item) : left;
    if (view_is(sign, "+") && (is_sequence(left->kind) || is_sequence(right->kind)))
        return sequence_sum(facts, left, right);
    if (view_is(sign, "/") && left->kind == TYPE_INSTANCE && view_starts(left->path, "pathlib."))
        return left;
    if ((left->kind == TYPE_INT || left->kind == TYPE_FLOAT) && left->kind == right->kind &&
        !view_is(sign, "/"))
        return left;
    if ((left->kind == TYPE_SET || left->kind == TYPE_FROZENSET || left->kind == TYPE_DICT) &&
        left->kind == right->kind)
        return left;
    array = python_array_operator(left, right);
    return array != NULL ? array : &TYPE_IS_UNKNOWN;
}

static const struct type *subscript_type(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t index = node_field(tree, node, PYTHON_field_subscript);
    const struct type *from = facts_type(facts, node_field(tree, node, PYTHON_field_value)), *item;
    uint64_t place;

    if (index == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    if (tree->nodes[index].kind == PYTHON_sym_slice)
        return from->kind == TYPE_TUPLE ? python_type_new(facts, TYPE_TUPLE, VIEW(""), from->item) : from;
    if (from->value != NULL)
        return from->value;
    if (from->kind == TYPE_DICT || from->kind == TYPE_FILE || from->kind == TYPE_ITERATOR)
        return &TYPE_IS_UNKNOWN;
    if (from->parts != NULL && view_to_u64(node_text(tree, index), &place))
        return place < from->part_count ? from->parts[place] : &TYPE_IS_UNKNOWN;
    item = python_item_of(facts, from);
    return item != NULL && facts_type(facts, index)->kind == TYPE_INT ? item : &TYPE_IS_UNKNOWN;
}

/* x or y gives either: an empty x is no x; x and y the same. */
static const struct type *choice_type(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t sign = node_field(tree, node, PYTHON_field_operator);
    const struct type *left = facts_type(facts, node_field(tree, node, PYTHON_field_left));
    const struct type *right = facts_type(facts, node_field(tree, node, PYTHON_field_right));

    if (left->kind == TYPE_NONE && sign != NODE_NONE && view_is(node_text(tree, sign), "or"))
        return right;
    return type_join(left, right, facts->arena);
}

static const struct type *attribute_type(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t object = node_field(tree, node, PYTHON_field_object);
    uint32_t name = node_field(tree, node, PYTHON_field_attribute);
    const struct type *type = &TYPE_IS_UNKNOWN, *known;

    if (object == NODE_NONE || name == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    if (tree->nodes[node].binding != 0)
        type = python_name_type(facts, node);
    if (type->kind != TYPE_UNKNOWN)
        return type;
    known = python_attribute_type(facts, object, node_text(tree, name));
    if (known == NULL)
        known = python_orm_attribute(facts, node);
    return known != NULL ? known : &TYPE_IS_UNKNOWN;
}

static const struct type *awaited_type(struct facts *facts, uint32_t node)
{
    uint32_t inner = node_first_named(facts->tree, node);
    return inner != NODE_NONE && facts->tree->nodes[inner].kind == PYTHON_sym_call
               ? call_type(facts, inner, true)
               : &TYPE_IS_UNKNOWN;
}

const struct type *python_type_of(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    const struct node *n = &tree->nodes[node];

    switch (n->kind) {
    case PYTHON_sym_identifier:
        return n->binding != 0 ? python_name_type(facts, node) : &TYPE_IS_UNKNOWN;
    case PYTHON_sym_attribute:
        return attribute_type(facts, node);
    case PYTHON_sym_string:
        return string_type(facts, node);
    case PYTHON_sym_concatenated_string:
        return string_type(facts, node_first_named(tree, node));
    case PYTHON_sym_integer:
        return make(facts, TYPE_INT);
    case PYTHON_sym_float:
        return make(facts, TYPE_FLOAT);
    case PYTHON_sym_true:
    case PYTHON_sym_false:
    case PYTHON_sym_comparison_operator:
    case PYTHON_sym_not_operator:
        return make(facts, TYPE_BOOL);
    case PYTHON_sym_none:
        return make(facts, TYPE_NONE);
    case PYTHON_sym_list:
        return python_type_new(facts, TYPE_LIST, VIEW(""), elements_type(facts, node, PYTHON_field_key));
    case PYTHON_sym_set:
        return python_type_new(facts, TYPE_SET, VIEW(""), elements_type(facts, node, PYTHON_field_key));
    case PYTHON_sym_tuple:
    case PYTHON_sym_expression_list:
        return tuple_type(facts, node);
    case PYTHON_sym_dictionary:
    case PYTHON_sym_dictionary_comprehension:
        return dict_type(facts, node);
    case PYTHON_sym_list_comprehension:
        return comprehension_type(facts, TYPE_LIST, node);
    case PYTHON_sym_set_comprehension:
        return comprehension_type(facts, TYPE_SET, node);
    case PYTHON_sym_generator_expression:
        return comprehension_type(facts, TYPE_ITERATOR, node);
    case PYTHON_sym_parenthesized_expression:
        return facts_type(facts, node_first_named(tree, node));
    case PYTHON_sym_named_expression:
        return facts_type(facts, node_field(tree, node, PYTHON_field_value));
    case PYTHON_sym_conditional_expression:
        return type_join(facts_type(facts, node_child_named(tree, node, 0)),
                         facts_type(facts, node_child_named(tree, node, 2)), facts->arena);
    case PYTHON_sym_boolean_operator:
        return choice_type(facts, node);
    case PYTHON_sym_binary_operator:
        return operator_type(facts, node);
    case PYTHON_sym_subscript:
        return subscript_type(facts, node);
    case PYTHON_sym_call:
        return call_type(facts, node, false);
    case PYTHON_sym_await:
        return awaited_type(facts, node);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

static struct view path_at(struct facts *facts, uint32_t node, int depth);

/* a name: what it imports, or itself where it is the file's own function or class, or a builtin */
static struct view name_path(struct facts *facts, uint32_t node, int depth)
{
    const struct binding *binding = facts_binding(facts, node);
    const struct def *def;
    const struct type *type;

    if (binding == NULL)
        return facts->has_wildcard_import ? VIEW("") : node_text(facts->tree, node);
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next) {
        def = &facts->defs[d];
        if (def->kind == DEF_IMPORT && binding->def_count <= 2)
            return def->path; /* also try: import a except: a = None */
    }
    def = binding->def_count == 1 ? &facts->defs[binding->first_def] : NULL;
    if (def != NULL && (def->kind == DEF_FUNCTION || def->kind == DEF_CLASS))
        return arena_format(facts->arena, ".%.*s", VIEW_ARG(node_text(facts->tree, node)));
    if (def != NULL && def->kind == DEF_ASSIGN && def->value != NODE_NONE &&
        (facts->tree->nodes[def->value].kind == PYTHON_sym_identifier ||
         facts->tree->nodes[def->value].kind == PYTHON_sym_attribute) &&
        def->value < node && !node_within(facts->tree, node, def->value))
        return path_at(facts, def->value, depth + 1); /* loads = json.loads */
    type = facts_type(facts, node);
    return type->kind == TYPE_INSTANCE ? type->path : VIEW("");
}

static struct view member_path(struct facts *facts, uint32_t node, int depth)
{
    const struct tree *tree = facts->tree;
    uint32_t object = node_field(tree, node, PYTHON_field_object);
    uint32_t name = node_field(tree, node, PYTHON_field_attribute);
    struct view base;
    const struct type *type;

    if (object == NODE_NONE || name == NODE_NONE)
        return VIEW("");
    type = facts_type(facts, object);
    if (type->path.len > 0 && type->kind != TYPE_CLASS)
        base = type->path;
    else if (type->kind != TYPE_UNKNOWN && type->kind != TYPE_CLASS && type->kind != TYPE_NONE)
        base = view_of(type_kind_name(type->kind));
    else
        base = path_at(facts, object, depth + 1);
    return base.len == 0
               ? VIEW("")
               : arena_format(facts->arena, "%.*s.%.*s", VIEW_ARG(base), VIEW_ARG(node_text(tree, name)));
}

static struct view path_at(struct facts *facts, uint32_t node, int depth)
{
    const struct type *type;

    if (depth > PATH_DEPTH_MAX)
        return VIEW("");
    switch (facts->tree->nodes[node].kind) {
    case PYTHON_sym_identifier:
        return name_path(facts, node, depth);
    case PYTHON_sym_attribute:
        type = facts->tree->nodes[node].binding != 0 ? facts_type(facts, node) : &TYPE_IS_UNKNOWN;
        return type->kind == TYPE_INSTANCE ? type->path : member_path(facts, node, depth);
    case PYTHON_sym_parenthesized_expression:
        return path_at(facts, node_first_named(facts->tree, node), depth + 1);
    case PYTHON_sym_call:
        type = facts_type(facts, node);
        return type->path;
    case PYTHON_sym_binary_operator:
    case PYTHON_sym_subscript:
        type = facts_type(facts, node);
        return type->kind == TYPE_INSTANCE ? type->path : VIEW("");
    default:
        return VIEW("");
    }
}

struct view python_path_of(struct facts *facts, uint32_t node)
{
    return path_at(facts, node, 0);
}
