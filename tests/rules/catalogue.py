"""The catalogue as `perf-review rules --format json` tells it, and what `perf-review check` says of many small files.

Imported by patches.py, compile.py and peers.py."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

EXPECTATION = re.compile(r"[ \t]*(?:#|//) expect(?: \d+)?[ \t]*$", re.MULTILINE)
SUFFIX = {"python": ".py", "rust": ".rs"}


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
        self.language = rule["language"]
        self.folder = "pyo3" if rule["pyo3"] else self.language
        self.bad = entry["bad"]
        self.number = number  # 1-based, among the bad or the good ones of the rule
        self.line = entry["line"]
        self.text = EXPECTATION.sub("", entry["text"])
        self.after = EXPECTATION.sub("", entry["after"]) if "after" in entry else None
        self.run = entry.get("run", "").splitlines()
        self.run_not = entry.get("run_not")
        self.why = entry.get("why", "")
        self.python = entry.get("python")
        self.rust = entry.get("rust")
        self.edition = entry.get("edition")
        self.depends = entry.get("depends", [])

    @property
    def name(self):
        return f"{'bad' if self.bad else 'good'} {self.number}"

    @property
    def place(self):
        return f"analysis/rules/{self.folder}/{self.rule}.yaml:{self.line}"


def rules_of(language):
    """[(rule as a dict, its cases)] of one language; the PyO3 rules are of Rust."""
    text = subprocess.run([program(), "rules", "--format", "json"], check=True, capture_output=True, text=True).stdout
    rules = []
    for rule in json.loads(text)["rules"]:
        if rule["language"] != language:
            continue
        counts = {True: 0, False: 0}
        cases = []
        for entry in rule["cases"]:
            counts[entry["bad"]] += 1
            cases.append(Case(rule, counts[entry["bad"]], entry))
        rules.append((rule, cases))
    return rules


def pyproject(case):
    lines = ["[project]", 'name = "example"']
    if case.python:
        lines.append(f'requires-python = ">={case.python}"')
    if case.depends:
        lines.append(f"dependencies = {json.dumps(case.depends)}")
    return lines


def cargo(case):
    """A name in `depends` may have a version behind it, and one of a feature the crate before it."""
    lines = ["[package]", 'name = "example"']
    if case.edition:
        lines.append(f'edition = "{case.edition}"')
    if case.rust:
        lines.append(f'rust-version = "{case.rust}"')
    lines.append("[dependencies]")
    for name, _, version in (item.partition(" ") for item in case.depends if "/" not in item):
        features = [item.partition("/")[2] for item in case.depends if item.startswith(f"{name}/")]
        lines.append(f'{name} = {{ version = "{version or "*"}", features = {json.dumps(features)} }}')
    return lines


def write_file(folder, case, label, text):
    """Put @p text below @p folder, beside what the case says that its repository declares; its path from there.
    All that declare the same share a folder: `check` looks into a limited number of them."""
    declared = [f"{value}" for value in (case.python, case.rust, case.edition, *case.depends) if value]
    project = Path(folder, f"with {'-'.join(declared) or 'nothing'}".replace("/", "_"))
    if not project.exists():
        project.mkdir(parents=True)
        if declared:
            name, lines = ("pyproject.toml", pyproject) if case.language == "python" else ("Cargo.toml", cargo)
            (project / name).write_text("\n".join(lines(case)) + "\n")
    path = project / f"{case.rule} {case.name} {label}{SUFFIX[case.language]}".replace(" ", "_")
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
