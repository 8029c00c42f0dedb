#!/usr/bin/env bash
# clang-tidy over our C files with the checks of .clang-tidy:
#   deploy/tidy.sh [BUILD] [FILE...]      BUILD: a folder configured with clang; default build/tidy, made here
# Without files all of analysis/ and service/. Ends with 1 when there is a finding. Its versions find different
# things: .clang-tidy is for 14, Debian 12's.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v clang-tidy >/dev/null || { echo "tidy: clang-tidy is not installed: apt-get install clang-tidy" >&2; exit 2; }
build=build/tidy
if [ $# -gt 0 ] && [ "${1%.c}" = "$1" ]; then
    build=$1
    shift
fi
if [ ! -f "$build/compile_commands.json" ]; then
    cmake -S . -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug >/dev/null
fi
[ $# -gt 0 ] || mapfile -t files < <(git ls-files 'analysis/*.c' 'service/*.c')
[ $# -eq 0 ] || files=("$@")

said=$(mktemp)
trap 'rm -f "$said"' EXIT
# A build by gcc knows warnings that clang does not. xargs ends with 123 where one of the runs found something.
status=0
printf '%s\0' "${files[@]}" |
    xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option \
        >"$said" 2>/dev/null || status=$?
# One header is read by many files: say each finding once.
findings=$(grep -E '(warning|error): ' "$said" | sed "s|^$PWD/||" | sort -u || true)
found=$(printf '%s' "$findings" | grep -c '' || true)
[ "$found" -eq 0 ] || printf '%s\n' "$findings"
echo "tidy: ${#files[@]} files, $found findings"
[ "$found" -gt 0 ] || [ "$status" -eq 0 ] || { echo "tidy: clang-tidy itself failed ($status)" >&2; exit 2; }
[ "$found" -eq 0 ]
