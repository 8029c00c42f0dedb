#!/bin/bash
# What the scripts share. Each is called with the program and the root of the source.
set -euo pipefail
PROGRAM=$1
SOURCE=$2
WORK=$(mktemp -d "${TMPDIR:-/tmp}/perf-review-it-XXXXXX")
trap 'rm -rf "$WORK"' EXIT
export HOME=$WORK XDG_CACHE_HOME=$WORK/cache GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
unset GITHUB_TOKEN || true
FAILED=0
CHECKED=0

# check STATUS PATTERN ARGUMENTS...: runs the program; its status must be STATUS and PATTERN must stand in its output.
check() {
    local want=$1 pattern=$2 status=0
    shift 2
    "$PROGRAM" "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
    CHECKED=$((CHECKED + 1))
    if [ "$status" != "$want" ] || ! cat "$WORK/out" "$WORK/err" | grep -Eq -- "$pattern"; then
        FAILED=$((FAILED + 1))
        echo "FAIL: perf-review $*"
        echo "  status $status, wanted $want; wanted to see: $pattern"
        sed 's/^/  out: /' "$WORK/out" | head -20
        sed 's/^/  err: /' "$WORK/err" | head -20
    fi
}

# holds NAME COMMAND...: the command must succeed.
holds() {
    local name=$1
    shift
    CHECKED=$((CHECKED + 1))
    if ! "$@"; then
        FAILED=$((FAILED + 1))
        echo "FAIL: $name"
    fi
}

finish() {
    echo "$CHECKED checked, $FAILED failed"
    [ "$FAILED" = 0 ] || exit 1
}

slow() {
    printf 'def %s(items):\n    seen = []\n    for item in items:\n        if item in seen:\n' "$1"
    printf '            continue\n        seen.append(item)\n    return seen\n'
}
