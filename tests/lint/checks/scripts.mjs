// Scripts parse in the shell that their first line names, can be run, and say where they fail.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const shellOf = (first) => /^#!\s*(?:\/usr\/bin\/env\s+|\/bin\/|\/usr\/bin\/)(sh|bash|dash)\b/.exec(first)?.[1];

export function scripts(tree) {
  const breaches = [];
  const found = tree.files.map((path) => {
    const plain = !/\.\w+$/.test(path) || /\.(sh|bash)$/.test(path);
    const source = plain ? tree.read(path) : '';
    return { path, source, shell: shellOf(source.split('\n', 1)[0]) };
  }).filter(({ path, shell }) => shell || /\.(sh|bash)$/.test(path));

  for (const { path, source, shell } of found) {
    if (!shell) {
      breaches.push({ path, line: 1, what: 'no first line that names sh or bash' });
      continue;
    }
    const { status, stderr, error } = spawnSync(shell, ['-n', join(tree.root, path)], { encoding: 'utf8' });
    if (error || status !== 0) {
      const line = Number(/(?:line )?(\d+):/.exec((stderr ?? '').replaceAll(tree.root, ''))?.[1] ?? 1);
      breaches.push({ path, line, what: `${shell} -n: ${(error?.message ?? stderr).trim().split('\n')[0].replace(`${tree.root}/`, '')}` });
    }
    // A file that is only sourced says so, and is not for running.
    const sourced = /^# Sourced /m.test(source);
    if (!sourced && !(tree.mode(path) & 0o100)) breaches.push({ path, line: 1, what: 'is not executable' });
    if (!sourced && shell === 'bash' && !/^set -euo pipefail$/m.test(source)) breaches.push({ path, line: 1, what: 'bash without `set -euo pipefail`: a failing step would go on' });
  }
  return { looked: found.length, breaches };
}
