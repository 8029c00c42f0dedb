// What `check` writes for other programs, read the way they read it: SARIF held to its schema, workflow commands
// parsed as a runner does, the Code Quality report as GitLab does.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { binary } from './lib/daemon.mjs';
import { repository as made, run, slow as SLOW } from './lib/worktree.mjs';

const SLEEP = 'import asyncio\nimport time\n\n\nasync def wait():\n    note = "é𝄞"; time.sleep(1)\n';

let root;
before(() => { root = mkdtempSync(join(tmpdir(), 'perf-review-formats-')); });
after(() => rmSync(root, { recursive: true, force: true }));

const repository = (name, files) => made(root, name, files);

function check(folder, ...args) {
  const result = run(folder, binary(), ['check', ...args]);
  assert.ok(result.status < 2, result.err);
  return result;
}

// The schema is of draft 4; nothing in it but the names of its two first members has another meaning in draft 7.
const { $schema, id, ...schema } = JSON.parse(readFileSync(new URL('./node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const isSarif = ajv.compile(schema);

test('the schema refuses what is no SARIF', () => {
  assert.equal(isSarif({ version: '2.1.0', runs: [{ results: [] }] }), false);
  assert.equal(isSarif({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{ message: { text: 'x' }, level: 'high' }] }] }), false);
  assert.equal(isSarif({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [] }] }), true);
});

function sarifOf(text) {
  const log = JSON.parse(text);
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors?.slice(0, 5), null, 1));
  const [sarif] = log.runs;
  for (const result of sarif.results) assert.equal(sarif.tool.driver.rules[result.ruleIndex].id, result.ruleId);
  for (const { descriptor } of sarif.invocations[0].toolExecutionNotifications)
    assert.ok(sarif.tool.driver.notifications.some(({ id: known }) => known === descriptor.id), descriptor.id);
  return sarif;
}

/** What a runner makes of a job's output: actions/runner, ActionCommand.cs. A command begins a line behind white
 *  space and ends its properties at the next "::", or, in the older way, stands anywhere as ##[name]. */
function commandsOf(text) {
  const decode = (value, property) => {
    const plain = value.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
    return (property ? plain.replaceAll('%3A', ':').replaceAll('%2C', ',') : plain).replaceAll('%25', '%');
  };
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    assert.ok(!line.includes('##['), line);
    const trimmed = line.trimStart();
    if (!trimmed.startsWith('::')) return [];
    const end = trimmed.indexOf('::', 2);
    assert.ok(end > 2, line);
    const head = trimmed.slice(2, end);
    const space = head.indexOf(' ');
    const name = space < 0 ? head : head.slice(0, space);
    const properties = Object.fromEntries((space < 0 ? '' : head.slice(space + 1)).split(',').filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), decode(pair.slice(pair.indexOf('=') + 1), true)]));
    return [{ name, ...properties, message: decode(trimmed.slice(end + 2)) }];
  });
}

const HOSTILE = {
  'a,b:c%2C.py': SLOW('f'),
  'line\n::error file=x::y.py': SLOW('g'),
  '::stop-commands::z.py': SLOW('h'),
  'q"}]}\x1b[31m\u202e.py': SLOW('i'),
  '100%25 #?&.py': SLOW('j'),
  'deep/[id]/\\x.py': `${SLOW('k')}\n\ndef l(items):\n    seen = []\n    for item in items:\n        if """\n::error::a\n##[error]b\n""" + item in seen:\n            seen.append(item)\n`,
};

test('SARIF of a change is valid, and its places are those of the code', () => {
  const folder = repository('sarif', { 'a b/é.py': SLEEP, 'b.py': SLOW('f') });
  const { status, out } = check(folder, '--base', 'main', '--head', 'topic', '--format', 'sarif', '--public-url', 'https://example.org', '--fail-on', 'high');
  const sarif = sarifOf(out);
  assert.equal(status, 1);
  assert.equal(sarif.columnKind, 'utf16CodeUnits');
  assert.deepEqual(sarif.tool.driver.rules.map((rule) => rule.id), ['py-blocking-sleep-in-async', 'py-membership-in-list']);
  for (const rule of sarif.tool.driver.rules) {
    assert.equal(rule.helpUri, `https://example.org/rules/${rule.id}`);
    assert.match(rule.help.markdown, /\*\*What to do:\*\*/);
  }
  const sleep = sarif.results.find((result) => result.ruleId === 'py-blocking-sleep-in-async');
  const { artifactLocation, region } = sleep.locations[0].physicalLocation;
  assert.equal(decodeURIComponent(artifactLocation.uri), 'a b/é.py');
  const line = SLEEP.split('\n')[region.startLine - 1];
  assert.equal(line.slice(region.startColumn - 1, region.endColumn - 1), 'time.sleep(1)', 'JavaScript counts UTF-16 units too');
  assert.equal(sleep.level, 'error');
  assert.match(sleep.partialFingerprints['perfReview/v1'], /^[0-9a-f]{16}$/);
  // A fix, applied as the standard says, is what the patch of the JSON format says.
  const [replacement] = sleep.fixes[0].artifactChanges[0].replacements;
  const lines = SLEEP.split('\n');
  const { deletedRegion: gone, insertedContent } = replacement;
  assert.equal(gone.endColumn, undefined);
  lines.splice(gone.startLine - 1, gone.endLine - gone.startLine + 1, insertedContent.text);
  assert.match(lines.join('\n'), /"é𝄞"; await asyncio\.sleep\(1\)\n$/);
});

test('SARIF of nothing, of the sample and of whole folders is valid', () => {
  const empty = repository('nothing', {});
  assert.deepEqual(sarifOf(check(empty, '--format', 'sarif').out).results, []);
  const sample = new URL('../../deploy/sample', import.meta.url).pathname;
  const sarif = sarifOf(check(sample, '--all', '--pedantic', '--format', 'sarif').out);
  assert.ok(sarif.results.length > 5);
  assert.ok(sarif.results.some((result) => result.fixes) && sarif.results.some((result) => result.relatedLocations.length));
  assert.match(sarifOf(check(root, '--all', '--format', 'sarif', sample).out).results[0].locations[0].physicalLocation.artifactLocation.uri, /^file:\/\/\//);
});

test('what was not read is told in SARIF', () => {
  const folder = repository('skipped', { 'gen.py': '# @generated\nx = 1\n', 'torn.py': `${SLOW('f')}\n\ndef (:\n` });
  const sarif = sarifOf(check(folder, '--base', 'main', '--format', 'sarif').out);
  assert.deepEqual(sarif.invocations[0].toolExecutionNotifications.map((note) => [note.descriptor.id, note.locations[0].physicalLocation.artifactLocation.uri]),
    [['skipped-file', 'gen.py'], ['partly-read-file', 'torn.py']]);
});

test('hostile names and texts break none of the formats', () => {
  const folder = repository('hostile', HOSTILE);
  // No UTF-8 at all, which no file written from here can be called.
  run(folder, 'sh', ['-c', 'cp "a,b:c%2C.py" "$(printf "bad\\377.py")" && git add .']);
  const of = (format) => check(folder, '--base', 'main', '--format', format).out;
  const wanted = [...Object.keys(HOSTILE), Object.keys(HOSTILE).at(-1), 'bad\ufffd.py'].sort();

  const commands = commandsOf(of('github'));
  assert.deepEqual([...new Set(commands.map(({ name }) => name))].sort(), ['endgroup', 'error', 'group']);
  const shown = (path) => path.replace(/[\x1b\u202e]/g, '\ufffd');
  assert.deepEqual(commands.filter(({ name }) => name === 'error').map(({ file }) => file).sort(), wanted.map(shown).sort());
  for (const { name, title, message } of commands) if (name === 'error') assert.ok(title.length > 10 && message.length > 10);

  const issues = JSON.parse(of('gitlab'));
  assert.deepEqual(issues.map(({ location }) => location.path).sort(), wanted);
  assert.equal(new Set(issues.map(({ fingerprint }) => fingerprint)).size, issues.length);

  const sarif = sarifOf(of('sarif'));
  const paths = sarif.results.map(({ locations }) => locations[0].physicalLocation.artifactLocation.uri);
  assert.deepEqual(paths.map((uri) => (uri === 'bad%FF.py' ? 'bad\ufffd.py' : decodeURIComponent(uri))).sort(), wanted);
});

test('the Code Quality report has what GitLab asks for', () => {
  const folder = repository('gitlab', { 'b.py': SLOW('f') });
  const [issue, ...others] = JSON.parse(check(folder, '--base', 'main', '--format', 'gitlab').out);
  assert.deepEqual(others, []);
  assert.match(issue.description, /^Linear membership test inside a loop: /);
  assert.equal(issue.check_name, 'py-membership-in-list');
  assert.match(issue.fingerprint, /^[0-9a-f]{32}$/);
  assert.ok(['info', 'minor', 'major', 'critical', 'blocker'].includes(issue.severity));
  assert.deepEqual(issue.location, { path: 'b.py', lines: { begin: 4, end: 4 } });
  assert.deepEqual(JSON.parse(check(repository('gitlab-clean', {}), '--format', 'gitlab').out), []);
});
