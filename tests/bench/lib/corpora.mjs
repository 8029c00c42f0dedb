// The files that the benchmarks analyse: real code that is there.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FILE_MAX = 1 << 20;
const NOT_THE_LIBRARY = /\/(tests?|idle_test|site-packages|dist-packages|__pycache__|node_modules)(\/|$)/;

export const REGISTRY = process.env.PERF_REVIEW_BENCH_RUST ?? '/usr/share/cargo/registry';

function walk(folder, ending, out = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (NOT_THE_LIBRARY.test(path)) continue;
    if (entry.isDirectory()) walk(path, ending, out);
    else if (entry.isFile() && path.endsWith(ending) && statSync(path).size <= FILE_MAX) out.push(path);
  }
  return out.sort();
}

/** The standard library of the Python that is installed, without its tests. */
export function pythonFiles() {
  return walk(execFileSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_paths()["stdlib"])'], { encoding: 'utf8' }).trim(), '.py');
}

/** The sources of the crates that are installed; none where none are. */
export const rustFiles = () => (existsSync(REGISTRY) ? walk(REGISTRY, '.rs') : []);
