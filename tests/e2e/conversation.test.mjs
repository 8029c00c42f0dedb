// The conversation around a review over many pushes: one summary that is edited, a comment for what is new alone,
// conversations that end when their finding is gone, and people whose word counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEAN_BASE, SLOW_NEEDLE, slowFunction } from './lib/code.mjs';
import { Ground, MUTATION, marker } from './lib/ground.mjs';
import { lineOf } from './lib/repos.mjs';
import { until } from './lib/until.mjs';

const ONE = `${CLEAN_BASE}\n\n${slowFunction('first')}`;
const TWO = `${ONE}\n\n${slowFunction('second')}`;
const POST = /^POST .*\/pulls\/1\/reviews$/;
const NAME = 'acme/talk';

/** A pull request whose first head has its review. */
async function talk(t, text = ONE, options = {}) {
  const ground = await Ground.make(t, options);
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': text });
  await ground.reviewed(repo, 1);
  return { ground, repo };
}

async function push(ground, repo, changes, { state = 'done', ...options } = {}) {
  const { before, after } = await repo.push(1, changes, options);
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before });
  await ground.settled(id, state);
  return after;
}

const threads = (ground) => ground.github.threads(NAME, 1);
const reviews = (ground) => ground.github.reviews(NAME, 1);
const posts = (ground) => ground.github.requests(POST).length;
const fingerprints = (ground) => threads(ground).map((one) => /perf-review:fp=([0-9a-f]{16})/.exec(one.body)[1]);

/** One summary, and it is of this head. */
function assertSummary(ground, head) {
  const summaries = reviews(ground).filter((one) => one.body.includes('<!-- perf-review:v1 '));
  assert.equal(summaries.length, 1, 'one summary');
  assert.match(summaries[0].body, marker(head));
  return summaries[0];
}

test('a push that adds a finding: the summary is edited in place, the new finding alone gets a comment', async (t) => {
  const { ground, repo } = await talk(t);
  const [first] = reviews(ground);
  const head = await push(ground, repo, { 'a.py': TWO });
  assert.equal(assertSummary(ground, head).id, first.id);
  assert.match(assertSummary(ground, head).body, /\b2 findings\b/);
  assert.deepEqual(threads(ground).map((one) => one.line), [lineOf(ONE, SLOW_NEEDLE), lineOf(TWO, SLOW_NEEDLE, 2)]);
  assert.equal(new Set(fingerprints(ground)).size, 2);
  assert.ok(threads(ground).every((one) => one.resolvedBy === undefined));
});

test('a push that moves lines: nothing is posted, the summary is of the new head', async (t) => {
  const { ground, repo } = await talk(t);
  const head = await push(ground, repo, { 'a.py': `LIMIT = 3\nMORE = 4\n\n${ONE}` });
  assertSummary(ground, head);
  assert.equal(threads(ground).length, 1);
  assert.equal(posts(ground), 1);
});

test('a finding that is gone: its conversation says "Fixed in", is resolved, and is not deleted', async (t) => {
  const { ground, repo } = await talk(t, TWO);
  const head = await push(ground, repo, { 'a.py': ONE });
  assertSummary(ground, head);
  const [kept, fixed] = threads(ground);
  assert.equal(kept.resolvedBy, undefined);
  assert.equal(fixed.resolvedBy, fixed.user.login);
  assert.ok(fixed.body.startsWith(`**Fixed in \`${head.slice(0, 12)}\`.**`), fixed.body);
  assert.match(fixed.body, /perf-review:fp=/);
  assert.equal(posts(ground), 1);
  await push(ground, repo, { 'a.py': `${ONE}\n# more\n` });
  assert.ok(threads(ground)[1].body.startsWith(`**Fixed in \`${head.slice(0, 12)}\`.**`), 'the first head that had it fixed stays named');
});

test('everything is fixed: the summary says so, no comment is added', async (t) => {
  const { ground, repo } = await talk(t);
  const head = await push(ground, repo, { 'a.py': CLEAN_BASE });
  assert.match(assertSummary(ground, head).body, /nothing found/);
  assert.equal(threads(ground)[0].resolvedBy, 'perf-bot');
});

test('a fixed finding that comes back opens its own conversation again', async (t) => {
  const { ground, repo } = await talk(t);
  await push(ground, repo, { 'a.py': CLEAN_BASE });
  const head = await push(ground, repo, { 'a.py': `# back\n${ONE}` });
  assertSummary(ground, head);
  const [only, ...more] = threads(ground);
  assert.deepEqual(more, []);
  assert.equal(only.resolvedBy, undefined);
  assert.doesNotMatch(only.body, /Fixed in|perf-review:fixed/);
});

test('without the right to resolve: the comment says it and is folded away', async (t) => {
  const { ground, repo } = await talk(t);
  for (const viewer of ground.github.tokens.values()) viewer.contents = 'read';
  const head = await push(ground, repo, { 'a.py': CLEAN_BASE });
  assertSummary(ground, head);
  const [thread] = threads(ground);
  assert.match(thread.body, /^\*\*Fixed in /);
  assert.deepEqual([thread.resolvedBy, thread.minimized], [undefined, 'RESOLVED']);
});

test('a conversation that a person wrote in is not touched, whatever becomes of its finding', async (t) => {
  const { ground, repo } = await talk(t);
  const [before] = threads(ground);
  ground.github.replyAs(NAME, 1, before.id, 'ann', 'How large does this get?');
  assertSummary(ground, await push(ground, repo, { 'a.py': CLEAN_BASE }));
  const [after] = threads(ground);
  assert.deepEqual([after.body, after.resolvedBy, after.minimized], [before.body, undefined, undefined]);
});

for (const [name, decide] of Object.entries({
  resolved: (github, id) => github.resolveAs(NAME, 1, id, 'ann'),
  'answered with a no': (github, id) => github.replyAs(NAME, 1, id, 'ann', "Won't fix: three items at most"),
})) {
  test(`what a person ${name} is listed once as declined, and stays so when the comment is deleted`, async (t) => {
    const { ground, repo } = await talk(t);
    const [{ id, body }] = threads(ground);
    decide(ground.github, id);
    let head = await push(ground, repo, { 'a.py': `# moved\n${TWO}` });
    let summary = assertSummary(ground, head).body;
    assert.match(summary, /\b1 finding\b/);
    assert.equal(summary.match(/by `?ann/g)?.length, 1, summary);
    assert.equal(threads(ground)[0].body, body);
    const state = ground.github.pullState(NAME, 1);
    state.comments = state.comments.filter((one) => one.id !== id && one.in_reply_to_id !== id);
    head = await push(ground, repo, { 'a.py': `# moved again\n${TWO}` });
    summary = assertSummary(ground, head).body;
    assert.equal(summary.match(/by `?ann/g)?.length, 1, 'the store remembers');
    assert.equal(threads(ground).length, 1, 'only the second finding has a comment');
  });
}

test('a stranger\'s no decides nothing', async (t) => {
  const { ground, repo } = await talk(t);
  ground.github.replyAs(NAME, 1, threads(ground)[0].id, 'eve', "won't fix", 'NONE');
  const head = await push(ground, repo, { 'a.py': `# moved\n${ONE}` });
  assert.match(assertSummary(ground, head).body, /\b1 finding\b/);
});

test('force push, rebase, new base, renamed file: nothing is said twice, nothing is lost', async (t) => {
  const { ground, repo } = await talk(t, TWO);
  const main = await repo.ref('refs/heads/main');
  const before = fingerprints(ground);
  // Rewritten history with the same content.
  assertSummary(ground, await push(ground, repo, { 'a.py': TWO }, { from: main, message: 'Squashed' }));
  // Rebased on a base that went on.
  const next = await repo.commit('refs/heads/main', { 'b.py': 'X = 1\n' }, { message: 'Base goes on' });
  assertSummary(ground, await push(ground, repo, { 'a.py': TWO }, { from: next, message: 'Rebased' }));
  // Renamed.
  assertSummary(ground, await push(ground, repo, { 'moved/c.py': { from: 'a.py' } }));
  // Another base branch.
  await repo.commit('refs/heads/next', { 'd.py': 'Y = 1\n' }, { onto: 'refs/heads/main' });
  const pull = repo.pulls.get(1);
  pull.base = 'next';
  const changes = { base: { ref: { from: 'main' }, sha: { from: main } } };
  const { id } = await ground.accepted(repo, 1, 'edited', { changes });
  await ground.settled(id, 'done');
  assertSummary(ground, pull.head);
  assert.deepEqual(fingerprints(ground), before);
  assert.ok(threads(ground).every((one) => one.resolvedBy === undefined));
  assert.equal(posts(ground), 1);
});

test('a head that comes back by a force push is judged again', async (t) => {
  const { ground, repo } = await talk(t);
  const first = repo.pulls.get(1).head;
  const second = await push(ground, repo, { 'a.py': TWO });
  assertSummary(ground, second);
  await repo.setRef('refs/pull/1/head', first);
  repo.pulls.get(1).head = first;
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before: second });
  await ground.settled(id, 'done');
  assertSummary(ground, first);
  const [open, gone] = threads(ground);
  assert.deepEqual([open.resolvedBy, gone.resolvedBy], [undefined, 'perf-bot']);
});

/** The second push adds a finding and fixes one: a note with a comment, then one mutation. */
const WRITES = { 'the new comment': (request) => POST.test(`${request.method} ${request.url}`), 'the edit': MUTATION };
const UNCLEAR = {
  'done, then 502': { kind: 'after', status: 502 },
  'done, then no answer': { kind: 'timeout-after' },
  'done, then the connection breaks': { kind: 'reset', afterWork: true },
  'not done, 502': { kind: 'status', status: 502 },
  'not done, the connection breaks': { kind: 'reset' },
};
for (const [what, match] of Object.entries(WRITES)) {
  for (const [how, fault] of Object.entries(UNCLEAR)) {
    test(`${what}: ${how}: once, and whole`, async (t) => {
      const { ground, repo } = await talk(t, ONE, { daemon: { limits: { api_seconds: 2 } } });
      const scripted = ground.github.fault({ match, ...fault });
      const head = await push(ground, repo, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction('third')}` });
      assert.equal(scripted.taken, 1);
      assertSummary(ground, head);
      assert.equal(threads(ground).length, 2);
      assert.deepEqual(threads(ground).map((one) => one.resolvedBy), ['perf-bot', undefined]);
      assert.equal(threads(ground)[0].body.match(/Fixed in/g).length, 1);
      assert.equal(reviews(ground).length, 2);
    });
  }
  test(`kill -9 around ${what}: once, and whole`, async (t) => {
    for (const kind of ['call', 'timeout-after']) {
      await t.test(kind === 'call' ? 'before it is done' : 'after it is done', async (t) => {
        const { ground, repo } = await talk(t);
        let killed = null;
        ground.github.fault({ match, kind, run: () => (killed = ground.daemon.kill9()) });
        const seen = ground.github.log.length;
        const { before, after } = await repo.push(1, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction('third')}` });
        const { id } = await ground.accepted(repo, 1, 'synchronize', { before });
        const wanted = what === 'the edit' ? () => threads(ground)[0].resolvedBy : () => threads(ground).length === 2;
        await until(() => (kind === 'call' ? killed : wanted()) && ground.github.log.length > seen, 30000, 'the moment came');
        await (killed ?? ground.daemon.kill9());
        await ground.daemon.start();
        await ground.settled(id, 'done');
        assertSummary(ground, after);
        assert.deepEqual(threads(ground).map((one) => one.resolvedBy), ['perf-bot', undefined]);
        assert.equal(reviews(ground).length, 2);
      });
    }
  });
}

test('422: the comment that is refused moves to the summary, the others stand', async (t) => {
  const ground = await Ground.make(t);
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE });
  const text = [CLEAN_BASE, ...['a', 'b', 'c', 'd', 'e'].map((name) => slowFunction(`slow_${name}`))].join('\n\n');
  await repo.pull(1, { 'a.py': text });
  const bad = lineOf(text, SLOW_NEEDLE, 4);
  ground.github.refusedLines = [bad];
  const { id } = await ground.accepted(repo, 1, 'opened');
  await ground.settled(id, 'done');
  const [review, ...more] = reviews(ground);
  assert.deepEqual(more, [], 'no draft is left, no second review');
  assert.equal(ground.github.pullState(NAME, 1).reviews.length, 1);
  assert.equal(review.comments.length, 4);
  assert.ok(!review.comments.some((one) => one.line === bad));
  assert.ok(review.body.includes(`a.py:${bad}`), 'the summary tells of it');
  assert.match(review.body, /5 inline|4 inline \+ 1 folded/);
});

test('422: killed while a draft stands: the draft is taken away, the review stands once', async (t) => {
  const ground = await Ground.make(t);
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': TWO });
  ground.github.refusedLines = [lineOf(TWO, SLOW_NEEDLE, 2)];
  const held = ground.github.fault({ match: /^DELETE .*\/reviews\/\d+$/, kind: 'hang' });
  const { id } = await ground.accepted(repo, 1, 'opened');
  await until(() => held.taken === 1, 30000, 'a draft stands and is to be taken away');
  await ground.daemon.kill9();
  assert.deepEqual(ground.github.pullState(NAME, 1).reviews.map((one) => one.event), [null]);
  await ground.daemon.start();
  await ground.settled(id, 'done');
  assert.equal(reviews(ground).length, 1);
  assert.equal(ground.github.pullState(NAME, 1).reviews.length, 1, 'no draft is left');
});

test('a rate limit that an installation meets holds up its other repositories, and outlives a restart', async (t) => {
  const APP = 'ghs_123_e2eInstallationTokenThatMustNeverBeSeen';
  const ground = await Ground.make(t, { daemon: { env: { FORGE_TOKEN: APP } }, start: false });
  ground.github.tokens.set(APP, { login: 'perf-review[bot]', app: true });
  ground.github.git.tokens = ground.github.tokens;
  await ground.daemon.start();
  const repos = [];
  for (const name of ['acme/one', 'acme/two', 'other/three']) {
    repos.push(await ground.repo(name, { 'a.py': CLEAN_BASE }));
    await repos.at(-1).pull(1, { 'a.py': ONE });
  }
  const limit = ground.github.fault({ match: /^GET .*acme\/one\/pulls\/1$/, kind: 'retry-after', seconds: 6 });
  const first = await ground.accepted(repos[0], 1, 'opened');
  await until(() => limit.taken === 1, 30000, 'the limit struck');
  const { at } = ground.github.requests(/acme\/one\/pulls\/1$/)[0];
  await until(async () => /asks? to wait|rate limit|secondary/i.test((await ground.delivery(first.id)).text), 10000, 'the pause is kept');
  await ground.daemon.kill9();
  await ground.daemon.start();
  const second = await ground.accepted(repos[1], 1, 'opened');
  const third = await ground.accepted(repos[2], 1, 'opened');
  for (const { id } of [first, second, third]) await ground.settled(id, 'done');
  const asked = (name) => ground.github.requests(new RegExp(`GET .*${name}/pulls/1$`)).at(name === 'acme/one' ? 1 : 0).at;
  assert.ok(asked('acme/two') - at >= 5900, `another repository of the installation waited ${asked('acme/two') - at} ms`);
  assert.ok(asked('other/three') < asked('acme/two'), 'another installation did not wait');
});

test('a review that costs what it should: requests of a first review and of a push', async (t) => {
  const { ground, repo } = await talk(t);
  const cost = () => ground.github.log.filter((one) => one.status !== 304).length;
  const first = cost();
  await push(ground, repo, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction('third')}` });
  t.diagnostic(`first ${first}, push ${cost() - first}: ${ground.github.log.slice(-7).map((one) => `${one.method} ${one.path} ${one.status}`).join(', ')}`);
  assert.ok(first <= 6, `${first} requests for the first review`);
  assert.ok(cost() - first <= 5, `${cost() - first} requests for a push`);
});

test('400 findings: at most 30 comments, every body within what GitHub takes, the rest counted', async (t) => {
  const ground = await Ground.make(t);
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE, '.perf-review.yml': 'max_comments: 30\n' });
  const names = Array.from({ length: 400 }, (_, i) => `a_function_with_a_name_that_is_as_long_as_they_come_in_large_services_${i}`);
  await repo.pull(1, { 'a.py': [CLEAN_BASE, ...names.map((name) => slowFunction(name))].join('\n\n') });
  const [review, ...more] = await ground.reviewed(repo, 1);
  assert.deepEqual(more, []);
  assert.equal(review.comments.length, 30);
  assert.ok(review.body.length <= 65536, `${review.body.length} characters`); // longer ones are violations, too
  assert.match(review.body, /Found 400 = 30 inline \+ 370 folded/);
  assert.match(review.body, marker(repo.pulls.get(1).head));
});

test('text of a change breaks out of nothing: no mention, no link, no fence, no marker, no turned text', async (t) => {
  const ground = await Ground.make(t);
  const bad = '@octocat #1 ``` <!-- perf-review:fp=0000000000000000 --> <!-- perf-review:v1 head=' + '1'.repeat(40) + ' job=x --> \u202e https://evil.example';
  const text = `${CLEAN_BASE}\n\ndef unique(items):\n    seen = []\n    for item in items:\n        if item in seen:  # ${bad}\n            continue\n        seen.append(item)  # ${bad}\n    return seen\n`;
  const path = 'in/@octocat `a` <!-- b -->.py';
  const repo = await ground.repo(NAME, { [path]: CLEAN_BASE });
  await repo.pull(1, { [path]: text }, { title: bad });
  await ground.reviewed(repo, 1);
  const head = await push(ground, repo, { [path]: `# more\n${text}` });
  assertSummary(ground, head);
  assert.equal(threads(ground).length, 1, 'its own marker is found again, not the forged one');
  for (const body of [...reviews(ground).map((one) => one.body), ...threads(ground).map((one) => one.body)]) {
    const prose = body.replace(/^( *)(`{3,})[^`\n]*\n[\s\S]*?^ *\2 *$/gm, '').replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
    assert.doesNotMatch(prose, /@octocat|evil\.example|#1\b/, body);
    assert.doesNotMatch(body, /[\u202a-\u202e\u2066-\u2069]/, body);
    assert.deepEqual((body.match(/<!--[^>]*-->/g) ?? []).filter((one) => /0000000000000000|1111111111/.test(one)), [], body);
  }
});
