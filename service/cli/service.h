/** @file service.h  What `serve` and `worker` share: settings, log, rules and libraries first, then worker
 *  processes, and only then threads and the database. */
#pragma once
#include "common.h"
#include "worker/log.h"
#include "worker/supervisor.h"

struct service {
    struct arena *arena;
    struct settings settings;
    struct log log;
    struct catalogue *catalogue;
    const char *database;
    int wake_fd;                   /* the writer tells the workers; -1: none */
    int signal_fd;                 /* SIGTERM and SIGINT */
    struct supervisor *supervisor; /* NULL: no workers */
    struct store *store;           /* of the main thread */
    bool has_libraries;
};

/** Everything up to the workers, which run afterwards. @p service is to be given to service_stop() whatever
 *  comes back. */
NODISCARD
enum err_code service_start(struct service *service, const char *config, struct err *err);
/** Wait for SIGTERM or SIGINT and tend the workers. Errors: where the workers are gone for good. */
NODISCARD
enum err_code service_wait(struct service *service, struct err *err);
/** End the workers, put back what they had, free all. */
void service_stop(struct service *service);
