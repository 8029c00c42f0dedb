// `/perf-review` in comments: acknowledged, allowed or not, carried out once, answered in one comment. Each fault that
// could double or lose something strikes once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLEAN_BASE, slowFunction } from './lib/code.mjs';
import { BOT, Ground, MUTATION, marker } from './lib/ground.mjs';
import { payloadProblems } from './lib/payloads.mjs';
import { until } from './lib/until.mjs';

const NAME = 'acme/told';
const ONE = `${CLEAN_BASE}\n\n${slowFunction('first')}`;
const ANSWER = /<!-- perf-review:answer job=\S+ -->$/;
const REACT = /^POST .*\/reactions$/;
const POST = /^POST .*\/issues\/1\/comments$/;

/** A reviewed pull request by robin; ann may write. */
async function told(t, options = {}) {
  const ground = await Ground.make(t, options);
  const repo = await ground.repo(NAME, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': ONE });
  ground.github.collaborators.set(`${NAME} ann`, 'write');
  if (options.start !== false) await ground.reviewed(repo, 1);
  return { ground, repo };
}

const answers = (ground) => ground.github.pullState(NAME, 1).issueComments.filter((one) => one.user.login === BOT && ANSWER.test(one.body));
const reactions = (comment) => (comment.reactions ?? []).map((one) => one.content);
const summary = (ground) => ground.github.reviews(NAME, 1).find((one) => one.body.includes('<!-- perf-review:v1 ')).body;

/** Say it, wait for the end: { comment, body } where body is the answer that then stands. */
async function command(ground, repo, login, text, { state = 'done', ...options } = {}) {
  const said = await ground.say(repo, 1, login, text, options);
  assert.equal(said.status, 202, said.body);
  await ground.settled(said.id, state);
  const [answer, ...more] = answers(ground);
  assert.deepEqual(more, [], 'one comment holds the answers');
  return { ...said, answer: answer?.body };
}

/** The review that a command queued, when it is over. */
async function followed(ground, state = 'done') {
  let id = null;
  await until(async () => {
    const { stdout } = await ground.daemon.run('deliveries', 'list');
    id = /\bcommand-\S+/.exec(stdout)?.[0];
    return id;
  }, 30000, 'a command queued a review');
  return ground.settled(id, state);
}

test('the payloads of this file are GitHub\'s', async (t) => {
  const { ground, repo } = await told(t);
  const plain = await ground.say(repo, 1, 'ann', 'Thank you!');
  const [thread] = ground.github.threads(NAME, 1);
  const reply = await ground.say(repo, 1, 'ann', 'Sure?', { inThread: thread.id });
  assert.deepEqual(payloadProblems('issue_comment', plain.payload), []);
  assert.deepEqual(payloadProblems('pull_request_review_comment', reply.payload), []);
  assert.deepEqual([plain.status, reply.status], [200, 200], 'what people say to each other is not kept');
});

test('help, by the author of the change: seen, answered; the next answer takes its place', async (t) => {
  const { ground, repo } = await told(t);
  const { comment, answer } = await command(ground, repo, 'robin', 'Well.\r\n\r\n/perf-review help\r\n');
  assert.deepEqual(reactions(comment), ['eyes']);
  assert.match(answer, /`\/perf-review ignore RULE\\\|ID reason`/);
  assert.doesNotMatch(answer, /^\/perf-review/m);
  const [{ id }] = answers(ground);
  const status = await command(ground, repo, 'robin', '/perf-review status');
  assert.equal(answers(ground)[0].id, id);
  assert.match(status.answer, /reviewed[^]*`[0-9a-f]{16}` \| `py-/);
  assert.doesNotMatch(status.answer, /\| command \|/);
});

test('a verb that is none: the nearest, and the help', async (t) => {
  const { ground, repo } = await told(t);
  const { answer } = await command(ground, repo, 'robin', '/perf-review statsu @everyone `x`');
  assert.match(answer, /`statsu` is no command\. Did you mean `status`\?/);
  assert.match(answer, /\| command \|/);
  assert.match(answer, /^`\/perf-review statsu @everyone 'x'`$/m, 'words of people stand in code');
});

test('explain: a rule, and one that is none', async (t) => {
  const { ground, repo } = await told(t);
  const { answer } = await command(ground, repo, 'robin', '/perf-review explain py-membership-in-list\n/perf-review explain py-membership-in-lst');
  assert.match(answer, /```text\n[^]*py-membership-in-list/);
  assert.match(answer, /`py-membership-in-lst` is no rule; did you mean `py-membership-in-list`/);
});

test('run: the present head is reviewed again', async (t) => {
  const { ground, repo } = await told(t);
  const { answer } = await command(ground, repo, 'ann', '/perf-review run');
  assert.match(answer, new RegExp(`A review of \`${repo.pulls.get(1).head.slice(0, 12)}\` is queued`));
  await followed(ground);
  assert.equal(ground.github.reviews(NAME, 1).length, 1);
  assert.equal(ground.github.threads(NAME, 1).length, 1);
});

/** Told on request alone: its rule is opt-in. */
const HELD_BACK = 'def some(flags):\n    for flag in flags:\n        if flag:\n            return True\n    return False\n';

test('full: what is held back is listed in the summary, no comment is added; the next push holds it back again', async (t) => {
  const { ground, repo } = await told(t);
  const { before } = await repo.push(1, { 'b.py': HELD_BACK });
  await ground.settled((await ground.accepted(repo, 1, 'synchronize', { before })).id, 'done');
  assert.doesNotMatch(summary(ground), /py-any-all-loop/);
  await command(ground, repo, 'ann', '/perf-review full');
  await followed(ground);
  assert.match(summary(ground), /py-any-all-loop/);
  assert.equal(ground.github.threads(NAME, 1).length, 1);
  const next = await repo.push(1, { 'c.py': 'X = 1\n' });
  await ground.settled((await ground.accepted(repo, 1, 'synchronize', { before: next.before })).id, 'done');
  assert.doesNotMatch(summary(ground), /py-any-all-loop/);
  assert.equal(ground.github.threads(NAME, 1)[0].resolvedBy, undefined);
});

test('run reviews a draft, which pushes do not', async (t) => {
  const { ground, repo } = await told(t, { start: false });
  await ground.daemon.start();
  repo.pulls.get(1).draft = true;
  await command(ground, repo, 'ann', '/perf-review run');
  await followed(ground);
  assert.match(summary(ground), marker(repo.pulls.get(1).head));
});

test('ignore a rule, then take it back: declined once with its reason, then a finding again', async (t) => {
  const { ground, repo } = await told(t);
  const rule = /"rule":"(py-[a-z-]+)"/.exec(summary(ground))[1];
  await command(ground, repo, 'ann', `/perf-review ignore ${rule} three *items* at most`);
  await until(() => /Declined in this pull request/.test(summary(ground)), 30000, 'the summary lists it as declined');
  assert.equal(summary(ground).match(/by ann: three/g).length, 1, summary(ground));
  const { before } = await repo.push(1, { 'a.py': `# moved\n${ONE}` });
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before });
  await ground.settled(id, 'done');
  assert.match(summary(ground), /by ann: three/);
  const status = await command(ground, repo, 'ann', '/perf-review status');
  assert.match(status.answer, new RegExp(`ignored: \`${rule}\` by \`ann\`: \`three`));
  await command(ground, repo, 'ann', `/perf-review unignore ${rule}`);
  await until(() => /\b1 finding\b/.test(summary(ground)), 30000, 'the finding is back');
});

test('ignore in an answer to a finding: that finding, and no comment is added', async (t) => {
  const { ground, repo } = await told(t);
  const [thread] = ground.github.threads(NAME, 1);
  const fingerprint = /perf-review:fp=([0-9a-f]{16})/.exec(thread.body)[1];
  const { comment, answer } = await command(ground, repo, 'ann', '/perf-review ignore the list is short', { inThread: thread.id });
  assert.deepEqual(reactions(comment), ['eyes']);
  assert.match(answer, new RegExp(`\`${fingerprint}\` is ignored in this pull request: \`the list is short\``));
  await until(() => /by ann: the list is short/.test(summary(ground)), 30000, 'the summary lists it');
  assert.equal(ground.github.threads(NAME, 1).length, 1);
  assert.equal(ground.github.threads(NAME, 1)[0].body, thread.body);
});

test('ignore without a reason, or of nothing: asked back, nothing is kept', async (t) => {
  const { ground, repo } = await told(t);
  const { answer } = await command(ground, repo, 'ann', '/perf-review ignore py-membership-in-list\n/perf-review ignore');
  assert.match(answer, /Why\? A reason[^]*Which rule, or which finding\?/);
  assert.doesNotMatch(answer, /is queued/);
});

test('hot and cold: declared heat, the later word counts', async (t) => {
  const { ground, repo } = await told(t);
  await command(ground, repo, 'ann', '/perf-review hot a.py:first');
  await until(() => /"evidence":"declared"[^]*"heat":"hot"/.test(summary(ground)), 30000, () => summary(ground));
  await command(ground, repo, 'ann', '/perf-review cold a.py:first');
  await until(() => !/"heat":"hot"/.test(summary(ground)), 30000, () => summary(ground));
  const { answer } = await command(ground, repo, 'ann', '/perf-review hot [a\n/perf-review status');
  assert.match(answer, /cold: `a.py:first` by `ann`/);
  assert.match(answer, /`\[a`: /, 'what is no glob is told');
});

test('goal: the closing question and the order follow it', async (t) => {
  const { ground, repo } = await told(t);
  const { answer } = await command(ground, repo, 'ann', '/perf-review goal speed\n/perf-review goal memory 4 GB boxes');
  assert.match(answer, /Which goal\? latency, throughput or memory[^]*The goal is memory/);
  await until(() => /The order above is by the goal that was named: memory/.test(summary(ground)), 30000, () => summary(ground));
  const status = await command(ground, repo, 'ann', '/perf-review status');
  assert.match(status.answer, /goal: `memory 4 GB boxes`/);
});

test('pause: pushes are not reviewed; run reviews once; resume reviews at once', async (t) => {
  const { ground, repo } = await told(t);
  await command(ground, repo, 'ann', '/perf-review pause');
  const { before } = await repo.push(1, { 'a.py': CLEAN_BASE });
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before });
  assert.match((await ground.settled(id, 'skipped')).text, /paused by ann/);
  await command(ground, repo, 'ann', '/perf-review run');
  await until(() => marker(repo.pulls.get(1).head).test(summary(ground)), 30000, 'run reviews');
  const next = await repo.push(1, { 'a.py': ONE });
  await ground.settled((await ground.accepted(repo, 1, 'synchronize', { before: next.before })).id, 'skipped');
  await command(ground, repo, 'ann', '/perf-review resume');
  await until(() => marker(next.after).test(summary(ground)), 30000, 'resume reviews');
});

test('who may: the author reads, the others need write access, a stranger is only shown that he may not', async (t) => {
  const { ground, repo } = await told(t);
  const { answer } = await command(ground, repo, 'robin', '/perf-review ignore py-membership-in-list no');
  assert.match(answer, /`ignore` wants write access/);
  assert.doesNotMatch(answer, /is queued/);
  const before = answers(ground)[0].body;
  const eve = await command(ground, repo, 'eve', '/perf-review status', { state: 'skipped' });
  assert.deepEqual(reactions(eve.comment), ['eyes', 'confused']);
  assert.equal(answers(ground)[0].body, before, 'a stranger gets no answer');
  ground.github.collaborators.set(`${NAME} eve`, 'maintain');
  await command(ground, repo, 'eve', '/perf-review run');
  ground.github.collaborators.set(`${NAME} eve`, 'triage');
  await command(ground, repo, 'eve', '/perf-review run', { state: 'skipped' });
});

test('edited comments, programs, our own words, code, quotes and hidden hints: nothing happens', async (t) => {
  const { ground, repo } = await told(t);
  const seen = ground.github.log.length;
  const cases = [
    ['ann', '/perf-review run', { action: 'edited' }],
    ['some-app[bot]', '/perf-review run', { type: 'Bot' }],
    ['ann', '/perf-review run\n\n<!-- perf-review:answer job=1-a -->'],
    ['ann', 'like this:\n```\n/perf-review run\n```\nor\n~~~~ sh\n/perf-review run\n~~~\n/perf-review run\n~~~~'],
    ['ann', '> /perf-review run\n\n    /perf-review run\n\nsee /perf-review run'],
    ['ann', '<!-- hint:\n/perf-review run\n-->\n/perf-reviews run\n/perf-review-run'],
    ['ann', 'on an issue\n/perf-review run', { patch: (payload) => delete payload.issue.pull_request }],
  ];
  for (const [login, body, options] of cases) {
    const { status, body: text } = await ground.say(repo, 1, login, body, options);
    assert.equal(status, 200, `${body}: ${text}`);
  }
  assert.equal(ground.github.log.length, seen, 'GitHub was asked nothing');
  assert.equal(answers(ground).length, 0);
});

test('a redelivery does nothing twice', async (t) => {
  const { ground, repo } = await told(t);
  const { id, payload } = await command(ground, repo, 'ann', '/perf-review run');
  await followed(ground);
  const seen = ground.github.log.length;
  const stored = await ground.storedCount();
  const again = await ground.deliver('issue_comment', payload, { id });
  assert.equal(again.status, 202);
  await ground.settled(id, 'done');
  assert.equal(ground.github.log.length, seen);
  assert.equal(await ground.storedCount(), stored);
});

test('a command that is replayed by hand is carried out again', async (t) => {
  const { ground, repo } = await told(t);
  const { id } = await command(ground, repo, 'ann', '/perf-review status');
  const [{ body }] = answers(ground);
  assert.equal((await ground.daemon.run('deliveries', 'replay', id)).status, 0);
  await until(() => answers(ground)[0].body !== body, 30000, 'the answer is of the new job');
  assert.equal(answers(ground).length, 1);
});

test('commands in an hour over the cap are not heard, and cost nothing', async (t) => {
  const { ground, repo } = await told(t, { daemon: { limits: { commands: 2 } } });
  for (let i = 0; i < 2; i++) await command(ground, repo, 'ann', '/perf-review status');
  const seen = ground.github.log.length;
  const third = await command(ground, repo, 'ann', '/perf-review run', { state: 'skipped' });
  assert.deepEqual(reactions(third.comment), []);
  assert.equal(ground.github.log.length, seen);
});

test('many commands at once: one answer, in their order', async (t) => {
  const { ground, repo } = await told(t, { daemon: { workers: 3 } });
  const ids = [];
  for (const verb of ['help', 'pause', 'status', 'resume', 'explain py-readlines', 'status']) {
    const { status, id } = await ground.say(repo, 1, 'ann', `/perf-review ${verb}`);
    assert.equal(status, 202);
    ids.push(id);
  }
  for (const id of ids) await ground.settled(id, 'done');
  const [answer, ...more] = answers(ground);
  assert.deepEqual(more, []);
  assert.match(answer.body, /^`\/perf-review status`/);
  assert.doesNotMatch(answer.body, /paused/);
});

const UNCLEAR = {
  'done, then 502': { kind: 'after', status: 502 },
  'done, then no answer': { kind: 'timeout-after' },
  'done, then the connection breaks': { kind: 'reset', afterWork: true },
  'not done, 502': { kind: 'status', status: 502 },
};
const WRITES = {
  'the reaction': (request) => REACT.test(`${request.method} ${request.url}`),
  'the first answer': (request) => POST.test(`${request.method} ${request.url}`),
  'the edited answer': MUTATION,
};
for (const [what, match] of Object.entries(WRITES)) {
  for (const [how, fault] of Object.entries(UNCLEAR)) {
    test(`${what}: ${how}: once`, async (t) => {
      const { ground, repo } = await told(t, { daemon: { limits: { api_seconds: 2 } } });
      if (what === 'the edited answer') await command(ground, repo, 'ann', '/perf-review help');
      const scripted = ground.github.fault({ match, ...fault });
      const { comment, answer } = await command(ground, repo, 'ann', '/perf-review status');
      assert.equal(scripted.taken, 1);
      assert.deepEqual(reactions(comment), ['eyes']);
      assert.match(answer, /^`\/perf-review status`/);
    });
  }
}

for (const [what, match] of Object.entries({
  'between the reaction and the answer': /^GET .*\/permission$/,
  'as the answer is posted': POST,
})) {
  test(`kill -9 ${what}: one answer, one review`, async (t) => {
    const { ground, repo } = await told(t);
    let killed = null;
    let acknowledge;
    const acknowledged = new Promise((resolve) => (acknowledge = resolve));
    const kill = ground.github.fault({ match, kind: 'call', run: () => acknowledged.then(() => (killed = ground.daemon.kill9())) });
    const { id, comment } = await ground.say(repo, 1, 'ann', '/perf-review run');
    acknowledge();
    await until(() => kill.taken === 1 && killed !== null, 30000, 'the moment came');
    await killed;
    await ground.daemon.start();
    await ground.settled(id, 'done');
    await followed(ground);
    assert.equal(answers(ground).length, 1);
    assert.deepEqual(reactions(comment), ['eyes']);
    const { stdout } = await ground.daemon.run('deliveries', 'list');
    assert.equal(stdout.match(/\bcommand-\S+/g).length, 1);
    assert.equal(ground.github.reviews(NAME, 1).length, 1);
  });
}

test('a comment that was deleted meanwhile, an answer that somebody deleted', async (t) => {
  const { ground, repo } = await told(t);
  await command(ground, repo, 'ann', '/perf-review help');
  const state = ground.github.pullState(NAME, 1);
  state.issueComments = [];
  const { answer } = await command(ground, repo, 'ann', '/perf-review status');
  assert.match(answer, /status/);
  ground.github.fault({ match: REACT, kind: 'status', status: 404 });
  await command(ground, repo, 'ann', '/perf-review help', { state: 'skipped' });
});
