#!/usr/bin/env python3
"""The examples of the Rust and PyO3 rules, compiled, and their patches carried out: rules.compile in ctest, or by hand

    PERF_REVIEW_BIN=BUILD/service/cli/perf-review [RUSTC=rustc] [STUBS=FOLDER] python3 tests/rules/compile.py [RULE...]

Every example, and every `after`, compiles by itself as a library. Each bad example that has an `after` is laid out in
several ways, and the patch that `check` offers must give the `after` laid out likewise. Where it has a `run`, its
expressions are evaluated before and after the patch: their values must be of the same type and debug-print alike, or
panic with the same message, and what they print must be the same. A safe patch without `run` needs a `run-not`.

An example that says `rust: "1.80"` is left out where the compiler is older. Without a compiler the test is skipped.
STUBS is where the compiled stub crates stay for the next time."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import indent

import catalogue
import patching
import rustc
from variations import tabs

SECONDS_MAX = 20
SKIPPED = 77

# What each expression of a `run` is handed to.
STEP = """
pub fn step<T: std::fmt::Debug>(evaluate: impl FnOnce() -> T) {
    fn name<T>(_: &T) -> &'static str { std::any::type_name::<T>() }
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(evaluate)) {
        Ok(value) => println!("gives {} {:?}", name(&value), value),
        Err(panic) => println!("panics {:?} {:?}", panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()),
    }
}
"""


IMPORT_OF_ALL = re.compile(r"use [\w:]+::\*;\s*$")


def within(*heads, first=""):
    """A layout: the text in blocks that these heads open. What is imported by `*` is known at the file's top only."""
    def lay(text):
        lines = text.splitlines(keepends=True)
        imports = "".join(line for line in lines if IMPORT_OF_ALL.match(line))
        rest = first + "".join(line for line in lines if not IMPORT_OF_ALL.match(line))
        opened = "".join("    " * depth + head + " {\n" for depth, head in enumerate(heads))
        closed = "".join("    " * depth + "}\n" for depth in reversed(range(len(heads))))
        return imports + opened + indent(rest, "    " * len(heads)) + closed
    return lay


# What is done to the text; what stands inside, behind the function `observe`; what calls that from outside.
LAYOUTS = {
    "as written": (lambda text: text, "", "observe()"),
    "CRLF": (patching.crlf, "", "observe()"),
    "tabs": (tabs, "", "observe()"),
    "in a module": (within("mod around", first="use super::*;\n"), "", "around::observe()"),
    "in a function": (within("fn around()"), "observe()\n", "around()"),
    "in a method": (within("impl Around", "fn around(&self)"), "observe()\n", "Around.around()"),
}


def module_name(case):
    return f"{case.rule}_{case.name}".replace("-", "_").replace(" ", "_")


def runnable(layout, text, expressions):
    """A module whose function `start` evaluates the expressions where the text, so laid out, is in scope."""
    lay, inside, call = LAYOUTS[layout]
    steps = "".join(f"    crate::step(|| {{ {expression} }});\n" for expression in expressions)
    return lay(f"{text}pub fn observe() {{\n{steps}}}\n{inside}") + f"struct Around;\npub fn start() {{ {call} }}\n"


def main_of(names):
    """Runs the module that its argument names."""
    arms = "".join(f'        "{name}" => {name}::start(),\n' for name in names)
    return (STEP + "fn main() {\n    match std::env::args().nth(1).unwrap().as_str() {\n"
            + arms + '        _ => panic!("no such module"),\n    }\n}\n')


def outcome(program, name):
    """What the module printed when it ran in an empty folder, and how it ended."""
    with tempfile.TemporaryDirectory(prefix="example-") as folder:
        try:
            done = subprocess.run([program, name], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return f"it took more than {SECONDS_MAX} s"
    return f"{done.stdout.decode(errors='replace')}ended with {done.returncode}"


def compare_runs(wanted, compiler, folder, report):
    """Two programs, before and after: the layouts of all examples are modules of both."""
    places, said = {}, {}
    for case, layout in wanted:
        places[f"{module_name(case)}_{list(LAYOUTS).index(layout)}"] = (case, layout)

    def build(when):
        where = Path(folder, when)
        where.mkdir()
        texts = {name: runnable(layout, getattr(case, when), case.run) for name, (case, layout) in places.items()}
        left, said[when] = compiler.together(texts, where, main_of, rustc.PROGRAM)
        return left
    left = rustc.both(build, ["text", "after"])
    for name, (case, layout) in places.items():
        for when in ("text", "after"):
            if name not in left[when]:
                report.fail(case, layout, f"its `run` does not compile with the {'code' if when == 'text' else when}:",
                            said[when].get(name, "".join(said[when].values())))
    names = [name for name in places if name in left["text"] and name in left["after"]]
    outcomes = {when: rustc.both(lambda name: outcome(Path(folder, when, "root.out"), name), names) for when in left}
    for name in names:
        report.runs += 1
        before, after = outcomes["text"][name], outcomes["after"][name]
        if before != after:
            report.fail(*places[name], "the patch changes what the code does:", f"before: {before}\nafter: {after}")
        elif not before.endswith("\nended with 0"):
            report.fail(*places[name], "its `run` proves nothing, for it ends early:", before)


def compare_compiled(cases, compiler, folder, report):
    """How many texts were compiled."""
    pieces, places = {}, {}
    for case in cases:
        for what, text in (("as written", case.text), ("after", case.after)):
            if text is not None:
                name = module_name(case) + ("_after" if what == "after" else "")
                pieces[name], places[name] = text, (case, what)
    for name, said in compiler.library(pieces, folder).items():
        report.fail(*places[name], "does not compile:", said)
    return len(pieces)


def main(names):
    compiler_path = rustc.program()
    if compiler_path is None:
        print("no rustc was found (Debian's package of that name, or RUSTC): nothing is compiled")
        return SKIPPED
    version = rustc.version(compiler_path)
    report = patching.Report()
    cases = [case for rule, cases in catalogue.rules_of("rust") if not names or rule["id"] in names for case in cases]
    fit = [case for case in cases if case.rust is None or rustc.number(case.rust) <= version]
    with tempfile.TemporaryDirectory(prefix="compile-") as folder:
        compiler = rustc.Compiler(rustc.Stubs(compiler_path, os.environ.get("STUBS") or Path(folder, "stubs")))
        for part in ("examples", "runs"):
            Path(folder, part).mkdir()
        texts = compare_compiled(fit, compiler, Path(folder, "examples"), report)
        wanted = patching.judge(fit, {layout: lay for layout, (lay, _, _) in LAYOUTS.items()}, report)
        compare_runs(wanted, compiler, Path(folder, "runs"), report)
    for line in report.not_run:
        print(f"not run: {line}")
    print(f"rustc {version[0]}.{version[1]}: {texts} texts compiled, {len(cases) - len(fit)} examples left out that want a "
          f"newer one; {report.patches} patches, {report.runs} run before and after, {report.failures} failures")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
