/* What the facts say of Python code. Each row marks one node with << >>; the marks are taken out before the
 * text is parsed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include <stdio.h>
#include <string.h>

static void types_come_from_literals_calls_and_annotations(void **state)
{
    static const struct {
        const char *name, *source, *type, *path;
    } ROWS[] = {
        {"literal", "x = []\nprint(<<x>>)\n", "list", ""},
        {"all assignments agree", "x = []\nx = [1]\nf(<<x>>)\n", "list", ""},
        {"assignments differ", "if c:\n    x = []\nelse:\n    x = {}\nf(<<x>>)\n", "unknown", ""},
        {"None joins", "x = None\nif c:\n    x = []\nf(<<x>>)\n", "list", ""},
        {"comprehension", "x = [a for a in b]\nf(<<x>>)\n", "list", ""},
        {"annotation", "def f(x: list[str]):\n    return <<x>>\n", "list", ""},
        {"typing alias", "from typing import List as L\ndef f(x: 'Optional[List[int]]'):\n    return <<x>>\n",
         "list", ""},
        {"union with None", "def f(x: dict[str, int] | None):\n    return <<x>>\n", "dict", ""},
        {"unannotated parameter", "def f(x=[]):\n    return <<x>>\n", "unknown", ""},
        {"split", "def f(s):\n    x = s.split(',')\n    return <<x>>\n", "list", ""},
        {"sorted shadowed", "def sorted(a):\n    return a\nx = sorted(b)\nf(<<x>>)\n", "unknown", ""},
        {"imported class", "import requests\ns = requests.Session()\nf(<<s>>)\n", "instance",
         "requests.Session"},
        {"with", "import requests\nwith requests.Session() as s:\n    f(<<s>>)\n", "instance",
         "requests.Session"},
        {"open", "with open(p) as f:\n    g(<<f>>)\n", "file", ""},
        {"attribute of the class",
         "class A:\n    def __init__(self):\n        self.x = []\n    def f(self):\n"
         "        return <<self.x>>\n",
         "list", ""},
        {"loop target", "for x in 'a,b'.split(','):\n    f(<<x>>)\n", "str", ""},
        {"element", "x = ['a', 'b']\nf(<<x[0]>>)\n", "str", ""},
        {"bytes", "x = b''\nf(<<x>>)\n", "bytes", ""},
        {"concatenation", "f(<<'a' + x>>)\n", "str", ""},
        {"return annotation", "def g() -> list[int]:\n    return []\nx = g()\nf(<<x>>)\n", "list", ""},
        {"array", "import numpy as np\nx = np.zeros(n)\nf(<<x>>)\n", "instance", "numpy.ndarray"},
        {"array arithmetic", "import numpy as np\nx = 2 * np.zeros(n)\nf(<<x - 1>>)\n", "instance",
         "numpy.ndarray"},
        {"values of a frame", "import pandas as pd\nx = pd.read_csv(p).values\nf(<<x>>)\n", "instance",
         "numpy.ndarray"},
        {"cycle", "x = g(x)\nx = x\nf(<<x>>)\n", "unknown", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        check_type(LANGUAGE_PYTHON, ROWS[i].name, ROWS[i].source, ROWS[i].type, ROWS[i].path);
}

static void filling_is_seen_in_the_loop_that_does_it(void **state)
{
    static const struct {
        const char *name, *source;
        bool fills;
    } ROWS[] = {
        {"append", "b = []\nfor a in c:\n    b.append(a)\n    <<b>>\n", true},
        {"augmented", "b = []\nfor a in c:\n    b += [a]\n    <<b>>\n", true},
        {"add to an attribute",
         "class A:\n    def f(self):\n        self.b = []\n        for a in c:\n"
         "            self.b.extend(a)\n            <<self.b>>\n",
         true},
        {"above the loop", "b = []\nb.append(1)\nfor a in c:\n    <<b>>\n", false},
        {"taken out", "b = [1]\nfor a in c:\n    b.pop()\n    <<b>>\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        if (facts_fills_in(m.facts, m.node, facts_loop(m.facts, m.node)->node) != ROWS[i].fills)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void paths_go_through_imports_and_types(void **state)
{
    static const struct {
        const char *name, *source, *path;
    } ROWS[] = {
        {"module", "import time\n<<time.sleep>>(1)\n", "time.sleep"},
        {"module alias", "import time as t\n<<t.sleep>>(1)\n", "time.sleep"},
        {"from", "from time import sleep\n<<sleep>>(1)\n", "time.sleep"},
        {"from alias", "from time import sleep as s\n<<s>>(1)\n", "time.sleep"},
        {"dotted", "import urllib.request\n<<urllib.request.urlopen>>(u)\n", "urllib.request.urlopen"},
        {"typed receiver", "import requests\ns = requests.Session()\n<<s.get>>(u)\n", "requests.Session.get"},
        {"chained", "import logging\n<<logging.getLogger(n).debug>>(m)\n", "logging.Logger.debug"},
        {"global logger", "import logging\nlog = logging.getLogger(n)\ndef f():\n    <<log.debug>>(m)\n",
         "logging.Logger.debug"},
        {"shadowed by a parameter", "import time\ndef f(time):\n    <<time.sleep>>(1)\n", ""},
        {"shadowed by a local", "import time\ndef f():\n    time = g()\n    <<time.sleep>>(1)\n", ""},
        {"builtin", "<<len>>(x)\n", "len"},
        {"array arithmetic", "import numpy as np\nx = np.zeros(n)\nf(<<x * 2>>)\n", "numpy.ndarray"},
        {"a part of an array", "import numpy as np\nx = np.zeros(n)\nf(<<x[1:]>>)\n", "numpy.ndarray"},
        {"own function", "def len(x):\n    return 0\n<<len>>(x)\n", ".len"},
        {"bound name", "import json\nloads = json.loads\n<<loads>>(x)\n", "json.loads"},
        {"fallback import",
         "try:\n    import orjson as json\nexcept ImportError:\n    import json\n<<json.loads>>(x)\n",
         "orjson.loads"},
        {"attribute of self",
         "import requests\nclass A:\n    def __init__(self):\n        self.s = requests.Session()\n"
         "    def f(self):\n        <<self.s.get>>(u)\n",
         "requests.Session.get"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        check_path(LANGUAGE_PYTHON, ROWS[i].name, ROWS[i].source, ROWS[i].path);
}

static void a_loop_holds_what_runs_in_each_pass(void **state)
{
    static const struct {
        const char *name, *source;
        uint32_t depth;
        int64_t trips;
        bool async;
    } ROWS[] = {
        {"module", "<<x>>\n", 0, -1, false},
        {"body", "for a in b:\n    <<x>>\n", 1, -1, false},
        {"iterated expression runs once", "for a in <<x>>:\n    y\n", 0, -1, false},
        {"inner iterated expression runs per outer pass", "for a in b:\n    for c in <<x>>:\n        y\n", 1,
         -1, false},
        {"while condition", "while <<x>>:\n    y\n", 1, -1, false},
        {"else of a loop", "for a in b:\n    y\nelse:\n    <<x>>\n", 0, -1, false},
        {"comprehension body", "[<<x>> for a in b]\n", 1, -1, false},
        {"comprehension condition", "[a for a in b if <<x>>]\n", 1, -1, false},
        {"first iterable of a comprehension", "[a for a in <<x>>]\n", 0, -1, false},
        {"second iterable of a comprehension", "[a for c in d for a in <<x>>]\n", 1, -1, false},
        {"nested", "for a in b:\n    while c:\n        <<x>>\n", 2, -1, false},
        {"a function in a loop is another frame", "for a in b:\n    def f():\n        <<x>>\n", 0, -1, false},
        {"range", "for a in range(3):\n    <<x>>\n", 1, 3, false},
        {"range of two", "for a in range(2, 5):\n    <<x>>\n", 1, 3, false},
        {"range of a constant", "TRIES = 4\nfor a in range(TRIES):\n    <<x>>\n", 1, 4, false},
        {"range of a name with two values", "n = 4\nn = m\nfor a in range(n):\n    <<x>>\n", 1, -1, false},
        {"literal", "for a in (1, 2):\n    <<x>>\n", 1, 2, false},
        {"a name for a literal", "b = [1, 2, 3, 4]\nfor a in b:\n    <<x>>\n", 1, 4, false},
        {"a name that holds itself", "b = [1]\nb = list(b)\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"a name that grows once", "b = [1]\nb.append(2)\nfor a in b:\n    <<x>>\n", 1, 2, false},
        {"by what is known", "b = [1]\nb.extend([2, 3])\nb += [4]\nfor a in b:\n    <<x>>\n", 1, 4, false},
        {"by what is not", "b = [1]\nb.extend(c)\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"in a loop", "b = [1]\nwhile c:\n    b.append(2)\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"in a function", "b = [1]\ndef f():\n    b.append(2)\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"in another's hands", "b = [1]\nf(b)\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"through a method kept", "b = [1]\nf = b.append\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"an item replaced", "b = [1, 2]\nb[0] = 3\nfor a in b:\n    <<x>>\n", 1, 2, false},
        {"a slice replaced", "b = [1, 2]\nb[0:1] = c\nfor a in b:\n    <<x>>\n", 1, -1, false},
        {"a comprehension", "b = [c for c in (1, 2) for d in 'xy' if c]\nfor a in b:\n    <<x>>\n", 1, 4,
         false},
        {"the longer of two", "b = [1, 2]\nif c:\n    b = [1]\nfor a in b:\n    <<x>>\n", 1, 2, false},
        {"async", "async def f():\n    <<x>>\n", 0, -1, true},
        {"a plain function in an async one", "async def f():\n    def g():\n        <<x>>\n", 0, -1, false},
        {"a lambda in an async one", "async def f():\n    g(lambda: <<x>>)\n", 0, -1, false},
        {"an argument is evaluated before a thread gets it",
         "async def f():\n    await asyncio.to_thread(g, <<x>>)\n", 0, -1, true},
        {"a lambda handed to a thread", "async def f():\n    await asyncio.to_thread(lambda: <<x>>)\n", 0, -1,
         false},
        {"a generator that a thread walks",
         "async def f():\n    await asyncio.to_thread(list, (<<x>> for a in b))\n", 1, -1, false},
        {"a generator that is walked here", "async def f():\n    list(<<x>> for a in b)\n", 1, -1, true},
        {"a comprehension handed to a thread",
         "async def f():\n    await asyncio.to_thread(g, [<<x>> for a in b])\n", 1, -1, true},
        {"an async generator", "async def f():\n    yield <<x>>\n", 0, -1, true},
        {"a default value in an async function", "async def f():\n    def g(a=<<x>>):\n        pass\n", 0, -1,
         true},
        {"a default value of an async function", "async def f(a=<<x>>):\n    pass\n", 0, -1, false},
        {"a coroutine in a plain function", "def f():\n    async def g():\n        <<x>>\n", 0, -1, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        const struct loop *loop;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        loop = facts_loop(m.facts, m.node);
        if ((loop != NULL ? loop->depth : 0) != ROWS[i].depth ||
            (loop != NULL && loop->trips != ROWS[i].trips) ||
            facts_in_async(m.facts, m.node) != ROWS[i].async)
            fail_msg("%s: depth %u trips %d", ROWS[i].name, loop != NULL ? loop->depth : 0,
                     loop != NULL ? (int)loop->trips : -2);
        arena_free(m.arena);
    }
}

static void invariance_needs_that_nothing_in_the_loop_changes_it(void **state)
{
    static const struct {
        const char *name, *source;
        bool invariant, uses_target;
    } ROWS[] = {
        {"outer name", "def f(x):\n    for a in b:\n        y = <<x>>\n", true, false},
        {"a str, whoever gets it", "def f(x: str):\n    for a in b:\n        g(<<x>>)\n", true, false},
        {"handed over itself", "def f(x):\n    for a in b:\n        g(<<x>>)\n", false, false},
        {"the target", "for a in b:\n    g(<<a>>)\n", false, true},
        {"an attribute of the target", "for a in b:\n    g(<<a.k>>)\n", false, true},
        {"through an assignment", "for a in b:\n    k = a.k\n    g(<<k>>)\n", false, true},
        {"assigned in the loop", "for a in b:\n    x = h()\n    g(<<x>>)\n", false, false},
        {"grows in the loop", "x = []\nfor a in b:\n    g(<<len(x)>>)\n    x.append(a)\n", false, false},
        {"pure call", "for a in b:\n    g(<<len(x)>>)\n", true, false},
        {"unknown call", "for a in b:\n    g(<<h(x)>>)\n", false, false},
        {"await", "async def f():\n    for a in b:\n        g(<<await h>>)\n", false, false},
        {"unpacked target", "for i, (a, c) in b:\n    g(<<c>>)\n", false, true},
        {"handed to an unknown call", "def f(x):\n    for a in b:\n        h(x)\n        y = <<len(x)>>\n",
         false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct marked m;
        const struct loop *loop;
        marked_open(&m, LANGUAGE_PYTHON, ROWS[i].source);
        loop = facts_loop(m.facts, m.node);
        if (facts_invariant(m.facts, m.node, loop) != ROWS[i].invariant ||
            facts_uses_loop_target(m.facts, m.node, loop) != ROWS[i].uses_target)
            fail_msg("%s", ROWS[i].name);
        arena_free(m.arena);
    }
}

static void handlers_tests_and_async_functions_are_known(void **state)
{
    static const struct {
        const char *name, *source;
        uint32_t flag;
        bool set;
    } ROWS[] = {
        {"flask", "@app.route('/x')\ndef f():\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"fastapi", "@router.get(\"/x\")\nasync def f():\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"django", "def f(request, id):\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"a view class", "class A(APIView):\n    def get(self, r):\n        <<x>>\n", FUNCTION_HANDLER, true},
        {"a getter", "class A:\n    def get(self, r):\n        <<x>>\n", FUNCTION_HANDLER, false},
        {"celery", "@shared_task\ndef f():\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"a bot's command", "@bot.command()\nasync def f(ctx):\n    <<x>>\n", FUNCTION_HANDLER, true},
        {"test", "def test_f():\n    <<x>>\n", FUNCTION_TEST, true},
        {"async fixture", "@pytest_asyncio.fixture\nasync def f():\n    <<x>>\n", FUNCTION_TEST, true},
        {"main", "async def main():\n    <<x>>\n", FUNCTION_INIT, true},
        {"a method called main", "class A:\n    def main(self):\n        <<x>>\n", FUNCTION_INIT, false},
        {"a server's hook", "@app.on_event(\"startup\")\nasync def f():\n    <<x>>\n", FUNCTION_INIT, true},
        {"a hook by its name", "class Bot(Client):\n    async def setup_hook(self):\n        <<x>>\n",
         FUNCTION_INIT, true},
        {"a plain function of that name", "def startup():\n    <<x>>\n", FUNCTION_INIT, false},
        {"private", "def _f():\n    <<x>>\n", FUNCTION_PUBLIC, false},
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
        cmocka_unit_test(types_come_from_literals_calls_and_annotations),
        cmocka_unit_test(filling_is_seen_in_the_loop_that_does_it),
        cmocka_unit_test(paths_go_through_imports_and_types),
        cmocka_unit_test(a_loop_holds_what_runs_in_each_pass),
        cmocka_unit_test(invariance_needs_that_nothing_in_the_loop_changes_it),
        cmocka_unit_test(handlers_tests_and_async_functions_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
