/* Names of types, and what two of them have in common. */
#include "facts/type.h"

const struct type TYPE_IS_UNKNOWN = {.kind = TYPE_UNKNOWN};

static const char *const NAMES[] = {
#define X(kind, name) [kind] = name,
    TYPE_KINDS(X)
#undef X
};

const char *type_kind_name(enum type_kind kind)
{
    return NAMES[kind];
}

bool type_kind_of(struct view name, enum type_kind *out)
{
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (view_is(name, NAMES[i])) {
            *out = (enum type_kind)i;
            return true;
        }
    return false;
}

static const struct type *or_none(const struct type *type, struct arena *arena)
{
    struct type *copy;
    if (type->kind == TYPE_UNKNOWN || type->optional || (copy = ARENA_NEW(arena, struct type)) == NULL)
        return type;
    *copy = *type;
    copy->optional = true;
    return copy;
}

/* What two types hold, both or whichever is known: an empty list says nothing of its elements. */
static const struct type *join_held(const struct type *a, const struct type *b, struct arena *arena)
{
    const struct type *both;
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    both = type_join(a, b, arena);
    return both->kind != TYPE_UNKNOWN ? both : NULL;
}

static void join_parts(struct type *both, const struct type *a, const struct type *b, struct arena *arena)
{
    const struct type **parts;

    both->parts = NULL;
    both->part_count = 0;
    if (a->parts == NULL || b->parts == NULL || a->part_count != b->part_count ||
        (parts = ARENA_ARRAY(arena, const struct type *, a->part_count)) == NULL)
        return;
    for (uint32_t i = 0; i < a->part_count; i++)
        parts[i] = type_join(a->parts[i], b->parts[i], arena);
    both->parts = parts;
    both->part_count = a->part_count;
}

const struct type *type_join(const struct type *a, const struct type *b, struct arena *arena)
{
    struct type *both;

    if (a == b)
        return a;
    if (a->kind == TYPE_NONE)
        return or_none(b, arena);
    if (b->kind == TYPE_NONE)
        return or_none(a, arena);
    if (a->kind != b->kind || a->reference != b->reference)
        return &TYPE_IS_UNKNOWN;
    if (!view_equal(a->path, b->path))
        return a->kind == TYPE_INSTANCE || a->kind == TYPE_CLASS ? &TYPE_IS_UNKNOWN
                                                                 : (a->path.len == 0 ? a : b);
    if ((both = ARENA_NEW(arena, struct type)) == NULL)
        return &TYPE_IS_UNKNOWN;
    *both = *a;
    both->optional = a->optional || b->optional;
    both->item = join_held(a->item, b->item, arena);
    both->value = join_held(a->value, b->value, arena);
    join_parts(both, a, b, arena);
    return both;
}
