/** @file progress.h  A bar on stderr for work that takes a while; nothing where stderr is no terminal. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool is_terminal, drawn;
    int64_t begun_ms, drawn_ms;
};

void progress_begin(struct progress *progress);
/** In the shape of review_options.progress. */
void progress_step(void *progress, size_t done, size_t total);
void progress_end(struct progress *progress); /* erases it */
