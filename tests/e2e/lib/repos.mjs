// Real bare repositories with pull requests, made by git itself with fixed names and dates: the same content gives
// the same commit ids on every run.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git.mjs';

const EPOCH = 1750000000;

/** fast-import takes a path as it is unless it begins with a quote or holds a newline. */
function quoted(path) {
  return /^"|[\n"\\]/.test(path) ? `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"` : path;
}

/** One number for each repository, from its name: ids must be stable and differ. */
function numberOf(text) {
  let hash = 5381;
  for (const letter of text) hash = (hash * 33 + letter.codePointAt(0)) % 1000000007;
  return hash;
}

export class Repo {
  #clock = EPOCH;
  #changes = 0;

  constructor(root, fullName) {
    const [owner, name] = fullName.split('/');
    Object.assign(this, { fullName, owner, name, dir: join(root, owner, `${name}.git`), defaultBranch: 'main' });
    this.id = numberOf(fullName);
    this.pulls = new Map();
  }

  /** A bare repository at ROOT/OWNER/NAME.git whose branch main holds @p files. */
  static async create(root, fullName, files = { 'README.md': `# ${fullName}\n` }) {
    const repo = new Repo(root, fullName);
    mkdirSync(repo.dir, { recursive: true });
    await git(repo.dir, ['init', '-q', '--bare', '-b', 'main']);
    // As the forges do: the refs of pull requests are shown and fetched, never pushed to.
    await git(repo.dir, ['config', 'receive.hideRefs', 'refs/pull']);
    await git(repo.dir, ['config', 'uploadpack.allowReachableSHA1InWant', 'true']);
    await repo.commit('refs/heads/main', files, { message: 'Begin' });
    return repo;
  }

  /**
   * Put one commit on @p ref. Changes: path -> text | Buffer | null (delete) | { from } (move) | { mode, data }
   * ({ mode: '160000', data: SHA } is a submodule, { mode: '120000', data: TARGET } a symlink). A move can carry data.
   */
  async commit(ref, changes, { parent = null, message = 'Change', onto = parent ? null : ref } = {}) {
    const parts = [];
    const put = (text) => parts.push(Buffer.isBuffer(text) ? text : Buffer.from(text, 'utf8'));
    const data = (bytes) => {
      put(`data ${bytes.length}\n`);
      put(bytes);
      put('\n');
    };
    const start = parent ?? (await this.ref(onto));
    this.#clock += 60;
    put(`commit ${ref}\ncommitter Robin Example <robin@example.com> ${this.#clock} +0000\n`);
    data(Buffer.from(message, 'utf8'));
    if (start) put(`from ${start}\n`);
    for (const [path, change] of Object.entries(changes)) {
      if (change === null) {
        put(`D ${quoted(path)}\n`);
        continue;
      }
      const plain = typeof change === 'string' || Buffer.isBuffer(change);
      const { from = null, mode = '100644', data: bytes } = plain ? { data: change } : change;
      // With a quoted source its end is known even when it holds a space.
      if (from !== null) put(`R "${from.replace(/[\\"]/g, '\\$&')}" ${quoted(path)}\n`);
      if (mode === '160000') {
        put(`M 160000 ${bytes} ${quoted(path)}\n`);
      } else if (bytes !== undefined) {
        put(`M ${mode} inline ${quoted(path)}\n`);
        data(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'utf8'));
      }
    }
    put('\n');
    await git(this.dir, ['fast-import', '--quiet', '--force', '--date-format=raw'], { input: Buffer.concat(parts) });
    return this.ref(ref);
  }

  /** The object that a ref points to, or null. */
  async ref(name) {
    try {
      return await git(this.dir, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    } catch {
      return null;
    }
  }

  setRef(name, sha) {
    return git(this.dir, sha ? ['update-ref', name, sha] : ['update-ref', '-d', name]);
  }

  /**
   * Open pull request @p number with one commit of @p changes on top of @p from (default: the tip of @p base).
   * A fork's head (@p fork: owner) exists in this repository as refs/pull/N/head only.
   */
  async pull(number, changes, options = {}) {
    const { base = 'main', from = await this.ref(`refs/heads/${base}`), fork = null, title = 'A change', body = 'Why.' } = options;
    const head = await this.commit(`refs/pull/${number}/head`, changes, { parent: from, message: title });
    const branch = options.branch ?? `topic-${number}`;
    if (!fork) await this.setRef(`refs/heads/${branch}`, head);
    const pull = { number, base, branch, fork, title, body, head, draft: options.draft ?? false, author: fork ?? 'robin', touched: 0 };
    this.pulls.set(number, pull);
    return this.touch(number);
  }

  /** Something happened to it: what changed last comes first in a list that is sorted so. */
  touch(number, change = {}) {
    this.#changes += 1;
    return Object.assign(this.pulls.get(number), change, { touched: this.#changes });
  }

  /** One more commit on the head of a pull request; `force` rewrites its history from @p from instead. */
  async push(number, changes, { from = null, message = 'More' } = {}) {
    const pull = this.pulls.get(number);
    const before = pull.head;
    pull.head = await this.commit(`refs/pull/${number}/head`, changes, { parent: from ?? before, message });
    if (!pull.fork) await this.setRef(`refs/heads/${pull.branch}`, pull.head);
    this.touch(number);
    return { before, after: pull.head };
  }
}

/** 1-based line of the first line that holds @p needle: what a test expects must not be counted by hand. */
export function lineOf(text, needle, nth = 1) {
  let seen = 0;
  const at = text.split('\n').findIndex((line) => line.includes(needle) && ++seen === nth);
  if (at < 0) throw new Error(`"${needle}" (${nth}) stands in no line`);
  return at + 1;
}
