#!/usr/bin/env python3
"""The rules against the peer that has rules on the same matter: rules.peers in ctest, or by hand

    PERF_REVIEW_BIN=... python3 tests/rules/peers.py [--write]     all examples, each in all its variations
    PERF_REVIEW_BIN=... python3 tests/rules/peers.py --on FOLDER   real code: by code, what both find, and places
                                                                   that only the peer finds (--show N of each)

Every example of every rule is varied (variations.py), and both look at it. What they disagree on must be a line of
differences.md with its reason; a line that holds no more must go. A difference is one of
    peer      the peer reports by a code that the rule lists, and neither the rule nor one that it yields to does
    we        the rule reports an example of what is bad, and the peer does so by none of the codes
    nobody    the rule misses a variation of a bad example that should not matter to it
    we, too   the rule reports a variation of a good example that should not matter to it
--write brings the table up to date: new lines have an empty reason, which is to be filled in."""
import argparse
import collections
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import catalogue
from variations import PLAIN, SAME, variations

HERE = Path(__file__).parent
TABLE = HERE / "differences.md"
ROW = re.compile(r"\| (py-\S+) \| (\S+) \| ((?:bad|good) \d+) \(([^)]*)\) \| (peer|we|nobody|we, too) \|(.*)\|$")
HEAD = """# Where we and the peer differ

Each line is a difference between a rule and the peer that `peers.py` finds on the rule's examples and their variations,
and why it stands. Written by `peers.py --write` but for the reasons; kept sorted. Who reports: `peer`, only the peer; `we`,
only we; `nobody`, both miss a variation; `we, too`, a variation of a good example is reported.

| rule | peer code | case | who reports | reason |
|---|---|---|---|---|
"""


def peer_codes(rule):
    return [name.split(":", 1)[1] for name in rule["peers"] if name.startswith("ruff:")]


def ask_peer(codes, texts):
    """For each text [[code, first line, last line], ...]."""
    done = subprocess.run(["node", HERE / "peers" / "peer.mjs"], input=json.dumps({"codes": codes, "texts": texts}),
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the peer: {done.stderr}")
    return json.loads(done.stdout)


class Trial:
    """One example in one variation, and who reports it."""

    def __init__(self, case, variation, path, text):
        self.case, self.variation, self.path, self.text = case, variation, path, text
        self.rules, self.codes = set(), set()


def carry_out(rules, folder):
    """All trials, judged by both."""
    trials = []
    for rule, cases in rules:
        for case in cases:
            for at, (name, text) in enumerate(variations(case.text).items()):
                trials.append(Trial(case, name, catalogue.write_file(folder, case, at, text), text))
    ours = catalogue.check(Path(folder))
    codes = sorted({code for rule, _ in rules for code in peer_codes(rule)})
    theirs = ask_peer(codes, [trial.text for trial in trials])
    for trial, found in zip(trials, theirs):
        trial.rules = {finding["rule"] for finding in ours.get(trial.path, [])}
        trial.codes = {code for code, _, _ in found}
        if "" in trial.codes:
            sys.exit(f"{trial.case.place}: no Python any more as \"{trial.variation}\":\n{trial.text}")
    return trials


def disagreements(trial, rule, listing):
    """[(code, who)] of one trial. @p listing: {code: rules that list it}."""
    codes = set(peer_codes(rule))
    reported = rule["id"] in trial.rules
    covered = reported or bool(trial.rules & set(rule["yields_to"]))
    out = [(f"ruff:{code}", "peer") for code in sorted(codes & trial.codes) if not covered and not trial.rules & listing[code]]
    if trial.case.bad:
        if reported and codes and not codes & trial.codes:
            out.append(("-", "we"))
        akin = set().union(*(listing[code] for code in codes))
        if not covered and not trial.rules & akin and not out and trial.variation in SAME:
            out.append(("-", "nobody"))
    elif reported and trial.variation in SAME:
        out.append(("-", "we, too"))
    return out


def some(names, every):
    """Names of variations in few words."""
    rest = [name for name in every if name not in names]
    if not rest:
        return "all"
    return f"all but {', '.join(rest)}" if len(rest) <= 3 and len(rest) < len(names) else ", ".join(name for name in every if name in names)


def differences(rules, trials):
    """{(rule, code, case, variations, who): why the example says that it is as it is}"""
    listing = collections.defaultdict(set)
    for rule, _ in rules:
        for code in peer_codes(rule):
            listing[code].add(rule["id"])
    by_id = {rule["id"]: rule for rule, _ in rules}
    every, found, why = collections.defaultdict(list), collections.defaultdict(list), {}
    for trial in trials:
        key = (trial.case.rule, trial.case.name)
        every[key].append(trial.variation)
        why[key] = trial.case.why
        for code, who in disagreements(trial, by_id[trial.case.rule], listing):
            found[trial.case.rule, code, trial.case.name, who].append(trial.variation)
    return {(rule, code, case, some(names, every[rule, case]), who): why[rule, case] if who == "peer" else ""
            for (rule, code, case, who), names in found.items()}


def order(key):
    rule, code, case, names, who = key
    kind, number = case.split()
    return rule, kind, int(number), code, who, names


def line(key, reason):
    rule, code, case, names, who = key
    return f"| {rule} | {code} | {case} ({names}) | {who} | {reason} |"


def read_table():
    listed = {}
    for text in TABLE.read_text().splitlines() if TABLE.exists() else []:
        found = ROW.match(text)
        if found:
            rule, code, case, names, who, reason = found.groups()
            listed[rule, code, case, names, who] = reason.strip()
        elif text.startswith("| py-"):
            sys.exit(f"{TABLE.name}: cannot be read: {text}")
    return listed


def write_table(found, listed):
    loose = {(rule, code, case, who): reason for (rule, code, case, _, who), reason in listed.items()}
    rows = []
    for key in sorted(found, key=order):
        rule, code, case, names, who = key
        rows.append(line(key, listed.get(key) or loose.get((rule, code, case, who)) or found[key].replace("|", "\\|")))
    TABLE.write_text(HEAD + "\n".join(rows) + "\n")
    empty = sum(row.endswith("|  |") for row in rows)
    print(f"{len(rows)} differences written, {empty} without a reason")


def judge(found, listed):
    """How many things are wrong with the table."""
    wrong = 0
    for key in sorted(found.keys() - listed.keys(), key=order):
        print(f"not listed in {TABLE.name}:\n{line(key, found[key] or '(the reason)')}")
        wrong += 1
    for key in sorted(listed.keys() - found.keys(), key=order):
        print(f"listed in {TABLE.name}, but there is no such difference:\n{line(key, listed[key])}")
        wrong += 1
    for key, reason in listed.items():
        if not reason:
            print(f"has no reason in {TABLE.name}:\n{line(key, '')}")
            wrong += 1
    if list(listed) != sorted(listed, key=order):
        print(f"{TABLE.name} is not sorted: run peers.py --write")
        wrong += 1
    return wrong


def examples(write, names):
    rules = [(rule, cases) for rule, cases in catalogue.rules_of("python") if not names or rule["id"] in names]
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        trials = carry_out(rules, folder)
    found = differences(rules, trials)
    listed = {key: reason for key, reason in read_table().items() if not names or key[0] in names}
    both = sum(bool(trial.codes) and bool(trial.rules) for trial in trials)
    print(f"{len(rules)} rules, {len(trials)} variations of examples; {both} reported by both; {len(found)} differences")
    if write:
        write_table(found, listed)
        return 0
    return 1 if judge(found, listed) else 0


def real_code(folder, show, names):
    """By code: what both find, what the peer alone finds."""
    rules = [rule for rule, _ in catalogue.rules_of("python") if not names or rule["id"] in names]
    listing = collections.defaultdict(set)
    for rule in rules:
        for code in peer_codes(rule):
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
