// The main job: a signed delivery in, one structured review out.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { listen } from './lib/faults.mjs';
import { CLEAN_BASE, SLOW_NEEDLE, slowFunction } from './lib/code.mjs';
import { SECRET } from './lib/daemon.mjs';
import { Ground, PARTS, assertReview, marker } from './lib/ground.mjs';
import { commentPayload, eventPayload, pullPayload, sign } from './lib/payloads.mjs';
import { lineOf } from './lib/repos.mjs';
import { CHANGES, SHAPES } from './lib/scenarios.mjs';
import { never, until } from './lib/until.mjs';

const slowHead = `${CLEAN_BASE}\n\n${slowFunction()}`;
const slowLine = (text = slowHead, nth = 1) => ({ path: 'a.py', line: lineOf(text, SLOW_NEEDLE, nth) });

/** A small pull request with one problem, for tests of what happens around the review. */
async function slowPull(ground, name = 'acme/small', options = {}) {
  const repo = await ground.repo(name, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': slowHead }, options);
  return repo;
}

for (const [name, options] of [['service'], ['rust'], ['pyo3'], ['service', { apiBase: '/api/v3' }]]) {
  test(`opened: one review of the ${name} change${options ? ' on GitHub Enterprise Server' : ''}`, async (t) => {
    const ground = await Ground.make(t, options);
    const { repo, expect } = await ground.scenario(CHANGES[name]);
    const began = Date.now();
    const { id } = await ground.accepted(repo, 1, 'opened', { post: { timeoutMs: 10000 } }); // GitHub waits no longer
    await ground.settled(id, 'done');
    const reviews = ground.github.reviews(repo.fullName, 1);
    assert.equal(reviews.length, 1);
    assertReview(reviews[0], repo.pulls.get(1).head, expect);
    let at = -1;
    for (const part of PARTS) {
      const found = reviews[0].body.slice(at + 1).search(part);
      assert.ok(found >= 0, `${part} follows in the summary:\n${reviews[0].body}`);
      at += 1 + found;
    }
    assert.equal(ground.github.requests(/^POST .*\/reviews$/).length, 1);
    t.diagnostic(`from delivery to the end: ${Date.now() - began} ms`);
  });
}

test('opened: a clean change gets no comment', async (t) => {
  const ground = await Ground.make(t);
  const { repo } = await ground.scenario(CHANGES.clean);
  assert.deepEqual(await ground.reviewed(repo, 1), []);
  assert.deepEqual(ground.writes().filter((one) => /reviews|comments/.test(one.path)), []);
});

test('opened: 40 findings give at most 15 comments, and the summary accounts for all', async (t) => {
  const ground = await Ground.make(t);
  const { repo } = await ground.scenario(CHANGES['many-findings']);
  const [review, ...more] = await ground.reviewed(repo, 1);
  assert.deepEqual(more, []);
  assert.equal(review.comments.length, 15);
  assert.match(review.body, /\b40\b/);
  assert.match(review.body, /\b25\b/);
});

test('synchronize: the new head gets its review, on its own lines', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  await ground.reviewed(repo, 1);
  const text = `${slowHead}\n\n${slowFunction('second')}`;
  const { before, after } = await repo.push(1, { 'a.py': text });
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before });
  await ground.settled(id, 'done');
  const reviews = ground.github.reviews(repo.fullName, 1);
  assert.equal(reviews.filter((one) => marker(after).test(one.body)).length, 1);
  const { line } = slowLine(text, 2);
  const added = reviews.filter((one) => one.commit_id === after).flatMap((one) => one.comments);
  assert.deepEqual(added.map((one) => one.line), [line], `the new finding at line ${line}, and no other`);
});

test('reopened: a head that nobody reviewed is reviewed', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  const [review] = await ground.reviewed(repo, 1, 'reopened');
  assertReview(review, repo.pulls.get(1).head, [slowLine()]);
});

test('a redelivery does nothing, and neither does another event for the same head', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  const first = await ground.accepted(repo, 1, 'opened');
  await ground.settled(first.id, 'done');
  const again = await ground.pullEvent(repo, 1, 'opened', { post: { id: first.id } });
  assert.ok(again.status >= 200 && again.status < 300, `${again.status} ${again.body}`);
  const other = await ground.accepted(repo, 1, 'reopened');
  await ground.settled(other.id);
  assert.equal(ground.github.reviews(repo.fullName, 1).length, 1);
  assert.equal(ground.github.requests(/^POST .*\/reviews$/).length, 1);
  assert.equal(await ground.storedCount(), 2);
});

test('twenty deliveries of one head at once give one review', async (t) => {
  const ground = await Ground.make(t, { daemon: { workers: 3 } });
  const repo = await slowPull(ground);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ground.accepted(repo, 1, 'opened')));
  for (const { id } of answers) await ground.settled(id);
  assert.equal(ground.github.reviews(repo.fullName, 1).length, 1);
});

test('pull requests of several repositories each get their own review', async (t) => {
  const ground = await Ground.make(t, { daemon: { workers: 3 } });
  const repos = [];
  for (let i = 0; i < 6; i++) repos.push(await slowPull(ground, `acme/many-${i}`));
  const answers = await Promise.all(repos.map((repo) => ground.accepted(repo, 1, 'opened')));
  for (const { id } of answers) await ground.settled(id, 'done');
  for (const repo of repos) {
    const reviews = ground.github.reviews(repo.fullName, 1);
    assert.equal(reviews.length, 1, repo.fullName);
    assertReview(reviews[0], repo.pulls.get(1).head, [slowLine()]);
  }
});

test('a draft is skipped with its reason; ready_for_review brings the review', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground, 'acme/small', { draft: true });
  const { id } = await ground.accepted(repo, 1, 'opened');
  assert.match((await ground.settled(id, 'skipped')).text, /draft/i);
  assert.deepEqual(ground.writes(), []);
  repo.pulls.get(1).draft = false;
  const [review] = await ground.reviewed(repo, 1, 'ready_for_review');
  assertReview(review, repo.pulls.get(1).head, [slowLine()]);
});

test('edited: a new base is a reason to review, a new title is none', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  const title = await ground.pullEvent(repo, 1, 'edited', { changes: { title: { from: 'Old' } } });
  assert.ok(title.status >= 200 && title.status < 300);
  await never(() => ground.github.log.length > 0, 700, 'the forge is asked because of a new title');
  const changes = { base: { ref: { from: 'old' }, sha: { from: '1'.repeat(40) } } };
  const [review] = await ground.reviewed(repo, 1, 'edited', { changes });
  assertReview(review, repo.pulls.get(1).head, [slowLine()]);
});

test('edited: after a change of base the diff against the new base counts', async (t) => {
  const ground = await Ground.make(t);
  const repo = await ground.repo('acme/rebased', { 'a.py': CLEAN_BASE });
  const first = `${CLEAN_BASE}\n\n${slowFunction('first')}`;
  await repo.commit('refs/heads/next', { 'a.py': first }, { onto: 'refs/heads/main' });
  const text = `${first}\n\n${slowFunction('second')}`;
  await repo.pull(1, { 'a.py': text }, { base: 'main', from: await repo.ref('refs/heads/next') });
  // Opened against main it would show both functions; the author corrects the base before anybody looked.
  repo.pulls.get(1).base = 'next';
  const changes = { base: { ref: { from: 'main' }, sha: { from: await repo.ref('refs/heads/main') } } };
  const [review] = await ground.reviewed(repo, 1, 'edited', { changes });
  assertReview(review, repo.pulls.get(1).head, [slowLine(text, 2)]);
});

test('events that ask for nothing are answered 2xx and the forge is left alone', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  const sent = [['ping', eventPayload(ground.github, repo, 'ping')], ['push', eventPayload(ground.github, repo, 'push')],
    ['star', eventPayload(ground.github, repo, 'star')], ['an_event_of_tomorrow', { action: 'dawned' }],
    ['issue_comment', commentPayload(ground.github, repo, 1, 'Nice work')]];
  for (const action of ['labeled', 'assigned', 'locked', 'closed', 'converted_to_draft', 'review_requested']) {
    sent.push(['pull_request', await pullPayload(ground.github, repo, 1, action)]);
  }
  sent.push(['pull_request', { ...(await pullPayload(ground.github, repo, 1, 'labeled')), action: 'an_action_of_tomorrow' }]);
  for (const [event, payload] of sent) {
    const { status, body } = await ground.deliver(event, payload);
    assert.ok(status >= 200 && status < 300, `${event}.${payload.action}: ${status} ${body}`);
  }
  await never(() => ground.github.log.length > 0, 1000, 'the forge is asked for an event that wants nothing');
});

test('closed: waiting work for the pull request is dropped', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  const held = ground.github.fault({ match: 'GET /repos/acme/small', kind: 'status', status: 503, times: 1 });
  const { id } = await ground.accepted(repo, 1, 'opened');
  await until(() => held.taken === 1, 20000, 'the job has begun');
  repo.pulls.get(1).state = 'closed';
  await ground.pullEvent(repo, 1, 'closed');
  await ground.settled(id);
  assert.deepEqual(ground.github.reviews(repo.fullName, 1), []);
});

test('a payload without body, without the fork, or with foreign addresses is reviewed from the configured forge', async (t) => {
  let asked = 0;
  const trap = createServer((request, response) => {
    asked += 1;
    response.writeHead(200).end('{}');
  });
  const port = await listen(trap);
  t.after(() => trap.close()); // before the ground's own: a hook that fails keeps later ones from running
  const ground = await Ground.make(t);
  const { repo } = await ground.scenario(SHAPES.fork, 'acme/forked');
  repo.pulls.get(1).headGone = true;
  const [review] = await ground.reviewed(repo, 1, 'opened', { body: null });
  assert.equal(review.comments.length, 1);
  const second = await slowPull(ground, 'acme/trap');
  const payload = await pullPayload(ground.github, second, 1, 'opened');
  const text = JSON.stringify(payload).replaceAll(ground.github.url, `http://127.0.0.1:${port}`);
  const { status, id } = await ground.deliver('pull_request', text);
  assert.equal(status, 202);
  await ground.settled(id, 'done');
  assert.equal(ground.github.reviews('acme/trap', 1).length, 1);
  assert.equal(asked, 0, 'an address from a payload was used');
});

test('two secrets are good while one is being rotated', async (t) => {
  const ground = await Ground.make(t, { daemon: { secret: '["${WEBHOOK_SECRET}", "${OLD_SECRET}"]', env: { OLD_SECRET: 'the-old-secret-of-last-month' } } });
  const repo = await slowPull(ground);
  const payload = JSON.stringify(await pullPayload(ground.github, repo, 1, 'opened'));
  for (const [secret, status] of [[SECRET, 202], ['the-old-secret-of-last-month', 202], ['a-third-secret-that-is-none', 401]]) {
    assert.equal((await ground.deliver('pull_request', payload, { signature: sign(secret, payload) })).status, status);
  }
});

test('review URL prints and posts nothing; --post posts once', async (t) => {
  const ground = await Ground.make(t, { start: false });
  await ground.daemon.configure();
  const repo = await slowPull(ground);
  const url = `${ground.github.url}/acme/small/pull/1`;
  const printed = await ground.daemon.run('review', url);
  assert.ok(printed.status === 0 || printed.status === 1, printed.stderr);
  for (const part of PARTS) assert.match(printed.stdout, part);
  const sarif = await ground.daemon.run('review', url, '--format', 'sarif');
  assert.deepEqual(JSON.parse(sarif.stdout).runs[0].results.map((result) => result.locations[0].physicalLocation.region.startLine), [slowLine().line], sarif.stderr);
  assert.equal((await ground.daemon.run('review', url, '--format', 'sarif', '--post')).status, 2);
  assert.deepEqual(ground.writes(), []);
  for (let i = 0; i < 2; i++) {
    const posted = await ground.daemon.run('review', url, '--post');
    assert.ok(posted.status === 0 || posted.status === 1, posted.stderr);
  }
  const reviews = ground.github.reviews('acme/small', 1);
  assert.equal(reviews.length, 1);
  assertReview(reviews[0], repo.pulls.get(1).head, [slowLine()]);
});

test('deliveries list names what arrived; replay does not post a second review', async (t) => {
  const ground = await Ground.make(t);
  const repo = await slowPull(ground);
  const { id } = await ground.accepted(repo, 1, 'opened');
  await ground.settled(id, 'done');
  const list = await ground.daemon.run('deliveries', 'list');
  assert.equal(list.status, 0, list.stderr);
  assert.ok(list.stdout.includes(id) && list.stdout.includes('acme/small'), list.stdout);
  const replay = await ground.daemon.run('deliveries', 'replay', id);
  assert.equal(replay.status, 0, replay.stderr);
  await ground.settled(id, 'done');
  assert.equal(ground.github.reviews('acme/small', 1).length, 1);
  const unknown = await ground.daemon.run('deliveries', 'show', 'no-such-delivery');
  assert.notEqual(unknown.status, 0);
});
