// All rules on, against the bare parse of the same files; and whether time grows as the text does.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rounds } from './lib/results.mjs';

const RATIO_LIMIT = 1.4;
const GROWTH_LIMIT = 2; // time a byte at 16 times the length, against once: caches cost some, a square would be 16
const GROWTH_BYTES = 48 << 10;
const FILE_MAX = 1 << 20;
const REGISTRY = process.env.PERF_REVIEW_BENCH_RUST ?? '/usr/share/cargo/registry';
const NOT_THE_LIBRARY = /\/(tests?|idle_test|site-packages|dist-packages|__pycache__|node_modules)(\/|$)/;

function walk(folder, ending, out = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (NOT_THE_LIBRARY.test(path)) continue;
    if (entry.isDirectory()) walk(path, ending, out);
    else if (entry.isFile() && path.endsWith(ending) && statSync(path).size <= FILE_MAX) out.push(path);
  }
  return out.sort();
}

/** What bench_analysis says of the files: its text, the ratio to the bare parse, MB/s. */
function run(files, turns) {
  const text = execFileSync(process.env.PERF_REVIEW_BENCH_ANALYSIS, ['-r', String(turns), ...files], { encoding: 'utf8', maxBuffer: 1 << 20 });
  const number = (pattern) => Number(pattern.exec(text)[1]);
  return { text, ratio: number(/^analysis \/ bare parse: ([\d.]+)/m), rate: number(/\(([\d.]+) MB\/s\)/) };
}

function corpus(results, name, files) {
  const { text, ratio } = run(files, rounds());
  console.log(`${name}:\n${text.replace(/^/gm, '  ').trimEnd()}`);
  results.atMost(`analysis: all rules against the bare parse, ${name}`, ratio, RATIO_LIMIT, { digits: 3 });
}

function growth(results, files) {
  const folder = join(process.env.PERF_REVIEW_BENCH_FOLDER, 'analysis');
  const near = (path) => Math.abs(statSync(path).size - GROWTH_BYTES);
  const source = files.reduce((best, path) => (near(path) < near(best) ? path : best));
  const text = readFileSync(source, 'utf8').replace(/\n*$/, '\n\n');
  const made = [];
  mkdirSync(folder, { recursive: true });
  for (const times of [1, 4, 16]) {
    const path = join(folder, `times${times}.py`);
    writeFileSync(path, text.repeat(times));
    const { rate, ratio } = run([path], 15);
    made.push({ rate, ratio });
    console.log(`  ${String(times).padStart(2)} x ${text.length} bytes: ${rate.toFixed(1)} MB/s, ${ratio.toFixed(3)} of the bare parse (itself ${(rate * ratio).toFixed(1)} MB/s)`);
  }
  results.atMost('analysis: time a byte, 16 x against 1 x', made[0].rate / made[2].rate, GROWTH_LIMIT);
  results.atMost('analysis: all rules against the bare parse, 16 x', made[2].ratio, RATIO_LIMIT, { digits: 3 });
}

export async function analysis(results) {
  const library = execFileSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_paths()["stdlib"])'], { encoding: 'utf8' }).trim();
  const python = walk(library, '.py');
  corpus(results, 'Python library', python);
  console.log('one file after itself:');
  growth(results, python);
  let rust = [];
  try {
    rust = walk(REGISTRY, '.rs');
  } catch {
    // no crates are installed
  }
  if (rust.length > 0) corpus(results, 'Rust crates', rust);
  else console.log(`no Rust sources in ${REGISTRY}; to measure them too: apt-get install librust-regex-dev librust-tokio-dev librust-serde-dev`);
}
