// Waiting for a condition instead of for a time.
import { sleep } from './faults.mjs';

/** Builds with sanitizers are several times slower than others, and so are busy machines: one factor for all waits. */
const PATIENCE = Number(process.env.PERF_REVIEW_E2E_PATIENCE ?? 1);

/** Poll @p fn until it gives something true, and give that. After @p ms: an error that says what never came. */
export async function until(fn, ms = 30000, what = 'the condition') {
  const deadline = Date.now() + ms * PATIENCE;
  for (let wait = 5; ; wait = Math.min(wait * 1.5, 100)) {
    const value = await fn();
    if (value) return value;
    if (Date.now() > deadline) {
      const said = typeof what === 'function' ? await what() : what;
      throw new Error(`after ${ms * PATIENCE} ms still not: ${said}`);
    }
    await sleep(wait);
  }
}

/** For what must not happen: watch @p fn for @p ms and fail as soon as it gives something true. */
export async function never(fn, ms, what) {
  const deadline = Date.now() + ms;
  while (Date.now() < deadline) {
    if (await fn()) throw new Error(`it came to pass: ${what}`);
    await sleep(25);
  }
}
