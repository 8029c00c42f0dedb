/* Sizes from outside: the compiler's own overflow tests, behind names that read well. */
#include "base/checked.h"

bool checked_add(size_t a, size_t b, size_t *out)
{
    size_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool checked_mul(size_t a, size_t b, size_t *out)
{
    size_t product;

    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

bool checked_u32(uint64_t value, uint32_t *out)
{
    if (value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}
