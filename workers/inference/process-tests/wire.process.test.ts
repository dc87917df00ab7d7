import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startInference, type TestProcess } from '#server/testing/processes.ts';

let database: TestDatabase;
let gateway: TestProcess;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { id: workspaceId } = await createWorkspace(database.prisma);
  key = (await createApiKey(database.prisma, { workspaceId })).key;
  gateway = await startInference({
    databaseUrl: database.url,
    env: { INFERENCE_RUNTIME: 'fake', LOG_LEVEL: 'warn' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
});

const mebibyte = 1024 * 1024;
const head = (more: string, path = '/v1/sentiment', type = 'application/json') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\n${more}\r\n`;

describe('on the wire', () => {
  it('refuses 50 MB of body, declared or chunked, with its memory flat', async () => {
    await alive();
    // What V8 keeps for new objects fills with the first ones, whatever they are.
    await refusesBodies();
    const before = await residentBytes();
    for (let again = 0; again < 3; again++) await refusesBodies();
    expect((await residentBytes()) - before).toBeLessThan(48 * mebibyte);
    await alive();
  });

  it('refuses 50 MB of pictures as well, of which it reads less than half', async () => {
    await alive();
    const before = await residentBytes();
    const pictures = (more: string) => head(more, '/v1/images/classify', 'image/jpeg');
    const declared = open();
    declared.write(pictures(`content-length: ${50 * mebibyte}\r\n`));
    expect(await firstLine(declared)).toBe('HTTP/1.1 413 Payload Too Large');
    declared.destroy();
    expect((await residentBytes()) - before).toBeLessThan(16 * mebibyte);

    const chunked = open();
    chunked.write(pictures('transfer-encoding: chunked\r\n'));
    const answer = firstLine(chunked);
    await pour(chunked, 50, false);
    expect(await answer).toBe('HTTP/1.1 413 Payload Too Large');
    chunked.destroy();
    expect((await residentBytes()) - before).toBeLessThan(96 * mebibyte);
    await alive();
  });

  it('closes on headers that are too large', async () => {
    const socket = open();
    socket.write(head(`x-large: ${'a'.repeat(20_000)}\r\n`));
    expect(await firstLine(socket)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    await alive();
  });

  it('keeps a connection longer than a client does', async () => {
    const socket = open();
    const answer = readAll(socket);
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await sleep(200);
    socket.end();
    expect(await answer).toMatch(/keep-alive: timeout=7[45]/i);
  });

  it('survives what is not HTTP', async () => {
    const socket = open();
    socket.write('\x16\x03\x01\x02\x00nonsense\r\n\r\n');
    expect(await firstLine(socket)).toBe('HTTP/1.1 400 Bad Request');
    await alive();
  });
});

async function refusesBodies(): Promise<void> {
  for (const declared of [true, false]) {
    const socket = open();
    socket.write(head(declared ? `content-length: ${50 * mebibyte}\r\n` : 'transfer-encoding: chunked\r\n'));
    const answer = firstLine(socket);
    await pour(socket, 50, declared);
    expect(await answer).toBe('HTTP/1.1 413 Payload Too Large');
    socket.destroy();
  }
}

const open = (): Socket => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.on('error', () => {});
  return socket;
};

async function pour(socket: Socket, mebibytes: number, declared: boolean): Promise<void> {
  const chunk = Buffer.alloc(mebibyte, 0x61);
  for (let i = 0; i < mebibytes && !socket.destroyed && socket.writable; i++) {
    if (!declared) socket.write(`${chunk.length.toString(16)}\r\n`);
    const drained = socket.write(chunk);
    if (!declared) socket.write('\r\n');
    if (!drained) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), sleep(1_000)]);
  }
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data) => resolve(data.toString('latin1').split('\r\n')[0] ?? ''));
    socket.once('close', () => reject(new Error('closed without an answer')));
  });
}

function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.once('close', () => resolve(text));
  });
}

async function alive(): Promise<void> {
  const response = await fetch(`${gateway.url}/v1/sentiment`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input: 'good' }),
  });
  expect(response.status).toBe(200);
}

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${gateway.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
