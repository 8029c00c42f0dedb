/* perf-review serve: the HTTP server and the thread that commits deliveries, on top of the workers. */
#include "http/server.h"
#include "intake/intake.h"
#include "service.h"
#include "store/writer.h"
#include "web/pages.h"
#include "worker/clocks.h"
#include <stdio.h>

enum { PAGES_BUSY_MS = 500, STOP_GRACE_MS = 3000, ROUTES_MAX = PAGES_ROUTES + 1 };

struct front {
    struct service *service;
    struct forge *forges;
    struct store_writer *writer;
    struct intake *intake;
    struct store *pages_store;
    struct pages *pages;
    struct http_route routes[ROUTES_MAX];
    struct http_server *server;
};

static enum err_code open_stores(struct front *front, struct err *err)
{
    const struct service *service = front->service;
    struct store_options options = {.path = service->database,
                                    .queue_max = service->settings.limits.queue_max,
                                    .attempts_max = service->settings.limits.attempts};
    enum err_code code = store_writer_new(&options, service->wake_fd, &front->writer, err);

    /* The server's thread must not wait long for a lock. */
    options.busy_ms = PAGES_BUSY_MS;
    return code == ERR_OK ? store_open(&options, &front->pages_store, err) : code;
}

static enum err_code make_routes(struct front *front, struct err *err)
{
    const struct service *service = front->service;
    const struct settings *settings = &service->settings;
    const struct intake_options intake = {.forges = front->forges,
                                          .forge_count = settings->forge_count,
                                          .writer = front->writer,
                                          .now_ms = clocks_wall_ms};
    struct pages_options pages = {.catalogue = service->catalogue,
                                  .settings = settings,
                                  .store = front->pages_store,
                                  .writer = front->writer,
                                  .now_ms = clocks_wall_ms};

    front->intake = intake_new(&intake);
    pages.intake = front->intake;
    front->pages = front->intake ? pages_new(&pages) : NULL;
    if (!front->pages)
        return err_set(err, ERR_MEMORY, "no memory");
    pages_routes(front->pages, front->routes);
    front->routes[PAGES_ROUTES] = (struct http_route){.method = "POST",
                                                      .pattern = INTAKE_PATTERN,
                                                      .handle = intake_handle,
                                                      .ctx = front->intake,
                                                      .body_cap = (size_t)settings->limits.body_bytes};
    return ERR_OK;
}

static enum err_code listen_now(struct front *front, struct err *err)
{
    const struct settings *settings = &front->service->settings;
    const struct http_server_options options = {.host = settings->listen_host,
                                                .port = settings->listen_port,
                                                .routes = front->routes,
                                                .route_count = ROUTES_MAX,
                                                .connections = (unsigned)settings->limits.connections,
                                                .idle_seconds = (unsigned)settings->limits.request_seconds};
    enum err_code code = http_server_new(&options, &front->server, err);
    char place[300];

    if (code == ERR_UNAVAILABLE) {
        const struct err said = *err;

        return err_set(err, code,
                       "%s. Stop the program that has the address, or set another one with `listen:`",
                       said.message);
    }
    if (code != ERR_OK)
        return code;
    snprintf(place, sizeof(place), "%.*s:%u", VIEW_ARG(settings->listen_host),
             (unsigned)http_server_port(front->server));
    LOG(&front->service->log, SETTINGS_LOG_INFO, "ready", {"version", VIEW(PERF_REVIEW_VERSION)},
        {"listen", view_of(place)}, {"data", settings->data},
        {"workers", arena_format(front->service->arena, "%lld", (long long)settings->workers)});
    if (settings->forge_count == 0)
        log_write(&front->service->log, SETTINGS_LOG_WARN, "no forge is configured: no webhook will be taken",
                  NULL, 0);
    return ERR_OK;
}

static enum err_code open_front(struct front *front, struct err *err)
{
    enum err_code code =
        job_forges(&front->service->settings, NULL, front->service->arena, &front->forges, err);

    if (code == ERR_OK)
        code = open_stores(front, err);
    if (code == ERR_OK)
        code = make_routes(front, err);
    return code == ERR_OK ? listen_now(front, err) : code;
}

/* Who was told 202 stays told: requests end first, then what they handed over is committed. */
static void close_front(struct front *front)
{
    struct err err = {0};

    if (front->server && http_server_stop(front->server, STOP_GRACE_MS, &err) != ERR_OK)
        LOG(&front->service->log, SETTINGS_LOG_WARN, "requests were cut off",
            {"error", view_of(err.message)});
    http_server_free(front->server);
    store_writer_free(front->writer);
    intake_free(front->intake);
    pages_free(front->pages);
    store_close(front->pages_store);
}

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    struct service service;
    struct front front = {.service = &service};
    struct err err = {0};
    enum err_code code = service_start(&service, argument_of(command, arguments, "--config"), &err);
    bool ran = false;

    if (code == ERR_OK)
        code = open_front(&front, &err);
    if (code == ERR_OK) {
        ran = true;
        code = service_wait(&service, &err);
    }
    if (ran)
        log_write(&service.log, SETTINGS_LOG_INFO, "stopping", NULL, 0);
    if (code != ERR_OK)
        common_redact(&service.settings, &err);
    close_front(&front);
    service_stop(&service);
    return code == ERR_OK ? EXIT_DONE : complain_of(&err);
}

static const struct option OPTIONS[] = {OPTION_CONFIG, {0}};

const struct command COMMAND_SERVE = {
    .name = "serve",
    .summary = "the daemon: webhooks in, reviews out, with its worker processes",
    .details = "Stops cleanly on SIGTERM and Ctrl-C. Every event is a line on stderr.\n",
    .examples = "  perf-review serve --config /etc/perf-review/perf-review.yml\n",
    .options = OPTIONS,
    .run = run,
};
