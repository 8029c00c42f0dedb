/** @file clocks.h  The process's own clocks, in the shapes that others take them in. */
#pragma once
#include "syntax/tree.h"
#include <stdint.h>

/** Milliseconds since 1970; the argument is not used. */
int64_t clocks_wall_ms(const void *unused);
/** Milliseconds that never go back. */
int64_t clocks_steady_ms(void);
/** The analysis's clock. */
struct clock clocks_analysis(void);
