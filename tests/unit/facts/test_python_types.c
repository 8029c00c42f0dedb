/* The types of Python's names where they stand: by assignments, annotations, tests, library calls. Each row
 * marks one node with << >>; what two ways give differently is unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts_fixture.h"
#include <stdio.h>
#include <string.h>

struct row {
    const char *name, *source, *type, *path;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_type(LANGUAGE_PYTHON, rows[i].name, rows[i].source, rows[i].type, rows[i].path);
}

static void the_assignments_that_reach_a_name_give_its_type(void **state)
{
    static const struct row ROWS[] = {
        {"the last one", "def f(x):\n    x = x.split(',')\n    return <<x>>\n", "list", ""},
        {"before it", "def f(x: str):\n    g(<<x>>)\n    x = x.split(',')\n", "str", ""},
        {"a branch between", "def f(c):\n    x = []\n    if c:\n        x = {}\n    return <<x>>\n",
         "unknown", ""},
        {"within the branch", "def f(c):\n    x = []\n    if c:\n        x = {}\n        g(<<x>>)\n", "dict",
         ""},
        {"branches agree", "def f(c):\n    if c:\n        x = []\n    else:\n        x = [1]\n    g(<<x>>)\n",
         "list", ""},
        {"an earlier pass", "def f(a):\n    x = []\n    for b in a:\n        g(<<x>>)\n        x = {}\n",
         "unknown", ""},
        {"set anew in each pass",
         "def f(a):\n    x = {}\n    for b in a:\n        x = []\n        g(<<x>>)\n", "list", ""},
        {"after the loop", "def f(a):\n    x = []\n    for b in a:\n        x = {}\n    g(<<x>>)\n",
         "unknown", ""},
        {"the loop's own slices", "def f(s: str):\n    while s:\n        g(<<s>>)\n        s = s[1:]\n",
         "str", ""},
        {"grows", "def f(a):\n    s = ''\n    for b in a:\n        s = s + b\n    return <<s>>\n", "str", ""},
        {"try",
         "def f():\n    x = None\n    try:\n        x = []\n    except E:\n        x = {}\n    g(<<x>>)\n",
         "unknown", ""},
        {"closure", "def f():\n    x = []\n    def h():\n        return <<x>>\n    x = {}\n    return h\n",
         "unknown", ""},
        {"changed by a closure",
         "def f():\n    x = []\n    def h():\n        nonlocal x\n        x = {}\n    h()\n    return "
         "<<x>>\n",
         "unknown", ""},
        {"a global", "x = []\ndef f():\n    global x\n    x = {}\ng(<<x>>)\n", "unknown", ""},
        {"deleted and made again", "x = []\ndel x\nx = [1]\nf(<<x>>)\n", "list", ""},
        {"loop target after its loop", "def f(x: str):\n    for x in []:\n        pass\n    g(<<x>>)\n",
         "unknown", ""},
        {"or", "def f(x: list = None):\n    x = x or []\n    g(<<x>>)\n", "list", ""},
        {"conditional", "x = [] if c else {}\nf(<<x>>)\n", "unknown", ""},
        {"walrus", "if (x := a.split(',')):\n    f(<<x>>)\n", "list", ""},
        {"default of text", "def f(x=''):\n    return <<x>>\n", "str", ""},
        {"default of None", "def f(x=None):\n    return <<x>>\n", "unknown", ""},
        {"default list", "def f(x=()):\n    return <<x>>\n", "unknown", ""},
        {"args", "def f(*x):\n    return <<x>>\n", "tuple", ""},
        {"kwargs", "def f(**x):\n    return <<x>>\n", "dict", ""},
        {"chained", "x = y = []\nf(<<x>>)\n", "list", ""},
        {"except", "try:\n    f()\nexcept E as x:\n    g(<<x>>)\n", "unknown", ""},
    };
    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void tests_on_the_way_narrow_a_type(void **state)
{
    static const struct row ROWS[] = {
        {"if", "def f(x):\n    if isinstance(x, list):\n        g(<<x>>)\n", "list", ""},
        {"else", "def f(x):\n    if isinstance(x, list):\n        pass\n    else:\n        g(<<x>>)\n",
         "unknown", ""},
        {"after", "def f(x):\n    if isinstance(x, list):\n        pass\n    g(<<x>>)\n", "unknown", ""},
        {"elif", "def f(x):\n    if c:\n        pass\n    elif isinstance(x, dict):\n        g(<<x>>)\n",
         "dict", ""},
        {"and", "def f(x):\n    if c and isinstance(x, list):\n        g(<<x>>)\n", "list", ""},
        {"right of and", "def f(x):\n    return isinstance(x, list) and g(<<x>>)\n", "list", ""},
        {"or", "def f(x):\n    if c or isinstance(x, list):\n        g(<<x>>)\n", "unknown", ""},
        {"assigned since", "def f(x):\n    if isinstance(x, list):\n        x = h()\n        g(<<x>>)\n",
         "unknown", ""},
        {"early return", "def f(x):\n    if not isinstance(x, list):\n        return\n    g(<<x>>)\n", "list",
         ""},
        {"no early return", "def f(x):\n    if not isinstance(x, list):\n        h()\n    g(<<x>>)\n",
         "unknown", ""},
        {"assert", "def f(x):\n    assert isinstance(x, list)\n    g(<<x>>)\n", "list", ""},
        {"assert in a branch", "def f(x):\n    if c:\n        assert isinstance(x, list)\n    g(<<x>>)\n",
         "unknown", ""},
        {"conditional", "def f(x):\n    return <<x>> if isinstance(x, list) else [x]\n", "list", ""},
        {"several", "def f(x):\n    if isinstance(x, (list, tuple)):\n        g(<<x>>)\n", "unknown", ""},
        {"shadowed",
         "def isinstance(a, b):\n    return 1\ndef f(x):\n    if isinstance(x, list):\n"
         "        g(<<x>>)\n",
         "unknown", ""},
        {"imported class",
         "from pathlib import Path\ndef f(x):\n    if isinstance(x, Path):\n        g(<<x>>)\n", "instance",
         "pathlib.Path"},
        {"another function",
         "def f(x):\n    if isinstance(x, list):\n        def h():\n            return <<x>>\n", "unknown",
         ""},
    };
    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void annotations_name_types_through_imports(void **state)
{
    static const struct row ROWS[] = {
        {"optional",
         "from typing import Optional, List\ndef f(x: Optional[List[str]] = None):\n    <<x>>.y\n", "list",
         ""},
        {"module", "import typing as t\ndef f(x: t.Dict[str, int]):\n    <<x>>.y\n", "dict", ""},
        {"text", "def f(x: 'list[Foo]'):\n    <<x>>.y\n", "list", ""},
        {"annotated",
         "from typing import Annotated\ndef f(x: Annotated[list[int], Doc('a')]):\n    <<x>>.y\n", "list",
         ""},
        {"union", "def f(x: list[str] | tuple[str, ...]):\n    <<x>>.y\n", "unknown", ""},
        {"abstract", "from collections.abc import Sequence\ndef f(x: Sequence[str]):\n    <<x>>.y\n",
         "instance", "typing.Sequence"},
        {"its elements",
         "from typing import Iterable\ndef f(x: Iterable[str]):\n    for y in x:\n        <<y>>.z\n", "str",
         ""},
        {"alias", "from typing import Dict\nRows = Dict[str, int]\ndef f(x: Rows):\n    <<x>>.y\n", "dict",
         ""},
        {"type variable", "T = TypeVar('T')\ndef f(x: T):\n    <<x>>.y\n", "unknown", ""},
        {"own class", "class List:\n    pass\ndef f(x: List):\n    <<x>>.y\n", "instance", "List"},
        {"another's List", "from .types import List\ndef f(x: List):\n    <<x>>.y\n", "instance",
         ".types.List"},
        {"literal", "from typing import Literal\ndef f(x: Literal['a', 'b']):\n    <<x>>.y\n", "str", ""},
        {"tuple parts", "def f(x: tuple[str, list[int]]):\n    a, b = x\n    <<b>>.y\n", "list", ""},
        {"dict values", "def f(x: dict[str, list[int]]):\n    for k, v in x.items():\n        <<v>>.y\n",
         "list", ""},
        {"dict keys", "def f(x: dict[str, list[int]]):\n    for k, v in x.items():\n        <<k>>.y\n", "str",
         ""},
        {"variable", "x: list[str] = g()\n<<x>>.y\n", "list", ""},
        {"any", "from typing import Any\ndef f(x: Any):\n    <<x>>.y\n", "unknown", ""},
        {"async result",
         "async def g() -> list[str]:\n    ...\nasync def f():\n    x = await g()\n    <<x>>.y\n", "list",
         ""},
        {"coroutine", "async def g() -> list[str]:\n    ...\nx = g()\n<<x>>.y\n", "unknown", ""},
        {"context manager", "@contextmanager\ndef g() -> list[str]:\n    ...\nx = g()\n<<x>>.y\n", "unknown",
         ""},
    };
    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void attributes_and_functions_of_the_file_are_known(void **state)
{
    static const struct row ROWS[] = {
        {"agree",
         "class A:\n    def __init__(self):\n        self.x = []\n    def g(self):\n        self.x = [1]\n"
         "    def f(self):\n        <<self.x>>.y\n",
         "list", ""},
        {"differ",
         "class A:\n    def __init__(self):\n        self.x = []\n    def g(self):\n"
         "        self.x = set()\n    def f(self):\n        <<self.x>>.y\n",
         "unknown", ""},
        {"class variable and method",
         "class A:\n    x = None\n    def g(self):\n        self.x = []\n"
         "    def f(self):\n        <<self.x>>.y\n",
         "list", ""},
        {"descriptor",
         "from m import Field\nclass A:\n    x = Field()\n    def f(self):\n        <<self.x>>.y\n",
         "unknown", ""},
        {"field", "class A:\n    x: list[str]\n    def f(self):\n        <<self.x>>.y\n", "list", ""},
        {"base class",
         "class B:\n    def __init__(self):\n        self.x = []\nclass A(B):\n    def f(self):\n"
         "        <<self.x>>.y\n",
         "list", ""},
        {"property",
         "class A:\n    @property\n    def x(self) -> dict:\n        ...\n    def f(self):\n"
         "        <<self.x>>.y\n",
         "dict", ""},
        {"method", "class A:\n    def x(self):\n        return 1\n    def f(self):\n        <<self.x>>.y\n",
         "unknown", ""},
        {"result of a method",
         "class A:\n    def x(self) -> list:\n        ...\n    def f(self):\n"
         "        a = self.x()\n        <<a>>.y\n",
         "list", ""},
        {"returns agree", "def g(c):\n    if c:\n        return []\n    return [1]\nx = g()\n<<x>>.y\n",
         "list", ""},
        {"returns differ", "def g(c):\n    if c:\n        return []\n    return {}\nx = g()\n<<x>>.y\n",
         "unknown", ""},
        {"generator", "def g(c):\n    yield 1\n    return []\nx = g()\n<<x>>.y\n", "unknown", ""},
        {"recursion", "def g(c):\n    return g(c)\nx = g()\n<<x>>.y\n", "unknown", ""},
        {"decorated", "@wrap\ndef g():\n    return []\nx = g()\n<<x>>.y\n", "unknown", ""},
        {"another's attribute", "def f(a):\n    a.x = []\n    <<a.x>>.y\n", "unknown", ""},
    };
    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void library_calls_give_known_types(void **state)
{
    static const struct row ROWS[] = {
        {"sorted", "<<sorted(a)>>.y\n", "list", ""},
        {"element of sorted", "def f(a: set[str]):\n    for x in sorted(a):\n        <<x>>.y\n", "str", ""},
        {"enumerate", "def f(a: list[str]):\n    for i, x in enumerate(a):\n        <<x>>.y\n", "str", ""},
        {"index of enumerate", "for i, x in enumerate(a):\n    <<i>>.y\n", "int", ""},
        {"zip", "def f(a, b: list[str]):\n    for x, y in zip(a, b):\n        <<y>>.z\n", "str", ""},
        {"keys", "d = {}\n<<d.keys()>>.y\n", "instance", "typing.KeysView"},
        {"values of a literal", "d = {'a': [1]}\nfor x in d.values():\n    <<x>>.y\n", "list", ""},
        {"get", "d = {'a': [1]}\nx = d.get(k)\n<<x>>.y\n", "list", ""},
        {"get of unknown values", "def f(d: dict):\n    x = d.get(k)\n    <<x>>.y\n", "unknown", ""},
        {"setdefault", "def f(d: dict):\n    x = d.setdefault(k, [])\n    <<x>>.y\n", "list", ""},
        {"defaultdict", "from collections import defaultdict\nd = defaultdict(list)\n<<d[k]>>.y\n", "list",
         ""},
        {"counter", "import collections\nd = collections.Counter(a)\n<<d>>.y\n", "dict",
         "collections.Counter"},
        {"open", "with open(p) as f:\n    for x in f:\n        <<x>>.y\n", "str", ""},
        {"open as bytes", "with open(p, 'rb') as f:\n    for x in f:\n        <<x>>.y\n", "bytes", ""},
        {"open as either", "with open(p, mode) as f:\n    for x in f:\n        <<x>>.y\n", "unknown", ""},
        {"path", "from pathlib import Path\np = Path(a) / 'b'\n<<p>>.y\n", "instance", "pathlib.Path"},
        {"path of a path", "from pathlib import Path\n<<Path(a).parent>>.y\n", "instance", "pathlib.Path"},
        {"text of a path", "from pathlib import Path\n<<Path(a).read_text()>>.y\n", "str", ""},
        {"files of a path", "from pathlib import Path\nfor x in Path(a).iterdir():\n    <<x>>.y\n",
         "instance", "pathlib.Path"},
        {"compiled", "import re\nR = re.compile('a')\ndef f(s):\n    <<R.findall(s)>>.y\n", "list", ""},
        {"match", "import re\nm = re.match('a', s)\n<<m>>.y\n", "instance", "re.Match"},
        {"listdir", "import os\n<<os.listdir(p)>>.y\n", "list", ""},
        {"walk", "import os\nfor d, s, x in os.walk(p):\n    <<x>>.y\n", "list", ""},
        {"environment", "import os\n<<os.environ>>.y\n", "dict", "os.environ"},
        {"arguments", "import sys\n<<sys.argv>>.y\n", "list", ""},
        {"chain", "import itertools\n<<itertools.chain(a, b)>>.y\n", "iterator", ""},
        {"groupby", "import itertools\nfor k, x in itertools.groupby(a):\n    <<x>>.y\n", "iterator", ""},
        {"process", "import subprocess\np = subprocess.Popen(a)\n<<p.stdout>>.y\n", "file", ""},
        {"thread", "import threading\nt = threading.Thread(target=f)\n<<t>>.y\n", "instance",
         "threading.Thread"},
        {"queue", "import queue\nq = queue.Queue()\n<<q>>.y\n", "instance", "queue.Queue"},
        {"logger", "import logging\nl = logging.getLogger('a')\n<<l>>.y\n", "instance", "logging.Logger"},
        {"database", "import sqlite3\nc = sqlite3.connect(p)\n<<c.cursor()>>.y\n", "instance",
         "sqlite3.Cursor"},
        {"rows", "import sqlite3\nc = sqlite3.connect(p)\n<<c.execute(q).fetchall()>>.y\n", "list", ""},
        {"session", "import requests\ns = requests.Session()\nr = s.get(u)\n<<r>>.y\n", "instance",
         "requests.Response"},
        {"folder", "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    <<d>>.y\n", "str", ""},
        {"copy", "import copy\nx = copy.deepcopy([1])\n<<x>>.y\n", "list", ""},
        {"array", "import numpy as np\nx = np.zeros(3)\n<<x>>.y\n", "instance", "numpy.ndarray"},
        {"methods of text", "def f(s: str):\n    <<s.strip().lower().partition('a')>>.y\n", "tuple", ""},
        {"part of a partition", "def f(s: str):\n    a, b, c = s.partition('a')\n    <<c>>.y\n", "str", ""},
        {"slice", "def f(s: list[str]):\n    <<s[1:]>>.y\n", "list", ""},
        {"swap", "a, b = [], ''\n<<b>>.y\n", "str", ""},
        {"starred", "a, *b = x\n<<b>>.y\n", "list", ""},
        {"nested", "for i, (a, b) in enumerate(zip(x, 'abc')):\n    <<b>>.y\n", "str", ""},
    };
    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_assignments_that_reach_a_name_give_its_type),
        cmocka_unit_test(tests_on_the_way_narrow_a_type),
        cmocka_unit_test(annotations_name_types_through_imports),
        cmocka_unit_test(attributes_and_functions_of_the_file_are_known),
        cmocka_unit_test(library_calls_give_known_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
