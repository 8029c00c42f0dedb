// Ten equal rules a language beside ast-grep, one thread each: processor time of whole processes over the same files,
// which must find the same number of places, rule by rule. The two take turns.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonFiles, rustFiles } from './lib/corpora.mjs';
import { EQUAL, ourRule, theirRules } from './lib/equal.mjs';
import { median, rounds, spread } from './lib/results.mjs';

const LIMITS = { python: 0.75, rust: 0.65 };
const OUTPUT_MAX = 1 << 30;
const FILES_MAX = 1500; // of a larger corpus, evenly: a command line has its limits

/** The program of the package for this platform: install scripts, which would put it elsewhere, are off. */
function astGrep() {
  const cli = fileURLToPath(import.meta.resolve('@ast-grep/cli/package.json'));
  const { optionalDependencies } = JSON.parse(readFileSync(cli, 'utf8'));
  const report = process.report.getReport();
  const name = `@ast-grep/cli-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;
  if (!optionalDependencies[name] || (process.platform === 'linux' && !report.header.glibcVersionRuntime)) throw new Error(`ast-grep has no package for ${name}`);
  return fileURLToPath(import.meta.resolve(`${name}/ast-grep`));
}

/** { out, ms }: what a command prints, and the processor time that it took, user and system. */
function timed(command, args) {
  const run = spawnSync('/usr/bin/env', ['bash', '-c', 'TIMEFORMAT="%U %S"; time "$@"', 'time', command, ...args], { encoding: 'utf8', maxBuffer: OUTPUT_MAX });
  if (run.status !== 0 && run.status !== 1) throw new Error(`${command}: ${run.status} ${run.error ?? ''} ${run.stderr.slice(-2000)}`);
  const [, user, system] = /([\d.]+) ([\d.]+)\n?$/.exec(run.stderr);
  return { out: run.stdout, ms: 1000 * (Number(user) + Number(system)) };
}

function countOurs(out) {
  return Object.fromEntries(out.trim().split('\n').map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
}

function countTheirs(out, ids) {
  const counts = Object.fromEntries(ids.map((id) => [id, 0]));
  for (const [, id] of out.matchAll(/"ruleId":"([^"]+)"/g)) counts[id] += 1;
  return counts;
}

function beside(results, language, all) {
  const step = Math.ceil(all.length / FILES_MAX);
  const files = all.filter((_, at) => at % step === 0);
  const folder = join(process.env.PERF_REVIEW_BENCH_FOLDER, 'equal', language);
  mkdirSync(folder, { recursive: true });
  const rules = EQUAL[language].map((rule) => {
    const { id, text } = ourRule(language, rule);
    const file = join(folder, `${id}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  const ours = () => timed(process.env.PERF_REVIEW_BENCH_EQUAL, [...rules, '--', ...files]);
  const program = astGrep();
  const theirs = () => timed(program, ['scan', '--inline-rules', theirRules(language, EQUAL[language]), '--json=stream', '-j', '1', '--no-ignore', 'hidden', ...files]);
  const turns = Array.from({ length: rounds() }, () => [ours(), theirs()]);
  const found = countOurs(turns[0][0].out);
  const peer = countTheirs(turns[0][1].out, Object.keys(found));
  const differing = Object.keys(found).filter((id) => found[id] !== peer[id]);
  const total = Object.values(found).reduce((sum, one) => sum + one, 0);
  const ratios = turns.map(([a, b]) => a.ms / b.ms);
  const middle = (side) => median(turns.map((turn) => turn[side].ms)).toFixed(0);
  console.log(`${language}: ${files.length} files, ours ${middle(0)} ms, ast-grep ${middle(1)} ms, ratio ${spread(ratios)}`);
  for (const id of Object.keys(found)) console.log(`  ${id.padEnd(28)} ${String(found[id]).padStart(6)} ${String(peer[id]).padStart(6)}`);
  results.must(`peer: places found by both, ${language}`, 'the same', differing.length === 0 ? `${total}` : differing.join(' '), differing.length === 0);
  results.atMost(`peer: processor time against ast-grep, ${language}`, median(ratios), LIMITS[language]);
}

export async function peer(results) {
  beside(results, 'python', pythonFiles());
  const rust = rustFiles();
  if (rust.length > 0) beside(results, 'rust', rust);
  else console.log('no Rust sources: see PERF_REVIEW_BENCH_RUST');
}
