// All rules on, against the bare parse of the same files; what each rule costs; whether time grows as the text does.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGISTRY, pythonFiles, rustFiles } from './lib/corpora.mjs';
import { median, rounds } from './lib/results.mjs';
import { SHAPES } from './lib/shapes.mjs';

const RATIO_LIMIT = { Python: 1.5, Rust: 1.5 };
const RULE_LIMIT = 0.02; // of the bare parse, one rule alone
const RULE_FILES = 4; // one file in so many is enough to know what a rule costs
// At 16 times the length against once, both against the bare parse of the same text: what a longer text costs by
// missing the caches more often, parsing pays as well. For facts and rules alone a share below the floor is noise.
const GROWTH_LIMIT = 1.3;
const SHARE_FLOOR = 0.05;
const GROWTH_TIMES = [1, 4, 16];
const GROWTH_TURNS = 5;
const OWN_BYTES = 48 << 10; // of a file of the library that is repeated
/** What bench_analysis says of the files: its text, the ratio to the bare parse, that of facts and rules, MB/s. */
function run(files, turns) {
  const text = execFileSync(process.env.PERF_REVIEW_BENCH_ANALYSIS, ['-r', String(turns), ...files], { encoding: 'utf8', maxBuffer: 1 << 20 });
  const number = (pattern) => Number(pattern.exec(text)[1]);
  const share = number(/^facts +[\d.]+ ms +([\d.]+)/m) + number(/^all rules +[\d.]+ ms +([\d.]+)/m);
  return { text, share, ratio: number(/^analysis \/ bare parse: ([\d.]+)/m), rate: number(/\(([\d.]+) MB\/s\)/) };
}

function corpus(results, language, name, files) {
  const { text, ratio } = run(files, rounds());
  console.log(`${name}:\n${text.replace(/^/gm, '  ').trimEnd()}`);
  results.atMost(`analysis: all rules against the bare parse, ${name}`, ratio, RATIO_LIMIT[language], { digits: 3 });
}

function costs(results, files) {
  const some = files.filter((_, at) => at % RULE_FILES === 0);
  const text = execFileSync(process.env.PERF_REVIEW_BENCH_ANALYSIS, ['-c', '-r', String(rounds()), ...some], { encoding: 'utf8', maxBuffer: 1 << 20 });
  console.log(`what each rule costs alone:\n${text.replace(/^/gm, '  ').trimEnd()}`);
  const dearest = /^(\S+)\.yaml +[\d.]+ ms +([\d.]+) of/m.exec(text);
  results.atMost('analysis: the dearest rule against the bare parse', Number(dearest[2]), RULE_LIMIT, { digits: 4, note: dearest[1] });
}

/** What one shape costs at each length; the lengths take turns, so that a slow moment is shared. */
function growth(results, name, make) {
  const folder = join(process.env.PERF_REVIEW_BENCH_FOLDER, 'analysis');
  mkdirSync(folder, { recursive: true });
  const sizes = GROWTH_TIMES.map((times) => {
    const path = join(folder, `${name.replace(/\W+/g, '-')}-${times}.py`);
    const text = make(times);
    writeFileSync(path, text);
    return { times, path, bytes: text.length, turns: [] };
  });
  for (let turn = 0; turn < GROWTH_TURNS; turn++)
    for (const size of sizes) size.turns.push(run([size.path], 5));
  const middle = (size, what) => median(size.turns.map((turn) => turn[what]));
  const cells = sizes.map((size) => `${`${size.times} x`.padStart(5)} ${`${size.bytes >> 10} KB`.padStart(7)} ${(1000 / middle(size, 'rate')).toFixed(0).padStart(5)} ns/B ${middle(size, 'ratio').toFixed(3)} ${middle(size, 'share').toFixed(3)}`);
  console.log(`  ${name.padEnd(22)}${cells.join(' |')}`);
  const grown = (what, floor) => middle(sizes.at(-1), what) / Math.max(floor, middle(sizes[0], what));
  const worst = Math.max(grown('ratio', 0), grown('share', SHARE_FLOOR));
  results.atMost(`analysis: growth to 16 x, ${name}`, worst, GROWTH_LIMIT);
}

export async function analysis(results) {
  const python = pythonFiles();
  corpus(results, 'Python', 'Python library', python);
  costs(results, python);
  console.log('growth: length, time a byte, against the bare parse, facts and rules against the bare parse:');
  for (const [name, make] of Object.entries(SHAPES)) growth(results, name, make);
  const own = python.reduce((best, path) => (Math.abs(statSync(path).size - OWN_BYTES) < Math.abs(statSync(best).size - OWN_BYTES) ? path : best));
  const text = readFileSync(own, 'utf8').replace(/\n*$/, '\n\n');
  growth(results, 'a file after itself', (times) => text.repeat(times));
  const rust = rustFiles();
  if (rust.length > 0) corpus(results, 'Rust', 'Rust crates', rust);
  else console.log(`no Rust sources in ${REGISTRY}; to measure them too: apt-get install librust-regex-dev librust-tokio-dev librust-serde-dev`);
}
