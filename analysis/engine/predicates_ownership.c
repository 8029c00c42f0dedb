/* Predicates on who owns what a local variable of Rust holds. */
#include "engine_internal.h"

bool holds_reference(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_type(look->facts, a)->reference;
}

bool holds_movable_parts(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_movable_parts(look->facts, a);
}

bool holds_never_moved(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_never_moved(look->facts, a);
}

bool holds_last_use(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_last_use(look->facts, a);
}

bool holds_borrowed_at(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_borrowed_at(look->facts, a, b);
}

bool holds_needed_from(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate;
    return facts_needed_from(look->facts, a, b);
}

bool holds_used_through(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_used_through(look->facts, a);
}

bool holds_exclusive(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_exclusive(look->facts, a);
}

bool holds_trait_method(struct look *look, const struct predicate *predicate, uint32_t a, uint32_t b)
{
    (void)predicate, (void)b;
    return facts_trait_method(look->facts, a);
}
