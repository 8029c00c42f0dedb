// What a forge shows of a pull request: the three-dot diff with 3 lines of context, computed by git itself.
// Only a line inside a hunk of it can be commented.
import { git, gitOk, gitRaw } from './git.mjs';

const STATUS = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'copied', T: 'changed' };

/** Hunks of one patch: what stands in them on either side, as sets of line numbers. */
export function parseHunks(patch) {
  const hunks = [];
  let hunk = null;
  let left = 0;
  let right = 0;
  for (const line of patch.split('\n')) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (header) {
      [left, right] = [Number(header[1]), Number(header[2])];
      hunk = { LEFT: new Set(), RIGHT: new Set(), added: new Set(), lines: [line] };
      hunks.push(hunk);
      continue;
    }
    if (!hunk) continue;
    if (line.startsWith('diff --git ')) {
      hunk = null; // a change of type is shown as a deletion and an addition
      continue;
    }
    hunk.lines.push(line);
    if (line.startsWith('+')) {
      hunk.added.add(right);
      hunk.RIGHT.add(right++);
    } else if (line.startsWith('-')) {
      hunk.LEFT.add(left++);
    } else if (line.startsWith(' ')) {
      // A context line counts on both sides.
      hunk.LEFT.add(left++);
      hunk.RIGHT.add(right++);
    }
  }
  return hunks;
}

export class Diff {
  #hunks = new Map();

  constructor(dir, mergeBase, head, files) {
    Object.assign(this, { dir, mergeBase, head, files });
  }

  /** Three dots: from the merge base of both to the head. */
  static async open(dir, base, head) {
    const mergeBase = await git(dir, ['merge-base', base, head]);
    const raw = await gitRaw(dir, ['diff', '--raw', '-z', '-M', '--no-abbrev', mergeBase, head]);
    const fields = raw.toString('utf8').split('\0');
    const files = [];
    for (let i = 0; i + 1 < fields.length;) {
      const [, , , newOid, letter] = fields[i].slice(1).split(' ');
      const renamed = 'RC'.includes(letter[0]);
      const file = { status: STATUS[letter[0]] ?? 'changed', oid: newOid, old: fields[i + 1] };
      file.path = renamed ? fields[i + 2] : file.old;
      files.push(file);
      i += renamed ? 3 : 2;
    }
    return new Diff(dir, mergeBase, head, files);
  }

  file(path) {
    return this.files.find((one) => one.path === path) ?? null;
  }

  async hunks(path) {
    const file = this.file(path);
    if (!file) return null;
    if (!this.#hunks.has(path)) {
      const paths = [...new Set([file.old, file.path])];
      const patch = await gitRaw(this.dir, ['diff', '-U3', '-M', '--no-color', '--no-ext-diff', '--no-textconv',
        this.mergeBase, this.head, '--', ...paths.map((one) => `:(top,literal)${one}`)]);
      this.#hunks.set(path, parseHunks(patch.toString('latin1')));
    }
    return this.#hunks.get(path);
  }

  /** Why GitHub would refuse this comment of a review, or null. */
  async refusal({ path, line, side = 'RIGHT', start_line: start, start_side: startSide = side }) {
    const hunks = await this.hunks(path);
    if (!hunks) return 'Path could not be resolved';
    const hunk = hunks.find((one) => one[side].has(line));
    if (!hunk) {
      return "Pull request review thread line must be part of the diff and Pull request review thread diff hunk can't be blank";
    }
    if (start === undefined || start === null) return null;
    if (side === startSide && start >= line) return 'Pull request review thread start line must precede the end line.';
    if (!hunk[startSide].has(start)) {
      return 'Pull request review thread start line must be part of the same hunk as the line.';
    }
    return null;
  }
}

export function isAncestor(dir, one, other) {
  return gitOk(dir, ['merge-base', '--is-ancestor', one, other]);
}
