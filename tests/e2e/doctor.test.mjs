// `perf-review doctor`: what the service will need is tried for real, each trouble has a line that says what to do, and
// nothing is changed at the forge.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLEAN_BASE, CLEAN_HEAD } from './lib/code.mjs';
import { SECRET, TOKEN } from './lib/daemon.mjs';
import { App } from './lib/github_app.mjs';
import { BOT, Ground } from './lib/ground.mjs';

const NAME = 'acme/shop';
const LISTED = `token: \${FORGE_TOKEN}\n    repositories: [${NAME}]`;

async function world(t, { app = false, start = false, access = LISTED, daemon = {} } = {}) {
  const ground = await Ground.make(t, { start: false, daemon: { access: app ? 'app: {id: 4711, private_key_file: app.pem}' : access, ...daemon } });
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': CLEAN_HEAD });
  ground.github.tokens.set(TOKEN, { login: BOT, scopes: 'repo' });
  if (app) {
    ground.github.app = new App().install(NAME);
    mkdirSync(ground.daemon.folder, { recursive: true });
    writeFileSync(join(ground.daemon.folder, 'app.pem'), ground.github.app.pem, { mode: 0o600 });
  }
  await (start ? ground.daemon.start() : ground.daemon.configure());
  return { ground, app: ground.github.app };
}

/** { status, lines: { "data folder": "ok words", "token": ... } }; no secret may stand in any of it. */
async function doctor(ground, ...options) {
  const { status, stdout, stderr } = await ground.daemon.run('doctor', ...options);
  const secrets = [TOKEN, SECRET, ...(ground.github.app?.minted.map((one) => one.token) ?? [])];
  assert.ok(!secrets.some((secret) => (stdout + stderr).includes(secret)), 'a secret stands in the output');
  assert.equal(stderr, '');
  const lines = {};
  for (const line of stdout.trimEnd().split('\n')) {
    const [, health, what, words] = /^(ok|untried|problem) +(?:github: )?([^:]+): (.+)$/.exec(line) ?? assert.fail(`not a line of the doctor: ${line}`);
    lines[what] = `${health} ${words}`;
  }
  return { status, lines, text: stdout };
}

const healthOf = (lines) => Object.fromEntries(Object.entries(lines).map(([what, words]) => [what, words.split(' ')[0]]));
const all = (health, ...names) => Object.fromEntries(names.map((name) => [name, health]));
const OF_TOKEN = ['data folder', 'store', 'API', 'clock', 'token', 'scope repo', 'permission pull_requests', 'permission statuses', 'git', 'webhook'];
const OF_APP = ['data folder', 'store', 'API', 'clock', 'App', 'events', 'permission metadata', 'permission contents',
  'permission pull_requests', 'permission checks', 'git', 'webhook'];

/** This line is a problem that says @p words, and the exit status tells of it. */
async function ails(ground, what, words, ...options) {
  const { status, lines, text } = await doctor(ground, ...options);
  assert.match(lines[what] ?? text, words);
  assert.match(lines[what], /^problem /);
  assert.equal(status, 1);
  return lines;
}

test('a token, and the daemon runs: all is well, and nothing was changed', async (t) => {
  const { ground } = await world(t, { start: true });
  const { status, lines, text } = await doctor(ground);
  assert.deepEqual(healthOf(lines), all('ok', ...OF_TOKEN), text);
  assert.equal(status, 0);
  assert.match(lines.token, new RegExp(BOT));
  assert.match(lines.store, /schema version \d/);
  assert.match(lines.git, /acme\/shop shows [1-9]/);
  assert.deepEqual(ground.github.reviews(NAME, 1), []);
  assert.equal(ground.github.state.repos[NAME].statuses.length, 0);
  assert.equal(await ground.storedCount(), 0);
});

test('an App, and the daemon runs: all is well, each permission by its name', async (t) => {
  const { ground } = await world(t, { app: true, start: true });
  const { status, lines, text } = await doctor(ground);
  assert.deepEqual(healthOf(lines), all('ok', ...OF_APP), text);
  assert.equal(status, 0);
  assert.match(lines.App, /perf-review\[bot\]/);
});

test('no daemon yet: the webhook is not tried, the rest is well', async (t) => {
  const { ground } = await world(t);
  const { status, lines } = await doctor(ground);
  assert.match(lines.webhook, /^untried .*nothing listens/);
  assert.equal(status, 0);
});

test('the daemon runs with another secret', async (t) => {
  const { ground } = await world(t, { start: true });
  ground.daemon.secret = 'another-secret-altogether';
  await ground.daemon.configure();
  await ails(ground, 'webhook', /refuses this secret.*restart/);
});

test('a token without the scope', async (t) => {
  const { ground } = await world(t);
  ground.github.tokens.set(TOKEN, { login: BOT, scopes: 'read:user' });
  const lines = await ails(ground, 'scope repo', /read:user.*make one with the scope repo/);
  assert.match(lines['permission pull_requests'], /^problem .*403.*read and write/);
  assert.match(lines['permission statuses'], /^problem .*403/);
});

test('a token that is revoked', async (t) => {
  const { ground } = await world(t);
  ground.github.tokens.delete(TOKEN);
  await ails(ground, 'token', /401.*Bad credentials.*new token/);
});

test('a token, and no repository to try it on', async (t) => {
  const { ground } = await world(t, { access: 'token: ${FORGE_TOKEN}' });
  await ails(ground, 'permissions', /repositories.*--repository/);
  const { status, lines } = await doctor(ground, '--repository', NAME);
  assert.match(lines.git, /^ok /);
  assert.equal(status, 0);
  await ails(ground, 'permission pull_requests', /404.*acme\/other/, '--repository', 'acme/other');
});

test('an App with another key', async (t) => {
  const { ground, app } = await world(t, { app: true });
  app.publicKey = new App().publicKey;
  await ails(ground, 'App', /401.*private key/);
});

test('an App whose key is none', async (t) => {
  const { ground } = await world(t, { app: true });
  writeFileSync(join(ground.daemon.folder, 'app.pem'), '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n');
  await ails(ground, 'App', /key file/);
});

test('an App that lacks a permission, an event, an installation', async (t) => {
  const { ground, app } = await world(t, { app: true });
  app.permissions = { metadata: 'read', contents: 'read', pull_requests: 'read' };
  app.events = [];
  const lines = await ails(ground, 'permission pull_requests', /acme grants read where write is needed/);
  assert.match(lines['permission checks'], /^problem acme grants none where write/);
  assert.match(lines['permission contents'], /^ok /);
  assert.match(lines.events, /^problem .*Subscribe/);
  app.installations.clear();
  await ails(ground, 'installation', /installed nowhere/);
});

for (const [how, ahead, words] of [['behind', 95000, /9\d s behind/], ['ahead', -95000, /9\d s ahead/]]) {
  test(`a clock that is ${how}`, async (t) => {
    const { ground } = await world(t);
    ground.github.clockAhead = ahead;
    await ails(ground, 'clock', words);
  });
}

test('a clock that is a little off is well', async (t) => {
  const { ground } = await world(t);
  ground.github.clockAhead = 15000;
  assert.match((await doctor(ground)).lines.clock, /^ok 1\d s off/);
});

test('a data folder that cannot be written', async (t) => {
  const { ground } = await world(t);
  ground.daemon.data = '/proc/self'; // not even for root
  await ground.daemon.configure();
  const lines = await ails(ground, 'data folder', /\/proc\/self.*may write/);
  assert.match(lines.store, /^problem /);
});

test('an API that cannot be reached, that is none, and a git that refuses', async (t) => {
  const { ground } = await world(t);
  ground.github.fault({ match: /^GET .*\/user$/, kind: 'status', status: 404 });
  await ails(ground, 'API', /answers 404.*api\/v3/);
  ground.github.fault({ match: /^GET .*\/user$/, kind: 'garbage' });
  await ails(ground, 'API', /not as GitHub's API/);
  ground.github.git.fault({ match: /info\/refs/, kind: 'status', status: 403 });
  await ails(ground, 'git', /403/);
  await ground.github.sockets.close();
  const lines = await ails(ground, 'API', /May this machine reach http/);
  assert.match(lines.git, /^problem /);
  await ground.github.start();
});

test('a configuration that is wrong is told as such', async (t) => {
  const { ground } = await world(t, { daemon: { extra: 'lisen: 1\n' } });
  const { status, stdout, stderr } = await ground.daemon.run('doctor');
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /perf-review\.yml:\d+:\d+: .*lisen/);
  const help = await ground.daemon.program('doctor', '--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /--repository OWNER\/NAME/);
});
