/* How the sizes of parts make the size of a whole, as rustc lays types out. The compiler orders the fields of
 * a struct freely, and with fields sorted by alignment no room is lost but at the end: the size is the sum,
 * rounded up to the alignment. An enum needs a tag, or hides it in bit patterns that no value of its largest
 * variant has. Where a part has bounds only, so has the whole. */
#include "facts/rust_layout.h"

uint64_t layout_times(uint64_t bytes, uint64_t count)
{
    uint64_t out;
    if (bytes == LAYOUT_UNBOUNDED)
        return count == 0 ? 0 : LAYOUT_UNBOUNDED;
    return __builtin_mul_overflow(bytes, count, &out) ? LAYOUT_UNBOUNDED : out;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    uint64_t out;
    return __builtin_add_overflow(a, b, &out) ? LAYOUT_UNBOUNDED : out;
}

uint64_t layout_round_up(uint64_t bytes, uint64_t align)
{
    uint64_t more = plus(bytes, align - 1);
    return more == LAYOUT_UNBOUNDED ? more : more / align * align;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

struct layout layout_plain(uint64_t bytes, uint64_t align)
{
    return (struct layout){.least = bytes, .most = bytes, .align_least = align, .align_most = align};
}

struct layout layout_unknown(void)
{
    return (struct layout){.most = LAYOUT_UNBOUNDED,
                           .align_least = 1,
                           .align_most = 16,
                           .spare_most = UINT64_MAX,
                           .sized = LAYOUT_PERHAPS_SIZED};
}

struct layout layout_pointer(enum layout_sized to)
{
    struct layout pointer = layout_plain(to == LAYOUT_UNSIZED ? 16 : 8, 8);
    if (to != LAYOUT_SIZED)
        pointer.most = 16;
    pointer.spare_least = 1; /* null */
    pointer.spare_most = to == LAYOUT_SIZED ? 1 : UINT64_MAX;
    return pointer;
}

struct layout layout_aligned(struct layout layout, uint64_t align)
{
    layout.align_least = larger(layout.align_least, align);
    layout.align_most = larger(layout.align_most, align);
    layout.least = layout_round_up(layout.least, layout.align_least);
    layout.most = layout_round_up(layout.most, layout.align_most);
    return layout;
}

struct layout_fields layout_fields_start(uint64_t prefix, uint64_t align_limit)
{
    return (struct layout_fields){
        .sum = layout_plain(prefix, prefix > 0 ? prefix : 1), .declared = prefix, .align_limit = align_limit};
}

void layout_fields_add(struct layout_fields *fields, struct layout field, bool maybe)
{
    struct layout *sum = &fields->sum;

    if (fields->align_limit > 0) {
        field.align_least = smaller(field.align_least, fields->align_limit);
        field.align_most = smaller(field.align_most, fields->align_limit);
    }
    fields->declared = layout_exact(&field) && !maybe
                           ? plus(layout_round_up(fields->declared, field.align_least), field.least)
                           : LAYOUT_UNBOUNDED;
    sum->most = plus(sum->most, field.most);
    sum->align_most = larger(sum->align_most, field.align_most);
    sum->spare_most = larger(sum->spare_most, field.spare_most);
    if (maybe)
        return;
    sum->least = plus(sum->least, field.least);
    sum->align_least = larger(sum->align_least, field.align_least);
    sum->spare_least = larger(sum->spare_least, field.spare_least);
    sum->empty |= field.empty;
    sum->sized = field.sized; /* only the last field may be without a size of its own */
}

struct layout layout_fields_end(const struct layout_fields *fields, bool as_declared)
{
    struct layout out = layout_aligned(fields->sum, 1);

    if (as_declared && fields->declared != LAYOUT_UNBOUNDED)
        out.least = out.most = layout_round_up(fields->declared, out.align_least);
    else if (as_declared && !layout_exact(&out))
        out.most = LAYOUT_UNBOUNDED;
    return out;
}

/* With a tag in front of each variant. */
static struct layout tagged(const struct layout_variant *variants, uint32_t count)
{
    struct layout out = layout_plain(1, 1);

    for (uint32_t i = 0; i < count; i++) {
        struct layout one = layout_fields_end(&variants[i].typed, false);
        out.most = larger(out.most, one.most);
        out.align_most = larger(out.align_most, one.align_most);
        if (variants[i].maybe)
            continue;
        out.least = larger(out.least, one.least);
        out.align_least = larger(out.align_least, one.align_least);
    }
    out.spare_least = LAYOUT_VARIANTS_MAX - count;
    out.spare_most = UINT64_MAX; /* the tag may be as wide as the gap behind it */
    return layout_aligned(out, 1);
}

/* What is known of the largest variant. */
struct largest {
    uint32_t index;
    bool sure;       /* none of the others can be as large */
    bool alone;      /* the others have no bytes at all */
    bool crowded;    /* another one surely leaves no room for a tag */
    uint64_t values; /* bit patterns that the others need */
};

static struct largest find_largest(const struct layout_variant *variants, uint32_t count)
{
    struct largest out = {.sure = true, .alone = true};
    uint32_t first = UINT32_MAX, last = 0;

    for (uint32_t i = 1; i < count; i++)
        if (variants[i].alone.least >= variants[out.index].alone.least)
            out.index = i;
    for (uint32_t i = 0; i < count; i++) {
        const struct layout *own = &variants[out.index].alone, *other = &variants[i].alone;
        out.sure &= !variants[i].maybe;
        if (i == out.index)
            continue;
        out.sure &= other->most <= own->least;
        out.alone &= other->most == 0;
        out.crowded |= !variants[i].maybe && own->most != LAYOUT_UNBOUNDED && other->least >= own->most;
        first = first == UINT32_MAX ? i : first;
        last = i;
    }
    out.values = first == UINT32_MAX ? 0 : last - first + 1;
    return out;
}

/* Without a tag: the largest variant's size, the others told by its spare bit patterns. */
static struct layout hidden_tag(const struct layout_variant *variants, const struct largest *largest,
                                struct layout tag)
{
    struct layout out = variants[largest->index].alone;

    out.align_least = tag.align_least;
    out.align_most = tag.align_most;
    out = layout_aligned(out, 1);
    out.spare_least = out.spare_least > largest->values ? out.spare_least - largest->values : 0;
    if (out.spare_most != UINT64_MAX)
        out.spare_most = out.spare_most > largest->values ? out.spare_most - largest->values : 0;
    if (tag.least <= out.most) { /* where both are as large, the compiler takes the one with more left */
        out.spare_least = larger(out.spare_least, tag.spare_least);
        out.spare_most = larger(out.spare_most, tag.spare_most);
    }
    return out;
}

struct layout layout_choice(const struct layout_variant *variants, uint32_t count)
{
    struct layout_variant kept[LAYOUT_VARIANTS_MAX];
    struct largest largest;
    struct layout tag, own;
    uint32_t n = 0;

    if (count > LAYOUT_VARIANTS_MAX)
        return layout_unknown();
    for (uint32_t i = 0; i < count; i++)
        if (!variants[i].alone.empty || variants[i].alone.most > 0)
            kept[n++] = variants[i]; /* one that cannot be made, and has no bytes, takes no room */
    if (n == 0)
        return (struct layout){.align_least = 1, .align_most = 1, .empty = true};
    if (n == 1 && !kept[0].maybe)
        return kept[0].alone;
    largest = find_largest(kept, n);
    tag = tagged(kept, n);
    own = kept[largest.index].alone;
    if (largest.sure && (largest.crowded || own.spare_most < largest.values))
        return tag;
    own = hidden_tag(kept, &largest, tag);
    if (largest.sure && largest.alone && kept[largest.index].alone.spare_least >= largest.values)
        return own;
    tag.least = smaller(tag.least, own.least);
    tag.spare_least = smaller(tag.spare_least, own.spare_least);
    return tag;
}
