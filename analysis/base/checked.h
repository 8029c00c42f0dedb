/** @file checked.h  Arithmetic on sizes that come from outside: true and a result, or false on overflow. */
#pragma once
#include "base/view.h"

NODISCARD bool checked_add(size_t a, size_t b, size_t *out);
NODISCARD bool checked_mul(size_t a, size_t b, size_t *out);
NODISCARD bool checked_u32(uint64_t value, uint32_t *out);
