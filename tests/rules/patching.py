"""The patches in the rules' examples, applied: what patches.py (Python) and compile.py (Rust) share.

Each bad example that has an `after` is laid out in several ways (line endings, tabs, nested). The patch that
`check` offers must give the `after` laid out in the same way."""
import difflib
import tempfile
from pathlib import Path
from textwrap import indent

import catalogue


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


def crlf(text):
    return text.replace("\n", "\r\n")


class Report:
    def __init__(self):
        self.failures = 0
        self.patches = self.runs = 0
        self.not_run = []

    def fail(self, case, layout, what, detail=""):
        self.failures += 1
        print(f"{case.place}: {layout}: {what}\n{indent(detail, '    ')}")


def compare_texts(case, layout, lay, text, findings, report):
    """Whether the patch gives what the example states."""
    want = lay(case.after)
    got = patched(text, findings)
    report.patches += 1
    if got != want:
        report.fail(case, layout, "no patch is offered" if got == text else "the patch gives another text:",
                    "" if got == text else difference("stated", want, "patched", got))
    return got == want


def judge_case(case, layouts, found, report):
    """The layouts in which the patch gives the stated text, and which are to be run."""
    own = {layout: [finding for finding in findings if finding["rule"] == case.rule]
           for layout, (_, findings) in found.items()}
    safe = any(finding["patch"] and finding["patch"]["safe"] for finding in own["as written"])
    if safe and case.after is None:
        report.fail(case, "as written", "a safe patch is offered, and the example has no `after`")
    if case.after is None:
        return []
    if safe and not case.run and not case.run_not:
        report.fail(case, "as written", "its safe patch has neither a `run` nor a `run-not`")
    if case.run_not:
        report.not_run.append(f"{case.rule} {case.name}: {case.run_not}")
    equal = [layout for layout, (text, _) in found.items()
             if compare_texts(case, layout, layouts[layout], text, own[layout], report)]
    return equal if case.run else []


def judge(cases, layouts, report):
    """[(case, layout)] that are to be run: both texts, before and after, are as stated. @p layouts are functions of
    a text by their names, the first one "as written"."""
    written = []
    with tempfile.TemporaryDirectory(prefix="patches-") as folder:
        for case in (case for case in cases if case.bad):
            texts = {}
            for at, (layout, lay) in enumerate(layouts.items()):
                text = lay(case.text)
                texts[layout] = (text, catalogue.write_file(folder, case, at, text))
            written.append((case, texts))
        found = catalogue.check(Path(folder))
    return [(case, layout) for case, texts in written
            for layout in judge_case(case, layouts, {layout: (text, found.get(path, []))
                                                     for layout, (text, path) in texts.items()}, report)]
