/* Reads a macro's token tree as expressions where the macro is known to take such: a second parse of a copy
 * of its bytes, in brackets and with a semicolon behind, through an included range, so that each byte keeps
 * its place. What is no expression but names one (`target:`, `name =`, tracing's `?`) is blanked. A token
 * tree in which that parse finds an error stays as it is. */
#include "syntax/rust_kinds.h"
#include "syntax_internal.h"
#include <stdlib.h>
#include <string.h>

enum {
    MACRO_BYTES_MAX = 64 * 1024,  /* of one token tree that is read */
    FAILED_BYTES_MAX = 64 * 1024, /* after these nothing more is read: the parser is slow among errors */
};

/* Macros whose arguments are expressions, by their last name. */
static const char *const CALLS[] = {
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "todo",
    "unimplemented",
    "unreachable",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "dbg",
    "debug_assert_eq",
    "debug_assert_ne",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "log",
    "event",
    "span",
    "trace_span",
    "debug_span",
    "info_span",
    "warn_span",
    "error_span",
    "anyhow",
    "bail",
    "ensure",
    "join",
    "try_join",
    "ready",
    "intern",
    "pin",
    "eyre",
    "log_enabled",
    "enabled",
    "try",
    "format_err",
};
/* Those that list elements, `[x; n]` among them. */
static const char *const LISTS[] = {"vec", "smallvec", "arrayvec"};
/* Those whose first argument is an expression and whose others are patterns. */
static const char *const FIRSTS[] = {"matches", "assert_matches", "debug_assert_matches"};

static bool listed(struct view name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (view_is(name, list[i]))
            return true;
    return false;
}

void macro_reader_deinit(struct macro_reader *reader)
{
    ts_parser_delete(reader->parser);
    free(reader->text);
    *reader = (struct macro_reader){0};
}

static uint16_t kind_of(const struct tree *tree, uint32_t node)
{
    return node != NODE_NONE ? tree->nodes[node].kind : KIND_NONE;
}

/* The last part of the name that the macro around token tree @p node is called by. */
static struct view macro_name(const struct tree *tree, uint32_t node)
{
    struct view name = VIEW("");
    uint32_t macro = tree->nodes[node].parent;

    if (kind_of(tree, macro) == RUST_sym_macro_invocation)
        name = node_text(tree, macro + 1);
    for (size_t at = name.len; at > 0; at--)
        if (name.ptr[at - 1] == ':')
            return view_slice(name, at, name.len);
    return name;
}

static uint32_t next_token(const struct tree *tree, uint32_t token)
{
    do
        token = node_sibling(tree, token);
    while (token != NODE_NONE && (tree->nodes[token].flags & NODE_EXTRA) != 0);
    return token;
}

/* Where an argument is named (`name = x`, `a.b = x`, `"a.b" = x`, `target: x`), the token that ends that. */
static uint32_t label_end(const struct tree *tree, uint32_t token)
{
    uint32_t next = next_token(tree, token);

    if (kind_of(tree, token) == RUST_sym_identifier && kind_of(tree, next) == RUST_anon_sym_COLON)
        return next;
    while (kind_of(tree, token) == RUST_sym_identifier && kind_of(tree, next) == RUST_anon_sym_DOT) {
        token = next_token(tree, next);
        next = token != NODE_NONE ? next_token(tree, token) : NODE_NONE;
    }
    return (kind_of(tree, token) == RUST_sym_identifier || kind_of(tree, token) == RUST_sym_string_literal) &&
                   kind_of(tree, next) == RUST_anon_sym_EQ
               ? next
               : NODE_NONE;
}

static bool is_plain(uint16_t kind)
{
    switch (kind) {
    case RUST_sym_identifier:
    case RUST_sym_self:
    case RUST_sym_string_literal:
    case RUST_sym_raw_string_literal:
    case RUST_sym_char_literal:
    case RUST_sym_boolean_literal:
    case RUST_sym_integer_literal:
    case RUST_sym_float_literal:
        return true;
    default:
        return false;
    }
}

static bool is_separator(uint16_t kind)
{
    return kind == RUST_anon_sym_COMMA || kind == RUST_anon_sym_SEMI;
}

/* Room for the bytes of a token tree and the two that may follow; false where memory is short. */
static bool take_text(struct macro_reader *reader, const struct node *node)
{
    size_t length = node->end - node->start;

    if (length + 2 > reader->text_cap) {
        char *text = realloc(reader->text, 2 * length + 2);
        if (text == NULL)
            return false;
        reader->text = text;
        reader->text_cap = 2 * length + 2;
    }
    memcpy(reader->text, reader->tree->text.ptr + node->start, length);
    reader->start = node->start;
    reader->end = node->end;
    return true;
}

static void blank(struct macro_reader *reader, uint32_t from, uint32_t through)
{
    const struct node *nodes = reader->tree->nodes;
    for (uint32_t at = nodes[from].start; at < nodes[through].end; at++)
        if (reader->text[at - reader->start] != '\n')
            reader->text[at - reader->start] = ' ';
}

/* Blank what is no part of an expression; false where what is left are plain names and literals, as the
 * tokens are. */
static bool blank_labels(struct macro_reader *reader, uint32_t node)
{
    const struct tree *tree = reader->tree;
    uint32_t token = next_token(tree, node_first(tree, node)), last = tree->nodes[node].next - 1;
    bool plain = true, first = true; /* of its argument */

    for (; token != NODE_NONE && token < last; token = next_token(tree, token)) {
        uint16_t kind = tree->nodes[token].kind;
        uint32_t label = first ? label_end(tree, token) : NODE_NONE;
        if (is_separator(kind)) {
            plain = plain && !first;
            first = true;
        } else if (label != NODE_NONE) {
            blank(reader, token, label);
            plain = false;
            token = label;
        } else if (first && (kind == RUST_anon_sym_PERCENT || kind == RUST_anon_sym_QMARK)) {
            blank(reader, token, token);
            plain = false;
        } else {
            plain = plain && first && is_plain(kind);
            first = false;
        }
    }
    return !plain;
}

static void bracket(struct macro_reader *reader, const char *brackets)
{
    uint32_t length = reader->end - reader->start;
    reader->text[0] = brackets[0];
    reader->text[length - 1] = brackets[1];
    reader->text[length] = ';';
    reader->end++;
}

/* Cut the text before its first comma. Gives that token; NODE_NONE where the argument before it is one
 * token alone, or there is no comma. */
static uint32_t cut_first(struct macro_reader *reader, uint32_t node)
{
    const struct tree *tree = reader->tree;
    uint32_t open = node_first(tree, node), token = next_token(tree, open), count = 0;

    for (; token != NODE_NONE && tree->nodes[token].kind != RUST_anon_sym_COMMA;
         token = next_token(tree, token))
        count++;
    if (token == NODE_NONE || count < 2)
        return NODE_NONE;
    reader->end = tree->nodes[token].start + 1; /* the comma's place is the bracket's */
    bracket(reader, "()");
    return token;
}

static const char *read_copy(void *payload, uint32_t byte, TSPoint position, uint32_t *bytes_read)
{
    const struct macro_reader *reader = payload;
    bool within = byte >= reader->start && byte < reader->end;
    (void)position;
    *bytes_read = within ? reader->end - byte : 0;
    return within ? reader->text + (byte - reader->start) : "";
}

static TSTree *parse_copy(struct macro_reader *reader, uint32_t node)
{
    const struct tree *tree = reader->tree;
    TSInput input = {.payload = reader, .read = read_copy, .encoding = TSInputEncodingUTF8};
    TSRange range = {.start_point = {tree->nodes[node].line - 1, node_column(tree, node)},
                     .end_point = {UINT32_MAX, UINT32_MAX},
                     .start_byte = reader->start,
                     .end_byte = reader->end};

    if (reader->parser == NULL) {
        reader->parser = ts_parser_new();
        if (reader->parser == NULL ||
            !ts_parser_set_language(reader->parser, language_grammar(LANGUAGE_RUST)))
            return NULL;
    }
    ts_parser_reset(reader->parser);
    if (!ts_parser_set_included_ranges(reader->parser, &range, 1))
        return NULL;
    return ts_parser_parse_with_options(reader->parser, NULL, input, reader->options);
}

/* The bracketed expression that is all of the text but its semicolon; a null node. */
static TSNode find_brackets(const struct macro_reader *reader, TSTree *parsed)
{
    TSNode root = ts_tree_root_node(parsed), statement = {0}, brackets = {0};

    if (ts_node_has_error(root) || ts_node_named_child_count(root) != 1)
        return brackets;
    statement = ts_node_named_child(root, 0);
    if (ts_node_symbol(statement) != RUST_sym_expression_statement)
        return brackets;
    brackets = ts_node_child(statement, 0);
    switch (ts_node_symbol(brackets)) {
    case RUST_sym_tuple_expression:
    case RUST_sym_parenthesized_expression:
    case RUST_sym_unit_expression:
    case RUST_sym_array_expression:
        if (ts_node_start_byte(brackets) == reader->start && ts_node_end_byte(brackets) + 1 == reader->end)
            return brackets;
        break;
    default:
        break;
    }
    return (TSNode){0};
}

static bool has_fair_size(const struct macro_reader *reader, uint32_t node)
{
    uint32_t bytes = reader->tree->nodes[node].end - reader->tree->nodes[node].start;
    return bytes >= 2 && bytes <= MACRO_BYTES_MAX && reader->failed_bytes < FAILED_BYTES_MAX;
}

enum macro_form macro_read(struct macro_reader *reader, uint32_t node, TSTree **parsed, TSNode *brackets,
                           uint32_t *tail)
{
    const struct tree *tree = reader->tree;
    struct view name = macro_name(tree, node);
    bool first = listed(name, FIRSTS, COUNT_OF(FIRSTS)), list = listed(name, LISTS, COUNT_OF(LISTS));

    if ((!first && !list && !listed(name, CALLS, COUNT_OF(CALLS))) ||
        (tree->nodes[node].flags & NODE_IN_ERROR) != 0 || !has_fair_size(reader, node) ||
        !take_text(reader, &tree->nodes[node]))
        return MACRO_TOKENS;
    *tail = NODE_NONE;
    if (first) {
        *tail = cut_first(reader, node);
        if (*tail == NODE_NONE)
            return MACRO_TOKENS;
    } else if (blank_labels(reader, node)) {
        bracket(reader, list ? "[]" : "()");
    } else {
        return MACRO_PLAIN;
    }
    *parsed = parse_copy(reader, node);
    *brackets = *parsed != NULL ? find_brackets(reader, *parsed) : (TSNode){0};
    if (ts_node_is_null(*brackets)) {
        reader->failed_bytes += reader->end - reader->start;
        ts_tree_delete(*parsed);
        return MACRO_TOKENS;
    }
    return first ? MACRO_FIRST : MACRO_LIST;
}
