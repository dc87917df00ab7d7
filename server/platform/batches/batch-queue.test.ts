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
