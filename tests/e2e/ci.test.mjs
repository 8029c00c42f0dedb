// The examples of deploy/ci: they parse, name what they need, and the commands in them do what they say on a small
// repository. What fetches and builds is left out here; the program under test stands in for what it leaves.
import assert from 'node:assert/strict';
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseDocument } from 'yaml';
import { binary } from './lib/daemon.mjs';
import { SOMEBODY, git, repository, run, slow, write } from './lib/worktree.mjs';

const SOURCE = new URL('../../', import.meta.url).pathname;
let root, path;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'perf-review-ci-'));
  mkdirSync(join(root, 'bin'));
  symlinkSync(binary(), join(root, 'bin/perf-review'));
  path = `${join(root, 'bin')}:${process.env.PATH}`;
});
after(() => rmSync(root, { recursive: true, force: true }));

function readYaml(name) {
  const document = parseDocument(readFileSync(join(SOURCE, name), 'utf8'), { strict: true, uniqueKeys: true });
  assert.deepEqual([...document.errors, ...document.warnings].map(String), []);
  return document.toJS();
}

const calls = (text) => /^perf-review check /m.test(text);

/** A clone as a job has it: the head is checked out by its id, the base is a branch of origin. */
function clone(name, files) {
  const origin = repository(root, `${name}-origin`, files);
  git(root, 'clone', '-q', '-b', 'topic', origin, name);
  const folder = join(root, name);
  git(folder, 'checkout', '-q', '--detach', 'topic');
  return { folder, base: git(folder, 'rev-parse', 'origin/main'), head: git(folder, 'rev-parse', 'HEAD') };
}

/** The steps of a workflow that call the program, run as the runner does: bash -e, a fresh shell for each. */
function runWorkflow(workflow, { folder, head }) {
  const job = workflow.jobs['perf-review'];
  const env = { PATH: path };
  for (const [name, value] of Object.entries(job.env))
    env[name] = value.replace('${{ github.base_ref }}', 'main').replace('${{ github.event.pull_request.head.sha }}', head);
  for (const value of Object.values(env)) assert.ok(!value.includes('${{'), value);
  return job.steps.filter((step) => step.run && calls(step.run)).map((step) => ({ name: step.name, ...run(folder, 'bash', ['-e', '-c', step.run], env) }));
}

function holdsForAnyWorkflow(workflow) {
  const { steps, container } = workflow.jobs['perf-review'];
  assert.equal(workflow.on, 'pull_request', 'code of a fork must not run with the rights of pull_request_target');
  assert.equal(container.image ?? container, 'debian:13');
  for (const step of steps) {
    assert.ok(Boolean(step.run) !== Boolean(step.uses), JSON.stringify(step));
    assert.ok(!step.run?.includes('${{'), `what others wrote would be run as a script: ${step.run}`);
    if (step.uses) assert.match(step.uses, /^[\w-]+\/[\w/-]+@v\d+$/);
  }
  const checkout = steps.find((step) => step.uses?.startsWith('actions/checkout@'));
  assert.equal(checkout.with['fetch-depth'], 0, 'without its history the merge base is not there');
  assert.ok(steps.indexOf(checkout) > steps.findIndex((step) => step.run?.includes('install git')), 'without git the checkout has no history');
  const build = steps.find((step) => step.name === 'Build perf-review').run;
  assert.match(build, /\/opt\/perf-review\/deploy\/quickstart\.sh --build\n/);
  assert.match(build, /build\/quickstart\/service\/cli >>"\$GITHUB_PATH"/);
}

test('GitHub Actions: annotations fail the job, SARIF is written all the same', () => {
  const workflow = readYaml('deploy/ci/github-actions.yml');
  holdsForAnyWorkflow(workflow);
  assert.deepEqual(workflow.permissions, { contents: 'read', 'security-events': 'write' });
  const upload = workflow.jobs['perf-review'].steps.at(-1);
  assert.match(upload.uses, /^github\/codeql-action\/upload-sarif@/);

  const job = clone('github', { 'b.py': slow('f') });
  const [annotate, write_, ...others] = runWorkflow(workflow, job);
  assert.deepEqual(others, []);
  assert.equal(annotate.status, 1, annotate.err);
  assert.match(annotate.out, /^::error file=b\.py,line=4,/m);
  assert.equal(write_.status, 0, write_.err);
  const sarif = JSON.parse(readFileSync(join(job.folder, upload.with.sarif_file), 'utf8'));
  assert.deepEqual(sarif.runs[0].results.map((result) => result.ruleId), ['py-membership-in-list']);
  assert.deepEqual(runWorkflow(workflow, clone('github-clean', { 'b.py': 'x = 1\n' })).map(({ status }) => status), [0, 0]);
});

test('Gitea Actions: the log tells, and the job fails', () => {
  const workflow = readYaml('deploy/ci/gitea-actions.yml');
  holdsForAnyWorkflow(workflow);
  assert.match(workflow.jobs['perf-review'].steps[0].run, /nodejs/, 'actions run inside of the container there');
  const [review, ...others] = runWorkflow(workflow, clone('gitea', { 'b.py': slow('f') }));
  assert.deepEqual(others, []);
  assert.equal(review.status, 1, review.err);
  assert.match(review.out, /^b\.py:4:12: high: /m);
  assert.deepEqual(runWorkflow(workflow, clone('gitea-clean', { 'b.py': 'x = 1\n' })).map(({ status }) => status), [0]);
});

test('GitLab CI: a report for the widget, and for the target branch an empty one', () => {
  const job = readYaml('deploy/ci/gitlab-ci.yml')['perf-review'];
  assert.equal(job.image, 'debian:13');
  assert.equal(job.variables.GIT_DEPTH, '0');
  assert.equal(job.artifacts.when, 'always', 'the report of a job that fails counts');
  assert.ok(job.before_script.includes('.perf-review-build/deploy/quickstart.sh --build'));
  const { folder, base, head } = clone('gitlab', { 'b.py': slow('f') });
  const runScript = (env) => run(folder, 'bash', ['-e', '-o', 'pipefail', '-c', job.script.join('\n')], { PATH: path, ...env });
  const report = () => JSON.parse(readFileSync(join(folder, job.artifacts.reports.codequality), 'utf8'));

  const review = runScript({ CI_MERGE_REQUEST_DIFF_BASE_SHA: base, CI_COMMIT_SHA: head });
  assert.equal(review.status, 1, review.err);
  assert.deepEqual(report().map((issue) => [issue.check_name, issue.location.path]), [['py-membership-in-list', 'b.py']]);
  const target = runScript({ CI_COMMIT_SHA: head });
  assert.equal(target.status, 0, target.err);
  assert.deepEqual(report(), []);
});

test('the git hook reviews the index, and nothing else', () => {
  const folder = join(root, 'hook');
  const commit = (env = {}) => run(folder, 'git', ['commit', '-q', '-m', 'x'], { ...SOMEBODY, PATH: path, ...env });
  mkdirSync(folder);
  git(folder, 'init', '-q', '-b', 'main');
  mkdirSync(join(folder, '.git/hooks'), { recursive: true });
  copyFileSync(join(SOURCE, 'deploy/ci/pre-commit'), join(folder, '.git/hooks/pre-commit'));
  chmodSync(join(folder, '.git/hooks/pre-commit'), 0o755);

  write(folder, { 'a.py': slow('f') });
  git(folder, 'add', '.');
  const first = commit();
  assert.equal(first.status, 1, 'the very first commit is reviewed too');
  assert.match(first.err, /a\.py:4:12: high: [\s\S]*--no-verify/);

  assert.equal(commit({ PERF_REVIEW_FAIL_ON: 'none' }).status, 0);
  write(folder, { 'a.py': `${slow('f')}x = 1\n`, 'new.py': slow('g') });
  git(folder, 'add', 'a.py');
  const second = commit();
  assert.equal(second.status, 0, `what was there, and what is not added, is nobody's now: ${second.err}`);
  assert.ok(!second.err.includes('new.py'));

  git(folder, 'add', 'new.py');
  assert.equal(commit().status, 1);
  const without = commit({ PERF_REVIEW_BIN: 'no-such-program' });
  assert.equal(without.status, 0);
  assert.match(without.err, /there is no no-such-program, so this commit is not reviewed/);
  write(folder, { 'more.py': slow('h') });
  git(folder, 'add', '.');
  const wrong = commit({ PERF_REVIEW_FAIL_ON: 'severe' });
  assert.equal(wrong.status, 0, 'our own trouble stops nobody');
  assert.match(wrong.err, /does not know "severe"[\s\S]*not reviewed/);
  assert.equal(git(folder, 'status', '--porcelain'), '');
});

test('the tool pre-commit finds its hook', () => {
  const [hook, ...others] = readYaml('.pre-commit-hooks.yaml');
  assert.deepEqual(others, []);
  assert.deepEqual([hook.id, hook.language, hook.pass_filenames, hook.types_or], ['perf-review', 'script', false, ['python', 'rust']]);
  assert.ok(existsSync(join(SOURCE, hook.entry)));
  accessSync(join(SOURCE, hook.entry), constants.X_OK);
});

test('quickstart.sh --build says where the program is', () => {
  const { status, out, err } = run(root, join(SOURCE, 'deploy/quickstart.sh'), ['--build'], { PERF_REVIEW_BIN: binary() });
  assert.equal(status, 0, err);
  assert.match(out, /the program is /);
});
