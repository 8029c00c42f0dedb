"""The catalogue as `perf-review rules --format json` tells it, and what `perf-review check` says of many small files.

Imported by patches.py and peers.py."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

EXPECTATION = re.compile(r"[ \t]*# expect(?: \d+)?[ \t]*$", re.MULTILINE)


def program():
    """The perf-review to be tested: PERF_REVIEW_BIN."""
    path = os.environ.get("PERF_REVIEW_BIN")
    if not path:
        sys.exit("PERF_REVIEW_BIN names no perf-review")
    return path


class Case:
    """One example of a rule; text and after are without the comments that expect a finding."""

    def __init__(self, rule, number, entry):
        self.rule = rule["id"]
        self.bad = entry["bad"]
        self.number = number  # 1-based, among the bad or the good ones of the rule
        self.line = entry["line"]
        self.text = EXPECTATION.sub("", entry["text"])
        self.after = EXPECTATION.sub("", entry["after"]) if "after" in entry else None
        self.run = entry.get("run", "").splitlines()
        self.run_not = entry.get("run_not")
        self.why = entry.get("why", "")
        self.python = entry.get("python")
        self.depends = entry.get("depends", [])

    @property
    def name(self):
        return f"{'bad' if self.bad else 'good'} {self.number}"

    @property
    def place(self):
        return f"analysis/rules/python/{self.rule}.yaml:{self.line}"


def python_rules():
    """[(rule as a dict, its cases)] of the Python half."""
    text = subprocess.run([program(), "rules", "--format", "json"], check=True, capture_output=True, text=True).stdout
    rules = []
    for rule in json.loads(text)["rules"]:
        if rule["language"] != "python":
            continue
        counts = {True: 0, False: 0}
        cases = []
        for entry in rule["cases"]:
            counts[entry["bad"]] += 1
            cases.append(Case(rule, counts[entry["bad"]], entry))
        rules.append((rule, cases))
    return rules


def write_file(folder, case, label, text):
    """Put @p text below @p folder, beside what the case says that its repository declares; its path from there.
    All that declare the same share a folder: `check` looks into a limited number of them."""
    declared = "-".join([case.python or "any", *case.depends])
    project = Path(folder, f"with {declared}")
    if not project.exists():
        project.mkdir(parents=True)
        lines = ["[project]", 'name = "example"']
        if case.python:
            lines.append(f'requires-python = ">={case.python}"')
        if case.depends:
            lines.append(f"dependencies = {json.dumps(case.depends)}")
        if case.python or case.depends:
            (project / "pyproject.toml").write_text("\n".join(lines) + "\n")
    path = project / f"{case.rule} {case.name} {label}.py".replace(" ", "_")
    path.write_bytes(text.encode())
    return str(path.relative_to(folder))


def check(folder):
    """{file below folder: [finding]}, everything shown, all code taken as hot."""
    (folder / ".perf-review.yml").write_text('hot: ["**"]\n')
    done = subprocess.run(
        [program(), "check", "--all", "--pedantic", "--format", "json", "."],
        cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"perf-review check: {done.stderr}")
    report = json.loads(done.stdout)
    if report["skipped"]:
        sys.exit(f"perf-review check left out files: {report['skipped'][:3]}")
    found = {}
    for finding in report["findings"]:
        found.setdefault(str(Path(finding["path"])), []).append(finding)
    return found
