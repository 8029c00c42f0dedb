#!/usr/bin/env python3
"""The rules against the peer that has rules on the same matter: rules.peers in ctest, or by hand

    PERF_REVIEW_BIN=... python3 tests/rules/peers.py [--write]     all examples, each in all its variations
    PERF_REVIEW_BIN=... python3 tests/rules/peers.py --on FOLDER   real code: by code, what both find, and places
                                                                   that only the peer finds (--show N of each)

Every example of every rule is varied (variations.py), and both look at it. differing.py says what a difference is; each must
be a line of differences.md with its reason.
--write brings the table up to date: new lines have an empty reason, which is to be filled in."""
import argparse
import collections
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import catalogue
from differing import Peer, Trial, judge, read_table, write_table
from variations import SAME, variations

HERE = Path(__file__).parent
PEER = Peer("ruff", SAME)


def ask_peer(codes, texts):
    """For each text [[code, first line, last line], ...]."""
    done = subprocess.run(["node", HERE / "peers" / "peer.mjs"], input=json.dumps({"codes": codes, "texts": texts}),
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the peer: {done.stderr}")
    return json.loads(done.stdout)


def carry_out(rules, folder):
    """All trials, judged by both."""
    trials = []
    for rule, cases in rules:
        for case in cases:
            for at, (name, text) in enumerate(variations(case.text).items()):
                trials.append(Trial(case, name, catalogue.write_file(folder, case, at, text), text))
    ours = catalogue.check(Path(folder))
    codes = sorted({code for rule, _ in rules for code in PEER.codes(rule)})
    theirs = ask_peer(codes, [trial.text for trial in trials])
    for trial, found in zip(trials, theirs):
        trial.rules = {finding["rule"] for finding in ours.get(trial.path, [])}
        trial.codes = {code for code, _, _ in found}
        if "" in trial.codes:
            sys.exit(f"{trial.case.place}: no Python any more as \"{trial.variation}\":\n{trial.text}")
    return trials


def examples(write, names):
    rules = [(rule, cases) for rule, cases in catalogue.rules_of("python") if not names or rule["id"] in names]
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        trials = carry_out(rules, folder)
    found = PEER.differences([rule for rule, _ in rules], trials)
    table = read_table()
    listed = {key: reason for key, reason in table.items() if key[0].startswith("py-") and (not names or key[0] in names)}
    both = sum(bool(trial.codes) and bool(trial.rules) for trial in trials)
    print(f"{len(rules)} rules, {len(trials)} variations of examples; {both} reported by both; {len(found)} differences")
    if write:
        write_table(found, listed, {key: reason for key, reason in table.items() if key not in listed})
        return 0
    return 1 if judge(found, listed) else 0


def real_code(folder, show, names):
    """By code: what both find, what the peer alone finds."""
    rules = [rule for rule, _ in catalogue.rules_of("python") if not names or rule["id"] in names]
    listing = collections.defaultdict(set)
    for rule in rules:
        for code in PEER.codes(rule):
            listing[code] |= {rule["id"], *rule["yields_to"]}
    paths = sorted(path for path in Path(folder).rglob("*.py") if path.is_file())
    texts = [path.read_text(errors="replace") for path in paths]
    report = json.loads(subprocess.run([catalogue.program(), "check", "--all", "--pedantic", "--format", "json", folder],
                                       capture_output=True, text=True).stdout)
    ours = collections.defaultdict(list)
    for finding in report["findings"]:
        ours[Path(finding["path"]).resolve()].append(finding)
    both, alone = collections.Counter(), collections.defaultdict(list)
    for path, text, found in zip(paths, texts, ask_peer(sorted(listing), texts)):
        for code, first, last in found:
            near = code and any(finding["rule"] in listing[code] and finding["line"] <= last + 1 and finding["end_line"] >= first - 1
                                for finding in ours[path.resolve()])
            if near:
                both[code] += 1
            elif code:
                alone[code].append((path, text, first, last))
    for code in sorted(listing):
        print(f"{code:10} both {both[code]:5}  the peer alone {len(alone[code]):5}  {' '.join(sorted(listing[code]))}")
        for path, text, first, last in random.Random(1).sample(alone[code], min(show, len(alone[code]))):
            print(f"  {path}:{first}")
            for number in range(max(1, first - 3), min(last, first + 8) + 2):
                print("".join(f"    {number:5} {text.splitlines()[number - 1]}\n" for _ in [0] if number <= len(text.splitlines())), end="")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--on", metavar="FOLDER")
    parser.add_argument("--show", type=int, default=0)
    wanted = parser.parse_args()
    if not (HERE / "peers" / "node_modules" / "@astral-sh").exists():
        print("skipped: the peer is not here; npm ci --prefix tests/rules/peers fetches it")
        return 77
    if wanted.write and wanted.rules:
        parser.error("the table is written whole")
    if wanted.on:
        return real_code(wanted.on, wanted.show, wanted.rules)
    return examples(wanted.write, wanted.rules)


if __name__ == "__main__":
    sys.exit(main())
