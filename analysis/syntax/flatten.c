/* Copies tree-sitter's tree into the flat array. It walks the core's own subtrees instead of a cursor,
 * which is several times as fast; a unit test holds it equal to the cursor on every node.
 *
 * When all tokens of a macro's token tree have been added, macros.c may read them as expressions: then these
 * take their place, from a tree of their own whose bytes and lines are the file's. Should they turn out to
 * nest too deeply, the tokens are added after all. */
#include "syntax/rust_kinds.h"
#include "syntax_internal.h"
#include <string.h>

#include <language.h>
#include <subtree.h>
#include <tree.h>

/* A subtree whose children are being walked. Hidden subtrees have a level of their own too. */
struct level {
    Subtree subtree;
    uint32_t child, end; /* next child, and past the last */
    uint32_t structural; /* next child that is no extra: what aliases and fields count */
    uint32_t parent;     /* flat index of the nearest visible node */
    uint32_t own;        /* flat index of this one, NODE_NONE where hidden */
    uint8_t field;       /* hidden: the field that its visible children inherit */
    bool in_error;
    bool tokens; /* of a macro, which are known not to read as expressions */
    const TSSymbol *aliases;
    const TSFieldMapEntry *fields, *fields_end;
};

enum { MACRO_DEPTH_MAX = 8 };

/* A token tree whose expressions are being added in place of its tokens. */
struct reading {
    TSTree *parsed; /* owned */
    size_t at;      /* the level */
    struct level tokens;
    Length start, end; /* of the token tree */
    uint32_t room;     /* what was needed with the tokens */
    struct node *tail; /* tokens behind the expression, as they were when they began at tail_at */
    uint32_t tail_count, tail_at;
};

struct flattener {
    struct tree *tree;
    const TSLanguage *language;
    const struct syntax_limits *limits;
    struct macro_reader *macros;
    struct arena *arena;
    struct level *levels;
    size_t level_count, level_cap;
    struct reading readings[MACRO_DEPTH_MAX];
    size_t reading_count;
    uint32_t count;
    uint32_t room, cap; /* nodes that there may be in all, and that there is memory for */
    Length at;          /* end of what has been walked */
};

/* Children lie right before their parent's own data; the core's macro for this drops a const. */
static const Subtree *children_of(Subtree subtree)
{
    return (const Subtree *)subtree.ptr - subtree.ptr->child_count;
}

static uint8_t direct_field(const struct level *level, uint32_t structural)
{
    for (const TSFieldMapEntry *entry = level->fields; entry < level->fields_end; entry++)
        if (!entry->inherited && entry->child_index == structural)
            return (uint8_t)entry->field_id;
    return FIELD_NONE;
}

static void walk_children(const struct flattener *f, struct level *level, Subtree subtree)
{
    uint32_t production = ts_subtree_production_id(subtree);

    level->subtree = subtree;
    level->end = ts_subtree_child_count(subtree);
    level->child = level->structural = 0;
    level->aliases = ts_language_alias_sequence(f->language, production);
    ts_language_field_map(f->language, production, &level->fields, &level->fields_end);
}

static enum err_code push(struct flattener *f, Subtree subtree, uint32_t parent, uint32_t own, uint8_t field,
                          bool in_error, struct err *err)
{
    /* Hidden levels count too: four for each visible one is more than any grammar nests. */
    if (f->level_count >= (size_t)f->limits->depth * 4)
        return err_set(err, ERR_LIMIT, "nested deeper than %u levels", f->limits->depth);
    if (f->level_count == f->level_cap && arena_grow(f->arena, (void **)&f->levels, f->level_count,
                                                     &f->level_cap, sizeof(*f->levels), err) != ERR_OK)
        return ERR_LIMIT;
    f->levels[f->level_count] =
        (struct level){.parent = parent, .own = own, .field = field, .in_error = in_error};
    walk_children(f, &f->levels[f->level_count++], subtree);
    return ERR_OK;
}

static uint32_t add_node(struct flattener *f, Subtree subtree, TSSymbol alias, uint32_t parent, uint8_t field,
                         bool in_error)
{
    struct tree *tree = f->tree;
    uint32_t index = f->count++;
    struct node *node = &tree->nodes[index];
    TSSymbol symbol = alias != 0 ? alias : ts_subtree_symbol(subtree);
    bool named =
        alias != 0 ? ts_language_symbol_metadata(f->language, alias).named : ts_subtree_named(subtree);
    bool missing = ts_subtree_missing(subtree), error = symbol == ts_builtin_sym_error;

    *node = (struct node){.start = f->at.bytes,
                          .line = f->at.extent.row + 1,
                          .parent = parent,
                          .kind = error ? KIND_ERROR : ts_language_public_symbol(f->language, symbol),
                          .field = field};
    node->end = node->start + ts_subtree_size(subtree).bytes;
    node->next = index + 1;
    node->flags = (uint8_t)((named ? NODE_NAMED : 0) | (ts_subtree_extra(subtree) ? NODE_EXTRA : 0) |
                            (missing ? NODE_MISSING : 0) | (in_error || error ? NODE_IN_ERROR : 0));
    if (error || missing) {
        tree->error_count++;
        if (tree->first_error_line == 0)
            tree->first_error_line = node->line;
    }
    return index;
}

/* Where the walk must stand so that @p subtree begins at @p start. Columns do not count. */
static Length before_padding(Subtree subtree, Length start)
{
    Length padding = ts_subtree_padding(subtree);
    return (Length){start.bytes - padding.bytes, {start.extent.row - padding.extent.row, 0}};
}

/* Let there be @p room nodes in all; false where that is over a limit. */
static bool make_room(struct flattener *f, uint64_t room)
{
    uint64_t cap = room + room / 4;
    struct node *nodes;

    if (room > f->limits->nodes)
        return false;
    if (room > f->cap) {
        nodes = ARENA_ARRAY(f->arena, struct node, cap);
        if (nodes == NULL)
            return false;
        memcpy(nodes, f->tree->nodes, f->count * sizeof(*nodes));
        f->tree->nodes = nodes;
        f->cap = (uint32_t)cap;
    }
    f->room = (uint32_t)room;
    return true;
}

/* The tokens from @p at on will be wanted behind the expression. */
static bool keep_tail(struct flattener *f, struct reading *reading, uint32_t at)
{
    if (at == NODE_NONE)
        return true;
    reading->tail_at = at;
    reading->tail_count = f->count - at;
    reading->tail = ARENA_ARRAY(f->arena, struct node, reading->tail_count);
    if (reading->tail != NULL)
        memcpy(reading->tail, &f->tree->nodes[at], reading->tail_count * sizeof(struct node));
    return reading->tail != NULL;
}

static void add_tail(struct flattener *f, const struct reading *reading)
{
    uint32_t shift = f->count - reading->tail_at; /* wraps around where it is less: so do the sums */

    for (uint32_t i = 0; i < reading->tail_count; i++) {
        struct node *node = &f->tree->nodes[f->count++];
        *node = reading->tail[i];
        node->next += shift;
        if (node->parent >= reading->tail_at)
            node->parent += shift;
    }
}

/* All tokens of the top level have been added. Where they read as expressions, walk these instead. */
static bool begin_reading(struct flattener *f)
{
    struct level *top = &f->levels[f->level_count - 1];
    struct node *node = &f->tree->nodes[top->own];
    struct reading reading = {.at = f->level_count - 1, .tokens = *top, .room = f->room, .end = f->at};
    uint32_t tail = NODE_NONE, tokens = f->count - top->own - 1;
    enum macro_form form;
    Subtree brackets;
    TSNode root;

    form = macro_read(f->macros, top->own, &reading.parsed, &root, &tail);
    if (form == MACRO_PLAIN)
        node->flags |= NODE_READ;
    if (form == MACRO_TOKENS || form == MACRO_PLAIN)
        return false;
    brackets = *(const Subtree *)root.id;
    if (!keep_tail(f, &reading, tail) || !make_room(f, (uint64_t)f->room - tokens + reading.tail_count +
                                                           ts_subtree_visible_descendant_count(brackets))) {
        ts_tree_delete(reading.parsed);
        return false;
    }
    node = &f->tree->nodes[top->own];
    node->flags |= NODE_READ;
    reading.start = (Length){node->start, {node->line - 1, 0}};
    f->readings[f->reading_count++] = reading;
    f->count = top->own + 1;
    f->at = before_padding(brackets, reading.start);
    walk_children(f, top, brackets);
    if (form == MACRO_FIRST)
        top->end--; /* its closing bracket */
    return true;
}

static struct reading *top_reading(struct flattener *f)
{
    return f->reading_count > 0 ? &f->readings[f->reading_count - 1] : NULL;
}

/* The expressions cannot be added: back to the tokens of the innermost token tree that is being read. */
static bool give_up_reading(struct flattener *f)
{
    struct reading *reading = top_reading(f);
    struct level *level;

    if (reading == NULL)
        return false;
    f->level_count = reading->at + 1;
    level = &f->levels[reading->at];
    *level = reading->tokens;
    level->tokens = true;
    walk_children(f, level, reading->tokens.subtree);
    f->at = before_padding(level->subtree, reading->start);
    f->count = level->own + 1;
    f->room = reading->room;
    f->tree->nodes[level->own].flags &= (uint8_t)~NODE_READ;
    ts_tree_delete(reading->parsed);
    f->reading_count--;
    return true;
}

static void end_level(struct flattener *f)
{
    const struct level *top = &f->levels[f->level_count - 1];
    struct reading *reading = top_reading(f);
    uint32_t own = top->own;

    if (own != NODE_NONE)
        f->tree->nodes[own].next = f->count;
    if (reading != NULL && reading->at == f->level_count - 1) {
        add_tail(f, reading);
        f->tree->nodes[own].next = f->count;
        f->at = reading->end;
        ts_tree_delete(reading->parsed);
        f->reading_count--;
    } else if (own != NODE_NONE && !top->tokens && f->reading_count < f->macros->depth &&
               f->reading_count < MACRO_DEPTH_MAX && f->tree->nodes[own].kind == RUST_sym_token_tree &&
               begin_reading(f)) {
        return;
    }
    f->level_count--;
}

/* One step: the next child of the top level, or the end of that level. */
static enum err_code step(struct flattener *f, struct err *err)
{
    struct level *top = &f->levels[f->level_count - 1];
    Subtree child;
    TSSymbol alias = 0;
    uint8_t field = FIELD_NONE;
    uint32_t own = NODE_NONE, parent = top->own != NODE_NONE ? top->own : top->parent;
    bool in_error;
    Length before = f->at;

    if (top->child == top->end) {
        end_level(f);
        return ERR_OK;
    }
    child = children_of(top->subtree)[top->child++];
    f->at = length_add(f->at, ts_subtree_padding(child));
    if (!ts_subtree_extra(child)) {
        alias = top->aliases != NULL ? top->aliases[top->structural] : 0;
        field = direct_field(top, top->structural);
        if (field == FIELD_NONE && top->own == NODE_NONE)
            field = top->field;
        top->structural++;
    }
    in_error = top->in_error;
    if (alias != 0 || ts_subtree_visible(child)) {
        if (f->count == f->limits->nodes)
            return err_set(err, ERR_LIMIT, "more than %u syntax nodes", f->limits->nodes);
        own = add_node(f, child, alias, parent, field, in_error);
        in_error = (f->tree->nodes[own].flags & NODE_IN_ERROR) != 0;
    }
    if (ts_subtree_child_count(child) > 0) {
        f->at = before; /* its padding is its first leaf's, which will be added there */
        return push(f, child, parent, own, field, in_error, err);
    }
    f->at = length_add(f->at, ts_subtree_size(child));
    return ERR_OK;
}

enum err_code tree_flatten(struct tree *tree, const TSTree *parsed, const struct syntax_limits *limits,
                           struct macro_reader *macros, struct arena *arena, struct err *err)
{
    struct flattener f = {
        .tree = tree, .language = parsed->language, .limits = limits, .macros = macros, .arena = arena};
    enum err_code code;

    f.room = f.cap = ts_subtree_visible_descendant_count(parsed->root) + 1;
    if (f.room > limits->nodes)
        return err_set(err, ERR_LIMIT, "%u syntax nodes, limit %u", f.room, limits->nodes);
    tree->nodes = ARENA_ARRAY(arena, struct node, f.room);
    if (tree->nodes == NULL)
        return arena_full(arena, err);
    f.at = ts_subtree_padding(parsed->root);
    add_node(&f, parsed->root, 0, NODE_NONE, FIELD_NONE, false);
    f.at = length_zero();
    code = push(&f, parsed->root, NODE_NONE, 0, FIELD_NONE, (tree->nodes[0].flags & NODE_IN_ERROR) != 0, err);
    while (f.level_count > 0 && code == ERR_OK) {
        code = step(&f, err);
        if (code != ERR_OK && give_up_reading(&f))
            code = ERR_OK;
    }
    while (f.reading_count > 0)
        give_up_reading(&f);
    tree->count = f.count;
    return code;
}
