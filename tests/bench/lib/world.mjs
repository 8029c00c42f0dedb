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

export async function makeGround(name, { workers }) {
  const root = join(process.env.PERF_REVIEW_BENCH_FOLDER, name);
  const bare = join(root, 'bare');
  mkdirSync(bare, { recursive: true });
  const github = await startGitHub({ root: bare, tokens: { [TOKEN]: { login: 'perf-bot' } } });
  const spans = watch(github);
  const daemon = new Daemon({ github, folder: join(root, 'service'), workers });
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
