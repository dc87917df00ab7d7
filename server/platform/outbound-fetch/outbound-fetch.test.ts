import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOutboundFetch, type FetchRequest, type OutboundFetchOptions } from './outbound-fetch.ts';
import { publicWeb } from './read-target.ts';
import { toResolved } from './resolve-host.ts';

/** A server of the tests on the loopback: what answers, and what arrived. */
let server: Server;
let port: number;
let connections = 0;
let requests: { url: string; headers: NodeJS.Dict<string | string[]> }[] = [];
let answer: (url: string, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    answer(request.url ?? '', response);
  });
  server.on('connection', () => void connections++);
  port = await listen(server);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  connections = 0;
  requests = [];
});

const listen = (listener: Pick<Server, 'listen' | 'address'>): Promise<number> =>
  new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port));
  });

const request: FetchRequest = {
  accept: 'image/*',
  bytesMax: 1_000,
  timeoutMs: 5_000,
  signal: new AbortController().signal,
};
const anyPort = { ...publicWeb, allowsPort: () => true };
/** As in production, but for the port: the listener can't have 80. */
const guarded = (options: OutboundFetchOptions = {}) => createOutboundFetch({ policy: anyPort, ...options });
/** The listener of the tests is let in, and nobody else. */
const open = (options: OutboundFetchOptions = {}) =>
  createOutboundFetch({
    policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: (at) => at === port },
    ...options,
  });
const resolvesTo = (...addresses: string[]) => ({ resolve: async () => addresses.map(toResolved) });
const refused = (reason: string) => ({ kind: 'refused', reason });

describe('no connection arrives', () => {
  it.each([
    ['the loopback', () => `http://127.0.0.1:${port}/`],
    ['a decimal number', () => `http://2130706433:${port}/`],
    ['octal digits', () => `http://017700000001:${port}/`],
    ['hexadecimal digits', () => `http://0x7f000001:${port}/`],
    ['a short form', () => `http://127.1:${port}/`],
    ['all zeros', () => `http://0.0.0.0:${port}/`],
    ['full-width digits', () => `http://１２７.0.0.1:${port}/`],
    ['IPv6', () => `http://[::1]:${port}/`],
    ['an IPv4 address inside IPv6', () => `http://[::ffff:127.0.0.1]:${port}/`],
    ['an IPv4 address inside NAT64', () => `http://[64:ff9b::127.0.0.1]:${port}/`],
    ['an IPv4 address inside 6to4', () => `http://[2002:7f00:1::]:${port}/`],
    ['the loopback by name', () => `http://localhost:${port}/`],
    ['the loopback by name with a dot', () => `http://localhost.:${port}/`],
  ])('for %s', async (_name, url) => {
    expect(await guarded()(url(), request)).toEqual(refused('not_public'));
    expect(connections).toBe(0);
  });

  it.each([
    ['the loopback', ['127.0.0.1']],
    ['the loopback in IPv6', ['::1']],
    ['a cloud’s metadata', ['169.254.169.254']],
    ['a public and a private address', ['8.8.8.8', '127.0.0.1']],
    ['a public and a private address in IPv6', ['8.8.8.8', '::ffff:127.0.0.1']],
    ['nothing', []],
  ])('for a name that resolves to %s', async (_name, addresses) => {
    const fetch = guarded(resolvesTo(...addresses));
    expect(await fetch(`http://pictures.example:${port}/`, request)).toEqual(refused('not_public'));
    expect(connections).toBe(0);
  });

  it('for a name whose second answer is private: it is not asked for again', async () => {
    const asked: string[] = [];
    const fetch = createOutboundFetch({
      policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true },
      resolve: async (host) => {
        asked.push(host);
        return [toResolved(asked.length === 1 ? '127.0.0.1' : '127.0.0.2')];
      },
    });
    answer = (_url, response) => response.end('picture');
    expect(await fetch(`http://pictures.example:${port}/`, request)).toMatchObject({ kind: 'fetched' });
    expect(asked).toEqual(['pictures.example']);
    expect(connections).toBe(1);
  });

  it('at the private address that a redirect names, by number or by a name asked for anew', async () => {
    let private_ = 0;
    const inside = createSocketServer(() => void private_++);
    const insidePort = await listen(inside as never);
    const answers = new Map([
      ['pictures.example', '127.0.0.1'],
      ['inside.example', '127.0.0.2'],
    ]);
    const fetch = createOutboundFetch({
      policy: { allowsAddress: (address) => address === '127.0.0.1', allowsPort: () => true },
      resolve: async (host) => [answers.get(host)].filter((found) => found !== undefined).map(toResolved),
    });
    const targets = [
      `http://127.0.0.2:${insidePort}/`,
      `http://[::1]:${insidePort}/`,
      `http://inside.example:${insidePort}/`,
      `//2130706434:${insidePort}/`,
      'http://192.168.0.1/',
    ];
    for (const target of targets) {
      answer = (_url, response) => response.writeHead(302, { location: target }).end();
      expect(await fetch(`http://pictures.example:${port}/`, request), target).toEqual(refused('not_public'));
    }
    answer = (_url, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    expect(await fetch(`http://pictures.example:${port}/`, request)).toEqual(refused('scheme'));
    answer = (_url, response) => response.writeHead(302, { location: `http://a:b@127.0.0.1:${port}/` }).end();
    expect(await fetch(`http://pictures.example:${port}/`, request)).toEqual(refused('credentials'));
    expect(private_).toBe(0);
    inside.close();
  });

  it('on a port that is none of the web’s', async () => {
    const fetch = createOutboundFetch(resolvesTo('8.8.8.8'));
    expect(await fetch(`http://pictures.example:${port}/`, request)).toEqual(refused('port'));
  });
});

describe('a fetch', () => {
  const fetchHere = (more: Partial<FetchRequest> = {}) =>
    open()(`http://127.0.0.1:${port}/cat.jpg?size=2#there`, { ...request, ...more });

  it('brings the bytes, and sends nothing but what it is', async () => {
    answer = (_url, response) => response.setHeader('set-cookie', 'a=b').end('picture');
    expect(await fetchHere()).toEqual({ kind: 'fetched', bytes: Buffer.from('picture') });
    await fetchHere();
    expect(requests[1]?.url).toBe('/cat.jpg?size=2');
    expect(requests[1]?.headers).toEqual({
      accept: 'image/*',
      'accept-encoding': 'identity',
      'user-agent': 'Modelyard/1.0',
      host: `127.0.0.1:${port}`,
      connection: 'close',
    });
  });

  it('names the host that was asked for', async () => {
    answer = (_url, response) => response.end('picture');
    await open(resolvesTo('127.0.0.1'))(`http://pictures.example:${port}/`, request);
    expect(requests[0]?.headers.host).toBe(`pictures.example:${port}`);
  });

  it('follows three redirects, and no fourth', async () => {
    answer = (url, response) => {
      const step = Number(url.slice(1)) || 0;
      if (step === 3) return response.end('picture');
      return response.writeHead(307, { location: `/${step + 1}` }).end();
    };
    expect(await fetchHere()).toMatchObject({ kind: 'fetched' });
    answer = (_url, response) => response.writeHead(301, { location: '/again' }).end();
    expect(await fetchHere()).toEqual(refused('too_many_redirects'));
    expect(requests).toHaveLength(8);
  });

  it('follows a redirect whose letters are written as they are, in UTF-8 or in Latin-1', async () => {
    for (const bytes of [Buffer.from('/bücher.jpg'), Buffer.from('/bücher.jpg', 'latin1')]) {
      requests = [];
      answer = (url, response) => {
        if (url.startsWith('/b')) return response.end('picture');
        return response.writeHead(302, { location: bytes.toString('latin1') }).end();
      };
      expect(await fetchHere()).toMatchObject({ kind: 'fetched' });
      expect(requests[1]?.url).toBe('/b%C3%BCcher.jpg');
    }
  });

  it.each([204, 206, 304, 400, 404, 500])('refuses a status of %i', async (status) => {
    answer = (_url, response) => response.writeHead(status).end();
    expect(await fetchHere()).toEqual(refused('status'));
  });

  it('refuses a length over the limit before it reads', async () => {
    answer = (_url, response) => response.writeHead(200, { 'content-length': 1_001 }).write('x');
    expect(await fetchHere()).toEqual(refused('too_large'));
  });

  it('reads no further than the limit of what never ends', async () => {
    let sent = 0;
    answer = (_url, response) => {
      const pour = () => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return response.once('drain', pour);
        }
      };
      pour();
    };
    expect(await fetchHere({ bytesMax: 100_000 })).toEqual(refused('too_large'));
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('gives up after its time, on a server that says nothing and on one that drips', async () => {
    answer = () => {};
    expect(await fetchHere({ timeoutMs: 100 })).toEqual(refused('too_slow'));
    answer = (_url, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.once('close', () => clearInterval(drip));
    };
    expect(await fetchHere({ timeoutMs: 100 })).toEqual(refused('too_slow'));
    answer = (_url, response) => setTimeout(() => response.writeHead(302, { location: '/' }).end(), 60);
    expect(await fetchHere({ timeoutMs: 100 })).toEqual(refused('too_slow'));
    const hanging = open({ resolve: () => new Promise(() => {}) });
    expect(await hanging(`http://pictures.example:${port}/`, { ...request, timeoutMs: 50 })).toEqual(
      refused('too_slow'),
    );
  });

  it('refuses what ends before the length that was declared', async () => {
    answer = (_url, response) => {
      response.writeHead(200, { 'content-length': 500 }).write('x');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await fetchHere()).toEqual(refused('cut_short'));
  });

  it('reads what was declared and not the rest', async () => {
    answer = (_url, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\npicture');
    };
    expect(await fetchHere()).toEqual({ kind: 'fetched', bytes: Buffer.from('pic') });
  });

  it.each([
    ['closes', ''],
    ['is no web server', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['sends headers without an end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_000)}\r\n`],
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('says unreachable of a server that %s', async (_name, says) => {
    answer = (_url, response) => response.socket?.end(says);
    expect(await fetchHere()).toEqual(refused('unreachable'));
  });

  it('says unreachable where nobody listens, or nobody speaks TLS', async () => {
    const closed = createOutboundFetch({ policy: { allowsAddress: () => true, allowsPort: () => true } });
    expect(await closed('http://127.0.0.1:1/', request)).toEqual(refused('unreachable'));
    expect(await closed(`https://127.0.0.1:${port}/`, request)).toEqual(refused('unreachable'));
  });

  it('leaves with the caller', async () => {
    const caller = new AbortController();
    answer = () => caller.abort(new Error('hung up'));
    await expect(fetchHere({ signal: caller.signal })).rejects.toThrow('hung up');
    await expect(fetchHere({ signal: caller.signal })).rejects.toThrow('hung up');
  });

  it('tells of each piece, and ends where that is refused', async () => {
    answer = (_url, response) => response.end('picture');
    let bytes = 0;
    await fetchHere({ onBytes: (more) => void (bytes += more) });
    expect(bytes).toBe('picture'.length);
    const full = () => {
      throw new Error('no room');
    };
    await expect(fetchHere({ onBytes: full })).rejects.toThrow('no room');
  });
});
