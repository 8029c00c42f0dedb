// Runs the benchmarks that are asked for and ends with one table of what was promised. usage: bench.mjs [WHAT]
import { analysis } from './analysis.mjs';
import { calls } from './calls.mjs';
import { ingest } from './ingest.mjs';
import { memory } from './memory.mjs';
import { peer } from './peer.mjs';
import { review } from './review.mjs';
import { Results } from './lib/results.mjs';

const BENCHES = { analysis, peer, ingest, review, calls, memory };
const what = process.argv[2] ?? 'all';
const chosen = what === 'all' ? Object.keys(BENCHES) : [what];
const results = new Results();

for (const name of chosen) {
  console.log(`\n== ${name} ==`);
  try {
    await BENCHES[name](results);
  } catch (error) {
    console.error(error);
    results.must(name, 'runs to its end', 'no', false);
  }
}
console.log(results.table());
process.exit(results.missed ? 1 : 0);
