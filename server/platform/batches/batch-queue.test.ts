import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createApiKey, createBatch, createWorkspace } from '#server/testing/factories.ts';
import { createBatchQueue } from './batch-queue.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function workspaceWith(batches: number): Promise<string> {
  const { id: workspaceId } = await createWorkspace(database.prisma);
  const { id: keyId } = await createApiKey(database.prisma, { workspaceId });
  for (let i = 0; i < batches; i++) await createBatch(database.prisma, { workspaceId, keyId });
  return workspaceId;
}

it('lets workspaces take turns, however many batches each has', async () => {
  const many = await workspaceWith(4);
  const one = await workspaceWith(1);
  const queue = createBatchQueue({ pool: database.pool, leaseMs: 60_000 });
  const served: { workspaceId: string; id: string }[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const leaseId = randomUUID();
    const claimed = await queue.claim(leaseId);
    if (!claimed) throw new Error('Nothing was left.');
    served.push(claimed);
    await queue.release({ id: claimed.id, leaseId }, 0);
  }
  expect(served.map(({ workspaceId }) => workspaceId)).toEqual([many, one, many, one, many, one]);
  const ofMany = served.filter(({ workspaceId }) => workspaceId === many);
  expect(new Set(ofMany.map(({ id }) => id)).size).toBe(3);
});

it('parts the places of a workspace among its batches that gateways run at the same time', async () => {
  await database.prisma.batch.deleteMany();
  const { id: workspaceId } = await createWorkspace(database.prisma, { concurrencyMax: 12 });
  const { id: keyId } = await createApiKey(database.prisma, { workspaceId });
  for (let i = 0; i < 3; i++) await createBatch(database.prisma, { workspaceId, keyId });
  await workspaceWith(1);
  const queue = createBatchQueue({ pool: database.pool, leaseMs: 60_000 });
  const claimed = [];
  for (let i = 0; i < 4; i++) {
    const leaseId = randomUUID();
    const batch = await queue.claim(leaseId);
    if (batch?.workspaceId === workspaceId) claimed.push({ id: batch.id, leaseId, places: batch.placesMax });
  }
  expect(claimed.map(({ places }) => places)).toEqual([12, 6, 4]);
  for (const one of claimed) await queue.release(one, 0);
  expect((await queue.claim(randomUUID()))?.placesMax).toBe(12);
});

it('leaves a batch alone for as long as it is to wait, unless it is cancelled', async () => {
  await database.prisma.batch.deleteMany();
  await workspaceWith(1);
  const queue = createBatchQueue({ pool: database.pool, leaseMs: 60_000 });
  const leaseId = randomUUID();
  const claimed = await queue.claim(leaseId);
  if (!claimed) throw new Error('There was none.');
  expect(await queue.claim(randomUUID())).toBeNull();
  await queue.release({ id: claimed.id, leaseId }, 600_000);
  expect(await queue.claim(randomUUID())).toBeNull();
  expect(await queue.renew({ id: claimed.id, leaseId })).toBeNull();
  await database.prisma.batch.update({ where: { id: claimed.id }, data: { status: 'cancelling' } });
  expect(await queue.claim(randomUUID())).toMatchObject({ id: claimed.id });
  expect(await queue.claim(randomUUID())).toBeNull();
});
