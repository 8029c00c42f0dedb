// The test ground itself: git over HTTP is real git, asks for a password, and fails on demand.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './lib/git.mjs';
import { startGitHttp } from './lib/githttp.mjs';
import { startGitHub } from './lib/github.mjs';
import { SHAPES } from './lib/scenarios.mjs';
import { Repo } from './lib/repos.mjs';

const TOKENS = new Set(['good']);
let root;
let server;
let repo;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'perf-review-git-'));
  server = await startGitHttp({ root: join(root, 'bare'), tokens: TOKENS });
  ({ repo } = await SHAPES.fork(join(root, 'bare'), 'acme/shop'));
});
after(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => {
  server.faults.clear();
  TOKENS.add('good');
});

const address = (password = 'good', port = server.port) => `http://x-access-token:${password}@127.0.0.1:${port}/acme/shop.git`;
let counter = 0;
const work = () => {
  const dir = join(root, `work-${counter++}`);
  mkdirSync(dir);
  return dir;
};

for (const version of [0, 1, 2]) {
  test(`clone and fetch of a pull request's head, protocol ${version}`, async () => {
    const dir = work();
    await git(dir, ['-c', `protocol.version=${version}`, 'clone', '-q', address(), '.']);
    await git(dir, ['-c', `protocol.version=${version}`, 'fetch', '-q', 'origin', 'refs/pull/1/head:pull']);
    assert.equal(await git(dir, ['rev-parse', 'pull']), repo.pulls.get(1).head);
  });
}

test('push in chunks and gzip; refs/pull is read-only', async () => {
  const dir = work();
  await git(dir, ['clone', '-q', address(), '.']);
  // Noise that no compression shrinks: over http.postBuffer git sends chunks.
  writeFileSync(join(dir, 'noise'), Buffer.from(Array.from({ length: 300000 }, (_, i) => (i * i * 31 + (i >> 3)) % 251)));
  await git(dir, ['add', '.']);
  await git(dir, ['-c', 'user.name=Robin', '-c', 'user.email=robin@example.com', 'commit', '-q', '-m', 'Noise']);
  await git(dir, ['-c', 'http.postBuffer=1024', 'push', '-q', 'origin', 'HEAD:refs/heads/noise']);
  assert.equal(await repo.ref('refs/heads/noise'), await git(dir, ['rev-parse', 'HEAD']));
  await assert.rejects(git(dir, ['push', '-q', 'origin', 'HEAD:refs/pull/1/head']), /hidden ref|deny/);
  assert.ok(server.log.some((one) => one.headers['transfer-encoding'] === 'chunked'));
});

test('a commit can be fetched by its id alone', async () => {
  const dir = work();
  await git(dir, ['init', '-q']);
  await git(dir, ['fetch', '-q', address(), repo.pulls.get(1).head]);
});

test('no password, a wrong one, a revoked one: 401', async () => {
  const url = `http://127.0.0.1:${server.port}/acme/shop.git/info/refs?service=git-upload-pack`;
  const bare = await fetch(url);
  assert.deepEqual([bare.status, bare.headers.get('www-authenticate')], [401, 'Basic realm="git"']);
  await assert.rejects(git(work(), ['ls-remote', address('bad')]), /Authentication failed|could not read/);
  TOKENS.delete('good');
  await assert.rejects(git(work(), ['ls-remote', address()]), /Authentication failed|could not read/);
});

test('an unknown repository is 404', async () => {
  await assert.rejects(git(work(), ['ls-remote', address().replace('shop', 'none')]), /not found/i);
});

test('scripted faults: status, reset at once, reset in the middle of the pack, hang, slow', async () => {
  server.fault({ match: 'GET /acme/shop.git/info/refs', kind: 'status', status: 503 });
  await assert.rejects(git(work(), ['ls-remote', address()]), /503/);
  server.fault({ match: 'GET', kind: 'reset' });
  await assert.rejects(git(work(), ['ls-remote', address()]));
  server.fault({ match: /^POST .*git-upload-pack/, kind: 'reset', bytes: 60, times: 5 });
  await assert.rejects(git(work(), ['clone', '-q', address(), '.']));
  server.faults.clear();
  const hung = server.fault({ match: 'GET', kind: 'hang' });
  await assert.rejects(fetch(address().replace(/x-access.*@/, '') + '/info/refs?service=git-upload-pack', { signal: AbortSignal.timeout(150) }));
  assert.equal(hung.taken, 1);
  server.fault({ match: 'GET', kind: 'slow', ms: 100 });
  await git(work(), ['ls-remote', address()]);
});

test('the log tells what was asked and never the password', () => {
  assert.ok(server.log.some((one) => one.method === 'POST' && one.url.endsWith('/git-upload-pack') && one.status === 200));
  assert.ok(!JSON.stringify(server.log).includes(Buffer.from('x-access-token:good').toString('base64')));
});

test('one origin serves git and the API', async () => {
  const github = await startGitHub({ root: join(root, 'bare'), tokens: { good: { login: 'perf-bot' } } });
  github.addRepo(await Repo.create(join(root, 'bare'), 'acme/both'));
  await git(work(), ['clone', '-q', address('good', github.port).replace('shop', 'both'), '.']);
  assert.equal((await fetch(`${github.api}/repos/acme/both`, { headers: { authorization: 'Bearer good' } })).status, 200);
  await github.close();
});
