/* Files that nobody writes by hand: whatever stands in them, the analysis ends, keeps to its arena and does
 * work that grows with the file and not with its square. Time is the processor's and compared over a factor
 * of sixteen, where a square would be sixteen times too slow: a busy machine does not come near that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/match.h"
#include "facts/facts.h"
#include "review_fixture.h"
#include <time.h>

enum {
    ARENA_BYTES = 256 << 20,
    STEPS = 16,        /* times larger */
    SLACK = 5,         /* times more than linear that is not told from noise */
    NOISE_US = 100000, /* less than this is not compared */
    PREFIX_BYTES = 6000,
    WHOLE_EVERY = 211, /* prefixes that are reviewed with patches and all */
};

static struct catalogue *rules;

/* head, count times unit, middle, count times close, tail; `$` in a unit is its number. */
struct shape {
    const char *name, *head, *unit, *middle, *close, *tail;
    uint32_t count;
};

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

static uint64_t cpu_us(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void add_times(struct buffer *out, const char *unit, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (const char *at = unit; *at != '\0'; at++)
            if (*at == '$')
                buffer_add_format(out, "%u", i);
            else
                buffer_add_byte(out, *at);
}

static void write_shape(const struct shape *shape, uint32_t count, struct buffer *out)
{
    buffer_init(out, 4 << 20);
    buffer_add_text(out, shape->head);
    add_times(out, shape->unit, count);
    buffer_add_text(out, shape->middle);
    add_times(out, shape->close, count);
    buffer_add_text(out, shape->tail);
    assert_int_equal(out->failed, ERR_OK);
}

/* What stands below the review, which would pass over a line that is too long: parse, facts, rules. */
static size_t analyse(struct view text)
{
    static const struct match_options options = {.opt_in = true};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct match_list list = {0};
    struct err err = {0};
    size_t bytes;
    enum err_code code =
        tree_parse(LANGUAGE_PYTHON, text, &SYNTAX_LIMITS_DEFAULT, &STILL, arena, &tree, &err);

    if (code == ERR_OK)
        code = facts_build(tree, arena, &facts, &err);
    if (code == ERR_OK)
        code = catalogue_match(rules, facts, &options, arena, &list, &err);
    assert_true(code == ERR_OK || code == ERR_LIMIT);
    bytes = arena_used_bytes(arena);
    arena_free(arena);
    return bytes;
}

/* The whole of it, patches and renderings too. */
static void review(struct view text)
{
    struct review_options options = {.pedantic = true};
    struct delta delta = {.path = VIEW("a.py"), .base_path = VIEW("a.py"), .head = text, .whole = true};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct review *out = NULL;
    struct buffer json;
    struct err err = {0};
    enum err_code code = review_run(rules, &delta, 1, &options, &STILL, arena, &out, &err);

    assert_true(code == ERR_OK || code == ERR_LIMIT);
    buffer_init(&json, 64 << 20);
    if (code == ERR_OK)
        review_render_json(out, &json);
    buffer_deinit(&json);
    arena_free(arena);
}

static uint64_t cost(const struct shape *shape, uint32_t count, size_t *bytes)
{
    struct buffer text;
    uint64_t start;

    write_shape(shape, count, &text);
    start = cpu_us();
    *bytes = analyse(buffer_view(&text));
    review(buffer_view(&text));
    start = cpu_us() - start;
    buffer_deinit(&text);
    return start;
}

static void work_grows_with_the_file(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (const struct shape *shape = GROWING; shape < GROWING + COUNT_OF(GROWING); shape++) {
        size_t small_bytes, bytes;
        uint64_t small = cost(shape, shape->count / STEPS, &small_bytes),
                 us = cost(shape, shape->count, &bytes);
        bool slow = us > NOISE_US && us > small * STEPS * SLACK, large = bytes > small_bytes * STEPS * 2;
        if (!slow && !large)
            continue;
        wrong++;
        print_error("%s: %lu us and %zu bytes, a sixteenth of it %lu us and %zu bytes\n", shape->name,
                    (unsigned long)us, bytes, (unsigned long)small, small_bytes);
    }
    assert_int_equal(wrong, 0);
}

static void whatever_stands_there_it_ends(void **state)
{
    (void)state;
    for (const struct shape *shape = LARGE; shape < LARGE + COUNT_OF(LARGE); shape++) {
        struct buffer text;
        write_shape(shape, shape->count, &text);
        (void)analyse(buffer_view(&text));
        review(buffer_view(&text));
        buffer_deinit(&text);
    }
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
            (void)analyse(buffer_view(&text));
            review(buffer_view(&text));
            buffer_deinit(&text);
        }
}

static void bytes_that_are_no_text_end(void **state)
{
    static char text[1 << 20];
    uint32_t seed = 1;

    (void)state;
    (void)analyse((struct view){text, sizeof(text)}); /* all zero */
    review((struct view){text, sizeof(text)});
    for (size_t i = 0; i < sizeof(text); i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = (char)(seed >> 16);
    }
    (void)analyse((struct view){text, 100000});
    review((struct view){text, 100000});
}

/* The rules' own examples, so that every prefix ends within something that a rule looks at. */
static void every_prefix_ends(void **state)
{
    size_t count;
    const struct rule *const *all = catalogue_rules(rules, &count);
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < count && text.len < PREFIX_BYTES; i++)
        if (all[i]->language == LANGUAGE_PYTHON)
            buffer_add(&text, all[i]->examples[0].text);
    assert_true(text.len >= PREFIX_BYTES);
    for (size_t len = 0; len <= PREFIX_BYTES; len++) {
        /* A copy that ends where the prefix does: a byte read past it is seen by the sanitizer. */
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, text.ptr, len);
        (void)analyse((struct view){copy, len});
        if (len % WHOLE_EVERY == 0)
            review((struct view){copy, len});
        free(copy);
    }
    buffer_deinit(&text);
}

static int compile_rules(void **state)
{
    size_t count;
    const struct rule_source *sources = rule_sources_embedded(&count);
    (void)state;
    return catalogue_new(sources, count, &rules, NULL) == ERR_OK ? 0 : -1;
}

static int free_rules(void **state)
{
    (void)state;
    catalogue_free(rules);
    return 0;
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
