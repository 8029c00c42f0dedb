/* Health, readiness and metrics (Prometheus text format 0.0.4). */
#include "web/pages_internal.h"

enum { METRICS_MAX_BYTES = 64 << 10 };

static void answer_text(struct http_exchange *exchange, unsigned status, struct view text)
{
    const struct http_answer answer = {.status = status,
                                       .content_type = "text/plain; charset=utf-8",
                                       .body = text,
                                       .headers = {{"Cache-Control", "no-store"}}};

    http_exchange_answer(exchange, &answer);
}

void page_health(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    (void)ctx;
    (void)request;
    answer_text(exchange, 200, VIEW("ok\n"));
}

void page_ready(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    const struct pages *pages = ctx;
    struct err err = {0};

    (void)request;
    /* Why stands in the log and in `perf-review deliveries`: a probe needs no paths of this machine. */
    if (store_probe(pages->options.store, &err) == ERR_OK)
        answer_text(exchange, 200, VIEW("ok\n"));
    else
        answer_text(exchange, 503, VIEW("the store cannot be written to now\n"));
}

static void add_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_add_format(out, "# HELP perf_review_%s %s\n# TYPE perf_review_%s %s\n", name, help, name, type);
}

static void add_one(struct buffer *out, const char *name, const char *type, const char *help, uint64_t value)
{
    add_head(out, name, type, help);
    buffer_add_format(out, "perf_review_%s %llu\n", name, (unsigned long long)value);
}

static void add_store(struct buffer *out, const struct store_counts *counts, int64_t now_ms)
{
    int64_t wait_ms = counts->oldest_waiting_ms ? now_ms - counts->oldest_waiting_ms : 0;

    add_head(out, "deliveries", "gauge", "Deliveries that are kept, by state.");
    for (int state = 0; state < STORE_STATE_COUNT; state++)
        buffer_add_format(out, "perf_review_deliveries{state=\"%s\"} %lld\n",
                          store_state_name((enum store_state)state), (long long)counts->deliveries[state]);
    add_one(out, "jobs_waiting", "gauge", "Jobs that wait for a worker.", (uint64_t)counts->jobs_waiting);
    add_one(out, "jobs_running", "gauge", "Jobs that a worker has.", (uint64_t)counts->jobs_running);
    add_one(out, "reviews", "gauge", "Reviews that are kept.", (uint64_t)counts->reviews);
    add_head(out, "oldest_wait_seconds", "gauge", "How long the oldest waiting delivery has waited.");
    buffer_add_format(out, "perf_review_oldest_wait_seconds %.3f\n",
                      wait_ms > 0 ? (double)wait_ms / 1000 : 0.0);
}

static void add_writer(struct buffer *out, struct store_writer_counts counts)
{
    add_one(out, "writer_accepted_total", "counter", "Deliveries put on disk since the start.",
            counts.accepted);
    add_one(out, "writer_duplicates_total", "counter", "Deliveries that had come before.", counts.duplicates);
    add_one(out, "writer_refused_total", "counter", "Deliveries that the store could not take.",
            counts.refused);
    add_one(out, "writer_commits_total", "counter", "Transactions; many deliveries share one.",
            counts.commits);
}

static void add_intake(struct buffer *out, struct intake_counts counts)
{
    add_one(out, "intake_denied_total", "counter", "Requests with a wrong or missing signature.",
            counts.denied);
    add_one(out, "intake_malformed_total", "counter", "Signed requests that could not be read.",
            counts.malformed);
    add_one(out, "intake_ignored_total", "counter", "Events that ask for nothing.", counts.ignored);
    add_one(out, "intake_unknown_forge_total", "counter", "Requests for a forge that is not configured.",
            counts.unknown_forge);
}

void page_metrics(void *ctx, struct http_exchange *exchange, const struct http_request *request)
{
    const struct pages *pages = ctx;
    const struct pages_options *options = &pages->options;
    struct store_counts counts;
    struct err err = {0};
    struct buffer out;

    (void)request;
    buffer_init(&out, METRICS_MAX_BYTES);
    add_head(&out, "info", "gauge", "The version that runs.");
    buffer_add_text(&out, "perf_review_info{version=\"" PERF_REVIEW_VERSION "\"} 1\n");
    if (store_count(options->store, &counts, &err) == ERR_OK)
        add_store(&out, &counts, options->now_ms(options->clock));
    if (options->writer)
        add_writer(&out, store_writer_count(options->writer));
    if (options->intake)
        add_intake(&out, intake_count(options->intake));
    answer_text(exchange, 200, buffer_view(&out));
    buffer_deinit(&out);
}
