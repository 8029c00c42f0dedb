/* Which of Python's calls only compute. Source: the language's own library reference. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

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

bool python_named(struct view text, const char *const *names)
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

/* A function of the module, called by its name: nothing else can stand behind it. */
static bool calls_pure_function(struct facts *facts, uint32_t call, uint32_t named)
{
    uint32_t function =
        facts->tree->nodes[named].kind == PYTHON_sym_identifier ? facts_callee(facts, call) : FACT_NONE;
    return function != FACT_NONE && facts->functions[function].kind == FUNCTION_NAMED &&
           python_pure_function(facts, function);
}

bool python_pure_call(struct facts *facts, uint32_t call)
{
    const struct tree *tree = facts->tree;
    uint32_t function = node_field(tree, call, PYTHON_field_function);
    struct view path = facts_path(facts, function);

    if (function == NODE_NONE)
        return false;
    if (calls_pure_function(facts, call, function) || python_named(path, PURE_CALLS) ||
        prefixed(path, PURE_PREFIXES))
        return true;
    if (tree->nodes[function].kind == PYTHON_sym_attribute) {
        uint32_t object = node_field(tree, function, PYTHON_field_object);
        uint32_t name = node_field(tree, function, PYTHON_field_attribute);
        enum type_kind kind = facts_type(facts, object)->kind;
        bool builtin = kind == TYPE_STR || kind == TYPE_BYTES || kind == TYPE_DICT || kind == TYPE_LIST ||
                       kind == TYPE_SET || kind == TYPE_FROZENSET || kind == TYPE_TUPLE;
        return builtin && name != NODE_NONE && python_named(node_text(tree, name), PURE_METHODS);
    }
    return false;
}
