/** @file pages.h  What the daemon shows to people and probes: health, metrics, a review, a rule. Nothing that
 *  came from outside stands in a page unescaped, and no page may run a script. */
#pragma once
#include "http/server.h"
#include "intake/intake.h"
#include "perfreview/review.h"
#include "settings/settings.h"
#include "store/store.h"
#include "store/writer.h"

struct pages_options { /* borrowed for the pages' life */
    const struct catalogue *catalogue;
    const struct settings *settings;
    struct store *store;               /* of the server's thread alone */
    const struct store_writer *writer; /* NULL: its counts are not shown */
    const struct intake *intake;       /* NULL: the same */
    int64_t (*now_ms)(const void *clock);
    const void *clock;
};

enum { PAGES_ROUTES = 7 };

struct pages;
/** Owner: the caller, until pages_free(); the server must have ended before. NULL when memory is short. */
struct pages *pages_new(const struct pages_options *options);
void pages_free(struct pages *pages);
/** The routes of all pages. */
void pages_routes(struct pages *pages, struct http_route out[PAGES_ROUTES]);
