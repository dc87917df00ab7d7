import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import { createUser, createWorkspace } from '#server/testing/factories.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { changeBudget } from '../workspaces/change-budget.ts';
import { deleteFile } from './delete-file.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('keeps nobody waiting who has the lock that calls need, however long the bytes take to go', async () => {
  const db = database.prisma;
  const clock = { now: () => new Date() };
  const { id: workspaceId } = await createWorkspace(db);
  const { id: userId } = await createUser(db);
  const file = { id: 'file-1', workspaceId, purpose: 'batch', filename: 'a.jsonl', bytes: 1 };
  await db.file.create({ data: { ...file, expiresAt: new Date(Date.now() + 60_000) } });
  const budget = { microUsd: 5, isHard: true };
  // As if the bytes went no sooner than that.
  const remove = () => changeBudget({ db, clock }, { workspaceId, userId, budget });
  const blobs = { remove } as unknown as BlobStore;
  await deleteFile({ db, clock, blobs }, { workspaceId, id: 'file-1' });
  expect(await db.file.count({ where: { workspaceId } })).toBe(0);
});
