/* The daemon's side: who lives, and what becomes of the leases of who does not. */
#include "worker/supervisor.h"
#include "worker/clocks.h"
#include "worker/outcome.h"
#include "worker/spawner.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PREFIX_SIZE = 96,
    DEATHS_MAX = 4 * SUPERVISOR_WORKERS_MAX, /* not yet told to the store */
    TEND_ARENA_BYTES = 1 << 20,
    REASON_SIZE = 160,
    STOP_MARGIN_MS = 2000,
    MS = 1000,
};

struct death {
    uint32_t slot, generation;
    int status;
};

struct supervisor {
    char prefix[PREFIX_SIZE];
    pid_t spawner; /* 0: gone */
    int news_fd;
    bool lost;     /* the spawner closed its end */
    bool stopping; /* what dies now was asked to */
    unsigned count;
    uint32_t alive[SUPERVISOR_WORKERS_MAX]; /* generation; 0: none */
    struct death deaths[DEATHS_MAX];
    size_t death_count;
    int64_t renewed_ms;
    const struct log *log;
};

/* No two daemons share it, on this machine or another, also when process numbers come again. */
static void make_prefix(char out[PREFIX_SIZE])
{
    struct utsname host;

    if (uname(&host) != 0)
        host.nodename[0] = '\0';
    snprintf(out, PREFIX_SIZE, "%.40s:%ld:%llx", host.nodename, (long)getpid(),
             (unsigned long long)clocks_wall_ms(NULL));
}

enum err_code supervisor_new(const struct supervisor_options *options, struct supervisor **out,
                             struct err *err)
{
    struct supervisor *made = calloc(1, sizeof(*made));
    struct spawner spawner = {.options = *options, .parent = getpid()};
    int pipes[2];

    if (!made)
        return err_set(err, ERR_MEMORY, "no memory to start workers");
    if (spawner.options.count > SUPERVISOR_WORKERS_MAX)
        spawner.options.count = SUPERVISOR_WORKERS_MAX;
    make_prefix(made->prefix);
    spawner.prefix = made->prefix;
    if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0) {
        free(made);
        return err_set(err, ERR_UNAVAILABLE, "start workers: %s", strerror(errno));
    }
    spawner.news_fd = pipes[1];
    made->spawner = fork();
    if (made->spawner == 0) {
        close(pipes[0]);
        spawner_run(&spawner);
    }
    close(pipes[1]);
    if (made->spawner < 0) {
        close(pipes[0]);
        free(made);
        return err_set(err, ERR_UNAVAILABLE, "start workers: %s", strerror(errno));
    }
    made->news_fd = pipes[0];
    made->count = spawner.options.count;
    made->log = options->log;
    *out = made;
    return ERR_OK;
}

int supervisor_fd(const struct supervisor *supervisor)
{
    return supervisor->news_fd;
}

static void explain(int status, int64_t job_seconds, char out[REASON_SIZE])
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        snprintf(out, REASON_SIZE, "the job took longer than job_seconds, %lld s", (long long)job_seconds);
    else if (WIFSIGNALED(status))
        snprintf(out, REASON_SIZE, "the worker was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(out, REASON_SIZE, "the worker ended with status %d", WEXITSTATUS(status));
}

static void hear(struct supervisor *supervisor, const struct spawner_news *news)
{
    if (news->slot >= supervisor->count)
        return;
    if (news->alive) {
        supervisor->alive[news->slot] = news->generation;
        return;
    }
    supervisor->alive[news->slot] = 0;
    /* One too many to remember: its lease runs out by itself. */
    if (supervisor->death_count < DEATHS_MAX)
        supervisor->deaths[supervisor->death_count++] =
            (struct death){news->slot, news->generation, news->status};
}

static void read_news(struct supervisor *supervisor)
{
    struct spawner_news news;
    ssize_t got;

    do {
        got = read(supervisor->news_fd, &news, sizeof(news));
        if (got == (ssize_t)sizeof(news))
            hear(supervisor, &news);
        else if (got == 0)
            supervisor->lost = true;
    } while (got > 0 || (got < 0 && errno == EINTR));
}

/* The job that @p owner has leased goes back to the queue. */
static enum err_code put_back(struct supervisor *supervisor, struct store *store,
                              const struct settings *settings, const char *owner, int status, int64_t now_ms,
                              struct arena *arena, struct err *err)
{
    bool spent = !supervisor->stopping;
    char reason[REASON_SIZE];
    struct store_job job;
    enum err_code code = store_find_lease(store, view_of(owner), arena, &job, err);

    if (code == ERR_NOT_FOUND)
        return ERR_OK;
    if (code != ERR_OK)
        return code;
    explain(status, settings->limits.job_seconds, reason);
    code = outcome_put_back(store, settings, &job, spent, settings->limits.attempts, now_ms,
                            spent ? view_of(reason) : VIEW("the service was stopped"), err);
    return code == ERR_CONFLICT || code == ERR_SUPERSEDED ? ERR_OK : code;
}

static enum err_code bury_dead(struct supervisor *supervisor, struct store *store,
                               const struct settings *settings, int64_t now_ms, struct arena *arena,
                               struct err *err)
{
    while (supervisor->death_count > 0) {
        const struct death *death = &supervisor->deaths[supervisor->death_count - 1];
        char owner[SUPERVISOR_OWNER_SIZE], reason[REASON_SIZE];
        enum err_code code;

        spawner_owner(supervisor->prefix, death->slot, death->generation, owner);
        arena_reset(arena);
        code = put_back(supervisor, store, settings, owner, death->status, now_ms, arena, err);
        if (code != ERR_OK)
            return code;
        explain(death->status, settings->limits.job_seconds, reason);
        if (!supervisor->stopping)
            LOG(supervisor->log, SETTINGS_LOG_WARN, "worker died", {"owner", view_of(owner)},
                {"reason", view_of(reason)});
        supervisor->death_count--;
    }
    return ERR_OK;
}

static enum err_code renew_living(struct supervisor *supervisor, struct store *store, int64_t until_ms,
                                  struct arena *arena, struct err *err)
{
    for (uint32_t slot = 0; slot < supervisor->count; slot++) {
        char owner[SUPERVISOR_OWNER_SIZE];
        struct store_job job;
        enum err_code code;

        if (supervisor->alive[slot] == 0)
            continue;
        spawner_owner(supervisor->prefix, slot, supervisor->alive[slot], owner);
        arena_reset(arena);
        code = store_find_lease(store, view_of(owner), arena, &job, err);
        /* A lease that a worker made longer for a post stays so. */
        if (code == ERR_OK && job.lease_until_ms < until_ms)
            code = store_renew(store, &job, until_ms, err);
        if (code != ERR_OK && code != ERR_NOT_FOUND && code != ERR_CONFLICT && code != ERR_SUPERSEDED)
            return code;
    }
    return ERR_OK;
}

enum err_code supervisor_tend(struct supervisor *supervisor, struct store *store,
                              const struct settings *settings, int64_t now_ms, struct err *err)
{
    int64_t lease_ms = settings->limits.lease_seconds * MS;
    struct arena *arena = arena_new(TEND_ARENA_BYTES);
    enum err_code code = ERR_OK;

    if (!arena)
        return err_set(err, ERR_MEMORY, "no memory to tend the leases");
    read_news(supervisor);
    code = bury_dead(supervisor, store, settings, now_ms, arena, err);
    if (code == ERR_OK &&
        (now_ms - supervisor->renewed_ms >= lease_ms / 4 || now_ms < supervisor->renewed_ms)) {
        code = renew_living(supervisor, store, now_ms + lease_ms, arena, err);
        if (code == ERR_OK)
            supervisor->renewed_ms = now_ms;
    }
    arena_free(arena);
    if (code == ERR_OK && supervisor->lost && !supervisor->stopping)
        code = err_set(err, ERR_INTERNAL, "the process that starts workers is gone");
    return code;
}

/* The spawner closes the pipe when it ends. */
static void wait_for_end(struct supervisor *supervisor, int64_t deadline_ms)
{
    struct pollfd news = {.fd = supervisor->news_fd, .events = POLLIN};

    while (!supervisor->lost) {
        int64_t left = deadline_ms - clocks_steady_ms();

        if (left <= 0 || (poll(&news, 1, (int)left) < 0 && errno != EINTR))
            break;
        read_news(supervisor);
    }
}

void supervisor_stop(struct supervisor *supervisor, struct store *store, const struct settings *settings)
{
    struct err err = {0};

    if (supervisor->spawner <= 0)
        return;
    supervisor->stopping = true;
    (void)kill(supervisor->spawner, SIGTERM);
    wait_for_end(supervisor, clocks_steady_ms() + SUPERVISOR_GRACE_MS + STOP_MARGIN_MS);
    if (!supervisor->lost)
        (void)kill(supervisor->spawner, SIGKILL); /* its workers go with it */
    while (waitpid(supervisor->spawner, NULL, 0) < 0 && errno == EINTR)
        continue;
    supervisor->spawner = 0;
    if (store && supervisor_tend(supervisor, store, settings, clocks_wall_ms(NULL), &err) != ERR_OK)
        LOG(supervisor->log, SETTINGS_LOG_WARN, "jobs of ended workers wait for their leases to run out",
            {"error", view_of(err.message)});
}

void supervisor_free(struct supervisor *supervisor)
{
    if (!supervisor)
        return;
    if (supervisor->spawner > 0)
        supervisor_stop(supervisor, NULL, NULL);
    close(supervisor->news_fd);
    free(supervisor);
}
