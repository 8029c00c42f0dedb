/* Arguments of Rust's macros, and how a formatting macro shows each of them. */
#include "facts/rust_internal.h"

enum {
    BY_TEXT = -1,
    ARGUMENTS_ASKED_MAX = 100, /* of one macro */
};

/* Macros that format, and where their format stands; BY_TEXT: it is the first text that is no field's value.
 */
static const struct {
    const char *name;
    int at;
} FORMATS[] = {
    {"format", 0},        {"format_args", 0},     {"print", 0},           {"println", 0},
    {"eprint", 0},        {"eprintln", 0},        {"panic", 0},           {"todo", 0},
    {"unimplemented", 0}, {"unreachable", 0},     {"anyhow", 0},          {"bail", 0},
    {"eyre", 0},          {"format_err", 0},      {"write", 1},           {"writeln", 1},
    {"assert", 1},        {"debug_assert", 1},    {"ensure", 1},          {"assert_eq", 2},
    {"assert_ne", 2},     {"debug_assert_eq", 2}, {"debug_assert_ne", 2}, {"trace", BY_TEXT},
    {"debug", BY_TEXT},   {"info", BY_TEXT},      {"warn", BY_TEXT},      {"error", BY_TEXT},
    {"log", BY_TEXT},     {"event", BY_TEXT},
};

uint32_t facts_argument_macro(const struct facts *facts, uint32_t node)
{
    uint32_t parent;

    if (facts->tree->language != LANGUAGE_RUST)
        return NODE_NONE;
    parent = rust_parent(facts, node);
    while (rust_kind(facts, parent) == RUST_sym_reference_expression ||
           rust_kind(facts, parent) == RUST_sym_parenthesized_expression)
        parent = rust_parent(facts, parent);
    if (rust_kind(facts, parent) != RUST_sym_token_tree ||
        (facts->tree->nodes[parent].flags & NODE_READ) == 0)
        return NODE_NONE;
    parent = rust_parent(facts, parent);
    return rust_kind(facts, parent) == RUST_sym_macro_invocation ? parent : NODE_NONE;
}

struct view facts_macro_name(const struct facts *facts, uint32_t macro)
{
    uint32_t name = rust_field(facts, macro, RUST_field_macro);
    if (rust_kind(facts, name) == RUST_sym_scoped_identifier)
        name = rust_field(facts, name, RUST_field_name);
    return rust_text(facts, name);
}

uint32_t rust_macro_arguments(const struct facts *facts, uint32_t macro)
{
    uint32_t child = node_first(facts->tree, macro);

    while (child != NODE_NONE && (facts->tree->nodes[child].kind != RUST_sym_token_tree ||
                                  (facts->tree->nodes[child].flags & NODE_READ) == 0))
        child = node_sibling(facts->tree, child);
    return child;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_name_byte(char byte)
{
    return byte == '_' || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

/* Whether an argument is given by a name (`name = x`, `target: x`), which is no node; then that. */
static bool is_named(const struct facts *facts, uint32_t argument, struct view *name)
{
    uint32_t tokens = rust_parent(facts, argument);
    size_t from = facts->tree->nodes[tokens].start, at = facts->tree->nodes[argument].start;
    const char *text = facts->tree->text.ptr;

    while (at > from && is_blank(text[at - 1]))
        at--;
    if (at == from || (text[at - 1] != '=' && text[at - 1] != ':'))
        return false;
    for (at--; at > from && is_blank(text[at - 1]);)
        at--;
    for (from = at; from > 0 && is_name_byte(text[from - 1]);)
        from--;
    *name = view_slice(facts->tree->text, from, at);
    return true;
}

static bool is_string(uint16_t kind)
{
    return kind == RUST_sym_string_literal || kind == RUST_sym_raw_string_literal;
}

/* The format among the arguments of a macro; NODE_NONE. */
static uint32_t find_format(const struct facts *facts, uint32_t macro)
{
    struct view name = facts_macro_name(facts, macro), field;
    uint32_t tokens = rust_macro_arguments(facts, macro), argument;
    size_t row = 0;

    while (row < COUNT_OF(FORMATS) && !view_is(name, FORMATS[row].name))
        row++;
    if (row == COUNT_OF(FORMATS) || tokens == NODE_NONE)
        return NODE_NONE;
    if (FORMATS[row].at != BY_TEXT) {
        argument = node_child_named(facts->tree, tokens, (uint32_t)FORMATS[row].at);
        return is_string(rust_kind(facts, argument)) ? argument : NODE_NONE;
    }
    argument = node_first_named(facts->tree, tokens);
    for (int asked = 0; argument != NODE_NONE && asked < ARGUMENTS_ASKED_MAX; asked++) {
        if (is_string(rust_kind(facts, argument)) && !is_named(facts, argument, &field))
            return argument;
        argument = node_sibling_named(facts->tree, argument);
    }
    return NODE_NONE;
}

/* Which argument is asked for, and with what the format shows it. */
struct shown {
    int64_t index;
    struct view name; /* empty: it has none */
    struct view *specs;
    size_t count, cap;
    bool lost; /* more than there is room for, or a format that is not understood */
};

static void add_spec(struct shown *shown, struct view spec)
{
    if (shown->count == shown->cap)
        shown->lost = true;
    else
        shown->specs[shown->count++] = spec;
}

static bool is_meant(const struct shown *shown, struct view what, int64_t next)
{
    uint64_t number;

    if (what.len == 0)
        return shown->index == next;
    if (view_to_u64(what, &number))
        return shown->index == (int64_t)number;
    return shown->name.len > 0 && view_equal(what, shown->name);
}

/* A width or precision that is an argument: `1$`, `width$`; `.*` takes the next one. */
static void look_at_widths(struct shown *shown, struct view spec, int64_t *next)
{
    for (size_t at = 0; (at = view_find_byte(spec, '$', at)) != SIZE_MAX; at++) {
        size_t start = at;
        while (start > 0 && spec.ptr[start - 1] != '.' && spec.ptr[start - 1] != '<' &&
               spec.ptr[start - 1] != '>' && spec.ptr[start - 1] != '^' && spec.ptr[start - 1] != '$')
            start--;
        if (is_meant(shown, view_slice(spec, start, at), -1))
            add_spec(shown, VIEW("$"));
    }
    if (view_find(spec, VIEW(".*"), 0) != SIZE_MAX && shown->index == (*next)++)
        add_spec(shown, VIEW("$"));
}

static void look_at_placeholder(struct shown *shown, struct view inside, int64_t *next)
{
    size_t colon = view_find_byte(inside, ':', 0);
    struct view what = view_trim(view_slice(inside, 0, colon != SIZE_MAX ? colon : inside.len));
    struct view spec = colon != SIZE_MAX ? view_slice(inside, colon + 1, inside.len) : VIEW("");

    look_at_widths(shown, spec, next);
    if (is_meant(shown, what, *next))
        add_spec(shown, view_trim(spec));
    if (what.len == 0)
        (*next)++;
}

/* Past an escape of a string literal: `\u{1f}` holds braces. */
static size_t skip_escape(struct view text, size_t at)
{
    if (at + 2 < text.len && text.ptr[at + 1] == 'u' && text.ptr[at + 2] == '{') {
        size_t end = view_find_byte(text, '}', at);
        return end != SIZE_MAX ? end + 1 : text.len;
    }
    return at + 2;
}

static void read_format(struct shown *shown, struct view text, bool raw)
{
    int64_t next = 0;
    size_t at = 0, end;

    while (at < text.len && !shown->lost) {
        char byte = text.ptr[at];
        bool twice = at + 1 < text.len && text.ptr[at + 1] == byte;
        if (byte == '\\' && !raw) {
            at = skip_escape(text, at);
        } else if (byte != '{') {
            at++;
        } else if (twice) {
            at += 2;
        } else {
            end = view_find_byte(text, '}', at);
            if (end == SIZE_MAX)
                shown->lost = true;
            else
                look_at_placeholder(shown, view_slice(text, at + 1, end), &next);
            at = end + 1;
        }
    }
}

bool facts_shown_as(const struct facts *facts, uint32_t node, struct view *specs, size_t cap, size_t *count)
{
    uint32_t macro = facts_argument_macro(facts, node), format, argument = node;
    struct shown shown = {.specs = specs, .cap = cap};

    if (macro == NODE_NONE || (format = find_format(facts, macro)) == NODE_NONE)
        return false;
    while (rust_kind(facts, rust_parent(facts, argument)) != RUST_sym_token_tree)
        argument = rust_parent(facts, argument);
    if (argument <= format)
        return false;
    for (uint32_t c = node_sibling_named(facts->tree, format); c != argument;
         c = node_sibling_named(facts->tree, c))
        if (++shown.index > ARGUMENTS_ASKED_MAX)
            return false;
    if (!is_named(facts, argument, &shown.name))
        shown.name = VIEW("");
    read_format(&shown, node_text(facts->tree, format),
                rust_kind(facts, format) == RUST_sym_raw_string_literal);
    *count = shown.count;
    return !shown.lost && shown.count > 0;
}
