#!/usr/bin/env bash
# See perf-review at work on this machine; `deploy/quickstart.sh --help` says how.
set -euo pipefail
from=$PWD
cd "$(dirname "$0")/.."
root=$PWD
# shellcheck source=deploy/install.sh
. deploy/install.sh

usage() {
    cat <<'USAGE'
deploy/quickstart.sh [--once]
    Installs what is missing, builds, starts the daemon on a free port of 127.0.0.1, makes a small sample
    repository with a pull request, pushes it, waits for the review and prints it. The daemon then runs until
    Ctrl-C; --once ends it right away. Everything lies in a temporary folder that is removed at the end.
deploy/quickstart.sh --check PATH [OPTION...]
    Builds, and reviews the work tree of your own repository at PATH against its default branch; options are
    those of `perf-review check`, e.g. --base REV, --all or --format markdown.
deploy/quickstart.sh --build
    Installs what is missing, builds, and says where the program is.
USAGE
}

mode=sample
case ${1:-} in
'') ;;
--once) mode=once ;;
--build) mode=build ;;
--check)
    mode=check
    [ $# -ge 2 ] || { usage >&2; exit 2; }
    path=$(cd "$from" && cd "$2" 2>/dev/null && pwd) || { echo "perf-review: there is no folder $2" >&2; exit 2; }
    shift 2
    ;;
-h | --help)
    usage
    exit 0
    ;;
*)
    usage >&2
    exit 2
    ;;
esac

build_program() {
    local began=$SECONDS log
    log=$(mktemp)
    say "building (a minute or two the first time)"
    if ! { cmake --preset release -B build/quickstart -DPERF_REVIEW_TESTS=OFF &&
        cmake --build build/quickstart --target perf-review -- --quiet; } >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        fail "the build failed; the lines above say where."
    fi
    rm -f "$log"
    say "built in $((SECONDS - began)) s: $program"
}

# A program that is built already may be named, as the test of this script does.
program=${PERF_REVIEW_BIN:-$root/build/quickstart/service/cli/perf-review}
if [ -z "${PERF_REVIEW_BIN:-}" ]; then
    install_for_build
    build_program
fi

if [ "$mode" = build ]; then
    say "the program is $program"
    exit 0
fi

if [ "$mode" = check ]; then
    cd "$from" # options may name files from there
    exec "$program" check --repo "$path" "$@"
fi

# ---- the sample: a bare repository, as a git server holds them, and a clone of it, as a developer does

work=$(mktemp -d "${TMPDIR:-/tmp}/perf-review-quickstart-XXXXXX")
daemon=
finish() {
    local status=$?
    trap - EXIT INT TERM
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
        say "the daemon has ended"
    fi
    if [ $status -ne 0 ] && [ -s "$work/daemon.log" ]; then
        tail -n 20 "$work/daemon.log" >&2
    fi
    rm -rf "$work"
    exit $status
}
trap finish EXIT
trap 'exit 0' INT TERM

# Neither the hooks nor the signing keys of whoever runs this belong into the sample.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
# What listens here is asked directly.
export no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"

free_port() {
    local port
    for port in $(seq 8080 8179); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return 0
        fi
    done
    fail "no port from 8080 to 8179 is free on 127.0.0.1"
}

start_daemon() {
    local tries=0
    port=$(free_port)
    (umask 077 && openssl rand -hex 32 >"$work/secret")
    cat >"$work/perf-review.yml" <<YAML
listen: 127.0.0.1:$port
data: $work/data
forges:
  - name: git
    kind: git
    url: $work/git
    secret_file: $work/secret
YAML
    "$program" serve --config "$work/perf-review.yml" >"$work/daemon.log" 2>&1 </dev/null &
    daemon=$!
    until curl --silent --fail --output /dev/null --max-time 2 "http://127.0.0.1:$port/readyz"; do
        kill -0 "$daemon" 2>/dev/null || fail "the daemon did not start; its log:"
        tries=$((tries + 1))
        [ $tries -lt 100 ] || fail "the daemon is not ready after 20 s; its log:"
        sleep 0.2
    done
    say "the daemon listens on http://127.0.0.1:$port; its data: $work"
}

make_sample() {
    bare=$work/git/stockfeed.git
    clone=$work/stockfeed
    git init --quiet --bare --initial-branch=main "$bare"
    git init --quiet --initial-branch=main "$clone"
    cd "$clone"
    git config user.name 'A Developer'
    git config user.email developer@example.org
    git config push.default current
    git remote add origin "$bare"
    cp -R "$root/deploy/sample/base/." .
    git add --all
    git commit --quiet --message 'Import the price lists of all suppliers'
    git push --quiet origin main

    cp "$root/deploy/hooks/post-receive" "$bare/hooks/post-receive"
    chmod +x "$bare/hooks/post-receive"
    git -C "$bare" config perf-review.url "http://127.0.0.1:$port/webhooks/git"
    git -C "$bare" config perf-review.secretFile "$work/secret"

    git switch --quiet --create faster-import
    cp -R "$root/deploy/sample/change/." .
    git add --all
    git commit --quiet --message 'Import asynchronously, and each article once'
    say "pushing the branch faster-import of the sample: $(git diff --shortstat main faster-import | sed 's/^ *//')"
    git push --quiet origin faster-import
    cd "$root"
}

# The review is a note on the head of the branch.
review() { git -C "$bare" notes --ref=perf-review show faster-import 2>/dev/null; }

wait_for_review() {
    local began=$SECONDS shown=
    until review >"$work/review.md"; do
        kill -0 "$daemon" 2>/dev/null || fail "the daemon ended; its log:"
        [ $((SECONDS - began)) -lt 60 ] || fail "no review after 60 s; the daemon's log:"
        if [ -t 1 ]; then
            printf '\rperf-review: waiting for the review, %d s ' $((SECONDS - began))
        elif [ -z "$shown" ]; then
            say "waiting for the review"
        fi
        shown=1
        sleep 0.2
    done
    [ -t 1 ] && [ -n "$shown" ] && printf '\r\033[K'
    return 0
}

start_daemon
make_sample
wait_for_review

echo
# Without what is for programs. The first expression takes what begins and ends on one line.
sed -e '/^<!--.*-->$/d' -e '/^<!--/,/-->$/d' -e '/^<details>/,/^<\/details>/d' "$work/review.md" | cat -s
say "this review as a page: http://127.0.0.1:$port/reviews/1"
[ "$mode" = once ] && exit 0
say "try it: change $clone, commit and push; the hook tells the daemon, and the review is a note:"
say "    git -C $bare notes --ref=perf-review show faster-import"
say "Ctrl-C ends the daemon and removes the folder."
wait "$daemon"
