/** @file sandbox.h  Work on hostile bytes in a child process that can open no file and no socket, and whose
 *  time, memory and output are bounded. What ever happens in there ends the child, never the caller. */
#pragma once
#include "base/buffer.h"

struct sandbox_limits {
    int64_t wall_ms;
    uint32_t cpu_seconds;
    size_t memory_bytes; /* above what the process has mapped already */
    size_t output_bytes;
};

/** Runs in the child, on a copy of the caller's memory. Fills @p out, or fails with @p err: both come back.
 *  It may compute, use memory and read clocks; any other system call ends it. */
typedef enum err_code sandbox_work(void *ctx, struct buffer *out, struct err *err);

/** Run @p work in a child of this process, which must have no other thread, and wait for its end.
 *  @p out (empty) gets what it wrote. Errors: those of the work; ERR_LIMIT where the child took too long or
 *  wrote too much; ERR_INTERNAL where it crashed, with the signal; ERR_UNAVAILABLE where none can be made. */
NODISCARD
enum err_code sandbox_run(sandbox_work *work, void *ctx, const struct sandbox_limits *limits,
                          struct buffer *out, struct err *err);
