/* The definitions and uses of each binding in the order of the text, so that those within a node are found by
 * halving: a name may have thousands of them, and be asked about at each. */
#include "facts/facts_internal.h"
#include <stdlib.h>

static int spot_compare(const void *left, const void *right)
{
    const struct spot *a = left, *b = right;
    return (a->node > b->node) - (a->node < b->node);
}

/* @p items of one binding, which visiting found in the order of the text but for a few. */
static void sort_spots(struct spot *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (items[i - 1].node > items[i].node) {
            qsort(items, count, sizeof(*items), spot_compare);
            return;
        }
}

enum err_code facts_order(struct facts *facts, struct err *err)
{
    struct spot *spots = ARENA_ARRAY(facts->arena, struct spot, facts->def_count + facts->use_count + 1);
    uint32_t at = 0;

    if (spots == NULL)
        return arena_full(facts->arena, err);
    for (size_t i = 0; i < facts->binding_count; i++) {
        struct binding *binding = &facts->bindings[i];
        binding->defs_at = at;
        for (uint32_t d = binding->first_def; d != FACT_NONE; d = facts->defs[d].next)
            spots[at++] = (struct spot){facts->defs[d].node, d};
        binding->uses_at = at;
        for (uint32_t u = binding->first_use; u != FACT_NONE; u = facts->uses[u].next)
            spots[at++] = (struct spot){facts->uses[u].node, u};
        sort_spots(spots + binding->defs_at, binding->def_count);
        sort_spots(spots + binding->uses_at, binding->use_count);
    }
    facts->spots = spots;
    return ERR_OK;
}

static const struct spot *lower_bound(const struct spot *first, const struct spot *end, uint32_t node)
{
    while (first < end) {
        const struct spot *middle = first + (end - first) / 2;
        if (middle->node < node)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* Those of @p count sorted ones whose nodes are in [from, to). */
static struct spots cut(const struct spot *first, size_t count, uint32_t from, uint32_t to)
{
    const struct spot *start = lower_bound(first, first + count, from);
    return (struct spots){start, lower_bound(start, first + count, to)};
}

struct spots facts_defs_in(const struct facts *facts, const struct binding *binding, uint32_t from,
                           uint32_t to)
{
    return cut(facts->spots + binding->defs_at, binding->def_count, from, to);
}

struct spots facts_uses_in(const struct facts *facts, const struct binding *binding, uint32_t from,
                           uint32_t to)
{
    return cut(facts->spots + binding->uses_at, binding->use_count, from, to);
}
