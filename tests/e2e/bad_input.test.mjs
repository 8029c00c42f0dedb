// What is not a good delivery is refused with its reason, and leaves nothing behind.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { test } from 'node:test';
import { CLEAN_BASE, slowFunction } from './lib/code.mjs';
import { SECRET } from './lib/daemon.mjs';
import { Ground } from './lib/ground.mjs';
import { pullPayload, sign } from './lib/payloads.mjs';
import { never, until } from './lib/until.mjs';

const MAX = 25 << 20;

async function world(t, options) {
  const ground = await Ground.make(t, options);
  const repo = await ground.repo('acme/small', { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction()}` });
  return { ground, repo, payload: await pullPayload(ground.github, repo, 1, 'opened') };
}

/** Refused means: nothing kept, nothing asked of the forge. */
async function nothingCame(ground) {
  assert.equal(await ground.storedCount(), 0, 'nothing is stored');
  await never(() => ground.github.log.length > 0, 400, 'the forge is asked');
}

test('401 on a wrong or missing signature; nothing is parsed, nothing is stored', async (t) => {
  const { ground, payload } = await world(t);
  const raw = JSON.stringify(payload);
  const good = sign(SECRET, raw);
  const sha1 = `sha1=${createHmac('sha1', SECRET).update(raw).digest('hex')}`;
  const rows = {
    missing: { signature: null },
    empty: { signature: '' },
    'of another secret': { signature: sign('another secret entirely', raw) },
    'of another body': { signature: sign(SECRET, `${raw} `) },
    'cut short': { signature: good.slice(0, -1) },
    'too long': { signature: `${good}0` },
    'without its prefix': { signature: good.slice(7) },
    'under another prefix': { signature: good.replace('sha256', 'sha512') },
    'not hexadecimal': { signature: `sha256=${'g'.repeat(64)}` },
    'all zero': { signature: `sha256=${'0'.repeat(64)}` },
    'the legacy header alone': { signature: null, headers: { 'x-hub-signature': sha1 } },
  };
  for (const [name, post] of Object.entries(rows)) {
    assert.equal((await ground.deliver('pull_request', raw, post)).status, 401, name);
  }
  // What would be 400 with a good signature shows that the body was not looked at.
  assert.equal((await ground.deliver('pull_request', '{"no', { signature: sign('another secret entirely', '{"no') })).status, 401);
  await nothingCame(ground);
  assert.equal((await ground.deliver('pull_request', raw)).status, 202, 'the same with its signature is taken');
});

for (const chunked of [false, true]) {
  test(`413 over 25 MiB, ${chunked ? 'in chunks' : 'announced by Content-Length'}`, async (t) => {
    const { ground, payload } = await world(t);
    const raw = Buffer.concat([Buffer.from(JSON.stringify(payload)), Buffer.alloc(MAX, 0x20)]);
    const { status } = await ground.deliver('pull_request', raw.subarray(0, MAX + 1), { chunked, announced: !chunked, signature: sign(SECRET, raw.subarray(0, MAX + 1)) });
    assert.equal(status, 413);
    await nothingCame(ground);
    assert.equal((await ground.deliver('pull_request', payload)).status, 202, 'the daemon goes on');
  });
}

test('exactly 25 MiB is taken', async (t) => {
  const { ground, payload } = await world(t);
  const raw = Buffer.alloc(MAX, 0x20);
  raw.write(JSON.stringify(payload));
  const { status, body, id } = await ground.deliver('pull_request', raw);
  assert.equal(status, 202, body);
  await ground.settled(id, 'done');
});

test('400 with a reason on what is no JSON or lacks a field', async (t) => {
  const { ground, payload } = await world(t);
  const changed = (change) => {
    const copy = JSON.parse(JSON.stringify(payload));
    change(copy);
    return copy;
  };
  const rows = {
    'cut JSON': [JSON.stringify(payload).slice(0, -1)],
    'no JSON at all': ['payload=%7B%7D'],
    'an empty body': [''],
    'an array': ['[]'],
    'a number': ['7'],
    'nested 100,000 deep': ['['.repeat(100000) + ']'.repeat(100000)],
    'not UTF-8': [Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
    'no action': [changed((p) => delete p.action), /action/],
    'no number': [changed((p) => { delete p.number; delete p.pull_request.number; }), /number/],
    'no pull_request': [changed((p) => delete p.pull_request), /pull_request/],
    'no head': [changed((p) => delete p.pull_request.head), /head/],
    'no head.sha': [changed((p) => delete p.pull_request.head.sha), /sha/],
    'no base': [changed((p) => delete p.pull_request.base), /base/],
    'no repository': [changed((p) => delete p.repository), /repository/],
    'no repository.full_name': [changed((p) => delete p.repository.full_name), /full_name|repository/],
    'a number as text': [changed((p) => { p.number = '1'; p.pull_request.number = '1'; }), /number/],
    'a negative number': [changed((p) => { p.number = -1; p.pull_request.number = -1; }), /number/],
    'a sha that is none': [changed((p) => (p.pull_request.head.sha = 'HEAD')), /sha/],
    'a repository that climbs': [changed((p) => (p.repository.full_name = '../../etc')), /full_name|repository/],
    'a repository with a query': [changed((p) => (p.repository.full_name = 'acme/small?x=1')), /full_name|repository/],
  };
  for (const [name, [body, reason = /./]] of Object.entries(rows)) {
    const answer = await ground.deliver('pull_request', body);
    assert.equal(answer.status, 400, `${name}: ${answer.status} ${answer.body}`);
    assert.match(answer.body, reason, name);
  }
  await nothingCame(ground);
});

test('400 without the headers that name the event and the delivery', async (t) => {
  const { ground, payload } = await world(t);
  assert.equal((await ground.deliver('pull_request', payload, { headers: { 'x-github-event': null } })).status, 400);
  assert.equal((await ground.deliver('pull_request', payload, { headers: { 'x-github-delivery': null } })).status, 400);
  assert.equal((await ground.deliver('pull_request', payload, { id: 'a b/../c\u00e9' })).status, 400);
  await nothingCame(ground);
});

test('unknown addresses are 404, other methods 405', async (t) => {
  const { ground, payload } = await world(t);
  const at = (path, method = 'POST') => fetch(ground.daemon.url + path, { method, body: method === 'POST' ? JSON.stringify(payload) : undefined });
  assert.equal((await at('/webhooks/gitlab')).status, 404);
  assert.equal((await at('/webhooks/')).status, 404);
  assert.equal((await at('/nothing')).status, 404);
  assert.equal((await at('/webhooks/github', 'GET')).status, 405);
  assert.equal((await at('/webhooks/github', 'DELETE')).status, 405);
  assert.equal((await ground.daemon.get('/healthz')).status, 200);
  await nothingCame(ground);
});

test('503 with Retry-After while the store takes no more, and nothing is half-stored', async (t) => {
  const { ground, repo } = await world(t, { daemon: { workers: 1, limits: { queue_max: 2, api_seconds: 60, job_seconds: 90 } } });
  for (let n = 2; n <= 8; n++) await repo.pull(n, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction(`f${n}`)}` });
  const held = ground.github.fault({ match: 'GET', kind: 'hang', times: 1000 });
  const answers = [];
  for (let n = 1; n <= 8; n++) answers.push({ n, ...(await ground.pullEvent(repo, n, 'opened')) });
  const refused = answers.filter((one) => one.status === 503);
  const taken = answers.filter((one) => one.status === 202);
  assert.equal(refused.length + taken.length, 8, JSON.stringify(answers.map((one) => one.status)));
  assert.ok(taken.length >= 2 && refused.length >= 4, JSON.stringify(answers.map((one) => one.status)));
  for (const one of refused) {
    assert.ok(Number(one.headers['retry-after']) > 0, 'Retry-After');
    assert.equal((await ground.delivery(one.id)).state, null, 'a refused delivery is not stored');
  }
  held.left = 0;
  ground.github.drop();
  for (const one of taken) await ground.settled(one.id, 'done', 90000);
  const [late] = refused;
  await until(async () => (await ground.pullEvent(repo, late.n, 'opened', { post: { id: late.id } })).status === 202, 20000, 'the refused delivery is taken later');
  await ground.settled(late.id, 'done');
  assert.equal(ground.github.reviews('acme/small', late.n).length, 1);
});

test('a client that is silent is disconnected and holds nobody up', async (t) => {
  const { ground, payload } = await world(t, { daemon: { limits: { request_seconds: 1 } } });
  const sockets = await Promise.all(Array.from({ length: 20 }, () => new Promise((resolve, reject) => {
    const socket = connect(ground.daemon.port, '127.0.0.1', () => {
      socket.write('POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
      resolve(socket);
    });
    socket.on('error', reject);
    socket.on('data', () => {});
    socket.on('close', () => (socket.gone = true));
  })));
  assert.equal((await ground.deliver('pull_request', payload)).status, 202);
  await until(() => sockets.every((one) => one.gone), 15000, 'silent clients are gone');
});

test('garbage on the socket is answered or dropped, and the daemon goes on', async (t) => {
  const { ground, payload } = await world(t);
  const rows = ['GET\r\n\r\n', '\0\0\0\0\r\n\r\n', 'POST /webhooks/github HTTP/9.9\r\n\r\n', `GET /${'a'.repeat(100000)} HTTP/1.1\r\n\r\n`,
    `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(20000)}\r\n`, 'POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'];
  for (const text of rows) {
    await new Promise((resolve) => {
      const socket = connect(ground.daemon.port, '127.0.0.1', () => socket.end(text));
      socket.on('data', () => {});
      socket.on('error', resolve);
      socket.on('close', resolve);
    });
  }
  assert.equal((await ground.deliver('pull_request', payload)).status, 202);
});

test('a configuration with an unknown key or a missing secret is refused with its place', async (t) => {
  const ground = await Ground.make(t, { start: false, daemon: { extra: 'worker: 3\n' } });
  await ground.daemon.configure();
  const unknown = await ground.daemon.program('config', 'check', ground.daemon.config);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr + unknown.stdout, /perf-review\.yml:\d+:\d+: .*worker/);
  await assert.rejects(ground.daemon.start(), /perf-review\.yml:\d+:\d+/);
  ground.daemon.child = null;
  Object.assign(ground.daemon, { extra: '', env: { WEBHOOK_SECRET: '' } });
  await assert.rejects(ground.daemon.start(), /perf-review\.yml:\d+:\d+: .*secret/i);
  ground.daemon.child = null;
});
