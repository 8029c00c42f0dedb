/* One worker. libgit2 1.5 cannot bound a fetch that hangs, so each job runs under an alarm whose default
 * action ends the process; whoever watches over the workers puts the job back and starts another worker. */
#include "worker/loop.h"
#include "http/client.h"
#include "worker/clocks.h"
#include "worker/outcome.h"
#include "worker/sweep.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    IDLE_WAIT_MS = 1000,    /* others write to the database too: `deliveries replay` wakes nobody */
    TROUBLE_WAIT_MS = 2000, /* after a failure of the store */
    LEASE_ARENA_BYTES = 1 << 20,
    SANDBOX_MEMORY_BYTES = 768 << 20,
    SANDBOX_CPU_SECONDS = 60,
    ANALYSIS_BYTES = 256 << 20,
    MS = 1000,
};

struct loop {
    const struct loop_options *options;
    struct store *store;
    struct http_curl *curl;
    struct http_client http;
    struct forge *forges;
    struct arena *own;   /* for the process's life */
    struct arena *lease; /* of the job at hand */
    int stop_fd;
};

static enum err_code open_all(struct loop *loop, struct err *err)
{
    const struct settings *settings = loop->options->settings;
    const struct store_options store = {.path = loop->options->database,
                                        .attempts_max = settings->limits.attempts};
    const struct http_curl_options http = {.timeout_ms = settings->limits.api_seconds * MS};
    enum err_code code;
    sigset_t term;

    loop->own = arena_new(LEASE_ARENA_BYTES);
    loop->lease = arena_new(LEASE_ARENA_BYTES);
    if (!loop->own || !loop->lease)
        return err_set(err, ERR_MEMORY, "no memory for a worker");
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    loop->stop_fd = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
    if (loop->stop_fd < 0)
        return err_set(err, ERR_UNAVAILABLE, "signals of a worker cannot be had");
    code = store_open(&store, &loop->store, err);
    if (code == ERR_OK)
        code = http_curl_new(&http, &loop->curl, err);
    if (code != ERR_OK)
        return code;
    loop->http = http_curl_client(loop->curl);
    return job_forges(settings, &loop->http, loop->own, &loop->forges, err);
}

/* Whether to go on: false once SIGTERM has come. */
static bool wait_for_work(const struct loop *loop, int64_t wait_ms)
{
    struct pollfd fds[] = {{.fd = loop->stop_fd, .events = POLLIN},
                           {.fd = loop->options->wake_fd, .events = POLLIN}};
    char count[8];

    if (wait_ms < 0)
        wait_ms = 0;
    if (poll(fds, COUNT_OF(fds), (int)(wait_ms > IDLE_WAIT_MS ? IDLE_WAIT_MS : wait_ms)) < 0 &&
        errno != EINTR)
        return false;
    if (fds[1].revents & POLLIN && read(loop->options->wake_fd, count, sizeof(count)) < 0 && errno != EAGAIN)
        return false;
    return !(fds[0].revents & POLLIN);
}

static void set_deadline(int64_t seconds)
{
    const struct itimerval timer = {.it_value = {.tv_sec = (time_t)seconds}};

    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* @p job NULL: there is none, and what dead workers left undone is tidied up. */
static enum err_code run_job(struct loop *loop, const struct store_job *job, struct err *err)
{
    const struct loop_options *options = loop->options;
    int64_t job_seconds = options->settings->limits.job_seconds;
    const struct job_world world = {
        .settings = options->settings,
        .catalogue = options->catalogue,
        .log = options->log,
        .clock = clocks_analysis(),
        /* Half of the deadline: a change that hangs the analysis ends the analysis, not the worker. */
        .sandbox = {.wall_ms = job_seconds * MS / 2,
                    .cpu_seconds = SANDBOX_CPU_SECONDS,
                    .memory_bytes = SANDBOX_MEMORY_BYTES,
                    .output_bytes = ANALYSIS_RESULT_MAX_BYTES},
        .analysis_bytes = ANALYSIS_BYTES,
    };
    const struct outcome_world outcome = {
        .job = &world, .store = loop->store, .forges = loop->forges, .now_ms = clocks_wall_ms};
    struct arena *arena = arena_new(JOB_ARENA_BYTES);
    enum err_code code = arena ? ERR_OK : err_set(err, ERR_MEMORY, "no memory for a job");

    set_deadline(job_seconds);
    if (code == ERR_OK)
        code = job ? outcome_run(&outcome, job, arena, err) : outcome_tidy(&outcome, arena, err);
    set_deadline(0);
    arena_free(arena);
    return code;
}

/* The lists of the forges, where their time has come; a job has its turn before they go on. */
static enum err_code sweep(struct loop *loop, struct err *err)
{
    const struct loop_options *options = loop->options;
    const struct sweep_world world = {.settings = options->settings,
                                      .log = options->log,
                                      .store = loop->store,
                                      .forges = loop->forges,
                                      .owner = view_of(options->owner),
                                      .now_ms = clocks_wall_ms};
    struct arena *arena = arena_new(JOB_ARENA_BYTES);
    enum err_code code = arena ? ERR_OK : err_set(err, ERR_MEMORY, "no memory for a sweep");

    set_deadline(options->settings->limits.job_seconds);
    if (code == ERR_OK)
        code = sweep_run(&world, arena, err);
    set_deadline(0);
    arena_free(arena);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* One look at the queue: *wait_ms tells when to look again. */
static enum err_code turn(struct loop *loop, int64_t *wait_ms, struct err *err)
{
    const struct settings_limits *limits = &loop->options->settings->limits;
    int64_t now_ms = clocks_wall_ms(NULL), due_ms = INT64_MAX;
    struct store_job job;
    enum err_code code;

    arena_reset(loop->lease);
    *wait_ms = 0;
    code = sweep(loop, err);
    if (code != ERR_OK)
        return code;
    code = store_lease_job(loop->store, view_of(loop->options->owner), now_ms, limits->lease_seconds * MS,
                           loop->lease, &job, err);
    if (code == ERR_OK)
        return run_job(loop, &job, err);
    if (code != ERR_NOT_FOUND)
        return code;
    code = run_job(loop, NULL, err);
    if (code != ERR_NOT_FOUND)
        return code;
    code = store_next_due(loop->store, &due_ms, err);
    *wait_ms = due_ms - now_ms > IDLE_WAIT_MS ? IDLE_WAIT_MS : due_ms - now_ms;
    /* What is due and was not leased is another worker's by now. */
    if (*wait_ms < 50)
        *wait_ms = 50;
    return code;
}

enum err_code loop_run(const struct loop_options *options, struct err *err)
{
    struct loop loop = {.options = options, .stop_fd = -1};
    enum err_code code = open_all(&loop, err);
    int64_t wait_ms = 0;

    while (code == ERR_OK && wait_for_work(&loop, wait_ms)) {
        struct err trouble = {0};

        if (turn(&loop, &wait_ms, &trouble) == ERR_OK)
            continue;
        LOG(options->log, SETTINGS_LOG_ERROR, "store failed", {"error", view_of(trouble.message)});
        wait_ms = TROUBLE_WAIT_MS;
    }
    store_close(loop.store);
    for (size_t i = 0; loop.forges && i < options->settings->forge_count; i++)
        forge_leave(&loop.forges[i]);
    http_curl_free(loop.curl);
    if (loop.stop_fd >= 0)
        close(loop.stop_fd);
    arena_free(loop.lease);
    arena_free(loop.own);
    return code;
}
