// From the delivery to the posted review, warm: all of it, and the bot's own share. Its own is every moment in
// which neither the API nor git had a request of it to answer, as the stand-in sees it: the wire and the client
// libraries count as our own.
import { makeGround, reviewOnce } from './lib/world.mjs';
import { cpuUs } from './lib/processes.mjs';
import { median, rounds, spread } from './lib/results.mjs';

const WARM = 3;
const OWN_LIMIT_MS = 15;

/** Length of the union of the spans inside from..to. */
function covered(spans, from, to) {
  let sum = 0;
  let at = from;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const begin = Math.max(span.from, at);
    const end = Math.min(span.to ?? to, to);
    if (end <= begin) continue;
    sum += end - begin;
    at = end;
  }
  return sum;
}

/** Where the time went, request by request, with what lay between them. */
function story({ from, to, spans }) {
  const lines = [];
  let at = from;
  for (const span of spans) {
    const end = span.to ?? to;
    lines.push(`    own ${Math.max(0, span.from - at).toFixed(1).padStart(6)} ms, then ${span.what} ${(end - span.from).toFixed(1).padStart(6)} ms  ${span.path}`);
    at = Math.max(at, end);
  }
  return lines.join('\n');
}

export async function review(results) {
  const ground = await makeGround('review', { workers: 2 });
  const samples = [];
  let cpuMs = 0;
  try {
    for (let number = 1; number <= WARM; number++) await reviewOnce(ground, number);
    const before = cpuUs(ground.daemon.child.pid);
    for (let i = 1; i <= rounds() * 4; i++) {
      const one = await reviewOnce(ground, WARM + i);
      const total = one.to - one.from;
      const api = covered(one.spans.filter((span) => span.what === 'api'), one.from, one.to);
      const own = total - covered(one.spans, one.from, one.to);
      samples.push({ ...one, total, api, own, git: total - own - api });
    }
    cpuMs = (cpuUs(ground.daemon.child.pid) - before) / 1e3 / samples.length;
  } finally {
    await ground.end();
  }
  const of = (key) => samples.map((one) => one[key]);
  const middle = [...samples].sort((a, b) => a.own - b.own)[samples.length >> 1];
  console.log(`200 changed lines in a repository of three files, ${samples.length} pull requests; medians in ms (lowest..highest):`);
  for (const key of ['total', 'git', 'api', 'own']) console.log(`  ${key.padEnd(6)} ${median(of(key)).toFixed(1).padStart(6)}  (${spread(of(key), 1)})`);
  console.log(`  cpu of the daemon and its workers, all in: ${cpuMs.toFixed(1)} ms a review`);
  console.log(`  the review with the median share:\n${story(middle)}`);
  results.atMost('review: own share of delivery to review', median(of('own')), OWN_LIMIT_MS, { unit: ' ms', digits: 1, note: spread(of('own'), 1) });
}
