/* What the authors told another tool of the same code: `#[allow(clippy::ptr_arg)]` around it in Rust, `#
 * noqa: PERF401` on its lines in Python. Who declined there has declined here; a rule's `peers` say what the
 * other tool calls it. */
#include "review_internal.h"

enum { WORD_MAX = 80 };

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_';
}

/* Whether @p text holds @p word, whole. */
static bool has_word(struct view text, struct view word)
{
    for (size_t at = view_find(text, word, 0); at != SIZE_MAX; at = view_find(text, word, at + 1)) {
        size_t end = at + word.len;
        if ((at == 0 || !is_word(text.ptr[at - 1])) && (end == text.len || !is_word(text.ptr[end])))
            return true;
    }
    return false;
}

/* The peer's own name of what the rule says: "ptr_arg" of "clippy:ptr_arg". False where it is another tool's.
 */
static bool name_of(struct view peer, const char *tool, struct view *out)
{
    size_t colon = view_find_byte(peer, ':', 0);

    if (colon == SIZE_MAX || !view_is(view_slice(peer, 0, colon), tool))
        return false;
    *out = view_slice(peer, colon + 1, peer.len);
    return out->len > 0 && out->len <= WORD_MAX;
}

/* An attribute that allows one of the rule's lints, or the group that they are in. */
static bool allows(struct view attribute, const struct rule *rule)
{
    bool is_peer = false;

    if (!has_word(attribute, VIEW("allow")) && !has_word(attribute, VIEW("expect")))
        return false;
    for (size_t i = 0; i < rule->peer_count; i++) {
        struct view lint;
        if (!name_of(rule->peers[i], "clippy", &lint))
            continue;
        is_peer = true;
        if (has_word(attribute, lint))
            return true;
    }
    return is_peer && (view_find(attribute, VIEW("clippy::all"), 0) != SIZE_MAX ||
                       view_find(attribute, VIEW("clippy::perf"), 0) != SIZE_MAX);
}

/* Attributes right above @p node, and those at the head of it that speak of all of it. */
static bool attributes_allow(const struct tree *tree, uint32_t node, const struct rule *rule)
{
    uint16_t outer = language_kind(tree->language, VIEW("attribute_item"), true);
    uint16_t inner = language_kind(tree->language, VIEW("inner_attribute_item"), true);
    uint32_t parent = tree->nodes[node].parent, first = NODE_NONE, child;

    for (child = node_first_named(tree, node); child != NODE_NONE && tree->nodes[child].kind == inner;
         child = node_sibling_named(tree, child))
        if (allows(node_text(tree, child), rule))
            return true;
    if (parent == NODE_NONE)
        return false;
    for (child = node_first_named(tree, parent); child != NODE_NONE && child < node;
         child = node_sibling_named(tree, child))
        first = tree->nodes[child].kind != outer ? NODE_NONE : first == NODE_NONE ? child : first;
    for (; first != NODE_NONE && first < node; first = node_sibling_named(tree, first))
        if (allows(node_text(tree, first), rule))
            return true;
    return false;
}

static bool rust_declined(const struct tree *tree, uint32_t node, const struct rule *rule)
{
    if (view_find(tree->text, VIEW("clippy::"), 0) == SIZE_MAX)
        return false;
    for (; node != NODE_NONE; node = tree->nodes[node].parent)
        if (attributes_allow(tree, node, rule))
            return true;
    return false;
}

/* Codes stand apart by commas or blanks; what follows them, a reason, is none. */
static bool next_code(struct view *rest, struct view *out)
{
    size_t start = 0, end;

    while (start < rest->len && (rest->ptr[start] == ',' || rest->ptr[start] == ' '))
        start++;
    for (end = start; end < rest->len && is_word(rest->ptr[end]);)
        end++;
    *out = view_slice(*rest, start, end);
    *rest = view_slice(*rest, end, rest->len);
    return out->len > 0;
}

/* `# noqa` alone speaks of all; with codes, a code stands for itself and, as a prefix, for its family. */
static bool noqa_names(struct view comment, const struct rule *rule)
{
    size_t at = view_find(comment, VIEW("noqa"), 0);
    struct view codes, part;

    if (at == SIZE_MAX)
        return false;
    codes = view_trim(view_slice(comment, at + sizeof("noqa") - 1, comment.len));
    for (size_t i = 0; i < rule->peer_count; i++) {
        struct view code, rest = codes;
        if (!name_of(rule->peers[i], "ruff", &code))
            continue;
        if (codes.len == 0 || codes.ptr[0] != ':')
            return true;
        rest = view_slice(rest, 1, rest.len);
        while (next_code(&rest, &part))
            if (part.len <= code.len && view_equal(part, view_slice(code, 0, part.len)))
                return true;
    }
    return false;
}

static bool python_declined(const struct tree *tree, uint32_t node, const struct rule *rule)
{
    uint16_t comment = language_kind(tree->language, VIEW("comment"), true);
    uint32_t first = tree->nodes[node].line, last = node_end_line(tree, node);

    if (view_find(tree->text, VIEW("noqa"), 0) == SIZE_MAX)
        return false;
    for (uint32_t at = node; at < tree->count && tree->nodes[at].line <= last; at++)
        if (tree->nodes[at].kind == comment &&
            (tree->nodes[at].line == first || tree->nodes[at].line == last) &&
            noqa_names(node_text(tree, at), rule))
            return true;
    return false;
}

bool peer_declined(const struct tree *tree, uint32_t node, const struct rule *rule)
{
    return rule->peer_count > 0 && (tree->language == LANGUAGE_RUST ? rust_declined(tree, node, rule)
                                                                    : python_declined(tree, node, rule));
}
