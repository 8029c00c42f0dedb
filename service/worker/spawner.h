/** @file spawner.h  The process that forks workers: one thread, no store, no network. */
#pragma once
#include "worker/supervisor.h"
#include <sys/types.h>

struct spawner_news { /* one message over the pipe; smaller than PIPE_BUF, so never torn */
    uint32_t slot, generation;
    bool alive;
    int status; /* of waitpid(), where it died */
};

struct spawner {
    struct supervisor_options options;
    const char *prefix; /* of owners */
    int news_fd;
    pid_t parent;
};

/** "PREFIX/slot.generation" */
void spawner_owner(const char *prefix, uint32_t slot, uint32_t generation, char out[SUPERVISOR_OWNER_SIZE]);
/** Never returns. */
_Noreturn void spawner_run(const struct spawner *spawner);
