/* How patterns match: each row gives a source, a pattern and the captures of all matches in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

struct collector {
    struct test_pattern *pattern;
    struct buffer out;
    bool all;
};

static bool collect(void *ctx, struct look *look)
{
    struct collector *collector = ctx;
    bool first = true;
    if (collector->out.len > 0)
        buffer_add_text(&collector->out, " | ");
    for (size_t i = 1; i < collector->pattern->capture_count; i++) {
        if (look->nodes[i] == NODE_NONE)
            continue;
        if (!first)
            buffer_add_byte(&collector->out, ' ');
        first = false;
        buffer_add(&collector->out, collector->pattern->captures[i]);
        buffer_add_byte(&collector->out, '=');
        buffer_add(&collector->out, node_text(look->tree, look->nodes[i]));
    }
    if (first)
        buffer_add_byte(&collector->out, '+');
    return !collector->all;
}

static const struct {
    const char *source, *pattern, *matches;
} CASES[] = {
    {"f(a)", "(call) @site", "+"},
    {"x", "(call) @site", ""},
    {"f(a, b)", "(argument_list (identifier) @x) @site", "x=a | x=b"},
    {"f(a, b, c)", "(argument_list (identifier) @x (identifier) @y) @site", "x=a y=b | x=a y=c | x=b y=c"},
    {"f(a, b, c)", "(argument_list . (identifier) @x) @site", "x=a"},
    {"f(a, b, c)", "(argument_list (identifier) @x .) @site", "x=c"},
    {"f(a, b, c)", "(argument_list (identifier) @x . (identifier) @y) @site", "x=a y=b | x=b y=c"},
    {"f(a, b, c)", "(argument_list . (identifier) @x .) @site", ""},
    {"f(a)", "(argument_list . (identifier) @x .) @site", "x=a"},
    {"f(a,  # why\n  b)", "(argument_list (identifier) @x . (identifier) @y .) @site", "x=a y=b"},
    {"f(a  # why\n  )", "(argument_list (identifier) @x .) @site", "x=a"},
    {"f(a  # why\n  )", "(argument_list (_) @x) @site", "x=a"},
    {"f(a  # why\n  )", "(argument_list (comment) @x) @site", "x=# why"},
    {"f(a)", "(argument_list _ @x) @site", "x=( | x=a | x=)"},
    {"f(a)", "(argument_list \"(\" @x) @site", "x=("},
    {"a in b", "(comparison_operator (_) @x \"in\" (_) @y) @site", "x=a y=b"},
    {"a not in b", "(comparison_operator (_) @x \"in\" (_) @y) @site", ""},
    {"f(a, 'b')", "(argument_list [(identifier) (string)] @x) @site", "x=a | x='b'"},
    {"f(a); await f(b)", "[(call arguments: (argument_list (_) @x)) (await)] @site", "x=a | + | x=b"},
    {"a.b.c", "(attribute object: (attribute) @x attribute: (identifier) @y) @site", "x=a.b y=c"},
    {"def f(): pass", "(function_definition !return_type name: (_) @x) @site", "x=f"},
    {"def f() -> int: pass", "(function_definition !return_type name: (_) @x) @site", ""},
    {"x = 1", "(assignment type: (_)? @t right: (_) @r) @site", "r=1"},
    {"x: int = 1", "(assignment type: (_)? @t right: (_) @r) @site", "t=int r=1"},
    {"f(1, a)", "(argument_list (identifier)? @x) @site", "x=a"},
    {"f(1, 2)", "(argument_list (identifier)? @x) @site", "+"},
    {"f(a)", "((argument_list (identifier)? @x) @site (#eq? @x \"b\"))", ""},
    {"f(a)", "((argument_list (identifier)? @x) @site (#not-eq? @x \"b\"))", "x=a"},
    {"f(1)", "((argument_list (identifier)? @x) @site (#not-eq? @x \"b\"))", "+"},
    {"f(a)", "((argument_list (identifier)? @x) @site (#not-eq? @x \"a\"))", ""},
    {"a\nb\nc()", "(module (expression_statement (identifier) @x)+ . (expression_statement (call) @y)) @site",
     "x=a y=c() | x=b y=c()"},
    {"a\n1\nc()",
     "(module . (expression_statement (identifier) @x)+ . (expression_statement (call) @y)) @site", ""},
    {"a\nb", "(module . (expression_statement (identifier) @x)* .) @site", "x=a"},
    {"a\n1", "(module . (expression_statement (identifier) @x)* .) @site", ""},
    {"", "(module . (expression_statement (identifier) @x)* .) @site", "+"},
    {"a == a", "(comparison_operator (_) @x (_) @x) @site", "x=a"},
    {"a == b", "(comparison_operator (_) @x (_) @x) @site", ""},
    {"f(a, b)", "((argument_list (_) @x (_) @y) @site (#eq? @x @y))", ""},
    {"f(a, b, a)", "((argument_list (_) @x (_) @y) @site (#eq? @x @y))", "x=a y=a"},
    {"f(a, bb, c)", "((argument_list (_) @x) @site (#match? @x \"^..$\"))", "x=bb"},
    {"f(a, bb, c)", "((argument_list (_) @x) @site (#not-any-of? @x \"a\" \"c\"))", "x=bb"},
    {"f(a.b(c))", "((call arguments: (_) @x) @site (#contains? @x @site))", ""},
    {"f((1, 'x', [2.0]), x)", "((argument_list (_) @x) @site (#literal? @x))", "x=(1, 'x', [2.0])"},
    {"f(f'{x}', -1, (y,), 'a' 'b')", "((argument_list (_) @x) @site (#literal? @x))", "x=-1 | x='a' 'b'"},
};

static void patterns_match_as_told(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct arena *arena = arena_new(TEST_ARENA_BYTES);
        struct tree *tree = test_parse(LANGUAGE_PYTHON, CASES[i].source, arena);
        struct test_pattern pattern;
        struct collector collector = {.pattern = &pattern, .all = true};
        struct look look;

        test_pattern_init(&pattern, LANGUAGE_PYTHON, view_of(CASES[i].pattern));
        assert_int_equal(pattern.code, ERR_OK);
        look_init(&look, tree, NULL);
        buffer_init(&collector.out, 4096);
        for (uint32_t node = 0; node < tree->count; node++)
            for (size_t p = 0; p < pattern.programs.count; p++)
                assert_true(program_match(&look, pattern.programs.items[p], node, collect, &collector));
        if (!view_is(buffer_view(&collector.out), CASES[i].matches)) {
            print_error("%s on %s: %.*s\n", CASES[i].pattern, CASES[i].source,
                        VIEW_ARG(buffer_view(&collector.out)));
            wrong++;
        }
        buffer_deinit(&collector.out);
        test_pattern_deinit(&pattern);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

/* Six wildcards over a hundred arguments have a thousand million embeddings: the limit ends the search, and
 * what was found until then stands. */
static void a_hostile_pattern_is_ended(void **state)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    char source[1024] = "f(";
    struct tree *tree;
    struct test_pattern pattern;
    struct collector collector = {.pattern = &pattern};
    struct look look;
    size_t len = 2;

    (void)state;
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(source + len, sizeof(source) - len, "a%d,", i);
    snprintf(source + len, sizeof(source) - len, ")");
    tree = test_parse(LANGUAGE_PYTHON, source, arena);
    test_pattern_init(&pattern, LANGUAGE_PYTHON,
                      VIEW("((argument_list (_) @a (_) (_) @b (_) (_) (_) (_) @c) @site (#eq? @a @c))"));
    assert_int_equal(pattern.code, ERR_OK);
    look_init(&look, tree, NULL);
    buffer_init(&collector.out, 4096);
    for (uint32_t node = 0; node < tree->count; node++)
        if (!program_match(&look, pattern.programs.items[0], node, collect, &collector))
            len = 0;
    assert_int_equal(len, 0);
    assert_int_equal(collector.out.len, 0);
    for (size_t i = 0; i < CAPTURES_MAX; i++)
        assert_int_equal(look.nodes[i], NODE_NONE);
    test_pattern_deinit(&pattern);
    arena_free(arena);
}

/* A repetition over many siblings does not recurse over them. */
static void a_long_repetition_needs_no_deep_stack(void **state)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct buffer source;
    struct tree *tree;
    struct test_pattern pattern;
    struct collector collector = {.pattern = &pattern};
    struct look look;

    (void)state;
    buffer_init(&source, 1 << 20);
    for (int i = 0; i < 5000; i++)
        buffer_add_text(&source, "a\n");
    tree = test_parse(LANGUAGE_PYTHON, source.ptr, arena);
    test_pattern_init(&pattern, LANGUAGE_PYTHON, VIEW("(module . (expression_statement)+ @x .) @site"));
    look_init(&look, tree, NULL);
    buffer_init(&collector.out, 4096);
    assert_true(program_match(&look, pattern.programs.items[0], 0, collect, &collector));
    assert_string_equal(collector.out.ptr, "x=a");
    buffer_deinit(&collector.out);
    buffer_deinit(&source);
    test_pattern_deinit(&pattern);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_told),
        cmocka_unit_test(a_hostile_pattern_is_ended),
        cmocka_unit_test(a_long_repetition_needs_no_deep_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
