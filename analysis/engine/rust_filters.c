/* Filters that write Rust code anew: a character as a text, a text of one character as a character. Each
 * refuses what it cannot say exactly. */
#include "base/utf8.h"
#include "engine_internal.h"
#include "syntax/rust_kinds.h"

/* What stands between the quotes of a plain literal; false for raw and byte literals. */
static bool inside_quotes(struct view text, char quote, struct view *out)
{
    if (text.len < 2 || text.ptr[0] != quote || text.ptr[text.len - 1] != quote)
        return false;
    *out = view_slice(text, 1, text.len - 1);
    return true;
}

bool text_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    struct view inner;

    if (tree->language != LANGUAGE_RUST || tree->nodes[node].kind != RUST_sym_char_literal ||
        !inside_quotes(node_text(tree, node), '\'', &inner))
        return false;
    buffer_add_byte(out, '"');
    if (view_is(inner, "\""))
        buffer_add_byte(out, '\\');
    buffer_add(out, view_is(inner, "\\'") ? VIEW("'") : inner);
    buffer_add_byte(out, '"');
    return true;
}

/* One character, or one escape that stands for one. */
static bool is_one_character(struct view inner)
{
    if (inner.len > 1 && inner.ptr[0] == '\\')
        return inner.ptr[1] == 'x'   ? inner.len == 4
               : inner.ptr[1] == 'u' ? view_find_byte(inner, '}', 0) == inner.len - 1
                                     : inner.len == 2 && inner.ptr[1] != '\n';
    return inner.len > 0 && inner.ptr[0] != '\\' && utf8_len(inner, 0) == inner.len;
}

bool char_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    struct view inner;

    if (tree->language != LANGUAGE_RUST || tree->nodes[node].kind != RUST_sym_string_literal ||
        !inside_quotes(node_text(tree, node), '"', &inner) || !is_one_character(inner))
        return false;
    buffer_add_byte(out, '\'');
    if (view_is(inner, "'"))
        buffer_add_byte(out, '\\');
    buffer_add(out, view_is(inner, "\\\"") ? VIEW("\"") : inner);
    buffer_add_byte(out, '\'');
    return true;
}
