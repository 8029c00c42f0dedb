/* Files that nobody writes by hand: whatever stands in them, the analysis ends, keeps to its arena and does
 * work that grows with the file and not with its square. Time is the processor's and compared over a factor
 * of sixteen, where a square would be sixteen times too slow: a busy machine does not come near that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hostile_fixture.h"

#define IN_LOOP "def f(x, ys):\n  s = []\n  for y in ys:\n    "

/* Work that grows: a sixteenth of each against the whole. */
static const struct shape GROWING[] = {
    {"functions", "", "def f$(): pass\n", "", "", "", 8000},
    {"methods that call each other", "class C:\n", "  def f$(self): return self.f1$()\n", "", "", "", 4000},
    {"functions that call each other", "", "def f$(x): return g$(x) + f1$(x)\n", "", "", "", 4000},
    {"classes", "", "class C$:\n  def m(self): return [x for x in self.y]\n", "", "", "", 4000},
    {"decorators", "", "@a.b(1)\n", "def f(): pass\n", "", "", 8000},
    {"elifs", "def f(x):\n  if x == 0: return 0\n", "  elif x == $: return $\n", "", "", "", 4000},
    {"cases", "def f(x):\n  match x:\n", "    case $: pass\n", "", "", "", 4000},
    {"excepts", "def f(x):\n  try: pass\n", "  except E$: pass\n", "", "", "", 4000},
    {"a dict", "def f(k):\n  return {", "$: $,", "}\n", "", "", 16000},
    {"a list to look in", IN_LOOP "if y in [", "$,", "]: pass\n", "", "", 16000},
    {"arguments", IN_LOOP "f(", "y,", ")\n", "", "", 16000},
    {"texts side by side", IN_LOOP "f(", "'a' ", ")\n", "", "", 16000},
    {"a chain of comparisons", IN_LOOP "f(y", " < x", ")\n", "", "", 16000},
    {"parameters", "def f(", "a$,", "): pass\n", "", "", 8000},
    {"imports", "", "import a$.b\n", "", "a$.b.c()\n", "", 4000},
    {"names of one import", "from a import (", "a$,", ")\n", "", "", 8000},
    {"globals", "def f():\n  global b", ",a$", "\n", "", "", 8000},
    {"uses of a name", "def f(x):\n", "  x(1)\n", "", "", "", 16000},
    {"definitions of a name", "def f(x):\n", "  x = x\n", "", "", "", 16000},
    {"names from names", "def f(x):\n", "  a$ = x\n  x = a$\n", "", "", "", 8000},
    {"additions to a text", "def f(x):\n  s = ''\n  for y in x:\n", "    s += y\n", "", "", "", 8000},
    {"tests of a list", IN_LOOP "pass\n", "    if y in s: g(y)\n", "    s.append(y)\n", "", "", 8000},
    {"loops over one list", "def f(x):\n  s = []\n  s.append(1)\n", "  for y in x:\n    if y in s: g(y)\n",
     "", "", "", 4000},
    {"lists in one loop", "def f(x):\n", "  s$ = [x]\n", "  for y in x:\n",
     "    if y in s$: g(y)\n    s$.append(y)\n", "", 2000},
    {"loops side by side", "def f(x):\n", "  for y in x: g(y)\n", "", "", "", 8000},
    {"searches", "from a.models import M\ndef f(x):\n  for y in x:\n", "    M.objects.get(id=y)\n", "", "",
     "", 4000},
    {"what patches mend", "def f(a):\n", "  g(min(min(a, 1), 2))\n", "", "", "", 4000},
    {"awaits", "async def f(x):\n  for y in x:\n", "    await y()\n", "", "", "", 8000},
    {"functions in a function", "def f(x):\n  s = []\n", "  def g$(y): s.append(y)\n", "", "", "", 4000},
    {"lambdas", "def f(x):\n  s = []\n", "  g(lambda y: s)\n", "", "", "", 8000},
    {"attributes", "class C:\n  def f(self):\n", "    self.a$ = self.b$\n", "", "", "", 8000},
    {"conditions of a comprehension", "def f(x):\n  return [y for y in x\n", "if y in x\n", "]\n", "", "",
     4000},
    {"annotations", "def f(x):\n", "  a$: list[int] = x\n", "", "", "", 4000},
    {"targets", "def f(x):\n  (", "a$,", ") = x\n", "", "", 8000},
    {"silenced findings", "def f(x):\n  for y in x:\n", "    y.split('.')[0]  # perf-review: ignore a\n", "",
     "", "", 4000},
    {"errors", "", ") ] }\n", "", "", "", 8000},
};

/* Too deep, too long or no text at all: it ends, by a limit or without. */
static const struct shape LARGE[] = {
    {"brackets", "x = ", "(", "1", ")", "\n", 10000},
    {"open brackets", "x = ", "[", "", "", "\n", 10000},
    {"dicts", "x = ", "{1:", "1", "}", "\n", 10000},
    {"calls", "x = ", "g(", "1", ")", "\n", 10000},
    {"sums", "def f(x):\n  return x", " + x", "\n", "", "", 10000},
    {"sums of texts", "def f(x):\n  return 'a'", " + 'a'", "\n", "", "", 10000},
    {"ors", "def f(x):\n  return x.startswith('a')", " or x.startswith('b')", "\n", "", "", 10000},
    {"attributes", "def f(x):\n  return x", ".a", "\n", "", "", 10000},
    {"subscripts", "def f(x):\n  return x", "[0]", "\n", "", "", 10000},
    {"method calls", "def f(x):\n  return x", ".split(',')[0]", "\n", "", "", 10000},
    {"assignments", "def f(x):\n  ", "a = ", "x\n", "", "", 10000},
    {"lambdas", "f = ", "lambda x: ", "x\n", "", "", 10000},
    {"nots", "f = ", "not ", "x\n", "", "", 10000},
    {"conditions", "f = ", "x if x else ", "x\n", "", "", 10000},
    {"comprehensions", "f = ", "[", "x", " for x in x]", "\n", 5000},
    {"types", "def f(x: ", "list[", "int", "]", "): pass\n", 10000},
    {"a deep annotation", "def f(x: '", "list[", "int", "]", "'): pass\n", 10000},
    {"a wide annotation", "def f(x: '", "int|", "int'): pass\n", "", "", 20000},
    {"signs", "x = ", "-", "1\n", "", "", 10000},
    {"stars", "f(", "*", "x)\n", "", "", 10000},
    {"functions", "", "def f$(): pass\n", "", "", "", 50000},
    {"classes", "", "class C$: x = $\n", "", "", "", 20000},
    {"a dict", "x = {", "$:1,", "}\n", "", "", 100000},
    {"only decorators", "", "@a.b(1)\n", "", "", "", 100000},
    {"one line", "", "a=1;", "\n", "", "", 250000},
    {"one text", "x = '", "a", "'\n", "", "", 1000000},
    {"one name", "", "a", "\n", "", "", 1000000},
    {"empty lines", "", "\n", "", "", "", 1000000},
    {"quotes", "", "'", "", "", "", 1000000},
    {"not UTF-8", "x = '", "\xff\xfe\x80", "'\n", "", "", 300000},
    {"half a character", "x = '\xf0\x9f", "\xf0\x9f", "", "", "", 1000},
    {"format strings", "f = ", "f'{", "x", "}'", "\n", 500},
};

static void work_grows_with_the_file(void **state)
{
    (void)state;
    assert_int_equal(count_faster_than_linear(LANGUAGE_PYTHON, GROWING, COUNT_OF(GROWING)), 0);
}

static void whatever_stands_there_it_ends(void **state)
{
    (void)state;
    analyse_shapes(LANGUAGE_PYTHON, LARGE, COUNT_OF(LARGE));
}

/* Statements in each other, each on a line of its own, as deep as the indentation lets them be. */
static void nested_statements_end(void **state)
{
    static const char *const HEADS[] = {
        "if x:", "for x in x:", "while x:", "with x:", "def f(x):", "class C:", "async def f(x):"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(HEADS); i++)
        for (uint32_t depth = 300; depth <= 1200; depth += 900) {
            struct buffer text;
            buffer_init(&text, 4 << 20);
            for (uint32_t d = 0; d < depth; d++) {
                add_times(&text, " ", d);
                buffer_add_text(&text, HEADS[i]);
                buffer_add_byte(&text, '\n');
            }
            add_times(&text, " ", depth);
            buffer_add_text(&text, "g(x)\n");
            (void)analyse(LANGUAGE_PYTHON, buffer_view(&text));
            review(LANGUAGE_PYTHON, buffer_view(&text));
            buffer_deinit(&text);
        }
}

static void bytes_that_are_no_text_end(void **state)
{
    static char text[1 << 20];
    uint32_t seed = 1;

    (void)state;
    (void)analyse(LANGUAGE_PYTHON, (struct view){text, sizeof(text)}); /* all zero */
    review(LANGUAGE_PYTHON, (struct view){text, sizeof(text)});
    for (size_t i = 0; i < sizeof(text); i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = (char)(seed >> 16);
    }
    (void)analyse(LANGUAGE_PYTHON, (struct view){text, 100000});
    review(LANGUAGE_PYTHON, (struct view){text, 100000});
}

static void every_prefix_ends(void **state)
{
    (void)state;
    analyse_prefixes(LANGUAGE_PYTHON, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_grows_with_the_file), cmocka_unit_test(whatever_stands_there_it_ends),
        cmocka_unit_test(nested_statements_end),    cmocka_unit_test(bytes_that_are_no_text_end),
        cmocka_unit_test(every_prefix_ends),
    };
    return cmocka_run_group_tests(tests, compile_rules, free_rules);
}
