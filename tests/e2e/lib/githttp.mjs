// Real git over HTTP: `git http-backend` as CGI over a folder of bare repositories (protocol 0, 1 and 2, fetch and
// push), behind basic authentication as a forge asks for it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { GIT_ENV } from './git.mjs';
import { Faults, listen, safeHeaders, sleep, trackSockets } from './faults.mjs';

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack|\/HEAD|\/objects\/.*)$/;

export class GitHttp {
  /** @p tokens: the passwords that are good now, any iterable with `has` (shared with the API stand-in). */
  constructor({ root, tokens, anonymous = false }) {
    Object.assign(this, { root, tokens, anonymous, log: [], faults: new Faults() });
  }

  fault(options) {
    return this.faults.fault(options);
  }

  /** Is this a request for git? Then handle() takes it. */
  static wants(url) {
    return PATH.test(url.split('?')[0]);
  }

  #allowed(request) {
    if (this.anonymous) return true;
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() !== 'basic') return false;
    const text = Buffer.from(value, 'base64').toString('utf8');
    const at = text.indexOf(':');
    return text.slice(0, at) === 'x-access-token' && this.tokens.has(text.slice(at + 1));
  }

  async handle(request, response) {
    const { method, url } = request;
    const entry = { method, url, headers: safeHeaders(request.headers), status: 0, at: Date.now() };
    this.log.push(entry);
    response.on('finish', () => {
      entry.status = response.statusCode;
    });
    const fault = this.faults.take(request);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset' && !fault.bytes) {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault?.kind === 'call') await fault.run(request);
    if (request.socket.destroyed) return; // the caller went away meanwhile: nobody would ever end the backend
    if (fault?.kind === 'status' || fault?.kind === 'retry-after') {
      const headers = fault.kind === 'retry-after' ? { 'retry-after': String(fault.seconds ?? 1) } : {};
      response.writeHead(fault.status ?? 503, { 'content-type': 'text/plain', ...headers }).end('scripted fault\n');
      return;
    }
    if (fault?.kind === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>');
      return;
    }
    if (!this.#allowed(request)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"', 'content-type': 'text/plain' });
      response.end('Authentication required\n');
      return;
    }
    this.#backend(request, response, fault?.kind === 'reset' ? fault.bytes : Infinity);
  }

  #environment(request) {
    const [path, query = ''] = request.url.split('?');
    const [, owner, name, rest] = PATH.exec(path);
    const { headers } = request;
    return {
      ...GIT_ENV,
      GIT_PROJECT_ROOT: this.root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${decodeURIComponent(owner)}/${decodeURIComponent(name)}.git${rest}`,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      // Left out when the body comes in chunks: the backend then reads to the end of its input.
      ...(headers['content-length'] ? { CONTENT_LENGTH: headers['content-length'] } : {}),
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: headers['git-protocol'] ?? '',
      REMOTE_USER: 'x-access-token',
      REMOTE_ADDR: '127.0.0.1',
    };
  }

  #backend(request, response, cutAfter) {
    const child = spawn('git', ['http-backend'], { env: this.#environment(request) });
    let head = Buffer.alloc(0);
    let open = false;
    let sent = 0;
    const send = (part) => {
      if (sent + part.length < cutAfter) {
        sent += part.length;
        if (!response.write(part)) {
          child.stdout.pause();
          response.once('drain', () => child.stdout.resume());
        }
        return;
      }
      const last = part.subarray(0, cutAfter - sent);
      child.kill('SIGKILL');
      response.write(last, () => request.socket.destroy()); // cut in the middle of the answer
      cutAfter = -1;
    };
    child.stdout.on('data', (part) => {
      if (cutAfter < 0) return;
      if (open) return void send(part);
      head = Buffer.concat([head, part]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      open = true;
      const headers = {};
      for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      const status = parseInt(headers.status ?? '200', 10);
      delete headers.status;
      response.writeHead(status, headers);
      if (head.length > end + 4) send(head.subarray(end + 4));
    });
    child.stderr.on('data', () => {});
    child.stdin.on('error', () => {});
    child.on('error', () => response.destroy());
    child.on('close', () => {
      if (cutAfter < 0) return;
      if (!open) response.writeHead(500);
      response.end();
    });
    request.on('close', () => {
      if (!request.complete) child.kill('SIGKILL');
    });
    response.on('close', () => child.kill('SIGKILL'));
    request.pipe(child.stdin);
  }
}

/** A server of its own, for tests of git alone. */
export async function startGitHttp(options) {
  const handler = new GitHttp(options);
  const server = createServer((request, response) => {
    if (GitHttp.wants(request.url)) handler.handle(request, response);
    else response.writeHead(404).end();
  });
  const sockets = trackSockets(server);
  const port = await listen(server);
  return Object.assign(handler, { url: `http://127.0.0.1:${port}`, port, close: () => sockets.close() });
}
