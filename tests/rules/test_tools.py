"""What the tools of the rules' tests promise: a difference that somebody could see is seen, no other is."""
import contextlib
import io
import os
import tempfile
import unittest
from itertools import count
from pathlib import Path
from unittest import mock

import catalogue
import compile as compiling
import differing
import patches
import patching
import peers_rust
import running
import rustc
import variations
import variations_rust


def same(before, after, *expressions):
    return running.comparable(running.run(before, expressions)) == running.comparable(running.run(after, expressions))


class Running(unittest.TestCase):
    def test_equal_results_are_equal_wherever_they_lie_in_memory(self):
        code = "class A:\n    def __init__(self): self.x = {1, 2}\n"
        self.assertTrue(same(code, code + "y = 1\n", "A()", "[A(), A]", "(x for x in 'ab')", "{'a', 'b', 3}"))

    def test_a_difference_is_seen(self):
        for before, after in [("x = 1", "x = 2"), ("x = 1", "x = True"), ("x = [1]", "x = (1,)"),
                              ("x = [1, 2]", "x = [2, 1]"), ("x = {1: 2, 3: 4}", "x = {3: 4, 1: 2}"),
                              ("x = iter([1])", "x = [1]"), ("x = 0.0", "x = -0.0"),
                              ("class A: pass\nx = A()\nx.y = 1", "class A: pass\nx = A()\nx.y = 2"),
                              ("async def f(): return 1\nx = f()", "async def f(): return 2\nx = f()"),
                              ("x = 1\nprint('a')", "x = 1\nprint('b')")]:
            self.assertFalse(same(before, after, "x"), (before, after))

    def test_exceptions_are_compared_by_type(self):
        raising = "def f(): raise {}('{}')\n".format
        self.assertTrue(same(raising("KeyError", "a"), raising("KeyError", "b"), "f()"))
        self.assertFalse(same(raising("KeyError", "a"), raising("ValueError", "a"), "f()"))

    def test_expressions_share_names_and_an_empty_folder(self):
        done = running.run("import os", ["(f := open('a', 'w')).write('x')", "f.close()", "os.listdir()"])
        self.assertEqual(done["did"][-1][0], "gives")
        self.assertIn("'a'", str(done["did"][-1]))
        self.assertNotIn("'a'", str(running.run("import os", ["os.listdir()"])))

    def test_a_run_that_cannot_start_proves_nothing(self):
        for code, expression in [("x = missing", "1"), ("import no_such_module", "1"), ("x = 1", "y"), ("x = (", "1"),
                                 ("import os\nos._exit(0)", "1")]:
            self.assertIsNotNone(running.failing_step(running.run(code, [expression])), code)
        self.assertIsNone(running.failing_step(running.run("x = {}", ["x[1]"])))

    def test_what_never_ends_is_ended(self):
        with mock.patch.object(running, "SECONDS_MAX", 1):
            self.assertIsNone(running.run("while True: pass", [])["did"])
        self.assertEqual(running.run("import itertools", ["itertools.count()"])["did"][1][0], "gives")
        self.assertLessEqual(len(running.describe(count())[1]), running.ITEMS_MAX + 1)


@unittest.skipIf(rustc.program() is None, "no rustc was found")
class Rust(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="rust-")
        self.addCleanup(self.folder.cleanup)
        stubs = os.environ.get("STUBS") or Path(self.folder.name, "stubs")
        self.compiler = rustc.Compiler(rustc.Stubs(rustc.program(), stubs))

    def broken(self, **pieces):
        return set(self.compiler.library(pieces, self.folder.name))

    def test_each_error_is_found_and_no_other(self):
        self.assertEqual(self.broken(a="fn f() -> u8 { 1 }", b="fn f() -> u8 { g() }", c="fn f(x: &str) -> String { x }",
                                     d="use tokio::sync::Mutex;\nasync fn f(m: &Mutex<u8>) -> u8 { *m.lock().await }",
                                     e="fn f(x: Vec<u8>) -> Vec<u8> { drop(x); x }", f="fn f( {"), {"b", "c", "e", "f"})

    def test_what_needs_a_crate_of_its_own_gets_one(self):
        self.assertEqual(self.broken(a="pub fn f() {}\nfn g() { crate::f() }", b="fn g() { crate::f() }"), {"b"})

    def runs(self, before, after, *expressions):
        report = patching.Report()
        case = catalogue.Case({"id": "rs-x", "language": "rust", "pyo3": False}, 1, {
            "bad": True, "line": 1, "text": before, "after": after, "run": "\n".join(expressions)})
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            compiling.compare_runs([(case, layout) for layout in compiling.LAYOUTS], self.compiler, folder, report)
        return report.failures

    def test_a_difference_is_seen_in_each_layout(self):
        code = "use std::fmt::*;\nfn f(x: u8) -> {} {{ {} }}\n".format
        every = len(compiling.LAYOUTS)
        self.assertEqual(self.runs(code("u8", "x + 1"), code("u8", "1 + x"), "f(1)", "f(255)"), 0)
        self.assertEqual(self.runs(code("u8", "x + 1"), code("u8", "x + 2"), "f(1)"), every)
        self.assertEqual(self.runs(code("u8", "x"), code("i32", "x.into()"), "f(1)"), every)
        self.assertEqual(self.runs(code("()", "println!(\"{x}\")"), code("()", "drop(x)"), "f(1)"), every)
        self.assertEqual(self.runs(code("u8", "panic!(\"{x}\")"), code("u8", "panic!(\"{x}!\")"), "f(1)"), every)

    def test_a_run_that_does_not_end_well_proves_nothing(self):
        code = "fn f() { std::process::exit(3) }\n"
        self.assertEqual(self.runs(code, code, "f()"), len(compiling.LAYOUTS))
        self.assertEqual(self.runs("fn f() {}\n", "fn f() {}\n", "g()"), 2 * len(compiling.LAYOUTS))


class Patches(unittest.TestCase):
    def finding(self, *edits):
        return {"patch": {"edits": [dict(zip(("start_line", "end_line", "text"), edit)) for edit in edits]}}

    def test_edits_are_whole_lines_and_the_first_of_two_on_one_line_stands(self):
        text = "a\nb\r\nc\nd"
        self.assertEqual(patching.patched(text, [self.finding((2, 3, "B\r\n")), {"patch": None}]), "a\nB\r\nd")
        self.assertEqual(patching.patched(text, [self.finding((4, 4, "D")), self.finding((1, 1, ""))]), "b\r\nc\nD")
        self.assertEqual(patching.patched(text, [self.finding((1, 2, "x\n")), self.finding((2, 2, "y\n"))]), "x\nc\nd")

    def test_layouts_keep_imports_outside(self):
        lay, _ = patches.LAYOUTS["in a method"]
        self.assertEqual(lay("import os\n\nx = 1\n"), "import os\nclass Around:\n    def around(self):\n\n        x = 1\n")
        self.assertEqual(variations.tabs("if x:\n    y(a,\n      b)\n"), "if x:\n\ty(a,\n\t  b)\n")


class Cases(unittest.TestCase):
    def test_expectations_are_no_part_of_the_text(self):
        case = catalogue.Case({"id": "py-x", "language": "python", "pyo3": False}, 1, {"bad": True, "line": 3, "text": "f()  # expect\ng() # expect 2\n"})
        self.assertEqual(case.text, "f()\ng()\n")
        self.assertEqual(case.name, "bad 1")


class Variations(unittest.TestCase):
    TEXT = "import re\nfrom a import b\n\ndef f(x, y=1):\n    z = []\n    if re.match('é', b(x)):\n        z.append(y)\n    return z\n"

    def check(self, name, *lines):
        changed = {**variations.SAME, **variations.SURROUNDINGS}[name](self.TEXT)
        for line in lines:
            self.assertIn(f"{line}\n", changed)
        self.assertIsNone(variations.SAME["alias"]("x = 1\n"))

    def test_each_changes_what_it_says(self):
        self.check("alias", "import re as re_alias", "from a import b as b_alias", "    if re_alias.match('é', b_alias(x)):")
        self.check("from", "from re import match", "    if match('é', b(x)):")
        self.check("decorated", "@around", "def f(x, y=1):")
        self.check("annotated", 'def f(x: "Any", y: "Any"=1):', "    z: list = []")
        self.check("walrus", "    if (checked := (re.match('é', b(x)))):")
        self.check("generic", "def f[T](x, y=1):")
        self.check("renamed", "def f(other_x, other_y=1):", "        other_z.append(other_y)")
        self.check("loop", "import re", "for turn in turns:", "    def f(x, y=1):")

    def test_a_class_hides_its_names_from_functions(self):
        self.assertIsNone(variations.in_a_class("names = []\n\ndef f():\n    return names\n"))
        self.assertIsNotNone(variations.in_a_class("names = []\n\ndef f():\n    return 1\n"))


class Differences(unittest.TestCase):
    RULE = {"id": "py-x", "language": "python", "pyo3": False, "peers": ["ruff:A1"], "yields_to": ["py-y"]}

    def trial(self, bad, variation, rules, codes):
        case = catalogue.Case(self.RULE, 1, {"bad": bad, "line": 1, "text": ""})
        trial = differing.Trial(case, variation, "", "")
        trial.rules, trial.codes = rules, codes
        return differing.Peer("ruff", {"if"}).disagreements(trial, self.RULE, {"A1": {"py-x", "py-z"}})

    def test_who_reports(self):
        for bad, variation, rules, codes, who in [
                (True, "if", {"py-x"}, {"A1"}, []), (True, "if", {"py-y"}, {"A1"}, []), (True, "if", {"py-z"}, {"A1"}, []),
                (True, "if", set(), {"A1"}, ["peer"]), (True, "if", {"py-x"}, set(), ["we"]),
                (True, "if", set(), set(), ["nobody"]), (True, "loop", set(), set(), []),
                (False, "if", set(), set(), []), (False, "if", set(), {"A1"}, ["peer"]),
                (False, "if", {"py-x"}, set(), ["we, too"]), (False, "loop", {"py-x"}, set(), [])]:
            self.assertEqual([found[1] for found in self.trial(bad, variation, rules, codes)], who, (bad, variation, rules, codes))

    def test_the_table_is_held_to_what_is_found(self):
        key = ("py-x", "ruff:A1", "bad 2", "all", "peer")
        self.assertEqual(differing.ROW.match(differing.line(key, "so")).groups(), (*key, " so "))
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(differing.judge({key: ""}, {key: "so"}), 0)
            self.assertEqual(differing.judge({key: ""}, {}), 1)
            self.assertEqual(differing.judge({}, {key: "so"}), 1)
            self.assertEqual(differing.judge({key: ""}, {key: ""}), 1)
            before = ("py-x", "ruff:A1", "bad 1", "all", "peer")
            self.assertEqual(differing.judge({key: "", before: ""}, {key: "so", before: "so"}), 1)

    def test_variations_in_few_words(self):
        every = ["as written", "if", "with", "alias", "from"]
        self.assertEqual([differing.some(names, every) for names in (every, every[1:], ["if"])], ["all", "all but as written", "if"])

    def test_a_code_that_the_peer_does_not_know_is_left_out(self):
        rule = {**self.RULE, "peers": ["clippy:new", "clippy:old", "ruff:A1"]}
        self.assertEqual(differing.Peer("clippy", set()).codes(rule), ["new", "old"])
        self.assertEqual(differing.Peer("clippy", set(), {"old"}).codes(rule), ["old"])

    def test_lines_of_one_version_are_marked(self):
        both, new, old = [("rs-x", f"clippy:{name}", "bad 1", "all", "peer") for name in ("both", "new@1.95", "old@1.63")]
        own, others = peers_rust.split({both: "b", new: "n", old: "o"}, "1.95")
        self.assertEqual({key[1]: reason for key, reason in own.items()}, {"clippy:both": "b", "clippy:new": "n"})
        self.assertEqual({key[1]: reason for key, reason in others["1.63"].items()}, {"clippy:both": "b", "clippy:old": "o"})
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), \
                mock.patch.object(differing, "TABLE", Path(folder, "table.md")):
            python = {("py-x", "ruff:A1", "bad 2", "all", "peer"): "so"}
            gone = {key: "" for key in own if key[1] == "clippy:new"}
            peers_rust.write(gone, {both: "b", new: "n", old: "o"}, python, "1.95")
            self.assertEqual({key[1]: reason for key, reason in differing.read_table().items()},
                             {"ruff:A1": "so", "clippy:both@1.63": "b", "clippy:new@1.95": "n", "clippy:old@1.63": "o"})


class RustVariations(unittest.TestCase):
    TEXT = ("use std::collections::HashMap;\nfn f(m: &mut HashMap<String, u8>, n: u8) -> Option<u8> {\n"
            "    // f(\n    let all: Vec<char> = \"}\".chars().collect();\n    m.insert(g('{', &all), n)\n}\n")

    def check(self, name, *lines):
        text = variations_rust.variations(self.TEXT)[name]
        for line in lines:
            self.assertIn(line, text.splitlines(), text)

    def test_what_each_changes(self):
        self.check("module", "mod around {", "    use std::collections::HashMap;", "}")
        self.check("alias", "use std::collections::HashMap as OtherHashMap;",
                   "fn f(m: &mut OtherHashMap<String, u8>, n: u8) -> Option<u8> {")
        self.check("paths", "fn f(m: &mut std::collections::HashMap<String, u8>, n: u8) -> Option<u8> {")
        self.check("type alias", "fn f(m: &mut Held0, n: u8) -> Option<u8> {", "type Held0 = HashMap<String, u8>;")
        self.check("shadowed", "fn f(m: &mut HashMap<String, u8>, n: u8) -> Option<u8> { let m = m; let n = n;")
        self.check("renamed", "    other_m.insert(g('{', &all), other_n)")
        self.check("turbofish", '    let all = "}".chars().collect::<Vec<char>>();')
        self.check("generic", "fn f<Around>(m: &mut HashMap<String, u8>, n: u8) -> Option<u8> {")
        self.check("macro", '    let all: Vec<char> = dbg!("}".chars().collect());')
        self.check("field", "    m: HashMap<String, u8>,", "    fn f(&mut self, n: u8) -> Option<u8> {",
                   "        self.m.insert(g('{', &all), n)")
        self.check("method", "impl Around {", "    fn f(m: &mut HashMap<String, u8>, n: u8) -> Option<u8> {")
        self.check("async", "async fn f(m: &mut HashMap<String, u8>, n: u8) -> Option<u8> {")


if __name__ == "__main__":
    unittest.main()
