#!/bin/bash
# perf-review check: which lines count as changed, formats, exit status, configuration.
set -euo pipefail
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$WORK/repo" && cd "$WORK/repo" && git init -q -b main . || exit 1
check 3 'name it with --base' check
slow old >old.py
printf 'X = 1\n' >a.py
git add . && git commit -q -m base
check 0 'Found 0' check

# The work tree, with files that git does not know yet.
slow f >>a.py
slow g >new.py
check 0 'a\.py:5:.*py-membership-in-list' check
check 0 'new\.py:4:' check
holds 'what was there is not reported' bash -c "! grep -q old.py '$WORK/out'"
check 1 'a\.py:5' check --fail-on high
check 1 'a\.py:5' check --fail-on=low a.py
holds 'a path restricts' bash -c "! grep -q new.py '$WORK/out'"
check 0 'Found 0' check --fail-on low old.py
check 2 'outside of the repository' check /etc

# Revisions: three dots, so what the base gained meanwhile is not ours.
git checkout -q -b topic && git add . && git commit -q -m topic
git checkout -q main && slow theirs >theirs.py && git add . && git commit -q -m theirs && git checkout -q topic
check 1 'a\.py:5' check --base main --head topic --fail-on high
holds 'the base is left alone' bash -c "! grep -q theirs.py '$WORK/out'"
check 0 'Found 0' check --base topic --head topic --fail-on low
check 3 'nowhere' check --base nowhere
mkdir sub && cd sub && check 1 'a\.py:5' check --fail-on high && cd ..
check 1 'a\.py:5' check --repo "$WORK/repo" --fail-on high
check 2 'repo' check --repo "$WORK/none"

# Formats.
check 0 '^\{"version":1,.*"rule":"py-membership-in-list"' check --format json
holds 'json is json' python3 -c "import json,sys;d=json.load(open('$WORK/out'));assert d['totals']['found']==2,d['totals']"
check 0 '### Measurement plan' check --format markdown
check 1 '"\$schema":.*"version":"2.1.0".*"ruleId":"py-membership-in-list"' check --format sarif --fail-on high
check 0 '"helpUri":"https://example.org/bot/rules/py-membership-in-list"' check --format sarif --public-url https://example.org/bot/
check 2 'is no address' check --format sarif --public-url 'https://example.org/(bot'
check 1 '^::error file=a\.py,line=5,endLine=5,col=12,endColumn=24,title=Linear' check --format github --fail-on high
check 1 '^\[\{"type":"issue",.*"path":"a.py","lines":\{"begin":5' check --format gitlab --fail-on high
check 2 'there are: text, json, markdown, sarif, github, gitlab' check --format xml
holds 'no colour where there is no terminal' bash -c "! grep -q \$'\\033' '$WORK/out'"

# Configuration: of the base revision, or the file that is named.
printf 'rules: {py-membership-in-list: off}\n' >.perf-review.yml
check 1 'a\.py:5' check --fail-on high
check 0 'Found 0' check --fail-on low --config .perf-review.yml
git stash -q -u && git checkout -q main && git stash pop -q >/dev/null && git add . && git commit -q -m config && git checkout -q topic
git merge -q main -m merge
check 0 'Found 0' check --fail-on low
printf 'rulez: 1\n' >bad.yml
check 2 'bad.yml:1:1: .*rules' check --config bad.yml
check 2 'none.yml' check --config none.yml

# What surrounds the change: models in a file that did not change, in the work tree and in a commit.
mkdir "$WORK/shop" && cd "$WORK/shop" && git init -q -b main . || exit 1
mkdir shop
cat >shop/models.py <<'PY'
from django.db import models


class Order(models.Model):
    customer = models.ForeignKey("Customer", on_delete=models.CASCADE)
PY
printf 'from .models import Order\n' >shop/views.py
git add . && git commit -q -m base && git checkout -q -b topic
cat >>shop/views.py <<'PY'


def report():
    for order in Order.objects.all():
        print(order.customer.name)
PY
check 0 'shop/views\.py:6:.*py-orm-related-in-loop' check
git commit -q -a -m topic
check 0 'shop/views\.py:6:.*py-orm-related-in-loop' check --base main --head topic
check 0 'views\.py:6:.*py-orm-related-in-loop' check --all shop/views.py
cd "$WORK/repo" || exit 1

# --all: every line, without a repository.
mkdir -p "$WORK/plain/pkg/.hidden" "$WORK/plain/empty" && cd "$WORK/plain" || exit 1
slow a >pkg/a.py && slow b >pkg/.hidden/b.py && : >pkg/empty.py && printf 'int main;\n' >pkg/c.c
check 3 'no git repository; --all' check
check 1 'pkg/a\.py:4' check --all --fail-on high
holds 'hidden folders are left out' bash -c "! grep -q hidden '$WORK/out'"
check 1 'pkg/a\.py:4' check --all --fail-on high pkg/a.py
check 0 'Found 0' check --all --fail-on low empty
check 3 'nothing-here' check --all nothing-here
check 2 'leave out --base' check --all --base main
printf 'rules: {py-membership-in-list: off}\n' >.perf-review.yml
check 0 'Found 0' check --all --fail-on low
finish
