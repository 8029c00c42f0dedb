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

static const struct syntax_limits *tokens_alone(void)
{
    static struct syntax_limits limits;
    limits = SYNTAX_LIMITS_DEFAULT;
    limits.macros = 0;
    return &limits;
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
        tree_parse(language, (struct view){text, len}, tokens_alone(), &STOPPED, arena, &tree, &err), ERR_OK);
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

static struct tree *parse_rust(struct view text, const struct syntax_limits *limits, struct arena *arena)
{
    struct tree *tree = NULL;
    assert_int_equal(tree_parse(LANGUAGE_RUST, text, limits, &STOPPED, arena, &tree, NULL), ERR_OK);
    return tree;
}

/* The first node of a kind; NODE_NONE. */
static uint32_t find_kind(const struct tree *tree, uint16_t kind)
{
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->nodes[i].kind == kind)
            return i;
    return NODE_NONE;
}

/* All nodes below @p a and @p b are the same. */
static void compare_subtrees(const char *what, const struct tree *left, uint32_t a, const struct tree *right,
                             uint32_t b)
{
    uint32_t count = left->nodes[a].next - a;

    if (right->nodes[b].next - b != count)
        fail_msg("%s: %u nodes, not %u", what, count, right->nodes[b].next - b);
    for (uint32_t i = 1; i < count; i++) {
        const struct node *x = &left->nodes[a + i], *y = &right->nodes[b + i];
        if (x->start != y->start || x->end != y->end || x->line != y->line || x->kind != y->kind ||
            x->field != y->field || x->flags != y->flags || x->parent - a != y->parent - b ||
            x->next - a != y->next - b)
            fail_msg("%s: node %u: kind %u [%u, %u), not %u [%u, %u)", what, i, x->kind, x->start, x->end,
                     y->kind, y->start, y->end);
    }
}

/* With another name and `_` in the place of `!` the same bytes are a call, which the core parses. */
static void the_arguments_of_macros_are_those_of_a_call(void **state)
{
    static const char *const TEXTS[] = {
        "fn f() { format!(\"{} {}\", x.a().b(v.len(), 1)?.c, v.iter().map(|y, z| y + z).sum::<u8>()); }",
        "fn f() { assert!(a && b(c, d),\n \"text {}\", // why\n if x { 1 } else { 2 },\n); g(); }",
        "fn f() { x.push(std::format!(\"{}\", match y { Some(z) if z > 1 => h(z), _ => 0 })).more(1) }",
        "fn f() { tracing::info!(\"é {}\", a.await.b as u8) }",
        "fn f() { return write!(f, \"{}\", &self.x[1..]); }\nfn g() { h(1) }",
        "fn f() { println!() } fn g() { println!(x, 1) }",
        "fn f() { println!(\"{}\", vec_(1, g(2)).len()); panic!(\"{}\", 1 + 2); let x = |a| dbg!(-a); }",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct arena *arena = arena_new(1 << 22);
        struct tree *macros = parse_rust(view_of(TEXTS[i]), &SYNTAX_LIMITS_DEFAULT, arena), *calls;
        struct view copy;
        uint32_t tokens = find_kind(macros, RUST_sym_token_tree), at;
        assert_int_not_equal(tokens, NODE_NONE);
        assert_true((macros->nodes[tokens].flags & NODE_READ) != 0);
        assert_int_equal(arena_copy(arena, view_of(TEXTS[i]), &copy, NULL), ERR_OK);
        for (char *mark = strchr(copy.ptr, '!'); mark != NULL; mark = strchr(mark, '!'))
            *mark = '_';
        calls = parse_rust(copy, tokens_alone(), arena);
        for (at = 0; at < calls->count; at++)
            if (calls->nodes[at].kind == RUST_sym_arguments &&
                calls->nodes[at].start == macros->nodes[tokens].start)
                break;
        assert_int_not_equal(at, calls->count);
        compare_subtrees(TEXTS[i], macros, tokens, calls, at);
        arena_free(arena);
    }
}

/* A text, and how often a kind stands in it once its macros are read. */
static void what_reads_as_an_expression_is_one(void **state)
{
    static const struct {
        const char *text;
        uint16_t kind;
        uint32_t count;
    } ROWS[] = {
        {"fn f() { vec![a.b(); n.len()]; }", RUST_sym_call_expression, 2},
        {"fn f() { vec!{a(), b()}; vec!(c()); }", RUST_sym_call_expression, 3},
        {"fn f() { info!(target: \"x\", a.b = c(), name = %d(), ?e.f(), \"{}\", g()); }",
         RUST_sym_call_expression, 4},
        {"fn f() { println!(\"{x}\", x = a.b()); }", RUST_sym_assignment_expression, 0},
        {"fn f() { matches!(a.b(), Some(C::D(x)) if x > 1); g() }", RUST_sym_call_expression, 2},
        {"fn f() { matches!(a.b(), Some(C::D(x)) if x > 1); g() }", RUST_sym_token_tree, 3},
        {"fn f() { matches!(a.b(c(d, e), f(), g.h(|| i())), X(y, (z))); j() }", RUST_sym_identifier, 13},
        {"fn f() { a!(b()); println!(\"{}\", format!(\"{}\", vec![c()])); }", RUST_sym_call_expression, 1},
        {"fn f() { join!(a(), b()); }", RUST_sym_call_expression, 2},
        {"fn f() { assert!(a() b()); g() }", RUST_sym_call_expression, 1},
        {"fn f() { assert!(a(); b()); g() }", RUST_sym_call_expression, 1},
        {"fn f() { assert!(a()) + g() }", RUST_sym_call_expression, 2},
        {"macro_rules! m { () => { println!(\"{}\", a()) } }", RUST_sym_call_expression, 0},
        {"fn f() { format!(format!(format!(format!(format!(format!(a())))))) }", RUST_sym_call_expression, 0},
        {"fn f() { format!(format!(format!(format!(a())))) }", RUST_sym_call_expression, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena *arena = arena_new(1 << 22);
        struct tree *tree = parse_rust(view_of(ROWS[i].text), &SYNTAX_LIMITS_DEFAULT, arena);
        uint32_t count = 0;
        for (uint32_t n = 0; n < tree->count; n++) {
            const struct node *node = &tree->nodes[n];
            count += node->kind == ROWS[i].kind;
            assert_true(n == 0 || (node->parent < n && node->next > n));
            assert_true(n == 0 || (node->next <= tree->nodes[node->parent].next &&
                                   node->end <= tree->nodes[node->parent].end));
        }
        if (count != ROWS[i].count)
            fail_msg("%s: %u of the kind, not %u", ROWS[i].text, count, ROWS[i].count);
        arena_free(arena);
    }
}

/* What parses as tokens still parses when its expressions nest too deeply, or are too many nodes. */
static void arguments_that_break_a_budget_stay_tokens(void **state)
{
    enum { COUNT = 20000 };
    struct arena *arena = arena_new(1 << 28);
    struct syntax_limits limits = SYNTAX_LIMITS_DEFAULT;
    struct tree *tree;
    char *text = malloc(2 * COUNT + 100);
    size_t len = (size_t)snprintf(text, 100, "fn f() { assert!(x");
    (void)state;

    for (size_t i = 0; i < COUNT; i++, len += 2)
        memcpy(text + len, "+1", 2);
    memcpy(text + len, "); g(h(1)); }", 14);
    tree = parse_rust(view_of(text), &limits, arena);
    assert_int_equal(find_kind(tree, RUST_sym_binary_expression), NODE_NONE);
    assert_int_not_equal(find_kind(tree, RUST_sym_call_expression), NODE_NONE);
    limits.macros = 0;
    limits.nodes = parse_rust(VIEW("fn f() { assert!(a.b()) }"), &limits, arena)->count;
    limits.macros = 4;
    tree = parse_rust(VIEW("fn f() { assert!(a.b()) }"), &limits, arena);
    assert_int_equal(tree->count, limits.nodes);
    assert_int_equal(find_kind(tree, RUST_sym_call_expression), NODE_NONE);
    free(text);
    arena_free(arena);
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
        cmocka_unit_test(the_arguments_of_macros_are_those_of_a_call),
        cmocka_unit_test(what_reads_as_an_expression_is_one),
        cmocka_unit_test(arguments_that_break_a_budget_stay_tokens),
        cmocka_unit_test(kinds_made_from_the_grammar_are_its_own),
        cmocka_unit_test(each_budget_is_a_reported_limit),
        cmocka_unit_test(nested_brackets_reach_the_depth_limit_and_nothing_else),
        cmocka_unit_test(a_slow_parse_is_stopped_by_the_clock),
        cmocka_unit_test(a_full_arena_is_a_limit_at_every_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
