/** @file layout.h  How much room values of a Rust type take on a 64-bit target. Where a part is not known
 *  (generics, types of other files, #[cfg] on a field) only bounds are. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define LAYOUT_UNBOUNDED UINT64_MAX

/* Whether a pointer to the type is one word, or two: to str, [T], dyn Trait. */
enum layout_sized { LAYOUT_SIZED, LAYOUT_PERHAPS_SIZED, LAYOUT_UNSIZED };

struct layout {
    uint64_t least, most;             /* bytes; most may be LAYOUT_UNBOUNDED */
    uint64_t align_least, align_most; /* bytes */
    uint64_t spare_least, spare_most; /* bit patterns that no value has: they can tell variants apart */
    enum layout_sized sized;
    bool empty; /* it has no values */
};

static inline bool layout_exact(const struct layout *layout)
{
    return layout->least == layout->most && layout->align_least == layout->align_most;
}
