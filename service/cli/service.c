/* Start order matters: libraries and rules are made once and shared by fork; workers are forked while there
 * is one thread and no open database; the rest comes after. */
#include "service.h"
#include "git/mirror.h"
#include "http/client.h"
#include "worker/clocks.h"
#include "worker/loop.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { TEND_MAX_MS = 1000, TEND_SHARE = 4, STORE_TRIES_MS = 1000 };

static int work(void *ctx, const char *owner)
{
    const struct service *service = ctx;
    const struct loop_options options = {.settings = &service->settings,
                                         .catalogue = service->catalogue,
                                         .log = &service->log,
                                         .database = service->database,
                                         .wake_fd = service->wake_fd,
                                         .owner = owner};
    struct err err = {0};

    if (loop_run(&options, &err) == ERR_OK)
        return 0;
    LOG(&service->log, SETTINGS_LOG_ERROR, "worker cannot start", {"error", view_of(err.message)});
    return 1;
}

static enum err_code take_signals(struct service *service, struct err *err)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    service->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    service->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (service->signal_fd < 0 || service->wake_fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "signals cannot be had: %s", strerror(errno));
    return ERR_OK;
}

static enum err_code start_libraries(struct service *service, struct err *err)
{
    enum err_code code = mirror_module_start(MIRROR_TRUST_CONFIGURED, err);

    if (code != ERR_OK)
        return code;
    code = http_library_init(err);
    if (code != ERR_OK) {
        mirror_module_stop();
        return code;
    }
    service->has_libraries = true;
    return common_catalogue(&service->catalogue, err);
}

/* The schema is made before any worker looks at it, and the connection is gone before they are forked. */
static enum err_code prepare_database(struct service *service, struct err *err)
{
    struct store *store = NULL;
    enum err_code code = common_database(&service->settings, service->arena, &service->database, err);

    if (code == ERR_OK)
        code = common_store(&service->settings, service->arena, &store, err);
    /* Nobody listened while we were away. */
    if (code == ERR_OK)
        code = store_hasten_sweeps(store, err);
    store_close(store);
    return code;
}

enum err_code service_start(struct service *service, const char *config, struct err *err)
{
    struct supervisor_options workers = {.work = work, .ctx = service, .log = &service->log};
    enum err_code code;

    *service = (struct service){.arena = arena_new(COMMON_ARENA_BYTES), .wake_fd = -1, .signal_fd = -1};
    if (!service->arena)
        return err_set(err, ERR_MEMORY, "no memory");
    code = common_settings(config, service->arena, &service->settings, err);
    if (code == ERR_OK)
        code = log_secrets(&service->settings, service->arena, &service->log, err);
    if (code != ERR_OK)
        return code;
    service->log.fd = STDERR_FILENO;
    service->log.json = service->settings.log_json;
    service->log.level = service->settings.log_level;
    code = take_signals(service, err);
    if (code == ERR_OK)
        code = prepare_database(service, err);
    if (code == ERR_OK)
        code = start_libraries(service, err);
    workers.count = (unsigned)service->settings.workers;
    if (code == ERR_OK && workers.count > 0)
        code = supervisor_new(&workers, &service->supervisor, err);
    if (code == ERR_OK)
        code = common_store(&service->settings, service->arena, &service->store, err);
    return code;
}

enum err_code service_wait(struct service *service, struct err *err)
{
    int64_t tend_ms = service->settings.limits.lease_seconds * 1000 / TEND_SHARE;
    struct pollfd fds[] = {
        {.fd = service->signal_fd, .events = POLLIN},
        {.fd = service->supervisor ? supervisor_fd(service->supervisor) : -1, .events = POLLIN}};

    if (tend_ms > TEND_MAX_MS)
        tend_ms = TEND_MAX_MS;
    for (;;) {
        struct err trouble = {0};
        enum err_code code = ERR_OK;

        if (poll(fds, COUNT_OF(fds), (int)tend_ms) < 0 && errno != EINTR)
            return err_set(err, ERR_INTERNAL, "wait for signals: %s", strerror(errno));
        if (fds[0].revents & POLLIN)
            return ERR_OK;
        if (service->supervisor)
            code = supervisor_tend(service->supervisor, service->store, &service->settings,
                                   clocks_wall_ms(NULL), &trouble);
        if (code == ERR_INTERNAL)
            return err_set(err, code, "%s", trouble.message);
        if (code != ERR_OK) {
            LOG(&service->log, SETTINGS_LOG_ERROR, "leases cannot be kept",
                {"error", view_of(trouble.message)});
            (void)poll(NULL, 0, STORE_TRIES_MS);
        }
    }
}

void service_stop(struct service *service)
{
    sigset_t interrupt;

    /* Who presses Ctrl-C a second time does not want to wait. */
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    if (service->signal_fd >= 0) {
        struct signalfd_siginfo taken;

        while (read(service->signal_fd, &taken, sizeof(taken)) > 0)
            continue;
        sigprocmask(SIG_UNBLOCK, &interrupt, NULL);
    }
    if (service->supervisor) {
        supervisor_stop(service->supervisor, service->store, &service->settings);
        supervisor_free(service->supervisor);
    }
    store_close(service->store);
    catalogue_free(service->catalogue);
    if (service->has_libraries) {
        http_library_deinit();
        mirror_module_stop();
    }
    if (service->wake_fd >= 0)
        close(service->wake_fd);
    if (service->signal_fd >= 0)
        close(service->signal_fd);
    arena_free(service->arena);
}
