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
    both->item = a->item != NULL && b->item != NULL && a->item->kind == b->item->kind ? a->item
                 : a->item == NULL                                                    ? b->item
                                   : (b->item == NULL ? a->item : NULL);
    both->value = a->value != NULL && b->value != NULL && a->value->kind == b->value->kind ? a->value : NULL;
    return both;
}
