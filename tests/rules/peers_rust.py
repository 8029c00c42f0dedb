#!/usr/bin/env python3
"""The Rust and PyO3 rules against Clippy: rules.peers.rust in ctest, or by hand

    PERF_REVIEW_BIN=... [CLIPPY_DRIVER=...] [STUBS=FOLDER] python3 tests/rules/peers_rust.py [--write] [RULE...]
    PERF_REVIEW_BIN=... python3 tests/rules/peers_rust.py --on CRATE   the library of a crate without dependencies: by
                                                lint, what both find, and places that only one finds (--show N of each)

Every example of the rules that list lints of Clippy is varied (variations_rust.py); what still compiles are modules of
a few crates, and both look at them. differing.py says what a difference is; each must be a line of differences.md with
its reason. The table is of the versions of Clippy in VERSIONS; with another one the test is skipped. Lints that a
version does not know are left out, and whether it finds what we do (`we`) is asked of the newest alone. --write brings the lines of the version that is found up to date: write with each."""
import argparse
import copy
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import catalogue
import rustc
from differing import Peer, Trial, judge, order, read_table, write_table
from variations_rust import PLAIN, SAME, variations

VERSIONS = ("1.63", "1.95")
SKIPPED = 77
QUIET = ["-A", "clippy::all"]
# Also as written under these: {edition: the first compiler that knows it}
EDITIONS = {"2018": (1, 31), "2024": (1, 85)}


def driver():
    """Clippy; it asks the first rustc on the path for the standard library, which must be the one beside it."""
    path = os.environ.get("CLIPPY_DRIVER") or shutil.which("clippy-driver")
    if path:
        os.environ["PATH"] = f"{Path(path).parent}{os.pathsep}{os.environ['PATH']}"
    return path


def version_of(path):
    """"1.63" of "clippy 0.1.63 (...)"."""
    said = subprocess.run([path, "--version"], check=True, capture_output=True, text=True).stdout
    return said.split()[1].removeprefix("0.")


def lints_of(path):
    """The names of all lints that it knows, with _ between their words."""
    said = subprocess.run([path, "-W", "help"], capture_output=True, text=True).stdout
    return {word.removeprefix("clippy::").rstrip(",").replace("-", "_") for word in said.split() if word.startswith("clippy::")}


class Clippy:
    def __init__(self, path, lints, stubs):
        self.lints, self.stubs = lints, stubs
        self.path = path

    def warnings(self, root, edition, out):
        """[(lint, spans)] of the crate whose root file is @p root, which compiles; @p out is written."""
        wanted = [option for lint in self.lints for option in ("-W", f"clippy::{lint}")]
        done = subprocess.run([self.path, "--edition", edition, "--error-format=json", *self.stubs.options, *rustc.LIBRARY,
                               "-A", "unused", "-A", "nonstandard_style", *QUIET, *wanted,
                               "-o", str(out), str(root)], capture_output=True, text=True)
        said = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        if done.returncode != 0:
            sys.exit(f"Clippy on {root}: " + "".join(one["rendered"] for one in said if one["level"] == "error"))
        return [(one["code"]["code"].removeprefix("clippy::"), one["spans"]) for one in said
                if one["code"] and one["code"]["code"].startswith("clippy::")]

    def judge(self, pieces, edition, folder):
        """{piece: lints} of those of @p pieces ({name: text}) that compile."""
        left, _ = rustc.Compiler(self.stubs, edition).together(pieces, folder, lambda names: "", rustc.LIBRARY + QUIET)
        found = {name: set() for name in left}
        for lint, spans in self.warnings(Path(folder, "root.rs"), edition, Path(folder, "root.linted")) if left else []:
            for name in rustc.places(spans) & set(left):
                found[name].add(lint)
        return found


def all_trials(rules, version, folder):
    """[(trial, edition)]"""
    number = rustc.number(version)
    out = []
    for rule, cases in rules:
        for case in cases:
            if case.rust and rustc.number(case.rust) > number:
                continue
            texts = [(name, text, str(case.edition or 2021)) for name, text in variations(case.text).items()
                     if case.bad or name == PLAIN or name in SAME]
            if not case.edition and case.bad:
                texts += [(edition, case.text, edition) for edition, first in EDITIONS.items() if number >= first]
            for at, (name, text, edition) in enumerate(texts):
                as_told = case
                if name in EDITIONS:
                    as_told = copy.copy(case)
                    as_told.edition = edition
                out.append((Trial(case, name, catalogue.write_file(folder, as_told, at, text), text), edition))
    return out


def carry_out(rules, clippy, version, folder):
    """The trials that compile, judged by both."""
    ours, crates = Path(folder, "ours"), []
    ours.mkdir()
    trials = all_trials(rules, version, ours)
    for edition in sorted({edition for _, edition in trials}):
        names = [at for at, (_, of) in enumerate(trials) if of == edition]
        for half in range(rustc.JOBS):
            where = Path(folder, f"{edition}-{half}")
            where.mkdir()
            crates.append(({f"t{at}": trials[at][0].text for at in names[half::rustc.JOBS]}, edition, where))
    found = {}
    for part in rustc.both(lambda at: clippy.judge(*crates[at]), range(len(crates))).values():
        found.update(part)
    reported = catalogue.check(ours)
    kept = []
    for at, (trial, _) in enumerate(trials):
        if f"t{at}" in found:
            trial.codes = found[f"t{at}"]
            trial.rules = {finding["rule"] for finding in reported.get(trial.path, [])}
            kept.append(trial)
    return kept, len(trials)


def marked(key, version):
    """The key of a difference that is there with that version of Clippy alone."""
    rule, code, *rest = key
    return key if rest[-1] == "we" else (rule, f"{code}@{version}", *rest)


def split(listed, version):
    """What the table says of this version, without its mark, and what of the others, each by its keys."""
    own, others = {}, {other: {} for other in VERSIONS if other != version}
    for (rule, code, *rest), reason in listed.items():
        plain, _, only = code.partition("@")
        for of in VERSIONS[-1:] if rest[-1] == "we" else VERSIONS:
            if only in ("", of):
                (own if of == version else others[of])[(rule, plain, *rest)] = reason
    return own, others


def write(found, listed, foreign, version):
    own, others = split(listed, version)
    (_, other), = others.items()
    (of,) = others
    rows = dict(foreign)
    for key, reason in other.items():
        if key not in found:
            rows[marked(key, of)] = reason
    write_table({key if key in other else marked(key, version): reason for key, reason in found.items()},
                {**listed, **{marked(key, version): reason for key, reason in own.items()}}, rows)


def examples(path, version, rules, wanted):
    lints = lints_of(path)
    peer = Peer("clippy", {*SAME, *EDITIONS}, lints, {PLAIN} if version == VERSIONS[-1] else set())
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        stubs = rustc.Stubs(path, os.environ.get("STUBS") or Path(folder, "stubs"))
        clippy = Clippy(path, sorted({code for rule, _ in rules for code in peer.codes(rule)}), stubs)
        trials, tried = carry_out(rules, clippy, version, folder)
    found = peer.differences([rule for rule, _ in rules], trials)
    both = sum(bool(trial.codes) and bool(trial.rules) for trial in trials)
    print(f"Clippy {version}: {len(rules)} rules, {len(clippy.lints)} lints, {len(trials)} of {tried} variations of examples "
          f"compile; {both} reported by both; {len(found)} differences")
    table = read_table()
    foreign = {key: reason for key, reason in table.items() if key[0].startswith("py-")}
    listed = {key: reason for key, reason in table.items() if key not in foreign}
    if wanted.write:
        write(found, listed, foreign, version)
        return 0
    own, _ = split({key: reason for key, reason in listed.items() if not wanted.rules or key[0] in wanted.rules}, version)
    wrong = judge(found, dict(sorted(own.items(), key=lambda item: order(item[0]))))
    if wrong:
        print("Where such a difference is right, it belongs into the table with a reason: run peers_rust.py --write once with each of Clippy "
              f"{' and '.join(VERSIONS)} (PERF_REVIEW_BIN, CLIPPY_DRIVER), then write the reasons of the lines that are new.")
    return 1 if wrong else 0


def show(places, count):
    for path, line in random.Random(1).sample(sorted(places), min(count, len(places))):
        lines = Path(path).read_text().splitlines()
        print(f"  {path}:{line}\n" + "".join(f"    {at + 1:5} {lines[at]}\n" for at in range(max(0, line - 3), min(len(lines), line + 4))))


def real_code(path, rules, wanted):
    """By lint: what both find, what Clippy alone finds; by rule what we alone find."""
    crate = Path(wanted.on).resolve()
    edition = re.search(r'^edition = "(\d+)"', Path(crate, "Cargo.toml").read_text(), re.MULTILINE)
    peer = Peer("clippy", set(), lints_of(path))
    listing = peer.listing([rule for rule, _ in rules])
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        clippy = Clippy(path, sorted(listing), rustc.Stubs(path, os.environ.get("STUBS") or Path(folder, "stubs")))
        said = clippy.warnings(Path(crate, "src", "lib.rs"), edition[1] if edition else "2015", Path(folder, "linted"))
    theirs = {(lint, span["file_name"], span["line_start"], span["line_end"])
              for lint, spans in said for span in spans if span["is_primary"]}
    ours = [(finding["rule"], str(Path(finding["path"]).resolve()), finding["line"], finding["end_line"])
            for finding in json.loads(subprocess.run([catalogue.program(), "check", "--all", "--pedantic", "--format", "json",
                                                      str(crate / "src")], capture_output=True, text=True).stdout)["findings"]]

    def same(lint, rule, a, b):
        return rule in listing[lint] and a[0] == b[0] and a[1] <= b[2] + 1 and a[2] >= b[1] - 1
    for lint in sorted({lint for lint, *_ in theirs}):
        alone = {at[:2] for of, *at in theirs if of == lint and not any(same(lint, rule, at, by) for rule, *by in ours)
                 for at in [tuple(at)]}
        total = sum(of == lint for of, *_ in theirs)
        print(f"{lint:30} both {total - len(alone):4}  Clippy alone {len(alone):4}  {' '.join(sorted(listing[lint]))}")
        show(alone, wanted.show)
    for rule in sorted({rule for rule, *_ in ours if any(rule in of for of in listing.values())}):
        alone = {tuple(by[:2]) for of, *by in ours if of == rule and not any(same(lint, rule, at, by) for lint, *at in theirs)}
        print(f"{rule:30} we alone {len(alone):4}")
        show(alone, wanted.show)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--on", metavar="CRATE")
    parser.add_argument("--show", type=int, default=0)
    wanted = parser.parse_args()
    path = driver()
    if path is None:
        print("skipped: no clippy-driver was found (Debian's rust-clippy, or CLIPPY_DRIVER)")
        return SKIPPED
    version = ".".join(version_of(path).split(".")[:2])
    if wanted.write and wanted.rules:
        parser.error("the table is written whole")
    rules = [(rule, cases) for rule, cases in catalogue.rules_of("rust") if not wanted.rules or rule["id"] in wanted.rules]
    rules = [(rule, cases) for rule, cases in rules if any(name.startswith("clippy:") for name in rule["peers"])]
    if version not in VERSIONS and not wanted.on:
        print(f"skipped: the table is of Clippy {' and '.join(VERSIONS)}, and this is {version}")
        return SKIPPED
    return real_code(path, rules, wanted) if wanted.on else examples(path, version, rules, wanted)


if __name__ == "__main__":
    sys.exit(main())
