#!/usr/bin/env python3
"""How loud the rules are on real code: findings for each 1,000 added lines, and by rule.

    PERF_REVIEW_BIN=... python3 tests/rules/noise.py BASE HEAD    two releases of one package, unpacked: what
                                                                   a pull request from one to the other would show
    PERF_REVIEW_BIN=... python3 tests/rules/noise.py FOLDER       every line of a folder taken as added

    --pedantic        also what is held back by default
    --rule RULE       this rule alone
    --severity LEVEL  this severity alone: high, medium, low
    --show N          N findings drawn at random, with their lines, to be judged one by one
    --seed N          another draw

Of two releases only Python and Rust files are compared. Over 5 findings for 1,000 added lines by default is too loud."""
import argparse
import collections
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import catalogue

ENDINGS = {".py", ".rs"}
DECLARATIONS = {"Cargo.toml", "pyproject.toml", "setup.cfg"}
AROUND = 4  # lines shown above and below a finding
BATCH_LINES, BATCH_FILES = 8000, 100  # of a change that is reviewed in one go


def git(folder, *words):
    settings = ["-c", "user.name=noise", "-c", "user.email=noise@example.org", "-c", "core.autocrlf=false", "-c", "gc.auto=0"]
    return subprocess.run(["git", *settings, "-C", folder, *words], check=True, capture_output=True, text=True).stdout


def commit(folder, source, message):
    """The files of @p source that are analysed, and those that declare its versions, as the next revision."""
    for entry in Path(folder).iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for path in Path(source).rglob("*"):
        target = Path(folder, path.relative_to(source))
        if path.is_file() and (path.suffix in ENDINGS or path.name in DECLARATIONS):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()


def check(*words):
    done = subprocess.run([catalogue.program(), "check", "--format", "json", *words], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"perf-review check: {done.stderr}")
    return json.loads(done.stdout)


def changes(folder, base, head):
    """[(lines changed, lines added, [paths])] of the files that differ; a renamed one has two paths."""
    words = iter(git(folder, "diff", "--numstat", "-M", "-z", base, head).split("\0"))
    out = []
    for word in words:
        if word == "":
            break
        added, removed, path = word.split("\t")
        paths = [path] if path else [next(words), next(words)]
        if added.isdigit() and Path(paths[-1]).suffix in ENDINGS:
            out.append((int(added) + int(removed), int(added), paths))
    return out


def batches(changed):
    """What a review takes in one go is limited: lists of changes that are small enough."""
    batch, lines = [], 0
    for change in changed:
        if batch and (lines + change[0] > BATCH_LINES or len(batch) == BATCH_FILES):
            yield batch
            batch, lines = [], 0
        batch.append(change)
        lines += change[0]
    if batch:
        yield batch


def between(base, head, folder, extra):
    """(findings, added lines, files left out) of a change from one release to the other."""
    git(folder, "init", "--quiet")
    old, new = commit(folder, base, "base"), commit(folder, head, "head")
    findings, added, left_out = [], 0, 0
    at = old
    git(folder, "checkout", "--quiet", "--detach", old)
    for batch in batches(changes(folder, old, new)):
        for change in batch:
            git(folder, "rm", "--quiet", "--force", "--ignore-unmatch", "--", *change[2])
            if git(folder, "ls-tree", "--name-only", new, "--", change[2][-1]):
                git(folder, "checkout", "--quiet", new, "--", change[2][-1])
        git(folder, "commit", "--quiet", "--message", "a part of it")
        part = git(folder, "rev-parse", "HEAD").strip()
        report = check("--repo", folder, "--base", at, "--head", part, *extra)
        findings += report["findings"]
        added += sum(change[1] for change in batch)
        left_out += len(report["skipped"])
        at = part
    return findings, added, left_out


def whole(folder, extra):
    report = check("--all", *extra, folder)
    return report["findings"], report["totals"]["touched_lines"], len(report["skipped"])


def show(finding, folder):
    path = Path(finding["path"])
    lines = (path if path.exists() else Path(folder, path)).read_text(errors="replace").split("\n")
    first = max(1, finding["line"] - AROUND)
    print(f"\n{finding['path']}:{finding['line']} {finding['rule']} {finding['severity']}\n  {finding['evidence']}")
    for number in range(first, min(len(lines), max(finding["end_line"], finding["line"]) + AROUND) + 1):
        print(f"  {number:6}{'>' if number == finding['line'] else ' '} {lines[number - 1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--pedantic", action="store_true")
    parser.add_argument("--rule")
    parser.add_argument("--severity")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    extra = ["--pedantic"] if wanted.pedantic else []
    if len(wanted.folders) > 2:
        parser.error("one folder or two")
    with tempfile.TemporaryDirectory(prefix="noise-") as folder:
        if len(wanted.folders) == 2:
            findings, added, left_out = between(*wanted.folders, folder, extra)
        else:
            findings, added, left_out = whole(wanted.folders[0], extra)
        findings = [finding for finding in findings
                    if wanted.rule in (None, finding["rule"]) and wanted.severity in (None, finding["severity"])]
        counts = collections.Counter((finding["rule"], finding["severity"]) for finding in findings)
        for (rule, severity), number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            print(f"{number:6}  {severity:6}  {rule}")
        rate = 1000 * len(findings) / max(added, 1)
        print(f"{len(findings)} findings in {added} added lines: {rate:.2f} for 1,000 lines, "
              f"{sum(finding['severity'] == 'high' for finding in findings)} of them high; {left_out} files left out")
        for finding in random.Random(wanted.seed).sample(findings, min(wanted.show, len(findings))):
            show(finding, wanted.folders[-1])


if __name__ == "__main__":
    main()
