import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubServer {
  readonly url: string;
  /** Method, path and range of what arrived. */
  readonly requests: string[];
  /** What it says of itself and its files from now on. */
  behave(change: Partial<Behaviour>): void;
  close(): Promise<void>;
}

export interface Behaviour {
  /** Ends the connection after so many bytes of a file, so many times. */
  readonly breakAfter: number;
  readonly breaks: number;
  /** Sends nothing more after so many bytes, and stays. */
  readonly hangAfter: number;
  /** The bytes that are sent are others than those of the checksum. */
  readonly spoilt: boolean;
  readonly ignoresRange: boolean;
  /** Of every answer. */
  readonly status: number;
  readonly token: string | null;
  /** The file is too small for Git LFS, so that there is no checksum. */
  readonly withoutChecksum: boolean;
}

const USUAL: Behaviour = {
  breakAfter: 0,
  breaks: 0,
  hangAfter: 0,
  spoilt: false,
  ignoresRange: false,
  status: 200,
  token: null,
  withoutChecksum: false,
};

/**
 * The hub's documented paths over files in memory: what it describes, and files through a redirect to another server, as the hub
 * leads on to its storage.
 */
export async function startHubServer(
  repository: string,
  revision: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<HubServer> {
  let behaviour = USUAL;
  let broken = 0;
  const requests: string[] = [];

  const storage = createServer((request, response) => {
    requests.push(`storage ${request.headers.authorization ?? 'nobody'} ${request.headers.range ?? 'all'}`);
    const content = files[decodeURIComponent(request.url?.slice(1) ?? '')] ?? new Uint8Array();
    const range = behaviour.ignoresRange ? undefined : /bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1];
    const from = Number(range ?? 0);
    const bytes = Buffer.from(content.subarray(from));
    if (behaviour.spoilt) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    response.writeHead(range === undefined ? 200 : 206, {
      'content-length': bytes.length,
      ...(range === undefined
        ? {}
        : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    if (behaviour.hangAfter > 0) return void response.write(bytes.subarray(0, behaviour.hangAfter));
    if (behaviour.breakAfter > 0 && broken < behaviour.breaks) {
      broken++;
      response.write(bytes.subarray(0, behaviour.breakAfter), () => setImmediate(() => response.destroy()));
      return;
    }
    response.end(bytes);
  });
  const storageUrl = await listen(storage);

  const hub = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (behaviour.status !== 200) return void response.writeHead(behaviour.status).end('An error page.');
    if (behaviour.token !== null && request.headers.authorization !== `Bearer ${behaviour.token}`) {
      return void response.writeHead(401).end();
    }
    if (request.method === 'POST') return describe(request, response);
    const file = request.url?.replace(`/${repository}/resolve/${revision}/`, '') ?? '';
    if (!Object.hasOwn(files, file)) return void response.writeHead(404).end();
    response.writeHead(302, { location: `${storageUrl}/${encodeURIComponent(file)}` }).end();
  });

  async function describe(request: IncomingMessage, response: ServerResponse) {
    if (request.url !== `/api/models/${repository}/paths-info/${revision}`) {
      return void response.writeHead(404).end();
    }
    let body = '';
    for await (const part of request) body += part;
    const { paths } = JSON.parse(body) as { paths: string[] };
    const infos = paths
      .filter((path) => Object.hasOwn(files, path))
      .map((path) => {
        const content = files[path] as Uint8Array;
        const oid = createHash('sha256').update(content).digest('hex');
        const lfs = { oid, size: content.length, pointerSize: 134 };
        const info = { type: 'file', oid: '0'.repeat(40), size: content.length, path };
        return behaviour.withoutChecksum ? info : { ...info, lfs };
      });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(infos));
  }

  return {
    url: await listen(hub),
    requests,
    behave(change) {
      behaviour = { ...USUAL, ...change };
      broken = 0;
    },
    async close() {
      for (const server of [hub, storage]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function listen(server: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
