/* Routes: segments are compared one by one; ":name" takes one non-empty segment, a trailing "*" the rest. */
#include "http_internal.h"
#include <stdio.h>
#include <string.h>

static void add(struct route_params *params, struct view name, struct view value)
{
    if (params->count < HTTP_PARAMS_MAX) {
        params->items[params->count].name = name;
        params->items[params->count].value = value;
        params->count++;
    }
}

static bool path_fits(struct view pattern, struct view path, struct route_params *params)
{
    struct view want, have;
    bool more_path;

    params->count = 0;
    for (;;) {
        if (view_is(pattern, "*")) {
            add(params, pattern, path.ptr ? path : VIEW(""));
            return true;
        }
        more_path = view_split(&path, '/', &have);
        if (!view_split(&pattern, '/', &want))
            return !more_path;
        if (!more_path)
            return false;
        if (want.len && want.ptr[0] == ':') {
            if (!have.len)
                return false;
            add(params, view_slice(want, 1, want.len), have);
        } else if (!view_equal(want, have)) {
            return false;
        }
    }
}

static bool method_fits(const struct http_route *route, struct view method)
{
    return view_is(method, route->method) || (view_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

const struct http_route *route_find(const struct http_route *routes, size_t count, struct view method,
                                    struct view path, struct route_params *params, bool *path_known)
{
    *path_known = false;
    for (const struct http_route *route = routes; route < routes + count; route++) {
        if (!path_fits(view_of(route->pattern), path, params))
            continue;
        *path_known = true;
        if (method_fits(route, method))
            return route;
    }
    return NULL;
}

void route_methods(const struct http_route *routes, size_t count, struct view path, char *out, size_t size)
{
    struct route_params params;
    size_t used = 0;

    out[0] = '\0';
    for (const struct http_route *route = routes; route < routes + count && used < size; route++)
        if (path_fits(view_of(route->pattern), path, &params))
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", route->method);
}
