/* The types that annotations name, in code and in the tables of python_library.c. A name counts by what the
 * file's imports say it is; one that cannot be told is unknown. */
#include "facts/python_orm.h"
#include "syntax/python_kinds.h"

enum { ANNOTATION_DEPTH_MAX = 8, ANNOTATION_PARTS_MAX = 8 };

/* What stands in a name's brackets. */
enum holds { HOLDS_NOTHING, HOLDS_ITEM, HOLDS_PAIR, HOLDS_PARTS };

/* Names of the language and of typing, collections, collections.abc, without the module. An abstract one is
 * an instance whose elements are known. */
static const struct annotation_name {
    const char *name;
    enum type_kind kind;
    enum holds holds;
    const char *path;
} ANNOTATIONS[] = {
    {"list", TYPE_LIST, HOLDS_ITEM, ""},
    {"List", TYPE_LIST, HOLDS_ITEM, ""},
    {"dict", TYPE_DICT, HOLDS_PAIR, ""},
    {"Dict", TYPE_DICT, HOLDS_PAIR, ""},
    {"defaultdict", TYPE_DICT, HOLDS_PAIR, "collections.defaultdict"},
    {"DefaultDict", TYPE_DICT, HOLDS_PAIR, "collections.defaultdict"},
    {"OrderedDict", TYPE_DICT, HOLDS_PAIR, "collections.OrderedDict"},
    {"Counter", TYPE_DICT, HOLDS_PAIR, "collections.Counter"},
    {"ChainMap", TYPE_INSTANCE, HOLDS_PAIR, "collections.ChainMap"},
    {"set", TYPE_SET, HOLDS_ITEM, ""},
    {"Set", TYPE_SET, HOLDS_ITEM, ""},
    {"frozenset", TYPE_FROZENSET, HOLDS_ITEM, ""},
    {"FrozenSet", TYPE_FROZENSET, HOLDS_ITEM, ""},
    {"tuple", TYPE_TUPLE, HOLDS_PARTS, ""},
    {"Tuple", TYPE_TUPLE, HOLDS_PARTS, ""},
    {"str", TYPE_STR, HOLDS_NOTHING, ""},
    {"Text", TYPE_STR, HOLDS_NOTHING, ""},
    {"LiteralString", TYPE_STR, HOLDS_NOTHING, ""},
    {"bytes", TYPE_BYTES, HOLDS_NOTHING, ""},
    {"bytearray", TYPE_BYTEARRAY, HOLDS_NOTHING, ""},
    {"int", TYPE_INT, HOLDS_NOTHING, ""},
    {"float", TYPE_FLOAT, HOLDS_NOTHING, ""},
    {"bool", TYPE_BOOL, HOLDS_NOTHING, ""},
    {"None", TYPE_NONE, HOLDS_NOTHING, ""},
    {"range", TYPE_RANGE, HOLDS_NOTHING, ""},
    {"deque", TYPE_DEQUE, HOLDS_ITEM, ""},
    {"Deque", TYPE_DEQUE, HOLDS_ITEM, ""},
    {"Iterator", TYPE_ITERATOR, HOLDS_ITEM, ""},
    {"Generator", TYPE_ITERATOR, HOLDS_ITEM, ""},
    {"IO", TYPE_FILE, HOLDS_ITEM, ""},
    {"TextIO", TYPE_FILE, HOLDS_NOTHING, ""},
    {"BinaryIO", TYPE_FILE, HOLDS_NOTHING, ""},
    {"re.Pattern", TYPE_REGEX, HOLDS_NOTHING, "re.Pattern"},
    {"Pattern", TYPE_REGEX, HOLDS_NOTHING, "re.Pattern"},
    {"Iterable", TYPE_INSTANCE, HOLDS_ITEM, "typing.Iterable"},
    {"Collection", TYPE_INSTANCE, HOLDS_ITEM, "typing.Collection"},
    {"Container", TYPE_INSTANCE, HOLDS_ITEM, "typing.Container"},
    {"Reversible", TYPE_INSTANCE, HOLDS_ITEM, "typing.Reversible"},
    {"Sequence", TYPE_INSTANCE, HOLDS_ITEM, "typing.Sequence"},
    {"MutableSequence", TYPE_INSTANCE, HOLDS_ITEM, "typing.MutableSequence"},
    {"AbstractSet", TYPE_INSTANCE, HOLDS_ITEM, "typing.AbstractSet"},
    {"MutableSet", TYPE_INSTANCE, HOLDS_ITEM, "typing.MutableSet"},
    {"KeysView", TYPE_INSTANCE, HOLDS_ITEM, "typing.KeysView"},
    {"ValuesView", TYPE_INSTANCE, HOLDS_ITEM, "typing.ValuesView"},
    {"ItemsView", TYPE_INSTANCE, HOLDS_ITEM, "typing.ItemsView"},
    {"Mapping", TYPE_INSTANCE, HOLDS_PAIR, "typing.Mapping"},
    {"MutableMapping", TYPE_INSTANCE, HOLDS_PAIR, "typing.MutableMapping"},
};

/* Names that say nothing of the value. */
static const char *const OPAQUE[] = {"Any",   "Self",     "Callable", "Type",     "type",      "object",
                                     "Never", "NoReturn", "AnyStr",   "Hashable", "Awaitable", "Coroutine"};

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

static const struct type *read_type(const struct reading *reading, struct view text, int depth);

/* What a name in an annotation is. */
struct meaning {
    struct view path; /* through the file's imports, or as written */
    bool class_here;  /* a class of this file */
    uint32_t alias;   /* the expression it was assigned; NODE_NONE */
    bool known;
};

static struct meaning meaning_of(const struct reading *reading, struct view text)
{
    const struct facts *facts = reading->facts;
    struct meaning meaning = {.path = text, .alias = NODE_NONE, .known = true};
    struct view rest = text, root = cut_at(&rest, '.');
    uint32_t name, binding;
    const struct def *def;

    if (reading->scope == FACT_NONE)
        return meaning;
    name = facts_name_find(facts, root);
    binding = name != FACT_NONE ? facts_resolve(facts, reading->scope, name) : FACT_NONE;
    if (binding == FACT_NONE || facts->bindings[binding].def_count == 0)
        return meaning;
    def = &facts->defs[facts->bindings[binding].first_def];
    if (def->kind == DEF_IMPORT)
        meaning.path = rest.len == 0
                           ? def->path
                           : arena_format(facts->arena, "%.*s.%.*s", VIEW_ARG(def->path), VIEW_ARG(rest));
    else if (def->kind == DEF_CLASS)
        meaning.class_here = true;
    else if (def->kind == DEF_ASSIGN && rest.len == 0 && facts->bindings[binding].def_count == 1)
        meaning.alias = def->value;
    else
        meaning.known = false;
    return meaning;
}

/* The row of a path. Names count without the module that they come from; Counter of another one is another.
 */
static const struct annotation_name *row_of(struct view path)
{
    static const char *const MODULES[] = {"typing.", "typing_extensions.", "collections.abc.",
                                          "collections."};
    if (view_is(path, "collections.abc.Set"))
        path = VIEW("AbstractSet");
    for (size_t i = 0; i < COUNT_OF(MODULES); i++)
        if (view_starts(path, MODULES[i])) {
            path = view_slice(path, view_of(MODULES[i]).len, path.len);
            break;
        }
    for (size_t i = 0; i < COUNT_OF(ANNOTATIONS); i++)
        if (view_is(path, ANNOTATIONS[i].name))
            return &ANNOTATIONS[i];
    return NULL;
}

static struct view last_word(struct view path)
{
    size_t dot = path.len;
    while (dot > 0 && path.ptr[dot - 1] != '.')
        dot--;
    return view_slice(path, dot, path.len);
}

static bool is_opaque(struct view path)
{
    struct view word = last_word(path);
    for (size_t i = 0; i < COUNT_OF(OPAQUE); i++)
        if (view_is(word, OPAQUE[i]))
            return true;
    return false;
}

static const struct type *of_row(const struct reading *reading, const struct annotation_name *row)
{
    const struct type *item = NULL;
    if (view_is(view_of(row->name), "TextIO"))
        item = python_type_new(reading->facts, TYPE_STR, VIEW(""), NULL);
    else if (view_is(view_of(row->name), "BinaryIO"))
        item = python_type_new(reading->facts, TYPE_BYTES, VIEW(""), NULL);
    return python_type_new(reading->facts, row->kind, view_of(row->path), item);
}

/* A capital letter begins the name of a class, and those of the library's tables are classes. */
static bool names_class(const struct reading *reading, struct view path)
{
    struct view word = last_word(path);
    bool dotted = word.len < path.len;
    return word.len > 0 && dotted &&
           (reading->scope == FACT_NONE || (word.ptr[0] >= 'A' && word.ptr[0] <= 'Z'));
}

static const struct type *of_name(const struct reading *reading, struct view text, int depth)
{
    struct meaning meaning = meaning_of(reading, text);
    const struct annotation_name *row;

    if (meaning.class_here)
        return python_type_new(reading->facts, TYPE_INSTANCE, text, NULL);
    if (meaning.alias != NODE_NONE) {
        uint16_t kind = reading->facts->tree->nodes[meaning.alias].kind;
        bool plain = kind == PYTHON_sym_subscript || kind == PYTHON_sym_identifier ||
                     kind == PYTHON_sym_attribute || kind == PYTHON_sym_binary_operator;
        return plain ? read_type(reading, node_text(reading->facts->tree, meaning.alias), depth + 1)
                     : &TYPE_IS_UNKNOWN;
    }
    if (!meaning.known || is_opaque(meaning.path))
        return &TYPE_IS_UNKNOWN;
    if ((row = row_of(meaning.path)) != NULL)
        return of_row(reading, row);
    return names_class(reading, meaning.path)
               ? python_type_new(reading->facts, TYPE_INSTANCE, meaning.path, NULL)
               : &TYPE_IS_UNKNOWN;
}

static const struct type *of_union(const struct reading *reading, struct view text, char separator, int depth)
{
    const struct type *all = NULL;
    while (text.len > 0) {
        const struct type *one = read_type(reading, cut_at(&text, separator), depth + 1);
        all = all == NULL ? one : type_join(all, one, reading->facts->arena);
    }
    return all != NULL ? all : &TYPE_IS_UNKNOWN;
}

static const struct type *known_or_null(const struct type *type)
{
    return type->kind != TYPE_UNKNOWN ? type : NULL;
}

/* tuple[str, int], tuple[str, ...] */
static const struct type *of_tuple(const struct reading *reading, struct view inner, int depth)
{
    const struct type *parts[ANNOTATION_PARTS_MAX];
    size_t count = 0;

    while (inner.len > 0 && count < ANNOTATION_PARTS_MAX) {
        struct view part = cut_at(&inner, ',');
        if (view_is(part, "..."))
            return python_type_new(reading->facts, TYPE_TUPLE, VIEW(""),
                                   count == 1 ? known_or_null(parts[0]) : NULL);
        parts[count++] = read_type(reading, part, depth + 1);
    }
    return inner.len == 0 ? python_tuple_new(reading->facts, parts, count)
                          : python_type_new(reading->facts, TYPE_TUPLE, VIEW(""), NULL);
}

/* What the brackets after a plain name hold. */
static const struct type *of_container(const struct reading *reading, struct view name, struct view inner,
                                       int depth)
{
    struct meaning meaning = meaning_of(reading, name);
    const struct type *outer = of_name(reading, name, depth);
    const struct annotation_name *row =
        meaning.known && !meaning.class_here && meaning.alias == NODE_NONE ? row_of(meaning.path) : NULL;
    bool library = row == NULL && (reading->scope == FACT_NONE || python_orm_of(outer) != ORM_NONE);
    struct type *type;

    if (row != NULL && row->holds == HOLDS_PARTS)
        return of_tuple(reading, inner, depth);
    if (outer->kind == TYPE_UNKNOWN || (type = ARENA_NEW(reading->facts->arena, struct type)) == NULL)
        return &TYPE_IS_UNKNOWN;
    *type = *outer;
    if (library || (row != NULL && row->holds != HOLDS_NOTHING))
        type->item = known_or_null(read_type(reading, cut_at(&inner, ','), depth + 1));
    if (inner.len > 0 && row != NULL && row->holds == HOLDS_PAIR)
        type->value = known_or_null(read_type(reading, cut_at(&inner, ','), depth + 1));
    return type;
}

static const struct type *of_literal(const struct reading *reading, struct view inner)
{
    char first = inner.len > 0 ? inner.ptr[0] : '\0';
    if (first == '"' || first == '\'')
        return python_type_new(reading->facts, TYPE_STR, VIEW(""), NULL);
    return first >= '0' && first <= '9' ? python_type_new(reading->facts, TYPE_INT, VIEW(""), NULL)
                                        : &TYPE_IS_UNKNOWN;
}

static const struct type *of_generic(const struct reading *reading, struct view name, struct view inner,
                                     int depth)
{
    static const char *const WRAPPERS[] = {"Final",    "Annotated",   "ClassVar",
                                           "Required", "NotRequired", "InitVar"};
    struct view word = last_word(meaning_of(reading, name).path);

    if (view_is(word, "Optional"))
        return type_join(read_type(reading, inner, depth + 1),
                         python_type_new(reading->facts, TYPE_NONE, VIEW(""), NULL), reading->facts->arena);
    if (view_is(word, "Union"))
        return of_union(reading, inner, ',', depth);
    if (view_is(word, "Literal"))
        return of_literal(reading, view_trim(inner));
    for (size_t i = 0; i < COUNT_OF(WRAPPERS); i++)
        if (view_is(word, WRAPPERS[i]))
            return read_type(reading, cut_at(&inner, ','), depth + 1);
    return of_container(reading, name, inner, depth);
}

/* In the library's tables: `$self` the receiver, `$item` and `$value` what it holds, `$1` what the first
 * argument holds, `=1` the first argument itself. */
static const struct type *of_place(const struct reading *reading, struct view text)
{
    const struct tree *tree = reading->facts->tree;
    const struct type *type = reading->receiver, *held = NULL;
    uint32_t argument;

    if (view_is(text, "$self"))
        return type != NULL ? type : &TYPE_IS_UNKNOWN;
    if (view_is(text, "$item") || view_is(text, "$value")) {
        if (type != NULL)
            held = view_is(text, "$item") ? python_item_of(reading->facts, type) : type->value;
        return held != NULL ? held : &TYPE_IS_UNKNOWN;
    }
    if (reading->arguments == NODE_NONE || tree->nodes[reading->arguments].kind != PYTHON_sym_argument_list)
        return &TYPE_IS_UNKNOWN;
    argument = node_child_named(tree, reading->arguments, (uint32_t)(text.ptr[1] - '1'));
    if (argument == NODE_NONE || tree->nodes[argument].kind == PYTHON_sym_list_splat)
        return &TYPE_IS_UNKNOWN;
    type = facts_type(reading->facts, argument);
    if (text.ptr[0] == '$' && (type = python_item_of(reading->facts, type)) == NULL)
        return &TYPE_IS_UNKNOWN;
    return type;
}

static const struct type *read_type(const struct reading *reading, struct view text, int depth)
{
    struct view rest;
    size_t bracket;

    text = view_trim(text);
    if (depth > ANNOTATION_DEPTH_MAX || text.len == 0)
        return &TYPE_IS_UNKNOWN;
    if (text.len > 1 && (text.ptr[0] == '"' || text.ptr[0] == '\''))
        return read_type(reading, view_slice(text, 1, text.len - 1), depth + 1);
    rest = text;
    if (cut_at(&rest, '|').len < text.len)
        return of_union(reading, text, '|', depth);
    if (text.len > 1 && reading->scope == FACT_NONE && (text.ptr[0] == '$' || text.ptr[0] == '='))
        return of_place(reading, text);
    bracket = view_find_byte(text, '[', 0);
    if (bracket != SIZE_MAX && text.ptr[text.len - 1] == ']')
        return of_generic(reading, view_trim(view_slice(text, 0, bracket)),
                          view_slice(text, bracket + 1, text.len - 1), depth);
    return of_name(reading, text, depth);
}

const struct type *python_read_type(const struct reading *reading, struct view text)
{
    return read_type(reading, text, 0);
}

const struct type *python_annotation(struct facts *facts, struct view text, uint32_t scope)
{
    struct reading reading = {.facts = facts, .scope = scope, .arguments = NODE_NONE};
    return read_type(&reading, text, 0);
}
