// The test ground itself: what it delivers is what GitHub delivers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sign as officialSign, verify as officialVerify } from '@octokit/webhooks-methods';
import { listen, readBody } from './lib/faults.mjs';
import { commentPayload, deliver, eventPayload, payloadProblems, pullPayload, sign } from './lib/payloads.mjs';
import { SHAPES } from './lib/scenarios.mjs';

const AT = { url: 'http://127.0.0.1:4242', api: 'http://127.0.0.1:4242/api/v3' };
const SECRET = "It's a Secret to Everybody";
let root;
let repo;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'perf-review-payloads-'));
  ({ repo } = await SHAPES.fork(root, 'acme/shop'));
});
after(() => rmSync(root, { recursive: true, force: true }));

test('the signature is the one of the specification and of the official package', async () => {
  const body = 'Hello, World!';
  const expected = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  assert.equal(sign(SECRET, body), expected);
  assert.equal(await officialSign(SECRET, body), expected);
  const payload = JSON.stringify(await pullPayload(AT, repo, 1, 'opened'));
  assert.ok(await officialVerify(SECRET, payload, sign(SECRET, payload)));
});

for (const action of ['opened', 'synchronize', 'reopened', 'ready_for_review', 'converted_to_draft', 'closed', 'labeled',
  'unlabeled', 'assigned', 'locked', 'review_requested']) {
  test(`pull_request.${action} holds GitHub's schema and names our pull request`, async () => {
    const payload = await pullPayload(AT, repo, 1, action);
    assert.deepEqual(payloadProblems('pull_request', payload), []);
    const { head } = repo.pulls.get(1);
    assert.deepEqual([payload.action, payload.number, payload.repository.full_name], [action, 1, 'acme/shop']);
    assert.deepEqual([payload.pull_request.head.sha, payload.pull_request.base.sha], [head, await repo.ref('refs/heads/main')]);
    assert.deepEqual([payload.pull_request.head.repo.full_name, payload.pull_request.base.repo.full_name], ['casey/shop', 'acme/shop']);
    if (action === 'synchronize') assert.equal(payload.after, head);
    assert.ok(!JSON.stringify(payload).includes('api.github.com/repos/'));
  });
}

test('what the examples lack is derived and still holds the schema', async () => {
  const edited = await pullPayload(AT, repo, 1, 'edited', { changes: { base: { ref: { from: 'old' }, sha: { from: '1'.repeat(40) } } } });
  assert.equal(edited.changes.base.ref.from, 'old');
  const bodyless = await pullPayload(AT, repo, 1, 'opened', { body: null });
  const orphan = await pullPayload(AT, repo, 1, 'opened', { patch: (p) => (p.pull_request.head.repo = null) });
  const retitled = await pullPayload(AT, repo, 1, 'edited');
  for (const payload of [edited, bodyless, orphan, retitled]) assert.deepEqual(payloadProblems('pull_request', payload), []);
  const comment = commentPayload(AT, repo, 1, '/perf-review');
  assert.deepEqual(payloadProblems('issue_comment', comment), []);
  for (const event of ['ping', 'push']) assert.deepEqual(payloadProblems(event, eventPayload(AT, repo, event)), [], event);
});

test('a delivery arrives with its headers, with a length or in chunks', async () => {
  const seen = [];
  const server = createServer(async (request, response) => {
    seen.push({ headers: request.headers, body: await readBody(request) });
    response.writeHead(202).end('taken');
  });
  const port = await listen(server);
  for (const chunked of [false, true]) {
    const answer = await deliver(`http://127.0.0.1:${port}/webhooks/github`, { event: 'ping', payload: { zen: 'x'.repeat(3 << 20) }, secret: SECRET, chunked });
    assert.deepEqual([answer.status, answer.body], [202, 'taken']);
    const { headers, body } = seen.pop();
    assert.equal(headers['x-hub-signature-256'], sign(SECRET, body));
    assert.deepEqual([headers['x-github-event'], headers['x-github-delivery']], ['ping', answer.id]);
    assert.equal(headers['transfer-encoding'], chunked ? 'chunked' : undefined);
  }
  await new Promise((resolve) => server.close(resolve));
});

test('an early refusal of a large body is seen as such', async () => {
  const server = createServer((request, response) => {
    response.writeHead(413, { connection: 'close' }).end('too large');
  });
  const port = await listen(server);
  const answer = await deliver(`http://127.0.0.1:${port}/`, { event: 'ping', payload: Buffer.alloc(26 << 20, 0x20), secret: SECRET, chunked: true });
  assert.equal(answer.status, 413);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
