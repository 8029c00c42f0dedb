/* Two rules that speak of the same code are noise: a rule names those to which it yields. Where one of them
 * has a finding that may be shown at the same node, around it or within it, its own is not one. A finding
 * that a comment silences still counts, else silencing one would bring up the other. */
#include "review_internal.h"

static bool yields_to(const struct rule *rule, struct view id)
{
    for (size_t i = 0; i < rule->yield_count; i++)
        if (view_equal(rule->yields[i], id))
            return true;
    return false;
}

/* The first match at @p node or behind it; matches lie in the order of their sites. */
static size_t first_match(const struct match_list *list, uint32_t node)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].nodes[0] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a match at nodes [from, to) is of a rule that @p rule yields to, and may be shown. */
static bool stands_in(const struct run *run, const struct source *head, const struct note_list *notes,
                      const struct rule *rule, uint32_t from, uint32_t to)
{
    for (size_t i = first_match(&head->matches, from);
         i < head->matches.count && head->matches.items[i].nodes[0] < to; i++) {
        const struct match *other = &head->matches.items[i];
        uint32_t node = other->nodes[0];
        enum severity severity = other->variant->severity;
        struct place_heat where;

        if (!yields_to(rule, other->rule->id))
            continue;
        where = heat_of(run->heat, head, notes, node);
        if (heat_allows(run->options, other->variant, other->rule, &where,
                        facts_loop(head->facts, node) != NULL, &severity))
            return true;
    }
    return false;
}

bool match_yields(const struct run *run, const struct source *head, const struct note_list *notes,
                  const struct match *match)
{
    const struct tree *tree = head->tree;
    uint32_t site = match->nodes[0];

    if (match->rule->yield_count == 0)
        return false;
    if (stands_in(run, head, notes, match->rule, site, tree->nodes[site].next))
        return true;
    for (uint32_t node = tree->nodes[site].parent; node != NODE_NONE; node = tree->nodes[node].parent)
        if (stands_in(run, head, notes, match->rule, node, node + 1))
            return true;
    return false;
}
