/* Predicates on the sizes of types, and their figures in templates. */
#include "engine_internal.h"
#include <inttypes.h>

bool holds_size(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    struct layout layout = facts_layout(look->facts, a);
    uint64_t bound = (uint64_t)predicate->number;

    (void)b;
    return predicate->bits != 0 ? layout.least >= bound : layout.most <= bound;
}

bool holds_thin(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_layout(look->facts, a).sized == LAYOUT_SIZED;
}

bool holds_outgrows_others(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint64_t others = facts_layout_others(look->facts, a).most, own = facts_layout(look->facts, a).least;
    (void)b;
    return others != LAYOUT_UNBOUNDED && own >= others && own - others >= (uint64_t)predicate->number;
}

bool holds_padded(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    uint64_t bytes, best;
    (void)b;
    return facts_layout_declared(look->facts, a, &bytes, &best) && bytes > best &&
           bytes - best >= (uint64_t)predicate->number;
}

bool layout_write(struct facts *facts, uint32_t node, struct view which, struct buffer *out)
{
    struct layout layout =
        view_is(which, "bytes-others") ? facts_layout_others(facts, node) : facts_layout(facts, node);
    uint64_t bytes, best;

    if (view_is(which, "bytes-reordered")) {
        if (!facts_layout_declared(facts, node, &bytes, &best))
            return false;
        buffer_add_format(out, "%" PRIu64, best);
        return true;
    }
    if (layout.least == 0 && layout.most != 0)
        return false;
    buffer_add_format(out, "%s%" PRIu64, layout.least == layout.most ? "" : "at least ", layout.least);
    return true;
}
