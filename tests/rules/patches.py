#!/usr/bin/env python3
"""The patches in the rules' examples, carried out: rules.patches in ctest, or by hand

    PERF_REVIEW_BIN=BUILD/service/cli/perf-review python3 tests/rules/patches.py [RULE...]

Each bad example that has an `after` is laid out in several ways (line endings, tabs, nested). The patch that
`check` offers must give the `after` laid out in the same way. Where the example has a `run`, its code and its
expressions run before and after the patch, and must give values of the same type and content, raise the same
exceptions and print the same. A safe patch without `run` needs a `run-not`, the reason."""
import difflib
import sys
import tempfile
from pathlib import Path
from textwrap import indent

import catalogue
import running
from variations import nested, tabs

# What is done to the text; what is added behind it, so that what it defines is found by `run`.
LAYOUTS = {
    "as written": (lambda text: text, ""),
    "CRLF": (lambda text: text.replace("\n", "\r\n"), ""),
    "tabs": (tabs, ""),
    "in an if": (nested("if __name__:"), ""),
    "in a function": (nested("def around():"), "    return locals()\nglobals().update(around())\n"),
    "in a method": (nested("class Around:", "def around(self):"),
                    "        return locals()\nglobals().update(Around().around())\n"),
}


def patched(text, findings):
    """The text with all their patches applied; of two that overlap the first stands."""
    edits = sorted((edit["start_line"], edit["end_line"], edit["text"])
                   for finding in findings if finding["patch"] for edit in finding["patch"]["edits"])
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    out, at = [], 0
    for first, last, instead in edits:
        if first - 1 < at:
            continue
        out += lines[at:first - 1] + [instead]
        at = last
    return "".join(out + lines[at:])


def difference(name_a, a, name_b, b):
    return "".join(difflib.unified_diff(a.splitlines(keepends=True), b.splitlines(keepends=True), name_a, name_b))


class Report:
    def __init__(self):
        self.failures = 0
        self.patches = self.runs = 0
        self.not_run = []

    def fail(self, case, layout, what, detail=""):
        self.failures += 1
        print(f"{case.place}: {layout}: {what}\n{indent(detail, '    ')}")


def compare_runs(case, layout, before, after, report):
    lay, behind = LAYOUTS[layout]
    once = running.run(lay(before) + behind, case.run)
    broken = running.failing_step(once)
    if broken and layout == "as written":
        report.fail(case, layout, "its `run` proves nothing, for this fails before the patch:", broken)
    if broken:
        return  # what cannot stand in a function (an import of all names, say) is only compared as text there
    then = running.run(lay(after) + behind, case.run)
    report.runs += 1
    if running.comparable(once) != running.comparable(then):
        report.fail(case, layout, "the patch changes what the code does:",
                    f"before: {once}\nafter:  {then}")


def compare_texts(case, layout, text, findings, report):
    """Whether the patch gives what the example states."""
    want = LAYOUTS[layout][0](case.after)
    got = patched(text, findings)
    report.patches += 1
    if got != want:
        report.fail(case, layout, "no patch is offered" if got == text else "the patch gives another text:",
                    "" if got == text else difference("stated", want, "patched", got))
    return got == want


def judge_case(case, found, report):
    own = {layout: [finding for finding in findings if finding["rule"] == case.rule]
           for layout, (_, findings) in found.items()}
    safe = any(finding["patch"] and finding["patch"]["safe"] for finding in own["as written"])
    if safe and case.after is None:
        report.fail(case, "as written", "a safe patch is offered, and the example has no `after`")
    if case.after is None:
        return
    if safe and not case.run and not case.run_not:
        report.fail(case, "as written", "its safe patch has neither a `run` nor a `run-not`")
    if case.run_not:
        report.not_run.append(f"{case.rule} {case.name}: {case.run_not}")
    for layout, (text, _) in found.items():
        if compare_texts(case, layout, text, own[layout], report) and case.run:
            compare_runs(case, layout, case.text, case.after, report)


def main(names):
    report = Report()
    with tempfile.TemporaryDirectory(prefix="patches-") as folder:
        written = []
        for rule, cases in catalogue.python_rules():
            if names and rule["id"] not in names:
                continue
            for case in (case for case in cases if case.bad):
                texts = {}
                for at, (layout, (lay, _)) in enumerate(LAYOUTS.items()):
                    text = lay(case.text)
                    texts[layout] = (text, catalogue.write_file(folder, case, at, text))
                written.append((case, texts))
        found = catalogue.check(Path(folder))
        for case, texts in written:
            judge_case(case, {layout: (text, found.get(path, [])) for layout, (text, path) in texts.items()}, report)
    for line in report.not_run:
        print(f"not run: {line}")
    print(f"{report.patches} patches, {report.runs} run before and after, {report.failures} failures")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
