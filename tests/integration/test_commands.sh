#!/bin/bash
# The other commands: help, mistakes on the command line, rules, configuration, deliveries, a daemon without work.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$WORK" || exit 1

check 0 '^perf-review [0-9]+\.[0-9]+' --version
check 0 'Commands:' --help
check 2 'Commands:'
for command in serve worker check review rules 'rules test' explain 'config check' 'deliveries list' \
    'deliveries show' 'deliveries replay'; do
    # shellcheck disable=SC2086 # two words are two arguments
    check 0 'Usage: perf-review' $command --help
    holds "$command --help has examples and exit statuses" grep -q 'Exit status' "$WORK/out"
    # shellcheck disable=SC2086
    check 2 'has no option --nonsense' $command --nonsense
done
check 2 'did you mean "check"' chek
check 2 'did you mean "deliveries list"' deliveries lst
check 2 'did you mean --format' check --fromat json
check 2 'wants its FILE' check --config
check 2 'takes no value' check --all=yes
check 2 'there is no option' --nonsense

check 0 'py-membership-in-list' rules
check 0 '"id":"rs-clone-in-loop"' rules --format json
holds 'json is json' python3 -c "import json;d=json.load(open('$WORK/out'));assert len(d['rules'])>=20"
holds 'json has the examples' python3 -c "
import json
rule = next(r for r in json.load(open('$WORK/out'))['rules'] if r['id'] == 'py-readlines')
assert rule['patch_safe'] and len(rule['cases']) == rule['examples'], rule
assert any(case['bad'] and '# expect' in case['text'] and 'after' in case for case in rule['cases']), rule"
check 0 'What to agree to' explain py-membership-in-list
check 2 'did you mean py-membership-in-list' explain py-membership-in-lists
check 0 '^[0-9]+ rules, [0-9]+ examples: all pass$' rules test "$SOURCE/analysis/rules"
mkdir one && sed 's/@method readlines)/@method readlinez)/' "$SOURCE/analysis/rules/python/py-readlines.yaml" >one/py-readlines.yaml
check 1 '^1 rules, .*1 rule failed$' rules test one
printf 'id: x\n' >one/bad.yaml
check 2 'one/bad.yaml:[0-9]+:[0-9]+: ' rules test one
mkdir none && check 2 'holds no rule' rules test none
check 2 'missing' rules test missing

cat >perf-review.yml <<END
listen: 127.0.0.1:0
data: $WORK/data
forges:
  - {name: github, kind: github, secret: a-secret-of-a-test, token: a-token-of-a-test}
END
check 0 'ok$' config check perf-review.yml
sed 's/^listen:/lisen:/' perf-review.yml >bad.yml
check 2 '^bad.yml:1:1: .*listen' config check bad.yml
printf 'hot: [src/**]\n' >.perf-review.yml
check 0 'ok$' config check .perf-review.yml
printf 'hott: [src/**]\nmax_comments: 3\n' >repo.yml
check 2 '^repo.yml:1:1: .*hot' config check repo.yml
check 2 'missing.yml' config check missing.yml
check 0 'ok$' config check --repository "$SOURCE/config/dot-perf-review.yml"

check 0 'no deliveries' deliveries list
check 0 '"deliveries":\[\]' deliveries list --format json
check 3 '77' deliveries show 77
check 3 '77' deliveries replay 77
check 2 'there is no state' deliveries list --state asleep
check 2 'limit' deliveries list --limit 0
check 2 'expected e.g. https://github.com/' review https://example.org/a/b/pull/1
check 2 'expected e.g. https://github.com/' review https://github.com/a/b/issues/1
check 2 'there are: text, json, markdown, sarif' review --format xml https://github.com/a/b/pull/1

# A daemon: its pages, a clean stop, a port that is taken.
"$PROGRAM" serve >serve.out 2>serve.err &
DAEMON=$!
for _ in $(seq 200); do grep -q ' ready ' serve.err && break; sleep 0.05; done
PORT=$(sed -n 's/.* ready .*listen=127\.0\.0\.1:\([0-9]*\).*/\1/p' serve.err)
get() { curl -s -i --max-time 10 "http://127.0.0.1:$PORT$1" >page; grep -q "$2" page; }
holds '/healthz' get /healthz ' 200 '
holds '/readyz' get /readyz ' 200 '
holds '/metrics counts deliveries' get /metrics 'perf_review_deliveries{state="waiting"} 0'
holds '/metrics counts the intake' get /metrics 'perf_review_intake_denied_total 0'
holds '/ names the version' get / 'perf-review [0-9]'
holds 'pages run no script' get / "Content-Security-Policy: default-src 'none'"
holds '/rules/ lists' get /rules/ 'href="/rules/py-readlines"'
holds '/rules/ID explains' get /rules/py-membership-in-list 'Linear membership'
holds '/rules/none' get '/rules/%3Cb%3E' ' 404 '
holds '/reviews/1' get /reviews/1 ' 404 '
holds '/reviews/x' get /reviews/x ' 404 '
sed "s/127.0.0.1:0/127.0.0.1:$PORT/" perf-review.yml >taken.yml
check 3 'Stop the program that has the address' serve --config taken.yml
kill -TERM $DAEMON
ENDED=0
wait $DAEMON || ENDED=$?
holds 'SIGTERM ends the daemon with 0' [ $ENDED = 0 ]
holds 'no secret in the log' bash -c "! grep -q -e a-secret-of -e a-token-of serve.err"
printf 'workers: 0\ndata: %s/data\n' "$WORK" >alone.yml
check 2 'nothing to start' worker --config alone.yml
finish
