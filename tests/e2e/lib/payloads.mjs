// Webhook deliveries: real payloads from GitHub's examples, pointed at a repository of a test, signed and posted as
// GitHub does it. What the examples lack is derived from them, and every payload is checked against webhooks-schemas.
import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { readdress } from './github_shapes.mjs';

const require = createRequire(import.meta.url);
const examples = require('@octokit/webhooks-examples');
const schema = require('@octokit/webhooks-schemas/schema.json');

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(schema, 'webhooks');

/** Problems of a payload by GitHub's own schema of that event and action; [] is what we want. */
export function payloadProblems(event, payload) {
  const name = payload.action ? `${event}$${payload.action}` : `${event}$event`;
  if (!schema.definitions[name]) return [`no schema for ${name}`];
  const validate = ajv.getSchema(`webhooks#/definitions/${name}`);
  return validate(payload) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message}`);
}

/** The newest example of an event: older ones lack fields that GitHub sends today. */
function example(event, action) {
  const all = examples.find((one) => one.name === event)?.examples ?? [];
  const fitting = all.filter((one) => (action ? one.action === action : true) && payloadProblems(event, one).length === 0);
  if (fitting.length === 0) throw new Error(`no example of ${event}${action ? `.${action}` : ''}`);
  return JSON.parse(JSON.stringify(fitting[fitting.length - 1]));
}

/** Example payload of any event with its repository renamed; the addresses name GitHub (@p at) as a real hook's do. */
export function eventPayload(at, repo, event, action) {
  const raw = example(event, action);
  const from = raw.repository?.full_name;
  const payload = from ? readdress(raw, from, at, repo.fullName) : raw;
  if (payload.repository) rename(payload.repository, repo);
  return payload;
}

function rename(repository, repo) {
  Object.assign(repository, { id: repo.id, name: repo.name, full_name: repo.fullName, default_branch: repo.defaultBranch });
  repository.owner.login = repo.owner;
}

/** Actions that the examples lack: which one to start from, and what GitHub adds. */
const DERIVED = {
  edited: ['opened', (payload, { changes }) => Object.assign(payload, { changes: changes ?? { title: { from: 'Old title' } } })],
  milestoned: ['opened', (payload) => payload],
};

/**
 * A pull_request event about @p number of @p repo. Options: before (synchronize), changes (edited), head and base
 * (SHAs that differ from what the repository has now), body, sender, and patch(payload) for what a test wants odd.
 */
export async function pullPayload(at, repo, number, action, options = {}) {
  const pull = repo.pulls.get(number);
  const [source, derive] = DERIVED[action] ?? [action, null];
  const payload = eventPayload(at, repo, 'pull_request', source);
  payload.action = action;
  const was = payload.number;
  const text = JSON.stringify(payload)
    .replaceAll(`/pulls/${was}`, `/pulls/${number}`)
    .replaceAll(`/pull/${was}`, `/pull/${number}`)
    .replaceAll(`/issues/${was}`, `/issues/${number}`);
  const out = JSON.parse(text);
  const head = options.head ?? (await repo.ref(`refs/pull/${number}/head`));
  const base = options.base ?? (await repo.ref(`refs/heads/${pull.base}`));
  out.number = number;
  const closed = action === 'closed' || pull.state === 'closed';
  const draft = action === 'converted_to_draft' || (options.draft ?? pull.draft);
  Object.assign(out.pull_request, { number, title: pull.title, draft, state: closed ? 'closed' : 'open' });
  out.pull_request.body = options.body === undefined ? pull.body : options.body;
  point(out.pull_request.head, { repo, ref: pull.branch, sha: head, owner: pull.fork ?? repo.owner, fork: pull.fork });
  point(out.pull_request.base, { repo, ref: pull.base, sha: base, owner: repo.owner, fork: null });
  if (pull.headGone) Object.assign(out.pull_request.head, { repo: null });
  if (action === 'synchronize') Object.assign(out, { before: options.before ?? head, after: head });
  derive?.(out, options);
  if (options.sender) Object.assign(out.sender, options.sender);
  options.patch?.(out);
  return out;
}

function point(side, { repo, ref, sha, owner, fork }) {
  Object.assign(side, { ref, sha, label: `${owner}:${ref}` });
  side.user.login = owner;
  rename(side.repo, repo);
  if (!fork) return;
  const full = `${fork}/${repo.name}`;
  side.repo = JSON.parse(JSON.stringify(side.repo).replaceAll(`/${repo.fullName}`, `/${full}`));
  Object.assign(side.repo, { id: repo.id + 7, full_name: full, fork: true });
  side.repo.owner.login = fork;
}

/** A comment on a pull request: the examples have comments on issues only. */
export function commentPayload(at, repo, number, body) {
  const payload = eventPayload(at, repo, 'issue_comment', 'created');
  const page = `${at.url}/${repo.fullName}/pull/${number}`;
  Object.assign(payload.issue, { number, pull_request: { url: `${at.api}/repos/${repo.fullName}/pulls/${number}`,
    html_url: page, diff_url: `${page}.diff`, patch_url: `${page}.patch` } });
  payload.comment.body = body;
  return payload;
}

/** What GitHub tells of a comment that stands at the stand-in: in the conversation, or beside the code. */
export async function spokenPayload(at, repo, number, comment, { action = 'created', type = 'User', patch } = {}) {
  const said = { id: comment.id, body: comment.body };
  let payload;
  if (comment.in_reply_to_id) {
    const event = 'pull_request_review_comment';
    payload = JSON.parse(JSON.stringify(eventPayload(at, repo, event, 'created')));
    Object.assign(payload, { action, pull_request: { ...payload.pull_request, number } });
    Object.assign(said, { in_reply_to_id: comment.in_reply_to_id, path: comment.path });
  } else {
    payload = commentPayload(at, repo, number, comment.body);
    payload.action = action;
    if (action === 'edited') payload.changes = { body: { from: 'before' } };
  }
  Object.assign(payload.comment, said);
  for (const user of [payload.comment.user, payload.sender]) Object.assign(user, { login: comment.user.login, type });
  patch?.(payload);
  return payload;
}

/** sha256=HEX of the raw bytes, as X-Hub-Signature-256 carries it. */
export function sign(secret, raw) {
  return `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;
}

/**
 * POST a delivery and give { status, headers, body, id }. payload: an object, or a string or Buffer that is sent as
 * it is. signature: null leaves the header out, a string replaces it. chunked: no Content-Length is sent.
 * announced: the headers alone are sent, and the answer is waited for.
 */
export function deliver(url, { event, payload, secret, id = randomUUID(), signature, headers = {}, chunked = false, announced = false, timeoutMs = 30000 }) {
  const raw = Buffer.isBuffer(payload) || typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(JSON.stringify(payload));
  const sent = {
    'user-agent': 'GitHub-Hookshot/e2e0001', accept: '*/*', 'content-type': 'application/json', 'x-github-event': event,
    'x-github-delivery': id, 'x-github-hook-id': '292430182', 'x-github-hook-installation-target-id': '79929171',
    'x-github-hook-installation-target-type': 'repository',
    'x-hub-signature-256': signature === undefined ? sign(secret, raw) : signature,
    ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': raw.length }), ...headers,
  };
  for (const [name, value] of Object.entries(sent)) if (value === null) delete sent[name];
  return new Promise((resolve, reject) => {
    const post = request(url, { method: 'POST', headers: sent, timeout: timeoutMs }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        answered = true;
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString('utf8'), id });
        post.destroy();
      });
      response.on('error', reject);
    });
    let answered = false;
    post.on('timeout', () => post.destroy(new Error(`no answer to a delivery in ${timeoutMs} ms`)));
    // A server may refuse a body that is too large before it has read it; what it said then counts, not the broken pipe.
    post.on('error', (error) => setTimeout(() => answered || reject(error), 200));
    if (announced) post.flushHeaders();
    else if (raw.length < 1 << 20) post.end(raw);
    else stream(post, raw);
  });
}

/** Large bodies go in pieces, so that an early answer is seen while the rest is still to be sent. */
function stream(post, raw) {
  const step = 1 << 18;
  let at = 0;
  const next = () => {
    while (at < raw.length && !post.destroyed) {
      const piece = raw.subarray(at, at + step);
      at += step;
      if (!post.write(piece)) {
        post.once('drain', next);
        return;
      }
    }
    if (!post.destroyed) post.end();
  };
  next();
}
