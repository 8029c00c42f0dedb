/* The flat tree: equal to what tree-sitter's own cursor shows, on whole files and on every prefix of one;
 * and each budget is a reported limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "syntax/python_kinds.h"
#include "syntax/rust_kinds.h"
#include "syntax/tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_rust(void);

static uint64_t fixed_time(void *ctx)
{
    return ctx != NULL ? (*(uint64_t *)ctx += 1000000000) : 0;
}
static const struct clock STOPPED = {fixed_time, NULL};

static const char PYTHON[] = "import a.b as c\n"
                             "@d.e(1)\n"
                             "async def f(x: list[int] = [], *y, k=None, **z) -> str:  # note\n"
                             "    async for i, (j, *l) in x:\n"
                             "        if i not in l and (m := j) is not None:\n"
                             "            print(f'{i!r:>{j}} {{}}', end=\"\\n\")\n"
                             "    return [a async for a in b if a for c in a]\n"
                             "class C(D, metaclass=E):\n"
                             "    '''doc'''\n"
                             "    x: int = 1\n"
                             "    def g(self): yield from self.h(lambda q, r=1: q ** r)\n"
                             "match p:\n"
                             "    case [1, x, *_] | {'k': v} if v: pass\n"
                             "    case C(a=1): del x[0]\n"
                             "with open(p) as f, g: x += 1\n"
                             "try:\n    pass\nexcept* E as e:\n    raise F from e\n"
                             "else:\n    global y\n";

static const char RUST[] =
    "#![allow(x)]\n"
    "use a::{self, b as c, d::*};\n"
    "/// doc\n"
    "#[derive(Debug)]\n"
    "pub struct S<'a, T: Clone + 'a> where T: Copy { pub x: &'a mut [T; 4], y: Option<Box<dyn Fn(i32) -> T>> "
    "}\n"
    "impl<T> S<'_, T> {\n"
    "    pub async fn f(&mut self, v: Vec<u8>) -> Result<(), E> {\n"
    "        'outer: for (i, x) in v.iter().enumerate().filter(|(_, &b)| b > 1) {\n"
    "            if let Some(ref y @ 1..=5) = g(x)? { break 'outer; } else { continue }\n"
    "            while let Some(z) = s.pop() { let _ = &z[1..]; }\n"
    "        }\n"
    "        let m = match x { A::B { c, .. } | D(c) if c > 0 => c, _ => unsafe { h::<u8>(r#\"raw\"#) } };\n"
    "        format!(\"{} {m:?}\", vec![1; 3].len()); Ok(())\n"
    "    }\n"
    "}\n"
    "macro_rules! m { ($($x:expr),*) => { $($x;)* } }\n";

static void compare_node(const struct tree *tree, uint32_t index, TSTreeCursor *cursor)
{
    TSNode node = ts_tree_cursor_current_node(cursor);
    const struct node *flat = &tree->nodes[index];
    TSSymbol symbol = ts_node_symbol(node);

    if (flat->start != ts_node_start_byte(node) || flat->end != ts_node_end_byte(node) ||
        flat->line != ts_node_start_point(node).row + 1 || flat->kind != symbol ||
        flat->field != ts_tree_cursor_current_field_id(cursor) ||
        ((flat->flags & NODE_NAMED) != 0) != ts_node_is_named(node) ||
        ((flat->flags & NODE_EXTRA) != 0) != ts_node_is_extra(node) ||
        ((flat->flags & NODE_MISSING) != 0) != ts_node_is_missing(node))
        fail_msg("node %u: %s [%u, %u) field %u, flat %u [%u, %u) field %u", index, ts_node_type(node),
                 ts_node_start_byte(node), ts_node_end_byte(node), ts_tree_cursor_current_field_id(cursor),
                 flat->kind, flat->start, flat->end, flat->field);
}

/* Walk the cursor in preorder beside the array; parents and ends must agree too. */
static uint32_t compare_below(const struct tree *tree, uint32_t index, TSTreeCursor *cursor)
{
    uint32_t next = index + 1;

    compare_node(tree, index, cursor);
    if (ts_tree_cursor_goto_first_child(cursor)) {
        do {
            assert_true(next < tree->count);
            assert_int_equal(tree->nodes[next].parent, index);
            next = compare_below(tree, next, cursor);
        } while (ts_tree_cursor_goto_next_sibling(cursor));
        ts_tree_cursor_goto_parent(cursor);
    }
    assert_int_equal(tree->nodes[index].next, next);
    return next;
}

static void compare_text(enum language language, const char *text, size_t len)
{
    struct arena *arena = arena_new(1 << 24);
    TSParser *parser = ts_parser_new();
    TSTree *parsed;
    TSTreeCursor cursor;
    struct tree *tree = NULL;
    struct err err = {0};

    assert_int_equal(
        tree_parse(language, (struct view){text, len}, &SYNTAX_LIMITS_DEFAULT, &STOPPED, arena, &tree, &err),
        ERR_OK);
    ts_parser_set_language(parser, language == LANGUAGE_PYTHON ? tree_sitter_python() : tree_sitter_rust());
    parsed = ts_parser_parse_string(parser, NULL, text, (uint32_t)len);
    cursor = ts_tree_cursor_new(ts_tree_root_node(parsed));
    assert_int_equal(compare_below(tree, 0, &cursor), tree->count);
    assert_int_equal(tree->error_count > 0, ts_node_has_error(ts_tree_root_node(parsed)));
    ts_tree_cursor_delete(&cursor);
    ts_tree_delete(parsed);
    ts_parser_delete(parser);
    arena_free(arena);
}

static void the_flat_tree_is_what_the_cursor_shows(void **state)
{
    (void)state;
    compare_text(LANGUAGE_PYTHON, PYTHON, sizeof(PYTHON) - 1);
    compare_text(LANGUAGE_RUST, RUST, sizeof(RUST) - 1);
    compare_text(LANGUAGE_PYTHON, "\n\n  # only a comment", 20);
    compare_text(LANGUAGE_PYTHON, "", 0);
}

static void so_it_is_for_every_prefix_of_a_file(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(PYTHON); len += 3)
        compare_text(LANGUAGE_PYTHON, PYTHON, len);
    for (size_t len = 0; len < sizeof(RUST); len += 3)
        compare_text(LANGUAGE_RUST, RUST, len);
}

static void kinds_made_from_the_grammar_are_its_own(void **state)
{
    static const struct {
        enum language language;
        const char *name;
        uint16_t kind;
    } ROWS[] = {
        {LANGUAGE_PYTHON, "call", PYTHON_sym_call},
        {LANGUAGE_PYTHON, "for_in_clause", PYTHON_sym_for_in_clause},
        {LANGUAGE_PYTHON, "as_pattern_target", PYTHON_alias_sym_as_pattern_target},
        {LANGUAGE_RUST, "call_expression", RUST_sym_call_expression},
        {LANGUAGE_RUST, "field_identifier", RUST_alias_sym_field_identifier},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        assert_int_equal(language_kind(ROWS[i].language, view_of(ROWS[i].name), true), ROWS[i].kind);
    assert_int_equal(language_field(LANGUAGE_PYTHON, VIEW("function")), PYTHON_field_function);
    assert_int_equal(language_field(LANGUAGE_RUST, VIEW("value")), RUST_field_value);
    assert_int_equal(language_kind(LANGUAGE_RUST, VIEW("no_such_kind"), true), KIND_NONE);
}

static enum err_code parse_with(struct view text, struct syntax_limits limits, const struct clock *clock,
                                size_t cap)
{
    struct arena *arena = arena_new(cap);
    struct tree *tree = NULL;
    struct err err = {0};
    enum err_code code = tree_parse(LANGUAGE_PYTHON, text, &limits, clock, arena, &tree, &err);

    assert_true((code == ERR_OK) == (tree != NULL));
    assert_true(code == ERR_OK || err.message[0] != '\0');
    arena_free(arena);
    return code;
}

static void each_budget_is_a_reported_limit(void **state)
{
    struct syntax_limits limits = SYNTAX_LIMITS_DEFAULT;
    struct view text = VIEW("x = [1, 2]\n");
    (void)state;

    limits.bytes = text.len;
    assert_int_equal(parse_with(text, limits, &STOPPED, 1 << 20), ERR_OK);
    limits.bytes--;
    assert_int_equal(parse_with(text, limits, &STOPPED, 1 << 20), ERR_LIMIT);
    limits = SYNTAX_LIMITS_DEFAULT;
    limits.nodes = 11; /* module, statement, assignment, x, =, list, [, 1, comma, 2, ] */
    assert_int_equal(parse_with(text, limits, &STOPPED, 1 << 20), ERR_OK);
    limits.nodes--;
    assert_int_equal(parse_with(text, limits, &STOPPED, 1 << 20), ERR_LIMIT);
}

static void nested_brackets_reach_the_depth_limit_and_nothing_else(void **state)
{
    enum { COUNT = 10000 };
    char *text = malloc(2 * COUNT + 1);
    (void)state;

    memset(text, '[', COUNT);
    memset(text + COUNT, ']', COUNT);
    assert_int_equal(parse_with((struct view){text, 2 * COUNT}, SYNTAX_LIMITS_DEFAULT, &STOPPED, 1 << 26),
                     ERR_LIMIT);
    free(text);
}

static void a_slow_parse_is_stopped_by_the_clock(void **state)
{
    uint64_t now = 0;
    struct clock racing = {fixed_time, &now}; /* a second for each look */
    struct syntax_limits limits = SYNTAX_LIMITS_DEFAULT;
    size_t len = 0;
    char *text = malloc(400000);
    (void)state;

    while (len < 390000)
        len += (size_t)snprintf(text + len, 16, "f(x)\n");
    limits.parse_ms = 100;
    assert_int_equal(parse_with((struct view){text, len}, limits, &racing, 1 << 27), ERR_LIMIT);
    free(text);
}

static void a_full_arena_is_a_limit_at_every_point(void **state)
{
    size_t cap = 0;
    (void)state;
    while (parse_with(VIEW("for a in b:\n    c(d)\n"), SYNTAX_LIMITS_DEFAULT, &STOPPED, cap) != ERR_OK)
        cap += 64;
    assert_true(cap < 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_flat_tree_is_what_the_cursor_shows),
        cmocka_unit_test(so_it_is_for_every_prefix_of_a_file),
        cmocka_unit_test(kinds_made_from_the_grammar_are_its_own),
        cmocka_unit_test(each_budget_is_a_reported_limit),
        cmocka_unit_test(nested_brackets_reach_the_depth_limit_and_nothing_else),
        cmocka_unit_test(a_slow_parse_is_stopped_by_the_clock),
        cmocka_unit_test(a_full_arena_is_a_limit_at_every_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
