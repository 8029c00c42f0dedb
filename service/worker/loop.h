/** @file loop.h  A worker process: waits for jobs, leases one at a time, runs it under a deadline. */
#pragma once
#include "worker/job.h"

struct loop_options { /* borrowed */
    const struct settings *settings;
    const struct catalogue *catalogue;
    const struct log *log;
    const char *database; /* path */
    int wake_fd;          /* readable when a job was queued; -1: none */
    const char *owner;    /* name of its leases: no other process has it */
};

/** Work until SIGTERM, which must be blocked, as SIGALRM must not: its default action is the deadline of a
 * job that hangs in a library. Returns when the job at hand, if any, is done. Errors: the store or the HTTP
 *  client could not be had at the start. */
NODISCARD
enum err_code loop_run(const struct loop_options *options, struct err *err);
