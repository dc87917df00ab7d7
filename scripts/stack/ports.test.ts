import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '#server/testing/free-port.ts';
import { choosePort } from './ports.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed))));
});

async function occupy(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function choose(usual: number, value?: string, taken: number[] = []) {
  const notes: string[] = [];
  const wish = { name: 'web', given: { variable: 'WEB_PORT', value }, usual };
  return choosePort(wish, new Set(taken), (note) => notes.push(note)).then((port) => ({ port, notes }));
}

it('takes the usual port without a word when it is free', async () => {
  const usual = await freePort();
  expect(await choose(usual)).toEqual({ port: usual, notes: [] });
});

it.each(['127.0.0.1', '0.0.0.0'])('moves on from a usual port taken on %s, and says so', async (host) => {
  const usual = await occupy(host);
  const { port, notes } = await choose(usual);
  expect(port).toBeGreaterThan(usual);
  expect(notes).toEqual([`Port ${usual} is taken: web uses ${port}.`]);
});

it('does not give two services one port', async () => {
  const usual = await freePort();
  const { port } = await choose(usual, undefined, [usual]);
  expect(port).toBeGreaterThan(usual);
  await expect(choose(usual, String(usual), [usual])).rejects.toThrow('is taken');
});

it('refuses a port that was asked for and is taken, naming the variable', async () => {
  const port = await occupy('127.0.0.1');
  await expect(choose(3000, String(port))).rejects.toThrow(
    `Port ${port} (WEB_PORT) is taken. Stop what listens there, or choose another.`,
  );
});

it('takes the port that was asked for', async () => {
  const asked = await freePort();
  expect(await choose(3000, String(asked))).toEqual({ port: asked, notes: [] });
});

it.each(['0', '-1', '65536', '3000.5', 'http', '3000 4000'])('refuses %j as a port', async (value) => {
  await expect(choose(3000, value)).rejects.toThrow(`WEB_PORT is not a port: ${value}.`);
});
