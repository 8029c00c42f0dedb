// A warm end-to-end world on the loopback: the stand-in for GitHub of the end-to-end tests, one repository, the
// daemon, and pull requests of 200 changed lines.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, TOKEN, SECRET } from '../../e2e/lib/daemon.mjs';
import { GitHttp } from '../../e2e/lib/githttp.mjs';
import { startGitHub } from '../../e2e/lib/github.mjs';
import { deliver, pullPayload } from '../../e2e/lib/payloads.mjs';
import { Repo } from '../../e2e/lib/repos.mjs';
import { until } from '../../e2e/lib/until.mjs';

const CHANGED_FUNCTIONS = 20; // of ten lines each
const QUIET_FUNCTIONS = 60;

/** Ten lines; the slow one among them in every fifth function of a change. */
function tenLines(name, slow) {
  return `def ${name}(rows, limit):
    seen = ${slow ? '[]' : 'set()'}
    out = {}
    for row in rows:
        if row.key in seen:
            continue
        seen.${slow ? 'append' : 'add'}(row.key)
        out[row.key] = row.value * limit
    return out

`;
}

const module = (prefix, count, slow = () => false) => Array.from({ length: count }, (_, i) => tenLines(`${prefix}_${i}`, slow(i))).join('\n');

/** Three files of a service, one of them with 200 new lines in its middle, and a small edit in another. */
async function openPull(repo, number) {
  const quiet = module('quiet', QUIET_FUNCTIONS);
  const cut = quiet.length >> 1;
  const at = quiet.indexOf('\n\ndef ', cut) + 2;
  const fresh = module(`fresh_${number}`, CHANGED_FUNCTIONS, (i) => i % 5 === 0);
  await repo.pull(number, { 'shop/rows.py': `${quiet.slice(0, at)}${fresh}\n${quiet.slice(at)}` });
}

/** Every request that the stand-in answers, as { what, from, to } in ms: from its first byte to its last answer byte. */
function watch(github) {
  const spans = [];
  github.server.prependListener('request', (request, response) => {
    const span = { what: GitHttp.wants(request.url) ? 'git' : 'api', path: `${request.method} ${request.url.split('?')[0]}`, from: performance.now(), to: null };
    spans.push(span);
    response.on('finish', () => (span.to = performance.now()));
    response.on('close', () => (span.to ??= performance.now()));
  });
  return spans;
}

/** @p app: the daemon has an App's token, which may write checks; else a person's. */
export async function makeGround(name, { workers, app = false }) {
  const root = join(process.env.PERF_REVIEW_BENCH_FOLDER, name);
  const bare = join(root, 'bare');
  mkdirSync(bare, { recursive: true });
  const token = app ? 'ghs_123_benchInstallationToken' : TOKEN;
  const github = await startGitHub({ root: bare, tokens: { [token]: { login: app ? 'perf-review[bot]' : 'perf-bot', app } } });
  const spans = watch(github);
  const daemon = new Daemon({ github, folder: join(root, 'service'), workers, env: { FORGE_TOKEN: token } });
  const repo = github.addRepo(await Repo.create(bare, 'acme/shop', {
    'shop/rows.py': module('quiet', QUIET_FUNCTIONS), 'shop/more.py': module('more', 20), 'README.md': '# shop\n' }));
  await daemon.start();
  const end = async () => {
    const how = await daemon.stop();
    await github.close();
    if (github.violations.length > 0) throw new Error(github.violations.join('\n'));
    if (how?.status !== 0) throw new Error(`the daemon ended with ${JSON.stringify(how)}:\n${daemon.output}`);
  };
  return { github, daemon, repo, spans, end };
}

/** What one job asks of the API, free answers (304) left out: { calls, bytes } once its check or status is told. */
async function cost({ github, daemon, repo }, number, action, options) {
  const { head } = repo.pulls.get(number);
  const begun = github.log.length;
  const payload = await pullPayload(github, repo, number, action, options);
  const answer = await deliver(`${daemon.url}/webhooks/github`, { event: 'pull_request', payload, secret: SECRET });
  if (answer.status !== 202) throw new Error(`the delivery was answered ${answer.status}: ${answer.body}`);
  const told = () => github.statuses(repo.fullName, head).length > 0 || github.checks(repo.fullName, head).some((one) => one.status === 'completed');
  await until(told, 20000, () => `${action} is answered\n${daemon.output.slice(-3000)}`);
  const asked = github.log.slice(begun).filter((one) => one.status !== 304);
  return { calls: asked.length, bytes: asked.reduce((sum, one) => sum + Buffer.byteLength(one.body ?? ''), 0), asked };
}

/** The cost of a first review, and of a push that adds one finding and fixes another. */
export async function conversationCost(ground, number) {
  const base = module('quiet', QUIET_FUNCTIONS);
  await ground.repo.pull(number, { 'shop/rows.py': `${base}\n${tenLines('first', true)}` });
  const first = await cost(ground, number, 'opened');
  const { before } = await ground.repo.push(number, { 'shop/rows.py': `${base}\n${tenLines('second', true)}` });
  return { first, push: await cost(ground, number, 'synchronize', { before }) };
}

/** Open one pull request, deliver it, wait for its review: { from, to, spans } of it, times in ms. */
export async function reviewOnce({ github, daemon, repo, spans }, number) {
  await openPull(repo, number);
  const payload = await pullPayload(github, repo, number, 'opened');
  spans.length = 0;
  const from = performance.now();
  const answer = await deliver(`${daemon.url}/webhooks/github`, { event: 'pull_request', payload, secret: SECRET });
  if (answer.status !== 202) throw new Error(`the delivery was answered ${answer.status}: ${answer.body}`);
  const posted = () => spans.find((one) => one.path.startsWith('POST') && one.path.endsWith(`/pulls/${number}/reviews`) && one.to !== null);
  await until(posted, 20000, () => `pull request ${number} has its review\n${daemon.output.slice(-3000)}`);
  const to = posted().to;
  if (github.reviews(repo.fullName, number).length !== 1) throw new Error(`pull request ${number} has not exactly one review`);
  return { from, to, spans: spans.filter((one) => one.from < to) };
}
