/* Who calls whom in a Python file, what runs once per item, recursion, pure functions, roles. Each row marks
 * one node with << >>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_call_leads_to_its_function(void **state)
{
    static const struct {
        const char *name, *source, *callee;
    } ROWS[] = {
        {"a plain name", "def f():\n    pass\n<<f()>>\n", "f"},
        {"defined below", "def g():\n    return <<f()>>\ndef f():\n    pass\n", "f"},
        {"defined twice", "def f():\n    pass\ndef f():\n    pass\n<<f()>>\n", ""},
        {"shadowed by a parameter", "def f():\n    pass\ndef g(f):\n    return <<f()>>\n", ""},
        {"a method of self",
         "class A:\n    def f(self):\n        pass\n    def g(self):\n        return <<self.f()>>\n", "A.f"},
        {"a method of cls",
         "class A:\n    @classmethod\n    def f(cls):\n        pass\n    def g(cls):\n        return "
         "<<cls.f()>>\n",
         "A.f"},
        {"of a base in the file",
         "class B:\n    def f(self):\n        pass\nclass A(B):\n    def g(self):\n        return "
         "<<self.f()>>\n",
         "B.f"},
        {"through super()",
         "class B:\n    def f(self):\n        pass\nclass A(B):\n    def f(self):\n        return "
         "<<super().f()>>\n",
         "B.f"},
        {"of a class by its name", "class A:\n    def f(x):\n        pass\n<<A.f(1)>>\n", "A.f"},
        {"of an instance", "class A:\n    def f(self):\n        pass\na = A()\n<<a.f()>>\n", "A.f"},
        {"making an instance", "class A:\n    def __init__(self):\n        pass\n<<A()>>\n", "A.__init__"},
        {"assigned to self",
         "class A:\n    def __init__(self, f):\n        self.f = f\n    def f(self):\n        pass\n"
         "    def g(self):\n        return <<self.f()>>\n",
         ""},
        {"a class that is its own base", "class A(A):\n    def g(self):\n        return <<self.f()>>\n", ""},
        {"of something unknown", "def f():\n    pass\n<<x.f()>>\n", ""},
        {"handed to map", "def f(x):\n    pass\nmap(<<f>>, xs)\n", "f"},
        {"handed to sorted", "def f(x):\n    pass\nsorted(xs, key=<<f>>)\n", "f"},
        {"handed to something else", "def f(x):\n    pass\ng(<<f>>, xs)\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        struct view got;
        uint32_t callee;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        callee = facts_callee(m.facts, m.node);
        got = callee != FACT_NONE ? facts_function_name(m.facts, &m.facts->functions[callee]) : VIEW("");
        if (!view_is(got, ROWS[i].callee))
            fail_msg("%s: %.*s", ROWS[i].name, VIEW_ARG(got));
        arena_free(m.arena);
    }
}

/* The marked node stands in the function; the line is that of the call in the loop, 0 where there is none. */
static void a_function_called_from_a_loop_runs_per_item(void **state)
{
    static const struct {
        const char *name, *source;
        uint32_t line;
    } ROWS[] = {
        {"in a for", "def f():\n    <<x>>\nfor a in b:\n    f()\n", 4},
        {"once", "def f():\n    <<x>>\nf()\n", 0},
        {"what a for walks", "def f():\n    <<x>>\nfor a in f():\n    pass\n", 0},
        {"in a comprehension", "def f():\n    <<x>>\n[f() for a in b]\n", 3},
        {"few passes", "def f():\n    <<x>>\nfor a in range(3):\n    f()\n", 0},
        {"few passes in a loop", "def f():\n    <<x>>\nfor c in d:\n    for a in range(3):\n        f()\n",
         5},
        {"mapped", "def f(a):\n    <<x>>\nmap(f, b)\n", 3},
        {"a key", "def f(a):\n    <<x>>\nb.sort(key=f)\n", 3},
        {"in a lambda per item", "def f(a):\n    <<x>>\nb.sort(key=lambda a: f(a))\n", 3},
        {"in a lambda made in a loop", "def f(a):\n    <<x>>\nfor a in b:\n    g(lambda: f(a))\n", 4},
        {"through another function", "def f():\n    <<x>>\ndef g():\n    f()\nfor a in b:\n    g()\n", 6},
        {"three calls deep",
         "def f():\n    <<x>>\ndef g():\n    f()\ndef h():\n    g()\nfor a in b:\n    h()\n", 8},
        {"four calls deep",
         "def f():\n    <<x>>\ndef g():\n    f()\ndef h():\n    g()\ndef i():\n    h()\nfor a in b:\n    "
         "i()\n",
         0},
        {"a method",
         "class A:\n    def f(self):\n        <<x>>\n    def g(self):\n        for a in b:\n"
         "            self.f()\n",
         6},
        {"calling itself in a loop", "def f(a):\n    <<x>>\n    for c in a:\n        f(c)\n", 4},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        const struct function *function;
        const struct call *call;
        uint32_t line;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        function = facts_named_function(m.facts, m.node);
        call = facts_looped_call(m.facts, (uint32_t)(function - m.facts->functions));
        line = call != NULL ? m.facts->tree->nodes[call->node].line : 0;
        if (line != ROWS[i].line)
            fail_msg("%s: line %u", ROWS[i].name, line);
        arena_free(m.arena);
    }
}

static void calls_come_in_the_order_of_the_text(void **state)
{
    struct marked m;
    const struct call *call;
    uint32_t lines[3] = {0}, count = 0;

    (void)state;
    marked_open(&m, LANGUAGE_PYTHON, "def f():\n    <<x>>\nf()\ng()\nf()\n");
    for (call = facts_next_call(m.facts, 0, NULL); call != NULL && count < 3;
         call = facts_next_call(m.facts, 0, call))
        lines[count++] = m.facts->tree->nodes[call->node].line;
    assert_int_equal(count, 2);
    assert_int_equal(lines[0], 3);
    assert_int_equal(lines[1], 5);
    arena_free(m.arena);
}

static void recursion_counts_the_calls_of_one_run(void **state)
{
    static const struct {
        const char *name, *source;
        uint32_t times;
    } ROWS[] = {
        {"none", "def f(n):\n    return <<n>>\n", 0},
        {"one", "def f(n):\n    return <<n>> * f(n - 1)\n", 1},
        {"two in one expression", "def f(n):\n    return f(<<n>> - 1) + f(n - 2)\n", 2},
        {"one in each branch",
         "def f(n):\n    if <<n>> % 2:\n        x = f(n - 1)\n    else:\n        x = f(n // 2)\n    return "
         "x\n",
         1},
        {"one in each return",
         "def f(n):\n    if <<n>> % 2:\n        return f(n - 1)\n    return f(n // 2)\n", 1},
        {"behind a branch", "def f(n):\n    if <<n>> % 2:\n        x = f(n - 1)\n    return f(n // 2)\n", 2},
        {"one in each arm", "def f(n):\n    return f(<<n>> - 1) if n % 2 else f(n // 2)\n", 1},
        {"elif",
         "def f(n):\n    if <<n>> == 1:\n        return 1\n    elif n == 2:\n        return f(1)\n"
         "    else:\n        return f(n - 1) + f(n - 2) + f(n - 3)\n",
         3},
        {"in an inner function", "def f(n):\n    def g():\n        return f(1) + f(2)\n    return <<n>>\n",
         0},
        {"of itself in an argument", "def f(n):\n    return f(f(<<n>> - 1))\n", 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        uint32_t times;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        times = facts_recursion(m.facts, 0);
        if (times != ROWS[i].times)
            fail_msg("%s: %u", ROWS[i].name, times);
        arena_free(m.arena);
    }
}

static void a_pure_function_reads_what_it_is_given_and_constants(void **state)
{
    static const struct {
        const char *name, *source;
        bool pure;
    } ROWS[] = {
        {"arithmetic", "def f(n):\n    return <<n>> * 2 + len(n)\n", true},
        {"recursive", "def fib(n):\n    return <<n>> if n < 2 else fib(n - 1) + fib(n - 2)\n", true},
        {"a loop over its own list",
         "def f(n):\n    out = []\n    for i in range(n):\n        out.append(<<i>>)\n    return out\n",
         true},
        {"a constant of the module", "K = 3\ndef f(n):\n    return <<n>> * K\n", true},
        {"a table of the module", "K = {1: 2}\ndef f(n):\n    return K[<<n>>]\n", true},
        {"a table that is changed elsewhere", "def f(n):\n    return K[<<n>>]\nK = {}\nK[1] = 2\n", false},
        {"a name with two values", "K = 1\nK = 2\ndef f(n):\n    return <<n>> * K\n", false},
        {"another pure function", "def f(n):\n    return g(<<n>>)\ndef g(n):\n    return n + 1\n", true},
        {"math", "import math\ndef f(n):\n    return math.sqrt(<<n>>) * math.pi\n", true},
        {"raises", "def f(n):\n    if n < 0:\n        raise ValueError(<<n>>)\n    return n\n", true},
        {"prints", "def f(n):\n    print(<<n>>)\n", false},
        {"an unknown call", "def f(n):\n    return g(<<n>>)\n", false},
        {"a call of an impure one", "def f(n):\n    return g(<<n>>)\ndef g(n):\n    print(n)\n", false},
        {"changes what it is given", "def f(n):\n    n.append(<<1>>)\n", false},
        {"an alias of what it is given", "def f(n):\n    m = n\n    m.append(<<1>>)\n", false},
        {"sets an attribute", "def f(n):\n    n.x = <<1>>\n", false},
        {"sets an attribute of what a call gives", "def f(n):\n    g(n).x = <<1>>\n", false},
        {"sets an item", "def f(n):\n    n[0] = <<1>>\n", false},
        {"adds to a list that it is given", "def f(n):\n    n += [<<1>>]\n    return n\n", false},
        {"adds to a number", "def f(n):\n    n += <<1>>\n    return n\n", true},
        {"global", "def f(n):\n    global x\n    x = <<n>>\n", false},
        {"a generator", "def f(n):\n    yield <<n>>\n", false},
        {"async", "async def f(n):\n    return <<n>>\n", false},
        {"the clock", "import time\ndef f(n):\n    return time.time() + <<n>>\n", false},
        {"settings", "from conf import settings\ndef f(n):\n    return settings.x + <<n>>\n", false},
        {"a decorator that nobody knows", "@d\ndef f(n):\n    return <<n>>\n", false},
        {"cached", "from functools import lru_cache\n@lru_cache\ndef f(n):\n    return <<n>>\n", true},
        {"two that call each other", "def f(n):\n    return g(<<n>>)\ndef g(n):\n    return f(n)\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_pure_function(m.facts, 0) != ROWS[i].pure)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

/* A chain of ten thousand functions, each calling the next, neither overflows the stack nor is taken as pure.
 */
static void a_long_chain_of_calls_is_not_followed(void **state)
{
    enum { FUNCTIONS = 10000 };
    static const struct clock CLOCK = {no_time, NULL};
    struct arena *arena = arena_new(64 << 20);
    struct tree *tree = NULL;
    struct facts *facts = NULL;
    struct err err = {0};
    char *text = malloc(FUNCTIONS * 48);
    size_t length = 0;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < FUNCTIONS; i++)
        length += (size_t)snprintf(text + length, 48, "def f%d(n):\n    return f%d(n)\n", i, i + 1);
    assert_int_equal(tree_parse(LANGUAGE_PYTHON, (struct view){text, length}, &SYNTAX_LIMITS_DEFAULT, &CLOCK,
                                arena, &tree, &err),
                     ERR_OK);
    assert_int_equal(facts_build(tree, arena, &facts, &err), ERR_OK);
    assert_false(facts_pure_function(facts, 0));
    assert_null(facts_looped_call(facts, FUNCTIONS - 1));
    arena_free(arena);
    free(text);
}

static void frameworks_say_what_a_function_is_for(void **state)
{
    static const struct {
        const char *name, *source;
        uint32_t flag;
        bool set;
    } ROWS[] = {
        {"aiohttp", "from aiohttp import web\nasync def f(r: web.Request):\n    <<x>>\n", FUNCTION_HANDLER,
         true},
        {"a router's post", "@router.post('/x', status_code=201)\nasync def f():\n    <<x>>\n",
         FUNCTION_HANDLER, true},
        {"a router's empty path", "@router.get(\"\")\ndef f():\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"a cache's get", "@cache.get('key')\ndef f():\n    <<x>>\n", FUNCTION_HANDLER, false},
        {"a mocked test", "@mock.patch('a.b')\ndef f():\n    <<x>>\n", FUNCTION_TEST, true},
        {"celery", "@app.task(bind=True)\ndef f(self):\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"a viewset", "class A(ModelViewSet):\n    def create(self, r):\n        <<x>>\n", FUNCTION_HANDLER,
         true},
        {"a generic view", "class A(ListView[M]):\n    def get_queryset(self):\n        <<x>>\n",
         FUNCTION_HANDLER, true},
        {"a widget", "class A(QTreeView):\n    def update(self):\n        <<x>>\n", FUNCTION_HANDLER, false},
        {"tornado", "class A(web.RequestHandler):\n    def get(self):\n        <<x>>\n", FUNCTION_HANDLER,
         true},
        {"grpc", "class A(pb.UsersServicer):\n    def Resolve(self, r, c):\n        <<x>>\n",
         FUNCTION_HANDLER, true},
        {"unittest", "class A(unittest.TestCase):\n    def check(self):\n        <<x>>\n", FUNCTION_TEST,
         true},
        {"a fixture", "@pytest.fixture\ndef f():\n    <<x>>\n", FUNCTION_TEST, true},
        {"click", "@click.command()\ndef f():\n    <<x>>\n", FUNCTION_INIT, true},
        {"a command of a group", "@cli.command('x')\ndef f():\n    <<x>>\n", FUNCTION_INIT, true},
        {"a management command", "class Command(BaseCommand):\n    def handle(self):\n        <<x>>\n",
         FUNCTION_INIT, true},
        {"ready", "class A(AppConfig):\n    def ready(self):\n        <<x>>\n", FUNCTION_INIT, true},
        {"main", "def main():\n    <<x>>\n", FUNCTION_INIT, true},
        {"a method called main", "class A:\n    def main(self):\n        <<x>>\n", FUNCTION_INIT, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (((facts_named_function(m.facts, m.node)->flags & ROWS[i].flag) != 0) != ROWS[i].set)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_leads_to_its_function),
        cmocka_unit_test(a_function_called_from_a_loop_runs_per_item),
        cmocka_unit_test(calls_come_in_the_order_of_the_text),
        cmocka_unit_test(recursion_counts_the_calls_of_one_run),
        cmocka_unit_test(a_pure_function_reads_what_it_is_given_and_constants),
        cmocka_unit_test(a_long_chain_of_calls_is_not_followed),
        cmocka_unit_test(frameworks_say_what_a_function_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
