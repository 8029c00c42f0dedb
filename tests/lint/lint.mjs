// Holds what the compiler does not: node tests/lint/lint.mjs CHECK [ROOT]
// Prints "file:line: what: why" for each breach and ends with 1, or one line with what it looked at.
// 77 stands for "could not look" (a tool is missing); ctest shows it as skipped.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { banned } from './checks/banned.mjs';
import { foreign } from './checks/foreign.mjs';
import { format } from './checks/format.mjs';
import { layers } from './checks/layers.mjs';
import { length } from './checks/length.mjs';
import { scripts } from './checks/scripts.mjs';
import { text } from './checks/text.mjs';
import { openTree } from './tree.mjs';

const CHECKS = { layers, foreign, length, banned, text, scripts, format };

const [name, root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')] = process.argv.slice(2);
if (!Object.hasOwn(CHECKS, name ?? '')) {
  console.error(`usage: node lint.mjs ${Object.keys(CHECKS).join('|')} [ROOT]`);
  process.exit(2);
}
const tree = openTree(root);
const { looked, breaches, skip } = CHECKS[name](tree);
if (skip) console.log(`${name}: skipped: ${skip}`);
for (const { path, line, what } of breaches) console.log(`${path}:${line}: ${what}`);
if (!skip) console.log(`${name}: ${looked} files, ${breaches.length || 'no'} breach${breaches.length === 1 ? '' : 'es'}`);
process.exitCode = breaches.length > 0 ? 1 : skip ? 77 : 0;
