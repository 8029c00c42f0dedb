/* Predicates on what a loop walks, what grows in it or leaves it, and what names say of sizes. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"
#include <string.h>

/* Its own text, or what gives it its value. */
static bool reads_like(struct look *look, const struct predicate *predicate, uint32_t node)
{
    return pattern_matches(predicate->regex, node_text(look->tree, node)) ||
           holds_origin_text(look, predicate, node, NODE_NONE);
}

bool holds_reads_like(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return reads_like(look, predicate, a);
}

bool holds_loop_reads_like(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)b;
    return loop != NULL && loop->iterated != NODE_NONE && reads_like(look, predicate, loop->iterated);
}

bool holds_grows_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_fills_in(look->facts, a, loop->node);
}

bool holds_escapes_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate;
    return loop != NULL && facts_escapes_in(look->facts, a, loop->node, b);
}

bool holds_reads(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct node *nodes = look->tree->nodes;

    (void)predicate;
    for (uint32_t at = b; at < nodes[b].next; at++) {
        if (nodes[at].binding == 0 || (nodes[at].flags & NODE_BINDS) == 0)
            continue;
        for (uint32_t read = a; read < nodes[a].next; read++)
            if (nodes[read].binding == nodes[at].binding && read != at)
                return true;
    }
    return false;
}

/* The longest chain of attributes that begins at the name @p node: `a.b.c` for `a`. */
static struct view chain_text(const struct look *look, uint32_t node)
{
    const struct node *nodes = look->tree->nodes;

    while (nodes[node].parent != NODE_NONE && nodes[node].parent + 1 == node &&
           nodes[nodes[node].parent].kind == PYTHON_sym_attribute)
        node = nodes[node].parent;
    return node_text(look->tree, node);
}

bool holds_shares_variable(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct node *nodes = look->tree->nodes;

    (void)predicate;
    for (uint32_t one = a; one < nodes[a].next; one++) {
        if (nodes[one].binding == 0)
            continue;
        for (uint32_t other = b; other < nodes[b].next; other++) {
            struct view first, second;
            if (nodes[other].binding != nodes[one].binding)
                continue;
            first = chain_text(look, one);
            second = chain_text(look, other);
            if (memcmp(first.ptr, second.ptr, first.len < second.len ? first.len : second.len) == 0)
                return true;
        }
    }
    return false;
}

static bool listed(struct view text, const char *const *names)
{
    while (*names != NULL && !view_is(text, *names))
        names++;
    return *names != NULL;
}

/* A builtin, or a method of a builtin type, that takes some tens of nanoseconds whatever it is given. */
static bool is_cheap_call(struct look *look, uint32_t call)
{
    static const char *const FUNCTIONS[] = {"len", "abs",  "int",   "float", "bool",   "ord",        "chr",
                                            "min", "max",  "round", "id",    "type",   "isinstance", "hash",
                                            "str", "repr", "range", "zip",   "divmod", "enumerate",  NULL};
    static const char *const METHODS[] = {"append",  "add",   "discard",    "pop",        "popleft",
                                          "get",     "items", "keys",       "values",     "setdefault",
                                          "strip",   "lower", "upper",      "startswith", "endswith",
                                          "isdigit", "find",  "appendleft", NULL};
    const struct tree *tree = look->tree;
    uint32_t function = node_field(tree, call, PYTHON_field_function), object, name;
    enum type_kind kind;

    if (function == NODE_NONE || tree->nodes[function].kind != PYTHON_sym_attribute)
        return function != NODE_NONE && listed(look_path(look, function), FUNCTIONS);
    object = node_field(tree, function, PYTHON_field_object);
    name = node_field(tree, function, PYTHON_field_attribute);
    kind = facts_type(look->facts, object)->kind;
    return kind != TYPE_UNKNOWN && kind != TYPE_INSTANCE && kind != TYPE_CLASS && kind != TYPE_FILE &&
           name != NODE_NONE && listed(node_text(tree, name), METHODS);
}

bool holds_light_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    static const uint16_t HEAVY[] = {PYTHON_sym_await,
                                     PYTHON_sym_yield,
                                     PYTHON_sym_with_statement,
                                     PYTHON_sym_for_statement,
                                     PYTHON_sym_while_statement,
                                     PYTHON_sym_list_comprehension,
                                     PYTHON_sym_set_comprehension,
                                     PYTHON_sym_dictionary_comprehension,
                                     PYTHON_sym_generator_expression,
                                     PYTHON_sym_function_definition,
                                     PYTHON_sym_class_definition,
                                     PYTHON_sym_import_statement,
                                     PYTHON_sym_import_from_statement};
    const struct loop *loop = facts_loop(look->facts, a);
    const struct node *nodes = look->tree->nodes;

    (void)predicate, (void)b;
    if (loop == NULL || look->tree->language != LANGUAGE_PYTHON)
        return false;
    for (uint32_t at = loop->body; at < nodes[loop->body].next; at++) {
        if (at == a)
            at = nodes[a].next;
        if (at >= nodes[loop->body].next)
            break;
        if (nodes[at].kind == PYTHON_sym_call && !is_cheap_call(look, at))
            return false;
        for (size_t i = 0; i < COUNT_OF(HEAVY); i++)
            if (nodes[at].kind == HEAVY[i])
                return false;
    }
    return true;
}

bool holds_reads_loop_names(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_reads_bound_in(look->facts, a, loop);
}
