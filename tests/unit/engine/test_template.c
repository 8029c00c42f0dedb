/* What templates say for a match, and when they cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 63 */
#define CUT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"     /* 59 and an ellipsis */

/* The site is the first call of `f`, @x its first argument, @y its second if there is one. */
static const struct {
    const char *source, *text, *rendered;
    bool code, said;
} CASES[] = {
    {"f(a)", "plain", "plain", false, true},
    {"f(a)", "", "", false, true},
    {"f(a)", "a {pyo3>=0.26 ? new : old : any :: one | other} b", "a any :: one | other b", false, true},
    {"f(a)", "{pyo3<0.26 ? old : new}", "new", false, true},
    {"f(a)", "{x} of {site}", "a of f(a)", false, true},
    {"f(a)", "{{x} {{}", "{x} {}", false, true},
    {"\n\nf(a)", "{site.line}", "3", false, true},
    {"f([1,\n   2])", "{x}", "[1, 2]", false, true},
    {"f([1,\n   2])", "{x|whole}", "[1,\n   2]", false, true},
    {"f([1,\n   2])", "{x}", "[1,\n   2]", true, true},
    {"f(" LONG ")", "{x}", CUT, false, true},
    {"f(" LONG ")", "{x}", LONG, true, true},
    {"f(" LONG ")", "{x|whole}", LONG, false, true},
    {"f(a)", "{y}", "?", false, false},
    {"f(a, b)", "{y}", "b", false, true},
    {"f(a)", "{loop.line}", "?", false, false},
    {"for i, j in enumerate(g):  # why\n  f(a)", "{loop.line} {loop.target} {loop.iterated}",
     "1 i, j enumerate(g)", false, true},
    {"for i in g:\n  f(a)", "{loop}", "for i in g:", false, true},
    {"f(a)", "{function}", "the module", false, true},
    {"f(a)", "{function}", "?", true, false},
    {"class C:\n  def m(self):\n    f(a)", "{function} {function.line}", "C.m 2", false, true},
    {"f(a)", "{file} {n}", "a/b.py 1000", false, true},
    {"s = []\nf(s)", "{x.origin} {x.type}", "`s = []`, line 1 list", false, true},
    {"def g(s: list[str] = None):\n  f(s)", "{x.origin}", "parameter `s: list[str] = None`, line 1", false,
     true},
    {"for s in t:\n  f(s)", "{x.origin}", "loop variable, line 1", false, true},
    {"import s\nf(s)", "{x.origin}", "imported, line 1", false, true},
    {"def s(): pass\nf(s)", "{x.origin}", "function, line 1", false, true},
    {"with t as s:\n  f(s)", "{x.origin}", "bound by `with`, line 1", false, true},
    {"s = 1\ns = 2\nf(s)", "{x.origin}", "`s`, bound on lines 1 and 2", false, true},
    {"s = 1\ns = 2\ns = 3\nf(s)", "{x.origin}", "`s`, bound on lines 1, 2 and 3", false, true},
    {"s = 1\ns = 2\ns = 3\ns = 4\ns = 5\nf(s)", "{x.origin}", "`s`, bound on lines 1, 2, 3, 4 and 1 more",
     false, true},
    {"s, t = u()\nf(s)", "{x.origin}", "`s, t = u()`, line 1", false, true},
    {"f(g(1))", "{x.origin}", "`g(1)`", false, true},
    {"f(s)", "{x.origin}", "`s`", false, true},
    {"f(f'a {b} c')", "{x|lazy_format}", "'a %s c', b", false, true},
    {"f(f\"{a.b!r}{c[0]:.2f} {d(e)!s}%\")", "{x|lazy_format}", "\"%r%.2f %s%%\", a.b, c[0], d(e)", false,
     true},
    {"f(F'{a}{{b}}')", "{x|lazy_format}", "'%s{b}', a", false, true},
    {"f(f'\\t{a:5d}|{b:05d}|{c:x}|{d:.3s}|{e:g}')", "{x|lazy_format}",
     "'\\t%5d|%05d|%x|%.3s|%g', a, b, c, d, e", false, true},
    {"f(f'a')", "{x|lazy_format}", "?", false, false},
    {"f('a')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a=}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a:>5}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a:5s}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a:,}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a:{w}}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a!r:.3s}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a:.2d}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a + b}')", "{x|lazy_format}", "?", false, false},
    {"f(f'{await a}')", "{x|lazy_format}", "?", false, false},
    {"f(rf'{a}')", "{x|lazy_format}", "?", false, false},
    {"f(f'''{a}''')", "{x|lazy_format}", "?", false, false},
    {"f(f'{a}\\\n')", "{x|lazy_format}", "?", false, false},
    {"f(g)", "{x|lazy_format}", "?", false, false},
    {"f((a, b))", "g({x|items}, c)", "g(a, b, c)", true, true},
    {"f([a,\n   b,\n])", "{x|items}", "a,\n   b", true, true},
    {"f({a: 1, **b})", "<{x|items}>", "<a: 1, **b>", true, true},
    {"f((a))", "{x|items}", "a", true, true},
    {"  f((\n      a,\n      b(\n        c)))", "{x|items}", "a,\n  b(\n    c)", true, true},
    {"f((\n    a,\n    '''b\n     '''))", "{x|items}", "a,\n    '''b\n     '''", true, true},
    {"f({\n  'a': 1,\n  'b': 2})", "{x|keywords}", "a=1,\nb=2", true, true},
    {"f(())", "{x|items}", "", true, true},
    {"f(a.b)", "{x|items}", "a.b", true, true},
    {"f(a)", "{site|items}", "f(a)", true, true},
    {"f([1, 2,])", "{x|inside}", "1, 2,", true, true},
    {"f((\n  1,\n))", "{x|inside}", "\n  1,\n", true, true},
    {"f({})", "{x|inside}", "", true, true},
    {"f(a)", "{x|inside}", "?", true, false},
    {"f([(a, b), [c, (d, e)],])", "{x|pairs}", "a: b, c: (d, e),", true, true},
    {"f([(a, b) for a, b in c])", "{x|pairs}", "a: b for a, b in c", true, true},
    {"f([])", "{x|pairs}", "", true, true},
    {"f([a])", "{x|pairs}", "?", true, false},
    {"f([(a, b, c)])", "{x|pairs}", "?", true, false},
    {"f([(a, *b)])", "{x|pairs}", "?", true, false},
    {"f([(lambda: a, b)])", "{x|pairs}", "?", true, false},
    {"f(a)", "{x|pairs}", "?", true, false},
    {"f(a.b[c](\n  d))", "{x|operand}", "a.b[c](\n  d)", true, true},
    {"f([a,\n b])", "{x|operand}", "[a,\n b]", true, true},
    {"f(\n  a\n  .b)", "{x|operand}", "?", true, false},
    {"f(a\n  (b))", "{x|operand}", "?", true, false},
    {"f(a\n  [b])", "{x|operand}", "?", true, false},
    {"f(a + b)", "{x|operand}", "?", true, false},
    {"f(not a)", "{x|operand}", "?", true, false},
    {"f(lambda: a)", "{x|operand}", "?", true, false},
    {"f('a' 'b')", "{x|operand}", "?", true, false},
    {"f('a b  c-d ')", "[{x|words}]", "['a', 'b', 'c-d']", true, true},
    {"f(\"it's\")", "{x|words}", "\"it's\"", true, true},
    {"f('')", "{x|words}", "", true, true},
    {"f('a\\tb')", "{x|words}", "?", true, false},
    {"f(r'a b')", "{x|words}", "?", true, false},
    {"f(f'a {b}')", "{x|words}", "?", true, false},
    {"f('''a b''')", "{x|words}", "?", true, false},
    {"f('a' 'b')", "{x|words}", "?", true, false},
    {"f({'a': 1, \"b\":\n 2,})", "{x|keywords}", "a=1, b=2", true, true},
    {"f({'a': 1,\n   'b': 2})", "{x|keywords}", "a=1,\n   b=2", true, true},
    {"f({})", "{x|keywords}", "", true, true},
    {"f({'a-b': 1})", "{x|keywords}", "?", true, false},
    {"f({'class': 1})", "{x|keywords}", "?", true, false},
    {"f({'__a': 1})", "{x|keywords}", "?", true, false},
    {"f({'1a': 1})", "{x|keywords}", "?", true, false},
    {"f({a: 1})", "{x|keywords}", "?", true, false},
    {"f({**a})", "{x|keywords}", "?", true, false},
};

static const struct test_source SOURCE = {
    "py-a",
    " '((call function: (identifier) @f arguments: (argument_list . (_) @x (_)? @y)) @site (#eq? @f \"f\"))'",
    NULL};

static void templates_say_what_matched(void **state)
{
    static const struct match_options options = {0};
    struct arena *keep = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(keep, &SOURCE, 1);
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct arena *arena = arena_new(TEST_ARENA_BYTES);
        struct facts *facts = test_facts(LANGUAGE_PYTHON, CASES[i].source, arena);
        struct render render = {VIEW("a/b.py"), 1000, CASES[i].code};
        struct match_list list = {0};
        struct buffer out;
        bool said;

        assert_int_equal(catalogue_match(catalogue, facts, &options, arena, &list, NULL), ERR_OK);
        assert_int_equal(list.count, 1);
        buffer_init(&out, 4096);
        said = match_render(&list.items[0], view_of(CASES[i].text), facts, &render, &out);
        if (said != CASES[i].said || !view_is(buffer_view(&out), CASES[i].rendered)) {
            print_error("%s on %s: %.*s\n", CASES[i].text, CASES[i].source, VIEW_ARG(buffer_view(&out)));
            wrong++;
        }
        buffer_deinit(&out);
        arena_free(arena);
    }
    catalogue_free(catalogue);
    arena_free(keep);
    assert_int_equal(wrong, 0);
}

static void folding_counts_characters(void **state)
{
    struct buffer out;
    struct buffer text;
    (void)state;
    buffer_init(&out, 4096);
    buffer_init(&text, 4096);
    for (int i = 0; i < 60; i++)
        buffer_add_text(&text, "ä");
    folded_write(buffer_view(&text), &out);
    assert_int_equal(out.len, 120);
    buffer_add_text(&text, "ä");
    buffer_clear(&out);
    folded_write(buffer_view(&text), &out);
    assert_int_equal(out.len, 59 * 2 + 3);
    buffer_clear(&out);
    folded_write(VIEW("  \xff\n\t b  "), &out);
    assert_string_equal(out.ptr, "\xff b");
    buffer_deinit(&out);
    buffer_deinit(&text);
}

/* A buffer that is full makes no part of a template half said. */
static void a_full_buffer_is_told(void **state)
{
    static const struct match_options options = {0};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, &SOURCE, 1);
    struct facts *facts = test_facts(LANGUAGE_PYTHON, "s = []\nf(f'{s} {t}')", arena);
    struct render render = {VIEW("a.py"), 1, true};
    struct match_list list = {0};

    (void)state;
    assert_int_equal(catalogue_match(catalogue, facts, &options, arena, &list, NULL), ERR_OK);
    for (size_t cap = 0; cap < 40; cap++) {
        struct buffer out;
        buffer_init(&out, cap);
        (void)match_render(&list.items[0], VIEW("{x|lazy_format} {x.origin} {x}"), facts, &render, &out);
        assert_true(out.len <= cap);
        buffer_deinit(&out);
    }
    catalogue_free(catalogue);
    arena_free(arena);
}

static void a_match_knows_its_loop_and_function(void **state)
{
    static const struct match_options options = {0};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, &SOURCE, 1);
    struct facts *facts = test_facts(LANGUAGE_PYTHON, "def g():\n  for i in j:\n    f(a)\n", arena);
    struct match_list list = {0};

    (void)state;
    assert_int_equal(catalogue_match(catalogue, facts, &options, arena, &list, NULL), ERR_OK);
    assert_int_equal(facts->tree->nodes[match_node(&list.items[0], facts, VIEW("loop"))].line, 2);
    assert_int_equal(facts->tree->nodes[match_node(&list.items[0], facts, VIEW("function"))].line, 1);
    assert_true(view_is(node_text(facts->tree, match_node(&list.items[0], facts, VIEW("x"))), "a"));
    assert_int_equal(match_node(&list.items[0], facts, VIEW("y")), NODE_NONE);
    assert_int_equal(match_node(&list.items[0], facts, VIEW("zzz")), NODE_NONE);
    assert_true(match_holds(&list.items[0], NULL, facts));
    catalogue_free(catalogue);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_say_what_matched),
        cmocka_unit_test(folding_counts_characters),
        cmocka_unit_test(a_full_buffer_is_told),
        cmocka_unit_test(a_match_knows_its_loop_and_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
