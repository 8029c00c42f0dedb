// Runs the peer on many texts: {"codes": [...], "texts": [...]} on standard input, [[code, first line, last line], ...]
// for each text on standard output. What it calls a syntax error has the code "".
import { readFileSync } from 'node:fs';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';

const { codes, texts } = JSON.parse(readFileSync(0, 'utf8'));
const workspace = (select) => new Workspace({ preview: true, 'target-version': 'py312', lint: { select, preview: true } }, PositionEncoding.Utf8);

const single = new Map();
const unknown = [];
for (const code of codes) {
  try {
    single.set(code, workspace([code]));
  } catch {
    unknown.push(code);
  }
}
if (unknown.length > 0) {
  console.error(`the peer has no rule ${unknown.join(', ')}`);
  process.exit(1);
}

// With its preview on the peer calls rules by name: which code that is shows where the code alone is asked for.
const codeOf = new Map([['invalid-syntax', '']]);
function learn(name, text) {
  const code = codes.find((one) => single.get(one).check(text).some((found) => found.code === name));
  if (code === undefined) throw new Error(`the peer's rule ${name} has none of the codes that were asked for`);
  codeOf.set(name, code);
  return code;
}

const all = workspace(codes);
const found = texts.map((text) => all.check(text).map(({ code, start_location, end_location }) =>
  [codeOf.get(code) ?? learn(code, text), start_location.row, end_location.row]));
console.log(JSON.stringify(found));
