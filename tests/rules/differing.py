"""Where the rules and a peer disagree on the rules' examples and their variations, and the table that says why:
what peers.py (Python, ruff) and peers_rust.py (Rust, Clippy) share.

What they disagree on must be a line of differences.md with its reason; a line that holds no more must go.
A difference is one of
    peer      the peer reports by a code that the rule lists, and neither the rule nor one that it yields to does
    we        the rule reports an example of what is bad, and the peer does so by none of the codes
    nobody    the rule misses a variation of a bad example that should not matter to it
    we, too   the rule reports a variation of a good example that should not matter to it"""
import collections
import re
from pathlib import Path

TABLE = Path(__file__).parent / "differences.md"
ROW = re.compile(r"\| ((?:py|rs|pyo3)-\S+) \| (\S+) \| ((?:bad|good) \d+) \(([^)]*)\) \| (peer|we|nobody|we, too) \|(.*)\|$")
HEAD = """# Where we and the peers differ

Each line is a difference between a rule and the peer that `peers.py` (ruff) or `peers_rust.py` (Clippy) finds on the
rule's examples and their variations, and why it stands. Written by their `--write` but for the reasons; kept sorted. Who
reports: `peer`, only the peer; `we`, only we; `nobody`, both miss a variation; `we, too`, a variation of a good example is
reported. A code that ends in `@1.63` or the like: so with that version of the peer, and not with the others.

| rule | peer code | case | who reports | reason |
|---|---|---|---|---|
"""


class Trial:
    """One example in one variation, and who reports it."""

    def __init__(self, case, variation, path, text):
        self.case, self.variation, self.path, self.text = case, variation, path, text
        self.rules, self.codes = set(), set()


class Peer:
    """@p tool: how rules name it; @p same: the variations that should not matter; @p codes: those that it has, all where None;
    @p we: the variations in which what we report must be reported by the peer, too, all where None."""

    def __init__(self, tool, same, codes=None, we=None):
        self.tool, self.same, self.known, self.we = tool, same, codes, we

    def codes(self, rule):
        every = [name.split(":", 1)[1] for name in rule["peers"] if name.startswith(f"{self.tool}:")]
        return [code for code in every if self.known is None or code in self.known]

    def listing(self, rules):
        """{code: the rules that list it}"""
        out = collections.defaultdict(set)
        for rule in rules:
            for code in self.codes(rule):
                out[code].add(rule["id"])
        return out

    def disagreements(self, trial, rule, listing):
        """[(code, who)] of one trial."""
        codes = set(self.codes(rule))
        reported = rule["id"] in trial.rules
        covered = reported or bool(trial.rules & set(rule["yields_to"]))
        out = [(f"{self.tool}:{code}", "peer") for code in sorted(codes & trial.codes)
               if not covered and not trial.rules & listing[code]]
        if trial.case.bad:
            if reported and codes and not codes & trial.codes and (self.we is None or trial.variation in self.we):
                out.append(("-", "we"))
            akin = set().union(*(listing[code] for code in codes))
            if not covered and not trial.rules & akin and not out and trial.variation in self.same:
                out.append(("-", "nobody"))
        elif reported and trial.variation in self.same:
            out.append(("-", "we, too"))
        return out

    def differences(self, rules, trials):
        """{(rule, code, case, variations, who): why the example says that it is as it is}"""
        by_id = {rule["id"]: rule for rule in rules}
        listing = self.listing(rules)
        every, found, why = collections.defaultdict(list), collections.defaultdict(list), {}
        for trial in trials:
            key = (trial.case.rule, trial.case.name)
            every[key].append(trial.variation)
            why[key] = trial.case.why
            for code, who in self.disagreements(trial, by_id[trial.case.rule], listing):
                found[trial.case.rule, code, trial.case.name, who].append(trial.variation)
        return {(rule, code, case, some(names, every[rule, case]), who): why[rule, case] if who == "peer" else ""
                for (rule, code, case, who), names in found.items()}


def some(names, every):
    """Names of variations in few words."""
    rest = [name for name in every if name not in names]
    if not rest:
        return "all"
    return f"all but {', '.join(rest)}" if len(rest) <= 3 and len(rest) < len(names) else ", ".join(name for name in every if name in names)


def order(key):
    rule, code, case, names, who = key
    kind, number = case.split()
    return rule, kind, int(number), code, who, names


def line(key, reason):
    rule, code, case, names, who = key
    return f"| {rule} | {code} | {case} ({names}) | {who} | {reason} |"


def read_table():
    """{key: reason}, of all rules."""
    listed = {}
    for text in TABLE.read_text().splitlines() if TABLE.exists() else []:
        found = ROW.match(text)
        if found:
            rule, code, case, names, who, reason = found.groups()
            listed[rule, code, case, names, who] = reason.strip()
        elif re.match(r"\| (py|rs|pyo3)-", text):
            raise SystemExit(f"{TABLE.name}: cannot be read: {text}")
    return listed


def write_table(found, listed, others):
    """@p found: {key: a reason for new ones}; @p listed: the reasons so far; @p others: lines of another peer that stay."""
    loose = {(rule, code.split("@")[0], case, who): reason for (rule, code, case, _, who), reason in listed.items()}
    rows = dict(others)
    for key in found:
        rule, code, case, _, who = key
        rows[key] = listed.get(key) or loose.get((rule, code.split("@")[0], case, who)) or found[key].replace("|", "\\|")
    TABLE.write_text(HEAD + "".join(line(key, rows[key]) + "\n" for key in sorted(rows, key=order)))
    print(f"{len(found)} differences written, {sum(not rows[key] for key in found)} without a reason")


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
        print(f"{TABLE.name} is not sorted: write it anew with --write")
        wrong += 1
    return wrong
