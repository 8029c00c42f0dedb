/* Python's part of the one pass: what opens a function, a loop or a scope, what binds a name, what uses one.
 * Names are resolved after the pass, since a function may use what is defined below it. */
#include "facts/facts_internal.h"
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

enum { TARGET_DEPTH_MAX = 16 }; /* nesting of an unpacking target; deeper ones bind nothing */

static uint32_t scope_of(const struct facts *facts, uint32_t node)
{
    return facts_context(facts, node)->scope;
}

static enum err_code define_name(struct facts *facts, uint32_t scope, struct def def, struct err *err)
{
    uint32_t name, binding;

    if (facts_intern(facts, node_text(facts->tree, def.node), &name, err) != ERR_OK ||
        facts_declare(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_define(facts, binding, &def, err);
}

/* The scope that holds self.NAME for a method around @p node; FACT_NONE. By convention the receiver is
 * called self or cls; each class scope is followed by its attributes' scope. */
static uint32_t attribute_scope(const struct facts *facts, uint32_t attribute)
{
    const struct tree *tree = facts->tree;
    uint32_t object = node_field(tree, attribute, PYTHON_field_object), at;
    struct view text;

    if (object == NODE_NONE || tree->nodes[object].kind != PYTHON_sym_identifier)
        return FACT_NONE;
    text = node_text(tree, object);
    if (!view_is(text, "self") && !view_is(text, "cls"))
        return FACT_NONE;
    for (at = scope_of(facts, attribute); at != FACT_NONE; at = facts->scopes[at].parent)
        if (facts->scopes[at].kind == SCOPE_CLASS)
            return at + 1;
    return FACT_NONE;
}

static enum err_code define_attribute(struct facts *facts, struct def def, struct err *err)
{
    uint32_t scope = attribute_scope(facts, def.node), name, binding;
    uint32_t field = node_field(facts->tree, def.node, PYTHON_field_attribute);

    if (scope == FACT_NONE || field == NODE_NONE)
        return ERR_OK;
    if (facts_intern(facts, node_text(facts->tree, field), &name, err) != ERR_OK ||
        facts_declare(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_define(facts, binding, &def, err);
}

/* Define every name of an assignment target; @p def gives kind and value, its node is filled in. */
static enum err_code define_target(struct facts *facts, uint32_t scope, uint32_t target, struct def def,
                                   int depth, struct err *err)
{
    const struct tree *tree = facts->tree;
    enum err_code code = ERR_OK;

    if (target == NODE_NONE || depth > TARGET_DEPTH_MAX)
        return ERR_OK;
    def.node = target;
    switch (tree->nodes[target].kind) {
    case PYTHON_sym_identifier:
        return define_name(facts, scope, def, err);
    case PYTHON_sym_attribute:
        /* The context is the parent's: the target has not been visited yet. */
        if (tree->nodes[target].context == 0)
            facts_mark(facts, target, tree->nodes[tree->nodes[target].parent].context - 1);
        return define_attribute(facts, def, err);
    case PYTHON_sym_pattern_list:
    case PYTHON_sym_tuple_pattern:
    case PYTHON_sym_list_pattern:
    case PYTHON_sym_tuple:
    case PYTHON_sym_list:
    case PYTHON_sym_list_splat_pattern:
    case PYTHON_alias_sym_as_pattern_target:
    case PYTHON_sym_parenthesized_expression:
        if (tree->nodes[target].kind != PYTHON_alias_sym_as_pattern_target &&
            tree->nodes[target].kind != PYTHON_sym_parenthesized_expression)
            def.kind = def.kind == DEF_ASSIGN ? DEF_UNPACK : def.kind;
        for (uint32_t c = node_first_named(tree, target); c != NODE_NONE && code == ERR_OK;
             c = node_sibling_named(tree, c)) {
            if (tree->nodes[c].context == 0)
                facts_mark(facts, c,
                           tree->nodes[target].context != 0
                               ? tree->nodes[target].context - 1
                               : tree->nodes[tree->nodes[target].parent].context - 1);
            code = define_target(facts, scope, c, def, depth + 1, err);
        }
        return code;
    default:
        return ERR_OK; /* a subscript changes an object, it binds no name */
    }
}

static bool has_token(const struct tree *tree, uint32_t node, uint16_t token)
{
    for (uint32_t c = node_first(tree, node); c != NODE_NONE; c = node_sibling(tree, c))
        if (tree->nodes[c].kind == token)
            return true;
        else if ((tree->nodes[c].flags & NODE_NAMED) != 0)
            break;
    return false;
}

static enum err_code define_parameters(struct facts *facts, uint32_t parameters, uint32_t scope,
                                       struct err *err)
{
    const struct tree *tree = facts->tree;
    enum err_code code = ERR_OK;

    if (parameters == NODE_NONE)
        return ERR_OK;
    for (uint32_t p = node_first_named(tree, parameters); p != NODE_NONE && code == ERR_OK;
         p = node_sibling_named(tree, p)) {
        struct def def = {.kind = DEF_PARAMETER, .node = p, .value = NODE_NONE, .annotation = NODE_NONE};

        switch (tree->nodes[p].kind) {
        case PYTHON_sym_identifier:
            break;
        case PYTHON_sym_default_parameter:
        case PYTHON_sym_typed_default_parameter:
            def.node = node_field(tree, p, PYTHON_field_name);
            def.value = node_field(tree, p, PYTHON_field_value);
            def.annotation = node_field(tree, p, PYTHON_field_type);
            break;
        case PYTHON_sym_typed_parameter:
            def.node = node_first_named(tree, p);
            def.annotation = node_field(tree, p, PYTHON_field_type);
            if (def.node != NODE_NONE && tree->nodes[def.node].kind != PYTHON_sym_identifier) {
                def.annotation = NODE_NONE; /* of the elements of *args, not of args */
                def.kind = DEF_OTHER;
                def.node = node_first_named(tree, def.node);
            }
            break;
        case PYTHON_sym_list_splat_pattern:
        case PYTHON_sym_dictionary_splat_pattern:
            def.kind = DEF_OTHER;
            def.node = node_first_named(tree, p);
            break;
        default:
            continue;
        }
        if (def.node != NODE_NONE && tree->nodes[def.node].kind == PYTHON_sym_identifier)
            code = define_name(facts, scope, def, err);
    }
    return code;
}

static enum err_code open_function(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    struct context here = *facts_context(facts, node);
    bool named = tree->nodes[node].kind == PYTHON_sym_function_definition;
    uint32_t parent = tree->nodes[node].parent, context;
    struct function function = {.kind = named ? FUNCTION_NAMED : FUNCTION_LAMBDA,
                                .node = node,
                                .outer = node,
                                .name = named ? node_field(tree, node, PYTHON_field_name) : NODE_NONE,
                                .body = node_field(tree, node, PYTHON_field_body),
                                .parent = here.function,
                                .class_node = NODE_NONE};
    enum err_code code;

    if (named && has_token(tree, node, PYTHON_anon_sym_async))
        function.flags |= FUNCTION_ASYNC;
    if (parent != NODE_NONE && tree->nodes[parent].kind == PYTHON_sym_decorated_definition)
        function.outer = parent;
    if (named && facts->scopes[here.scope].kind == SCOPE_CLASS) {
        function.kind = FUNCTION_METHOD;
        function.class_node = facts->scopes[here.scope].node;
    }
    code = facts_add_scope(facts, SCOPE_FUNCTION, node, here.scope, &function.scope, err);
    if (code == ERR_OK)
        code = facts_add_function(facts, &function, &here.function, err);
    if (code == ERR_OK && function.name != NODE_NONE)
        code = define_name(
            facts, here.scope,
            (struct def){.kind = DEF_FUNCTION, .node = function.name, .value = node, .annotation = NODE_NONE},
            err);
    if (code == ERR_OK)
        code = define_parameters(facts, node_field(tree, node, PYTHON_field_parameters), function.scope, err);
    here = (struct context){.loop = FACT_NONE, .function = here.function, .scope = function.scope};
    if (code == ERR_OK)
        code = facts_add_context(facts, here, &context, err);
    if (code == ERR_OK && function.body != NODE_NONE)
        facts_mark(facts, function.body, context);
    return code;
}

static enum err_code open_class(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    struct context here = *facts_context(facts, node);
    uint32_t name = node_field(tree, node, PYTHON_field_name),
             body = node_field(tree, node, PYTHON_field_body);
    uint32_t attributes, context;
    enum err_code code = ERR_OK;

    if (name != NODE_NONE)
        code = define_name(
            facts, here.scope,
            (struct def){.kind = DEF_CLASS, .node = name, .value = node, .annotation = NODE_NONE}, err);
    if (code == ERR_OK)
        code = facts_add_scope(facts, SCOPE_CLASS, node, here.scope, &here.scope, err);
    if (code == ERR_OK)
        code = facts_add_scope(facts, SCOPE_ATTRIBUTES, node, FACT_NONE, &attributes, err);
    if (code == ERR_OK)
        code = facts_add_context(facts, here, &context, err);
    if (code == ERR_OK && body != NODE_NONE)
        facts_mark(facts, body, context);
    return code;
}

static enum err_code add_loop(struct facts *facts, struct loop loop, struct context here, uint32_t scope,
                              uint32_t *context, struct err *err)
{
    uint32_t index;

    loop.parent = here.loop;
    loop.function = here.function;
    loop.depth = here.loop != FACT_NONE ? facts->loops[here.loop].depth + 1 : 1;
    loop.trips = -1;
    if (facts_add_loop(facts, &loop, &index, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_add_context(facts, (struct context){index, here.function, scope}, context, err);
}

static enum err_code open_for(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    struct context here = *facts_context(facts, node);
    struct loop loop = {.kind = has_token(tree, node, PYTHON_anon_sym_async) ? LOOP_ASYNC_FOR : LOOP_FOR,
                        .node = node,
                        .iterated = node_field(tree, node, PYTHON_field_right),
                        .target = node_field(tree, node, PYTHON_field_left),
                        .body = node_field(tree, node, PYTHON_field_body)};
    uint32_t context;

    if (loop.target == NODE_NONE || loop.body == NODE_NONE)
        return ERR_OK;
    if (add_loop(facts, loop, here, here.scope, &context, err) != ERR_OK)
        return ERR_LIMIT;
    facts_mark(facts, loop.target, context);
    facts_mark(facts, loop.body, context);
    return define_target(facts, here.scope, loop.target,
                         (struct def){.kind = DEF_LOOP, .value = loop.iterated, .annotation = NODE_NONE}, 0,
                         err);
}

static enum err_code open_while(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    struct context here = *facts_context(facts, node);
    struct loop loop = {.kind = LOOP_WHILE,
                        .node = node,
                        .target = NODE_NONE,
                        .iterated = node_field(tree, node, PYTHON_field_condition),
                        .body = node_field(tree, node, PYTHON_field_body)};
    uint32_t context;

    if (loop.iterated == NODE_NONE || loop.body == NODE_NONE)
        return ERR_OK;
    if (tree->nodes[loop.iterated].kind == PYTHON_sym_true || view_is(node_text(tree, loop.iterated), "1"))
        loop.kind = LOOP_FOREVER;
    if (add_loop(facts, loop, here, here.scope, &context, err) != ERR_OK)
        return ERR_LIMIT;
    facts_mark(facts, loop.iterated, context);
    facts_mark(facts, loop.body, context);
    return ERR_OK;
}

/* One clause after the other: each walks its iterable in the context of the one before it. */
static enum err_code open_comprehension(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    uint32_t context = tree->nodes[node].context - 1, body = node_field(tree, node, PYTHON_field_body), scope;
    enum err_code code =
        facts_add_scope(facts, SCOPE_COMPREHENSION, node, scope_of(facts, node), &scope, err);

    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE && code == ERR_OK;
         c = node_sibling_named(tree, c)) {
        struct context before = facts->contexts[context];
        struct loop loop = {.kind = LOOP_COMPREHENSION, .node = node, .body = node};

        if (tree->nodes[c].kind == PYTHON_sym_if_clause)
            facts_mark(facts, c, context);
        if (tree->nodes[c].kind != PYTHON_sym_for_in_clause)
            continue;
        loop.kind = has_token(tree, c, PYTHON_anon_sym_async) ? LOOP_ASYNC_FOR : LOOP_COMPREHENSION;
        loop.target = node_field(tree, c, PYTHON_field_left);
        loop.iterated = node_field(tree, c, PYTHON_field_right);
        if (loop.target == NODE_NONE || loop.iterated == NODE_NONE)
            continue;
        facts_mark(facts, loop.iterated, context);
        code = add_loop(facts, loop, before, scope, &context, err);
        if (code != ERR_OK)
            return code;
        facts_mark(facts, c, context);
        code = define_target(facts, scope, loop.target,
                             (struct def){.kind = DEF_LOOP, .value = loop.iterated, .annotation = NODE_NONE},
                             0, err);
    }
    if (body != NODE_NONE)
        facts_mark(facts, body, context);
    return code;
}

static enum err_code visit_assignment(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    uint32_t value = node_field(tree, node, PYTHON_field_right);
    struct def def = {.kind = DEF_ASSIGN, .annotation = node_field(tree, node, PYTHON_field_type)};

    if (tree->nodes[node].kind == PYTHON_sym_augmented_assignment)
        def.kind = DEF_AUGMENT;
    while (value != NODE_NONE && tree->nodes[value].kind == PYTHON_sym_assignment) /* a = b = value */
        value = node_field(tree, value, PYTHON_field_right);
    def.value = value;
    return define_target(facts, scope_of(facts, node), node_field(tree, node, PYTHON_field_left), def, 0,
                         err);
}

/* A walrus binds in the function or module around its comprehension. */
static enum err_code visit_walrus(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    uint32_t scope = scope_of(facts, node), name = node_field(tree, node, PYTHON_field_name);

    while (facts->scopes[scope].kind == SCOPE_COMPREHENSION)
        scope = facts->scopes[scope].parent;
    return define_target(facts, scope, name,
                         (struct def){.kind = DEF_ASSIGN,
                                      .value = node_field(tree, node, PYTHON_field_value),
                                      .annotation = NODE_NONE},
                         0, err);
}

static enum err_code define_import(struct facts *facts, uint32_t scope, uint32_t name, struct view path,
                                   struct err *err)
{
    return define_name(
        facts, scope,
        (struct def){
            .kind = DEF_IMPORT, .node = name, .value = NODE_NONE, .annotation = NODE_NONE, .path = path},
        err);
}

/* import a.b, c as d: binds a (to "a") and d (to "c"). */
static enum err_code visit_import(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    enum err_code code = ERR_OK;

    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE && code == ERR_OK;
         c = node_sibling_named(tree, c)) {
        uint32_t dotted = c, alias = NODE_NONE;
        if (tree->nodes[c].kind == PYTHON_sym_aliased_import) {
            dotted = node_field(tree, c, PYTHON_field_name);
            alias = node_field(tree, c, PYTHON_field_alias);
        }
        if (dotted == NODE_NONE)
            continue;
        if (alias == NODE_NONE)
            alias = dotted = node_first_named(tree, dotted);
        if (alias != NODE_NONE)
            code = define_import(facts, scope_of(facts, node), alias, node_text(tree, dotted), err);
    }
    return code;
}

/* from a.b import c, d as e: binds c (to "a.b.c") and e (to "a.b.d"). */
static enum err_code visit_import_from(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    uint32_t module = node_field(tree, node, PYTHON_field_module_name);
    struct view from = module != NODE_NONE ? node_text(tree, module) : VIEW("__future__");
    enum err_code code = ERR_OK;

    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE && code == ERR_OK;
         c = node_sibling_named(tree, c)) {
        uint32_t name = c, alias;
        struct view path;
        if (tree->nodes[c].kind == PYTHON_sym_wildcard_import)
            facts->has_wildcard_import = true;
        if (c == module || tree->nodes[c].kind == PYTHON_sym_wildcard_import)
            continue;
        alias =
            tree->nodes[c].kind == PYTHON_sym_aliased_import ? node_field(tree, c, PYTHON_field_alias) : c;
        if (alias != c)
            name = node_field(tree, c, PYTHON_field_name);
        else
            alias = node_first_named(tree, c);
        if (alias == NODE_NONE || name == NODE_NONE)
            continue;
        path = node_text(tree, name);
        path = arena_format(facts->arena, "%.*s%s%.*s", VIEW_ARG(from), view_ends(from, ".") ? "" : ".",
                            VIEW_ARG(path));
        code = define_import(facts, scope_of(facts, node), alias, path, err);
    }
    return code;
}

static enum err_code visit_outer_names(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    bool global = tree->nodes[node].kind == PYTHON_sym_global_statement;
    uint32_t scope = scope_of(facts, node), name, binding;

    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE; c = node_sibling_named(tree, c)) {
        uint32_t outer = facts->scopes[scope].parent;
        if (facts_intern(facts, node_text(tree, c), &name, err) != ERR_OK)
            return ERR_LIMIT;
        binding = global ? facts_lookup(facts, 0, name)
                         : (outer != FACT_NONE ? facts_resolve(facts, outer, name) : FACT_NONE);
        if (binding == FACT_NONE && global && facts_declare(facts, 0, name, &binding, err) != ERR_OK)
            return ERR_LIMIT;
        if (binding != FACT_NONE && facts_link(facts, scope, name, binding, err) != ERR_OK)
            return ERR_LIMIT;
    }
    return ERR_OK;
}

/* with x as y, except E as e: the target, and where its value comes from. */
static enum err_code visit_as_pattern(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    uint32_t target = node_field(tree, node, PYTHON_field_alias);
    bool with = tree->nodes[tree->nodes[node].parent].kind == PYTHON_sym_with_item;

    return define_target(facts, scope_of(facts, node), target,
                         (struct def){.kind = with ? DEF_CONTEXT : DEF_OTHER,
                                      .value = with ? node_first_named(tree, node) : NODE_NONE,
                                      .annotation = NODE_NONE},
                         0, err);
}

/* A name in a case pattern captures, unless it is dotted or the class of a class pattern. */
static enum err_code visit_case_pattern(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    uint32_t dotted = node_first_named(tree, node), name;

    if (dotted == NODE_NONE || tree->nodes[dotted].kind != PYTHON_sym_dotted_name ||
        node_named_count(tree, dotted) != 1)
        return ERR_OK;
    name = node_first_named(tree, dotted);
    return define_name(
        facts, scope_of(facts, node),
        (struct def){.kind = DEF_OTHER, .node = name, .value = NODE_NONE, .annotation = NODE_NONE}, err);
}

static void note_exit(struct facts *facts, uint32_t node, bool all)
{
    uint32_t loop = facts_context(facts, node)->loop;
    for (; loop != FACT_NONE; loop = all ? facts->loops[loop].parent : FACT_NONE)
        facts->loops[loop].conditional_exit = true;
}

static enum err_code visit_identifier(struct facts *facts, uint32_t node, struct err *err)
{
    const struct tree *tree = facts->tree;
    const struct node *n = &tree->nodes[node];
    uint16_t parent = tree->nodes[n->parent].kind;

    if ((n->flags & NODE_BINDS) != 0) {
        /* x += 1 reads x too. */
        if (parent == PYTHON_sym_augmented_assignment)
            return facts_use(facts, node, n->binding - 1, err);
        return ERR_OK;
    }
    if ((parent == PYTHON_sym_attribute && n->field == PYTHON_field_attribute) ||
        (parent == PYTHON_sym_keyword_argument && n->field == PYTHON_field_name) ||
        parent == PYTHON_sym_dotted_name || parent == PYTHON_sym_aliased_import ||
        parent == PYTHON_sym_global_statement || parent == PYTHON_sym_nonlocal_statement)
        return ERR_OK;
    return facts_use(facts, node, FACT_NONE, err);
}

static enum err_code visit_attribute(struct facts *facts, uint32_t node, struct err *err)
{
    uint32_t scope, name, binding, field;

    if ((facts->tree->nodes[node].flags & NODE_BINDS) != 0)
        return ERR_OK;
    scope = attribute_scope(facts, node);
    field = node_field(facts->tree, node, PYTHON_field_attribute);
    if (scope == FACT_NONE || field == NODE_NONE)
        return ERR_OK;
    if (facts_intern(facts, node_text(facts->tree, field), &name, err) != ERR_OK ||
        facts_declare(facts, scope, name, &binding, err) != ERR_OK)
        return ERR_LIMIT;
    return facts_use(facts, node, binding, err);
}

enum err_code python_visit(struct facts *facts, uint32_t node, struct err *err)
{
    switch (facts->tree->nodes[node].kind) {
    case PYTHON_sym_identifier:
        return visit_identifier(facts, node, err);
    case PYTHON_sym_attribute:
        return visit_attribute(facts, node, err);
    case PYTHON_sym_function_definition:
    case PYTHON_sym_lambda:
        return open_function(facts, node, err);
    case PYTHON_sym_class_definition:
        return open_class(facts, node, err);
    case PYTHON_sym_for_statement:
        return open_for(facts, node, err);
    case PYTHON_sym_while_statement:
        return open_while(facts, node, err);
    case PYTHON_sym_list_comprehension:
    case PYTHON_sym_set_comprehension:
    case PYTHON_sym_dictionary_comprehension:
    case PYTHON_sym_generator_expression:
        return open_comprehension(facts, node, err);
    case PYTHON_sym_assignment:
    case PYTHON_sym_augmented_assignment:
        return visit_assignment(facts, node, err);
    case PYTHON_sym_named_expression:
        return visit_walrus(facts, node, err);
    case PYTHON_sym_import_statement:
        return visit_import(facts, node, err);
    case PYTHON_sym_import_from_statement:
    case PYTHON_sym_future_import_statement:
        return visit_import_from(facts, node, err);
    case PYTHON_sym_global_statement:
    case PYTHON_sym_nonlocal_statement:
        return visit_outer_names(facts, node, err);
    case PYTHON_sym_as_pattern:
        return visit_as_pattern(facts, node, err);
    case PYTHON_sym_case_pattern:
        return visit_case_pattern(facts, node, err);
    case PYTHON_sym_delete_statement:
        return define_target(facts, scope_of(facts, node), node_first_named(facts->tree, node),
                             (struct def){.kind = DEF_OTHER, .value = NODE_NONE, .annotation = NODE_NONE}, 0,
                             err);
    case PYTHON_sym_break_statement:
        note_exit(facts, node, false);
        return ERR_OK;
    case PYTHON_sym_return_statement:
        note_exit(facts, node, true);
        return ERR_OK;
    default:
        return ERR_OK;
    }
}
