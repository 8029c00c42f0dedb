/* The frame of a page. Its policy allows one style sheet of our own and nothing else. */
#include "web/pages_internal.h"

static const char POLICY[] =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const char STYLE[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}"
    "pre{font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;"
    "border:1px solid #8886;border-radius:6px;padding:1rem}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.2rem 1rem .2rem 0;vertical-align:top}"
    "h1{font-size:1.4rem;overflow-wrap:anywhere}code{font-family:ui-monospace,monospace}"
    "footer{margin-top:2rem;opacity:.7;font-size:.9rem}\n";

void html_add(struct buffer *out, struct view text)
{
    static const char *const ENTITIES[256] = {['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",
                                              ['"'] = "&quot;", ['\''] = "&#39;", [0] = "\xef\xbf\xbd"};
    size_t from = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char *entity = ENTITIES[(unsigned char)text.ptr[i]];

        if (!entity)
            continue;
        buffer_add(out, view_slice(text, from, i));
        buffer_add_text(out, entity);
        from = i + 1;
    }
    buffer_add(out, view_slice(text, from, text.len));
}

void html_open(struct buffer *out, struct view title)
{
    buffer_add_text(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                         "<meta name=\"viewport\" content=\"width=device-width\">"
                         "<link rel=\"stylesheet\" href=\"/style.css\"><title>");
    html_add(out, title);
    buffer_add_text(out, "</title></head>\n<body>\n");
}

void html_close(struct buffer *out)
{
    buffer_add_text(out, "<footer><a href=\"/\">perf-review " PERF_REVIEW_VERSION "</a></footer>\n"
                         "</body></html>\n");
}

static void answer(struct http_exchange *exchange, unsigned status, const char *type, struct view body)
{
    const struct http_answer page = {
        .status = status,
        .content_type = type,
        .body = body,
        .headers = {{"Content-Security-Policy", POLICY},
                    {"X-Content-Type-Options", "nosniff"},
                    {"Referrer-Policy", "no-referrer"},
                    {"Cache-Control", "no-cache"}},
    };

    http_exchange_answer(exchange, &page);
}

void html_answer(struct http_exchange *exchange, unsigned status, struct buffer *out)
{
    if (out->failed == ERR_OK)
        answer(exchange, status, "text/html; charset=utf-8", buffer_view(out));
    else
        answer(exchange, 503, "text/plain; charset=utf-8", VIEW("the page is too large\n"));
    buffer_deinit(out);
}

void html_refuse(struct http_exchange *exchange, unsigned status, const char *text)
{
    struct buffer out;

    buffer_init(&out, PAGE_MAX_BYTES);
    html_open(&out, view_of(text));
    buffer_add_text(&out, "<h1>");
    html_add(&out, view_of(text));
    buffer_add_text(&out, "</h1>\n");
    html_close(&out);
    html_answer(exchange, status, &out);
}

void page_style(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    (void)ctx;
    (void)request;
    answer(exchange, 200, "text/css; charset=utf-8", view_of(STYLE));
}
