/** @file rust_layout.h  What the files that measure Rust types share. */
#pragma once
#include "facts/layout.h"
#include "facts/rust_internal.h"

/* rust_layout_sums.c: how parts make a whole */

/* Fields that are laid out one beside the other. */
struct layout_fields {
    struct layout sum;    /* its bytes without padding, its alignment that of the strictest field */
    uint64_t declared;    /* bytes in the declared order, without the tail's padding; LAYOUT_UNBOUNDED */
    uint64_t align_limit; /* repr(packed); 0: none */
};
/** Fields behind @p prefix bytes that have this alignment (the tag of a variant); 0: none. */
struct layout_fields layout_fields_start(uint64_t prefix, uint64_t align_limit);
/** @p maybe: under a #[cfg]. */
void layout_fields_add(struct layout_fields *fields, struct layout field, bool maybe);
/** The whole: in the best order, which the compiler takes, or as declared. */
struct layout layout_fields_end(const struct layout_fields *fields, bool as_declared);
/** At least aligned like this. */
struct layout layout_aligned(struct layout layout, uint64_t align);
uint64_t layout_round_up(uint64_t bytes, uint64_t align);
uint64_t layout_times(uint64_t bytes, uint64_t count);
struct layout layout_plain(uint64_t bytes, uint64_t align);
struct layout layout_unknown(void);
struct layout layout_pointer(enum layout_sized to);

enum { LAYOUT_VARIANTS_MAX = 256 }; /* more are not looked at: the size is unknown */

struct layout_variant {
    struct layout alone;        /* its fields without a tag */
    struct layout_fields typed; /* its fields behind a tag of one byte */
    bool maybe;                 /* under a #[cfg] */
};
/** An enum without a repr, whose compiler looks for spare bit patterns before it adds a tag. */
struct layout layout_choice(const struct layout_variant *variants, uint32_t count);

/* rust_layout_library.c: types of std and core */
enum library_shape {
    LIBRARY_PLAIN,
    LIBRARY_POINTER, /* to its first argument */
    LIBRARY_SAME,    /* as its first argument */
    LIBRARY_HIDDEN,  /* the same, but its spare bit patterns cannot be used: Cell */
    LIBRARY_BESIDE,  /* its first argument beside `bytes` more: RefCell, Mutex */
    LIBRARY_PAIR,    /* twice its first argument: Range */
    LIBRARY_OPTION,
    LIBRARY_RESULT, /* of its two arguments */
    LIBRARY_IO_RESULT,
    LIBRARY_MAP, /* `bytes`, with one argument more than usual (a hasher) at least `align` */
};
struct library_type {
    const char *path;
    enum library_shape shape;
    uint16_t bytes, align;
    uint64_t spare_least, spare_most;
    uint8_t arguments; /* LIBRARY_MAP: the usual ones */
};
const struct library_type *rust_library_type(struct view path);
/** Path, OsStr ...: what only pointers lead to. */
bool rust_library_unsized(struct view path);
bool rust_primitive_layout(struct view name, struct layout *out);

enum {
    LAYOUT_DEPTH_MAX = 24, /* types within types */
    LAYOUT_STEPS_MAX =
        4000, /* types that one answer looks at: those of generics are measured anew each time */
};

/* What the parameters of the item around a type stand for. */
struct generics {
    uint32_t parameters, arguments; /* type_parameters, type_arguments; NODE_NONE */
    const struct generics *outer;   /* what the names in the arguments mean */
};

/* One question, and what it has cost. */
struct measure {
    struct facts *facts;
    uint32_t steps, depth;
    bool cut;     /* a limit was reached */
    bool pointed; /* asked for what a pointer leads to: only whether that is sized matters */
};

/* rust_layout.c: types as they are written */
struct layout rust_layout_of(struct measure *m, uint32_t type, const struct generics *generics);
struct layout layout_unsized(void);
struct layout layout_sized_unknown(void);

/* rust_layout_items.c: the types that the file defines */
struct layout rust_layout_item(struct measure *m, uint32_t item, const struct generics *generics);
struct layout rust_layout_variant(struct measure *m, uint32_t variant);

/* rust_constants.c */
/** The value of an expression of integer literals, the file's constants and operators; false where it is not
 *  known or does not fit. */
bool rust_constant_value(struct facts *facts, uint32_t node, uint64_t *out);
