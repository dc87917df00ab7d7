import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '#server/domain/logger.ts';

export interface WebServerOptions {
  /** Next's request handler. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The address as people type it: where links point, and what cookies belong to. */
  readonly webUrl: string;
  /** Whose limits a request counts against. */
  readonly addressOf: (caller: Caller) => string;
  readonly isReady: () => Promise<boolean>;
  readonly logger: Logger;
}

export interface Caller {
  readonly remoteAddress: string | undefined;
  /** X-Forwarded-For as it arrived: anyone can write it. */
  readonly forwardedFor: string;
}

export interface WebServer {
  listen(port: number, host: string): Promise<number>;
  /** Takes no new connections, lets the open requests finish, then cuts what is left. */
  drain(timeoutMs: number): Promise<void>;
}

/** Longer than the minute for which clients and load balancers keep an idle connection: they must close it first. */
const keepAliveMs = 75_000;

/** The header by which the handlers behind learn the address. A client's own is overwritten. */
export const clientAddressHeader = 'x-modelyard-client-address';

/** Headers that Next, or a library on it, believes: anyone can send them. */
const believed = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-middleware-subrequest',
  'x-middleware-rewrite',
  'x-matched-path',
  'x-now-route-matches',
];

export function createWebServer(options: WebServerOptions): WebServer {
  const { protocol, host } = new URL(options.webUrl);
  let draining = false;

  const server = createServer(
    { keepAliveTimeout: keepAliveMs, headersTimeout: keepAliveMs + 5_000 },
    (request, response) => {
      // A connection that a client keeps for its next request would hold up the drain once its answer is out.
      response.once('close', () => {
        if (draining) setImmediate(() => server.closeIdleConnections());
      });
      answer(request, response).catch((error: unknown) => {
        options.logger.error({ err: error, method: request.method }, 'A page failed.');
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end();
      });
    },
  );

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (draining) response.setHeader('connection', 'close');
    if (request.url === '/healthz') return sayStatus(response, 200);
    if (request.url === '/readyz')
      return sayStatus(response, !draining && (await options.isReady()) ? 200 : 503);
    // Next would answer 500.
    if (!isWellFormed(request.url ?? '')) return sayBadAddress(response);
    const elsewhere = otherLoopbackName(request, options.webUrl);
    if (elsewhere) {
      response.writeHead(307, { location: elsewhere }).end();
      return;
    }
    const address = options.addressOf({
      remoteAddress: request.socket.remoteAddress,
      forwardedFor: [request.headers['x-forwarded-for']].flat().join(','),
    });
    for (const name of believed) delete request.headers[name];
    request.headers[clientAddressHeader] = address;
    request.headers['x-forwarded-for'] = address;
    request.headers['x-forwarded-host'] = host;
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    await options.handle(request, response);
  }

  return {
    listen: (port, hostname) => listen(server, port, hostname),
    drain(timeoutMs) {
      draining = true;
      return close(server, timeoutMs);
    },
  };
}

function sayStatus(response: ServerResponse, status: 200 | 503): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
  response.end(status === 200 ? 'ok\n' : 'not ready\n');
}

/** Whether every % in its path begins a byte, and the bytes are UTF-8. */
function isWellFormed(address: string): boolean {
  try {
    decodeURIComponent(address.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

function sayBadAddress(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end('This address can’t be read: what follows a % in it is no UTF-8.\n');
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** `localhost` and `127.0.0.1` are two sites to a browser: a session of one is none of the other. */
function otherLoopbackName(request: IncomingMessage, webUrl: string): string | undefined {
  const wanted = new URL(webUrl);
  if (request.method !== 'GET' || !loopbackNames.has(wanted.hostname) || !request.url?.startsWith('/'))
    return undefined;
  const [, name, port] = /^(.*?)(?::(\d+))?$/.exec(request.headers.host ?? '') ?? [];
  if (!name || name === wanted.hostname || !loopbackNames.has(name) || (port ?? '') !== wanted.port)
    return undefined;
  return `${webUrl}${request.url}`;
}

function listen(server: Server, port: number, hostname: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address && typeof address === 'object' ? address.port : port);
    });
  });
}

function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
