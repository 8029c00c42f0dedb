/** @file pages_internal.h  What the pages share: the frame, escaping, answers. */
#pragma once
#include "base/buffer.h"
#include "web/pages.h"

enum { PAGE_MAX_BYTES = 32 << 20, PAGE_ARENA_BYTES = 32 << 20 };

struct pages {
    struct pages_options options;
    struct arena *arena; /* of the page that is being made; handlers run on one thread */
};

/** Text for between tags and for quoted attributes. */
void html_add(struct buffer *out, struct view text);
void html_open(struct buffer *out, struct view title);
void html_close(struct buffer *out);
/** Answer with the page in @p out, or 503 where it did not fit, and free it. */
void html_answer(struct http_exchange *exchange, unsigned status, struct buffer *out);
/** A page that says why there is no other. */
void html_refuse(struct http_exchange *exchange, unsigned status, const char *text);

http_handler page_home, page_health, page_ready, page_metrics, page_review, page_rule, page_style;
