// Whatever fails on the way, a review stands exactly once per head, and what cannot succeed ends with its reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEAN_BASE, SLOW_NEEDLE, slowFunction } from './lib/code.mjs';
import { BOT, Ground, QUERY, assertReview, marker } from './lib/ground.mjs';
import { TOKEN } from './lib/daemon.mjs';
import { git } from './lib/git.mjs';
import { lineOf } from './lib/repos.mjs';
import { never, until } from './lib/until.mjs';

const HEAD = `${CLEAN_BASE}\n\n${slowFunction()}`;
const EXPECT = [{ path: 'a.py', line: lineOf(HEAD, SLOW_NEEDLE) }];
const POST = /^POST .*\/pulls\/1\/reviews$/;

async function world(t, options = {}, name = 'acme/small') {
  const ground = await Ground.make(t, options);
  return { ground, repo: await pullIn(ground, name) };
}

async function pullIn(ground, name) {
  const repo = await ground.repo(name, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': HEAD });
  return repo;
}

function assertOnce(ground, repo) {
  const reviews = ground.github.reviews(repo.fullName, 1);
  assert.equal(reviews.length, 1, `exactly one review, there are ${reviews.length}`);
  assertReview(reviews[0], repo.pulls.get(1).head, EXPECT);
}

/** The second question about the pull request. */
function secondLook() {
  let seen = 0;
  return (request) => request.method === 'GET' && /\/pulls\/1$/.test(request.url) && ++seen === 2;
}

/** Moments of a job, as the forge sees them: the daemon is killed when such a request arrives. */
const MOMENTS = {
  'at the first request': [/^GET .*\/(pulls\/1|user)$/, 'api'],
  'while the refs are listed': [/info\/refs/, 'git'],
  'while the pack is sent': [/^POST .*git-upload-pack/, 'git'],
  'while it is asked what stands': [QUERY, 'api'],
  'as the head is read once more': [secondLook, 'api'],
  'as the status is told': [/^POST .*\/statuses\//, 'api'],
  'as the review is posted': [POST, 'api'],
  'after the review was posted, before the answer': [POST, 'after'],
};
for (const [name, [match, where]] of Object.entries(MOMENTS)) {
  for (const alone of [false, true]) {
    test(`kill -9 of ${alone ? 'the daemon alone' : 'daemon and workers'} ${name}: exactly one review`, async (t) => {
      const { ground, repo } = await world(t);
      const server = where === 'git' ? ground.github.git : ground.github;
      // A worker may ask before the acknowledgement is on its way: the kill waits for it, the request waits for the kill.
      let acknowledge;
      const acknowledged = new Promise((resolve) => (acknowledge = resolve));
      const run = () => acknowledged.then(() => ground.daemon.kill9({ alone }));
      const kill = server.fault({ match: match === secondLook ? secondLook() : match, kind: where === 'after' ? 'timeout-after' : 'call', run });
      const { id } = await ground.accepted(repo, 1, 'opened');
      acknowledge();
      await until(() => kill.taken === 1, 30000, () => `the moment came\n${ground.daemon.output}`);
      if (where === 'after') {
        await until(() => ground.github.reviews(repo.fullName, 1).length === 1, 5000, 'the review stands');
        await ground.daemon.kill9({ alone });
      }
      await until(() => ground.daemon.child === null, 5000, 'the daemon is dead');
      if (alone) await until(() => !ground.daemon.hasOrphans(), 20000, 'workers end when their daemon is gone');
      await ground.daemon.start();
      await ground.settled(id, 'done');
      assertOnce(ground, repo);
    });
  }
}

test('kill -9 right after the acknowledgement, ten times: nothing is lost, nothing is doubled', async (t) => {
  const { ground } = await world(t);
  const repos = [];
  for (let i = 0; i < 10; i++) repos.push(await pullIn(ground, `acme/kill-${i}`));
  const ids = [];
  for (const repo of repos) {
    ids.push((await ground.accepted(repo, 1, 'opened')).id);
    await ground.daemon.kill9();
    await ground.daemon.start();
  }
  for (const id of ids) await ground.settled(id, 'done', 90000);
  for (const repo of repos) assertOnce(ground, repo);
});

/** The forge fails around the post; whether it did the work or not must be found out before anything is posted again. */
const UNCLEAR = {
  '502 after the review was posted': { kind: 'after', status: 502 },
  '500 after the review was posted': { kind: 'after', status: 500 },
  'no answer after the review was posted': { kind: 'timeout-after' },
  'connection lost after the review was posted': { kind: 'reset', afterWork: true },
  '502 before anything was done': { kind: 'status', status: 502 },
  '503 before anything was done, twice': { kind: 'status', status: 503, times: 2 },
  'no answer, and nothing was done': { kind: 'hang' },
  'connection lost before anything was done': { kind: 'reset' },
};
for (const [name, fault] of Object.entries(UNCLEAR)) {
  test(`posting: ${name}: exactly one review`, async (t) => {
    const { ground, repo } = await world(t, { daemon: { limits: { api_seconds: 2 } } });
    const scripted = ground.github.fault({ match: POST, ...fault });
    const { id } = await ground.accepted(repo, 1, 'opened');
    await ground.settled(id, 'done');
    assert.ok(scripted.taken > 0, 'the fault struck');
    assertOnce(ground, repo);
    // Between two posts the reviews were listed.
    const lines = ground.github.log.map((one) => `${one.method} ${one.path}`);
    lines.forEach((line, i) => {
      const next = POST.test(line) ? lines.slice(i + 1).findIndex((later) => POST.test(later)) : -1;
      if (next >= 0) assert.ok(lines.slice(i + 1, i + 1 + next).some((later) => /^POST .*\/graphql$/.test(later)), 'looked before posting again');
    });
  });
}

/** The forge fails while it is read: nothing was done, so trying again is all there is to it. */
const READING = {
  'pull request: 500': ['api', { match: /^GET .*\/pulls\/1$/, kind: 'status', status: 500 }],
  'pull request: a page that is no JSON': ['api', { match: /^GET .*\/pulls\/1$/, kind: 'garbage' }],
  'pull request: no answer': ['api', { match: /^GET .*\/pulls\/1$/, kind: 'hang' }],
  'what stands: connection lost': ['api', { match: QUERY, kind: 'reset' }],
  'what stands: 502': ['api', { match: QUERY, kind: 'status', status: 502 }],
  'git: 503': ['git', { match: /info\/refs/, kind: 'status', status: 503 }],
  'git: connection lost in the middle of the pack': ['git', { match: /^POST .*upload-pack/, kind: 'reset', bytes: 40 }],
  'git: a sign-in page': ['git', { match: /info\/refs/, kind: 'garbage' }],
  'git: no answer until the job\'s deadline': ['git', { match: /info\/refs/, kind: 'hang' }],
};
for (const [name, [where, fault]] of Object.entries(READING)) {
  test(`reading: ${name}: tried again`, async (t) => {
    const { ground, repo } = await world(t, { daemon: { limits: { api_seconds: 2, job_seconds: 5 } } });
    const scripted = (where === 'git' ? ground.github.git : ground.github).fault(fault);
    const { id } = await ground.accepted(repo, 1, 'opened');
    await ground.settled(id, 'done');
    assert.equal(scripted.taken, 1, 'the fault struck');
    assertOnce(ground, repo);
  });
}

/** A forge that asks for patience gets it: nothing is asked of it before the time. */
const LIMITED = {
  '403 with Retry-After on the post': { match: POST, status: 403, seconds: 3 },
  '429 with Retry-After on the first read': { match: /^GET .*\/pulls\/1$/, status: 429, seconds: 3 },
  '403 with no requests left until a time': { match: /^GET .*\/pulls\/1$/, status: 403, seconds: 3, form: 'reset' },
};
for (const [name, fault] of Object.entries(LIMITED)) {
  test(`rate limit: ${name} is honoured`, async (t) => {
    const { ground, repo } = await world(t, { daemon: { limits: { attempts: 1 } } });
    const scripted = ground.github.fault({ kind: 'retry-after', ...fault });
    const { id } = await ground.accepted(repo, 1, 'opened');
    await until(() => scripted.taken === 1, 30000, 'the limit struck');
    const struck = ground.github.log.length;
    const at = ground.github.log[struck - 1].at;
    await until(() => ground.github.log.length > struck, 30000, 'it goes on');
    const waited = ground.github.log[struck].at - at;
    assert.ok(waited >= 2900 - (fault.form ? 1000 : 0), `waited ${waited} ms of 3000`);
    await ground.settled(id, 'done'); // with one attempt only: waiting costs none
    assertOnce(ground, repo);
  });
}

test('rate limit: the pause is kept across a restart', async (t) => {
  const { ground, repo } = await world(t);
  const scripted = ground.github.fault({ match: /^GET .*\/pulls\/1$/, kind: 'retry-after', seconds: 6 });
  const { id } = await ground.accepted(repo, 1, 'opened');
  await until(() => scripted.taken === 1, 30000, 'the limit struck');
  await until(async () => (await ground.delivery(id)).state === 'waiting', 30000, 'the pause is on disk, the job given back');
  const { at } = ground.github.requests(/pulls\/1$/)[0];
  await ground.daemon.kill9();
  await ground.daemon.start();
  await ground.settled(id, 'done');
  const [, second] = ground.github.requests(/pulls\/1$/);
  assert.ok(second.at - at >= 5900, `asked again after ${second.at - at} ms of 6000`);
  assertOnce(ground, repo);
});

/** What stays wrong: retried, then failed, with a reason that an operator can act on. */
async function fails(ground, repo, reason, seen) {
  const { id } = await ground.accepted(repo, 1, 'opened');
  const { text } = await ground.settled(id, 'failed');
  assert.match(text, reason);
  assert.ok(!text.includes(TOKEN), 'the reason holds the token');
  assert.deepEqual(ground.github.reviews(repo.fullName, 1), []);
  assert.ok(seen() >= 2, `tried ${seen()} times`);
  return id;
}

test('a revoked token: retried, then failed with its reason; replayed with a good one', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 2 } } });
  ground.github.tokens.delete(TOKEN);
  const refused = () => ground.github.log.filter((one) => one.status === 401).length;
  const id = await fails(ground, repo, /401|credential|token|denied/i, refused);
  ground.github.tokens.set(TOKEN, { login: BOT });
  assert.equal((await ground.daemon.run('deliveries', 'replay', id)).status, 0);
  await ground.settled(id, 'done');
  assertOnce(ground, repo);
});

test('a repository that git refuses: retried, then failed with its reason', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 2 } } });
  ground.github.git.tokens = new Set();
  await fails(ground, repo, /401|credential|auth|denied|fetch/i, () => ground.github.git.log.length);
});

test('a repository that is not there: retried, then failed with its reason', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 2 } } });
  ground.github.git.fault({ match: /./, kind: 'status', status: 404, times: 1000 });
  await fails(ground, repo, /404|not found|fetch/i, () => ground.github.git.log.length);
});

test('a pull request that the forge does not know: failed with its reason', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 2 } } });
  const { id } = await ground.accepted(repo, 1, 'opened', { patch: (p) => { p.number = 77; p.pull_request.number = 77; } });
  assert.match((await ground.settled(id, 'failed')).text, /404|not found|no pull/i);
});

test('a head that git does not have yet is waited for', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 8 } } });
  const pull = repo.pulls.get(1);
  const before = pull.head;
  // The API knows the new head; the git servers still show the old one and do not give out what they do not show.
  const text = `${HEAD}\n\n${slowFunction('late')}`;
  const late = await repo.commit('refs/lag/1', { 'a.py': text }, { parent: before });
  await git(repo.dir, ['config', 'uploadpack.hideRefs', 'refs/lag']);
  await git(repo.dir, ['config', 'uploadpack.allowReachableSHA1InWant', 'false']);
  pull.reportedHead = late;
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before, head: late });
  await until(() => ground.github.git.log.length >= 3, 30000, 'git was asked more than once');
  assert.deepEqual(ground.github.reviews(repo.fullName, 1), [], 'no verdict on the old head');
  await repo.setRef('refs/pull/1/head', late);
  await ground.settled(id, 'done');
  const reviews = ground.github.reviews(repo.fullName, 1);
  assert.deepEqual(reviews.map((one) => one.commit_id), [late]);
  assert.ok(reviews[0].comments.some((one) => one.line === lineOf(text, SLOW_NEEDLE, 2)));
});

test('a head that moves before the review is posted: superseded, only the new head is judged', async (t) => {
  const { ground, repo } = await world(t);
  const text = `${HEAD}\n\nLIMIT = 3\n`;
  let moved = null;
  const scripted = ground.github.git.fault({ match: /^POST .*git-upload-pack/, kind: 'slow', ms: 0 });
  scripted.kind = 'call';
  scripted.run = async () => (moved = await repo.push(1, { 'a.py': text }));
  const { id } = await ground.accepted(repo, 1, 'opened');
  await until(() => moved, 30000, 'the head moved');
  const next = await ground.accepted(repo, 1, 'synchronize', { before: moved.before });
  await ground.settled(id, 'superseded');
  await ground.settled(next.id, 'done');
  const reviews = ground.github.reviews(repo.fullName, 1);
  assert.deepEqual(reviews.map((one) => one.commit_id), [moved.after]);
  assert.match(reviews[0].body, marker(moved.after));
});

test('a head that moves while reviews are looked for, and nobody tells: no verdict on the old head', async (t) => {
  const { ground, repo } = await world(t);
  const before = repo.pulls.get(1).head;
  let moved = null;
  ground.github.fault({ match: QUERY, kind: 'call', run: async () => (moved = await repo.push(1, { 'a.py': `${HEAD}\n\nLIMIT = 3\n` })) });
  const { id } = await ground.accepted(repo, 1, 'opened');
  await ground.settled(id);
  assert.ok(moved);
  assert.ok(!ground.github.reviews(repo.fullName, 1).some((one) => one.commit_id === before));
});

test('deliveries in the wrong order: the present head has its review, the old one none', async (t) => {
  const { ground, repo } = await world(t);
  const old = repo.pulls.get(1).head;
  await repo.push(1, { 'a.py': `${HEAD}\n\nLIMIT = 3\n` });
  const newer = await ground.accepted(repo, 1, 'synchronize', { before: old });
  const older = await ground.accepted(repo, 1, 'opened', { head: old });
  await ground.settled(newer.id);
  await ground.settled(older.id);
  assert.deepEqual(ground.github.reviews(repo.fullName, 1).map((one) => one.commit_id), [repo.pulls.get(1).head]);
});

test('422 on a review although every line was proven: the findings are not lost', async (t) => {
  const { ground, repo } = await world(t);
  ground.github.fault({ match: POST, kind: 'status', status: 422, message: 'Unprocessable Entity' });
  const { id } = await ground.accepted(repo, 1, 'opened');
  const { state, text } = await ground.settled(id);
  const reviews = ground.github.reviews(repo.fullName, 1);
  if (state === 'done') assert.equal(reviews.length, 1, 'posted with the findings in the summary');
  else assert.match(text, /422/, 'failed with its reason');
});

test('one repository that hangs does not hold up another', async (t) => {
  const { ground, repo } = await world(t, { daemon: { workers: 2, limits: { job_seconds: 30 } } });
  ground.github.git.fault({ match: /acme\/small/, kind: 'hang', times: 1000 });
  await ground.accepted(repo, 1, 'opened');
  await until(() => ground.github.git.log.length > 0, 20000, 'the first job hangs');
  const other = await pullIn(ground, 'acme/other');
  const { id } = await ground.accepted(other, 1, 'opened');
  await ground.settled(id, 'done', 15000);
  assertOnce(ground, other);
});

test('SIGTERM in the middle of a job: a clean end in time, and the job goes on after the next start', async (t) => {
  const { ground, repo } = await world(t);
  const held = ground.github.fault({ match: /^GET .*\/pulls\/1$/, kind: 'hang' });
  const { id } = await ground.accepted(repo, 1, 'opened');
  await until(() => held.taken === 1, 20000, 'the job has begun');
  const how = await ground.daemon.stop();
  assert.deepEqual([how.status, how.late, how.orphans], [0, false, false]);
  await ground.daemon.start();
  await ground.settled(id, 'done');
  assertOnce(ground, repo);
});

test('the forge is away for a while: nothing is lost', async (t) => {
  const { ground, repo } = await world(t, { daemon: { limits: { attempts: 10 } } });
  const { port } = ground.github;
  await ground.github.close();
  const { id } = await ground.accepted(repo, 1, 'opened');
  await never(async () => /done|failed/.test((await ground.delivery(id)).state), 2500, 'the job ended without a forge');
  ground.github.wantedPort = port;
  await ground.github.start();
  await ground.settled(id, 'done');
  assertOnce(ground, repo);
});
