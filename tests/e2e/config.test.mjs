// The repository's configuration: from the base revision, over what the owner says for all repositories, over the
// service's; a change of it is tried out and changes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEAN_BASE, slowFunction } from './lib/code.mjs';
import { Ground } from './lib/ground.mjs';
import { until } from './lib/until.mjs';

const NAME = 'acme/set';
const FILE = '.perf-review.yml';
const SLOW = `${CLEAN_BASE}\n\n${slowFunction('first')}`;

/** A pull request over a base with @p own as its file, below an owner with @p shared; null: there is none. */
async function set(t, { own = null, shared = null, change = { 'a.py': SLOW }, state = 'done' }) {
  const ground = await Ground.make(t);
  if (shared !== null) await ground.repo('acme/.github', { [FILE]: shared, 'README.md': 'hello\n' });
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE, ...(own === null ? {} : { [FILE]: own }) });
  await repo.pull(1, change);
  ground.github.collaborators.set(`${NAME} ann`, 'write');
  const { id } = await ground.accepted(repo, 1, 'opened');
  await ground.settled(id, state);
  return { ground, repo };
}

const reviews = (ground) => ground.github.reviews(NAME, 1);

async function ask(ground, repo, text) {
  const { id, status } = await ground.say(repo, 1, 'ann', text);
  assert.equal(status, 202);
  await ground.settled(id, 'done');
  return ground.github.pullState(NAME, 1).issueComments.at(-1).body;
}

test('ignored files are named as skipped', async (t) => {
  const { ground } = await set(t, { own: 'ignore: [b.py]', change: { 'b.py': SLOW, 'a.py': `${SLOW}\n` } });
  const [review] = reviews(ground);
  assert.deepEqual(review.comments.map((one) => one.path), ['a.py']);
  assert.match(review.body, /`b\.py`: ignored by the configuration/);
});

test('a rule that is off, or weighs less, by the file', async (t) => {
  const { ground } = await set(t, { own: 'rules: {py-membership-in-list: low}\nmin_severity: medium' });
  assert.equal(reviews(ground).length, 0);
});

test('what the owner says for all repositories holds, but for what the repository says itself', async (t) => {
  const { ground, repo } = await set(t, { shared: 'rules: {py-membership-in-list: off}\nmax_comments: 3\ncold: [x.py]\n' });
  assert.equal(reviews(ground).length, 0, 'the rule is off');
  const answer = await ask(ground, repo, '/perf-review config');
  assert.match(answer, /\| `max_comments` \| `3` \| `acme\/\.github\/\.perf-review\.yml` \|/);
  assert.match(answer, /\| `rules` \| `py-membership-in-list: off` \| `acme\/\.github\/\.perf-review\.yml` \|/);
  assert.match(answer, /\| `fail_on` \| `none` \| `the service` \|/);
});

test('config: each value with where it came from, commands too', async (t) => {
  const { ground, repo } = await set(t, {
    own: 'rules: {py-membership-in-list: on}\nmax_comments: 5\nhot: ["{a,b}.py:first"]\n', shared: 'rules: {py-membership-in-list: off}\nmax_comments: 3\nfail_on: high\n' });
  assert.equal(reviews(ground).length, 1, 'the repository switched the rule on again');
  const answer = await ask(ground, repo, '/perf-review cold tools/**\n/perf-review config');
  for (const row of ['`max_comments` | `5` | `.perf-review.yml`', '`fail_on` | `high` | `acme/.github/.perf-review.yml`',
    '`min_severity` | `low` | `the service`', '`hot` | `{a,b}.py:first` | `.perf-review.yml`', '`cold` | `tools/**` | `a command of ann`']) {
    assert.ok(answer.includes(`| ${row} |`), `${row}\n${answer}`);
  }
});

test('a broken file: one clear line, and the review goes on', async (t) => {
  const { ground, repo } = await set(t, { own: 'max_comments: 5\nrulez: {}\n', shared: 'fail_on: sometimes\n' });
  const [review] = reviews(ground);
  assert.equal(review.comments.length, 1);
  assert.match(review.body, /`\.perf-review\.yml`: .*:2:1: .*rulez/);
  assert.match(review.body, /`acme\/\.github\/\.perf-review\.yml`: .*:1:10: /);
  const answer = await ask(ground, repo, '/perf-review config');
  assert.match(answer, /This file is broken[^\n]*\.perf-review\.yml:2:1: /);
  assert.match(answer, /\| `max_comments` \| `15` \| `the service` \|/);
});

test('a change of the file is told what it would do, and does nothing', async (t) => {
  const { ground } = await set(t, { change: { 'a.py': SLOW, [FILE]: 'rules: {py-membership-in-list: off}\n' } });
  const [review] = reviews(ground);
  assert.equal(review.comments.length, 1, 'the finding is told all the same');
  assert.match(review.body, /`\.perf-review\.yml`: changed here; it counts once it is merged, and would give 0 findings for this change in place of 1/);
});

test('a change of the file alone is told too; a broken one with its place; one that is deleted', async (t) => {
  for (const [own, text, says] of [[null, 'hot: [a.py]\n', /would give 0 findings/], ['hot: [a.py]\n', 'hott: []\n', /changed here, and broken: .*:1:1: /],
    ['hot: [a.py]\n', null, /would give 0 findings/]]) {
    await t.test(String(text), async (t) => {
      const { ground } = await set(t, { own, change: { [FILE]: text } });
      assert.match(reviews(ground)[0].body, says);
    });
  }
});

test('trigger: command: a push is not reviewed, a command is heard; the change cannot switch it', async (t) => {
  const { ground, repo } = await set(t, { own: 'trigger: command\n', change: { 'a.py': SLOW, [FILE]: 'trigger: push\n' }, state: 'skipped' });
  assert.equal(reviews(ground).length, 0);
  await ask(ground, repo, '/perf-review run');
  await until(() => reviews(ground).length === 1, 30000, 'the command is heard');
  assert.equal(reviews(ground)[0].comments.length, 1);
  const { before } = await repo.push(1, { 'a.py': `${SLOW}\n` });
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before });
  assert.match((await ground.settled(id, 'skipped')).text, /on command alone/);
  assert.equal(ground.github.threads(NAME, 1)[0].resolvedBy, undefined);
});

test('the owner\'s file is read without one more request', async (t) => {
  const { ground } = await set(t, { shared: 'max_comments: 3\n' });
  await until(() => reviews(ground).length === 1, 1000, 'one review');
  assert.equal(ground.github.requests(/acme\/\.github/).length, 0);
});
