#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all of them; ends with ctest's closing lines.
#   deploy/test.sh [CTEST ARGUMENT...]     e.g. deploy/test.sh -R unit; default: everything
# Address and undefined-behaviour sanitizers for all, the thread sanitizer for what runs threads.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/install.sh
. deploy/install.sh

threaded='http|store|intake' # modules with threads of their own

step() { say "$* (at ${SECONDS} s)"; }

# build PRESET TARGET...: quiet unless it fails
build() {
    local preset=$1 log
    shift
    log=$(mktemp)
    if ! { cmake --preset "$preset" -DCMAKE_COMPILE_WARNING_AS_ERROR=ON &&
        cmake --build --preset "$preset" --parallel "$(nproc)" --target "$@" -- --quiet; } >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        rm -f "$log"
        fail "the $preset build failed; the lines above say where."
    fi
    rm -f "$log"
}

# The thread sanitizer of older compilers cannot start where the kernel spreads addresses widely.
plain_addresses() {
    if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}

step "installing what is missing"
install_for_tests

step "building with the address and undefined behaviour sanitizers"
build asan all
step "building the tests of $threaded with the thread sanitizer"
mapfile -t targets < <(cd tests/unit && printf '%s\n' {http,store,intake}/test_*.c | sed 's|/|_|; s|\.c$||')
build tsan "${targets[@]}"

if [ $# -eq 0 ]; then
    step "running the tests of $threaded with the thread sanitizer"
    plain_addresses ctest --preset tsan --no-tests=error -R "^unit\.($threaded)\." </dev/null
    if clang-tidy --version | grep -q 'version 14\.'; then
        step "looking with clang-tidy"
        deploy/tidy.sh build/asan </dev/null
    else
        step "clang-tidy here is not 14, for which .clang-tidy is written: left out"
    fi
    step "running the examples of the rules by the program itself"
    for folder in analysis/rules/*/; do
        build/asan/service/cli/perf-review rules test "$folder" </dev/null
    done
fi

step "running the tests"
ctest --preset asan --no-tests=error -j2 --no-label-summary "$@" </dev/null
