/* What is known of Python's builtins and of well-known libraries: the types that calls give, and which
 * calls only compute. Source: the language's own library reference. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

struct known {
    const char *path;
    enum type_kind kind;
    const char *type_path; /* of an instance */
    enum type_kind item;   /* TYPE_UNKNOWN: not known */
};

static const struct known CALLS[] = {
    {"list", TYPE_LIST, "", TYPE_UNKNOWN},
    {"sorted", TYPE_LIST, "", TYPE_UNKNOWN},
    {"dict", TYPE_DICT, "", TYPE_UNKNOWN},
    {"set", TYPE_SET, "", TYPE_UNKNOWN},
    {"frozenset", TYPE_FROZENSET, "", TYPE_UNKNOWN},
    {"tuple", TYPE_TUPLE, "", TYPE_UNKNOWN},
    {"str", TYPE_STR, "", TYPE_STR},
    {"repr", TYPE_STR, "", TYPE_STR},
    {"chr", TYPE_STR, "", TYPE_STR},
    {"hex", TYPE_STR, "", TYPE_STR},
    {"input", TYPE_STR, "", TYPE_STR},
    {"format", TYPE_STR, "", TYPE_STR},
    {"bytes", TYPE_BYTES, "", TYPE_INT},
    {"bytearray", TYPE_BYTEARRAY, "", TYPE_INT},
    {"int", TYPE_INT, "", TYPE_UNKNOWN},
    {"len", TYPE_INT, "", TYPE_UNKNOWN},
    {"ord", TYPE_INT, "", TYPE_UNKNOWN},
    {"hash", TYPE_INT, "", TYPE_UNKNOWN},
    {"id", TYPE_INT, "", TYPE_UNKNOWN},
    {"float", TYPE_FLOAT, "", TYPE_UNKNOWN},
    {"bool", TYPE_BOOL, "", TYPE_UNKNOWN},
    {"isinstance", TYPE_BOOL, "", TYPE_UNKNOWN},
    {"any", TYPE_BOOL, "", TYPE_UNKNOWN},
    {"all", TYPE_BOOL, "", TYPE_UNKNOWN},
    {"range", TYPE_RANGE, "", TYPE_INT},
    {"enumerate", TYPE_ITERATOR, "", TYPE_TUPLE},
    {"zip", TYPE_ITERATOR, "", TYPE_TUPLE},
    {"map", TYPE_ITERATOR, "", TYPE_UNKNOWN},
    {"filter", TYPE_ITERATOR, "", TYPE_UNKNOWN},
    {"reversed", TYPE_ITERATOR, "", TYPE_UNKNOWN},
    {"iter", TYPE_ITERATOR, "", TYPE_UNKNOWN},
    {"open", TYPE_FILE, "", TYPE_UNKNOWN},
    {"io.open", TYPE_FILE, "", TYPE_UNKNOWN},
    {"codecs.open", TYPE_FILE, "", TYPE_STR},
    {"gzip.open", TYPE_FILE, "", TYPE_UNKNOWN},
    {"bz2.open", TYPE_FILE, "", TYPE_UNKNOWN},
    {"lzma.open", TYPE_FILE, "", TYPE_UNKNOWN},
    {"tempfile.TemporaryFile", TYPE_FILE, "", TYPE_UNKNOWN},
    {"tempfile.NamedTemporaryFile", TYPE_FILE, "", TYPE_UNKNOWN},
    {"io.StringIO", TYPE_FILE, "", TYPE_STR},
    {"io.BytesIO", TYPE_FILE, "", TYPE_BYTES},
    {"collections.deque", TYPE_DEQUE, "", TYPE_UNKNOWN},
    {"collections.defaultdict", TYPE_DICT, "collections.defaultdict", TYPE_UNKNOWN},
    {"collections.OrderedDict", TYPE_DICT, "collections.OrderedDict", TYPE_UNKNOWN},
    {"collections.Counter", TYPE_DICT, "collections.Counter", TYPE_UNKNOWN},
    {"dict.fromkeys", TYPE_DICT, "", TYPE_UNKNOWN},
    {"json.dumps", TYPE_STR, "", TYPE_STR},
    {"os.listdir", TYPE_LIST, "", TYPE_STR},
    {"os.getcwd", TYPE_STR, "", TYPE_STR},
    {"os.path.join", TYPE_STR, "", TYPE_STR},
    {"os.path.basename", TYPE_STR, "", TYPE_STR},
    {"os.path.dirname", TYPE_STR, "", TYPE_STR},
    {"os.path.abspath", TYPE_STR, "", TYPE_STR},
    {"glob.glob", TYPE_LIST, "", TYPE_STR},
    {"shlex.split", TYPE_LIST, "", TYPE_STR},
    {"re.compile", TYPE_REGEX, "re.Pattern", TYPE_UNKNOWN},
    {"re.findall", TYPE_LIST, "", TYPE_UNKNOWN},
    {"re.split", TYPE_LIST, "", TYPE_STR},
    {"re.sub", TYPE_STR, "", TYPE_STR},
    {"logging.getLogger", TYPE_INSTANCE, "logging.Logger", TYPE_UNKNOWN},
    {"loguru.logger", TYPE_INSTANCE, "loguru.Logger", TYPE_UNKNOWN},
    {"random.sample", TYPE_LIST, "", TYPE_UNKNOWN},
    {"random.choices", TYPE_LIST, "", TYPE_UNKNOWN},
    {"time.time", TYPE_FLOAT, "", TYPE_UNKNOWN},
    {"requests.session", TYPE_INSTANCE, "requests.Session", TYPE_UNKNOWN},
    {"pathlib.Path", TYPE_INSTANCE, "pathlib.Path", TYPE_UNKNOWN},
};

/* Methods by the kind of their receiver. Those of str hold for bytes too, where they give the same kind. */
static const struct method {
    enum type_kind receiver;
    const char *name;
    enum type_kind kind; /* TYPE_UNKNOWN: the receiver's own kind */
    enum type_kind item;
} METHODS[] = {
    {TYPE_STR, "split", TYPE_LIST, TYPE_STR},
    {TYPE_STR, "rsplit", TYPE_LIST, TYPE_STR},
    {TYPE_STR, "splitlines", TYPE_LIST, TYPE_STR},
    {TYPE_STR, "partition", TYPE_TUPLE, TYPE_STR},
    {TYPE_STR, "rpartition", TYPE_TUPLE, TYPE_STR},
    {TYPE_STR, "strip", TYPE_STR, TYPE_STR},
    {TYPE_STR, "lstrip", TYPE_STR, TYPE_STR},
    {TYPE_STR, "rstrip", TYPE_STR, TYPE_STR},
    {TYPE_STR, "lower", TYPE_STR, TYPE_STR},
    {TYPE_STR, "upper", TYPE_STR, TYPE_STR},
    {TYPE_STR, "title", TYPE_STR, TYPE_STR},
    {TYPE_STR, "casefold", TYPE_STR, TYPE_STR},
    {TYPE_STR, "capitalize", TYPE_STR, TYPE_STR},
    {TYPE_STR, "replace", TYPE_STR, TYPE_STR},
    {TYPE_STR, "join", TYPE_STR, TYPE_STR},
    {TYPE_STR, "format", TYPE_STR, TYPE_STR},
    {TYPE_STR, "ljust", TYPE_STR, TYPE_STR},
    {TYPE_STR, "rjust", TYPE_STR, TYPE_STR},
    {TYPE_STR, "zfill", TYPE_STR, TYPE_STR},
    {TYPE_STR, "expandtabs", TYPE_STR, TYPE_STR},
    {TYPE_STR, "encode", TYPE_BYTES, TYPE_INT},
    {TYPE_STR, "startswith", TYPE_BOOL, TYPE_UNKNOWN},
    {TYPE_STR, "endswith", TYPE_BOOL, TYPE_UNKNOWN},
    {TYPE_STR, "find", TYPE_INT, TYPE_UNKNOWN},
    {TYPE_STR, "count", TYPE_INT, TYPE_UNKNOWN},
    {TYPE_STR, "index", TYPE_INT, TYPE_UNKNOWN},
    {TYPE_BYTES, "decode", TYPE_STR, TYPE_STR},
    {TYPE_BYTES, "hex", TYPE_STR, TYPE_STR},
    {TYPE_BYTES, "split", TYPE_LIST, TYPE_BYTES},
    {TYPE_BYTES, "strip", TYPE_BYTES, TYPE_INT},
    {TYPE_BYTES, "join", TYPE_BYTES, TYPE_INT},
    {TYPE_BYTES, "replace", TYPE_BYTES, TYPE_INT},
    {TYPE_LIST, "copy", TYPE_LIST, TYPE_UNKNOWN},
    {TYPE_DICT, "copy", TYPE_DICT, TYPE_UNKNOWN},
    {TYPE_SET, "copy", TYPE_SET, TYPE_UNKNOWN},
    {TYPE_SET, "union", TYPE_SET, TYPE_UNKNOWN},
    {TYPE_SET, "intersection", TYPE_SET, TYPE_UNKNOWN},
    {TYPE_SET, "difference", TYPE_SET, TYPE_UNKNOWN},
    {TYPE_FILE, "readlines", TYPE_LIST, TYPE_UNKNOWN},
    {TYPE_REGEX, "findall", TYPE_LIST, TYPE_UNKNOWN},
    {TYPE_REGEX, "split", TYPE_LIST, TYPE_STR},
    {TYPE_REGEX, "sub", TYPE_STR, TYPE_STR},
};

/* Calls that give an equal result for equal arguments and change nothing. */
static const char *const PURE_CALLS[] = {
    "len",    "min",   "max",        "sum",        "sorted",   "abs",     "round",    "str",
    "repr",   "int",   "float",      "bool",       "tuple",    "list",    "set",      "frozenset",
    "dict",   "bytes", "ord",        "chr",        "hex",      "oct",     "bin",      "divmod",
    "pow",    "range", "isinstance", "issubclass", "hasattr",  "getattr", "callable", "type",
    "any",    "all",   "enumerate",  "zip",        "reversed", "slice",   "complex",  "hash",
    "format", "ascii", "id",         NULL};
static const char *const PURE_PREFIXES[] = {"math.",
                                            "operator.",
                                            "os.path.join",
                                            "os.path.basename",
                                            "os.path.dirname",
                                            "os.path.splitext",
                                            "os.path.normpath",
                                            "re.escape",
                                            "re.compile",
                                            "string.",
                                            "urllib.parse.quote",
                                            "urllib.parse.urlparse",
                                            "urllib.parse.urljoin",
                                            "html.escape",
                                            NULL};
static const char *const PURE_METHODS[] = {
    "split",        "rsplit",  "splitlines",    "partition",  "rpartition", "strip",      "lstrip",
    "rstrip",       "lower",   "upper",         "title",      "casefold",   "capitalize", "replace",
    "join",         "format",  "encode",        "decode",     "startswith", "endswith",   "find",
    "rfind",        "count",   "index",         "keys",       "values",     "items",      "get",
    "copy",         "union",   "intersection",  "difference", "issubset",   "issuperset", "isdigit",
    "isalpha",      "isalnum", "isspace",       "zfill",      "ljust",      "rjust",      "removeprefix",
    "removesuffix", "hex",     "total_seconds", "isoformat",  NULL};

static bool named(struct view text, const char *const *names)
{
    while (*names != NULL && !view_is(text, *names))
        names++;
    return *names != NULL;
}

static bool prefixed(struct view text, const char *const *prefixes)
{
    while (*prefixes != NULL && !view_starts(text, *prefixes))
        prefixes++;
    return *prefixes != NULL;
}

const struct type *python_type_new(struct facts *facts, enum type_kind kind, struct view path,
                                   const struct type *item)
{
    struct type *type = ARENA_NEW(facts->arena, struct type);
    if (type == NULL)
        return &TYPE_IS_UNKNOWN;
    type->kind = kind;
    type->path = path;
    type->item = item;
    return type;
}

static const struct type *item_type(struct facts *facts, enum type_kind kind)
{
    return kind != TYPE_UNKNOWN ? python_type_new(facts, kind, VIEW(""), NULL) : NULL;
}

/* A capital letter begins the name of a class: calling what an import names so gives an instance of it. */
static bool is_class_path(struct view path)
{
    size_t dot = path.len;
    while (dot > 0 && path.ptr[dot - 1] != '.')
        dot--;
    return dot > 0 && dot < path.len && path.ptr[dot] >= 'A' && path.ptr[dot] <= 'Z';
}

const struct type *python_call_type(struct facts *facts, struct view path)
{
    if (path.len == 0)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(CALLS); i++)
        if (view_is(path, CALLS[i].path))
            return python_type_new(facts, CALLS[i].kind, view_of(CALLS[i].type_path),
                                   item_type(facts, CALLS[i].item));
    return is_class_path(path) ? python_type_new(facts, TYPE_INSTANCE, path, NULL) : NULL;
}

/* Without knowing the receiver: x.split(",") and x.splitlines() are a str's or bytes' in practice. */
static bool splits_text(struct facts *facts, struct view name, uint32_t arguments)
{
    uint32_t first;
    if (view_is(name, "splitlines"))
        return true;
    if ((!view_is(name, "split") && !view_is(name, "rsplit")) || arguments == NODE_NONE)
        return false;
    first = node_first_named(facts->tree, arguments);
    return first == NODE_NONE || facts->tree->nodes[first].kind == PYTHON_sym_string;
}

const struct type *python_method_type(struct facts *facts, const struct type *receiver, struct view name,
                                      uint32_t arguments)
{
    for (size_t i = 0; i < COUNT_OF(METHODS); i++)
        if (METHODS[i].receiver == receiver->kind && view_is(name, METHODS[i].name))
            return python_type_new(facts, METHODS[i].kind, VIEW(""),
                                   METHODS[i].item != TYPE_UNKNOWN ? item_type(facts, METHODS[i].item)
                                                                   : receiver->item);
    if (receiver->kind == TYPE_UNKNOWN && splits_text(facts, name, arguments))
        return python_type_new(facts, TYPE_LIST, VIEW(""), NULL);
    if (view_is(name, "readlines") && receiver->kind == TYPE_UNKNOWN)
        return python_type_new(facts, TYPE_LIST, VIEW(""), NULL);
    if (receiver->kind == TYPE_INSTANCE && view_is(receiver->path, "pathlib.Path") && view_is(name, "open"))
        return python_type_new(facts, TYPE_FILE, VIEW(""), NULL);
    return NULL;
}

bool python_pure_call(struct facts *facts, uint32_t call)
{
    const struct tree *tree = facts->tree;
    uint32_t function = node_field(tree, call, PYTHON_field_function);
    struct view path = facts_path(facts, function);

    if (function == NODE_NONE)
        return false;
    if (named(path, PURE_CALLS) || prefixed(path, PURE_PREFIXES))
        return true;
    if (tree->nodes[function].kind == PYTHON_sym_attribute) {
        uint32_t object = node_field(tree, function, PYTHON_field_object);
        uint32_t name = node_field(tree, function, PYTHON_field_attribute);
        enum type_kind kind = facts_type(facts, object)->kind;
        bool builtin = kind == TYPE_STR || kind == TYPE_BYTES || kind == TYPE_DICT || kind == TYPE_LIST ||
                       kind == TYPE_SET || kind == TYPE_FROZENSET || kind == TYPE_TUPLE;
        return builtin && name != NODE_NONE && named(node_text(tree, name), PURE_METHODS);
    }
    return false;
}
