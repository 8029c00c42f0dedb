// Faults that a test scripts into a server of the test ground, the log of what was asked, and the sockets to drop.
// A fault is taken by the first `times` requests that match it, in the order in which the faults were scripted.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const KINDS = new Set(['status', 'after', 'hang', 'reset', 'timeout-after', 'retry-after', 'slow', 'garbage', 'call']);

export class Faults {
  #list = [];

  /**
   * kind: 'status'        answer `status` (default 503) before any work is done
   *       'after'         do the work, then answer `status` (default 502)
   *       'hang'          take the request, never answer
   *       'reset'         close the socket: at once, or after `bytes` of the answer were sent
   *       'timeout-after' do the work, never answer
   *       'retry-after'   403 or 429 (`status`); `form` 'retry-after' (default), 'reset' or 'secondary'; `seconds`
   *       'slow'          wait `ms`, then go on as usual
   *       'garbage'       200 with a page that is no JSON
   *       'call'          await `run(request)`, then go on as usual: something happens at just this moment
   * match: text that "METHOD /path?query" begins with, a RegExp on the same, or a function of the request.
   */
  fault({ match, times = 1, kind, ...rest }) {
    if (!KINDS.has(kind)) throw new Error(`unknown kind of fault: ${kind}`);
    const entry = { match, left: times, taken: 0, kind, ...rest };
    this.#list.push(entry);
    return entry;
  }

  clear() {
    this.#list = [];
  }

  take(request) {
    const line = `${request.method} ${request.url}`;
    const hit = ({ match }) => {
      if (typeof match === 'function') return match(request);
      return match instanceof RegExp ? match.test(line) : line.startsWith(match);
    };
    const entry = this.#list.find((one) => one.left > 0 && hit(one));
    if (!entry) return null;
    entry.left -= 1;
    entry.taken += 1;
    return entry;
  }
}

/** Sockets of a server, so that hung requests do not keep a test alive. */
export function trackSockets(server) {
  const sockets = new Set();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    /** End every connection, hung ones too; the server goes on. */
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export function listen(server, port = 0) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve(server.address().port);
    });
  });
}

export async function readBody(request, maxBytes = 64 * 1024 * 1024) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > maxBytes) throw new Error(`request body over ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Headers fit for a log: never the token itself, only how it was sent. */
export function safeHeaders(headers) {
  const out = { ...headers };
  if (out.authorization) out.authorization = `${out.authorization.split(' ')[0]} ***`;
  return out;
}
