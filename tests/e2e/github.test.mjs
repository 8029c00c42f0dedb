// The test ground itself: the stand-in GitHub refuses what GitHub refuses, answers in GitHub's shapes, and fails on demand.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitHub } from './lib/github.mjs';
import { SLOW_NEEDLE, slowFunction } from './lib/code.mjs';
import { Repo, lineOf } from './lib/repos.mjs';
import { CHANGES, SHAPES } from './lib/scenarios.mjs';
import { until } from './lib/until.mjs';

const TOKEN = 'ghp_0123456789abcdef0123456789abcdef0123';
const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28',
  'user-agent': 'perf-review/0.1.0', authorization: `Bearer ${TOKEN}` };
const PULL = '/repos/acme/shop/pulls/1';

let root;
let github;
let shop;
let expected;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'perf-review-github-'));
  github = await startGitHub({ root, tokens: { [TOKEN]: { login: 'perf-bot' } }, stateFile: join(root, 'state.json') });
  ({ repo: shop, expect: expected } = await CHANGES.service(root, 'acme/shop'));
  github.addRepo(shop);
});
after(async () => {
  await github.close();
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => {
  github.faults.clear();
  github.violations.length = 0;
});

async function call(method, path, body, headers = {}) {
  const sent = { ...HEADERS, ...headers };
  for (const [name, value] of Object.entries(sent)) if (value === null) delete sent[name];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(github.api + path, { method, headers: sent, body: body === undefined ? undefined : text });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer ? JSON.parse(answer) : null };
}

const review = (comments = [], rest = {}) => ({ commit_id: shop.pulls.get(1).head, event: 'COMMENT', body: 'Summary', comments, ...rest });
const good = (rest = {}) => ({ path: expected[0].path, line: expected[0].line, side: 'RIGHT', body: 'Slow.', ...rest });

test('its own answers hold GitHub\'s schemas', async () => {
  const head = shop.pulls.get(1).head;
  for (const path of ['/user', '/repos/acme/shop', '/repos/acme/shop/pulls', PULL, `/repos/acme/shop/compare/main...${head}`,
    `${PULL}/reviews`, `${PULL}/comments`, `${PULL}/files`, '/repos/acme/shop/issues/1/comments', '/rate_limit', '/meta',
    `/repos/acme/shop/commits/${head}`, '/repos/acme/shop/collaborators/robin/permission']) {
    const { status, headers } = await call('GET', path);
    assert.equal(status, 200, path);
    assert.ok(headers.get('x-ratelimit-remaining') && headers.get('x-ratelimit-reset'), path);
  }
  assert.deepEqual(github.violations, []);
});

test('a review with comments on added, context and deleted lines is kept whole', async () => {
  const { status, body } = await call('POST', `${PULL}/reviews`, review([good(), good({ start_line: expected[0].line - 2, start_side: 'RIGHT' })]));
  assert.equal(status, 200);
  assert.equal(body.state, 'COMMENTED');
  assert.equal((await call('GET', `${PULL}/reviews/${body.id}/comments`)).body.length, 2);
  const [kept] = github.reviews('acme/shop', 1).slice(-1);
  assert.equal(kept.comments[0].line, expected[0].line);
  assert.equal((await call('PUT', `${PULL}/reviews/${body.id}`, { body: 'Better' })).body.body, 'Better');
  assert.deepEqual(github.violations, []);
});

const REFUSED = [
  ['a line outside the diff', () => review([good(), good({ line: 9000 })]), /must be part of the diff/],
  ['an unchanged line far from every hunk', () => review([good({ line: 12 })]), /must be part of the diff/],
  ['a path that is not in the diff', () => review([good({ path: 'README.md' })]), /Path could not be resolved/],
  ['a start after its end', () => review([good({ start_line: expected[0].line + 1, start_side: 'RIGHT' })]), /must precede/],
  ['a start in another hunk', () => review([good({ start_line: 2, start_side: 'RIGHT' })]), /same hunk/],
  ['a comment without a line', () => review([{ path: expected[0].path, body: 'x' }]), /Line could not/],
  ['COMMENT without a body', () => review([], { body: '' }), /can't be blank/],
  ['a commit of another branch', async () => review([], { commit_id: await shop.ref('refs/heads/main') }), /commit_id/],
  ['33 comments', () => review(Array.from({ length: 33 }, () => good())), /submitted too quickly/],
];
for (const [name, make, message] of REFUSED) {
  test(`422, and nothing is kept: ${name}`, async () => {
    const count = github.reviews('acme/shop', 1).length;
    const { status, body } = await call('POST', `${PULL}/reviews`, await make());
    assert.equal(status, 422);
    assert.match(JSON.stringify(body.errors), message);
    assert.equal(github.reviews('acme/shop', 1).length, count);
    assert.deepEqual(github.violations, []);
  });
}

test('32 comments are taken', async () => {
  assert.equal((await call('POST', `${PULL}/reviews`, review(Array.from({ length: 32 }, () => good())))).status, 200);
});

test('the body limit counts UTF-16 units', async () => {
  assert.equal((await call('POST', `${PULL}/reviews`, review([], { body: 'x'.repeat(65536) }))).status, 200);
  const { status, body } = await call('POST', `${PULL}/reviews`, review([], { body: '\u{1f600}'.repeat(32769) }));
  assert.equal(status, 422);
  assert.match(body.errors[0].message, /Body is too long \(maximum is 65536 characters\)/);
  assert.equal(github.violations.length, 1);
});

const VIOLATIONS = [
  ['a foreign User-Agent', 200, 'GET', PULL, undefined, { 'user-agent': 'curl/8' }],
  ['no Authorization', 401, 'GET', PULL, undefined, { authorization: null }],
  ['the scheme of the old days', 200, 'GET', PULL, undefined, { authorization: `token ${TOKEN}` }],
  ['a foreign Accept', 200, 'GET', PULL, undefined, { accept: 'application/json' }],
  ['no API version', 200, 'GET', PULL, undefined, { 'x-github-api-version': null }],
  ['an unknown API version', 400, 'GET', PULL, undefined, { 'x-github-api-version': '1999-01-01' }],
  ['an unknown route', 404, 'GET', '/nothing'],
  ['malformed JSON', 400, 'POST', `${PULL}/reviews`, '{"body":'],
  ['an unknown field', 422, 'POST', `${PULL}/reviews`, { body: 'x', event: 'COMMENT', mood: 'good' }],
  ['a side that is none', 422, 'POST', `${PULL}/reviews`, { body: 'x', event: 'COMMENT', comments: [{ path: 'a', line: 1, side: 'UP', body: 'x' }] }],
  ['a line as text', 422, 'POST', `${PULL}/reviews`, { body: 'x', event: 'COMMENT', comments: [{ path: 'a', line: '1', body: 'x' }] }],
  ['per_page over 100', 422, 'GET', `${PULL}/reviews?per_page=101`],
  ['a pull number that is no number', 422, 'GET', '/repos/acme/shop/pulls/one'],
];
for (const [name, status, method, path, body, headers] of VIOLATIONS) {
  test(`is recorded as a violation: ${name}`, async () => {
    assert.equal((await call(method, path, body, headers)).status, status);
    assert.equal(github.violations.length, 1, github.violations.join('\n'));
  });
}

test('without User-Agent: 403', async () => {
  // fetch() sends a User-Agent of its own, so its absence is tried one layer below.
  const { request } = await import('node:http');
  const status = await new Promise((resolve) => {
    request(`${github.api}${PULL}`, { headers: { authorization: HEADERS.authorization } }, (response) => resolve(response.resume().statusCode)).end();
  });
  assert.equal(status, 403);
  assert.deepEqual(github.violations, [`GET ${PULL}: no User-Agent`]);
});

test('an unknown pull request is 404 and a revoked token 401, and neither is a violation', async () => {
  assert.equal((await call('GET', '/repos/acme/shop/pulls/99')).status, 404);
  const viewer = github.tokens.get(TOKEN);
  github.tokens.delete(TOKEN);
  assert.equal((await call('GET', PULL)).status, 401);
  github.tokens.set(TOKEN, viewer);
  assert.equal((await call('GET', PULL)).status, 200);
  assert.deepEqual(github.violations, []);
});

test('check runs are not for a token; statuses are, up to 140 characters', async () => {
  const head = shop.pulls.get(1).head;
  assert.equal((await call('POST', '/repos/acme/shop/check-runs', { name: 'perf-review', head_sha: head })).status, 403);
  const path = `/repos/acme/shop/statuses/${head}`;
  assert.equal((await call('POST', path, { state: 'success', context: 'perf-review', description: 'fine' })).status, 201);
  assert.equal((await call('POST', path, { state: 'success', description: 'x'.repeat(141) })).status, 422);
});

test('check runs of an App: 50 annotations a request, which add up; the run of a head is found by its name', async () => {
  const head = shop.pulls.get(1).head;
  const app = { authorization: 'Bearer ghs_app' };
  const annotation = { path: 'a.py', start_line: 1, end_line: 1, annotation_level: 'warning', message: 'slow' };
  const output = (count) => ({ title: 't', summary: 's', annotations: Array.from({ length: count }, () => annotation) });
  github.tokens.set('ghs_app', { login: 'perf-review[bot]', app: true });
  const made = await call('POST', '/repos/acme/shop/check-runs', { name: 'perf-review', head_sha: head, status: 'in_progress', external_id: '1:x' }, app);
  assert.equal(made.status, 201);
  const path = `/repos/acme/shop/check-runs/${made.body.id}`;
  assert.equal((await call('PATCH', path, { output: output(51) }, app)).status, 422);
  github.violations.length = 0;
  assert.equal((await call('PATCH', path, { output: output(50) }, app)).status, 200);
  assert.equal((await call('PATCH', path, { status: 'completed' }, app)).status, 422);
  github.violations.length = 0;
  const done = await call('PATCH', path, { conclusion: 'neutral', output: output(7) }, app);
  assert.deepEqual([done.body.status, done.body.output.annotations_count], ['completed', 57]);
  const list = await call('GET', `/repos/acme/shop/commits/${head}/check-runs?check_name=perf-review`, undefined, app);
  assert.deepEqual(list.body.check_runs.map((one) => one.id), [made.body.id]);
  assert.deepEqual(github.violations, []);
});

const graphql = (query, variables, headers = {}) => call('POST', '/graphql', { query, variables }, headers);
const THREADS = `query($o:String!,$r:String!,$n:Int!){repository(owner:$o,name:$r){pullRequest(number:$n){
  reviews(first:100){nodes{id body viewerDidAuthor}} reviewThreads(first:100){nodes{id isResolved resolvedBy{login}
  comments(first:5){nodes{id body viewerDidAuthor author{login}}}}}}}}`;

test('GraphQL: threads are read, answered, edited, resolved', async () => {
  await call('POST', `${PULL}/reviews`, review([good()]));
  const read = async () => (await graphql(THREADS, { o: 'acme', r: 'shop', n: 1 })).body.data.repository.pullRequest.reviewThreads.nodes.at(-1);
  const thread = await read();
  assert.deepEqual([thread.isResolved, thread.comments.nodes[0].viewerDidAuthor], [false, true]);
  const edit = 'mutation($c:ID!,$t:ID!){c:updatePullRequestReviewComment(input:{pullRequestReviewCommentId:$c,body:"new"}){clientMutationId} t:resolveReviewThread(input:{threadId:$t}){clientMutationId}}';
  assert.equal((await graphql(edit, { c: thread.comments.nodes[0].id, t: thread.id })).body.errors, undefined);
  const now = await read();
  assert.deepEqual([now.isResolved, now.resolvedBy.login, now.comments.nodes[0].body], [true, 'perf-bot', 'new']);
  assert.deepEqual(github.violations, []);
});

test('GraphQL: without contents: write resolving is FORBIDDEN and the rest is done; a false document is a violation', async () => {
  github.tokens.set('ghp_reader', { login: 'perf-bot', contents: 'read' });
  const { body } = await graphql(THREADS, { o: 'acme', r: 'shop', n: 1 });
  const thread = body.data.repository.pullRequest.reviewThreads.nodes.at(-1);
  const both = 'mutation($c:ID!,$t:ID!){t:resolveReviewThread(input:{threadId:$t}){clientMutationId} c:updatePullRequestReviewComment(input:{pullRequestReviewCommentId:$c,body:"newer"}){clientMutationId}}';
  const answer = await graphql(both, { c: thread.comments.nodes[0].id, t: thread.id }, { authorization: 'Bearer ghp_reader' });
  assert.deepEqual([answer.status, answer.body.errors.map((one) => [one.type, one.path[0]])], [200, [['FORBIDDEN', 't']]]);
  assert.equal(github.threads('acme/shop', 1).at(-1).body, 'newer');
  assert.deepEqual(github.violations, []);
  assert.ok((await graphql('query{nothing}')).body.errors.length > 0);
  assert.equal(github.violations.length, 1);
});

test('a pending draft stands in the way of the next review', async () => {
  const { body } = await call('POST', `${PULL}/reviews`, { ...review([good()]), event: undefined });
  assert.equal(body.state, 'PENDING');
  assert.equal((await call('POST', `${PULL}/reviews`, review())).status, 422);
  assert.equal((await call('DELETE', `${PULL}/reviews/${body.id}`)).status, 200);
  assert.equal((await call('POST', `${PULL}/reviews`, review())).status, 200);
  assert.deepEqual(github.violations, []);
});

test('issue comments: made, edited, deleted, listed in pages with Link', async () => {
  const path = '/repos/acme/shop/issues/1/comments';
  const made = [];
  for (let i = 0; i < 5; i++) made.push((await call('POST', path, { body: `number ${i}` })).body);
  assert.equal((await call('PATCH', `/repos/acme/shop/issues/comments/${made[0].id}`, { body: 'edited' })).body.body, 'edited');
  assert.equal((await call('DELETE', `/repos/acme/shop/issues/comments/${made[4].id}`)).status, 204);
  const seen = [];
  let next = `${path}?per_page=3`;
  while (next) {
    const page = await call('GET', next);
    seen.push(...page.body.map((one) => one.body));
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1].slice(github.api.length);
  }
  assert.deepEqual(seen, ['edited', 'number 1', 'number 2', 'number 3']);
  assert.deepEqual(github.violations, []);
});

test('a conditional GET is answered 304', async () => {
  const first = await call('GET', PULL);
  assert.equal((await call('GET', PULL, undefined, { 'if-none-match': first.headers.get('etag') })).status, 304);
});

test('compare states the merge base, also when the base went on', async () => {
  const { repo } = await SHAPES['moved-base'](root, 'acme/moved');
  github.addRepo(repo);
  const { head } = repo.pulls.get(1);
  const { body } = await call('GET', `/repos/acme/moved/compare/main...${head}`);
  assert.equal(body.status, 'diverged');
  assert.equal(body.merge_base_commit.sha, await repo.ref('refs/heads/main~1'));
  assert.deepEqual([body.ahead_by, body.behind_by], [1, 1]);
  assert.deepEqual(github.violations, []);
});

test('renames: the new path can be commented, a pure move has no line', async () => {
  for (const name of ['renamed-with-edits', 'pure-move']) github.addRepo((await SHAPES[name](root, `acme/${name}`)).repo);
  const edited = github.repos.get('acme/renamed-with-edits').pulls.get(1).head;
  const post = (name, commit_id, line) => call('POST', `/repos/acme/${name}/pulls/1/reviews`, { commit_id, event: 'COMMENT', body: 's',
    comments: [{ path: 'new/tools.py', line, side: 'RIGHT', body: 'x' }] });
  assert.equal((await post('renamed-with-edits', edited, 38)).status, 200);
  assert.equal((await post('pure-move', github.repos.get('acme/pure-move').pulls.get(1).head, 3)).status, 422);
});

test('a comment is outdated once its file changed; its review stays', async () => {
  const text = slowFunction();
  const repo = github.addRepo(await Repo.create(root, 'acme/moving'));
  await repo.pull(1, { 'a.py': text });
  const comment = { path: 'a.py', line: lineOf(text, SLOW_NEEDLE), side: 'RIGHT', body: 'x' };
  await call('POST', '/repos/acme/moving/pulls/1/reviews', { commit_id: repo.pulls.get(1).head, event: 'COMMENT', body: 's', comments: [comment] });
  await repo.push(1, { 'a.py': `# moved\n${text}` });
  const [seen] = (await call('GET', '/repos/acme/moving/pulls/1/comments')).body;
  assert.deepEqual([seen.line, seen.original_line], [null, comment.line]);
  assert.equal((await call('GET', '/repos/acme/moving/pulls/1')).body.head.sha, repo.pulls.get(1).head);
  assert.deepEqual(github.violations, []);
});

test('scripted faults strike as often as told, and only what they match', async () => {
  const count = () => github.reviews('acme/shop', 1).length;
  const post = () => call('POST', `${PULL}/reviews`, review());
  github.fault({ match: `POST ${PULL}/reviews`, kind: 'status', status: 503, times: 2 });
  const before = count();
  assert.deepEqual([(await post()).status, (await call('GET', PULL)).status, (await post()).status], [503, 200, 503]);
  assert.equal(count(), before);
  github.fault({ match: /^POST .*reviews$/, kind: 'after' });
  assert.equal((await post()).status, 502);
  assert.equal(count(), before + 1);
  github.fault({ match: 'POST', kind: 'reset' });
  await assert.rejects(post());
  assert.equal(count(), before + 1);
  for (const [kind, more] of [['hang', 1], ['timeout-after', 2]]) {
    const fault = github.fault({ match: 'POST', kind });
    const patience = new AbortController();
    const asked = fetch(`${github.api}${PULL}/reviews`, { method: 'POST', headers: HEADERS, body: JSON.stringify(review()), signal: patience.signal });
    await until(() => fault.taken === 1 && count() === before + more, 10000, `${kind} struck`);
    patience.abort();
    await assert.rejects(asked);
  }
  assert.equal(count(), before + 2);
  github.fault({ match: 'GET', kind: 'retry-after', status: 429, seconds: 7 });
  const limited = await call('GET', PULL);
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '7']);
  github.fault({ match: 'GET', kind: 'retry-after', form: 'reset', seconds: 7 });
  assert.equal((await call('GET', PULL)).headers.get('x-ratelimit-remaining'), '0');
  github.fault({ match: 'GET', kind: 'slow', ms: 120 });
  const start = Date.now();
  await call('GET', PULL);
  assert.ok(Date.now() - start >= 115);
  let called = 0;
  github.fault({ match: 'GET', kind: 'call', run: () => called++ });
  await call('GET', PULL);
  assert.equal(called, 1);
});

test('reviews survive a restart of the stand-in; the log never holds the token', async () => {
  const { startGitHub: again } = await import('./lib/github.mjs');
  await call('POST', `${PULL}/reviews`, review([good()]));
  const second = await again({ root, stateFile: join(root, 'state.json'), apiBase: '/api/v3', tokens: { [TOKEN]: { login: 'perf-bot' } } });
  second.addRepo(shop);
  assert.equal(second.reviews('acme/shop', 1).length, github.reviews('acme/shop', 1).length);
  const answer = await fetch(`${second.url}/api/v3${PULL}/reviews?per_page=100`, { headers: HEADERS });
  assert.ok((await answer.json()).length > 0);
  assert.equal((await fetch(`${second.url}${PULL}`, { headers: HEADERS })).status, 404);
  await second.close();
  assert.ok(!JSON.stringify(github.log).includes(TOKEN));
});
