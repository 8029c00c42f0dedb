// What a review costs at the forge: calls of its API, and bytes that are sent to it, for a pull request that is seen
// for the first time and for a push that adds a finding and fixes another. Answers of 304 cost nothing and are left out.
import { conversationCost, makeGround } from './lib/world.mjs';

const FIRST_MAX = 6;
const PUSH_MAX = 5;

export async function calls(results) {
  for (const [name, app] of [['token', false], ['App', true]]) {
    const ground = await makeGround(`calls-${name}`, { workers: 1, app });
    try {
      const cost = await conversationCost(ground, 1);
      for (const [what, limit] of [['first', FIRST_MAX], ['push', PUSH_MAX]]) {
        const { calls: count, bytes, asked } = cost[what];
        console.log(`${name}, ${what}: ${count} calls, ${bytes} bytes sent\n${asked.map((one) => `  ${one.method} ${one.path} ${Buffer.byteLength(one.body ?? '')} bytes`).join('\n')}`);
        results.atMost(`calls: ${name}, ${what}`, count, limit, { digits: 0, note: `${bytes} bytes sent` });
      }
    } finally {
      await ground.end();
    }
  }
}
