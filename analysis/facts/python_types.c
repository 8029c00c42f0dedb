/* Types and qualified paths of Python expressions, from literals, constructors, annotations and joins of all
 * that a name is bound to. Depth is bounded: past it the answer is "unknown". */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum { ANNOTATION_DEPTH_MAX = 8, PATH_DEPTH_MAX = 12 };

static const struct type *make(struct facts *facts, enum type_kind kind)
{
    return python_type_new(facts, kind, VIEW(""), NULL);
}

static const struct annotation_name {
    const char *name;
    enum type_kind kind;
} ANNOTATIONS[] = {
    {"list", TYPE_LIST},
    {"List", TYPE_LIST},
    {"typing.List", TYPE_LIST},
    {"dict", TYPE_DICT},
    {"Dict", TYPE_DICT},
    {"typing.Dict", TYPE_DICT},
    {"DefaultDict", TYPE_DICT},
    {"OrderedDict", TYPE_DICT},
    {"set", TYPE_SET},
    {"Set", TYPE_SET},
    {"typing.Set", TYPE_SET},
    {"frozenset", TYPE_FROZENSET},
    {"FrozenSet", TYPE_FROZENSET},
    {"tuple", TYPE_TUPLE},
    {"Tuple", TYPE_TUPLE},
    {"typing.Tuple", TYPE_TUPLE},
    {"str", TYPE_STR},
    {"bytes", TYPE_BYTES},
    {"bytearray", TYPE_BYTEARRAY},
    {"int", TYPE_INT},
    {"float", TYPE_FLOAT},
    {"bool", TYPE_BOOL},
    {"None", TYPE_NONE},
    {"deque", TYPE_DEQUE},
    {"Deque", TYPE_DEQUE},
    {"typing.Deque", TYPE_DEQUE},
    {"collections.deque", TYPE_DEQUE},
    {"Iterator", TYPE_ITERATOR},
    {"Generator", TYPE_ITERATOR},
    {"typing.Iterator", TYPE_ITERATOR},
    {"TextIO", TYPE_FILE},
    {"BinaryIO", TYPE_FILE},
    {"typing.TextIO", TYPE_FILE},
    {"range", TYPE_RANGE},
};

/* The part of @p text up to a separator that stands outside of brackets; the rest stays in @p text. */
static struct view cut_at(struct view *text, char separator)
{
    int depth = 0;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->ptr[i];
        depth += (c == '[' || c == '(') - (c == ']' || c == ')');
        if (depth == 0 && c == separator) {
            struct view part = view_trim(view_slice(*text, 0, i));
            *text = view_trim(view_slice(*text, i + 1, text->len));
            return part;
        }
    }
    struct view all = *text;
    *text = VIEW("");
    return view_trim(all);
}

/* The path that a dotted name in an annotation means, through the file's imports. */
static struct view annotation_path(const struct facts *facts, struct view text, uint32_t scope)
{
    struct view rest = text, root = cut_at(&rest, '.');
    uint32_t name = facts_name_find(facts, root), binding;
    const struct def *def;

    binding = name != FACT_NONE ? facts_resolve(facts, scope, name) : FACT_NONE;
    if (binding == FACT_NONE || facts->bindings[binding].def_count == 0)
        return text;
    def = &facts->defs[facts->bindings[binding].first_def];
    if (def->kind != DEF_IMPORT)
        return text;
    return rest.len == 0 ? def->path
                         : arena_format(facts->arena, "%.*s.%.*s", VIEW_ARG(def->path), VIEW_ARG(rest));
}

static const struct type *annotation(struct facts *facts, struct view text, uint32_t scope, int depth);

static const struct type *annotation_union(struct facts *facts, struct view text, uint32_t scope,
                                           char separator, int depth)
{
    const struct type *all = NULL;
    while (text.len > 0) {
        const struct type *one = annotation(facts, cut_at(&text, separator), scope, depth + 1);
        all = all == NULL ? one : type_join(all, one, facts->arena);
    }
    return all != NULL ? all : &TYPE_IS_UNKNOWN;
}

static const struct type *annotation_generic(struct facts *facts, struct view name, struct view inner,
                                             uint32_t scope, int depth)
{
    const struct type *outer = annotation(facts, name, scope, depth + 1);
    struct type *type;

    if (view_is(name, "Optional") || view_is(name, "typing.Optional"))
        return type_join(annotation(facts, inner, scope, depth + 1), make(facts, TYPE_NONE), facts->arena);
    if (view_is(name, "Union") || view_is(name, "typing.Union"))
        return annotation_union(facts, inner, scope, ',', depth);
    if (view_is(name, "Final") || view_is(name, "Annotated") || view_is(name, "ClassVar"))
        return annotation(facts, cut_at(&inner, ','), scope, depth + 1);
    if (outer->kind == TYPE_UNKNOWN || (type = ARENA_NEW(facts->arena, struct type)) == NULL)
        return &TYPE_IS_UNKNOWN;
    *type = *outer;
    type->item = annotation(facts, cut_at(&inner, ','), scope, depth + 1);
    if (inner.len > 0 && outer->kind == TYPE_DICT)
        type->value = annotation(facts, cut_at(&inner, ','), scope, depth + 1);
    return type;
}

static const struct type *annotation(struct facts *facts, struct view text, uint32_t scope, int depth)
{
    struct view rest, path;
    size_t bracket;

    text = view_trim(text);
    if (depth > ANNOTATION_DEPTH_MAX || text.len == 0)
        return &TYPE_IS_UNKNOWN;
    if (text.len > 1 && (text.ptr[0] == '"' || text.ptr[0] == '\''))
        return annotation(facts, view_slice(text, 1, text.len - 1), scope, depth + 1);
    rest = text;
    if (cut_at(&rest, '|').len < text.len)
        return annotation_union(facts, text, scope, '|', depth);
    bracket = view_find_byte(text, '[', 0);
    if (bracket != SIZE_MAX && text.ptr[text.len - 1] == ']')
        return annotation_generic(facts, view_slice(text, 0, bracket),
                                  view_slice(text, bracket + 1, text.len - 1), scope, depth);
    for (size_t i = 0; i < COUNT_OF(ANNOTATIONS); i++)
        if (view_is(text, ANNOTATIONS[i].name))
            return make(facts, ANNOTATIONS[i].kind);
    path = annotation_path(facts, text, scope);
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] >= 'A' && path.ptr[i] <= 'Z' && (i == 0 || path.ptr[i - 1] == '.'))
            return python_type_new(facts, TYPE_INSTANCE, path, NULL);
    return &TYPE_IS_UNKNOWN;
}

const struct type *python_annotation(struct facts *facts, struct view text, uint32_t scope)
{
    return annotation(facts, text, scope, 0);
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

/* The common type of a literal's elements. */
static const struct type *elements_type(struct facts *facts, uint32_t node)
{
    const struct type *all = NULL;
    for (uint32_t c = node_first_named(facts->tree, node); c != NODE_NONE;
         c = node_sibling_named(facts->tree, c)) {
        uint32_t element = c;
        const struct type *one;
        if (facts->tree->nodes[c].kind == PYTHON_sym_pair)
            element = node_field(facts->tree, c, PYTHON_field_key);
        one = facts_type(facts, element);
        all = all == NULL ? one : type_join(all, one, facts->arena);
        if (all->kind == TYPE_UNKNOWN)
            break;
    }
    return all;
}

static const struct type *call_type(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t function = node_field(tree, node, PYTHON_field_function);
    uint32_t arguments = node_field(tree, node, PYTHON_field_arguments);
    const struct type *known = NULL;
    const struct def *def;

    if (function == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    known = python_call_type(facts, facts_path(facts, function));
    if (known != NULL)
        return known;
    if (tree->nodes[function].kind == PYTHON_sym_attribute) {
        uint32_t name = node_field(tree, function, PYTHON_field_attribute);
        known = python_method_type(facts, facts_type(facts, node_field(tree, function, PYTHON_field_object)),
                                   node_text(tree, name), arguments);
        if (known != NULL)
            return known;
    }
    def = facts_only_def(facts, function);
    if (def != NULL && def->kind == DEF_CLASS)
        return python_type_new(facts, TYPE_INSTANCE, node_text(tree, function), NULL);
    if (def != NULL && def->kind == DEF_FUNCTION) {
        uint32_t annotated = node_field(tree, def->value, PYTHON_field_return_type);
        if (annotated != NODE_NONE && node_first(tree, def->value) != NODE_NONE &&
            tree->nodes[node_first(tree, def->value)].kind != PYTHON_anon_sym_async)
            return python_annotation(facts, node_text(tree, annotated), 0);
    }
    return &TYPE_IS_UNKNOWN;
}

static const struct type *operator_type(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    uint32_t sign_node = node_field(tree, node, PYTHON_field_operator);
    const struct type *left = facts_type(facts, node_field(tree, node, PYTHON_field_left));
    const struct type *right = facts_type(facts, node_field(tree, node, PYTHON_field_right));
    struct view sign = sign_node != NODE_NONE ? node_text(tree, sign_node) : VIEW("");

    if (view_is(sign, "%") && (left->kind == TYPE_STR || left->kind == TYPE_BYTES))
        return left;
    if (view_is(sign, "*") && (left->kind == TYPE_STR || left->kind == TYPE_LIST || left->kind == TYPE_BYTES))
        return left;
    if (view_is(sign, "+") && (left->kind == TYPE_STR || left->kind == TYPE_BYTES || left->kind == TYPE_LIST))
        return left;
    if (view_is(sign, "+") &&
        (right->kind == TYPE_STR || right->kind == TYPE_BYTES || right->kind == TYPE_LIST))
        return right;
    if ((left->kind == TYPE_INT || left->kind == TYPE_FLOAT) && left->kind == right->kind &&
        !view_is(sign, "/"))
        return left;
    if ((left->kind == TYPE_SET || left->kind == TYPE_FROZENSET) && left->kind == right->kind)
        return left;
    return &TYPE_IS_UNKNOWN;
}

/* What one definition gives its name; NULL where it says nothing (x += 1 keeps the type). */
static const struct type *def_type(struct facts *facts, const struct def *def)
{
    const struct type *type;

    if (def->annotation != NODE_NONE)
        return python_annotation(facts, node_text(facts->tree, def->annotation),
                                 facts_context(facts, def->node)->scope);
    switch (def->kind) {
    case DEF_AUGMENT:
        return NULL;
    case DEF_ASSIGN:
        return facts_type(facts, def->value);
    case DEF_LOOP:
        if (facts->tree->nodes[def->node].parent != NODE_NONE &&
            facts->tree->nodes[def->node].field == PYTHON_field_left) {
            type = facts_type(facts, def->value);
            return type->item != NULL ? type->item : &TYPE_IS_UNKNOWN;
        }
        return &TYPE_IS_UNKNOWN;
    case DEF_CONTEXT:
        type = facts_type(facts, def->value);
        return type->kind == TYPE_FILE || type->kind == TYPE_INSTANCE ? type : &TYPE_IS_UNKNOWN;
    case DEF_CLASS:
        return python_type_new(facts, TYPE_CLASS, node_text(facts->tree, def->node), NULL);
    default:
        return &TYPE_IS_UNKNOWN;
    }
}

static const struct type *binding_type(struct facts *facts, uint32_t index)
{
    struct binding *binding = &facts->bindings[index];
    const struct type *all = NULL;

    if (binding->type != NULL)
        return binding->type;
    if (binding->type_pending)
        return &TYPE_IS_UNKNOWN; /* x = f(x): a cycle says nothing */
    binding->type_pending = true;
    for (uint32_t d = facts->bindings[index].first_def; d != FACT_NONE; d = facts->defs[d].next) {
        const struct type *one = def_type(facts, &facts->defs[d]);
        if (one == NULL)
            continue;
        all = all == NULL ? one : type_join(all, one, facts->arena);
        if (all->kind == TYPE_UNKNOWN)
            break;
    }
    binding = &facts->bindings[index];
    binding->type_pending = false;
    binding->type = all != NULL ? all : &TYPE_IS_UNKNOWN;
    return binding->type;
}

const struct type *python_type_of(struct facts *facts, uint32_t node)
{
    const struct tree *tree = facts->tree;
    const struct node *n = &tree->nodes[node];
    const struct type *left, *right;

    switch (n->kind) {
    case PYTHON_sym_identifier:
    case PYTHON_sym_attribute:
        if (n->binding != 0)
            return binding_type(facts, n->binding - 1);
        return &TYPE_IS_UNKNOWN;
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
        return python_type_new(facts, TYPE_LIST, VIEW(""), elements_type(facts, node));
    case PYTHON_sym_tuple:
        return python_type_new(facts, TYPE_TUPLE, VIEW(""), elements_type(facts, node));
    case PYTHON_sym_set:
        return python_type_new(facts, TYPE_SET, VIEW(""), elements_type(facts, node));
    case PYTHON_sym_dictionary:
        return python_type_new(facts, TYPE_DICT, VIEW(""), elements_type(facts, node));
    case PYTHON_sym_list_comprehension:
        return python_type_new(facts, TYPE_LIST, VIEW(""),
                               facts_type(facts, node_field(tree, node, PYTHON_field_body)));
    case PYTHON_sym_set_comprehension:
        return make(facts, TYPE_SET);
    case PYTHON_sym_dictionary_comprehension:
        return make(facts, TYPE_DICT);
    case PYTHON_sym_generator_expression:
        return make(facts, TYPE_ITERATOR);
    case PYTHON_sym_parenthesized_expression:
        return facts_type(facts, node_first_named(tree, node));
    case PYTHON_sym_named_expression:
        return facts_type(facts, node_field(tree, node, PYTHON_field_value));
    case PYTHON_sym_conditional_expression:
        return type_join(facts_type(facts, node_child_named(tree, node, 0)),
                         facts_type(facts, node_child_named(tree, node, 2)), facts->arena);
    case PYTHON_sym_boolean_operator:
        left = facts_type(facts, node_field(tree, node, PYTHON_field_left));
        right = facts_type(facts, node_field(tree, node, PYTHON_field_right));
        return type_join(left, right, facts->arena);
    case PYTHON_sym_binary_operator:
        return operator_type(facts, node);
    case PYTHON_sym_subscript:
        left = facts_type(facts, node_field(tree, node, PYTHON_field_value));
        right = facts_type(facts, node_field(tree, node, PYTHON_field_subscript));
        if (tree->nodes[node_field(tree, node, PYTHON_field_subscript)].kind == PYTHON_sym_slice)
            return left;
        if (left->kind == TYPE_DICT)
            return left->value != NULL ? left->value : &TYPE_IS_UNKNOWN;
        return left->item != NULL && left->kind != TYPE_TUPLE && right->kind == TYPE_INT ? left->item
                                                                                         : &TYPE_IS_UNKNOWN;
    case PYTHON_sym_call:
        return call_type(facts, node);
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
    default:
        return VIEW("");
    }
}

struct view python_path_of(struct facts *facts, uint32_t node)
{
    return path_at(facts, node, 0);
}
