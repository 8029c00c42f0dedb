/** @file sandbox_internal.h  What the child gives up before it looks at anything. */
#pragma once
#include "worker/sandbox.h"

/** Give up descriptors (all but @p fd, which becomes SANDBOX_FD), memory, time, and the right to call the
 *  system for anything but memory and clocks. The process never gets them back. */
enum { SANDBOX_FD = 3 };
NODISCARD
enum err_code sandbox_enter(int fd, const struct sandbox_limits *limits, struct err *err);
