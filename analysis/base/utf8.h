/** @file utf8.h  The one place that knows what well-formed UTF-8 is (Unicode 15, table 3-7). */
#pragma once
#include "base/view.h"

/** Bytes (1 to 4) of the well-formed character at byte @p at of @p text; 0 where there is none. */
size_t utf8_len(struct view text, size_t at);
/** Offset of the first byte that is not well-formed; SIZE_MAX where all is. */
size_t utf8_find_bad(struct view text);
