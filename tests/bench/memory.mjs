// The daemon and two workers that have nothing to do: fresh, and again after they have reviewed.
import { memoryOf } from './lib/processes.mjs';
import { makeGround, reviewOnce } from './lib/world.mjs';
import { sleep } from '../e2e/lib/faults.mjs';

const LIMIT_MIB = 40;
const SETTLE_MS = 1500;
const REVIEWS = 6;

async function measure(what, daemon) {
  await sleep(SETTLE_MS);
  const processes = memoryOf(daemon.child.pid);
  const mib = processes.reduce((sum, one) => sum + one.pssKiB, 0) / 1024;
  console.log(`  ${what}: ${mib.toFixed(1)} MiB PSS in ${processes.length} processes (${processes.map((one) => (one.pssKiB / 1024).toFixed(1)).join(' + ')})`);
  return mib;
}

export async function memory(results) {
  const ground = await makeGround('memory', { workers: 2 });
  try {
    const fresh = await measure('started', ground.daemon);
    for (let number = 1; number <= REVIEWS; number++) await reviewOnce(ground, number);
    const worked = await measure(`after ${REVIEWS} reviews`, ground.daemon);
    results.atMost('memory: daemon and two idle workers', fresh, LIMIT_MIB, { unit: ' MiB', digits: 1 });
    results.atMost('memory: the same after reviews', worked, LIMIT_MIB, { unit: ' MiB', digits: 1 });
  } finally {
    await ground.end();
  }
}
