/* Functions, closures and async blocks: their scopes, parameters, and what attributes say of them. */
#include "facts/rust_internal.h"

enum { CLIMB_MAX = 4 }; /* levels from the last leaf of an attribute or comment up to it */

/* The sibling before @p node where that is an attribute or a comment; NODE_NONE for anything else. */
static uint32_t attribute_before(const struct facts *facts, uint32_t node)
{
    const struct node *nodes = facts->tree->nodes;
    uint32_t parent = nodes[node].parent, at = node;

    if (parent == NODE_NONE || node == 0 || node - 1 <= parent)
        return NODE_NONE;
    at = node - 1;
    for (int i = 0; i < CLIMB_MAX && nodes[at].parent != parent; i++)
        at = nodes[at].parent;
    if (nodes[at].parent != parent)
        return NODE_NONE;
    return nodes[at].kind == RUST_sym_attribute_item || (nodes[at].flags & NODE_EXTRA) != 0 ? at : NODE_NONE;
}

static struct view last_word(struct view path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != ':')
        at--;
    return view_slice(path, at, path.len);
}

static bool has_word(struct view text, const char *word)
{
    struct view needle = view_of(word);
    for (size_t at = 0; (at = view_find(text, needle, at)) != SIZE_MAX; at++) {
        char before = at > 0 ? text.ptr[at - 1] : ' ';
        char after = at + needle.len < text.len ? text.ptr[at + needle.len] : ' ';
        bool joined = before == '_' || after == '_' || (before >= 'a' && before <= 'z') ||
                      (after >= 'a' && after <= 'z') || before == '"';
        if (!joined)
            return true;
    }
    return false;
}

static const struct attribute_flag {
    const char *name; /* last segment of the path */
    uint32_t flags;
    bool wants_arguments;
} ATTRIBUTES[] = {
    {"test", FUNCTION_TEST, false},
    {"rstest", FUNCTION_TEST, false},
    {"test_case", FUNCTION_TEST, false},
    {"quickcheck", FUNCTION_TEST, false},
    {"wasm_bindgen_test", FUNCTION_TEST, false},
    {"traced_test", FUNCTION_TEST, false},
    {"test_matrix", FUNCTION_TEST, false},
    {"proptest", FUNCTION_TEST, false},
    {"bench", FUNCTION_BENCH, false},
    {"get", FUNCTION_HANDLER, true},
    {"post", FUNCTION_HANDLER, true},
    {"put", FUNCTION_HANDLER, true},
    {"delete", FUNCTION_HANDLER, true},
    {"patch", FUNCTION_HANDLER, true},
    {"head", FUNCTION_HANDLER, true},
    {"options", FUNCTION_HANDLER, true},
    {"route", FUNCTION_HANDLER, true},
    {"handler", FUNCTION_HANDLER, false},
    {"Object", FUNCTION_HANDLER, false}, /* resolvers of GraphQL */
    {"graphql_object", FUNCTION_HANDLER, false},
    {"pyfunction", FUNCTION_EXPORTED, false},
    {"pymethods", FUNCTION_EXPORTED, false},
    {"no_mangle", FUNCTION_EXPORTED, false},
    {"wasm_bindgen", FUNCTION_EXPORTED, false},
    {"export_name", FUNCTION_EXPORTED, false},
    {"napi", FUNCTION_EXPORTED, false},
    {"nif", FUNCTION_EXPORTED, false},
    {"pymodule", FUNCTION_INIT, false},
    {"pymodule_init", FUNCTION_INIT, false},
    {"launch", FUNCTION_INIT, false},
    {"proc_macro", FUNCTION_INIT, false},
    {"proc_macro_derive", FUNCTION_INIT, false},
    {"proc_macro_attribute", FUNCTION_INIT, false},
    {"ctor", FUNCTION_INIT, false},
};

/* #[cfg(test)], and #[cfg_attr(x, test)]; not #[cfg(not(test))]. */
static bool is_test_cfg(struct view name, struct view text)
{
    return view_is(name, "cfg") && has_word(text, "test") && view_find(text, VIEW("not(test"), 0) == SIZE_MAX;
}

static uint32_t flags_of_attribute(const struct facts *facts, uint32_t item)
{
    uint32_t attribute = rust_child(facts, item, 0), path = rust_child(facts, attribute, 0);
    uint32_t arguments = rust_field(facts, attribute, RUST_field_arguments);
    struct view text = rust_text(facts, path), name = last_word(text);

    if (is_test_cfg(name, rust_text(facts, arguments)))
        return FUNCTION_TEST;
    if (view_is(text, "tonic::async_trait"))
        return FUNCTION_HANDLER;
    if (has_word(text, "unsafe") && has_word(rust_text(facts, item), "no_mangle"))
        return FUNCTION_EXPORTED; /* #[unsafe(no_mangle)] */
    if (view_is(text, "tokio::main") || view_is(text, "async_std::main") || view_is(text, "actix_web::main"))
        return FUNCTION_INIT;
    for (size_t i = 0; i < COUNT_OF(ATTRIBUTES); i++)
        if (view_is(name, ATTRIBUTES[i].name) && (!ATTRIBUTES[i].wants_arguments || arguments != NODE_NONE))
            return ATTRIBUTES[i].flags;
    return 0;
}

/* The flags that the attributes before @p item give, and where the first of them stands. */
static uint32_t flags_of_attributes(const struct facts *facts, uint32_t item, uint32_t *outer)
{
    uint32_t flags = 0, first = item;
    for (uint32_t at = item; (at = attribute_before(facts, at)) != NODE_NONE;)
        if (facts->tree->nodes[at].kind == RUST_sym_attribute_item) {
            flags |= flags_of_attribute(facts, at);
            first = at;
        }
    if (outer != NULL)
        *outer = first;
    return flags;
}

/* #![cfg(test)] at the head of the file. */
static uint32_t flags_of_file(const struct facts *facts)
{
    for (uint32_t at = node_first(facts->tree, 0); at != NODE_NONE; at = node_sibling(facts->tree, at))
        if (facts->tree->nodes[at].kind == RUST_sym_inner_attribute_item) {
            if ((flags_of_attribute(facts, at) & FUNCTION_TEST) != 0)
                return FUNCTION_TEST;
        } else if ((facts->tree->nodes[at].flags & NODE_EXTRA) == 0)
            break;
    return 0;
}

/* What the blocks around say: #[cfg(test)] mod, #[pymethods] impl. */
static uint32_t flags_of_surroundings(const struct facts *facts, uint32_t node)
{
    uint32_t flags = 0;
    for (uint32_t at = rust_parent(facts, node); at != NODE_NONE; at = facts->tree->nodes[at].parent)
        if (facts->tree->nodes[at].kind == RUST_sym_mod_item)
            flags |= flags_of_attributes(facts, at, NULL) & FUNCTION_TEST;
        else if (facts->tree->nodes[at].kind == RUST_sym_impl_item)
            flags |=
                flags_of_attributes(facts, at, NULL) & (FUNCTION_TEST | FUNCTION_EXPORTED | FUNCTION_HANDLER);
    return flags | flags_of_file(facts);
}

static uint32_t flags_of_parameters(const struct facts *facts, uint32_t parameters)
{
    for (uint32_t p = rust_child(facts, parameters, 0); p != NODE_NONE;
         p = node_sibling_named(facts->tree, p)) {
        struct view type = rust_text(facts, rust_field(facts, p, RUST_field_type));
        if (view_ends(type, "Criterion") || view_ends(type, "Bencher"))
            return FUNCTION_BENCH;
    }
    return 0;
}

static uint32_t flags_of_function(const struct facts *facts, uint32_t node, struct function *function)
{
    uint32_t flags = flags_of_attributes(facts, node, &function->outer) | flags_of_surroundings(facts, node);
    uint32_t outer = function->parent, visibility = NODE_NONE;

    flags |= flags_of_parameters(facts, rust_field(facts, node, RUST_field_parameters));
    for (uint32_t c = node_first(facts->tree, node); c != NODE_NONE; c = node_sibling(facts->tree, c))
        if (facts->tree->nodes[c].kind == RUST_sym_function_modifiers &&
            rust_has_child(facts, c, RUST_anon_sym_async))
            flags |= FUNCTION_ASYNC;
        else if (facts->tree->nodes[c].kind == RUST_sym_function_modifiers &&
                 rust_has_child(facts, c, RUST_sym_extern_modifier))
            flags |= FUNCTION_EXPORTED;
        else if (facts->tree->nodes[c].kind == RUST_sym_visibility_modifier)
            visibility = c;
    if (view_is(rust_text(facts, visibility), "pub"))
        flags |= FUNCTION_PUBLIC;
    if (function->class_node == NODE_NONE && outer == FACT_NONE &&
        view_is(rust_text(facts, function->name), "main"))
        flags |= FUNCTION_INIT;
    if (outer != FACT_NONE)
        flags |= facts->functions[outer].flags & (FUNCTION_TEST | FUNCTION_BENCH);
    return flags;
}

static enum err_code define_self(struct facts *facts, uint32_t parameter, uint32_t scope, struct err *err)
{
    struct def def = {.kind = DEF_PARAMETER,
                      .node = node_first(facts->tree, parameter),
                      .value = NODE_NONE,
                      .annotation = NODE_NONE};
    uint32_t name, binding;

    while (def.node != NODE_NONE && facts->tree->nodes[def.node].kind != RUST_sym_self)
        def.node = node_sibling(facts->tree, def.node);
    if (def.node == NODE_NONE)
        return ERR_OK;
    if (facts_intern(facts, VIEW("self"), &name, err) != ERR_OK ||
        facts_shadow(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_define(facts, binding, &def, err);
}

/* A parameter's own pattern, or the bare pattern that closures may have instead. */
/* `State(app): State<Arc<App>>`, as web frameworks have it: the name alone is of the type inside. */
static void look_inside(const struct facts *facts, uint32_t *pattern, uint32_t *type)
{
    uint32_t arguments = rust_field(facts, *type, RUST_field_type_arguments);
    uint32_t name = rust_field(facts, *pattern, RUST_field_type);

    if (rust_kind(facts, *pattern) != RUST_sym_tuple_struct_pattern ||
        rust_kind(facts, *type) != RUST_sym_generic_type || arguments == NODE_NONE ||
        node_named_count(facts->tree, arguments) != 1 || node_named_count(facts->tree, *pattern) != 2 ||
        !view_equal(rust_text(facts, name), rust_text(facts, rust_field(facts, *type, RUST_field_type))))
        return;
    *pattern = rust_child(facts, *pattern, 1);
    *type = rust_child(facts, arguments, 0);
}

static enum err_code bind_parameters(struct facts *facts, uint32_t list, uint32_t scope,
                                     const struct def *like, struct err *err)
{
    enum err_code code = ERR_OK;
    for (uint32_t p = rust_child(facts, list, 0); p != NODE_NONE && code == ERR_OK;
         p = node_sibling_named(facts->tree, p)) {
        struct def def = *like;
        uint16_t kind = facts->tree->nodes[p].kind;
        if (kind == RUST_sym_attribute_item)
            continue;
        if (kind == RUST_sym_self_parameter)
            code = define_self(facts, p, scope, err);
        else if (kind == RUST_sym_parameter) {
            uint32_t pattern = rust_field(facts, p, RUST_field_pattern);
            def.annotation = rust_field(facts, p, RUST_field_type);
            if (pattern != NODE_NONE && def.annotation != NODE_NONE)
                look_inside(facts, &pattern, &def.annotation);
            if (def.annotation != NODE_NONE)
                def.kind = DEF_PARAMETER;
            code = rust_kind(facts, pattern) == RUST_sym_self
                       ? define_self(facts, p, scope, err)
                       : rust_bind_pattern(facts, pattern, scope, &def, err);
        } else
            code = rust_bind_pattern(facts, p, scope, &def, err);
    }
    return code;
}

/* Record the function; the context of what stands inside goes to @p inside. */
static enum err_code add_function(struct facts *facts, struct function *function, uint32_t loop,
                                  struct context *inside, struct err *err)
{
    const struct context around = *facts_context(facts, function->node);
    enum err_code code =
        facts_add_scope(facts, SCOPE_FUNCTION, function->node, around.scope, &function->scope, err);

    *inside = (struct context){.loop = loop, .scope = function->scope};
    if (code == ERR_OK)
        code = facts_add_function(facts, function, &inside->function, err);
    return code;
}

static const struct def PLAIN_PARAMETER = {
    .kind = DEF_PARAMETER, .value = NODE_NONE, .annotation = NODE_NONE};

enum err_code rust_visit_function(struct facts *facts, uint32_t node, struct err *err)
{
    uint32_t around = rust_parent(facts, rust_parent(facts, node)), parameters;
    bool method =
        rust_kind(facts, rust_parent(facts, node)) == RUST_sym_declaration_list &&
        (rust_kind(facts, around) == RUST_sym_impl_item || rust_kind(facts, around) == RUST_sym_trait_item);
    struct function function = {.kind = method ? FUNCTION_METHOD : FUNCTION_NAMED,
                                .node = node,
                                .outer = node,
                                .name = rust_field(facts, node, RUST_field_name),
                                .body = rust_field(facts, node, RUST_field_body),
                                .parent = facts_context(facts, node)->function,
                                .class_node = method ? around : NODE_NONE};
    struct context inside;
    enum err_code code;

    if (function.body == NODE_NONE || function.name == NODE_NONE)
        return ERR_OK; /* a piece of a broken file */
    function.flags = flags_of_function(facts, node, &function);
    parameters = rust_field(facts, node, RUST_field_parameters);
    code = add_function(facts, &function, FACT_NONE, &inside, err);
    if (code == ERR_OK && parameters != NODE_NONE)
        code = rust_mark(facts, parameters, inside, err);
    if (code == ERR_OK)
        code = bind_parameters(facts, parameters, inside.scope, &PLAIN_PARAMETER, err);
    return code == ERR_OK ? rust_mark(facts, function.body, inside, err) : code;
}

enum err_code rust_visit_closure(struct facts *facts, uint32_t node, struct err *err)
{
    const struct context around = *facts_context(facts, node);
    uint32_t parameters = rust_field(facts, node, RUST_field_parameters), call, iterated, loop = around.loop;
    struct function function = {.kind = FUNCTION_LAMBDA,
                                .node = node,
                                .outer = node,
                                .name = NODE_NONE,
                                .body = rust_field(facts, node, RUST_field_body),
                                .parent = around.function,
                                .class_node = NODE_NONE,
                                .flags =
                                    rust_has_child(facts, node, RUST_anon_sym_async) ? FUNCTION_ASYNC : 0};
    struct def like = PLAIN_PARAMETER;
    struct context inside;
    enum err_code code = ERR_OK;

    if (function.body == NODE_NONE)
        return ERR_OK;
    if (rust_closure_loop(facts, node, &call, &iterated)) {
        code = rust_add_loop(facts,
                             (struct loop){.kind = LOOP_CLOSURE,
                                           .node = call,
                                           .iterated = iterated,
                                           .target = parameters,
                                           .body = function.body},
                             &loop, err);
        if (node_named_count(facts->tree, parameters) == 1)
            like = (struct def){.kind = DEF_LOOP, .value = iterated, .annotation = NODE_NONE};
    }
    if (code == ERR_OK)
        code = add_function(facts, &function, loop, &inside, err);
    if (code == ERR_OK && parameters != NODE_NONE) {
        code = rust_mark(facts, parameters, inside, err);
        if (code == ERR_OK)
            code = bind_parameters(facts, parameters, inside.scope, &like, err);
    }
    return code == ERR_OK ? rust_mark(facts, function.body, inside, err) : code;
}

enum err_code rust_visit_async_block(struct facts *facts, uint32_t node, struct err *err)
{
    const struct context around = *facts_context(facts, node);
    struct function function = {.kind = FUNCTION_BLOCK,
                                .node = node,
                                .outer = node,
                                .name = NODE_NONE,
                                .parent = around.function,
                                .class_node = NODE_NONE,
                                .flags = FUNCTION_ASYNC};
    struct context inside;
    enum err_code code;

    function.body = rust_child(facts, node, 0);
    if (function.body == NODE_NONE)
        return ERR_OK;
    code = add_function(facts, &function, around.loop, &inside, err);
    return code == ERR_OK ? rust_mark(facts, function.body, inside, err) : code;
}
