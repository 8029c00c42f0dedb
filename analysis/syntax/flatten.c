/* Copies tree-sitter's tree into the flat array. It walks the core's own subtrees instead of a cursor,
 * which is several times as fast; a unit test holds it equal to the cursor on every node. */
#include "syntax_internal.h"
#include <string.h>

#include <language.h>
#include <subtree.h>
#include <tree.h>

/* A subtree whose children are being walked. Hidden subtrees have a level of their own too. */
struct level {
    Subtree subtree;
    uint32_t child;      /* next child */
    uint32_t structural; /* next child that is no extra: what aliases and fields count */
    uint32_t parent;     /* flat index of the nearest visible node */
    uint32_t own;        /* flat index of this one, NODE_NONE where hidden */
    uint8_t field;       /* hidden: the field that its visible children inherit */
    bool in_error;
    const TSSymbol *aliases;
    const TSFieldMapEntry *fields, *fields_end;
};

struct flattener {
    struct tree *tree;
    const TSLanguage *language;
    const struct syntax_limits *limits;
    struct arena *arena;
    struct level *levels;
    size_t level_count, level_cap;
    uint32_t count;
    Length at; /* end of what has been walked */
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

static enum err_code push(struct flattener *f, Subtree subtree, uint32_t parent, uint32_t own, uint8_t field,
                          bool in_error, struct err *err)
{
    struct level *level;
    uint32_t production = ts_subtree_production_id(subtree);

    /* Hidden levels count too: four for each visible one is more than any grammar nests. */
    if (f->level_count >= (size_t)f->limits->depth * 4)
        return err_set(err, ERR_LIMIT, "nested deeper than %u levels", f->limits->depth);
    if (f->level_count == f->level_cap && arena_grow(f->arena, (void **)&f->levels, f->level_count,
                                                     &f->level_cap, sizeof(*f->levels), err) != ERR_OK)
        return ERR_LIMIT;
    level = &f->levels[f->level_count++];
    *level = (struct level){
        .subtree = subtree, .parent = parent, .own = own, .field = field, .in_error = in_error};
    level->aliases = ts_language_alias_sequence(f->language, production);
    ts_language_field_map(f->language, production, &level->fields, &level->fields_end);
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

    if (top->child == ts_subtree_child_count(top->subtree)) {
        if (top->own != NODE_NONE)
            f->tree->nodes[top->own].next = f->count;
        f->level_count--;
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
                           struct arena *arena, struct err *err)
{
    struct flattener f = {.tree = tree, .language = parsed->language, .limits = limits, .arena = arena};
    uint32_t room = ts_subtree_visible_descendant_count(parsed->root) + 1;
    enum err_code code;

    if (room > limits->nodes)
        return err_set(err, ERR_LIMIT, "%u syntax nodes, limit %u", room, limits->nodes);
    tree->nodes = ARENA_ARRAY(arena, struct node, room);
    if (tree->nodes == NULL)
        return arena_full(arena, err);
    f.at = ts_subtree_padding(parsed->root);
    add_node(&f, parsed->root, 0, NODE_NONE, FIELD_NONE, false);
    f.at = length_zero();
    code = push(&f, parsed->root, NODE_NONE, 0, FIELD_NONE, (tree->nodes[0].flags & NODE_IN_ERROR) != 0, err);
    while (code == ERR_OK && f.level_count > 0)
        code = step(&f, err);
    tree->count = f.count;
    return code;
}
