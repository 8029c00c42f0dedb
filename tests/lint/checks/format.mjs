// The C files stand as clang-format writes them. Its versions differ in small things, so one of them counts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const VERSION = 14;
const BATCH = 50;

function formatter() {
  for (const name of [`clang-format-${VERSION}`, 'clang-format']) {
    const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
    if (status === 0 && new RegExp(`version ${VERSION}\\.`).test(stdout)) return name;
  }
  return null;
}

export function format(tree) {
  const name = formatter();
  if (!name) return { looked: 0, breaches: [], skip: `clang-format ${VERSION} is not installed (Debian 12: apt-get install clang-format)` };
  const breaches = new Map();
  for (let at = 0; at < tree.c.length; at += BATCH) {
    const paths = tree.c.slice(at, at + BATCH).map((path) => join(tree.root, path));
    const { status, stderr, error } = spawnSync(name, ['--dry-run', '-Werror', '--style=file', ...paths], { encoding: 'utf8', maxBuffer: 256 << 20 });
    if (error) throw error;
    for (const [, file, line] of stderr.matchAll(/^(.+?\.[ch]):(\d+):\d+: error: /gm)) {
      const path = file.slice(tree.root.length).replace(/^\/+/, '');
      if (!breaches.has(path)) breaches.set(path, { path, line: Number(line), what: 'not as clang-format writes it (here first): ninja -C BUILD format' });
    }
    if (status !== 0 && breaches.size === 0) throw new Error(stderr);
  }
  return { looked: tree.c.length, breaches: [...breaches.values()] };
}
