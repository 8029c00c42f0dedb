/* What a Rust function is there for, as far as its name, its parameters and those who take it say: handlers
 * of web frameworks, benchmarks, start-up. What attributes say stands in rust_functions.c. */
#include "facts/rust_internal.h"

#define IS_IN(word, list) rust_word_in((word), (list), COUNT_OF(list))

/* Crates whose routers take functions and closures. */
static const char *const WEB_CRATES[] = {"axum",  "actix_web", "warp",   "tide",           "poem",
                                         "salvo", "hyper",     "rocket", "lambda_runtime", "lambda_http",
                                         "tonic", "ntex",      "tower",  "axum_extra"};

/* Calls that take a handler. */
static const char *const ROUTES[] = {"get",
                                     "post",
                                     "put",
                                     "patch",
                                     "delete",
                                     "head",
                                     "options",
                                     "any",
                                     "on",
                                     "route",
                                     "fallback",
                                     "to",
                                     "service_fn",
                                     "from_fn",
                                     "from_fn_with_state",
                                     "and_then",
                                     "make_service_fn"};

/* What only handlers, extractors and middleware get as a parameter. */
static const char *const HANDLER_PARAMETERS[] = {"axum::extract::",
                                                 "axum::Json",
                                                 "axum::Form",
                                                 "axum::Extension",
                                                 "axum::middleware::",
                                                 "axum::body::",
                                                 "axum_extra::",
                                                 "actix_web::web::",
                                                 "actix_web::HttpRequest",
                                                 "rocket::State",
                                                 "rocket::serde::json::",
                                                 "rocket::form::",
                                                 "tonic::Request",
                                                 "salvo::Request",
                                                 "poem::web::",
                                                 "poem::Request",
                                                 "tide::Request",
                                                 "lambda_runtime::LambdaEvent",
                                                 "lambda_http::Request"};

/* Calls that run a closure once in the life of the program. */
static const char *const ONCE_METHODS[] = {"get_or_init", "get_or_try_init", "call_once", "call_once_force"};
static const char *const ONCE_TYPES[] = {"LazyLock", "LazyCell", "Lazy"};

static const char *const STARTS[] = {"parse_args",   "build_cli",     "init_logging", "init_logger",
                                     "init_tracing", "setup_logging", "setup_logger", "setup_tracing"};

static struct view first_segment(struct view path)
{
    return view_slice(path, 0, view_find(path, VIEW("::"), 0));
}

static bool serves_the_web(const struct facts *facts)
{
    for (size_t i = 0; i < facts->def_count; i++)
        if (facts->defs[i].kind == DEF_IMPORT && IS_IN(first_segment(facts->defs[i].path), WEB_CRATES))
            return true;
    return false;
}

/* The call in whose arguments @p node stands itself; false for none. */
static bool call_that_takes(const struct facts *facts, uint32_t node, struct rust_call *out)
{
    uint32_t arguments = rust_parent(facts, node);

    return rust_kind(facts, arguments) == RUST_sym_arguments &&
           rust_call_of(facts, rust_parent(facts, arguments), out);
}

static uint32_t flags_of_closure(const struct facts *facts, uint32_t closure, bool web)
{
    struct rust_call call;
    uint32_t type;

    if (!call_that_takes(facts, closure, &call))
        return 0;
    if (IS_IN(rust_text(facts, call.name), ONCE_METHODS))
        return FUNCTION_INIT;
    type = rust_kind(facts, call.callee) == RUST_sym_scoped_identifier
               ? rust_field(facts, call.callee, RUST_field_path)
               : NODE_NONE;
    if (rust_kind(facts, type) == RUST_sym_scoped_identifier)
        type = rust_field(facts, type, RUST_field_name);
    if (IS_IN(rust_text(facts, type), ONCE_TYPES))
        return FUNCTION_INIT;
    return web && IS_IN(rust_text(facts, call.name), ROUTES) ? FUNCTION_HANDLER : 0;
}

/* Whether some use of the function's name hands it to a router. */
static bool is_routed(const struct facts *facts, const struct function *function)
{
    const struct binding *binding = facts_binding(facts, function->name);
    struct rust_call call;

    for (uint32_t use = binding != NULL ? binding->first_use : FACT_NONE; use != FACT_NONE;
         use = facts->uses[use].next)
        if (call_that_takes(facts, facts->uses[use].node, &call) &&
            IS_IN(rust_text(facts, call.name), ROUTES))
            return true;
    return false;
}

static uint32_t flags_of_parameters(struct facts *facts, const struct function *function)
{
    uint32_t parameters = rust_field(facts, function->node, RUST_field_parameters);

    for (uint32_t p = rust_child(facts, parameters, 0); p != NODE_NONE;
         p = node_sibling_named(facts->tree, p)) {
        uint32_t type = rust_field(facts, p, RUST_field_type);
        struct view path;

        if (rust_kind(facts, type) == RUST_sym_reference_type)
            type = rust_field(facts, type, RUST_field_type);
        path = rust_path_of(facts, type);
        if (view_is(path, "actix_web::web::ServiceConfig"))
            return FUNCTION_INIT;
        for (size_t i = 0; i < COUNT_OF(HANDLER_PARAMETERS); i++)
            if (view_starts(path, HANDLER_PARAMETERS[i]))
                return FUNCTION_HANDLER;
    }
    return 0;
}

enum err_code rust_finish(struct facts *facts, struct err *err)
{
    bool web = serves_the_web(facts);

    (void)err;
    for (size_t i = 0; i < facts->function_count; i++) {
        struct function *function = &facts->functions[i];

        if (function->kind == FUNCTION_LAMBDA)
            function->flags |= flags_of_closure(facts, function->node, web);
        if (function->name == NODE_NONE)
            continue;
        if (IS_IN(rust_text(facts, function->name), STARTS))
            function->flags |= FUNCTION_INIT;
        if (web)
            function->flags |= flags_of_parameters(facts, function);
        if (web && is_routed(facts, function))
            function->flags |= FUNCTION_HANDLER;
    }
    return ERR_OK;
}
