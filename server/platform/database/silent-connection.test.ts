import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createPrisma } from './prisma.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A network between that forgets connections without a word, as firewalls do. */
async function startForgetful(url: string) {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far);
    far.pipe(near);
    sockets.push(near, far);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.toString(),
    forget() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

it('what has little time waits no longer for a connection that went silent, and takes another one', async () => {
  const network = await startForgetful(database.url);
  const prisma = createPrisma(network.url, { max: 1, statementTimeoutMs: 300 });
  try {
    expect(await prisma.user.count()).toBe(0);
    network.forget();
    await expect(prisma.user.count()).rejects.toThrow('timeout');
    expect(await prisma.user.count()).toBe(0);
  } finally {
    network.close();
    await prisma.$disconnect();
  }
});
