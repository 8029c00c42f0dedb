// Acknowledged deliveries against a Probot app that does nothing and stores nothing: each server alone on core 0,
// wrk with 32 connections on core 1, in turn. Then the daemon is killed, and what it acknowledged must be on disk.
import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen } from '../e2e/lib/faults.mjs';
import { sign } from '../e2e/lib/payloads.mjs';
import { median, rounds, spread } from './lib/results.mjs';
import { cpuUs, startPinned } from './lib/processes.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const SERVER_CORE = 0;
const LOAD_CORE = 1;
const CONNECTIONS = 32;
const WARM_SECONDS = 4; // until the other side's compiler is done
const QUIET_SHARE = 0.8; // of its core that a loaded server gets when nobody else is there
const PULLS = 400; // pull requests that take turns; a second round of them finds its job waiting
const SECONDS = Number(process.env.PERF_REVIEW_BENCH_SECONDS ?? 4);
const SECRET = randomBytes(20).toString('hex');

async function freePort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Signed bodies of as many pull requests, from GitHub's own example: about 24 KB each. Gives the bytes of one. */
function writeBodies(path) {
  const examples = createRequire(join(HERE, '../e2e/package.json'))('@octokit/webhooks-examples');
  const pull = examples.find((one) => one.name === 'pull_request').examples.find((one) => one.action === 'synchronize');
  const lines = [];
  for (let number = 1; number <= PULLS; number++) {
    const sha = randomBytes(20).toString('hex');
    const body = JSON.stringify({ ...pull, number, after: sha,
      pull_request: { ...pull.pull_request, number, head: { ...pull.pull_request.head, sha } } });
    lines.push(sign(SECRET, body), body);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
  return Buffer.byteLength(lines[1]);
}

/** Nobody works on the jobs, and the queue takes them all. */
function writeConfig(folder, port) {
  const path = join(folder, 'perf-review.yml');
  writeFileSync(path, `listen: 127.0.0.1:${port}\ndata: ${folder}/data\nworkers: 0\nforges:\n`
    + '  - {name: github, kind: github, url: "http://127.0.0.1:9", api: "http://127.0.0.1:9", secret: "${WEBHOOK_SECRET}"}\n'
    + 'limits: {queue_max: 100000000}\nlog: {level: error}\n');
  return path;
}

function load(port, seconds, bodies, id) {
  const args = ['-c', String(LOAD_CORE), 'wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', join(HERE, 'load.lua'), `http://127.0.0.1:${port}`];
  return new Promise((resolve, reject) => {
    execFile('taskset', args, { env: { ...process.env, BENCH_BODIES: bodies, BENCH_ID: id } }, (error, stdout, stderr) => {
      const result = /^RESULT (.*)$/m.exec(stdout);
      if (error || !result) reject(error ?? new Error(`wrk: ${stdout}${stderr}`));
      else resolve(JSON.parse(result[1]));
    });
  });
}

async function turn(side, seconds, bodies, id) {
  const before = cpuUs(side.server.pid);
  const { requests, us, refused, broken, p50us, p99us } = await load(side.server.port, seconds, bodies, id);
  side.acknowledged += requests - refused;
  side.refused += refused + broken;
  return { rate: ((requests - refused) / us) * 1e6, cpu: (cpuUs(side.server.pid) - before) / requests, p50: p50us / 1e3, p99: p99us / 1e3 };
}

const COUNT = 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM deliveries").fetchone()[0])';

const storedIn = (folder) => Number(execFileSync('python3', ['-c', COUNT, join(folder, 'data/perf-review.db')], { encoding: 'utf8' }));

async function startSides(folder) {
  const env = { ...process.env, WEBHOOK_SECRET: SECRET };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'pkcs1', format: 'pem' } });
  const ours = await freePort();
  const theirs = await freePort();
  const config = writeConfig(folder, ours);
  const server = await startPinned(SERVER_CORE, ours, process.env.PERF_REVIEW_BIN, ['serve', '--config', config], { env });
  const probot = await startPinned(SERVER_CORE, theirs, process.execPath, [join(HERE, 'probot_app.mjs')], {
    env: { ...env, PRIVATE_KEY: privateKey, APP_ID: '1', HOST: '127.0.0.1', PORT: String(theirs),
      WEBHOOK_PATH: '/webhooks/github', LOG_LEVEL: 'fatal', NODE_ENV: 'production' } });
  return [
    { name: 'perf-review', server, samples: [], acknowledged: 0, refused: 0 },
    { name: 'Probot no-op', server: probot, samples: [], acknowledged: 0, refused: 0 },
  ];
}

export async function ingest(results) {
  if (cpus().length < 2) throw new Error('two cores are needed: one for the server, one for the load');
  const folder = join(process.env.PERF_REVIEW_BENCH_FOLDER, 'ingest');
  const bodies = join(folder, 'bodies.txt');
  mkdirSync(folder, { recursive: true });
  const bytes = writeBodies(bodies);
  const sides = await startSides(folder);
  try {
    for (const side of sides) await turn(side, WARM_SECONDS, bodies, 'warm');
    for (let round = 0; round < rounds(); round++) {
      for (const side of sides) side.samples.push(await turn(side, SECONDS, bodies, `round${round}`));
    }
  } finally {
    for (const side of sides) await side.server.end('SIGKILL'); // no farewell: what counts is what is on disk now
  }
  report(results, sides, bytes, storedIn(folder));
}

function report(results, [ours, theirs], bytes, stored) {
  let busy = false;
  console.log(`${PULLS} signed pull requests of ${bytes} bytes, ${CONNECTIONS} connections, ${rounds()} rounds of ${SECONDS} s in turn; medians:`);
  for (const { name, samples, refused } of [ours, theirs]) {
    const of = (key) => samples.map((one) => one[key]);
    const share = median(samples.map((one) => (one.rate * one.cpu) / 1e6));
    if (share < QUIET_SHARE) busy = true;
    console.log(`  ${name.padEnd(13)} ${median(of('rate')).toFixed(0).padStart(6)} req/s   ${median(of('cpu')).toFixed(0).padStart(4)} us cpu/req (${spread(of('cpu'), 0)})`
      + `   p50 ${median(of('p50')).toFixed(1)} ms   p99 ${median(of('p99')).toFixed(1)} ms   refused or broken: ${refused}   had ${(100 * share).toFixed(0)} % of its core`);
  }
  if (busy) console.log('  others used the core meanwhile: the rates and p99 say little here, the cpu a request says more');
  const paired = (key) => ours.samples.map((one, i) => one[key] / theirs.samples[i][key]);
  results.atLeast('ingest: acknowledged/s against Probot', median(paired('rate')), 3, { note: spread(paired('rate')) });
  results.atMost('ingest: cpu a delivery against Probot', median(paired('cpu')), 0.3, { note: spread(paired('cpu')) });
  results.atMost('ingest: p99 against Probot', median(paired('p99')), 0.25, { note: spread(paired('p99')) });
  results.must('ingest: acknowledged and on disk after kill -9', 'all', `${ours.acknowledged} and ${stored}`, stored >= ours.acknowledged);
  results.must('ingest: refused', '0', String(ours.refused), ours.refused === 0);
}
