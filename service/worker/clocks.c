/* Clocks of the system. */
#include "worker/clocks.h"
#include <time.h>

enum { NS_PER_MS = 1000000, MS_PER_S = 1000 };

static int64_t read_ms(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

int64_t clocks_wall_ms(const void *unused)
{
    (void)unused;
    return read_ms(CLOCK_REALTIME);
}

int64_t clocks_steady_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

static uint64_t steady_ns(void *unused)
{
    struct timespec now;

    (void)unused;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MS_PER_S * NS_PER_MS + (uint64_t)now.tv_nsec;
}

struct clock clocks_analysis(void)
{
    return (struct clock){.now_ns = steady_ns};
}
