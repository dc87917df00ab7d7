import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionDeparture } from './connection-departure.ts';

let server: Server;
let socket: Socket;
let outgoing: ServerResponse;

/** A call that waits for its answer. */
beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  [, outgoing] = (await once(server, 'request')) as [unknown, ServerResponse];
});
afterEach(() => {
  socket.destroy();
  server.close();
});

async function hangUp(): Promise<void> {
  const closed = once(outgoing, 'close');
  socket.destroy();
  await closed;
}

async function answer(): Promise<void> {
  const closed = once(outgoing, 'close');
  outgoing.end('ok');
  await closed;
}

describe('the departure of a caller', () => {
  it('is told to all who listen, once, with a reason', async () => {
    const departure = connectionDeparture(outgoing);
    const [one, other] = [vi.fn(), vi.fn()];
    departure.addEventListener('abort', one, { once: true });
    departure.addEventListener('abort', other, { once: true });
    expect(departure.aborted).toBe(false);
    await hangUp();
    expect([one.mock.calls.length, other.mock.calls.length]).toEqual([1, 1]);
    expect(departure.aborted).toBe(true);
    expect(departure.reason).toMatchObject({ name: 'AbortError' });
  });

  it('is not told to who listens no more', async () => {
    const departure = connectionDeparture(outgoing);
    const [gone, stays] = [vi.fn(), vi.fn()];
    departure.addEventListener('abort', gone, { once: true });
    departure.addEventListener('abort', stays, { once: true });
    departure.removeEventListener('abort', gone);
    await hangUp();
    expect([gone.mock.calls.length, stays.mock.calls.length]).toEqual([0, 1]);
  });

  it('is none where the answer was written, whatever becomes of the connection then', async () => {
    const departure = connectionDeparture(outgoing);
    const told = vi.fn();
    departure.addEventListener('abort', told, { once: true });
    await answer();
    socket.destroy();
    await once(socket, 'close');
    expect([departure.aborted, told.mock.calls.length]).toEqual([false, 0]);
  });
});
