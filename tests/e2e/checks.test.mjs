// The check run of a head: begun, ended with what the review came to, run again when somebody asks, and never left
// open; a commit status where the token may not write checks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEAN_BASE, SLOW_NEEDLE, slowFunction } from './lib/code.mjs';
import { SECRET } from './lib/daemon.mjs';
import { Ground, MUTATION, PARTS, marker } from './lib/ground.mjs';
import { deliver, eventPayload } from './lib/payloads.mjs';
import { lineOf } from './lib/repos.mjs';
import { until } from './lib/until.mjs';

const APP = 'ghs_123_e2eInstallationTokenThatMustNeverBeSeen.in-any_log';
const SLOW = `${CLEAN_BASE}\n\n${slowFunction()}`;
const NAME = 'acme/checked';
const MAKE = /^POST .*\/check-runs$/;
const END = /^PATCH .*\/check-runs\/\d+$/;

/** The daemon with an App's token. */
async function world(t, { text = SLOW, settings = null, viewer = {}, ...options } = {}) {
  const ground = await Ground.make(t, { ...options, daemon: { ...options.daemon, env: { FORGE_TOKEN: APP } }, start: false });
  ground.github.tokens.set(APP, { login: 'perf-review[bot]', app: true, ...viewer });
  ground.github.git.tokens = ground.github.tokens;
  await ground.daemon.start();
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE, ...(settings ? { '.perf-review.yml': settings } : {}) });
  await repo.pull(1, { 'a.py': text });
  return { ground, repo };
}

const checks = (ground, repo) => ground.github.checks(NAME, repo.pulls.get(1).head);

async function reviewed(ground, repo, action = 'opened') {
  const { id } = await ground.accepted(repo, 1, action);
  await ground.settled(id, 'done');
  return id;
}

/** One run of the head, ended so, with each annotation once. */
function assertCheck(ground, repo, conclusion, annotations) {
  const [check, ...more] = checks(ground, repo);
  assert.deepEqual(more, []);
  assert.deepEqual([check.status, check.conclusion], ['completed', conclusion]);
  assert.equal(check.annotations.length, annotations);
  return check;
}

test('a check run is begun and ends green with the five parts and an annotation a finding', async (t) => {
  const { ground, repo } = await world(t);
  const begun = [];
  ground.github.fault({ match: /^POST .*git-upload-pack/, kind: 'slow', ms: 0 });
  ground.github.git.fault({ match: /info\/refs/, kind: 'call', run: () => begun.push(...checks(ground, repo).map((one) => one.status)) });
  await reviewed(ground, repo);
  assert.deepEqual(begun, ['in_progress'], 'in progress while the change is fetched');
  const check = assertCheck(ground, repo, 'success', 1);
  for (const part of PARTS) assert.match(check.output.summary, part);
  assert.match(check.output.summary, /Found 1 = 1 inline/);
  assert.match(check.output.title, /^1 finding/);
  const [{ path, start_line: line }] = check.annotations;
  assert.deepEqual([path, line], ['a.py', lineOf(SLOW, SLOW_NEEDLE)]);
  assert.deepEqual(check.actions.map((one) => one.identifier), ['run']);
});

test('a clean change: green with its receipt, and no comment', async (t) => {
  const { ground, repo } = await world(t, { text: `${CLEAN_BASE}\nLIMIT = 3\n` });
  await reviewed(ground, repo);
  assert.match(assertCheck(ground, repo, 'success', 0).output.summary, /Read 1 file/);
  assert.deepEqual(ground.github.reviews(NAME, 1), []);
});

test('red only where the base says fail_on', async (t) => {
  const { ground, repo } = await world(t, { settings: 'fail_on: low\n' });
  await reviewed(ground, repo);
  assertCheck(ground, repo, 'failure', 1);
});

test('60 findings: annotations go in batches of 50', async (t) => {
  const text = [CLEAN_BASE, ...Array.from({ length: 60 }, (_, i) => slowFunction(`slow_${i}`))].join('\n\n');
  const { ground, repo } = await world(t, { text });
  await reviewed(ground, repo);
  assertCheck(ground, repo, 'success', 60);
  assert.deepEqual(ground.github.requests(END).map((one) => JSON.parse(one.body).output.annotations.length), [50, 10]);
});

/** The forge fails around a write of the check: one run in the end, ended, nothing said twice. */
const UNCLEAR = {
  'done, then 502': { kind: 'after', status: 502 },
  'done, then no answer': { kind: 'timeout-after' },
  'not done, 502': { kind: 'status', status: 502 },
  'not done, the connection breaks': { kind: 'reset' },
};
for (const [what, match] of Object.entries({ beginning: MAKE, end: END })) {
  for (const [how, fault] of Object.entries(UNCLEAR)) {
    test(`the ${what} of a run: ${how}`, async (t) => {
      const { ground, repo } = await world(t, { daemon: { limits: { api_seconds: 2 } } });
      const scripted = ground.github.fault({ match, ...fault });
      await reviewed(ground, repo);
      assert.equal(scripted.taken, 1);
      assertCheck(ground, repo, 'success', 1);
      assert.equal(ground.github.reviews(NAME, 1).length, 1);
    });
  }
}

for (const [when, match, kind] of [['as it is begun', MAKE, 'timeout-after'], ['while the review is posted', /^POST .*\/reviews$/, 'call'], ['as it ends', END, 'timeout-after'], ['before it ends', END, 'call']]) {
  test(`kill -9 ${when}: the run is taken up again and ended`, async (t) => {
    const { ground, repo } = await world(t);
    let killed = null;
    const fault = ground.github.fault({ match, kind, run: () => (killed = ground.daemon.kill9()) });
    const { id } = await ground.accepted(repo, 1, 'opened');
    await until(() => (kind === 'call' ? killed !== null : fault.taken === 1), 30000, 'the moment came');
    if (kind !== 'call') await until(() => checks(ground, repo).some((one) => match === MAKE || one.status === 'completed'), 10000, 'it is done');
    await (killed ?? ground.daemon.kill9());
    await ground.daemon.start();
    await ground.settled(id, 'done');
    assertCheck(ground, repo, 'success', 1);
    assert.equal(ground.github.reviews(NAME, 1).length, 1);
  });
}

test('a job that can never succeed: its run ends neutral, with the reason', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 2 } } });
  ground.github.git.fault({ match: /./, kind: 'status', status: 404, times: 1000 });
  const { id } = await ground.accepted(repo, 1, 'opened');
  await ground.settled(id, 'failed');
  assert.match(assertCheck(ground, repo, 'neutral', 0).output.summary, /not found|no repository|404|fetch/i);
});

test('a worker that dies at every attempt: its run is closed as neutral by another', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 1, job_seconds: 3, api_seconds: 2 } } });
  ground.github.git.fault({ match: /info\/refs/, kind: 'hang', times: 1000 }); // until the job's deadline ends the worker
  const { id } = await ground.accepted(repo, 1, 'opened');
  await ground.settled(id, 'failed');
  await until(() => checks(ground, repo)[0]?.status === 'completed', 20000, 'the run is closed');
  assertCheck(ground, repo, 'neutral', 0);
});

test('a newer push: the run of the older head is closed, the new head has its own', async (t) => {
  const { ground, repo } = await world(t);
  const old = repo.pulls.get(1).head;
  let moved = null;
  ground.github.git.fault({ match: /^POST .*git-upload-pack/, kind: 'call', run: async () => (moved = await repo.push(1, { 'a.py': `${SLOW}\n# more\n` })) });
  await ground.accepted(repo, 1, 'opened');
  await until(() => moved !== null, 30000, 'the head moved');
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before: moved.before });
  await ground.settled(id, 'done');
  assert.deepEqual(ground.github.checks(NAME, old).map((one) => one.conclusion), ['neutral']);
  assertCheck(ground, repo, 'success', 1);
});

/** An event about our own run, as GitHub sends it. */
function runEvent(ground, repo, action, { number = 1, name = 'perf-review', identifier = 'run', external = null } = {}) {
  const payload = Object.assign(eventPayload(ground.github, repo, 'check_run', 'created'), { action });
  const { head } = repo.pulls.get(1);
  const pull = { ...payload.check_run.pull_requests?.[0], number };
  Object.assign(payload.check_run, { name, head_sha: head, external_id: external ?? '', pull_requests: number ? [pull] : [] });
  if (action === 'requested_action') payload.requested_action = { identifier };
  return deliver(`${ground.daemon.url}/webhooks/github`, { event: 'check_run', payload, secret: SECRET });
}

test('"Re-run" and the button run it again: a new run, the same review', async (t) => {
  const { ground, repo } = await world(t);
  await reviewed(ground, repo);
  const again = await runEvent(ground, repo, 'rerequested');
  assert.equal(again.status, 202, again.body);
  await ground.settled(again.id, 'done');
  assert.deepEqual(checks(ground, repo).map((one) => one.conclusion), ['success', 'success']);
  // From a fork GitHub names no pull request: our own id of the run does.
  const button = await runEvent(ground, repo, 'requested_action', { number: 0, external: checks(ground, repo)[0].external_id });
  assert.equal(button.status, 202, button.body);
  await ground.settled(button.id, 'done');
  assert.equal(checks(ground, repo).length, 3);
  assert.equal(ground.github.reviews(NAME, 1).length, 1);
  assert.equal(ground.github.threads(NAME, 1).length, 1);
  for (const other of [{ name: 'lint' }, { number: 0 }]) assert.equal((await runEvent(ground, repo, 'rerequested', other)).status, 200);
  assert.equal((await runEvent(ground, repo, 'requested_action', { identifier: 'other' })).status, 200);
});

test('an App without checks: write tells a commit status', async (t) => {
  const { ground, repo } = await world(t, { viewer: { checks: 'read' } });
  await reviewed(ground, repo);
  const [status, ...more] = ground.github.statuses(NAME, repo.pulls.get(1).head);
  assert.deepEqual(more, []);
  assert.deepEqual([status.state, status.context], ['success', 'perf-review']);
  assert.match(status.description, /^1 finding/);
});

test('a person\'s token tells a commit status, red only where the base says fail_on', async (t) => {
  const ground = await Ground.make(t);
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE, '.perf-review.yml': 'fail_on: low\n' });
  await repo.pull(1, { 'a.py': SLOW });
  const [review] = await ground.reviewed(repo, 1);
  assert.match(review.body, marker(repo.pulls.get(1).head));
  assert.deepEqual(ground.github.statuses(NAME, repo.pulls.get(1).head).map((one) => one.state), ['failure']);
  assert.equal(ground.github.requests(MAKE).length, 0, 'it is not even tried');
});

/** On a push the run ends in the same mutation as the edits. */
for (const [how, fault] of Object.entries(UNCLEAR)) {
  test(`a push whose last mutation is ${how}: the run ends once`, async (t) => {
    const { ground, repo } = await world(t, { daemon: { limits: { api_seconds: 2 } } });
    await reviewed(ground, repo);
    const scripted = ground.github.fault({ match: MUTATION, ...fault });
    await repo.push(1, { 'a.py': `${SLOW}\n\n${slowFunction('another')}` });
    await reviewed(ground, repo, 'synchronize');
    assert.equal(scripted.taken, 1);
    assertCheck(ground, repo, 'success', 2);
    assert.equal(ground.github.threads(NAME, 1).length, 2);
  });
}

test('an App\'s review costs what it should', async (t) => {
  const { ground, repo } = await world(t);
  const cost = () => ground.github.log.filter((one) => one.status !== 304).length;
  await reviewed(ground, repo);
  const first = cost();
  await repo.push(1, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction('third')}` });
  await reviewed(ground, repo, 'synchronize');
  const push = cost() - first;
  t.diagnostic(`first ${first}, push ${push}: ${ground.github.log.slice(-8).map((one) => `${one.method} ${one.path} ${one.status}`).join(', ')}`);
  assert.ok(first <= 6, `${first} requests for the first review`);
  assert.ok(push <= 5, `${push} requests for a push`);
  const [check, ...more] = checks(ground, repo);
  assert.deepEqual([more, check.status, check.conclusion, check.annotations.length], [[], 'completed', 'success', 1]);
});
