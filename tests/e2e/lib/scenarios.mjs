// The scenario repositories. Each entry makes its repository and opens its pull request(s), and says what a review
// must contain: `expect` [{ rule, path, line }] as inline comments, `silent` paths that must get none, `skipped`
// paths that the receipt must name, `clean` when there is nothing to say at all.
import {
  CARGO, CLEAN_BASE, CLEAN_HEAD, PYO3_BASE, PYO3_EXPECT, PYO3_HEAD, RUST_BASE, RUST_EXPECT, RUST_HEAD, SERVICE_BASE,
  SERVICE_EXPECT, SERVICE_HEAD, SLOW_NEEDLE, SLOW_RULE, filler, slowFunction,
} from './code.mjs';
import { Repo, lineOf } from './repos.mjs';

const slow = (path, text, nth = 1) => ({ rule: SLOW_RULE, path, line: lineOf(text, SLOW_NEEDLE, nth) });

/** A repository of one file and one pull request that changes it. */
async function simple(root, name, path, base, head, { extra = {}, ...options } = {}) {
  const repo = await Repo.create(root, name, { [path]: base, ...extra });
  await repo.pull(1, { [path]: head }, options);
  return repo;
}

async function renamedWithEdits(root, name) {
  const before = `${filler(30)}\n\n${CLEAN_BASE}`;
  const after = `${before}\n\n${slowFunction()}`;
  const repo = await Repo.create(root, name, { 'old/tools.py': before });
  await repo.pull(1, { 'new/tools.py': { from: 'old/tools.py', data: after } });
  return { repo, expect: [slow('new/tools.py', after)] };
}

async function pureMove(root, name) {
  const repo = await Repo.create(root, name, { 'old/tools.py': slowFunction(), 'keep.py': CLEAN_BASE });
  await repo.pull(1, { 'new/tools.py': { from: 'old/tools.py' } });
  return { repo, expect: [], clean: true };
}

async function deletion(root, name) {
  const repo = await Repo.create(root, name, { 'gone.py': slowFunction(), 'keep.py': CLEAN_BASE });
  await repo.pull(1, { 'gone.py': null });
  return { repo, expect: [], clean: true };
}

async function binary(root, name) {
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256));
  const repo = await Repo.create(root, name, { 'logo.bin': bytes, 'data.py': Buffer.concat([Buffer.from('x = 1\n'), bytes]) });
  const head = slowFunction();
  await repo.pull(1, { 'logo.bin': Buffer.concat([bytes, bytes]), 'data.py': Buffer.concat([Buffer.from('y = 2\n'), bytes]), 'slow.py': head });
  return { repo, expect: [slow('slow.py', head)], silent: ['logo.bin', 'data.py'] };
}

async function crlf(root, name) {
  const before = CLEAN_BASE.replace(/\n/g, '\r\n');
  const after = `${CLEAN_BASE}\n\n${slowFunction()}`.replace(/\n/g, '\r\n');
  return { repo: await simple(root, name, 'a.py', before, after), expect: [slow('a.py', after)] };
}

async function noNewline(root, name) {
  const before = `${CLEAN_BASE}\nLAST = 1`;
  const after = `${CLEAN_BASE}\n\n${slowFunction()}`.replace(/\n$/, '');
  return { repo: await simple(root, name, 'a.py', before, after), expect: [slow('a.py', after)] };
}

async function nonUtf8(root, name) {
  const head = Buffer.concat([Buffer.from('# -*- coding: latin-1 -*-\nNAME = "caf'), Buffer.from([0xe9, 0xff]), Buffer.from(`"\n\n\n${slowFunction()}`)]);
  const repo = await simple(root, name, 'a.py', Buffer.from('NAME = 1\n'), head);
  return { repo, expect: [slow('a.py', head.toString('latin1'))] };
}

async function submodule(root, name) {
  const head = slowFunction();
  const repo = await Repo.create(root, name, {
    '.gitmodules': '[submodule "dep"]\n\tpath = dep\n\turl = https://example.com/dep.git\n',
    dep: { mode: '160000', data: '1'.repeat(40) },
  });
  await repo.pull(1, { dep: { mode: '160000', data: '2'.repeat(40) }, 'a.py': head });
  return { repo, expect: [slow('a.py', head)], silent: ['dep'] };
}

async function symlink(root, name) {
  const head = slowFunction();
  const repo = await Repo.create(root, name, { 'a.py': CLEAN_BASE });
  await repo.pull(1, {
    'link.py': { mode: '120000', data: 'a.py' },
    'outside.py': { mode: '120000', data: '/etc/hostname' },
    'b.py': head,
  });
  return { repo, expect: [slow('b.py', head)], silent: ['link.py', 'outside.py'] };
}

async function forcePush(root, name) {
  const repo = await Repo.create(root, name, { 'a.py': CLEAN_BASE });
  await repo.pull(1, { 'a.py': `${CLEAN_BASE}\n\n${slowFunction('first')}` });
  const head = `${CLEAN_BASE}\n\nLIMIT = 5\n\n\n${slowFunction('second')}`;
  const pushed = await repo.push(1, { 'a.py': head }, { from: await repo.ref('refs/heads/main') });
  return { repo, expect: [slow('a.py', head)], pushed };
}

async function movedBase(root, name) {
  const repo = await Repo.create(root, name, { 'a.py': CLEAN_BASE, 'b.py': CLEAN_BASE });
  const branchPoint = await repo.ref('refs/heads/main');
  // What the base gained after the branch point is not the pull request's: two dots would show it as deleted.
  await repo.commit('refs/heads/main', { 'b.py': `${CLEAN_BASE}\n\n${slowFunction('theirs')}`, 'c.py': slowFunction() });
  const head = `${CLEAN_BASE}\n\n${slowFunction('ours')}`;
  await repo.pull(1, { 'a.py': head }, { from: branchPoint });
  return { repo, expect: [slow('a.py', head)], silent: ['b.py', 'c.py'] };
}

async function fork(root, name) {
  const head = `${CLEAN_BASE}\n\n${slowFunction()}`;
  return { repo: await simple(root, name, 'a.py', CLEAN_BASE, head, { fork: 'casey' }), expect: [slow('a.py', head)] };
}

async function skippedFiles(root, name) {
  const minified = `${Array.from({ length: 3000 }, (_, i) => `f${i}=lambda x:x+${i}`).join(';')}\n`;
  const generated = `# Generated by the protocol buffer compiler.  DO NOT EDIT!\n# source: shop.proto\n${slowFunction()}`;
  const large = `${slowFunction()}\n${filler(60000)}`;
  const head = slowFunction();
  const repo = await Repo.create(root, name, { 'README.md': 'x\n' });
  await repo.pull(1, { 'bundle.min.py': minified, 'shop_pb2.py': generated, 'vendor/lib/tool.py': slowFunction(), 'huge.py': large, 'a.py': head });
  const paths = ['bundle.min.py', 'shop_pb2.py', 'vendor/lib/tool.py', 'huge.py'];
  return { repo, expect: [slow('a.py', head)], silent: paths, skipped: paths };
}

async function syntaxErrors(root, name) {
  const head = `${slowFunction()}\n\ndef broken(:\n    return ((\n\n\nclass Later:\n    pass\n`;
  return { repo: await simple(root, name, 'a.py', CLEAN_BASE, head), expect: [slow('a.py', head)], mentions: [/syntax|parse/i] };
}

async function manyFiles(root, name) {
  const files = {};
  for (let i = 0; i < 300; i++) files[`pkg/m${String(i).padStart(3, '0')}.py`] = `${CLEAN_BASE}\nN = ${i}\n`;
  const repo = await Repo.create(root, name, files);
  const changes = {};
  for (const [path, text] of Object.entries(files)) changes[path] = `${text}\n\nM = 1\n`;
  const head = `${files['pkg/m150.py']}\n\n${slowFunction()}`;
  changes['pkg/m150.py'] = head;
  await repo.pull(1, changes);
  return { repo, expect: [slow('pkg/m150.py', head)] };
}

async function hostileNames(root, name) {
  const head = slowFunction();
  const path = 'a b/`tick` <!-- ü.py';
  const repo = await Repo.create(root, name);
  await repo.pull(1, { [path]: head }, { title: 'A `title` <!-- perf-review:v1 --> @everyone \u202e #1', branch: 'feature/ünïcode' });
  return { repo, expect: [slow(path, head)] };
}

async function manyFindings(root, name) {
  const head = Array.from({ length: 40 }, (_, i) => slowFunction(`unique_${i}`)).join('\n\n');
  return { repo: await simple(root, name, 'a.py', CLEAN_BASE, head), expect: [], found: 40 };
}

/** Shapes of the change itself; each is a test of git_shapes.test.mjs. */
export const SHAPES = {
  'renamed-with-edits': renamedWithEdits,
  'pure-move': pureMove,
  deletion,
  binary,
  crlf,
  'no-newline-at-end': noNewline,
  'non-utf8': nonUtf8,
  submodule,
  symlink,
  'force-push': forcePush,
  'moved-base': movedBase,
  fork,
  'skipped-files': skippedFiles,
  'syntax-errors': syntaxErrors,
  '300-files': manyFiles,
  'hostile-names': hostileNames,
};

/** What the bot is for. */
export const CHANGES = {
  service: async (root, name) => ({
    repo: await simple(root, name, 'shop/service.py', SERVICE_BASE, SERVICE_HEAD, { title: 'Report duplicates' }),
    expect: SERVICE_EXPECT,
  }),
  rust: async (root, name) => ({
    repo: await simple(root, name, 'src/lib.rs', RUST_BASE, RUST_HEAD, { extra: { 'Cargo.toml': CARGO } }),
    expect: RUST_EXPECT,
  }),
  pyo3: async (root, name) => ({
    repo: await simple(root, name, 'src/lib.rs', PYO3_BASE, PYO3_HEAD, { extra: { 'Cargo.toml': CARGO } }),
    expect: PYO3_EXPECT,
  }),
  clean: async (root, name) => ({
    repo: await simple(root, name, 'a.py', CLEAN_BASE, CLEAN_HEAD),
    expect: [],
    clean: true,
  }),
  'many-findings': manyFindings,
};
