// One test's world: repositories, the stand-in GitHub, the daemon, and the questions that tests ask of them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, SECRET, TOKEN, binary } from './daemon.mjs';
import { startGitHub } from './github.mjs';
import { deliver, pullPayload, spokenPayload } from './payloads.mjs';
import { Repo } from './repos.mjs';
import { until } from './until.mjs';

export const BOT = 'perf-bot';
const STATES = 'waiting|running|done|skipped|failed|superseded|ignored';
const FINAL = /^(done|skipped|failed|superseded|ignored)$/;

export class Ground {
  static async make(t, { apiBase = '', daemon = {}, start = true } = {}) {
    binary(); // say at once that there is no program, before anything is built
    const ground = new Ground();
    ground.root = mkdtempSync(join(tmpdir(), 'perf-review-e2e-'));
    ground.bare = join(ground.root, 'bare');
    ground.github = await startGitHub({ root: ground.bare, apiBase, tokens: { [TOKEN]: { login: BOT } } });
    ground.daemon = new Daemon({ github: ground.github, folder: join(ground.root, 'service'), ...daemon });
    t.after(() => ground.end(t));
    if (start) await ground.daemon.start();
    return ground;
  }

  /** Stop all, then hold what must be true after every test: no violation, no secret in any output, a clean end. */
  async end(t) {
    const how = await this.daemon.stop();
    this.daemon.endOrphans();
    await this.github.close();
    rmSync(this.root, { recursive: true, force: true });
    const { output } = this.daemon;
    if (t.passed === false || process.env.PERF_REVIEW_E2E_VERBOSE) t.diagnostic(`daemon said:\n${output}`);
    const tell = `\n--- the daemon said ---\n${output.slice(-6000)}`;
    assert.deepEqual(this.github.violations, [], `requests that GitHub would not expect${tell}`);
    assert.ok(!output.includes(TOKEN) && !output.includes(SECRET), 'a secret stands in the daemon\'s output');
    assert.doesNotMatch(output, /AddressSanitizer|LeakSanitizer|runtime error:|ThreadSanitizer/, 'a sanitizer spoke');
    if (!how) return;
    assert.ok(!how.late, `SIGTERM was not obeyed in time${tell}`);
    assert.equal(how.status, 0, `exit status after SIGTERM (signal ${how.signal})${tell}`);
    assert.ok(!how.orphans, 'workers outlived the daemon');
  }

  /** A scenario of scenarios.mjs, known to the stand-in. */
  async scenario(make, name = 'acme/shop') {
    const made = await make(this.bare, name);
    this.github.addRepo(made.repo);
    return made;
  }

  async repo(name, files) {
    return this.github.addRepo(await Repo.create(this.bare, name, files));
  }

  /** Deliver a pull_request event and give { status, body, id }. */
  async pullEvent(repo, number, action, { post = {}, ...options } = {}) {
    const payload = await pullPayload(this.github, repo, number, action, options);
    return this.deliver('pull_request', payload, post);
  }

  deliver(event, payload, post = {}) {
    return deliver(`${this.daemon.url}/webhooks/github`, { event, payload, secret: SECRET, ...post });
  }

  /** Somebody writes @p body in the pull request's conversation, or in the one that @p inThread began: { status, body, id, comment }. */
  async say(repo, number, login, body, { inThread = null, post = {}, ...options } = {}) {
    const { github } = this;
    const comment = inThread ? github.replyAs(repo.fullName, number, inThread, login, body) : github.commentAs(repo.fullName, number, login, body);
    const payload = await spokenPayload(github, repo, number, comment, options);
    return { ...(await this.deliver(inThread ? 'pull_request_review_comment' : 'issue_comment', payload, post)), comment, payload };
  }

  /** The same, and it must be accepted. */
  async accepted(repo, number, action, options) {
    const answer = await this.pullEvent(repo, number, action, options);
    assert.equal(answer.status, 202, `${action} is acknowledged: ${answer.body}`);
    return answer;
  }

  /** { state, text } of a delivery as `deliveries show` tells it; state is null when there is no such delivery. */
  async delivery(id) {
    const { status, stdout, stderr } = await this.daemon.run('deliveries', 'show', id);
    if (status !== 0) return { state: null, text: stdout + stderr };
    const labelled = new RegExp(`state\\W+(${STATES})\\b`, 'i').exec(stdout);
    const state = (labelled ?? new RegExp(`\\b(${STATES})\\b`).exec(stdout))?.[1] ?? null;
    return { state, text: stdout };
  }

  /** Wait until the delivery came to its end; `state` names which end it must be. */
  async settled(id, state = null, ms = 60000) {
    let last = null;
    await until(async () => {
      last = await this.delivery(id);
      return FINAL.test(last.state ?? '');
    }, ms, () => `delivery ${id} is finished\n${last?.text}\n${this.daemon.output.slice(-4000)}`);
    if (state) assert.equal(last.state, state, `${last.text}\n${this.daemon.output.slice(-4000)}`);
    return last;
  }

  /** Deliver, wait for the end, give the reviews that then stand. */
  async reviewed(repo, number, action = 'opened', options = {}) {
    const { id } = await this.accepted(repo, number, action, options);
    await this.settled(id, 'done');
    return this.github.reviews(repo.fullName, number);
  }

  /** What the forge was asked that changes something there. */
  writes() {
    return this.github.log.filter((one) => one.method !== 'GET' && !isQuery(one));
  }

  /** Number of deliveries that the daemon keeps: lines of `deliveries list` that name a state. */
  async storedCount() {
    const { status, stdout, stderr } = await this.daemon.run('deliveries', 'list');
    assert.equal(status, 0, stdout + stderr);
    return stdout.split('\n').filter((line) => new RegExp(`\\b(${STATES})\\b`).test(line)).length;
  }
}

/** A question in GraphQL's clothes. */
const isQuery = ({ path, body = '' }) => path.endsWith('/graphql') && body.startsWith('{"query":"query');

/** A fault's match: the GraphQL question about what stands, or a mutation. */
export const QUERY = (request) => request.url.endsWith('/graphql') && isQuery({ path: request.url, body: request.text });
export const MUTATION = (request) => request.url.endsWith('/graphql') && !QUERY(request);

/** The hidden mark of a summary: which head it is for. */
export const marker = (head) => new RegExp(`<!-- perf-review:v1 head=${head} job=\\S+ -->`);

/** One review, of this head, with these inline comments on these lines and no other; what is folded stands in
    the summary alone. */
export function assertReview(review, head, expected) {
  assert.equal(review.event, 'COMMENT');
  assert.equal(review.commit_id, head);
  assert.equal(review.user.login, BOT);
  assert.match(review.body, marker(head));
  const where = (one) => `${one.path}:${one.line}`;
  const inline = expected.filter((one) => !one.folded);
  assert.deepEqual(review.comments.map(where).sort(), inline.map(where).sort(), 'inline comments stand on the expected lines');
  for (const one of expected.filter((each) => each.folded)) assert.ok(review.body.includes(where(one)), `the summary names ${where(one)}`);
  for (const { path, line, side, body } of review.comments) {
    assert.equal(side, 'RIGHT', `${path}:${line}`);
    assert.match(body, /<!-- perf-review:fp=[0-9a-f]{16} -->/, `${path}:${line} carries its fingerprint`);
  }
}

export const PARTS = [/hot path hypothesis/i, /top issues/i, /patch/i, /tradeoffs/i, /measurement plan/i];
