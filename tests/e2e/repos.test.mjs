// The test ground itself: the scenario repositories are what they claim to be.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Diff } from './lib/diff.mjs';
import { git } from './lib/git.mjs';
import { CHANGES, SHAPES } from './lib/scenarios.mjs';

let root;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'perf-review-repos-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

for (const [name, make] of Object.entries({ ...CHANGES, ...SHAPES })) {
  test(`${name}: every expected line is an added line of the pull request`, async () => {
    const { repo, expect } = await make(root, `acme/${name}`);
    const diff = await Diff.open(repo.dir, await repo.ref('refs/heads/main'), await repo.ref('refs/pull/1/head'));
    await git(repo.dir, ['fsck', '--strict', '--no-dangling']);
    for (const { path, line } of expect) {
      const hunks = await diff.hunks(path);
      assert.ok(hunks?.some((hunk) => hunk.added.has(line)), `${path}:${line} is added`);
    }
  });
}

test('the same content gives the same commits', async () => {
  const one = await CHANGES.service(root, 'acme/twice-a');
  const two = await CHANGES.service(root, 'acme/twice-b');
  assert.equal(one.repo.pulls.get(1).head, two.repo.pulls.get(1).head);
});

test('shapes have the shape they are named for', async () => {
  const statuses = async (name) => {
    const { repo } = await SHAPES[name](root, `acme/shape-${name}`);
    const diff = await Diff.open(repo.dir, await repo.ref('refs/heads/main'), await repo.ref('refs/pull/1/head'));
    return { repo, diff, list: diff.files.map((file) => `${file.status} ${file.path}`) };
  };
  assert.deepEqual((await statuses('renamed-with-edits')).list, ['renamed new/tools.py']);
  const move = await statuses('pure-move');
  assert.deepEqual(move.list, ['renamed new/tools.py']);
  assert.deepEqual(await move.diff.hunks('new/tools.py'), []);
  assert.deepEqual((await statuses('deletion')).list, ['removed gone.py']);
  assert.deepEqual((await statuses('moved-base')).list, ['modified a.py']);
  assert.equal((await statuses('300-files')).list.length, 300);
  const binary = await statuses('binary');
  assert.deepEqual(await binary.diff.hunks('logo.bin'), []);
  const fork = await statuses('fork');
  assert.equal(await fork.repo.ref('refs/heads/topic-1'), null);
  const modes = await git((await statuses('symlink')).repo.dir, ['ls-tree', 'refs/pull/1/head']);
  assert.match(modes, /^120000 blob .*link\.py$/m);
  const sizes = await git((await statuses('skipped-files')).repo.dir, ['cat-file', '-s', 'refs/pull/1/head:huge.py']);
  assert.ok(Number(sizes) > 1024 * 1024, `${sizes} bytes`);
});
