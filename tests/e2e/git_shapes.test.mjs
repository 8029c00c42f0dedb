// Every shape that a change in git can have: reviewed on the right lines, or left alone with a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ground, assertReview } from './lib/ground.mjs';
import { SHAPES } from './lib/scenarios.mjs';

for (const [name, make] of Object.entries(SHAPES)) {
  test(`${name} is reviewed as it should be`, async (t) => {
    const ground = await Ground.make(t);
    const { repo, expect, clean = false, silent = [], skipped = [], mentions = [] } = await ground.scenario(make, `acme/${name}`);
    const reviews = await ground.reviewed(repo, 1);
    if (clean) {
      assert.deepEqual(reviews, [], 'there is nothing to say');
      return;
    }
    assert.equal(reviews.length, 1);
    const [review] = reviews;
    assertReview(review, repo.pulls.get(1).head, expect);
    for (const path of silent) assert.ok(!review.comments.some((one) => one.path === path), `${path} gets no comment`);
    for (const path of skipped) assert.ok(review.body.includes(path), `the receipt says why ${path} was skipped:\n${review.body}`);
    for (const what of mentions) assert.match(review.body, what);
  });
}

test('force-push: the payload names a commit that is gone, the present head is reviewed', async (t) => {
  const ground = await Ground.make(t);
  const { repo, expect, pushed } = await ground.scenario(SHAPES['force-push'], 'acme/forced');
  const { id } = await ground.accepted(repo, 1, 'synchronize', { before: pushed.before });
  await ground.settled(id, 'done');
  const reviews = ground.github.reviews(repo.fullName, 1);
  assert.equal(reviews.length, 1);
  assertReview(reviews[0], pushed.after, expect);
});

test('a second pull request of the same repository is reviewed from the same store of objects', async (t) => {
  const ground = await Ground.make(t);
  const { repo, expect } = await ground.scenario(SHAPES.crlf, 'acme/twice');
  assertReview((await ground.reviewed(repo, 1))[0], repo.pulls.get(1).head, expect);
  await repo.pull(2, { 'b.py': { from: 'a.py' } });
  assert.deepEqual(await ground.reviewed(repo, 2), []);
});

test('no common ancestor: the delivery ends with that reason', async (t) => {
  const ground = await Ground.make(t, { daemon: { limits: { attempts: 2 } } });
  const repo = await ground.repo('acme/unrelated', { 'a.py': 'x = 1\n' });
  await repo.commit('refs/heads/island', { 'b.py': 'y = 1\n' }, { onto: 'refs/heads/none' });
  await repo.pull(1, { 'c.py': 'z = 1\n' }, { from: await repo.ref('refs/heads/island') });
  const { id } = await ground.accepted(repo, 1, 'opened');
  const { state, text } = await ground.settled(id);
  assert.ok(state === 'failed' || state === 'skipped', state);
  assert.match(text, /ancestor|merge base/i);
  assert.deepEqual(ground.github.reviews(repo.fullName, 1), []);
});
