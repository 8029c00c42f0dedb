/* What types take of room: asked of the language. */
#include "facts/facts_internal.h"

static const struct layout NOTHING_KNOWN = {.most = LAYOUT_UNBOUNDED,
                                            .align_least = 1,
                                            .align_most = 16,
                                            .spare_most = UINT64_MAX,
                                            .sized = LAYOUT_PERHAPS_SIZED};

struct layout facts_layout(struct facts *facts, uint32_t node)
{
    const struct facts_language *language = facts_language_of(facts);
    return node != NODE_NONE && language->layout_of != NULL ? language->layout_of(facts, node)
                                                            : NOTHING_KNOWN;
}

struct layout facts_layout_others(struct facts *facts, uint32_t variant)
{
    const struct facts_language *language = facts_language_of(facts);
    return variant != NODE_NONE && language->layout_others != NULL ? language->layout_others(facts, variant)
                                                                   : NOTHING_KNOWN;
}

bool facts_layout_declared(struct facts *facts, uint32_t item, uint64_t *bytes, uint64_t *best)
{
    const struct facts_language *language = facts_language_of(facts);
    return item != NODE_NONE && language->layout_declared != NULL &&
           language->layout_declared(facts, item, bytes, best);
}
