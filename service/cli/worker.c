/* perf-review worker */
#include "service.h"

static enum exit_status run(const struct command *command, const struct arguments *arguments)
{
    struct service service;
    struct err err = {0};
    enum err_code code = service_start(&service, argument_of(command, arguments, "--config"), &err);

    if (code == ERR_OK && !service.supervisor)
        code = err_set(&err, ERR_INVALID, "`workers: 0`: there is nothing to start");
    if (code == ERR_OK) {
        LOG(&service.log, SETTINGS_LOG_INFO, "workers ready", {"version", VIEW(PERF_REVIEW_VERSION)});
        code = service_wait(&service, &err);
    }
    if (code != ERR_OK)
        common_redact(&service.settings, &err);
    service_stop(&service);
    return code == ERR_OK ? EXIT_DONE : complain_of(&err);
}

static const struct option OPTIONS[] = {OPTION_CONFIG, {0}};

const struct command COMMAND_WORKER = {
    .name = "worker",
    .summary = "more workers for a daemon that runs already",
    .details =
        "Works on the same database as `serve`, as many processes as `workers:` says. Stops cleanly on\n"
        "SIGTERM and Ctrl-C.\n",
    .examples = "  perf-review worker --config /etc/perf-review/perf-review.yml\n",
    .options = OPTIONS,
    .run = run,
};
