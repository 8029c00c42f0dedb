// Servers under load: started on one core, watched through /proc, ended by their process id.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { sleep } from '../../e2e/lib/faults.mjs';

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** { state, ppid, pgrp, cpuUs } of a process, null when it is gone. */
function stat(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0); // with children that ended
    return { state: fields[0], ppid: Number(fields[1]), pgrp: Number(fields[2]), cpuUs: (ticks / TICKS) * 1e6 };
  } catch {
    return null;
  }
}

/** A process and all its descendants that live. */
export function family(pid) {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
    .map((one) => [one, stat(one)]).filter(([, it]) => it && it.state !== 'Z');
  const members = [pid];
  for (let i = 0; i < members.length; i++) {
    for (const [one, it] of parents) if (it.ppid === members[i] && !members.includes(one)) members.push(one);
  }
  return members;
}

/** User and system time that a family has used so far, in steps of a clock tick. */
export const cpuUs = (pid) => family(pid).reduce((sum, one) => sum + (stat(one)?.cpuUs ?? 0), 0);

/** [{ pid, name, pssKiB }]: memory, what is shared counted in shares. */
export function memoryOf(pid) {
  return family(pid).map((one) => {
    const text = readFileSync(`/proc/${one}/smaps_rollup`, 'latin1');
    return { pid: one, name: readFileSync(`/proc/${one}/comm`, 'latin1').trim(), pssKiB: Number(/^Pss:\s+(\d+)/m.exec(text)[1]) };
  });
}

/** Start a server on @p core and wait until it listens on @p port. Its group is its own: end() takes all of it. */
export async function startPinned(core, port, command, args, options = {}) {
  const child = spawn('taskset', ['-c', String(core), command, ...args], { detached: true, stdio: ['ignore', 'ignore', 'inherit'], ...options });
  const server = { pid: child.pid, port, ended: null };
  const gone = new Promise((resolve) => child.on('exit', (status, signal) => resolve((server.ended = { status, signal }))));
  child.on('error', (error) => (server.ended = { error }));
  server.end = async (signal = 'SIGTERM') => {
    if (!server.ended) process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    return gone;
  };
  for (let i = 0; i < 200; i++) {
    if (server.ended) throw new Error(`${command} ended at once: ${JSON.stringify(server.ended)}`);
    if (await answers(port)) return server;
    await sleep(50);
  }
  await server.end('SIGKILL');
  throw new Error(`${command} does not listen on ${port}`);
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
