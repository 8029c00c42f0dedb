#!/bin/sh
# The sample of deploy/quickstart.sh gets the review that the README shows: each planted problem is found and
# its comment printed, and nothing else. PERF_REVIEW_BIN names the program.
cd "$(dirname "$0")/../.." || exit 1
said=$(deploy/quickstart.sh --once </dev/null 2>&1) || { printf '%s\nquickstart.sh failed\n' "$said"; exit 1; }

failed=0
# expect TEXT: a line begins with it
expect() {
    printf '%s\n' "$said" | grep -q "^$1" && return
    echo "no line begins with: $1"
    failed=1
}
expect '## perf-review: 7 findings'
expect 'Read .* Found 7 = 7 inline'
for comment in 'stockfeed/importer.py:[0-9]*: \*\*Linear membership test' \
    'stockfeed/importer.py:[0-9]*: \*\*Awaits that wait for each other' \
    'stockfeed/importer.py:[0-9]*: \*\*A blocking network call' \
    'stockfeed/importer.py:[0-9]*: \*\*time.sleep blocks' \
    'stockfeed/importer.py:[0-9]*: \*\*A log message is formatted' \
    'related/src/lib.rs:[0-9]*: \*\*Linear search' \
    'related/src/lib.rs:[0-9]*: \*\*Front of a Vec'; do
    expect "$comment"
done
expect '        await asyncio.sleep(pause)'
expect 'perf-review: this review as a page: http://127.0.0.1:[0-9]*/reviews/1'
expect 'perf-review: the daemon has ended'
if printf '%s\n' "$said" | grep '^<'; then
    echo 'lines for programs are shown'
    failed=1
fi
[ $failed -eq 0 ] || printf '%s\n' "$said"
exit $failed
