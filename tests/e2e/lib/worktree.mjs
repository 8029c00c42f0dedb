// Repositories with a work tree, as developers and CI jobs have them, and the program run in one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GIT_ENV } from './git.mjs';

/** A function that `check` has one finding of high severity for, in its fourth line. */
export const slow = (name) => `def ${name}(items):\n    seen = []\n    for item in items:\n        if item in seen:\n            continue\n        seen.append(item)\n    return seen\n`;

/** Runs @p command in @p folder; gives its status and what it printed. */
export function run(folder, command, args, env = {}) {
  const sanitizers = Object.fromEntries(Object.entries(process.env).filter(([key]) => /SAN_OPTIONS$|SYMBOLIZER_PATH$/.test(key)));
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, env: { ...GIT_ENV, ...sanitizers, HOME: folder, ...env }, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (error) throw error;
  return { status, out: stdout, err: stderr };
}

export const SOMEBODY = Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((role) => [[`GIT_${role}_NAME`, 'a'], [`GIT_${role}_EMAIL`, 'a@example.org']]));

export function git(folder, ...args) {
  const { status, out, err } = run(folder, 'git', args, SOMEBODY);
  assert.equal(status, 0, `git ${args.join(' ')}: ${err}`);
  return out.trim();
}

export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A repository ROOT/NAME whose branch topic adds @p files to main. */
export function repository(root, name, files) {
  const folder = join(root, name);
  mkdirSync(folder);
  git(folder, 'init', '-q', '-b', 'main');
  write(folder, { 'README.md': 'x\n' });
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', 'base');
  git(folder, 'checkout', '-q', '-b', 'topic');
  write(folder, files);
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'topic');
  return folder;
}
