#!/usr/bin/env python3
"""The patches in the Python rules' examples, carried out: rules.patches in ctest, or by hand

    PERF_REVIEW_BIN=BUILD/service/cli/perf-review python3 tests/rules/patches.py [RULE...]

Each bad example that has an `after` is laid out in several ways (line endings, tabs, nested). The patch that
`check` offers must give the `after` laid out in the same way. Where the example has a `run`, its code and its
expressions run before and after the patch, and must give values of the same type and content, raise the same
exceptions and print the same. A safe patch without `run` needs a `run-not`, the reason."""
import sys

import catalogue
import patching
import running
from variations import nested, tabs

# What is done to the text; what is added behind it, so that what it defines is found by `run`.
LAYOUTS = {
    "as written": (lambda text: text, ""),
    "CRLF": (patching.crlf, ""),
    "tabs": (tabs, ""),
    "in an if": (nested("if __name__:"), ""),
    "in a function": (nested("def around():"), "    return locals()\nglobals().update(around())\n"),
    "in a method": (nested("class Around:", "def around(self):"),
                    "        return locals()\nglobals().update(Around().around())\n"),
}


def compare_runs(case, layout, report):
    lay, behind = LAYOUTS[layout]
    once = running.run(lay(case.text) + behind, case.run)
    broken = running.failing_step(once)
    if broken and layout == "as written":
        report.fail(case, layout, "its `run` proves nothing, for this fails before the patch:", broken)
    if broken:
        return  # what cannot stand in a function (an import of all names, say) is only compared as text there
    then = running.run(lay(case.after) + behind, case.run)
    report.runs += 1
    if running.comparable(once) != running.comparable(then):
        report.fail(case, layout, "the patch changes what the code does:",
                    f"before: {once}\nafter:  {then}")


def main(names):
    report = patching.Report()
    cases = [case for rule, cases in catalogue.rules_of("python") if not names or rule["id"] in names for case in cases]
    for case, layout in patching.judge(cases, {layout: lay for layout, (lay, _) in LAYOUTS.items()}, report):
        compare_runs(case, layout, report)
    for line in report.not_run:
        print(f"not run: {line}")
    print(f"{report.patches} patches, {report.runs} run before and after, {report.failures} failures")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
