/** @file http_internal.h  Finding the route of a request: shared by the server's files and its tests' door.
 */
#pragma once
#include "http/server.h"

struct route_params {
    struct {
        struct view name, value;
    } items[HTTP_PARAMS_MAX];
    size_t count;
};

/** The first route that fits method and path. NULL where none fits; @p *path_known then says whether one
 *  would with another method. */
const struct http_route *route_find(const struct http_route *routes, size_t count, struct view method,
                                    struct view path, struct route_params *params, bool *path_known);
/** "GET, POST": what the routes that fit @p path take, for an Allow header. */
void route_methods(const struct http_route *routes, size_t count, struct view path, char *out, size_t size);
