#!/usr/bin/env bash
# Measures what the project promises of its speed and memory, and says where it keeps the promise.
#   tests/bench/run.sh [analysis|peer|ingest|review|calls|memory|all]      default: all
# Installs what it needs, builds the release preset, then runs; everything stays on the loopback and under
# build/release/bench. Ratios come from one run in which the two sides take turns; absolute figures hold for
# the machine alone. Exit status: 0 every promise kept, 1 one missed, 2 usage or set-up. Not part of ctest.
# analysis: all rules against the bare parse of the same files, one thread, facts included; what each rule costs, matched
#   alone on facts that nobody asked before (so that the sum is more than all cost together), less the walk without
#   rules; and shapes of one, 4 and 16 times the length, where the cost against the bare parse may not grow by a third.
# peer: ten equal rules a language beside ast-grep, one thread each, processor time of whole processes; findings must agree.
#   PERF_REVIEW_BENCH_ROUNDS=5   turns of each measurement    PERF_REVIEW_BENCH_SECONDS=4   load of one turn
#   PERF_REVIEW_BENCH_BUILD=DIR  a build folder of your own in place of the release preset's
#   PERF_REVIEW_BENCH_RUST=DIR   Rust sources to analyse; default: those of the librust-*-dev packages, where installed
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/install.sh
. deploy/install.sh

what=${1:-all}
case $what in
analysis | peer | ingest | review | calls | memory | all) ;;
*)
    echo "usage: tests/bench/run.sh [analysis|peer|ingest|review|calls|memory|all]" >&2
    exit 2
    ;;
esac

install_for_build
need_packages libcmocka-dev
need_commands wrk:wrk python3:python3 taskset:util-linux
need_npm tests/e2e
need_npm tests/bench

if [ -n "${PERF_REVIEW_BENCH_BUILD:-}" ]; then
    build=$PERF_REVIEW_BENCH_BUILD
else
    build=build/release
    cmake --preset release >/dev/null
fi
cmake --build "$build" --parallel "$(nproc)" --target perf-review bench_analysis bench_equal -- --quiet

PERF_REVIEW_BIN=$(find "$build" -type f -name perf-review -perm -u+x | head -n 1)
PERF_REVIEW_BIN=$(realpath "$PERF_REVIEW_BIN")
PERF_REVIEW_BENCH_ANALYSIS=$(realpath "$build/tests/bench/bench_analysis")
PERF_REVIEW_BENCH_EQUAL=$(realpath "$build/tests/bench/bench_equal")
PERF_REVIEW_BENCH_FOLDER=$(realpath "$build")/bench
export PERF_REVIEW_BIN PERF_REVIEW_BENCH_ANALYSIS PERF_REVIEW_BENCH_EQUAL PERF_REVIEW_BENCH_FOLDER
rm -rf "$PERF_REVIEW_BENCH_FOLDER"
mkdir -p "$PERF_REVIEW_BENCH_FOLDER"
exec node tests/bench/bench.mjs "$what"
