// A GitHub App in place of a token: it signs in with its key, mints a token where it is installed, keeps it while it
// lasts, and takes a fresh one once where the last was refused.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN_BASE, SLOW_NEEDLE, slowFunction } from './lib/code.mjs';
import { App } from './lib/github_app.mjs';
import { Ground, marker } from './lib/ground.mjs';
import { lineOf } from './lib/repos.mjs';

const SLOW = `${CLEAN_BASE}\n\n${slowFunction()}`;
const NAME = 'acme/hosted';

async function world(t, { installed = {}, ...options } = {}) {
  const ground = await Ground.make(t, { ...options, daemon: { workers: 1, access: 'app: {id: 4711, private_key_file: app.pem}', ...options.daemon }, start: false });
  const app = new App();
  ground.github.app = app;
  if (installed) app.install(NAME, installed);
  mkdirSync(ground.daemon.folder, { recursive: true });
  writeFileSync(join(ground.daemon.folder, 'app.pem'), app.pem, { mode: 0o600 });
  t.after(() => {
    const secrets = [...app.minted.map((one) => one.token), app.pem.split('\n')[1]];
    assert.ok(!secrets.some((secret) => ground.daemon.output.includes(secret)), 'a secret of the App stands in the log');
  });
  await ground.daemon.start();
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': SLOW });
  return { ground, repo, app };
}

const mints = (ground) => ground.github.requests(/^POST .*\/access_tokens$/).length;

for (const apiBase of ['', '/api/v3']) {
  test(`an App reviews as itself, with one token for several pushes${apiBase && ', on GitHub Enterprise Server'}`, async (t) => {
    const { ground, repo, app } = await world(t, { apiBase });
    const [review, ...more] = await ground.reviewed(repo, 1);
    assert.deepEqual(more, []);
    assert.equal(review.user.login, 'perf-review[bot]');
    assert.match(review.body, marker(repo.pulls.get(1).head));
    assert.deepEqual(review.comments.map((one) => one.line), [lineOf(SLOW, SLOW_NEEDLE)]);
    const { before } = await repo.push(1, { 'a.py': `${SLOW}\n\nLIMIT = 3\n` });
    await ground.reviewed(repo, 1, 'synchronize', { before });
    assert.equal(mints(ground), 1);
    assert.ok(app.minted[0].token.length > 500);
  });
}

test('a token that is taken back is replaced once, and nothing is done twice', async (t) => {
  const { ground, repo, app } = await world(t);
  await ground.reviewed(repo, 1);
  ground.github.tokens.delete(app.minted[0].token);
  const { before, after } = await repo.push(1, { 'a.py': `${SLOW}\n\nLIMIT = 3\n` });
  const reviews = await ground.reviewed(repo, 1, 'synchronize', { before });
  assert.equal(mints(ground), 2);
  assert.equal(reviews.length, 1);
  assert.match(reviews[0].body, marker(after));
});

test('a token that would end within minutes is not used again', async (t) => {
  const { ground, repo, app } = await world(t);
  app.lifetime = 4 * 60 * 1000;
  await ground.reviewed(repo, 1);
  const { before } = await repo.push(1, { 'a.py': `${SLOW}\n\nLIMIT = 3\n` });
  await ground.reviewed(repo, 1, 'synchronize', { before });
  assert.equal(mints(ground), 2);
});

/** What an operator must mend: the delivery fails and says what. */
const REFUSED = {
  'that is not installed there': [{ installed: null }, /not installed for acme\/hosted: install it there/],
  'that is suspended there': [{ installed: { suspended: true } }, /suspended/],
};
for (const [name, [options, reason]] of Object.entries(REFUSED)) {
  test(`an App ${name}: the delivery fails with that reason`, async (t) => {
    const { ground, repo } = await world(t, { ...options, daemon: { limits: { attempts: 2 } } });
    const { id } = await ground.accepted(repo, 1, 'opened');
    const { text } = await ground.settled(id, 'failed');
    assert.match(text, reason);
    assert.deepEqual(ground.github.reviews(NAME, 1), []);
  });
}

test('another key than the App has: the delivery fails with what GitHub says', async (t) => {
  const { ground, repo, app } = await world(t, { daemon: { limits: { attempts: 2 } } });
  app.publicKey = new App().publicKey;
  const { id } = await ground.accepted(repo, 1, 'opened');
  const { text } = await ground.settled(id, 'failed');
  assert.match(text, /JSON web token could not be decoded/);
});
