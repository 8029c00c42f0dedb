/** @file tree.h  A parsed file as one flat array of nodes in the order of the text (preorder), and the
 *  budgets under which it is parsed. The rest of the analysis sees only this, never tree-sitter. */
#pragma once
#include "base/arena.h"

enum language { LANGUAGE_PYTHON, LANGUAGE_RUST, LANGUAGE_COUNT };

#define NODE_NONE UINT32_MAX
enum { KIND_NONE = 0, KIND_ERROR = 0xFFFF, FIELD_NONE = 0 };

enum node_flag {
    NODE_NAMED = 1,
    NODE_EXTRA = 2,    /* a comment: may stand anywhere */
    NODE_MISSING = 4,  /* the parser made it up to go on */
    NODE_IN_ERROR = 8, /* is an ERROR node or stands in one */
    NODE_BINDS = 16,   /* facts/: an identifier that gives a name its value */
    NODE_READ = 32,    /* a macro's token tree whose children are whole expressions, not tokens */
};

struct node {
    uint32_t start, end; /* bytes [start, end) */
    uint32_t parent;     /* NODE_NONE for the root */
    uint32_t next;       /* first node after this subtree; so the first child, if any, is at i + 1 */
    uint32_t line;       /* 1-based line of start */
    uint16_t kind;       /* PYTHON_sym_call ... of syntax/python_kinds.h, rust_kinds.h */
    uint8_t field;       /* PYTHON_field_name ..., FIELD_NONE */
    uint8_t flags;       /* enum node_flag */
    uint32_t context;    /* facts/: the loop, function and scope it stands in; 0: not told yet */
    uint32_t binding;    /* facts/: the name that an identifier means, plus one; 0: none */
};

struct tree {
    enum language language;
    struct view text;   /* borrowed */
    struct node *nodes; /* nodes[0] is the root */
    uint32_t count;
    const uint32_t *line_starts; /* byte where line i + 1 starts */
    uint32_t line_count;
    uint32_t error_count;      /* ERROR and MISSING nodes */
    uint32_t first_error_line; /* 0 where there is none */
};

/** What one parse may cost. */
struct syntax_limits {
    size_t bytes;      /* of the text */
    uint32_t nodes;    /* of the flat tree */
    uint32_t depth;    /* nested nodes */
    uint32_t parse_ms; /* wall time by the clock given */
    uint32_t macros;   /* arguments of well-known macros are read as expressions, in each other this deep; 0:
                          never */
};
extern const struct syntax_limits SYNTAX_LIMITS_DEFAULT;

/** A monotonic clock from outside: the analysis has none of its own. */
struct clock {
    uint64_t (*now_ns)(void *ctx);
    void *ctx;
};

/** Parse @p text whole. The tree lies in @p arena, the text is borrowed. Syntax errors are no failure:
 *  they are marked in the tree. In Rust a grammar sees tokens alone in a macro's token tree: those of
 *  well-known macros (format!, vec!, assert! ...) hold expressions here where they read as such (NODE_READ);
 *  what names them (`target:`, `name =`, tracing's `%`) is then no node. Errors: ERR_LIMIT names the budget
 * that was reached, ERR_MEMORY. */
NODISCARD enum err_code tree_parse(enum language language, struct view text,
                                   const struct syntax_limits *limits, const struct clock *clock,
                                   struct arena *arena, struct tree **out, struct err *err);
/** Parse with the core and throw the tree away: what a benchmark compares with. */
NODISCARD enum err_code tree_parse_bare(enum language language, struct view text, struct err *err);

/** The text of a node; its 0-based byte column; the line of its last byte. */
struct view node_text(const struct tree *tree, uint32_t node);
uint32_t node_column(const struct tree *tree, uint32_t node);
uint32_t node_end_line(const struct tree *tree, uint32_t node);
uint32_t tree_line_of(const struct tree *tree, uint32_t byte);
/** The text of a 1-based line without its line ending; the empty view past the end. */
struct view tree_line_text(const struct tree *tree, uint32_t line);

/** Children: the first, the next after @p child under @p parent; named ones only; by field; counts.
 *  NODE_NONE where there is none. Extras (comments) are skipped by the named forms. */
static inline uint32_t node_first(const struct tree *tree, uint32_t node)
{
    return node + 1 < tree->nodes[node].next ? node + 1 : NODE_NONE;
}
static inline uint32_t node_sibling(const struct tree *tree, uint32_t child)
{
    uint32_t parent = tree->nodes[child].parent, next = tree->nodes[child].next;
    return parent != NODE_NONE && next < tree->nodes[parent].next ? next : NODE_NONE;
}
uint32_t node_first_named(const struct tree *tree, uint32_t node);
uint32_t node_sibling_named(const struct tree *tree, uint32_t child);
uint32_t node_child_named(const struct tree *tree, uint32_t node, uint32_t index);
uint32_t node_named_count(const struct tree *tree, uint32_t node);
uint32_t node_field(const struct tree *tree, uint32_t node, uint8_t field);
/** Whether @p inner is @p outer or stands below it. */
static inline bool node_within(const struct tree *tree, uint32_t inner, uint32_t outer)
{
    return inner >= outer && inner < tree->nodes[outer].next;
}
/** The nearest ancestor (not itself) of @p kind; NODE_NONE. */
uint32_t node_ancestor(const struct tree *tree, uint32_t node, uint16_t kind);

/** Names and ids of node kinds and fields, as tree-sitter's node-types.json gives them.
 *  KIND_NONE and FIELD_NONE for a name that the language does not have. */
uint16_t language_kind(enum language language, struct view name, bool named);
uint8_t language_field(enum language language, struct view name);
const char *language_kind_name(enum language language, uint16_t kind);
uint16_t language_kind_count(enum language language);
/** The language of a file name, e.g. "a.py"; false for others. */
bool language_of_path(struct view path, enum language *out);
const char *language_name(enum language language);
