/* The one pass over the tree that every language shares, and the plain look-ups on its result. */
#include "facts_table.h"
#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"

enum { TYPE_DEPTH_MAX = 200 }; /* expressions and names whose types rest on each other */

static const struct facts_language *const LANGUAGES[] = {
    [LANGUAGE_PYTHON] = &FACTS_PYTHON,
    [LANGUAGE_RUST] = &FACTS_RUST,
};

const struct facts_language *facts_language_of(const struct facts *facts)
{
    return LANGUAGES[facts->tree->language];
}

bool kind_in(uint16_t kind, const uint16_t *list)
{
    while (*list != KIND_NONE && *list != kind)
        list++;
    return *list != KIND_NONE;
}

/* Append one record to a growing array of struct facts. */
#define ADD(facts, name, record, out, err)                                                                   \
    do {                                                                                                     \
        if ((facts)->name##_count == (facts)->name##_cap &&                                                  \
            arena_grow((facts)->arena, (void **)&(facts)->name##s, (facts)->name##_count,                    \
                       &(facts)->name##_cap, sizeof(*(facts)->name##s), err) != ERR_OK)                      \
            return ERR_LIMIT;                                                                                \
        *(out) = (uint32_t)(facts)->name##_count++;                                                          \
        (facts)->name##s[*(out)] = (record);                                                                 \
    } while (0)

enum err_code facts_add_scope(struct facts *facts, enum scope_kind kind, uint32_t node, uint32_t parent,
                              uint32_t *out, struct err *err)
{
    struct scope scope = {kind, node, parent};
    ADD(facts, scope, scope, out, err);
    return ERR_OK;
}

enum err_code facts_add_loop(struct facts *facts, const struct loop *loop, uint32_t *out, struct err *err)
{
    ADD(facts, loop, *loop, out, err);
    return ERR_OK;
}

enum err_code facts_add_function(struct facts *facts, const struct function *function, uint32_t *out,
                                 struct err *err)
{
    ADD(facts, function, *function, out, err);
    return ERR_OK;
}

enum err_code facts_add_context(struct facts *facts, struct context context, uint32_t *out, struct err *err)
{
    ADD(facts, context, context, out, err);
    return ERR_OK;
}

void facts_mark(struct facts *facts, uint32_t child, uint32_t context)
{
    facts->tree->nodes[child].context = context + 1;
}

enum err_code facts_define(struct facts *facts, uint32_t binding, const struct def *def, struct err *err)
{
    struct binding *b;
    struct def record = *def;
    uint32_t index;

    record.next = FACT_NONE;
    ADD(facts, def, record, &index, err);
    b = &facts->bindings[binding];
    if (b->last_def == FACT_NONE)
        b->first_def = index;
    else
        facts->defs[b->last_def].next = index;
    b->last_def = index;
    b->def_count++;
    facts->tree->nodes[def->node].flags |= NODE_BINDS;
    facts->tree->nodes[def->node].binding = binding + 1;
    return ERR_OK;
}

static enum err_code add_use(struct facts *facts, uint32_t node, uint32_t binding, struct err *err)
{
    struct binding *b;
    struct use use = {node, FACT_NONE};
    uint32_t index;

    ADD(facts, use, use, &index, err);
    b = &facts->bindings[binding];
    if (b->last_use == FACT_NONE)
        b->first_use = index;
    else
        facts->uses[b->last_use].next = index;
    b->last_use = index;
    b->use_count++;
    facts->tree->nodes[node].binding = binding + 1;
    return ERR_OK;
}

enum err_code facts_use(struct facts *facts, uint32_t node, uint32_t binding, struct err *err)
{
    struct facts_table *table = facts->table;
    uint32_t name;

    if (binding != FACT_NONE)
        return add_use(facts, node, binding, err);
    if (facts_intern(facts, node_text(facts->tree, node), &name, err) != ERR_OK ||
        (table->pending_count == table->pending_cap &&
         arena_grow(facts->arena, (void **)&table->pending, table->pending_count, &table->pending_cap,
                    sizeof(*table->pending), err) != ERR_OK))
        return ERR_LIMIT;
    table->pending[table->pending_count++] = (struct pending_use){node, name};
    return ERR_OK;
}

uint32_t facts_resolve(const struct facts *facts, uint32_t scope, uint32_t name)
{
    for (uint32_t at = scope; at != FACT_NONE; at = facts->scopes[at].parent) {
        uint32_t binding;
        if (at != scope && facts->scopes[at].kind == SCOPE_CLASS)
            continue;
        if ((binding = facts_lookup(facts, at, name)) != FACT_NONE)
            return binding;
    }
    return FACT_NONE;
}

static enum err_code resolve_pending(struct facts *facts, struct err *err)
{
    for (size_t i = 0; i < facts->table->pending_count; i++) {
        struct pending_use use = facts->table->pending[i];
        uint32_t scope = facts_context(facts, use.node)->scope;
        uint32_t binding = facts_resolve(facts, scope, use.name);
        if (binding != FACT_NONE && add_use(facts, use.node, binding, err) != ERR_OK)
            return ERR_LIMIT;
    }
    return ERR_OK;
}

static enum err_code walk(struct facts *facts, struct err *err)
{
    const struct facts_language *language = facts_language_of(facts);
    struct node *nodes = facts->tree->nodes;
    enum err_code code = ERR_OK;

    for (uint32_t i = 0; i < facts->tree->count && code == ERR_OK; i++) {
        if (nodes[i].context == 0)
            nodes[i].context = nodes[nodes[i].parent].context;
        code = language->visit(facts, i, err);
    }
    return code;
}

enum err_code facts_build(struct tree *tree, struct arena *arena, struct facts **out, struct err *err)
{
    return facts_build_around(tree, &(struct facts_around){0}, arena, out, err);
}

enum err_code facts_build_around(struct tree *tree, const struct facts_around *around, struct arena *arena,
                                 struct facts **out, struct err *err)
{
    struct facts *facts = ARENA_NEW(arena, struct facts);
    uint32_t module, context;
    enum err_code code;

    if (facts == NULL)
        return arena_full(arena, err);
    facts->tree = tree;
    facts->arena = arena;
    facts->project = around->project != NULL ? around->project : &PROJECT_UNKNOWN;
    facts->models = around->models;
    facts->natives = around->natives;
    code = facts_table_init(facts, err);
    if (code == ERR_OK)
        code = facts_add_scope(facts, SCOPE_MODULE, 0, FACT_NONE, &module, err);
    if (code == ERR_OK)
        code = facts_add_context(facts, (struct context){FACT_NONE, FACT_NONE, module}, &context, err);
    if (code != ERR_OK)
        return code;
    facts_mark(facts, 0, context);
    code = walk(facts, err);
    if (code == ERR_OK)
        code = resolve_pending(facts, err);
    if (code == ERR_OK)
        code = facts_order(facts, err);
    if (code == ERR_OK && facts_language_of(facts)->finish != NULL)
        code = facts_language_of(facts)->finish(facts, err);
    if (code != ERR_OK)
        return code;
    for (size_t i = 0; i < facts->loop_count; i++)
        if (facts->loops[i].trips < 0 && facts->loops[i].iterated != NODE_NONE &&
            facts->loops[i].kind != LOOP_WHILE)
            facts->loops[i].trips = facts_length(facts, facts->loops[i].iterated);
    *out = facts;
    return ERR_OK;
}

const struct context *facts_context(const struct facts *facts, uint32_t node)
{
    return &facts->contexts[facts->tree->nodes[node].context - 1];
}

const struct loop *facts_loop(const struct facts *facts, uint32_t node)
{
    uint32_t loop = facts_context(facts, node)->loop;
    return loop != FACT_NONE ? &facts->loops[loop] : NULL;
}

const struct function *facts_function(const struct facts *facts, uint32_t node)
{
    uint32_t function = facts_context(facts, node)->function;
    return function != FACT_NONE ? &facts->functions[function] : NULL;
}

const struct function *facts_named_function(const struct facts *facts, uint32_t node)
{
    uint32_t at = facts_context(facts, node)->function;
    while (at != FACT_NONE && facts->functions[at].name == NODE_NONE)
        at = facts->functions[at].parent;
    return at != FACT_NONE ? &facts->functions[at] : NULL;
}

static uint32_t with_decorators(const struct facts *facts, uint32_t node)
{
    uint32_t parent = facts->tree->nodes[node].parent;
    return facts->tree->language == LANGUAGE_PYTHON && parent != NODE_NONE &&
                   facts->tree->nodes[parent].kind == PYTHON_sym_decorated_definition
               ? parent
               : node;
}

/* The function or class that @p node is, or is the name of. */
static uint32_t defined_at(const struct facts *facts, uint32_t node)
{
    const struct binding *binding;

    if (facts->tree->language == LANGUAGE_PYTHON &&
        (facts->tree->nodes[node].kind == PYTHON_sym_class_definition ||
         facts->tree->nodes[node].kind == PYTHON_sym_function_definition))
        return node;
    if ((facts->tree->nodes[node].flags & NODE_BINDS) == 0 || (binding = facts_binding(facts, node)) == NULL)
        return NODE_NONE;
    for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
        if (facts->defs[d].node == node &&
            (facts->defs[d].kind == DEF_CLASS || facts->defs[d].kind == DEF_FUNCTION))
            return facts->defs[d].value;
    return NODE_NONE;
}

uint32_t facts_definition(const struct facts *facts, uint32_t node)
{
    uint32_t own = defined_at(facts, node);
    const struct function *function;

    if (own != NODE_NONE && (function = facts_named_function(facts, node)) != NULL && function->node == own)
        return function->outer;
    if (own != NODE_NONE)
        return with_decorators(facts, own);
    if ((function = facts_named_function(facts, node)) != NULL)
        return function->outer;
    for (uint32_t at = facts_context(facts, node)->scope; at != FACT_NONE; at = facts->scopes[at].parent)
        if (facts->scopes[at].kind == SCOPE_CLASS)
            return with_decorators(facts, facts->scopes[at].node);
    return NODE_NONE;
}

/* The name of a class, or of the type that an impl block is for. */
static struct view class_name(const struct facts *facts, uint32_t class_node)
{
    const struct tree *tree = facts->tree;
    uint32_t name;

    if (class_node == NODE_NONE)
        return VIEW("");
    if (tree->language == LANGUAGE_PYTHON)
        name = node_field(tree, class_node, PYTHON_field_name);
    else {
        name = node_field(tree, class_node, RUST_field_type); /* an impl */
        if (name == NODE_NONE)
            name = node_field(tree, class_node, RUST_field_name); /* a trait */
    }
    return name != NODE_NONE ? node_text(tree, name) : VIEW("");
}

struct view facts_function_name(const struct facts *facts, const struct function *function)
{
    struct view name, class;

    if (function == NULL || function->name == NODE_NONE)
        return VIEW("");
    name = node_text(facts->tree, function->name);
    class = class_name(facts, function->class_node);
    if (class.len == 0)
        return name;
    return arena_format(facts->arena, "%.*s%s%.*s", VIEW_ARG(class),
                        facts->tree->language == LANGUAGE_PYTHON ? "." : "::", VIEW_ARG(name));
}

bool facts_in_async(const struct facts *facts, uint32_t node)
{
    const struct function *function = facts_function(facts, node);

    if (function == NULL || (function->flags & FUNCTION_ASYNC) == 0)
        return false;
    for (uint32_t at = node; at != NODE_NONE && at > function->node; at = facts->tree->nodes[at].parent)
        if (facts_language_of(facts)->off_loop(facts, at))
            return false;
    return true;
}

const struct binding *facts_binding(const struct facts *facts, uint32_t node)
{
    uint32_t binding = facts->tree->nodes[node].binding;
    return binding != 0 ? &facts->bindings[binding - 1] : NULL;
}

uint32_t facts_root_name(const struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    const struct node *nodes = facts->tree->nodes;

    while (node != NODE_NONE && !kind_in(nodes[node].kind, language->names)) {
        if (!kind_in(nodes[node].kind, language->members))
            return NODE_NONE;
        node = node_first_named(facts->tree, node);
    }
    return node;
}

const struct def *facts_only_def(const struct facts *facts, uint32_t node)
{
    const struct binding *binding = facts_binding(facts, node);
    return binding != NULL && binding->def_count == 1 ? &facts->defs[binding->first_def] : NULL;
}

/* Kept by node: a chain of n calls would otherwise be looked at 2^n times. An expression that asks for its
 * own type on the way finds "unknown". */
const struct type *facts_type(struct facts *facts, uint32_t node)
{
    const struct type *type;

    if (node == NODE_NONE)
        return &TYPE_IS_UNKNOWN;
    if (facts->types == NULL)
        facts->types = ARENA_ARRAY(facts->arena, const struct type *, facts->tree->count);
    if (facts->types == NULL)
        return &TYPE_IS_UNKNOWN; /* the arena is full: knowing nothing is always allowed */
    if (facts->types[node] != NULL)
        return facts->types[node];
    if (facts->type_depth == TYPE_DEPTH_MAX)
        return &TYPE_IS_UNKNOWN;
    facts->types[node] = &TYPE_IS_UNKNOWN;
    facts->type_depth++;
    type = facts_language_of(facts)->type_of(facts, node);
    facts->type_depth--;
    facts->types[node] = type != NULL ? type : &TYPE_IS_UNKNOWN;
    return facts->types[node];
}

struct view facts_path(struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts_language_of(facts)->path_of(facts, node) : VIEW("");
}

bool facts_sized(struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    return node != NODE_NONE && language->sized != NULL && language->sized(facts, node);
}
