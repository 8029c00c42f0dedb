// Every webhook is lost: every open head still gets exactly one review, whatever fails while the daemon looks for it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN_BASE, CLEAN_HEAD, slowFunction } from './lib/code.mjs';
import { App } from './lib/github_app.mjs';
import { Ground, marker } from './lib/ground.mjs';
import { pullPayload } from './lib/payloads.mjs';
import { until } from './lib/until.mjs';

const SLOW = `${CLEAN_BASE}\n\n${slowFunction()}`;
const LIST = /^GET .*\/repos\/[^/]+\/[^/]+\/pulls\?(?!.*\bpage=)/;

/** Repositories with @p pulls pull requests each, before the daemon starts. @p app: they are installed, two to an installation. */
async function world(t, { names = ['acme/one'], pulls = 1, app = false, limits = {}, apiBase = '', start = true } = {}) {
  const access = app ? 'app: {id: 4711, private_key_file: app.pem}' : `token: \${FORGE_TOKEN}\n    repositories: [${names.join(', ')}]`;
  const ground = await Ground.make(t, { apiBase, start: false, daemon: { access, limits: { sweep_seconds: 1, ...limits } } });
  const repos = [];
  for (const name of names) {
    const repo = await ground.repo(name, { 'a.py': CLEAN_BASE });
    for (let number = 1; number <= pulls; number++) await repo.pull(number, { 'a.py': `${SLOW}\n\nPULL = ${number}\n` });
    repos.push(repo);
  }
  if (app) {
    ground.github.app = new App();
    names.forEach((name, i) => ground.github.app.install(name, { id: 900 + Math.floor(i / 2) }));
    mkdirSync(ground.daemon.folder, { recursive: true });
    writeFileSync(join(ground.daemon.folder, 'app.pem'), ground.github.app.pem, { mode: 0o600 });
  }
  if (start) await ground.daemon.start();
  return { ground, repos, app: ground.github.app };
}

const reviewsOf = (ground, repo, number) => ground.github.reviews(repo.fullName, number);
const lists = (ground) => ground.github.log.filter((one) => LIST.test(`${one.method} ${one.path}?${one.query}`));
const seen = (ground, what) => until(() => lists(ground).length >= what, 60000, () => `list request ${what}\n${ground.daemon.output}`);
/** Lists are read so often again after this moment: what would be doubled is doubled by then. */
const looked = (ground, times = 2) => seen(ground, lists(ground).length + times);

/** Each open head has its one review, and a further look changes nothing. */
async function converged(ground, repos) {
  const open = repos.flatMap((repo) => [...repo.pulls.values()].filter((one) => !one.draft && one.state !== 'closed').map((one) => [repo, one]));
  const has = ([repo, { number, head }]) => reviewsOf(ground, repo, number).some((one) => marker(head).test(one.body));
  await until(() => open.every(has), 90000, () => `every open head has its review, still ${open.filter((one) => !has(one)).map(([repo, { number }]) => `${repo.fullName}#${number}`)}\n${ground.daemon.output.slice(-4000)}`);
  await looked(ground, 2 * repos.length);
  for (const [repo, { number }] of open) assert.equal(reviewsOf(ground, repo, number).length, 1, `${repo.fullName}#${number}`);
  const states = (await ground.daemon.run('deliveries', 'list')).stdout;
  assert.doesNotMatch(states, /failed/);
}

test('with a token: each listed repository is looked through, drafts and closed ones get nothing', async (t) => {
  const { ground, repos } = await world(t, { names: ['acme/one', 'acme/two'], start: false });
  const [one] = repos;
  await one.pull(2, { 'a.py': SLOW }, { draft: true });
  Object.assign(await one.pull(3, { 'a.py': SLOW }), { state: 'closed' });
  const other = await ground.repo('acme/unlisted', { 'a.py': CLEAN_BASE });
  await other.pull(1, { 'a.py': SLOW });
  await ground.daemon.start();
  await converged(ground, repos);
  assert.deepEqual([...reviewsOf(ground, one, 2), ...reviewsOf(ground, one, 3), ...reviewsOf(ground, other, 1)], []);
  // A push, a draft that is finished, a pull request that is opened again: nobody tells of them either.
  await one.push(1, { 'a.py': `${SLOW}\n\nLIMIT = 3\n` });
  one.touch(2, { draft: false });
  one.touch(3, { state: 'open' });
  await converged(ground, repos);
});

test('what is settled costs nothing: unchanged lists are not read again', async (t) => {
  const { ground, repos } = await world(t);
  const clean = await repos[0].pull(2, { 'a.py': CLEAN_HEAD });
  await until(async () => (await ground.daemon.run('deliveries', 'list')).stdout.match(/\bdone\b/g)?.length === 2, 60000, () => `both are done\n${ground.daemon.output}`);
  assert.deepEqual(reviewsOf(ground, repos[0], clean.number), []);
  await until(() => lists(ground).at(-1).status === 304, 30000, 'the list is known');
  const before = ground.github.log.length;
  await looked(ground, 3);
  assert.deepEqual(new Set(ground.github.log.slice(before).map((one) => `${one.method} ${one.path} ${one.status || 304}`)), new Set([`GET /repos/acme/one/pulls 304`]));
});

for (const apiBase of ['', '/api/v3']) {
  test(`an App: all repositories of its installations${apiBase && ', on GitHub Enterprise Server'}`, async (t) => {
    const { ground, repos, app } = await world(t, { names: ['acme/one', 'acme/two', 'other/three'], app: true, apiBase });
    await converged(ground, repos);
    const added = await ground.repo('other/four', { 'a.py': CLEAN_BASE });
    await added.pull(1, { 'a.py': SLOW });
    app.install('other/four', { id: 901 });
    // The repository belongs to the installation now, and so do the tokens that are minted for all of it.
    for (const [token, one] of ground.github.tokens) if (one.only?.includes('other/three') && app.minted.some((each) => each.token === token)) one.only = ['other/three', 'other/four'];
    await converged(ground, [...repos, added]);
  });
}

test('a repository that the App may not see any more is forgotten', async (t) => {
  const { ground, repos, app } = await world(t, { names: ['acme/one', 'other/two', 'other/three'], app: true });
  await converged(ground, repos);
  app.installations.delete('other/three');
  const asked = () => lists(ground).filter((one) => one.path.includes('other/three')).length;
  let before;
  await until(async () => {
    before = asked();
    await looked(ground, 4);
    return asked() === before;
  }, 60000, 'it is not asked for any more');
  await repos[0].push(1, { 'a.py': `${SLOW}\n\nLIMIT = 3\n` });
  await converged(ground, repos.slice(0, 2));
});

/** Five pull requests on three pages, and a fault as the second is read. */
const PAGES = {
  'three pages': null,
  'a 502 in the middle of a list': { kind: 'status', status: 502 },
  'no answer in the middle of a list': { kind: 'hang' },
  'a connection that is lost in the middle of a list': { kind: 'reset' },
  'a sign-in page in the middle of a list': { kind: 'garbage' },
};
for (const [name, fault] of Object.entries(PAGES)) {
  test(`${name}: every head has exactly one review`, async (t) => {
    const { ground, repos } = await world(t, { pulls: 5, start: false, limits: { api_seconds: 2 } });
    ground.github.pageMax = 2;
    const scripted = fault && ground.github.fault({ match: /\/pulls\?.*\bpage=2/, ...fault });
    await ground.daemon.start();
    await converged(ground, repos);
    if (scripted) assert.equal(scripted.taken, 1, 'the fault struck');
    assert.ok(ground.github.log.some((one) => /\bpage=3\b/.test(one.query)));
  });
}

test('kill -9 in the middle of a list: every head has exactly one review', async (t) => {
  const { ground, repos } = await world(t, { pulls: 5, start: false });
  ground.github.pageMax = 2;
  const kill = ground.github.fault({ match: /\/pulls\?.*\bpage=2/, kind: 'call', run: () => ground.daemon.kill9() });
  await ground.daemon.start();
  await until(() => kill.taken === 1 && ground.daemon.child === null, 30000, 'the moment came');
  await ground.daemon.start();
  await converged(ground, repos);
});

test('kill -9 of a worker\'s daemon while its job was found by a sweep: exactly one review', async (t) => {
  const { ground, repos } = await world(t, { start: false });
  const kill = ground.github.fault({ match: /^POST .*\/reviews$/, kind: 'timeout-after' });
  await ground.daemon.start();
  await until(() => kill.taken === 1 && reviewsOf(ground, repos[0], 1).length === 1, 30000, 'the review stands');
  await ground.daemon.kill9();
  await ground.daemon.start();
  await converged(ground, repos);
});

for (const moment of ['as the list is read', 'as the job looks']) {
  test(`a webhook for the same head ${moment}: exactly one review`, async (t) => {
    const { ground, repos } = await world(t, { pulls: 2, start: false });
    const [repo] = repos;
    const webhooks = [];
    const run = async () => {
      for (const number of [1, 2]) webhooks.push(await ground.accepted(repo, number, 'opened'));
    };
    ground.github.fault({ match: moment === 'as the list is read' ? LIST : /^GET .*\/pulls\/1$/, kind: 'call', run });
    await ground.daemon.start();
    await until(() => webhooks.length === 2, 30000, 'the webhooks came');
    for (const { id } of webhooks) await ground.settled(id, 'done');
    await converged(ground, repos);
  });
}

test('a head that moves while the list is read, its webhook in time: the old head gets nothing', async (t) => {
  const { ground, repos } = await world(t, { start: false });
  const [repo] = repos;
  let moved = null;
  // The list that the stand-in gives was made before: the daemon hears of the newer head first.
  ground.github.fault({ match: /^GET .*\/pulls\/1$/, kind: 'call', run: async () => {
    moved = await repo.push(1, { 'a.py': `${SLOW}\n\nLIMIT = 3\n` });
    await ground.accepted(repo, 1, 'synchronize', { before: moved.before });
  } });
  await ground.daemon.start();
  await until(() => moved, 30000, 'the head moved');
  await converged(ground, repos);
});

test('a limit of calls: what one round leaves out comes first in the next', async (t) => {
  const names = ['acme/a', 'acme/b', 'acme/c', 'acme/d'];
  const { ground, repos } = await world(t, { names, limits: { sweep_calls: 1 } });
  await converged(ground, repos);
  const asked = names.map((name) => lists(ground).filter((one) => one.path.includes(`${name}/`)).length);
  assert.ok(Math.max(...asked) - Math.min(...asked) <= 1, `each has its turn: ${asked}`);
});

test('two processes on one database: one of them looks', async (t) => {
  const { ground, repos } = await world(t);
  const second = await ground.daemon.moreWorkers();
  await converged(ground, repos);
  await looked(ground, 10);
  assert.equal(await second.stop(), 0);
  // A round begins a second after the last one ended at the earliest; only a process that starts begins at once.
  const times = lists(ground).map((one) => one.at - lists(ground)[0].at);
  assert.ok(times.length <= times.at(-1) / 1000 + 3, `one round at a time: ${times}`);
});

test('a limit that is met in a list is honoured, and the list read after it', async (t) => {
  const { ground, repos } = await world(t, { start: false });
  const scripted = ground.github.fault({ match: LIST, kind: 'retry-after', seconds: 4 });
  await ground.daemon.start();
  await converged(ground, repos);
  assert.equal(scripted.taken, 1);
  const [first, second] = lists(ground);
  assert.ok(second.at - first.at >= 3900, `asked again after ${second.at - first.at} ms of 4000`);
});

test('a repository that is not there holds up no other', async (t) => {
  const { ground, repos } = await world(t, { names: ['acme/a', 'acme/b'], start: false });
  ground.github.repos.delete('acme/a');
  await ground.daemon.start();
  await converged(ground, [repos[1]]);
  assert.match(ground.daemon.output, /list not read.*acme\/a/);
});

test('deliveries that did not reach us are asked for again, up to three attempts', async (t) => {
  const { ground, repos, app } = await world(t, { app: true, start: false });
  const [repo] = repos;
  const payload = await pullPayload(ground.github, repo, 1, 'opened');
  const guid = randomUUID();
  const posted = [];
  const log = (name, event, action, status, post) => app.logDelivery({ guid: name, event, action, status, post: post ?? (async () => {
    posted.push(name);
    return 503;
  }) });
  log('never-again', 'push', null, 503);
  log('keeps-failing', 'issue_comment', 'created', 503);
  log('arrived-later', 'pull_request', 'opened', 502);
  log('arrived-later', 'pull_request', 'opened', 202);
  log(guid, 'pull_request', 'opened', 503, async () => (await ground.deliver('pull_request', payload, { id: guid })).status);
  ground.github.pageMax = 2;
  await ground.daemon.start();
  await ground.settled(guid, 'done');
  await converged(ground, repos);
  await until(() => posted.length === 2, 30000, 'the attempts are used up');
  await looked(ground, 3);
  assert.deepEqual(posted, ['keeps-failing', 'keeps-failing']);
  assert.equal(app.deliveries.filter((one) => one.guid === guid).length, 2);
});

test('sweep_seconds: 0 turns it off', async (t) => {
  const { ground, repos } = await world(t, { limits: { sweep_seconds: 0 } });
  const { id } = await ground.accepted(repos[0], 1, 'opened');
  await ground.settled(id, 'done');
  assert.deepEqual(lists(ground), []);
});
