// The git command line with nothing of this machine's configuration in it.
import { execFile, spawn } from 'node:child_process';

export const GIT_ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  GIT_CONFIG_KEY_1: 'gc.auto',
  GIT_CONFIG_VALUE_1: '0',
  GIT_TERMINAL_PROMPT: '0',
};

/** Run git in @p dir, feed it @p input, and give what it printed as a Buffer. */
export function gitRaw(dir, args, { input = null, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-C', dir, ...args], { env: { ...GIT_ENV, ...env } });
    const out = [];
    const err = [];
    child.stdout.on('data', (part) => out.push(part));
    child.stderr.on('data', (part) => err.push(part));
    child.stdin.on('error', () => {}); // git that fails early closes its end; its exit status tells
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(out));
      else reject(new Error(`git ${args.join(' ')}: exit ${status}: ${Buffer.concat(err).toString().trim()}`));
    });
    child.stdin.end(input ?? undefined);
  });
}

/** The same as text without the last newline. */
export async function git(dir, args, options) {
  return (await gitRaw(dir, args, options)).toString('utf8').replace(/\n$/, '');
}

/** Exit status only: for questions that git answers that way. */
export function gitOk(dir, args) {
  return new Promise((resolve) => {
    execFile('git', ['-C', dir, ...args], { env: GIT_ENV }, (error) => resolve(!error));
  });
}
