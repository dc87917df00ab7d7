import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { fileBlob } from '#server/domain/files/file-blob.ts';
import { createBatchQueue } from '#server/platform/batches/batch-queue.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { createSealedBlobStore } from '#server/platform/blob-store/sealed-blob-store.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createWorkspace } from '#server/testing/factories.ts';
import { startBatchRunner } from './batch-runner.ts';
import type { RunLine } from './run-line.ts';

let database: TestDatabase;
let folder: string;
let blobs: BlobStore;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  blobs = createSealedBlobStore(createFolderBlobStore(folder), randomBytes(32));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function createLines(count: number): Promise<string> {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { id: keyId } = await createApiKey(database.prisma, { workspaceId });
  async function* lines() {
    for (let i = 0; i < count; i++) {
      const line = { custom_id: `${i}`, method: 'POST', url: '/v1/sentiment', body: { input: `${i}` } };
      yield Buffer.from(`${JSON.stringify(line)}\n`);
    }
  }
  const expiresAt = new Date(Date.now() + 60_000);
  const file = { id: `file-${keyId}`, workspaceId };
  const { bytes } = await blobs.write(fileBlob(file), lines());
  await database.prisma.file.create({ data: { ...file, purpose: 'batch', filename: 'x', bytes, expiresAt } });
  const batch = { id: `batch_${keyId}`, workspaceId, keyId, inputFileId: file.id, expiresAt };
  await database.prisma.batch.create({ data: { ...batch, endpoint: '/v1/sentiment', status: 'validating' } });
  return batch.id;
}

function startRunner(runLine: RunLine, { liveCalls = 0, leaseMs = 60_000 } = {}) {
  return startBatchRunner({
    queue: createBatchQueue({ pool: database.pool, leaseMs }),
    blobs,
    runLine,
    liveCalls: () => liveCalls,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    leaseMs,
    lookEveryMs: 10,
  });
}

const completed = (id: string) =>
  vi.waitFor(
    async () => {
      const batch = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
      expect(batch.status).toBe('completed');
      return batch;
    },
    { timeout: 15_000, interval: 20 },
  );

it.each([
  { liveCalls: 0, most: 4 },
  { liveCalls: 1, most: 1 },
])('runs $most lines at once beside $liveCalls live calls', async ({ liveCalls, most }) => {
  let running = 0;
  let seen = 0;
  const runner = startRunner(
    async () => {
      seen = Math.max(seen, ++running);
      await pause(5);
      running--;
      return { status: 200, body: '{}', settle: async () => 'settled' };
    },
    { liveCalls },
  );
  const batch = await completed(await createLines(100));
  await runner.close();
  expect(batch).toMatchObject({ total: 100, completed: 100, failed: 0 });
  expect(seen).toBe(most);
});

it('runs a line again that failed on our side, or whose hold was gone, and counts it once', async () => {
  const asked = new Map<string, string[]>();
  const runner = startRunner(async ({ body, requestId }) => {
    const ids = asked.get(body) ?? [];
    asked.set(body, [...ids, requestId]);
    if (ids.length === 0 && body.includes('"1"')) {
      return { status: 503, body: '{"error":{"code":"overloaded"}}', settle: null };
    }
    const isGone = ids.length === 0 && body.includes('"2"');
    const settle = async () => (isGone ? ('no_hold' as const) : ('settled' as const));
    return { status: 200, body: '{}', settle };
  });
  const batch = await completed(await createLines(3));
  await runner.close();
  expect(batch).toMatchObject({ completed: 3, failed: 0 });
  expect([...asked.values()].map((ids) => ids.length).sort()).toEqual([1, 2, 2]);
  for (const ids of asked.values()) expect(new Set(ids).size).toBe(ids.length);
});

it('lets one gateway at a time have a batch, and the next one go on where it stopped', async () => {
  const ran: string[] = [];
  const runLine: RunLine = async ({ body }) => {
    ran.push(body);
    await pause(3);
    return { status: 200, body: '{}', settle: async () => 'settled' };
  };
  const first = startRunner(runLine);
  const second = startRunner(runLine);
  const id = await createLines(300);
  await vi.waitFor(() => expect(ran.length).toBeGreaterThan(60), { timeout: 10_000, interval: 5 });
  await first.close();
  expect(await completed(id)).toMatchObject({ completed: 300 });
  await second.close();
  expect(ran).toHaveLength(300);
  expect(new Set(ran).size).toBe(300);
});

it('fails a batch whose input was damaged where it is kept, and runs none of it', async () => {
  const id = await createLines(3);
  const { workspaceId, inputFileId } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
  const file = path.join(folder, fileBlob({ workspaceId, id: inputFileId }));
  const kept = await readFile(file);
  await writeFile(file, kept.subarray(0, -1));
  const runner = startRunner(async () => {
    throw new Error('A line was run.');
  });
  expect(await failed(id)).toMatchObject([{ code: 'file_damaged' }]);
  await runner.close();
});

it('fails a batch of which answers were damaged where they are kept, instead of trying for ever', async () => {
  let ran = 0;
  const runLine: RunLine = async () => {
    ran++;
    await pause(3);
    return { status: 200, body: '{}', settle: async () => 'settled' };
  };
  const first = startRunner(runLine);
  const id = await createLines(200);
  await vi.waitFor(() => expect(ran).toBeGreaterThan(60), { timeout: 10_000, interval: 5 });
  await first.close();
  const { workspaceId } = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
  const piece = path.join(folder, partBlob({ workspaceId, id }, 1));
  await writeFile(piece, (await readFile(piece)).subarray(0, -1));
  const second = startRunner(runLine);
  expect(await failed(id)).toMatchObject([{ code: 'file_damaged' }]);
  await second.close();
});

async function failed(id: string) {
  const batch = await vi.waitFor(
    async () => {
      const found = await database.prisma.batch.findUniqueOrThrow({ where: { id } });
      expect(found.status).toBe('failed');
      return found;
    },
    { timeout: 15_000, interval: 20 },
  );
  return batch.errors;
}
