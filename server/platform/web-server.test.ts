import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { clientAddress } from '#server/domain/rate-limits/client-address.ts';
import { createWebServer, type WebServer, type WebServerOptions } from './web-server.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const open: WebServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.drain(0)));
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Not `fetch`, which does not let its caller write `Host`. */
function call(port: number, path: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Answers with the headers as the handler behind sees them. */
const tellHeaders: WebServerOptions['handle'] = async (incoming, response) => {
  response.end(JSON.stringify(incoming.headers));
};

const addressOf =
  (trustedHops: number): WebServerOptions['addressOf'] =>
  (caller) =>
    clientAddress({ ...caller, trustedHops });

async function serve(options: Partial<WebServerOptions> = {}): Promise<{ server: WebServer; port: number }> {
  const server = createWebServer({
    handle: tellHeaders,
    webUrl: 'https://console.test',
    addressOf: addressOf(0),
    isReady: async () => true,
    logger,
    ...options,
  });
  open.push(server);
  return { server, port: await server.listen(0, '127.0.0.1') };
}

const seen = async (port: number, headers: Record<string, string | string[]>) =>
  JSON.parse((await call(port, '/', { headers })).body) as Record<string, string>;

describe('an address that can’t be read', () => {
  it.each(['/w/%', '/w/%ff', '/w/%ed%a0%80/usage', '/api/trpc/%zz'])('is refused: %s', async (path) => {
    const { port } = await serve();
    expect((await call(port, path)).status).toBe(400);
  });

  it.each(['/w/%00', '/w/%F0%9F%99%82', '/w/x?key=%ff', '/'])('is none of %s', async (path) => {
    const { port } = await serve();
    expect((await call(port, path)).status).toBe(200);
  });
});

describe('what the handler behind is told of the client', () => {
  it('is the address of its socket, whatever 50 requests claim', async () => {
    const { port } = await serve();
    const addresses = new Set<string | undefined>();
    for (let i = 0; i < 50; i++) {
      const forged = `203.0.113.${i}`;
      const headers = await seen(port, {
        'X-Modelyard-Client-Address': i % 2 === 0 ? forged : [forged, '198.51.100.1'],
        'x-forwarded-for': i % 3 === 0 ? forged : `${forged}, 198.51.100.${i}`,
        forwarded: `for=${forged}`,
        'x-real-ip': forged,
      });
      addresses.add(headers['x-modelyard-client-address']);
      addresses.add(headers['x-forwarded-for']);
      expect(headers).not.toHaveProperty('forwarded');
      expect(headers).not.toHaveProperty('x-real-ip');
    }
    expect([...addresses]).toEqual(['127.0.0.1']);
  });

  it.each([
    [1, '203.0.113.9', '203.0.113.9'],
    [1, '10.9.9.9, 203.0.113.9', '203.0.113.9'],
    [2, '10.9.9.9, 203.0.113.9, 192.0.2.1', '203.0.113.9'],
    [2, '203.0.113.9', '127.0.0.1'],
    [1, '', '127.0.0.1'],
  ])('is what %i trusted proxies say in %j: %s', async (trustedProxyHops, forwardedFor, address) => {
    const { port } = await serve({ addressOf: addressOf(trustedProxyHops) });
    const headers = await seen(port, {
      'x-forwarded-for': forwardedFor,
      'x-modelyard-client-address': '10.8.8.8',
    });
    expect(headers['x-modelyard-client-address']).toBe(address);
    expect(headers['x-forwarded-for']).toBe(address);
  });

  it('counts 50 forged chains through one proxy as the one client that the proxy saw', async () => {
    const { port } = await serve({ addressOf: addressOf(1) });
    const addresses = new Set<string | undefined>();
    for (let i = 0; i < 50; i++) {
      const headers = await seen(port, { 'x-forwarded-for': `10.0.0.${i}, 203.0.113.9` });
      addresses.add(headers['x-modelyard-client-address']);
    }
    expect([...addresses]).toEqual(['203.0.113.9']);
  });

  it('is our own host and scheme, and nothing that lets a request pass the proxy of Next', async () => {
    const { port } = await serve();
    const headers = await seen(port, {
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'gopher',
      'x-middleware-subrequest': 'proxy:proxy:proxy',
    });
    expect(headers).toMatchObject({ 'x-forwarded-host': 'console.test', 'x-forwarded-proto': 'https' });
    expect(headers).not.toHaveProperty('x-middleware-subrequest');
  });
});

describe('the names of the loopback', () => {
  /** The server has to know its own port before it listens, as it does in the product. */
  async function serveLocally(name = '127.0.0.1') {
    const { port, server } = await serve();
    await server.drain(0);
    const webUrl = `http://${name}:${port}`;
    const again = createWebServer({
      handle: tellHeaders,
      webUrl,
      addressOf: addressOf(0),
      isReady: async () => true,
      logger,
    });
    open.push(again);
    return { webUrl, port: await again.listen(port, '127.0.0.1') };
  }

  it('lead to the one that WEB_URL has, with path and query', async () => {
    const { port, webUrl } = await serveLocally();
    const answer = await call(port, '/usage/acme?range=7d&model=a%2Fb', {
      headers: { host: `localhost:${port}` },
    });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBe(`${webUrl}/usage/acme?range=7d&model=a%2Fb`);
  });

  it('lead to localhost where WEB_URL says localhost', async () => {
    const { port } = await serveLocally('localhost');
    const answer = await call(port, '/', { headers: { host: `127.0.0.1:${port}` } });
    expect([answer.status, answer.headers.location]).toEqual([307, `http://localhost:${port}/`]);
  });

  it.each([
    ['its own name', (port: number) => ({ headers: { host: `127.0.0.1:${port}` } })],
    ['a name that is not the loopback', (port: number) => ({ headers: { host: `evil.test:${port}` } })],
    ['another port', (port: number) => ({ headers: { host: `localhost:${port + 1}` } })],
    ['a POST', (port: number) => ({ method: 'POST', headers: { host: `localhost:${port}` } })],
  ])('do not move a request with %s', async (_, options) => {
    const { port } = await serveLocally();
    expect((await call(port, '/', options(port))).status).toBe(200);
  });

  it('never lead to another site', async () => {
    const { port, webUrl } = await serveLocally();
    for (const path of ['//evil.test/a', '/\\evil.test', '/@evil.test']) {
      const answer = await call(port, path, { headers: { host: `localhost:${port}` } });
      expect(new URL(answer.headers.location ?? '').origin).toBe(webUrl);
    }
  });

  it('are left alone where the product has a public name', async () => {
    const { port } = await serve();
    expect((await call(port, '/', { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });
});

it('says 500 and lives on when a page fails', async () => {
  let fails = true;
  const { port } = await serve({
    handle: async (_, response) => {
      if (fails) throw new Error('no page');
      response.end('page');
    },
  });
  const failed = await call(port, '/');
  expect([failed.status, failed.body]).toEqual([500, '']);
  fails = false;
  expect((await call(port, '/')).body).toBe('page');
});

it('is not ready while the database is away, and alive all the same', async () => {
  const { port } = await serve({ isReady: async () => false });
  expect((await call(port, '/readyz')).status).toBe(503);
  expect((await call(port, '/healthz')).status).toBe(200);
});

/** The server as a process, whose one page answers when it is told to on standard input. */
const program = `
  import { once } from 'node:events';
  import { createWebServer } from '#server/platform/web-server.ts';
  import { drainOnSignals } from '#server/platform/drain-on-signals.ts';
  const say = (line) => process.stdout.write(line + '\\n');
  const logger = { debug() {}, info: (_, message) => say(message), warn() {}, error() {} };
  const server = createWebServer({
    webUrl: 'https://console.test', addressOf: () => '127.0.0.1', isReady: async () => true, logger,
    handle: async (request, response) => {
      say('asked');
      if (request.url !== '/endless') { await once(process.stdin, 'data'); response.end('whole'); }
    },
  });
  drainOnSignals({ drain: () => server.drain(Number(process.env.DRAIN_MS)), close: async () => say('closed'), logger });
  say('port ' + (await server.listen(0, '127.0.0.1')));
`;

async function startProcess(drainMs: number) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DRAIN_MS: String(drainMs) },
  });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const port = Number((await line()).replace('port ', ''));
  return { child, ended, line, port };
}

it('lets a request in flight finish on SIGTERM, takes no new one, and ends with 0', async () => {
  const { child, ended, line, port } = await startProcess(60_000);
  // It keeps its connection, as browsers do: the drain must not wait for that.
  const agent = new Agent({ keepAlive: true, timeout: 60_000 });
  const inFlight = call(port, '/', { agent });
  expect(await line()).toBe('asked');
  child.kill('SIGTERM');
  expect(await line()).toBe('draining');
  await expect(call(port, '/')).rejects.toThrow(/ECONN(REFUSED|RESET)/);
  child.stdin.write('go');
  expect(await inFlight).toMatchObject({ status: 200, body: 'whole' });
  expect(await line()).toBe('closed');
  expect(await ended).toEqual([0, null]);
});

it('cuts a request that outlasts the drain', async () => {
  const { child, ended, line, port } = await startProcess(200);
  const inFlight = call(port, '/endless').catch((error: Error) => error.message);
  expect(await line()).toBe('asked');
  child.kill('SIGTERM');
  expect(await inFlight).toContain('socket hang up');
  expect(await ended).toEqual([0, null]);
});
