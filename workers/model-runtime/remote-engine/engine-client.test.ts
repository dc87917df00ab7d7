import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient } from './engine-client.ts';

const times = { connectMs: 1_000, answerMs: 1_000, silenceMs: 300 };
const request = { path: '/', body: { say: 'hi' } };
const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** What comes on a socket, request by request, is answered as the test says. */
async function clientOf(onRequest: (socket: Socket, nth: number) => void): Promise<EngineClient> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (String(data).includes('POST')) onRequest(socket, ++requests);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createEngineClient({ url: `http://127.0.0.1:${port}`, apiKey: null, times });
  opened.push(async () => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return client;
}

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 50);
  socket.once('close', () => clearInterval(timer));
}

describe('a request that fails', () => {
  it('before a connection stands did not begin', async () => {
    const nobody = createEngineClient({ url: 'http://127.0.0.1:1', apiKey: null, times });
    await expect(nobody.send(request)).rejects.toMatchObject({ failure: 'unreachable' });
  });

  it('on a connection of its own may have begun', async () => {
    const client = await clientOf((socket) => void socket.destroy());
    await expect(client.send(request)).rejects.toMatchObject({ failure: 'dropped' });
  });

  it('on a kept connection that closed without a byte did not begin, with one it may have', async () => {
    const client = await clientOf((socket, nth) => {
      if (nth % 2 === 1) return void socket.write(answer);
      socket.end(nth === 2 ? '' : 'HTTP/1.1 2');
    });
    for (const failure of ['unreachable', 'dropped']) {
      expect(await client.ask(request)).toEqual({ status: 200, json: {} });
      await sleep(20);
      await expect(client.send(request)).rejects.toMatchObject({ failure });
    }
  });

  it('on a kept connection has the others closed, which are as old', async () => {
    const waiting: Socket[] = [];
    const connections = new Set<Socket>();
    const client = await clientOf((socket, nth) => {
      connections.add(socket);
      if (nth === 3) return void socket.destroy();
      waiting.push(socket);
      if (nth !== 1) for (const one of waiting.splice(0)) one.write(answer);
    });
    await Promise.all([client.ask(request), client.ask(request)]);
    await sleep(20);
    await expect(client.ask(request)).rejects.toMatchObject({ failure: 'unreachable' });
    expect(await client.ask(request)).toEqual({ status: 200, json: {} });
    expect(connections.size).toBe(3);
  });

  it('with what is not HTTP is unreadable', async () => {
    const client = await clientOf((socket) => void socket.end('What?\r\n\r\n'));
    await expect(client.send(request)).rejects.toMatchObject({ failure: 'unreadable' });
  });
});

describe('an answer', () => {
  it('that comes byte by byte without an end is not waited for', async () => {
    const client = await clientOf((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      drip(socket, ' ');
    });
    const startedAtMs = performance.now();
    await expect(client.ask(request)).rejects.toMatchObject({ failure: 'silent' });
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });

  it('is waited for as long as it goes on, until its end is near', async () => {
    const client = await clientOf((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      drip(socket, ' ');
    });
    const reply = await client.send(request);
    let pieces = 0;
    const read = async () => {
      for await (const _ of reply.pieces()) {
        reply.noteProgress();
        if (++pieces === 12) reply.endWithin(100);
      }
    };
    await expect(read()).rejects.toMatchObject({ failure: 'silent' });
    expect(pieces).toBeGreaterThanOrEqual(12);
    expect(pieces).toBeLessThan(17);
  });

  it('ends when the client is closed, which sends nothing more', async () => {
    const client = await clientOf((socket) => drip(socket, ''));
    const answered = client.ask(request).catch((error: unknown) => error);
    await sleep(50);
    client.close();
    expect(await answered).toMatchObject({ failure: 'dropped' });
    await expect(client.ask(request)).rejects.toThrow('closed');
  });
});
