// The test ground itself: its waits have ends, and its control of processes takes whole groups along.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, SECRET, TOKEN } from './lib/daemon.mjs';
import { never, until } from './lib/until.mjs';

/** A program that behaves like the daemon as far as the harness looks: it answers /readyz and obeys SIGTERM. */
const FAKE = `#!${process.execPath}
const fs = require('node:fs');
const config = fs.readFileSync(process.argv[process.argv.indexOf('--config') + 1], 'utf8');
if (process.argv[2] !== 'serve') { console.log(process.argv.slice(2).join(' ')); process.exit(3); }
if (config.includes('die: 1')) { console.error('refused'); process.exit(2); }
const worker = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
require('node:http').createServer((q, a) => a.writeHead(q.url === '/readyz' ? 200 : 404).end(q.url)).listen(/listen: .*:(\\d+)/.exec(config)[1], '127.0.0.1');
process.on('SIGTERM', () => { if (!config.includes('deaf: 1')) { if (!config.includes('forget: 1')) worker.kill('SIGKILL'); process.exit(0); } });
console.log(config.includes('\${FORGE_TOKEN}') && process.env.FORGE_TOKEN ? 'configured' : 'not configured');
`;

async function withFake(t, options, run) {
  const folder = mkdtempSync(join(tmpdir(), 'perf-review-fake-'));
  const file = join(folder, 'fake.cjs');
  writeFileSync(file, FAKE);
  chmodSync(file, 0o755);
  const before = process.env.PERF_REVIEW_BIN;
  process.env.PERF_REVIEW_BIN = file;
  const daemon = new Daemon({ github: { url: 'http://127.0.0.1:1', api: 'http://127.0.0.1:1' }, folder: join(folder, 'run'), ...options });
  t.after(async () => {
    await daemon.kill9();
    daemon.endOrphans();
    rmSync(folder, { recursive: true, force: true });
    if (before === undefined) delete process.env.PERF_REVIEW_BIN;
    else process.env.PERF_REVIEW_BIN = before;
  });
  await run(daemon);
}

test('start waits for readiness, stop is obeyed, a second start uses the same port', (t) => withFake(t, {}, async (daemon) => {
  await daemon.start();
  const { port } = daemon;
  assert.match(daemon.output, /^configured/);
  assert.ok(!daemon.output.includes(TOKEN) && !daemon.output.includes(SECRET));
  const how = await daemon.stop();
  assert.deepEqual([how.status, how.orphans, how.late], [0, false, false]);
  await daemon.start();
  assert.equal(daemon.port, port);
  await daemon.kill9();
  assert.equal((await daemon.get('/readyz')).status, 0);
}));

test('a daemon that ends at once is told with what it said', (t) => withFake(t, { extra: 'die: 1\n' }, async (daemon) => {
  await assert.rejects(daemon.start(), /ended at once .*"status":2.*\n.*refused/s);
  daemon.child = null;
}));

test('a deaf daemon is killed past the deadline and told as late', (t) => withFake(t, { extra: 'deaf: 1\n' }, async (daemon) => {
  await daemon.start();
  const how = await daemon.stop(300);
  assert.deepEqual([how.late, how.signal], [true, 'SIGKILL']);
}));

test('workers that are left behind are seen, and ended', (t) => withFake(t, { extra: 'forget: 1\n' }, async (daemon) => {
  await daemon.start();
  assert.equal((await daemon.stop()).orphans, true);
  await daemon.start();
  await daemon.kill9({ alone: true });
  assert.ok(daemon.hasOrphans());
  daemon.endOrphans();
  await until(() => !daemon.hasOrphans(), 3000, 'they are gone');
}));

test('a command gets the configuration and its exit status is told', (t) => withFake(t, {}, async (daemon) => {
  await daemon.configure();
  const { status, stdout } = await daemon.run('deliveries', 'show', 'x');
  assert.equal(status, 3);
  assert.match(stdout, /^deliveries show x --config /);
}));

test('waits end and say for what they waited', async () => {
  await assert.rejects(until(() => false, 30, 'the moon'), /still not: the moon/);
  assert.equal(await until(() => 7, 30, 'x'), 7);
  await never(() => false, 30, 'x');
  await assert.rejects(never(() => true, 30, 'the sun'), /the sun/);
});
