/* Filters that write Python code anew: what stands between brackets, words of a text as literals, the
 * pairs of a dict as keyword arguments. Each refuses what it cannot say exactly. */
#include "engine_internal.h"
#include "syntax/python_kinds.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_bracketed(uint16_t kind)
{
    return kind == PYTHON_sym_list_comprehension || kind == PYTHON_sym_argument_list ||
           kind == PYTHON_sym_tuple || kind == PYTHON_sym_list || kind == PYTHON_sym_set ||
           kind == PYTHON_sym_dictionary || kind == PYTHON_sym_parenthesized_expression;
}

static size_t indent_of(const struct tree *tree, uint32_t line)
{
    struct view text = tree_line_text(tree, line);
    size_t at = 0;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return at;
}

static bool holds_long_string(const struct tree *tree, uint32_t node)
{
    for (uint32_t at = node; at < tree->nodes[node].next; at++)
        if (tree->nodes[at].kind == PYTHON_sym_string && node_end_line(tree, at) != tree->nodes[at].line)
            return true;
    return false;
}

/* By how much lines of what @p node holds stand further to the right than the line where it begins. */
static size_t surplus(const struct tree *tree, uint32_t node, uint32_t first)
{
    uint32_t line = tree->nodes[node].line, inner = tree->nodes[first].line;
    size_t outer = indent_of(tree, line);

    if (inner == line || holds_long_string(tree, node)) /* a text in quotes keeps its blanks */
        return 0;
    return indent_of(tree, inner) > outer ? indent_of(tree, inner) - outer : 0;
}

/* Write @p text with up to @p count blanks less at the head of each line but the first. */
static void write_dedented(struct view text, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        buffer_add_byte(out, text.ptr[i]);
        for (size_t left = text.ptr[i] == '\n' ? count : 0;
             left > 0 && i + 1 < text.len && (text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '\t'); left--)
            i++;
    }
}

bool items_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    uint32_t first, last;

    if (tree->language != LANGUAGE_PYTHON)
        return false;
    if (!is_bracketed(tree->nodes[node].kind)) {
        buffer_add(out, node_text(tree, node));
        return true;
    }
    first = last = node_first_named(tree, node);
    if (first == NODE_NONE)
        return true;
    for (uint32_t child = first; child != NODE_NONE; child = node_sibling_named(tree, child))
        last = child;
    write_dedented(view_slice(tree->text, tree->nodes[first].start, tree->nodes[last].end),
                   surplus(tree, node, first), out);
    return true;
}

/* What a plain string literal holds, without a prefix, an escape, a line break: its text is its value. */
static bool plain_string(const struct tree *tree, uint32_t node, struct view *out, char *quote)
{
    struct view text = node_text(tree, node);

    if (tree->nodes[node].kind != PYTHON_sym_string || text.len < 2 ||
        (text.ptr[0] != '"' && text.ptr[0] != '\''))
        return false;
    *quote = text.ptr[0];
    *out = view_slice(text, 1, text.len - 1);
    for (size_t i = 0; i < out->len; i++)
        if (out->ptr[i] < ' ' || out->ptr[i] > '~' || out->ptr[i] == '\\' || out->ptr[i] == *quote)
            return false;
    return true;
}

bool words_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    struct view text, word;
    bool first = true;
    char quote;

    if (tree->language != LANGUAGE_PYTHON || !plain_string(tree, node, &text, &quote))
        return false;
    while (view_split(&text, ' ', &word)) {
        if (word.len == 0)
            continue;
        buffer_add_text(out, first ? "" : ", ");
        buffer_add_byte(out, quote);
        buffer_add(out, word);
        buffer_add_byte(out, quote);
        first = false;
    }
    return true;
}

/* Words that no keyword argument may be called, and names that a class would mangle. */
static bool is_reserved(struct view word)
{
    static const char *const WORDS[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (view_is(word, WORDS[i]))
            return true;
    return view_starts(word, "__");
}

static bool is_keyword_name(struct view word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!is_word(word.ptr[i]))
            return false;
    return word.len > 0 && (word.ptr[0] < '0' || word.ptr[0] > '9') && !is_reserved(word);
}

static bool write_keyword(const struct tree *tree, uint32_t pair, struct buffer *out)
{
    struct view name;
    char quote;
    uint32_t key, value;

    if (tree->nodes[pair].kind != PYTHON_sym_pair)
        return false;
    key = node_field(tree, pair, PYTHON_field_key);
    value = node_field(tree, pair, PYTHON_field_value);
    if (key == NODE_NONE || value == NODE_NONE || !plain_string(tree, key, &name, &quote) ||
        !is_keyword_name(name))
        return false;
    buffer_add(out, name);
    buffer_add_byte(out, '=');
    buffer_add(out, node_text(tree, value));
    return true;
}

static bool write_keywords(const struct tree *tree, uint32_t node, struct buffer *out)
{
    for (uint32_t pair = node_first_named(tree, node), next; pair != NODE_NONE; pair = next) {
        next = node_sibling_named(tree, pair);
        if (!write_keyword(tree, pair, out))
            return false;
        if (next != NODE_NONE) /* what stands between two pairs stays: a comma, and perhaps a new line */
            buffer_add(out, view_slice(tree->text, tree->nodes[pair].end, tree->nodes[next].start));
    }
    return out->failed == ERR_OK;
}

bool keywords_write(const struct tree *tree, uint32_t node, struct buffer *out)
{
    struct buffer text;
    uint32_t first;
    bool said;

    if (tree->language != LANGUAGE_PYTHON || tree->nodes[node].kind != PYTHON_sym_dictionary)
        return false;
    first = node_first_named(tree, node);
    if (first == NODE_NONE)
        return true;
    buffer_init(&text, out->cap);
    said = write_keywords(tree, node, &text);
    if (said)
        write_dedented(buffer_view(&text), surplus(tree, node, first), out);
    buffer_deinit(&text);
    return said;
}
