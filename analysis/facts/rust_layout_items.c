/* The types that a file defines: structs, unions, enums, aliases, with what their repr says. */
#include "facts/rust_layout.h"

struct repr {
    bool declared_order; /* C */
    bool odd;            /* not to be understood */
    uint64_t packed, align, tag;
};

static uint32_t attribute_of(const struct facts *facts, uint32_t node)
{
    return rust_kind(facts, node) == RUST_sym_attribute_item ? rust_child(facts, node, 0) : NODE_NONE;
}

static bool is_cfg(const struct facts *facts, uint32_t node)
{
    return view_is(rust_text(facts, rust_child(facts, attribute_of(facts, node), 0)), "cfg");
}

/* The next word or number of "(C, align(8))" from *at on. */
static struct view next_word(struct view text, size_t *at)
{
    size_t start;
    while (*at < text.len && !(text.ptr[*at] >= '0' && text.ptr[*at] <= '9') &&
           !((text.ptr[*at] | 32) >= 'a' && (text.ptr[*at] | 32) <= 'z'))
        (*at)++;
    start = *at;
    while (*at < text.len && ((text.ptr[*at] >= '0' && text.ptr[*at] <= '9') ||
                              ((text.ptr[*at] | 32) >= 'a' && (text.ptr[*at] | 32) <= 'z')))
        (*at)++;
    return view_slice(text, start, *at);
}

static void read_repr(struct view text, struct repr *out)
{
    struct view word, last = VIEW("");
    struct layout primitive;
    uint64_t number;

    for (size_t at = 0; (word = next_word(text, &at)).len > 0; last = word) {
        if (view_is(word, "C"))
            out->declared_order = true;
        else if (view_is(word, "packed"))
            out->packed = 1;
        else if (view_to_u64(word, &number) && number > 0 && view_is(last, "packed"))
            out->packed = number;
        else if (view_to_u64(word, &number) && number > 0 && view_is(last, "align"))
            out->align = number;
        else if (rust_primitive_layout(word, &primitive))
            out->tag = primitive.least;
        else if (!view_is(word, "align") && !view_is(word, "transparent") && !view_is(word, "Rust"))
            out->odd = true; /* simd */
    }
}

static struct repr repr_of(const struct facts *facts, uint32_t item)
{
    struct repr out = {0};
    uint32_t parent = rust_parent(facts, item);

    for (uint32_t at = parent != NODE_NONE ? rust_child(facts, parent, 0) : NODE_NONE, first = NODE_NONE;
         at != NODE_NONE && at <= item; at = node_sibling_named(facts->tree, at)) {
        if (at == item) {
            for (; first != NODE_NONE && first < item; first = node_sibling_named(facts->tree, first)) {
                uint32_t attribute = attribute_of(facts, first);
                struct view name = rust_text(facts, rust_child(facts, attribute, 0));
                struct view arguments = rust_text(facts, rust_field(facts, attribute, RUST_field_arguments));
                if (view_is(name, "repr"))
                    read_repr(arguments, &out);
                else if (view_is(name, "cfg_attr") && view_find(arguments, VIEW("repr"), 0) != SIZE_MAX)
                    out.odd = true;
            }
            break;
        }
        if (rust_kind(facts, at) != RUST_sym_attribute_item)
            first = NODE_NONE;
        else if (first == NODE_NONE)
            first = at;
    }
    return out;
}

/* All fields of a struct or variant whose list is @p body, in the order of the text. */
static void add_fields(struct measure *m, uint32_t body, const struct generics *generics,
                       struct layout_fields *out)
{
    struct facts *facts = m->facts;
    bool maybe = false;

    for (uint32_t at = rust_child(facts, body, 0); at != NODE_NONE;
         at = node_sibling_named(facts->tree, at)) {
        uint16_t kind = facts->tree->nodes[at].kind;
        uint32_t type = kind == RUST_sym_field_declaration ? rust_field(facts, at, RUST_field_type)
                        : facts->tree->nodes[at].field == RUST_field_type ? at
                                                                          : NODE_NONE;
        maybe |= is_cfg(facts, at);
        if (type == NODE_NONE)
            continue;
        layout_fields_add(out, rust_layout_of(m, type, generics), maybe);
        maybe = false;
    }
}

static struct layout struct_layout(struct measure *m, uint32_t item, const struct generics *generics)
{
    struct repr repr = repr_of(m->facts, item);
    struct layout_fields fields = layout_fields_start(0, repr.packed);
    struct layout out;

    if (repr.odd)
        return layout_unknown();
    add_fields(m, rust_field(m->facts, item, RUST_field_body), generics, &fields);
    out = layout_fields_end(&fields, repr.declared_order);
    if (out.sized == LAYOUT_PERHAPS_SIZED && out.most == LAYOUT_UNBOUNDED) {
        /* A last field of another file's type has a size, unless the struct passes a ?Sized on. */
        struct view text = rust_text(m->facts, rust_field(m->facts, item, RUST_field_type_parameters));
        struct view all = node_text(m->facts->tree, item);
        if (view_find_byte(text, '?', 0) == SIZE_MAX && view_find(all, VIEW("?Sized"), 0) == SIZE_MAX)
            out.sized = LAYOUT_SIZED;
    }
    return repr.align > 0 ? layout_aligned(out, repr.align) : out;
}

static const struct generics NO_GENERICS = {NODE_NONE, NODE_NONE, NULL};

/* The larger of both, as in a union. */
static struct layout either(struct layout a, struct layout b)
{
    a.least = b.least > a.least ? b.least : a.least;
    a.most = b.most > a.most ? b.most : a.most;
    a.align_least = b.align_least > a.align_least ? b.align_least : a.align_least;
    a.align_most = b.align_most > a.align_most ? b.align_most : a.align_most;
    a.spare_least = 0;
    a.spare_most = UINT64_MAX;
    return a;
}

static struct layout union_layout(struct measure *m, uint32_t item, const struct generics *generics)
{
    struct facts *facts = m->facts;
    struct repr repr = repr_of(facts, item);
    struct layout out = layout_plain(0, 1);
    uint32_t body = rust_field(facts, item, RUST_field_body);

    if (repr.odd || repr.packed > 0)
        return layout_unknown();
    for (uint32_t at = rust_child(facts, body, 0); at != NODE_NONE; at = node_sibling_named(facts->tree, at))
        if (facts->tree->nodes[at].kind == RUST_sym_field_declaration)
            out = either(out, rust_layout_of(m, rust_field(facts, at, RUST_field_type), generics));
    out.spare_most = 0;
    return layout_aligned(out, repr.align > 0 ? repr.align : 1);
}

/* With repr(C) or repr(u8): a tag, and the fields of all variants as declared. */
static struct layout tagged_layout(struct measure *m, uint32_t body, const struct repr *repr,
                                   const struct generics *generics)
{
    struct facts *facts = m->facts;
    uint64_t tag = repr->tag > 0 ? repr->tag : 4;
    struct layout out = repr->declared_order ? layout_plain(0, 1) : layout_plain(tag, tag);

    for (uint32_t at = rust_child(facts, body, 0); at != NODE_NONE;
         at = node_sibling_named(facts->tree, at)) {
        struct layout_fields fields = layout_fields_start(repr->declared_order ? 0 : tag, 0);
        if (facts->tree->nodes[at].kind != RUST_sym_enum_variant)
            continue;
        add_fields(m, rust_field(facts, at, RUST_field_body), generics, &fields);
        out = either(out, layout_fields_end(&fields, true));
    }
    if (repr->declared_order) {
        struct layout_fields both = layout_fields_start(tag, 0);
        layout_fields_add(&both, layout_aligned(out, 1), false);
        out = layout_fields_end(&both, true);
    }
    out.spare_least = 0;
    out.spare_most = UINT64_MAX;
    out.sized = LAYOUT_SIZED;
    return layout_aligned(out, repr->align > 0 ? repr->align : 1);
}

static struct layout_variant variant_of(struct measure *m, uint32_t variant, const struct generics *generics)
{
    struct layout_fields fields = layout_fields_start(0, 0);
    struct layout_variant out = {.typed = layout_fields_start(1, 0)};
    struct layout whole;

    add_fields(m, rust_field(m->facts, variant, RUST_field_body), generics, &fields);
    whole = fields.sum;
    layout_fields_add(&out.typed, whole, false);
    out.alone = layout_fields_end(&fields, false);
    out.alone.sized = LAYOUT_SIZED;
    return out;
}

static struct layout enum_layout(struct measure *m, uint32_t item, const struct generics *generics)
{
    struct facts *facts = m->facts;
    uint32_t body = rust_field(facts, item, RUST_field_body), count = 0,
             all = node_named_count(facts->tree, body);
    struct repr repr = repr_of(facts, item);
    struct layout_variant *variants;
    struct layout out;
    bool maybe = false, valued = false;

    if (repr.odd)
        return layout_unknown();
    if (repr.declared_order || repr.tag > 0)
        return tagged_layout(m, body, &repr, generics);
    if (all > LAYOUT_VARIANTS_MAX ||
        (variants = ARENA_ARRAY(facts->arena, struct layout_variant, all + 1)) == NULL)
        return layout_unknown();
    for (uint32_t at = rust_child(facts, body, 0); at != NODE_NONE;
         at = node_sibling_named(facts->tree, at)) {
        maybe |= is_cfg(facts, at);
        if (facts->tree->nodes[at].kind != RUST_sym_enum_variant)
            continue;
        valued |= rust_field(facts, at, RUST_field_value) != NODE_NONE;
        variants[count] = variant_of(m, at, generics);
        variants[count++].maybe = maybe;
        maybe = false;
    }
    out = layout_choice(variants, count);
    if (valued) { /* the tag holds the values that are given, perhaps large ones */
        out.most += out.most == LAYOUT_UNBOUNDED ? 0 : 8;
        out.align_most = out.align_most > 8 ? out.align_most : 8;
        out.spare_least = 0;
        out.spare_most = UINT64_MAX;
    }
    out.sized = LAYOUT_SIZED;
    return repr.align > 0 ? layout_aligned(out, repr.align) : out;
}

static struct layout made_layout(struct measure *m, uint32_t item, const struct generics *generics)
{
    switch (rust_kind(m->facts, item)) {
    case RUST_sym_struct_item:
        return struct_layout(m, item, generics);
    case RUST_sym_enum_item:
        return enum_layout(m, item, generics);
    case RUST_sym_union_item:
        return union_layout(m, item, generics);
    case RUST_sym_type_item:
        return rust_layout_of(m, rust_field(m->facts, item, RUST_field_type), generics);
    case RUST_sym_trait_item:
        return layout_unsized();
    default:
        return layout_unknown();
    }
}

/* Where what is known of a type without parameters is kept; NULL for others. */
static const struct layout **kept_layout(struct facts *facts, uint32_t item)
{
    uint32_t name = rust_field(facts, item, RUST_field_name);
    if (name == NODE_NONE || facts->tree->nodes[name].binding == 0 ||
        rust_field(facts, item, RUST_field_type_parameters) != NODE_NONE)
        return NULL;
    if (facts->layouts == NULL)
        facts->layouts = ARENA_ARRAY(facts->arena, const struct layout *, facts->binding_count);
    return facts->layouts != NULL ? &facts->layouts[facts->tree->nodes[name].binding - 1] : NULL;
}

struct layout rust_layout_item(struct measure *m, uint32_t item, const struct generics *generics)
{
    const struct layout **kept = kept_layout(m->facts, item);
    struct layout *copy, out;

    if (kept != NULL && *kept != NULL)
        return **kept;
    if (m->pointed &&
        (rust_kind(m->facts, item) == RUST_sym_enum_item || rust_kind(m->facts, item) == RUST_sym_union_item))
        return layout_sized_unknown();
    out = made_layout(m, item, generics);
    if (kept != NULL && !m->cut && !m->pointed &&
        (copy = ARENA_NEW(m->facts->arena, struct layout)) != NULL) {
        *copy = out;
        *kept = copy;
    }
    return out;
}

struct layout rust_layout_variant(struct measure *m, uint32_t variant)
{
    return variant_of(m, variant, &NO_GENERICS).alone;
}

struct layout rust_layout_others(struct facts *facts, uint32_t variant)
{
    struct layout out = layout_plain(0, 1);
    uint32_t first = rust_child(facts, rust_parent(facts, variant), 0), count = 0;

    for (uint32_t at = first; at != NODE_NONE && count <= LAYOUT_VARIANTS_MAX;
         at = node_sibling_named(facts->tree, at))
        count += facts->tree->nodes[at].kind == RUST_sym_enum_variant;
    if (count < 2 || count > LAYOUT_VARIANTS_MAX)
        return layout_unknown();
    for (uint32_t at = first; at != NODE_NONE; at = node_sibling_named(facts->tree, at))
        if (at != variant && facts->tree->nodes[at].kind == RUST_sym_enum_variant)
            out = either(out, rust_layout(facts, at));
    return out;
}

bool rust_layout_declared(struct facts *facts, uint32_t item, uint64_t *bytes, uint64_t *best)
{
    struct measure m = {.facts = facts};
    struct generics own = {rust_field(facts, item, RUST_field_type_parameters), NODE_NONE, NULL};
    struct repr repr = repr_of(facts, item);
    struct layout_fields fields = layout_fields_start(0, 0);
    struct layout declared, ordered;

    if (rust_kind(facts, item) != RUST_sym_struct_item || !repr.declared_order || repr.odd || repr.packed > 0)
        return false;
    add_fields(&m, rust_field(facts, item, RUST_field_body), &own, &fields);
    declared = layout_aligned(layout_fields_end(&fields, true), repr.align > 0 ? repr.align : 1);
    ordered = layout_aligned(layout_fields_end(&fields, false), repr.align > 0 ? repr.align : 1);
    *bytes = declared.least;
    *best = ordered.least;
    return layout_exact(&declared) && layout_exact(&ordered);
}
