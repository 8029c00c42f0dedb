/* Predicates on what a loop walks, what grows in it or leaves it, and what names say of sizes. */
#include "engine_internal.h"

/* Its own text, or what gives it its value. */
static bool reads_like(struct look *look, const struct predicate *predicate, uint32_t node)
{
    return pattern_matches(predicate->regex, node_text(look->tree, node)) ||
           holds_origin_text(look, predicate, node, NODE_NONE);
}

bool holds_reads_like(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)b;
    return reads_like(look, predicate, a);
}

bool holds_loop_reads_like(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)b;
    return loop != NULL && loop->iterated != NODE_NONE && reads_like(look, predicate, loop->iterated);
}

bool holds_grows_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate, (void)b;
    return loop != NULL && facts_fills_in(look->facts, a, loop->node);
}

bool holds_escapes_in_loop(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct loop *loop = facts_loop(look->facts, a);
    (void)predicate;
    return loop != NULL && facts_escapes_in(look->facts, a, loop->node, b);
}

bool holds_reads(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    const struct node *nodes = look->tree->nodes;

    (void)predicate;
    for (uint32_t at = b; at < nodes[b].next; at++) {
        if (nodes[at].binding == 0 || (nodes[at].flags & NODE_BINDS) == 0)
            continue;
        for (uint32_t read = a; read < nodes[a].next; read++)
            if (nodes[read].binding == nodes[at].binding && read != at)
                return true;
    }
    return false;
}
