/* The types that calls and attributes of the library's objects give, by the tables of python_library.c and,
 * where they depend on more than one argument, by rows of code. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

/* The mode of open(path, mode) or path.open(mode): text unless a `b` says otherwise; unknown where it is no
 * literal. */
static const struct type *opened(const struct reading *reading, struct view path)
{
    const struct tree *tree = reading->facts->tree;
    uint32_t mode = NODE_NONE, place = view_starts(path, "pathlib.") ? 0 : 1;

    for (uint32_t c = node_first_named(tree, reading->arguments), at = 0; c != NODE_NONE;
         c = node_sibling_named(tree, c), at++) {
        uint16_t kind = tree->nodes[c].kind;
        if (kind == PYTHON_sym_list_splat || kind == PYTHON_sym_dictionary_splat)
            return python_read_type(reading, VIEW("IO"));
        if (kind == PYTHON_sym_keyword_argument) {
            if (view_is(node_text(tree, node_field(tree, c, PYTHON_field_name)), "mode"))
                mode = node_field(tree, c, PYTHON_field_value);
        } else if (at == place)
            mode = c;
    }
    if (mode == NODE_NONE)
        return python_read_type(reading, VIEW("TextIO"));
    if (tree->nodes[mode].kind != PYTHON_sym_string)
        return python_read_type(reading, VIEW("IO"));
    return python_read_type(reading, view_find_byte(node_text(tree, mode), 'b', 0) != SIZE_MAX
                                         ? VIEW("BinaryIO")
                                         : VIEW("TextIO"));
}

/* dict(a=1), defaultdict(list), zip(a, b): what depends on more than one argument. */
static const struct type *composed(const struct reading *reading, struct view path)
{
    static const char *const ARGUMENTS[] = {"$1", "$2", "$3", "$4"};
    const struct type *parts[COUNT_OF(ARGUMENTS)];
    struct facts *facts = reading->facts;
    uint32_t count;
    struct type *type;

    if (view_is(path, "zip")) {
        count = node_named_count(facts->tree, reading->arguments);
        for (uint32_t i = 0; i < count && i < COUNT_OF(ARGUMENTS); i++)
            parts[i] = python_read_type(reading, view_of(ARGUMENTS[i]));
        return python_type_new(facts, TYPE_ITERATOR, VIEW(""),
                               count <= COUNT_OF(ARGUMENTS)
                                   ? python_tuple_new(facts, parts, count)
                                   : python_type_new(facts, TYPE_TUPLE, VIEW(""), NULL));
    }
    if (view_is(path, "collections.defaultdict") && (type = ARENA_NEW(facts->arena, struct type)) != NULL) {
        uint32_t factory = node_first_named(facts->tree, reading->arguments);
        *type = *python_read_type(reading, VIEW("defaultdict"));
        if (factory != NODE_NONE && facts->tree->nodes[factory].kind == PYTHON_sym_identifier)
            type->value = python_read_type(reading, facts_path(facts, factory));
        return type;
    }
    return view_is(path, "open") || view_is(path, "io.open") || view_is(path, "pathlib.Path.open")
               ? opened(reading, path)
               : NULL;
}

/* A capital letter begins the name of a class: calling what an import names so gives an instance of it. */
static bool is_class_path(struct view name)
{
    return name.len > 0 && name.ptr[0] >= 'A' && name.ptr[0] <= 'Z';
}

const struct type *python_call_type(struct facts *facts, struct view path, uint32_t arguments,
                                    const struct type *receiver)
{
    struct reading reading = {facts, FACT_NONE, receiver, arguments};
    size_t dot = path.len;
    struct view owner, name;
    const struct type *type;
    const char *gives;

    if (path.len == 0)
        return NULL;
    if (path.ptr[0] == '.' && view_find_byte(path, '.', 1) == SIZE_MAX)
        return NULL; /* of this file, whatever builtin it is called after */
    while (dot > 0 && path.ptr[dot - 1] != '.')
        dot--;
    owner = view_slice(path, 0, dot > 0 ? dot - 1 : 0);
    name = view_slice(path, dot, path.len);
    if (arguments != NODE_NONE && facts->tree->nodes[arguments].kind == PYTHON_sym_argument_list &&
        (type = composed(&reading, path)) != NULL)
        return type;
    gives = python_gives_called(owner, name);
    if (gives == NULL && receiver != NULL && receiver->path.len > 0)
        gives = python_gives_called(view_of(type_kind_name(receiver->kind)), name);
    if (gives != NULL)
        return python_read_type(&reading, view_of(gives));
    return dot > 0 && is_class_path(name) ? python_type_new(facts, TYPE_INSTANCE, path, NULL) : NULL;
}

/* Without knowing the receiver: x.split(",") and x.splitlines() are a str's or bytes' in practice. */
static bool splits_text(const struct tree *tree, struct view name, uint32_t arguments)
{
    uint32_t first;
    if (view_is(name, "splitlines") || view_is(name, "readlines"))
        return true;
    if ((!view_is(name, "split") && !view_is(name, "rsplit")) || arguments == NODE_NONE)
        return false;
    first = node_first_named(tree, arguments);
    return first == NODE_NONE || tree->nodes[first].kind == PYTHON_sym_string;
}

const struct type *python_unknown_method_type(struct facts *facts, struct view name, uint32_t arguments)
{
    return splits_text(facts->tree, name, arguments) ? python_type_new(facts, TYPE_LIST, VIEW(""), NULL)
                                                     : NULL;
}

const struct type *python_attribute_type(struct facts *facts, uint32_t object, struct view name)
{
    struct reading reading = {facts, FACT_NONE, NULL, NODE_NONE};
    const struct type *type;
    struct type *located;
    struct view path;
    const char *gives;

    if (!python_gives_some(name)) /* most names: before the path is made out */
        return NULL;
    path = facts_path(facts, object);
    gives = python_gives_read(path, name);
    if (gives == NULL)
        return NULL;
    type = python_read_type(&reading, view_of(gives));
    if (type->kind == TYPE_INSTANCE || (located = ARENA_NEW(facts->arena, struct type)) == NULL)
        return type;
    *located = *type;
    located->path = arena_format(facts->arena, "%.*s.%.*s", VIEW_ARG(path), VIEW_ARG(name));
    return located; /* its methods keep the path that rules know: os.environ.get */
}

const struct type *python_entered_type(struct facts *facts, const struct type *manager)
{
    if (manager->kind == TYPE_INSTANCE && view_is(manager->path, "tempfile.TemporaryDirectory"))
        return python_type_new(facts, TYPE_STR, VIEW(""), NULL);
    return manager->kind == TYPE_FILE || manager->kind == TYPE_INSTANCE ? manager : &TYPE_IS_UNKNOWN;
}

const struct type *python_item_of(struct facts *facts, const struct type *type)
{
    if (type->item != NULL)
        return type->item;
    if (type->kind == TYPE_STR)
        return python_type_new(facts, TYPE_STR, VIEW(""), NULL);
    if (type->kind == TYPE_BYTES || type->kind == TYPE_BYTEARRAY || type->kind == TYPE_RANGE)
        return python_type_new(facts, TYPE_INT, VIEW(""), NULL);
    return NULL;
}
