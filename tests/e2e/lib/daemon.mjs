// The daemon under test as an operator runs it: a configuration file, secrets from the environment, signals.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { listen, sleep } from './faults.mjs';
import { until } from './until.mjs';

export const TOKEN = 'ghp_e2eTokenThatMustNeverBeSeenInAnyLog0';
export const SECRET = 'e2e-webhook-secret-that-must-never-be-seen';

/** The program, as ctest or the caller names it. */
export function binary() {
  const path = process.env.PERF_REVIEW_BIN;
  if (!path) throw new Error('PERF_REVIEW_BIN must name the perf-review program (ctest sets it; by hand: PERF_REVIEW_BIN=build/asan/service/cli/perf-review node --test review.test.mjs)');
  if (!existsSync(path)) throw new Error(`PERF_REVIEW_BIN: there is no ${path}`);
  return path;
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Processes of a group that still run. A zombie that nobody reaps is dead, though kill(2) still finds it. */
function membersOf(group) {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
      return Number(pgrp) === group && state !== 'Z';
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** Short waits: a test must see the last retry. Each is a setting of the section `limits`. */
const LIMITS = { attempts: 4, retry_seconds: 1, job_seconds: 20, lease_seconds: 3, api_seconds: 4, request_seconds: 5, sweep_seconds: 0 };

const yaml = (object, indent) => Object.entries(object).map(([key, value]) => `${indent}${key}: ${value}\n`).join('');

export class Daemon {
  /** github: the stand-in (or { url, api }); folder: where configuration and data lie; secret, access: text for the file. */
  constructor({ github, folder, limits = {}, workers = 2, secret = '${WEBHOOK_SECRET}', env = {}, extra = '', access = 'token: ${FORGE_TOKEN}' }) {
    Object.assign(this, { github, folder, workers, secret, env, extra, access, limits: { ...LIMITS, ...limits } });
    this.data = join(folder, 'data');
    this.config = join(folder, 'perf-review.yml');
    this.output = '';
    this.child = null;
  }

  #environment() {
    const kept = Object.entries(process.env).filter(([key]) => /^(PATH|LANG|TZ|.*SAN_OPTIONS|.*SYMBOLIZER_PATH)$/.test(key));
    return { ...Object.fromEntries(kept), HOME: this.folder, WEBHOOK_SECRET: SECRET, FORGE_TOKEN: TOKEN, ...this.env };
  }

  async configure() {
    mkdirSync(this.folder, { recursive: true });
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    writeFileSync(this.config, `listen: 127.0.0.1:${this.port}\ndata: ${this.data}\nstore: sqlite\nworkers: ${this.workers}\n`
      + `forges:\n  - name: github\n    kind: github\n    url: ${this.github.url}\n    api: ${this.github.api}\n`
      + `    secret: ${this.secret}\n    ${this.access}\nlimits:\n${yaml(this.limits, '  ')}${this.extra}`);
    return this;
  }

  /** Start and wait until GET /readyz is 200. */
  async start() {
    await this.configure();
    // A group of its own, so that kill9() can take the workers along as a power cut would.
    const child = spawn(binary(), ['serve', '--config', this.config], { env: this.#environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    child.ended = new Promise((resolve) => child.on('exit', (status, signal) => resolve({ status, signal })));
    child.ended.then((how) => (child.how = how));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (this.output += part));
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    await until(async () => {
      if (child.how) throw new Error(`the daemon ended at once (${JSON.stringify(child.how)}):\n${this.output}`);
      return (await this.get('/readyz')).status === 200;
    }, 15000, () => `GET ${this.url}/readyz answers 200\n${this.output}`);
    return this;
  }

  async get(path) {
    try {
      const response = await fetch(this.url + path, { signal: AbortSignal.timeout(3000) });
      return { status: response.status, headers: response.headers, body: await response.text() };
    } catch (error) {
      return { status: 0, body: String(error) };
    }
  }

  #signal(name, whole) {
    try {
      process.kill(whole ? -this.child.pid : this.child.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  /** Whatever a dead daemon left running still holds its end of these pipes; the test must not wait for that. */
  #letGo(child) {
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  }

  /** SIGTERM, and SIGKILL past the deadline. Gives { status, signal, ms, orphans }. */
  async stop(deadlineMs = 15000) {
    const { child } = this;
    if (!child) return null;
    const began = Date.now();
    this.#signal('SIGTERM', false);
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, deadlineMs, null)));
    const how = await Promise.race([child.ended, late]);
    clearTimeout(timer);
    // Workers get a moment to follow; who is left then was forgotten by the daemon.
    for (let i = 0; how && membersOf(child.pid).length > 0 && i < 20; i++) await sleep(50);
    const orphans = how !== null && membersOf(child.pid).length > 0;
    this.#signal('SIGKILL', true);
    this.#letGo(child);
    const { status, signal } = how ?? (await child.ended);
    this.child = null;
    return { status, signal, ms: Date.now() - began, orphans, late: how === null };
  }

  /** Like a power cut; `alone` kills the daemon's own process and leaves its workers to themselves. */
  async kill9({ alone = false } = {}) {
    const { child } = this;
    if (!child) return;
    this.#signal('SIGKILL', !alone);
    await child.ended;
    if (!alone) this.#letGo(child);
    if (alone) this.lost = child.pid;
    this.child = null;
  }

  /** Workers of a daemon that was killed alone: are any left? */
  hasOrphans() {
    return this.lost !== undefined && membersOf(this.lost).length > 0;
  }

  endOrphans() {
    if (this.hasOrphans()) process.kill(-this.lost, 'SIGKILL');
  }

  /** More workers on the same database, as `perf-review worker` starts them: { stop }. */
  async moreWorkers() {
    const child = spawn(binary(), ['worker', '--config', this.config], { env: this.#environment(), detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    let said = '';
    child.stderr.on('data', (part) => {
      said += part;
      this.output += part;
    });
    await until(() => said.includes('workers ready'), 15000, () => `more workers are there\n${said}`);
    return { stop: () => {
      child.kill('SIGTERM');
      return ended;
    } };
  }

  /** A command of the same program with the same configuration: { status, stdout, stderr }. */
  run(...args) {
    return this.program(...args, '--config', this.config);
  }

  program(...args) {
    return new Promise((resolve) => {
      execFile(binary(), args, { env: this.#environment(), timeout: 60000, maxBuffer: 16 << 20 },
        (error, stdout, stderr) => resolve({ status: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
    });
  }
}
