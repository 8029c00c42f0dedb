/* The pages' table, the home page, a review, a rule. */
#include "web/pages.h"
#include "web/pages_internal.h"
#include <stdlib.h>

struct pages *pages_new(const struct pages_options *options)
{
    struct pages *pages = calloc(1, sizeof(*pages));

    if (!pages)
        return NULL;
    pages->options = *options;
    pages->arena = arena_new(PAGE_ARENA_BYTES);
    if (!pages->arena) {
        free(pages);
        return NULL;
    }
    return pages;
}

void pages_free(struct pages *pages)
{
    if (!pages)
        return;
    arena_free(pages->arena);
    free(pages);
}

void pages_routes(struct pages *pages, struct http_route out[PAGES_ROUTES])
{
    static const struct {
        const char *pattern;
        http_handler *handle;
    } ROUTES[PAGES_ROUTES] = {
        {"/", page_home},           {"/healthz", page_health},     {"/readyz", page_ready},
        {"/metrics", page_metrics}, {"/reviews/:id", page_review}, {"/rules/*", page_rule},
        {"/style.css", page_style},
    };

    for (size_t i = 0; i < PAGES_ROUTES; i++)
        out[i] = (struct http_route){
            .method = "GET", .pattern = ROUTES[i].pattern, .handle = ROUTES[i].handle, .ctx = pages};
}

void page_home(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    struct buffer out;

    (void)ctx;
    (void)request;
    buffer_init(&out, PAGE_MAX_BYTES);
    html_open(&out, VIEW("perf-review"));
    buffer_add_text(&out, "<h1>perf-review " PERF_REVIEW_VERSION "</h1>\n"
                          "<p>Reviews pull requests for performance.</p>\n"
                          "<ul><li><a href=\"/rules/\">Rules</a></li>"
                          "<li><a href=\"/healthz\">Health</a>, <a href=\"/readyz\">readiness</a></li>"
                          "<li><a href=\"/metrics\">Metrics</a></li></ul>\n");
    html_close(&out);
    html_answer(exchange, 200, &out);
}

static void add_row(struct buffer *out, const char *name, struct view value)
{
    if (!value.len)
        return;
    buffer_add_format(out, "<tr><th>%s</th><td>", name);
    html_add(out, value);
    buffer_add_text(out, "</td></tr>\n");
}

/* Back to the pull request, at the address that the configuration names. */
static void add_link(struct buffer *out, const struct settings *settings, const struct store_review *review)
{
    const struct settings_forge *forge = settings_find_forge(settings, review->forge);

    if (!forge || !view_is(forge->kind, "github"))
        return;
    buffer_add_text(out, "<p><a rel=\"noreferrer\" href=\"");
    html_add(out, forge->url);
    buffer_add_byte(out, '/');
    html_add(out, review->repository);
    buffer_add_format(out, "/pull/%lld\">Back to the pull request</a></p>\n", (long long)review->number);
}

void page_review(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    struct pages *pages = ctx;
    struct store_review review;
    struct err err = {0};
    struct view title;
    struct buffer out;
    uint64_t id;
    enum err_code code = ERR_NOT_FOUND;

    arena_reset(pages->arena);
    if (view_to_u64(http_request_param(request, "id"), &id) && id <= INT64_MAX)
        code = store_find_review(pages->options.store, (int64_t)id, pages->arena, &review, &err);
    if (code != ERR_OK) {
        html_refuse(exchange, code == ERR_NOT_FOUND ? 404 : 503,
                    code == ERR_NOT_FOUND ? "There is no such review" : "The store cannot be read now");
        return;
    }
    title = arena_format(pages->arena, "Review of %.*s#%lld", VIEW_ARG(review.repository),
                         (long long)review.number);
    buffer_init(&out, PAGE_MAX_BYTES);
    html_open(&out, title);
    buffer_add_text(&out, "<h1>");
    html_add(&out, title);
    buffer_add_text(&out, "</h1>\n<table>\n");
    add_row(&out, "Repository", review.repository);
    add_row(&out, "Forge", review.forge);
    add_row(&out, "Head", review.head_sha);
    add_row(&out, "Merge base", review.merge_base);
    buffer_add_text(&out, "</table>\n");
    add_link(&out, pages->options.settings, &review);
    buffer_add_text(&out, "<pre>");
    html_add(&out, review.markdown);
    buffer_add_text(&out, "</pre>\n");
    html_close(&out);
    html_answer(exchange, 200, &out);
}

static void list_rules(const struct pages *pages, struct buffer *out)
{
    size_t count;
    const struct rule *const *rules = catalogue_rules(pages->options.catalogue, &count);

    html_open(out, VIEW("Rules of perf-review"));
    buffer_add_format(out, "<h1>%zu rules</h1>\n<table>\n", count);
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(out, "<tr><td><a href=\"/rules/");
        html_add(out, rules[i]->id);
        buffer_add_text(out, "\"><code>");
        html_add(out, rules[i]->id);
        buffer_add_text(out, "</code></a></td><td>");
        html_add(out, rules[i]->title);
        buffer_add_text(out, "</td></tr>\n");
    }
    buffer_add_text(out, "</table>\n");
    html_close(out);
}

static void show_rule(const struct rule *rule, struct buffer *out)
{
    struct buffer text;

    buffer_init(&text, PAGE_MAX_BYTES);
    rule_render_text(rule, false, &text);
    html_open(out, rule->title);
    buffer_add_text(out, "<h1>");
    html_add(out, rule->title);
    buffer_add_text(out, "</h1>\n<pre>");
    html_add(out, buffer_view(&text));
    buffer_add_text(out, "</pre>\n<p><a href=\"/rules/\">All rules</a></p>\n");
    html_close(out);
    buffer_deinit(&text);
}

void page_rule(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    const struct pages *pages = ctx;
    struct view id = http_request_param(request, "*");
    const struct rule *rule = id.len ? catalogue_find(pages->options.catalogue, id) : NULL;
    struct buffer out;

    if (id.len && !rule) {
        html_refuse(exchange, 404, "There is no such rule");
        return;
    }
    buffer_init(&out, PAGE_MAX_BYTES);
    if (rule)
        show_rule(rule, &out);
    else
        list_rules(pages, &out);
    html_answer(exchange, 200, &out);
}
