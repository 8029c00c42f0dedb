// The files of the project as the checks see them: what git tracks or would add, or, without git, all of it.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const NOT_OURS = new Set(['.git', 'build', 'node_modules', 'data']);

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

function list(root) {
  if (!existsSync(join(root, '.git'))) return walk(root).map((path) => relative(root, path));
  // A clone may belong to another user than the one who tests it (CI, containers); it is only listed.
  const out = execFileSync('git', ['-c', 'safe.directory=*', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { encoding: 'utf8', maxBuffer: 64 << 20 });
  return [...new Set(out.split('\0'))].filter(Boolean);
}

const blank = (text) => text.replace(/[^\n]/g, ' ');
const COMMENT_OR_TEXT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/g;

/** C without comments and without what stands between quotes; every line and column stays where it is. */
export function bareCode(source) {
  return source.replace(COMMENT_OR_TEXT, blank);
}

/** C without comments. */
function uncommented(source) {
  return source.replace(COMMENT_OR_TEXT, (part) => (part.startsWith('/') ? blank(part) : part));
}

/** [{ line, name, quoted }] of a C file, in order. */
export function includesOf(source) {
  return uncommented(source).split('\n').flatMap((text, at) => {
    const found = /^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/.exec(text);
    return found ? [{ line: at + 1, name: found[1] ?? found[2], quoted: found[1] !== undefined }] : [];
  });
}

export function lineAt(source, index) {
  return source.slice(0, index).split('\n').length;
}

export function openTree(root) {
  const files = list(root).filter((path) => existsSync(join(root, path)) && lstatSync(join(root, path)).isFile()).sort();
  return {
    root,
    files,
    c: files.filter((path) => /\.[ch]$/.test(path)),
    has: (path) => existsSync(join(root, path)),
    mode: (path) => lstatSync(join(root, path)).mode,
    read: (path) => readFileSync(join(root, path), 'utf8'),
  };
}
