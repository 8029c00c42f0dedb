/* What happens to variables between two points, and where they are used. The mark << >> is what is asked
 * about; the rows name the calls between which it is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include <stdio.h>
#include <string.h>

/* The first call node with that text. */
static uint32_t call_of(const struct marked *m, const char *text)
{
    uint16_t call = language_kind(LANGUAGE_PYTHON, VIEW("call"), true);
    for (uint32_t i = 0; i < m->facts->tree->count; i++)
        if (m->facts->tree->nodes[i].kind == call && view_is(node_text(m->facts->tree, i), text))
            return i;
    fail_msg("no call %s", text);
    return NODE_NONE;
}

static void what_is_unchanged_between_two_points(void **state)
{
    static const struct {
        const char *name, *source;
        bool unchanged;
    } ROWS[] = {
        {"nothing between", "def f(x):\n    a(<<x>>)\n    b(x)\n", true},
        {"bound anew", "def f(x):\n    a(<<x>>)\n    x = 1\n    b(x)\n", false},
        {"grows", "def f(x):\n    a(<<x>>)\n    x.append(1)\n    b(x)\n", false},
        {"an item is set", "def f(x):\n    a(<<x>>)\n    x[0] = 1\n    b(x)\n", false},
        {"handed on", "def f(x):\n    a(<<x>>)\n    h(x)\n    b(x)\n", false},
        {"handed to a pure call", "def f(x):\n    a(<<x>>)\n    len(x)\n    b(x)\n", true},
        {"another one changes", "def f(x, y):\n    a(<<x>>)\n    y.append(x)\n    b(x)\n", false},
        {"text is handed on", "def f(x: str):\n    a(<<x>>)\n    h(x)\n    b(x)\n", true},
        {"changed by another name", "def f(x):\n    y = x\n    a(<<x>>)\n    y.append(1)\n    b(x)\n", false},
        {"is another name", "def f(y):\n    x = y\n    a(<<x>>)\n    y.append(1)\n    b(x)\n", false},
        {"before and after", "def f(x):\n    x.append(0)\n    a(<<x>>)\n    b(x)\n    x.append(1)\n", true},
        {"later in the loop around both",
         "def f(x):\n    for i in n:\n        a(<<x>>)\n        b(x)\n        x.append(1)\n", true},
        {"in the loop around the second",
         "def f(x):\n    a(<<x>>)\n    for i in n:\n        b(x)\n        x.append(1)\n", false},
        {"attribute", "def f(x):\n    a(<<x.k>>)\n    b(x)\n", true},
        {"attribute is set", "def f(x, y):\n    a(<<x.k>>)\n    y.k = 1\n    b(x)\n", false},
        {"another attribute is set", "def f(x):\n    a(<<x.k>>)\n    x.n = 1\n    b(x)\n", false},
        {"its object is called", "def f(x):\n    a(<<x.k>>)\n    x.step()\n    b(x)\n", false},
        {"a module's", "import os\ndef f(x):\n    a(<<os.sep>>)\n    os.remove(x)\n    b(x)\n", true},
        {"attribute across an await", "async def f(x):\n    a(<<x.k>>)\n    await h()\n    b(x)\n", false},
        {"variable across an await", "async def f(x):\n    a(<<x>>)\n    await h()\n    b(x)\n", true},
        {"subscript is set", "def f(x):\n    a(<<x[0]>>)\n    x[1] = 2\n    b(x)\n", false},
        {"own attribute",
         "class A:\n    def __init__(self):\n        self.k = {}\n    def f(self, x):\n"
         "        a(<<self.k>>)\n        self.step()\n        b(x)\n",
         true},
        {"own attribute of another method",
         "class A:\n    def step(self):\n        self.k = {}\n    def f(self, x):\n"
         "        a(<<self.k>>)\n        self.step()\n        b(x)\n",
         false},
        {"another own attribute",
         "class A:\n    def f(self, x):\n        a(<<self.k>>)\n        self.n = 1\n"
         "        b(x)\n",
         true},
        {"a global that some function sets",
         "K = 1\ndef g():\n    global K\n    K = 2\ndef f(x):\n    a(<<K>>)\n    g()\n    b(x)\n", false},
        {"a constant", "K = 1\ndef f(x):\n    a(<<K>>)\n    g()\n    b(x)\n", true},
        {"another function", "def f(x):\n    a(<<x>>)\n    def g():\n        b(x)\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint32_t from, to;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        from = m.node;
        while (m.facts->tree->nodes[from].kind != language_kind(LANGUAGE_PYTHON, VIEW("call"), true))
            from = m.facts->tree->nodes[from].parent;
        to = call_of(&m, "b(x)");
        if (facts_unchanged_between(m.facts, m.node, from, to) != ROWS[i].unchanged)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void a_list_that_is_only_walked_once_is_known(void **state)
{
    static const struct {
        const char *name, *source;
        bool iterated;
    } ROWS[] = {
        {"for", "def f(a):\n    <<x>> = [b for b in a]\n    for y in x:\n        g(y)\n", true},
        {"comprehension", "def f(a):\n    <<x>> = list(a)\n    return {y for y in x}\n", true},
        {"builtin", "def f(a):\n    <<x>> = list(a)\n    return sum(x)\n", true},
        {"with a key", "def f(a):\n    <<x>> = list(a)\n    return min(x, key=k)\n", true},
        {"sorted", "def f(a):\n    <<x>> = list(a)\n    return sorted(x)\n", false},
        {"compared", "def f(a):\n    <<x>> = list(a)\n    return max(x, a)\n", false},
        {"enumerate", "def f(a):\n    <<x>> = list(a)\n    for i, y in enumerate(x):\n        g(y)\n", true},
        {"a lazy one kept", "def f(a):\n    <<x>> = list(a)\n    return enumerate(x)\n", false},
        {"length too", "def f(a):\n    <<x>> = list(a)\n    g(len(x))\n    for y in x:\n        g(y)\n",
         false},
        {"returned", "def f(a):\n    <<x>> = list(a)\n    return x\n", false},
        {"in a loop",
         "def f(a):\n    <<x>> = list(a)\n    for b in a:\n        for y in x:\n            g(y)\n", false},
        {"both in the loop",
         "def f(a):\n    for b in a:\n        <<x>> = list(b)\n        for y in x:\n"
         "            g(y)\n",
         true},
        {"in another function", "def f(a):\n    <<x>> = list(a)\n    return lambda: [y for y in x]\n", false},
        {"bound twice", "def f(a):\n    <<x>> = list(a)\n    x = a\n    for y in x:\n        g(y)\n", false},
        {"at module level", "<<x>> = list(a)\nfor y in x:\n    g(y)\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_only_iterated(m.facts, m.node) != ROWS[i].iterated)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void uses_of_a_variable_stand_in_a_node_or_outside(void **state)
{
    static const struct {
        const char *name, *source;
        bool only;
    } ROWS[] = {
        {"all within", "def f(a):\n    <<x>> = h(a)\n    g(x, x.y)\n", true},
        {"one outside", "def f(a):\n    <<x>> = h(a)\n    g(x, x.y)\n    return x\n", false},
        {"no use", "def f(a):\n    <<x>> = h(a)\n    g(x, x.y) if a else 0\n    del x\n", true},
        {"a global", "<<x>> = h(a)\ng(x, x.y)\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_uses_only_in(m.facts, m.node, call_of(&m, "g(x, x.y)")) != ROWS[i].only)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void invariance_sees_other_names_and_methods(void **state)
{
    static const struct {
        const char *name, *source;
        bool invariant;
    } ROWS[] = {
        {"another name grows",
         "def f(a):\n    x = []\n    y = x\n    for b in a:\n        y.append(b)\n"
         "        g(<<len(x)>>)\n",
         false},
        {"a method of the object sets it",
         "class A:\n    def step(self):\n        self.n += 1\n    def f(self, a):\n        for b in a:\n"
         "            self.step()\n            g(<<self.n>>)\n",
         false},
        {"set by the constructor alone",
         "class A:\n    def __init__(self):\n        self.n = 1\n    def f(self, a):\n        for b in a:\n"
         "            self.step()\n            y = <<self.n>>\n",
         true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_invariant(m.facts, m.node, facts_loop(m.facts, m.node)) != ROWS[i].invariant)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void a_text_repeats_where_it_has_surely_run_before(void **state)
{
    static const struct {
        const char *name, *source;
        bool repeats;
    } ROWS[] = {
        {"two statements", "def f(x: str):\n    a(x.split(','))\n    b(<<x.split(',')>>)\n", true},
        {"condition and body", "def f(x: str):\n    if x.split(','):\n        b(<<x.split(',')>>)\n", true},
        {"first of and", "def f(x: str):\n    return x.split(',') and <<x.split(',')>>\n", true},
        {"second of and", "def f(x: str):\n    a(y and x.split(','))\n    b(<<x.split(',')>>)\n", false},
        {"two branches",
         "def f(x: str):\n    if c:\n        x.split(',')\n    else:\n        <<x.split(',')>>.y\n", false},
        {"a branch before", "def f(x: str):\n    if c:\n        x.split(',')\n    b(<<x.split(',')>>)\n",
         false},
        {"bound anew", "def f(x: str):\n    a(x.split(','))\n    x = y\n    b(<<x.split(',')>>)\n", false},
        {"either of a conditional",
         "def f(x: str):\n    a(x.split(',') if c else 0)\n    b(<<x.split(',')>>)\n", false},
        {"another function", "def f(x: str):\n    x.split(',')\n    def g():\n        b(<<x.split(',')>>)\n",
         false},
        {"the loop binds it", "def f(z):\n    for x in z:\n        b(<<g(x)>>)\n    g(x)\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if ((facts_repeats(m.facts, m.node) != NODE_NONE) != ROWS[i].repeats)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void a_variable_holds_what_its_function_made(void **state)
{
    static const struct {
        const char *name, *source;
        bool made, read_only;
    } ROWS[] = {
        {"literal", "def f():\n    <<x>> = []\n    return x[0]\n", true, true},
        {"constructor", "def f(a):\n    <<x>> = dict(a)\n    return x.get(a)\n", true, true},
        {"builds on itself", "def f(a):\n    x = []\n    <<x>> += a\n", true, false},
        {"another name", "def f(a):\n    <<x>> = a\n    return len(x)\n", false, true},
        {"a part", "def f(a):\n    <<x>> = a.b\n    for y in x:\n        pass\n", false, true},
        {"parameter", "def f(x):\n    return <<x>>\n", false, false},
        {"given on", "def f():\n    <<x>> = [1]\n    g(x)\n", true, false},
        {"grows", "def f():\n    <<x>> = [1]\n    x.append(2)\n    return len(x)\n", true, false},
        {"item set", "def f():\n    <<x>> = [1]\n    x[0] = 2\n", true, false},
        {"membership", "def f(a):\n    <<x>> = [1]\n    return a in x\n", true, true},
        {"compared", "def f(a):\n    <<x>> = [1]\n    return x == a\n", true, false},
        {"sliced", "def f(a):\n    <<x>> = [1]\n    return x[1:]\n", true, false},
        {"in a closure", "def f(a):\n    <<x>> = [1]\n    y = x[0]\n    return lambda: x[0]\n", true, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_made_here(m.facts, m.node) != ROWS[i].made ||
            facts_uses_read_only(m.facts, m.node) != ROWS[i].read_only)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void a_variable_that_is_only_searched_could_be_a_set(void **state)
{
    static const struct {
        const char *name, *source;
        bool searched;
    } ROWS[] = {
        {"in", "def f(a):\n    <<x>> = [1]\n    return a in x\n", true},
        {"filled", "def f(a):\n    <<x>> = []\n    x.append(a)\n    return len(x) > 2 or a not in x\n", true},
        {"in a closure", "def f(a):\n    <<x>> = [1]\n    return lambda: a in x\n", true},
        {"returned", "def f(a):\n    <<x>> = [1]\n    if a in x:\n        return x\n", false},
        {"walked", "def f(a):\n    <<x>> = [1]\n    for y in x:\n        a(y)\n", false},
        {"removed from", "def f(a):\n    <<x>> = [1]\n    if a in x:\n        x.remove(a)\n", false},
        {"given on", "def f(a):\n    <<x>> = [1]\n    a(x)\n", false},
        {"the one searched for", "def f(a):\n    <<x>> = [1]\n    return x in a\n", false},
        {"of the module", "<<x>> = [1]\nprint(2 in x)\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_only_searched(m.facts, m.node) != ROWS[i].searched)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void constants_are_literals_and_names_that_the_module_binds_once(void **state)
{
    static const struct {
        const char *name, *source;
        bool constant;
    } ROWS[] = {
        {"literals", "x = <<{1: 'a', 2: [3]}>>\n", true},
        {"a constant", "K = 'a'\ndef f():\n    return <<{K: 1}>>\n", true},
        {"a parameter", "def f(K):\n    return <<{K: 1}>>\n", false},
        {"set by a function", "K = 'a'\ndef f():\n    global K\n    K = 1\n    return <<{K: 1}>>\n", false},
        {"grows", "K = []\nK.append(1)\ndef f():\n    return <<set(K)>>\n", false},
        {"functions", "def g():\n    pass\ndef f():\n    return <<{1: g}>>\n", true},
        {"comprehension", "K = (1, 2)\ndef f():\n    return <<{k: str(k) for k in K}>>\n", true},
        {"unknown call", "def f():\n    return <<{1: h()}>>\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_constant(m.facts, m.node) != ROWS[i].constant)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void what_a_late_walk_reads_must_not_change(void **state)
{
    static const struct {
        const char *name, *source;
        enum language language;
        bool unchanged;
    } ROWS[] = {
        {"untouched", "def f(a):\n    x = <<[b for b in a]>>\n    for y in x:\n        g(y)\n",
         LANGUAGE_PYTHON, true},
        {"changed before the walk",
         "def f(a):\n    x = <<[b for b in a]>>\n    a.clear()\n    for y in x:\n        g(y)\n",
         LANGUAGE_PYTHON, false},
        {"changed by the walk",
         "def f(a):\n    x = <<[b for b in a]>>\n    for y in x:\n        a.remove(y)\n", LANGUAGE_PYTHON,
         false},
        {"changed after it",
         "def f(a):\n    x = <<[b for b in a]>>\n    for y in x:\n        g(y)\n    a.clear()\n",
         LANGUAGE_PYTHON, true},
        {"lent to a call", "impl S { fn f(&mut self) { let x = <<self.a.clone()>>; self.g(&x); } }",
         LANGUAGE_RUST, false},
        {"lent to a call of something else",
         "impl S { fn f(&mut self) { let x = <<self.a.clone()>>; g(&x); self.h(); } }", LANGUAGE_RUST, true},
        {"lent within a call", "impl S { fn f(&mut self) { let x = <<self.a.clone()>>; self.g(h(&x)); } }",
         LANGUAGE_RUST, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint32_t name;
        marked_open(&m, ROWS[i].language, ROWS[i].source);
        name = node_first_named(m.facts->tree, m.facts->tree->nodes[m.node].parent);
        if (facts_unchanged_while_used(m.facts, m.node, name) != ROWS[i].unchanged)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_unchanged_between_two_points),
        cmocka_unit_test(a_list_that_is_only_walked_once_is_known),
        cmocka_unit_test(uses_of_a_variable_stand_in_a_node_or_outside),
        cmocka_unit_test(a_text_repeats_where_it_has_surely_run_before),
        cmocka_unit_test(a_variable_holds_what_its_function_made),
        cmocka_unit_test(a_variable_that_is_only_searched_could_be_a_set),
        cmocka_unit_test(constants_are_literals_and_names_that_the_module_binds_once),
        cmocka_unit_test(what_a_late_walk_reads_must_not_change),
        cmocka_unit_test(invariance_sees_other_names_and_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
