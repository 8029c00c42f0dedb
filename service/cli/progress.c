/* Drawn at most ten times a second, and not for work that is over before anybody would look. */
#include "progress.h"
#include "worker/clocks.h"
#include <stdio.h>
#include <unistd.h>

enum { PATIENCE_MS = 500, REDRAW_MS = 100, WIDTH = 30 };

void progress_begin(struct progress *progress)
{
    *progress = (struct progress){.is_terminal = isatty(STDERR_FILENO), .begun_ms = clocks_steady_ms()};
}

void progress_step(void *ctx, size_t done, size_t total)
{
    static const char FULL[] = "##############################", EMPTY[] = "..............................";
    struct progress *progress = ctx;
    int64_t now = progress->is_terminal ? clocks_steady_ms() : 0;
    int filled = total ? (int)(done * WIDTH / total) : WIDTH;

    if (!progress->is_terminal || now - progress->begun_ms < PATIENCE_MS ||
        now - progress->drawn_ms < REDRAW_MS)
        return;
    progress->drawn_ms = now;
    progress->drawn = true;
    fprintf(stderr, "\r[%.*s%.*s] %zu of %zu files\033[K", filled, FULL, WIDTH - filled, EMPTY, done, total);
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
}
