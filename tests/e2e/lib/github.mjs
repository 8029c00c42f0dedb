// A stand-in for GitHub on the loopback: REST API and git on one origin. It holds state, refuses what GitHub refuses,
// checks every request against GitHub's own OpenAPI document, fails where a test tells it to, and logs what it was asked.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Faults, listen, readBody, safeHeaders, sleep, trackSockets } from './faults.mjs';
import { GitHttp } from './githttp.mjs';
import { graphql, warmUp } from './github_graphql.mjs';
import { HANDLERS } from './github_routes.mjs';
import { BODY_MAX, enterpriseChecker, githubChecker } from './openapi.mjs';
import { Refusal } from './refusal.mjs';

const VERSIONS = new Set(['2022-11-28', '2026-03-10']);
const LIMIT = 5000;
/** Where GitHub answers otherwise than its document says: null for outdated comments and forks that were deleted; and no
    account in the list of installations is a user and an enterprise at once. */
const REALITY = /^(\/\d+)?\/((line|position) must be integer|head\/repo must be object|account must )/;
const DOCS = 'https://docs.github.com/rest';

/** A body over the limit anywhere in a request, counted in UTF-16 units. */
function tooLong(value) {
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([key, one]) => (key === 'body' && typeof one === 'string' ? one.length > BODY_MAX : tooLong(one)));
}

export class GitHub {
  /**
   * app (set later): the App whose signed tokens are taken (github_app.mjs).
   * apiBase: '' as api.github.com, '/api/v3' as GitHub Enterprise Server. tokens: token -> { login, app }.
   * refusedLines (set later): lines that are refused although the diff shows them.
   * stateFile: reviews and comments survive a restart of the stand-in there. root: the folder of the repositories.
   */
  constructor({ root, apiBase = '', tokens = {}, stateFile = null, port = 0 }) {
    Object.assign(this, { root, apiBase, stateFile, wantedPort: port, log: [], violations: [], used: 0 });
    this.tokens = new Map(Object.entries(tokens));
    this.repos = new Map();
    this.collaborators = new Map();
    this.faults = new Faults();
    this.git = new GitHttp({ root, tokens: this.tokens });
    this.checker = githubChecker();
    this.oldest = enterpriseChecker();
    this.graphqlPath = apiBase === '' ? '/graphql' : `${apiBase.replace(/\/v3$/, '')}/graphql`;
    this.state = stateFile && existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : { nextId: 1000, repos: {} };
  }

  async start() {
    warmUp();
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => {
        this.violations.push(`the stand-in itself failed: ${error.stack}`);
        response.destroy();
      });
    });
    this.sockets = trackSockets(this.server);
    this.port = await listen(this.server, this.wantedPort);
    this.url = `http://127.0.0.1:${this.port}`;
    this.api = `${this.url}${this.apiBase}`;
    return this;
  }

  close() {
    return this.sockets.close();
  }

  /** Free those whose requests hang. */
  drop() {
    this.sockets.drop();
  }

  addRepo(repo) {
    this.repos.set(repo.fullName, repo);
    this.state.repos[repo.fullName] ??= { pulls: {}, statuses: [] };
    return repo;
  }

  fault(options) {
    return this.faults.fault(options);
  }

  newId() {
    this.state.nextId += 1;
    return this.state.nextId;
  }

  /** What is kept of one pull request: { reviews, comments, issueComments }, oldest first. */
  pullState(fullName, number) {
    const { pulls } = this.state.repos[fullName];
    pulls[number] ??= { reviews: [], comments: [], issueComments: [] };
    return pulls[number];
  }

  /** For assertions: submitted reviews with their own comments. */
  reviews(fullName, number) {
    const { reviews, comments } = this.pullState(fullName, number);
    return reviews.filter((one) => one.event).map((one) => ({ ...one, comments: comments.filter((c) => c.review_id === one.id) }));
  }

  /** For assertions: our conversations, oldest first: { path, line, body, resolvedBy, replies, minimized }. */
  threads(fullName, number) {
    const { comments, reviews } = this.pullState(fullName, number);
    const shown = comments.filter((one) => !one.in_reply_to_id && !reviews.some((each) => each.id === one.review_id && !each.event));
    return shown.map((one) => ({ ...one, replies: comments.filter((each) => each.in_reply_to_id === one.id) }));
  }

  /** Somebody resolves the conversation that a comment began. */
  resolveAs(fullName, number, id, login) {
    this.pullState(fullName, number).comments.find((one) => one.id === id).resolvedBy = login;
  }

  /** Somebody answers in the conversation that a comment began. */
  replyAs(fullName, number, id, login, body, association = 'MEMBER') {
    const state = this.pullState(fullName, number);
    const first = state.comments.find((one) => one.id === id);
    const reply = { ...first, resolvedBy: undefined, id: this.newId(), in_reply_to_id: id, user: { login, id: 4343 }, association, body };
    state.comments.push(reply);
    return reply;
  }

  /** Somebody writes in the conversation of a pull request: the comment. */
  commentAs(fullName, number, login, body) {
    const at = new Date().toISOString();
    const comment = { id: this.newId(), user: { login, id: 4343 }, body, created_at: at, updated_at: at };
    this.pullState(fullName, number).issueComments.push(comment);
    return comment;
  }

  /** For assertions: check runs of a head, oldest first. */
  checks(fullName, head) {
    return (this.state.repos[fullName].checks ?? []).filter((one) => one.head_sha === head);
  }

  /** For assertions: commit statuses of a head, oldest first. */
  statuses(fullName, head) {
    return this.state.repos[fullName].statuses.filter((one) => one.sha === head);
  }

  /** Requests that were answered or not, as "METHOD /path" that match @p pattern. */
  requests(pattern) {
    return this.log.filter((one) => pattern.test(`${one.method} ${one.path}`));
  }

  #save() {
    if (this.stateFile) writeFileSync(this.stateFile, JSON.stringify(this.state));
  }

  async #serve(request, response) {
    if (GitHttp.wants(request.url)) {
      await this.git.handle(request, response);
      return;
    }
    const [path, search = ''] = request.url.split('?');
    const raw = await readBody(request);
    const entry = { method: request.method, path, query: search, headers: safeHeaders(request.headers), at: Date.now(), status: 0 };
    entry.body = raw.length > 0 ? raw.toString('utf8') : undefined;
    this.log.push(entry);
    request.text = entry.body ?? '';
    const fault = this.faults.take(request);
    if (await this.#early(fault, request, response, entry)) return;
    const answer = await this.#answer(request, path, search, entry.body);
    if (request.method !== 'GET' && answer.status < 300) this.#save();
    if (fault?.kind === 'timeout-after') return;
    if (fault?.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    this.#send(response, fault?.kind === 'after' ? { status: fault.status ?? 502, body: { message: 'Server Error' } } : answer, entry, request);
  }

  /** Faults that strike before any work; true when the request is dealt with. */
  async #early(fault, request, response, entry) {
    switch (fault?.kind) {
      case 'hang':
        return true;
      case 'reset':
        if (fault.afterWork) return false;
        request.socket.destroy();
        return true;
      case 'slow':
        await sleep(fault.ms);
        return false;
      case 'call':
        await fault.run(request);
        return false;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in</body></html>');
        return true;
      case 'status':
        this.#send(response, { status: fault.status ?? 503, body: { message: fault.message ?? 'Server Error', documentation_url: DOCS } }, entry, request);
        return true;
      case 'retry-after':
        this.#send(response, this.#limited(fault), entry, request);
        return true;
      default:
        return false;
    }
  }

  #limited({ status = 403, seconds = 1, form = 'retry-after' }) {
    if (form === 'reset') {
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds) };
      return { status, headers, body: { message: 'API rate limit exceeded for user ID 1.', documentation_url: DOCS } };
    }
    const body = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', documentation_url: DOCS };
    return { status, headers: form === 'secondary' ? {} : { 'retry-after': String(seconds) }, body };
  }

  #send(response, { status, body, headers = {}, text = body === undefined ? '' : JSON.stringify(body) }, entry, request) {
    entry.status = status;
    this.used += 1;
    const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
    const fixed = { 'content-type': 'application/json; charset=utf-8', 'x-github-media-type': 'github.v3; format=json',
      'x-github-api-version-selected': '2022-11-28', 'x-github-request-id': `E2E0:${entry.at}:${this.used}`,
      'x-ratelimit-limit': String(LIMIT), 'x-ratelimit-remaining': String(Math.max(0, LIMIT - this.used)),
      'x-ratelimit-used': String(this.used), 'x-ratelimit-resource': 'core',
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600) };
    // The clock of a server that a test sets apart from ours.
    if (this.clockAhead) fixed.date = new Date(Date.now() + this.clockAhead).toUTCString();
    if (request.method === 'GET' && status === 200) {
      fixed.etag = etag;
      if (request.headers['if-none-match'] === etag) {
        entry.status = 304;
        response.writeHead(304, { ...fixed, ...headers }).end();
        return;
      }
    }
    response.writeHead(status, { ...fixed, 'content-length': Buffer.byteLength(text), ...headers }).end(text);
  }

  #violate(request, what) {
    this.violations.push(`${request.method} ${request.url}: ${what}`);
  }

  /** Who asks. Throws what GitHub answers to those that it does not let in. */
  #admit(request) {
    const { headers } = request;
    if (!headers['user-agent']) {
      this.#violate(request, 'no User-Agent');
      throw new Refusal(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.');
    }
    if (!headers['user-agent'].startsWith('perf-review/')) this.#violate(request, `User-Agent is ${headers['user-agent']}`);
    if (!(headers.accept ?? '').startsWith('application/vnd.github')) this.#violate(request, `Accept is ${headers.accept}`);
    if (headers['x-github-api-version'] !== '2022-11-28') this.#violate(request, `X-GitHub-Api-Version is ${headers['x-github-api-version']}`);
    const { authorization } = headers;
    if (!authorization) {
      this.#violate(request, 'no Authorization');
      throw new Refusal(401, 'Requires authentication');
    }
    const [scheme, token] = authorization.split(' ');
    if (scheme !== 'Bearer') this.#violate(request, `Authorization is of the kind ${scheme}`);
    if (this.app?.admits(token)) return { jwt: true };
    const viewer = this.tokens.get(token);
    if (!viewer) throw new Refusal(401, 'Bad credentials');
    if (headers['x-github-api-version'] && !VERSIONS.has(headers['x-github-api-version'])) {
      throw new Refusal(400, 'The specified API version is not supported.');
    }
    return { id: 77, ...viewer };
  }

  #parse(request, text) {
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      this.#violate(request, 'the body is no JSON');
      throw new Refusal(400, 'Problems parsing JSON');
    }
  }

  /** What the oldest Enterprise Server of the package would not take. */
  #asOldest(request, path, body, query) {
    const found = this.oldest.match(request.method, path.slice(this.apiBase.length));
    if (!found) return ['the oldest Enterprise Server has no such route'];
    return [...this.oldest.parameters(found, query).problems, ...this.oldest.body(found.id, body)].map((one) => `oldest Enterprise Server: ${one}`);
  }

  async #answer(request, path, search, text) {
    try {
      const viewer = this.#admit(request);
      if (request.method === 'POST' && path === this.graphqlPath) {
        return await graphql({ github: this, viewer, body: this.#parse(request, text), violate: (what) => this.#violate(request, what) });
      }
      const found = path.startsWith(`${this.apiBase}/`) ? this.checker.match(request.method, path.slice(this.apiBase.length)) : null;
      if (!found) {
        this.#violate(request, 'no such route');
        throw new Refusal(404, 'Not Found');
      }
      const body = this.#parse(request, text);
      if (tooLong(body)) {
        this.#violate(request, `a body is over ${BODY_MAX} characters`);
        throw new Refusal(422, 'Validation Failed', [{ resource: 'IssueComment', code: 'unprocessable', field: 'data',
          message: `Body is too long (maximum is ${BODY_MAX} characters)` }]);
      }
      if (viewer.scopes !== undefined && viewer.scopes !== 'repo' && request.method !== 'GET') throw new Refusal(403, 'Resource not accessible by personal access token');
      const { problems, typed } = this.checker.parameters(found, new URLSearchParams(search));
      problems.push(...this.checker.body(found.id, body));
      if (problems.length === 0) problems.push(...this.#asOldest(request, path, body, new URLSearchParams(search)));
      if (problems.length > 0) {
        problems.forEach((problem) => this.#violate(request, problem));
        throw new Refusal(422, 'Validation Failed', problems);
      }
      const handler = HANDLERS[found.id];
      if (!handler) throw new Error(`${found.id} is in the slice but has no handler`);
      const answer = await handler({ github: this, at: { url: this.url, api: this.api }, viewer, params: typed, body, path, query: new URLSearchParams(search) });
      const wrong = answer.status === 204 ? [] : this.checker.answer(found.id, answer.status, answer.body);
      if (viewer.scopes !== undefined) answer.headers = { ...answer.headers, 'x-oauth-scopes': viewer.scopes };
      wrong.filter((problem) => !REALITY.test(problem)).forEach((problem) => this.#violate(request, `the stand-in's own answer: ${problem}`));
      return answer;
    } catch (error) {
      if (error instanceof Refusal) return error.answer();
      throw error;
    }
  }
}

export async function startGitHub(options) {
  return new GitHub(options).start();
}
