/* The walk over a file: which rules are asked, which matches are kept, in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_test.h"

/* The matches as "id:variant:line", joined by spaces. */
static void describe(const struct match_list *list, const struct tree *tree, struct buffer *out)
{
    for (size_t i = 0; i < list->count; i++)
        buffer_add_format(out, "%s%.*s:%d:%u", i > 0 ? " " : "", VIEW_ARG(list->items[i].rule->id),
                          (int)(list->items[i].variant - list->items[i].rule->variants),
                          tree->nodes[list->items[i].nodes[0]].line);
}

static void expect_matches(const struct catalogue *catalogue, enum language language, const char *text,
                           const struct match_options *options, const char *expected)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct facts *facts = test_facts(language, text, arena);
    struct match_list list = {0};
    struct buffer found;
    struct err err = {0};

    assert_int_equal(catalogue_match(catalogue, facts, options, arena, &list, &err), ERR_OK);
    buffer_init(&found, 1 << 16);
    describe(&list, facts->tree, &found);
    assert_string_equal(found.len > 0 ? found.ptr : "", expected);
    buffer_deinit(&found);
    arena_free(arena);
}

static const struct match_options ALL = {0};

static void matches_come_by_site_then_rule(void **state)
{
    static const struct test_source sources[] = {
        {"py-b", " '((call function: (identifier) @f) @site (#eq? @f \"g\"))'", NULL},
        {"py-a", " '[(call) (await)] @site'", NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON, "f(g())\nawait g\ng(1)\n", &ALL,
                   "py-a:0:1 py-a:0:1 py-b:0:1 py-a:0:2 py-a:0:3 py-b:0:3");
    expect_matches(catalogue, LANGUAGE_RUST, "fn f() { g(); }", &ALL, "");
    expect_matches(catalogue, LANGUAGE_PYTHON, "", &ALL, "");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void predicates_on_uses_take_their_captures_in_order(void **state)
{
    static const struct test_source sources[] = {
        {"py-between",
         " '((block (expression_statement (call (identifier) (argument_list (_) @x)) @a) "
         "(expression_statement "
         "(call (identifier) (argument_list)) @b)) @site (#unchanged-between? @x @a @b))'",
         NULL},
        {"py-walked", " '((assignment left: (identifier) @x) @site (#only-iterated? @x))'", NULL},
        {"py-only",
         " '((block (expression_statement (assignment left: (identifier) @x)) . (if_statement) @if) @site "
         "(#uses-only-in? @x @if))'",
         NULL},
        {"py-shares", " '((while_statement condition: (_) @a body: (_) @b) @site (#shares-variable? @a @b))'",
         NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON, "def f(x):\n    a(x)\n    b()\n", &ALL, "py-between:0:2");
    expect_matches(catalogue, LANGUAGE_PYTHON, "def f(x):\n    a(x)\n    x = 1\n    b()\n", &ALL, "");
    expect_matches(catalogue, LANGUAGE_PYTHON, "def f(x):\n    y = g(x)\n    return [z for z in y]\n", &ALL,
                   "py-walked:0:2");
    expect_matches(catalogue, LANGUAGE_PYTHON, "def f(c):\n    y = g()\n    if c:\n        h(y, y)\n", &ALL,
                   "py-only:0:2");
    expect_matches(catalogue, LANGUAGE_PYTHON,
                   "def f(c):\n    y = g()\n    if c:\n        h(y)\n    return y\n", &ALL, "");
    expect_matches(catalogue, LANGUAGE_PYTHON, "def f(x):\n    while x:\n        x.g()\n", &ALL,
                   "py-shares:0:2");
    expect_matches(catalogue, LANGUAGE_PYTHON, "def f(x):\n    while x.a:\n        x.b\n", &ALL, "");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void sizes_of_types_are_bounds(void **state)
{
    static const struct test_source sources[] = {
        {"rs-large", " '((field_declaration type: (_) @t) @site (#size? @t \">=24\"))'", NULL},
        {"rs-small", " '((field_declaration type: (_) @t) @site (#size? @t \"<=8\"))'", NULL},
        {"rs-thin", " '((field_declaration type: (reference_type type: (_) @t)) @site (#thin? @t))'", NULL},
        {"rs-fat", " '((field_declaration type: (reference_type type: (_) @t)) @site (#fat? @t))'", NULL},
        {"rs-wide", " '((enum_variant) @site (#outgrows-others? @site 100))'", NULL},
        {"rs-gaps", " '((struct_item) @site (#padded? @site 8))'", NULL},
        {"rs-rows", " '((struct_item name: (_) @name) @site (#element-type? @name))'", NULL},
        {"rs-ours", " '((impl_item type: (type_identifier) @site) (#exported? @site))'", NULL},
        {"rs-seen", " '((generic_type) @site (#exported? @site))'", NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_RUST, "struct S {\n a: String,\n b: u64,\n c: crate::X\n}", &ALL,
                   "rs-large:0:2 rs-small:0:3");
    expect_matches(catalogue, LANGUAGE_RUST,
                   "struct S {\n a: &'static String,\n b: &'static str,\n c: &'static X\n}", &ALL,
                   "rs-small:0:2 rs-thin:0:2 rs-fat:0:3");
    expect_matches(catalogue, LANGUAGE_RUST, "enum E {\n A(u8),\n B([u8; 101]),\n C\n}", &ALL, "rs-wide:0:3");
    expect_matches(catalogue, LANGUAGE_RUST, "enum E {\n A(u8),\n B([u8; 100]),\n C(X)\n}", &ALL, "");
    expect_matches(
        catalogue, LANGUAGE_RUST,
        "#[repr(C)]\nstruct S(u8, u64, u8);\nstruct T(u8, u64, u8);\n#[repr(C)]\nstruct U(u8, u16);", &ALL,
        "rs-gaps:0:2");
    expect_matches(catalogue, LANGUAGE_RUST, "struct A;\nstruct B;\nstruct C;\nfn f(b: &[B], c: &C) {}", &ALL,
                   "rs-rows:0:2");
    expect_matches(
        catalogue, LANGUAGE_RUST,
        "pub struct S {\n pub a: G<u8>,\n b: G<u8>\n}\npub fn f(\n a: G<u8>) { let b: G<u8>; }\n"
        "fn g(a: G<u8>) {}\nimpl Clone for T {\n fn f(a: G<u8>) {} }\npub(crate) fn h(a: G<u8>) {}\n"
        "mod m { pub fn f(a: G<u8>) {} }",
        &ALL, "rs-seen:0:2 rs-seen:0:6 rs-seen:0:9");
    expect_matches(catalogue, LANGUAGE_RUST,
                   "pub struct A;\nstruct B;\nimpl A {}\nimpl B {}\nimpl T for crate::A {}\nimpl C {}", &ALL,
                   "rs-ours:0:3");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void predicates_on_owners_take_their_captures_in_order(void **state)
{
    static const struct test_source sources[] = {
        {"rs-held",
         " '((block (let_declaration pattern: (identifier) @x) (expression_statement) @s) @site "
         "(#borrowed-at? @x @s))'",
         NULL},
        {"rs-needed",
         " '((block (let_declaration pattern: (identifier) @x) . (expression_statement) @s) @site "
         "(#needed-from? @x @s))'",
         NULL},
        {"rs-moves", " '((let_declaration pattern: (identifier) @x) @site (#not-never-moved? @x))'", NULL},
        {"rs-last", " '((arguments (identifier) @x) @site (#last-use? @x) (#not-reference? @x))'", NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_RUST, "fn f() {\nlet x = a();\nb(&x);\nc();\n}", &ALL,
                   "rs-needed:0:1");
    expect_matches(catalogue, LANGUAGE_RUST, "fn f() {\nlet x = &1;\nb(x);\n}", &ALL,
                   "rs-needed:0:1 rs-moves:0:2");
    expect_matches(catalogue, LANGUAGE_RUST, "fn f() {\nlet x = a();\nlet y = &x;\nc();\nb(y);\n}", &ALL,
                   "rs-held:0:1 rs-needed:0:1 rs-moves:0:3 rs-last:0:5");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void what_is_not_mut_is_borrowed_shared(void **state)
{
    static const struct test_source sources[] = {
        {"rs-shared",
         " '((call_expression function: (field_expression value: (_) @on)) @site (#not-mutable? @on))'",
         NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_RUST,
                   "fn f(a: A, mut b: B, c: &mut C) {\n a.g();\n b.g();\n c.g();\n}", &ALL, "rs-shared:0:2");
    expect_matches(catalogue, LANGUAGE_RUST,
                   "impl S {\n fn f(&self) {\n  self.a.g();\n }\n fn h(&mut self) {\n  self.a.g();\n }\n}",
                   &ALL, "rs-shared:0:3");
    expect_matches(catalogue, LANGUAGE_RUST,
                   "fn f(s: S) {\n for a in s.iter_mut() {\n  a.g();\n }\n let b = &mut s;\n b.g();\n}", &ALL,
                   "rs-shared:0:2");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void the_first_variant_wins_and_a_site_counts_once(void **state)
{
    static const struct test_source sources[] = {
        {"py-a",
         "\n  - pattern: '((call function: (identifier) @f) @site (#eq? @f \"g\"))'\n"
         "  - pattern: '(call) @site'\n"
         "  - pattern: '(argument_list (call) @site)'",
         NULL},
        {"py-b", " '(argument_list (call) @site)'", NULL},
        {"py-c", " '(argument_list (_) (_) @x) @site'", NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON, "g()\nh()\n", &ALL, "py-a:0:1 py-a:1:2");
    expect_matches(catalogue, LANGUAGE_PYTHON, "[\ng(\n h(),\n g(),\n h())]", &ALL,
                   "py-a:0:2 py-c:0:2 py-a:1:3 py-b:0:3 py-a:0:4 py-b:0:4 py-a:1:5 py-b:0:5");
    catalogue_free(catalogue);
    arena_free(arena);
}

/* Words that patterns ask for are found through the index; those without are always tried. */
static void the_index_finds_what_a_full_try_would(void **state)
{
    static const struct test_source sources[] = {
        {"py-any",
         " '((call function: (attribute attribute: (identifier) @m)) @site (#any-of? @m \"add\" \"pop\"))'",
         NULL},
        {"py-deep",
         " '((call function: (attribute object: (identifier) @o attribute: (identifier) @m)) @site"
         " (#eq? @o \"x\") (#not-eq? @m \"add\"))'",
         NULL},
        {"py-not", " '((call function: (attribute attribute: (identifier) @m)) @site (#not-eq? @m \"add\"))'",
         NULL},
        {"py-same",
         " '((call function: (identifier) @m) @site (#any-of? @m \"add\" \"abcdefghijklmnopqrstuvwxyz\"))'",
         NULL},
        {"py-two",
         " '((call function: (attribute attribute: (identifier) @m) arguments: (argument_list (_) @a))"
         " @site (#eq? @m \"add\") (#eq? @a @m))'",
         NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(
        catalogue, LANGUAGE_PYTHON,
        "y.add()\ny.pop()\nx.pop()\nadd()\ny.add(add)\nabcdefghijklmnopqrstuvwxyz()\n", &ALL,
        "py-any:0:1 py-any:0:2 py-not:0:2 py-any:0:3 py-deep:0:3 py-not:0:3 py-same:0:4 py-any:0:5 "
        "py-two:0:5 py-same:0:6");
    catalogue_free(catalogue);
    arena_free(arena);
}

/* What a call calls is found by the last part of its path, under whatever name it goes. */
static void the_index_finds_calls_by_path(void **state)
{
    static const struct test_source sources[] = {
        {"py-sleep",
         " '((call function: (_) @f) @site (#path? @f \"time.sleep\" \"gevent.sleep\" \"*.Job.sleep\"))'",
         NULL},
        {"py-star", " '((call function: (_) @f) @site (#path? @f \"time.*\" \"x.y\"))'", NULL},
        {"py-sum", " '((call function: [(identifier) (attribute)] @f) @site (#path? @f \"sum\"))'", NULL},
        {"py-wait", " '((call function: (_) @f) @site (#path? @f \"time.sleep\") (#async? @site))'", NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON,
                   "import time, time as t\n"
                   "from time import sleep, sleep as pause\n"
                   "time.sleep(1)\n"
                   "t.sleep(1)\n"
                   "sleep(1)\n"
                   "pause(1)\n"
                   "wait = time.sleep\n"
                   "wait(1)\n"
                   "(time.sleep)(1)\n"
                   "other.sleep(1)\n"
                   "async def f():\n"
                   "    pause(1); sum(a); time.time()\n"
                   "def sum(a): pass\n"
                   "sum(1)\n",
                   &ALL,
                   "py-sleep:0:3 py-star:0:3 py-sleep:0:4 py-star:0:4 py-sleep:0:5 py-star:0:5 py-sleep:0:6 "
                   "py-star:0:6 py-sleep:0:8 py-star:0:8 py-sleep:0:9 py-star:0:9 py-sleep:0:12 py-star:0:12 "
                   "py-wait:0:12 py-star:0:12");
    expect_matches(catalogue, LANGUAGE_PYTHON, "sum(a)\nx.sum(a)\n", &ALL, "py-sum:0:1");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void a_subject_counts_once_in_a_loop(void **state)
{
    static const struct test_source sources[] = {
        {"py-a", " '(call function: (attribute object: (_) @o)) @site'\nsubject: o", NULL}};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, 1);

    (void)state;
    expect_matches(
        catalogue, LANGUAGE_PYTHON,
        "x = y = 1\nx.a()\nx.a()\nfor i in j:\n  x.a()\n  x.b()\n  y.a()\n  q.a()\n  q.a()\nfor i in j:\n"
        "  x.a()\n  while k:\n    x.a()\n  x.a()\n",
        &ALL, "py-a:0:2 py-a:0:3 py-a:0:5 py-a:0:7 py-a:0:8 py-a:0:11 py-a:0:13");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void a_chain_is_one_place(void **state)
{
    static const struct test_source sources[] = {
        {"py-a", " '(boolean_operator right: (call)) @site'\noutermost: true", NULL},
        {"py-b", " '(boolean_operator right: (call)) @site'", NULL}};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, 2);

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON, "a() or b() or c()\nd or e()\nf(lambda: g or h()) or i()\n",
                   &ALL, "py-a:0:1 py-b:0:1 py-b:0:1 py-a:0:2 py-b:0:2 py-a:0:3 py-b:0:3 py-b:0:3");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void rules_for_pyo3_want_its_import(void **state)
{
    static const struct test_source sources[] = {
        {"pyo3-a", " '(call_expression) @site'", NULL},
        {"rs-a", " '(call_expression) @site'", NULL},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_RUST, "fn f() { g(); } // pyo3::x\n", &ALL, "rs-a:0:1");
    expect_matches(catalogue, LANGUAGE_RUST, "use pyo3::prelude::*; fn f() { g(); }", &ALL,
                   "pyo3-a:0:1 rs-a:0:1");
    expect_matches(catalogue, LANGUAGE_RUST, "#[pyo3::pyfunction] fn f() { g(); }", &ALL,
                   "pyo3-a:0:1 rs-a:0:1");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void opt_in_rules_want_to_be_asked_for(void **state)
{
    static const struct test_source sources[] = {
        {"py-a", " '(call) @site'\ntier: opt-in", NULL},
        {"py-b", " '(call) @site'\ntier: hot", NULL},
    };
    static const struct match_options opt_in = {.opt_in = true};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, COUNT_OF(sources));

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON, "f()", &ALL, "py-b:0:1");
    expect_matches(catalogue, LANGUAGE_PYTHON, "f()", &opt_in, "py-a:0:1 py-b:0:1");
    catalogue_free(catalogue);
    arena_free(arena);
}

static const char FUNCTIONS[] = "f()\n"              /* 1 */
                                "def a():\n"         /* 2 */
                                "    f()\n"          /* 3 */
                                "    def b():\n"     /* 4 */
                                "        f()\n"      /* 5 */
                                "class C:\n"         /* 6 */
                                "    f()\n"          /* 7 */
                                "    def m(self):\n" /* 8 */
                                "        f()\n"      /* 9 */
                                "    @f\n"           /* 10 */
                                "    def n(self):\n" /* 11 */
                                "        f()\n";     /* 12 */

static void only_touched_functions_are_walked(void **state)
{
    static const struct test_source sources[] = {{"py-a", " '(call) @site'", NULL}};
    static const struct {
        uint32_t lines[4];
        size_t pairs;
        const char *expected;
    } cases[] = {
        {{0}, 0, "py-a:0:1 py-a:0:7"},
        {{1, 1}, 1, "py-a:0:1 py-a:0:7"},
        {{2, 2}, 1, "py-a:0:1 py-a:0:3 py-a:0:5 py-a:0:7"},
        {{5, 6}, 1, "py-a:0:1 py-a:0:3 py-a:0:5 py-a:0:7"},
        {{9, 9}, 1, "py-a:0:1 py-a:0:7 py-a:0:9"},
        {{9, 10}, 1, "py-a:0:1 py-a:0:7 py-a:0:9 py-a:0:12"},
        {{4, 4, 12, 99}, 2, "py-a:0:1 py-a:0:3 py-a:0:5 py-a:0:7 py-a:0:12"},
    };
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, 1);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct match_options options = {.lines = cases[i].lines, .line_pair_count = cases[i].pairs};
        expect_matches(catalogue, LANGUAGE_PYTHON, FUNCTIONS, &options, cases[i].expected);
    }
    catalogue_free(catalogue);
    arena_free(arena);
}

static void what_does_not_parse_is_no_site(void **state)
{
    static const struct test_source sources[] = {{"py-a", " '(call) @site'", NULL}};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, 1);

    (void)state;
    expect_matches(catalogue, LANGUAGE_PYTHON, "f()\ng() for x in\nf()\n", &ALL, "py-a:0:1 py-a:0:3");
    catalogue_free(catalogue);
    arena_free(arena);
}

static void matches_are_bounded(void **state)
{
    static const struct test_source sources[] = {{"py-a", " '(call) @site'", NULL}};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, 1);
    struct facts *facts = test_facts(LANGUAGE_PYTHON, "f()\nf()\nf()\n", arena);

    (void)state;
    for (size_t max = 2; max <= 4; max++) {
        struct match_options options = {.matches_max = max};
        struct match_list list = {0};
        struct err err = {0};
        enum err_code code = catalogue_match(catalogue, facts, &options, arena, &list, &err);
        assert_int_equal(code, max < 3 ? ERR_LIMIT : ERR_OK);
        assert_int_equal(list.count, max < 3 ? 0 : 3);
    }
    catalogue_free(catalogue);
    arena_free(arena);
}

static void matching_survives_every_arena_cap(void **state)
{
    static const struct test_source sources[] = {{"py-a", " '((call) @site (#not-imports? \"y\"))'", NULL}};
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct catalogue *catalogue = test_catalogue(arena, sources, 1);
    struct facts *facts = test_facts(LANGUAGE_PYTHON, "import x\nf()\nf(f(f()))\n", arena);
    enum err_code code = ERR_LIMIT;

    (void)state;
    for (size_t cap = 0; code != ERR_OK && cap < 8192; cap++) {
        struct arena *small = arena_new(cap);
        struct match_list list = {0};
        code = catalogue_match(catalogue, facts, &ALL, small, &list, NULL);
        assert_true(code == ERR_OK || (code == ERR_LIMIT && list.items == NULL));
        arena_free(small);
    }
    assert_int_equal(code, ERR_OK);
    catalogue_free(catalogue);
    arena_free(arena);
}

/* Predicates on where code stands and what names mean, each against a row of Python. */
static const struct {
    const char *predicates, *source, *expected;
} PREDICATES[] = {
    {"(#in-loop? @site)", "f()\nfor x in f():\n  f()\n", "py-a:0:3"},
    {"(#loop-depth? @site 2)", "for x in y:\n  f()\n  while f():\n    f()\n", "py-a:0:3 py-a:0:4"},
    {"(#loop-kind? @site while comprehension)", "for x in y:\n  f()\nwhile z:\n  f()\n[f() for x in y]\n",
     "py-a:0:4 py-a:0:5"},
    {"(#loop-bounded? @site 4)", "for x in range(4):\n  f()\nfor x in range(5):\n  f()\nf()\n", "py-a:0:2"},
    {"(#loop-may-end-early? @site)", "for x in y:\n  f()\n  break\nfor x in y:\n  f()\n", "py-a:0:2"},
    {"(#in-function? @site)", "f()\ndef g():\n  f()\n", "py-a:0:3"},
    {"(#async? @site)", "def g():\n  f()\nasync def h():\n  f()\n", "py-a:0:4"},
    {"(#inside? @site if_statement)", "if x:\n  f()\n  def g():\n    f()\n", "py-a:0:2"},
    {"(#inside-text? @site with_statement \"lock\")", "with lock:\n  f()\nwith x:\n  f(lock)\n", "py-a:0:2"},
    {"(#inside-text? @site if_statement \"lock\")", "if lock:\n  f()\nif x:\n  f(lock)\n", "py-a:0:2"},
    {"(#has? @site lambda)", "f(lambda: 1)\nf()\n", "py-a:0:1"},
    {"(#has? @site yield)", "f(lambda: (yield))\n", ""},
    {"(#has-text? @function \"slow\")", "def g():\n  f()\n  slow\ndef h():\n  f()\nf(slow)\n", "py-a:0:2"},
    {"(#has? @loop break_statement)", "for x in y:\n  f()\n  break\nfor x in y:\n  f()\nf()\n", "py-a:0:2"},
    {"(#contains? @loop @site)", "for x in f():\n  f()\nf()\n", "py-a:0:2"},
    {"(#first-in? @site @loop)", "f()\nfor x in y:\n  f()\n  f()\nfor x in y:\n  f(f())\n",
     "py-a:0:3 py-a:0:6"},
    {"(#light-loop? @site)",
     "z = []\nfor x in y:\n  f(g(x))\n  z.append(len(x))\nfor x in y:\n  f()\n  g(x)\n"
     "for x in y:\n  f()\n  x.append(1)\nfor x in y:\n  f()\n  [a for a in x]\n",
     "py-a:0:3"},
    {"(#only-called? @f)", "def f():\n  pass\nf()\n", "py-a:0:3"},
    {"(#only-called? @f)", "def f():\n  pass\nf()\nx(f)\n", ""},
    {"(#used-in? @f await)", "async def g(f):\n  await x(f)\n  f()\n", "py-a:0:3"},
    {"(#used-in? @f await)", "async def g(f):\n  await x()\n  f()\n", ""},
    {"(#imports? a \"b.c\")", "import b.c.d\nf()\n", "py-a:0:2"},
    {"(#imports? a \"b.c\")", "import b.cc\nf()\n", ""},
    {"(#imports? a \"b.c\")", "from b.c import *\nf()\n", "py-a:0:2"},
    {"(#imports? a \"b.c\")", "from b import c as d\nf()\n", "py-a:0:2"},
    {"(#imports? a \"b.c\")", "import b.c as d\nf()\n", "py-a:0:2"},
    {"(#bound? asyncio)", "import asyncio\nf()\n", "py-a:0:2"},
    {"(#bound? asyncio)", "def g():\n  import asyncio\nf()\n", ""},
    {"(#parent? @site assignment argument_list)", "x = f()\nf(f())\n", "py-a:0:1 py-a:0:2"},
    {"(#origin-text? @f \"slow\")", "f = slow\nf()\n", "py-a:0:2"},
    {"(#origin-text? @f \"slow\")", "for f in [slow]:\n  f()\n", "py-a:0:2"},
    {"(#origin-text? @site \"slow\")", "f(slow)\nf()\n", "py-a:0:1"},
    {"(#declared-text? @f \"^slow$\")", "f: slow = g\nf()\n", "py-a:0:2"},
    {"(#declared-text? @f \"^slow$\")", "f: slow = g\nf = h\nf()\n", ""},
    {"(#declared-text? @f \"slow\")", "f = slow\nf()\n", ""},
    {"(#reads-like? @f \"slow\")", "f = slow\nf()\n", "py-a:0:2"},
    {"(#reads-like? @f \"^f$\")", "f = slow\nf()\n", "py-a:0:2"},
    {"(#loop-reads-like? @site \"rows\")", "for x in rows:\n  f()\nfor x in y:\n  f()\n", "py-a:0:2"},
    {"(#loop-reads-like? @site \"rows\")", "y = rows()\nfor x in y:\n  f()\nf(rows)\n", "py-a:0:3"},
    {"(#grows-in-loop? @f)", "f = []\nfor x in y:\n  f.append(x)\n  f()\nfor x in y:\n  f()\n", "py-a:0:4"},
    {"(#escapes-in-loop? @f @site)",
     "def g():\n  f = []\n  for x in y:\n    f()\n    h(f)\n  for x in y:\n    f()\n  return f\n",
     "py-a:0:4"},
    {"(#python? \">=3.0\")", "f()\n", ""},
    {"(#not-python? \">=3.0\")", "f()\n", "py-a:0:1"},
    {"(#depends? \"a\")", "import a\nf()\n", ""},
    {"(#called-in-loop? @f)", "def f():\n  pass\nf()\nfor x in y:\n  f()\n", "py-a:0:3 py-a:0:5"},
    {"(#called-in-loop? @f)", "def f():\n  pass\nf()\n", ""},
    {"(#called-in-loop? @site)", "def g():\n  f()\ndef h():\n  f()\nfor x in y:\n  g()\n", "py-a:0:2"},
    {"(#recursive? @f 2)", "def f(n):\n  return f(n - 1) + f(n - 2)\n", "py-a:0:2 py-a:0:2"},
    {"(#recursive? @f 2)", "def f(n):\n  return f(n - 1)\n", ""},
    {"(#pure-function? @f)", "def f(n):\n  return n + 1\nf(2)\n", "py-a:0:3"},
    {"(#pure-function? @f)", "def f(n):\n  print(n)\nf(2)\n", ""},
    {"(#class? @site exception)", "class A(ValueError):\n  def g(self):\n    f()\nclass B:\n  x = f()\n",
     "py-a:0:3"},
    {"(#result-only-iterated? @f)", "def f():\n  pass\nfor x in f():\n  pass\nsum(f())\n",
     "py-a:0:3 py-a:0:5"},
    {"(#result-only-iterated? @f)", "def f():\n  pass\nfor x in f():\n  pass\nlen(f())\n", ""},
    {"(#global? @f)", "f = 1\ndef g():\n  f()\nf()\n", "py-a:0:3"},
    {"(#global? @f)", "import f\ndef g():\n  f()\ndef h(f):\n  f()\n", ""},
    {"(#class? @site exception init)", "class A(ValueError):\n  def g(self):\n    f()\n", ""},
    {"(#each-pass? @site)", "for x in y:\n  f()\n  if x:\n    f()\n    continue\n  f()\nf()\n", "py-a:0:2"},
    {"(#each-pass? @site)", "[f() for x in y]\n", "py-a:0:1"},
    {"(#times-in-pass? @site 2)", "for x in y:\n  f()\n  f()\n", "py-a:0:2 py-a:0:3"},
    {"(#times-in-pass? @site 2)", "for x in y:\n  if x:\n    f()\n  else:\n    f()\n", ""},
    {"(#times-in-pass? @site 2)", "for x in y:\n  f().a = 1\n  f()\n", "py-a:0:2 py-a:0:3"},
    {"(#has-text? @file \"import\")", "def g():\n  f()\nimport h\n", "py-a:0:2"},
    {"(#not-has-text? @file \"import\")", "def g():\n  f()\nimport h\n", ""},
    {"(#function-flag? @site async)", "async def g():\n  f()\ndef h():\n  f()\n", "py-a:0:2"},
};

static void predicates_look_at_the_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PREDICATES); i++) {
        struct arena *arena = arena_new(TEST_ARENA_BYTES);
        struct view match =
            arena_format(arena, " '((call function: (identifier) @f) @site (#eq? @f \"f\") %s)'",
                         PREDICATES[i].predicates);
        struct test_source source = {"py-a", match.ptr, NULL};
        struct catalogue *catalogue = test_catalogue(arena, &source, 1);

        print_message("%s\n", PREDICATES[i].predicates);
        expect_matches(catalogue, LANGUAGE_PYTHON, PREDICATES[i].source, &ALL, PREDICATES[i].expected);
        catalogue_free(catalogue);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_come_by_site_then_rule),
        cmocka_unit_test(predicates_on_uses_take_their_captures_in_order),
        cmocka_unit_test(predicates_on_owners_take_their_captures_in_order),
        cmocka_unit_test(sizes_of_types_are_bounds),
        cmocka_unit_test(what_is_not_mut_is_borrowed_shared),
        cmocka_unit_test(the_first_variant_wins_and_a_site_counts_once),
        cmocka_unit_test(the_index_finds_what_a_full_try_would),
        cmocka_unit_test(the_index_finds_calls_by_path),
        cmocka_unit_test(a_subject_counts_once_in_a_loop),
        cmocka_unit_test(a_chain_is_one_place),
        cmocka_unit_test(rules_for_pyo3_want_its_import),
        cmocka_unit_test(opt_in_rules_want_to_be_asked_for),
        cmocka_unit_test(only_touched_functions_are_walked),
        cmocka_unit_test(what_does_not_parse_is_no_site),
        cmocka_unit_test(matches_are_bounded),
        cmocka_unit_test(matching_survives_every_arena_cap),
        cmocka_unit_test(predicates_look_at_the_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
