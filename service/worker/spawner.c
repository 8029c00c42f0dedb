/* Forks and reaps. A worker that dies young is replaced after a wait that doubles; one that was ended by its
 * job's deadline is replaced at once. When the daemon dies the kernel sends SIGTERM here, and when this
 * process dies it ends the workers: none is ever left behind. */
#include "worker/spawner.h"
#include "worker/clocks.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    YOUNG_MS = 10000,
    WAIT_FIRST_MS = 100,
    WAIT_MAX_MS = 10000,
    IDLE_MS = 60000,
};

struct slot {
    pid_t pid; /* 0: none runs */
    uint32_t generation;
    int64_t born_ms, due_ms; /* due: when the next one may start */
    int64_t wait_ms;
};

void spawner_owner(const char *prefix, uint32_t slot, uint32_t generation, char out[SUPERVISOR_OWNER_SIZE])
{
    snprintf(out, SUPERVISOR_OWNER_SIZE, "%s/%u.%u", prefix, slot, generation);
}

static void tell(const struct spawner *spawner, const struct spawner_news *news)
{
    while (write(spawner->news_fd, news, sizeof(*news)) < 0 && errno == EINTR)
        continue;
}

static _Noreturn void run_worker(const struct spawner *spawner, uint32_t index, uint32_t generation,
                                 pid_t parent)
{
    char owner[SUPERVISOR_OWNER_SIZE];
    sigset_t none;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    sigemptyset(&none);
    sigaddset(&none, SIGTERM);
    sigprocmask(SIG_SETMASK, &none, NULL);
    close(spawner->news_fd);
    (void)prctl(PR_SET_NAME, "pr-worker");
    spawner_owner(spawner->prefix, index, generation, owner);
    _exit(spawner->options.work(spawner->options.ctx, owner));
}

static void start_worker(const struct spawner *spawner, struct slot *slot, uint32_t index)
{
    pid_t self = getpid(), child;
    uint32_t generation = slot->generation + 1;

    /* Told first: a worker that leases a job at once must be known by then. */
    tell(spawner, &(struct spawner_news){.slot = index, .generation = generation, .alive = true});
    child = fork();
    if (child == 0)
        run_worker(spawner, index, generation, self);
    slot->generation = generation;
    slot->born_ms = clocks_steady_ms();
    if (child < 0) {
        slot->due_ms = slot->born_ms + WAIT_MAX_MS;
        return;
    }
    slot->pid = child;
}

static void bury(const struct spawner *spawner, struct slot *slot, uint32_t index, int status)
{
    int64_t now = clocks_steady_ms();
    bool young = now - slot->born_ms < YOUNG_MS && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);

    slot->pid = 0;
    slot->wait_ms = !young ? 0 : slot->wait_ms == 0 ? WAIT_FIRST_MS : slot->wait_ms * 2;
    if (slot->wait_ms > WAIT_MAX_MS)
        slot->wait_ms = WAIT_MAX_MS;
    slot->due_ms = now + slot->wait_ms;
    tell(spawner, &(struct spawner_news){.slot = index, .generation = slot->generation, .status = status});
}

static void reap(const struct spawner *spawner, struct slot *slots)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (uint32_t i = 0; i < spawner->options.count; i++)
            if (slots[i].pid == pid)
                bury(spawner, &slots[i], i, status);
}

static unsigned count_alive(const struct spawner *spawner, const struct slot *slots)
{
    unsigned alive = 0;

    for (uint32_t i = 0; i < spawner->options.count; i++)
        alive += slots[i].pid != 0;
    return alive;
}

static void signal_all(const struct spawner *spawner, const struct slot *slots, int signal_number)
{
    for (uint32_t i = 0; i < spawner->options.count; i++)
        if (slots[i].pid != 0)
            (void)kill(slots[i].pid, signal_number);
}

/* The next signal of @p set, or 0 after @p wait_ms. */
static int next_signal(const sigset_t *set, int64_t wait_ms)
{
    const struct timespec wait = {.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000};
    int got = sigtimedwait(set, NULL, &wait);

    return got > 0 ? got : 0;
}

static void end_all(const struct spawner *spawner, struct slot *slots, const sigset_t *signals)
{
    int64_t deadline = clocks_steady_ms() + SUPERVISOR_GRACE_MS;

    signal_all(spawner, slots, SIGTERM);
    while (count_alive(spawner, slots) > 0) {
        int64_t left = deadline - clocks_steady_ms();

        if (left <= 0) {
            signal_all(spawner, slots, SIGKILL);
            deadline = INT64_MAX;
            left = 1000;
        }
        (void)next_signal(signals, left > 1000 ? 1000 : left);
        reap(spawner, slots);
    }
}

_Noreturn void spawner_run(const struct spawner *spawner)
{
    struct slot slots[SUPERVISOR_WORKERS_MAX] = {0};
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_SETMASK, &signals, NULL);
    /* Ctrl-C reaches the whole group: the daemon's own process decides what becomes of it. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_NAME, "pr-spawner");
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != spawner->parent)
        _exit(1);
    for (;;) {
        int64_t now = clocks_steady_ms(), wait = IDLE_MS;

        for (uint32_t i = 0; i < spawner->options.count; i++) {
            if (slots[i].pid == 0 && slots[i].due_ms <= now)
                start_worker(spawner, &slots[i], i);
            if (slots[i].pid == 0 && slots[i].due_ms - now < wait)
                wait = slots[i].due_ms - now;
        }
        if (next_signal(&signals, wait > 0 ? wait : 0) == SIGTERM)
            break;
        reap(spawner, slots);
    }
    end_all(spawner, slots, &signals);
    _exit(0);
}
