/** @file intake.h  What POST /webhooks/NAME does: signature, then parse, then the store, then the answer.
 *  Nothing is parsed before its signature is proven, and 202 is said only when the delivery is on disk.
 *
 *  404 no forge of that name · 401 wrong or missing signature · 400 malformed, with the reason · 200 an event
 *  that asks for nothing · 202 {"delivery":"ID"} · 503 and Retry-After when the store cannot take it. The
 *  server answers 413 and 405 by itself. */
#pragma once
#include "forge/forge.h"
#include "http/server.h"
#include "store/writer.h"

struct intake_options { /* all of it is borrowed for the intake's life */
    const struct forge *forges;
    size_t forge_count;
    struct store_writer *writer;
    int64_t (*now_ms)(const void *clock); /* wall clock, since 1970 */
    const void *clock;
};

#define INTAKE_PATTERN "/webhooks/:name" /* the route that intake_handle() expects */

struct intake;
/** Owner: the caller, until intake_free(); the server must have ended before. NULL when memory is short. */
struct intake *intake_new(const struct intake_options *options);
void intake_free(struct intake *intake);
/** The route's handler; its ctx is the intake. Called on one thread only. */
void intake_handle(void *intake, struct http_exchange *exchange, const struct http_request *request);

struct intake_counts { /* since the start; deliveries that reached the store are counted by its writer */
    uint64_t denied, malformed, ignored, unknown_forge;
};
/** Any thread. */
struct intake_counts intake_count(const struct intake *intake);
