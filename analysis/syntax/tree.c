/* Reading the flat tree. */
#include "syntax/tree.h"

struct view node_text(const struct tree *tree, uint32_t node)
{
    return view_slice(tree->text, tree->nodes[node].start, tree->nodes[node].end);
}

uint32_t tree_line_of(const struct tree *tree, uint32_t byte)
{
    uint32_t low = 0, high = tree->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (tree->line_starts[middle] <= byte)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

uint32_t node_column(const struct tree *tree, uint32_t node)
{
    return tree->nodes[node].start - tree->line_starts[tree->nodes[node].line - 1];
}

uint32_t node_end_line(const struct tree *tree, uint32_t node)
{
    const struct node *n = &tree->nodes[node];
    return tree_line_of(tree, n->end > n->start ? n->end - 1 : n->end);
}

struct view tree_line_text(const struct tree *tree, uint32_t line)
{
    struct view text;
    if (line == 0 || line > tree->line_count)
        return VIEW("");
    text = view_slice(tree->text, tree->line_starts[line - 1],
                      line < tree->line_count ? tree->line_starts[line] : tree->text.len);
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return text;
}

static bool is_plain_named(const struct tree *tree, uint32_t node)
{
    return (tree->nodes[node].flags & (NODE_NAMED | NODE_EXTRA)) == NODE_NAMED;
}

uint32_t node_first_named(const struct tree *tree, uint32_t node)
{
    uint32_t child = node_first(tree, node);
    while (child != NODE_NONE && !is_plain_named(tree, child))
        child = node_sibling(tree, child);
    return child;
}

uint32_t node_sibling_named(const struct tree *tree, uint32_t child)
{
    do
        child = node_sibling(tree, child);
    while (child != NODE_NONE && !is_plain_named(tree, child));
    return child;
}

uint32_t node_child_named(const struct tree *tree, uint32_t node, uint32_t index)
{
    uint32_t child = node_first_named(tree, node);
    while (child != NODE_NONE && index-- > 0)
        child = node_sibling_named(tree, child);
    return child;
}

uint32_t node_named_count(const struct tree *tree, uint32_t node)
{
    uint32_t count = 0;
    for (uint32_t c = node_first_named(tree, node); c != NODE_NONE; c = node_sibling_named(tree, c))
        count++;
    return count;
}

uint32_t node_field(const struct tree *tree, uint32_t node, uint8_t field)
{
    uint32_t child = node_first(tree, node);
    while (child != NODE_NONE && tree->nodes[child].field != field)
        child = node_sibling(tree, child);
    return child;
}

uint32_t node_ancestor(const struct tree *tree, uint32_t node, uint16_t kind)
{
    uint32_t at = tree->nodes[node].parent;
    while (at != NODE_NONE && tree->nodes[at].kind != kind)
        at = tree->nodes[at].parent;
    return at;
}
