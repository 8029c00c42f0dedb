/* What a Python function is there for: a test, a request's or task's handler, start-up. Told by its name, its
 * decorators, its first parameter and the bases of its class, as the well-known frameworks have it. */
#include "facts/python_internal.h"
#include "syntax/python_kinds.h"

static uint16_t kind_of(const struct facts *facts, uint32_t node)
{
    return node != NODE_NONE ? facts->tree->nodes[node].kind : KIND_NONE;
}

static const char *const ROUTES[] = {"route",
                                     "api_route",
                                     "websocket",
                                     "websocket_route",
                                     "api_view",
                                     "require_GET",
                                     "view_config",
                                     "require_POST",
                                     "require_safe",
                                     "shared_task",
                                     "expose",
                                     "require_http_methods",
                                     "login_required",
                                     "permission_required",
                                     "csrf_exempt",
                                     "periodic_task",
                                     NULL};
/* Only as an attribute, e.g. of an app, a router, a queue. */
static const char *const APP_ROUTES[] = {"task",
                                         "action",
                                         "actor",
                                         "agent",
                                         "subscriber",
                                         "before_request",
                                         "after_request",
                                         "middleware",
                                         "errorhandler",
                                         "exception_handler",
                                         NULL};
/* As an attribute with the path that it serves. */
static const char *const VERB_ROUTES[] = {"get", "post", "put", "patch", "delete", "head", "options", NULL};

/* Parts of a decorator's text: what bots answer, and what servers run when they start. */
static const char *const BOT_PARTS[] = {"bot.command",
                                        "tree.command",
                                        "commands.command",
                                        "slash_command",
                                        "hybrid_command",
                                        ".listener(",
                                        "bot.event",
                                        "client.event",
                                        "client.on(",
                                        ".message_handler(",
                                        "router.message(",
                                        "router.callback_query(",
                                        NULL};
static const char *const START_PARTS[] = {".on_event(", ".before_serving", "before_server_start", NULL};

static bool has_part(struct view text, const char *const *parts)
{
    while (*parts != NULL && view_find(text, view_of(*parts), 0) == SIZE_MAX)
        parts++;
    return *parts != NULL;
}

static bool first_is_path(const struct facts *facts, uint32_t arguments)
{
    uint32_t first = arguments != NODE_NONE ? node_first_named(facts->tree, arguments) : NODE_NONE;
    struct view text;

    if (kind_of(facts, first) != PYTHON_sym_string)
        return false;
    text = node_text(facts->tree, first);
    return text.len == 2 || (text.len > 2 && text.ptr[1] == '/');
}

static uint32_t decorator_flags(const struct facts *facts, uint32_t decorator)
{
    const struct tree *tree = facts->tree;
    uint32_t named = node_first_named(tree, decorator), arguments = NODE_NONE, last;
    struct view whole, name;
    bool attribute;

    if (kind_of(facts, named) == PYTHON_sym_call) {
        arguments = node_field(tree, named, PYTHON_field_arguments);
        named = node_field(tree, named, PYTHON_field_function);
    }
    attribute = kind_of(facts, named) == PYTHON_sym_attribute;
    last = attribute ? node_field(tree, named, PYTHON_field_attribute) : named;
    if (kind_of(facts, last) != PYTHON_sym_identifier)
        return 0;
    whole = node_text(tree, named);
    name = node_text(tree, last);
    if (view_starts(whole, "pytest") || view_starts(whole, "mock.patch") || view_is(name, "fixture"))
        return FUNCTION_TEST;
    if (has_part(node_text(tree, decorator), START_PARTS))
        return FUNCTION_INIT;
    if (has_part(node_text(tree, decorator), BOT_PARTS) || python_named(name, ROUTES) ||
        (attribute && python_named(name, APP_ROUTES)) ||
        (attribute && python_named(name, VERB_ROUTES) && first_is_path(facts, arguments)))
        return FUNCTION_HANDLER;
    return attribute && (view_is(name, "command") || view_is(name, "group")) ? FUNCTION_INIT : 0;
}

/* Methods that a framework calls, by how the name of the class's base ends. */
static const struct base_row {
    const char *ending;
    const char *const *methods; /* NULL: every public one */
    uint32_t flag;
} BASES[] = {
#define METHODS(...)                                                                                         \
    (const char *const[])                                                                                    \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }
    {"View",
     METHODS("get", "post", "put", "patch", "delete", "head", "dispatch", "list", "retrieve", "get_queryset",
             "get_object", "get_context_data", "form_valid"),
     FUNCTION_HANDLER},
    {"ViewSet",
     METHODS("list", "retrieve", "create", "update", "partial_update", "destroy", "get_queryset",
             "get_object", "perform_create", "perform_update", "get_serializer_context"),
     FUNCTION_HANDLER},
    {"Viewset", METHODS("list", "retrieve", "create", "update", "partial_update", "destroy", "get_queryset"),
     FUNCTION_HANDLER},
    {"ViewMixin", METHODS("get", "post", "dispatch", "get_queryset", "get_context_data"), FUNCTION_HANDLER},
    {"Serializer", METHODS("to_representation", "to_internal_value"), FUNCTION_HANDLER},
    {"Resource", METHODS("get", "post", "put", "patch", "delete", "head"), FUNCTION_HANDLER},
    {"Endpoint", METHODS("get", "post", "put", "patch", "delete", "head"), FUNCTION_HANDLER},
    {"Handler", METHODS("get", "post", "put", "patch", "delete", "head", "do_GET", "do_POST", "do_PUT"),
     FUNCTION_HANDLER},
    {"Consumer", METHODS("receive", "receive_json"), FUNCTION_HANDLER},
    {"Middleware", METHODS("dispatch", "process_request", "process_response", "process_view"),
     FUNCTION_HANDLER},
    {"MiddlewareMixin", METHODS("process_request", "process_response", "process_view"), FUNCTION_HANDLER},
    {"Servicer", NULL, FUNCTION_HANDLER},
    {"TestCase", NULL, FUNCTION_TEST},
    {"BaseCommand", METHODS("handle", "add_arguments"), FUNCTION_INIT},
    {"AppConfig", METHODS("ready"), FUNCTION_INIT},
#undef METHODS
};

static uint32_t base_flags(struct view base, struct view method)
{
    for (size_t i = 0; i < COUNT_OF(BASES); i++)
        if (view_ends(base, BASES[i].ending) &&
            (BASES[i].methods != NULL ? python_named(method, BASES[i].methods) : !view_starts(method, "_")))
            return BASES[i].flag;
    return 0;
}

static uint32_t class_flags(const struct facts *facts, const struct function *function, struct view name)
{
    const struct tree *tree = facts->tree;
    uint32_t bases, flags = 0;

    if (function->class_node == NODE_NONE)
        return 0;
    bases = node_field(tree, function->class_node, PYTHON_field_superclasses);
    for (uint32_t base = bases != NODE_NONE ? node_first_named(tree, bases) : NODE_NONE; base != NODE_NONE;
         base = node_sibling_named(tree, base)) {
        uint32_t of = kind_of(facts, base) == PYTHON_sym_subscript
                          ? node_field(tree, base, PYTHON_field_value) /* View[Model] */
                          : base;
        if (of != NODE_NONE && kind_of(facts, base) != PYTHON_sym_keyword_argument)
            flags |= base_flags(node_text(tree, of), name);
    }
    return flags;
}

/* A function of the module that gets the request first. */
static bool takes_request(const struct facts *facts, const struct function *function)
{
    uint32_t parameters = node_field(facts->tree, function->node, PYTHON_field_parameters);
    uint32_t first = parameters != NODE_NONE ? node_first_named(facts->tree, parameters) : NODE_NONE, type;

    if (first == NODE_NONE || function->class_node != NODE_NONE)
        return false;
    if (kind_of(facts, first) == PYTHON_sym_typed_parameter) {
        type = node_field(facts->tree, first, PYTHON_field_type);
        if (type != NODE_NONE && view_ends(node_text(facts->tree, type), "web.Request"))
            return true;
        first = node_first_named(facts->tree, first);
    }
    return first != NODE_NONE && view_is(node_text(facts->tree, first), "request");
}

/* What a program runs once, when it starts: its main function, the hooks of servers and bots. */
static bool runs_at_start(const struct function *function, struct view name)
{
    static const char *const MAINS[] = {"main",       "_main",        "async_main", "amain",
                                        "main_async", "lifespan",     "setup",      "create_app",
                                        "parse_args", "build_parser", NULL};
    static const char *const HOOKS[] = {"on_startup", "startup", "setup_hook", NULL};

    if ((function->flags & FUNCTION_ASYNC) != 0 && python_named(name, HOOKS))
        return true;
    return function->class_node == NODE_NONE && python_named(name, MAINS);
}

static uint32_t name_flags(const struct function *function, struct view name)
{
    static const char *const FIXTURES[] = {
        "setUp",       "setUpClass",      "tearDown",      "tearDownClass", "setup_method",
        "setup_class", "teardown_method", "setUpTestData", "setup_module",  "asyncSetUp",
        NULL};
    uint32_t flags = view_starts(name, "_") ? 0 : FUNCTION_PUBLIC;

    if (view_starts(name, "test_") || python_named(name, FIXTURES))
        flags |= FUNCTION_TEST;
    if (view_starts(name, "bench_") || view_starts(name, "benchmark_"))
        flags |= FUNCTION_BENCH;
    if (runs_at_start(function, name))
        flags |= FUNCTION_INIT;
    return flags;
}

enum err_code python_finish(struct facts *facts, struct err *err)
{
    const struct tree *tree = facts->tree;
    (void)err;

    for (size_t i = 0; i < facts->function_count; i++) {
        struct function *function = &facts->functions[i];
        struct view name;
        if (function->name == NODE_NONE)
            continue;
        name = node_text(tree, function->name);
        function->flags |= name_flags(function, name);
        function->flags |= class_flags(facts, function, name);
        if (takes_request(facts, function))
            function->flags |= FUNCTION_HANDLER;
        for (uint32_t c = function->outer != function->node ? node_first_named(tree, function->outer)
                                                            : NODE_NONE;
             c != NODE_NONE && kind_of(facts, c) == PYTHON_sym_decorator; c = node_sibling_named(tree, c))
            function->flags |= decorator_flags(facts, c);
    }
    return ERR_OK;
}
