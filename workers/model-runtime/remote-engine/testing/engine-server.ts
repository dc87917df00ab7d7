import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EngineRequestSeen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- a body of any shape, which the tests look into.
  readonly body: any;
}

export interface EngineServer {
  readonly url: string;
  readonly seen: readonly EngineRequestSeen[];
  /** Connections that ended before their answer did. */
  readonly left: number;
  readonly connections: number;
  close(): Promise<void>;
}

export type EngineAnswerer = (seen: EngineRequestSeen, response: ServerResponse) => void | Promise<void>;

/** A server over HTTP that answers as the test says: well, badly or never. */
export async function startEngineServer(answer: EngineAnswerer, port = 0): Promise<EngineServer> {
  const seen: EngineRequestSeen[] = [];
  const counts = { left: 0, connections: 0 };
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: body === '' ? undefined : JSON.parse(body),
    };
    seen.push(one);
    response.once('close', () => {
      if (!response.writableFinished) counts.left++;
    });
    await answer(one, response);
  });
  server.on('connection', () => counts.connections++);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    get left() {
      return counts.left;
    },
    get connections() {
      return counts.connections;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

export function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}
