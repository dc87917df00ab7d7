import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBatch } from '#server/domain/batches/find-batch.ts';
import { partBlob } from '#server/domain/batches/part-blob.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import { createFolderBlobStore } from '#server/platform/blob-store/folder-blob-store.ts';
import { createTestDatabase, type TestDatabase } from '#server/testing/database.ts';
import {
  createApiKey,
  createBatch,
  createSession,
  createUser,
  createWorkspace,
} from '#server/testing/factories.ts';
import { deleteEndedBatches } from './tasks/delete-ended-batches.ts';
import { deleteExpired } from './tasks/delete-expired.ts';
import { deleteExpiredFiles } from './tasks/delete-expired-files.ts';
import { deleteOrphanBlobs } from './tasks/delete-orphan-blobs.ts';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
async function* oneByte() {
  yield Buffer.from('x');
}

describe('what has expired', () => {
  let database: TestDatabase;
  let blobsDir: string;
  let blobs: BlobStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    blobsDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
    blobs = createFolderBlobStore(blobsDir);
  });
  afterAll(async () => {
    await database.drop();
    await rm(blobsDir, { recursive: true, force: true });
  });

  it('deletes files that have expired, their bytes too, but none that a batch reads', async () => {
    const db = database.prisma;
    const { id: workspaceId } = await createWorkspace(db);
    for (const [id, expiresAt] of [
      ['old', new Date(Date.now() - 1_000)],
      ['read', new Date(Date.now() - 1_000)],
      ['new', new Date(Date.now() + 60_000)],
    ] as const) {
      await blobs.write(`${workspaceId}/${id}`, oneByte());
      await db.file.create({
        data: { id, workspaceId, purpose: 'batch', filename: 'x', bytes: 1, expiresAt },
      });
    }
    await db.batch.create({
      data: {
        id: 'batch_1',
        workspaceId,
        keyId: 'k',
        endpoint: '/v1/sentiment',
        inputFileId: 'read',
        status: 'in_progress',
        expiresAt: new Date(),
      },
    });
    expect(await deleteExpiredFiles({ pool: database.pool, blobs })).toBe(1);
    const kept = await db.file.findMany({
      where: { workspaceId },
      orderBy: { id: 'asc' },
      select: { id: true },
    });
    expect(kept).toEqual([{ id: 'new' }, { id: 'read' }]);
    expect(await blobs.read(`${workspaceId}/old`)).toBeNull();
    await db.batch.delete({ where: { id: 'batch_1' } });
  });

  it('sweeps up bytes that no row names, once nothing can still be writing them', async () => {
    const db = database.prisma;
    const { id: workspaceId } = await createWorkspace(db);
    const { id: keyId } = await createApiKey(db, { workspaceId });
    const open = await createBatch(db, { workspaceId, keyId });
    const ended = await createBatch(db, {
      workspaceId,
      keyId,
      status: 'failed',
      createdAt: daysAgo(2),
      endedAt: daysAgo(2),
    });
    const outputOf = ({ id }: { id: string }) => `file-${id.slice('batch_'.length)}a`;
    const kept = [
      open.inputFileId,
      `${open.id}.1`,
      outputOf(open),
      // They go with the row of their batch.
      `${ended.id}.1`,
      'not-ours',
    ];
    const gone = [
      'file-0123456789abcdef01234567',
      'batch_0123456789abcdef01234567.1',
      outputOf(ended),
      `${open.inputFileId}.${randomUUID()}.part`,
    ];
    const foreign = [randomUUID(), 'file-0123456789abcdef01234567'] as const;
    const written = [...kept, ...gone].map((name) => `${workspaceId}/${name}`).concat(foreign.join('/'));
    for (const name of written) {
      await blobs.write(name, oneByte());
      await utimes(path.join(blobsDir, name), daysAgo(1.1), daysAgo(1.1));
    }
    await blobs.write(`${workspaceId}/file-of-this-moment`, oneByte());

    expect(await deleteOrphanBlobs({ pool: database.pool, blobs })).toBe(gone.length);
    const left = await readdir(path.join(blobsDir, workspaceId));
    expect(left.sort()).toEqual([...kept, 'file-of-this-moment'].sort());
    expect(await readdir(path.join(blobsDir, foreign[0]))).toEqual([foreign[1]]);
    expect(await deleteOrphanBlobs({ pool: database.pool, blobs })).toBe(0);
  });

  it('deletes what has expired for long enough, and nothing else', async () => {
    const db = database.prisma;
    const { id: workspaceId } = await createWorkspace(db);
    const gone = [await createApiKey(db, { workspaceId, kind: 'short_lived', expiresAt: daysAgo(2) })].map(
      (key) => key.id,
    );
    const kept = [
      await createApiKey(db, { workspaceId, kind: 'short_lived', expiresAt: daysAgo(0.5) }),
      await createApiKey(db, { workspaceId, kind: 'live', expiresAt: daysAgo(900) }),
    ].map((key) => key.id);
    const ofBatch = await createApiKey(db, { workspaceId, kind: 'short_lived', expiresAt: daysAgo(2) });
    await createBatch(db, { workspaceId, keyId: ofBatch.id, status: 'completed' });
    kept.push(ofBatch.id);
    const user = await createUser(db);
    const ended = await createSession(db, { userId: user.id, expiresAt: daysAgo(31) });
    const revoked = await createSession(db, { userId: user.id, revokedAt: daysAgo(31) });
    const lately = await createSession(db, { userId: user.id, revokedAt: daysAgo(1) });
    const pending = await createUser(db, { confirmed: false });
    const forgotten = await createUser(db, { confirmed: false });
    await db.user.update({ where: { id: forgotten.id }, data: { createdAt: daysAgo(31) } });
    await db.rateBucket.createMany({
      data: [
        { bucket: 'stale', requests: 1, units: 1, refilledAt: daysAgo(2) },
        { bucket: 'fresh', requests: 1, units: 1, refilledAt: new Date() },
      ],
    });

    const named = {
      keyId: 'x',
      requestMac: Buffer.from('x'),
      requestId: randomUUID(),
      claimedUntil: daysAgo(1),
    };
    await db.idempotencyKey.createMany({
      data: [
        { ...named, nameMac: Buffer.from('old'), expiresAt: daysAgo(1) },
        { ...named, nameMac: Buffer.from('new'), expiresAt: daysAgo(-1) },
      ],
    });

    const event = { workspaceId, type: 'webhook.test', payload: '{}' };
    await db.webhookEvent.createMany({
      data: [31, 29].map((days) => ({ ...event, id: randomUUID(), createdAt: daysAgo(days) })),
    });

    expect(await deleteExpired(database.pool)).toMatchObject({
      webhookEvents: 1,
      idempotencyKeys: 1,
      shortLivedKeys: 1,
      sessions: 2,
      unconfirmedUsers: 1,
      rateBuckets: 1,
    });
    const keyIds = (await db.apiKey.findMany({ where: { workspaceId } })).map((key) => key.id);
    expect(keyIds.sort()).toEqual([...kept].sort());
    expect(keyIds).not.toContain(gone[0]);
    const sessionIds = (await db.session.findMany()).map((session) => session.id);
    expect(sessionIds).toContain(lately.id);
    expect(sessionIds).not.toContain(ended.id);
    expect(sessionIds).not.toContain(revoked.id);
    expect(await db.user.findUnique({ where: { id: pending.id } })).not.toBeNull();
    expect(await db.rateBucket.findMany({ where: { bucket: { in: ['stale', 'fresh'] } } })).toHaveLength(1);
  });

  describe('of batches', () => {
    let workspaceId: string;
    let keyId: string;
    beforeEach(async () => {
      ({ id: workspaceId } = await createWorkspace(database.prisma));
      ({ id: keyId } = await createApiKey(database.prisma, { workspaceId }));
    });
    const ended = (days: number) =>
      createBatch(database.prisma, {
        workspaceId,
        keyId,
        status: 'completed',
        createdAt: daysAgo(days + 0.5),
        endedAt: daysAgo(days),
      });
    const remove = () => deleteEndedBatches({ pool: database.pool, blobs });
    const read = ({ id }: { id: string }) => findBatch({ db: database.prisma }, { workspaceId, id });

    it('goes 30 days after the end; what was billed stays, and so does a batch that has not ended', async () => {
      const old = await ended(31);
      const lately = await ended(29);
      const open = await createBatch(database.prisma, { workspaceId, keyId, createdAt: daysAgo(40) });
      const usage = { workspaceId, hour: daysAgo(31), keyId, modelVersion: 'm', task: 't', statusClass: 2 };
      const counts = { requests: 1, inputUnits: 1, outputUnits: 0, priceMicroUsd: 1, latencyCounts: [] };
      await database.prisma.usageHour.create({ data: { ...usage, ...counts, lastUsedAt: daysAgo(31) } });
      expect(await remove()).toBe(1);
      await expect(read(old)).rejects.toMatchObject({ code: 'not_found' });
      expect((await read(lately)).id).toBe(lately.id);
      expect((await read(open)).id).toBe(open.id);
      expect(await database.prisma.usageHour.count({ where: { workspaceId } })).toBe(1);
      expect(await remove()).toBe(0);
    });

    it('takes along the pieces of answers that a gateway left, and no other batch’s', async () => {
      const [old, lately] = [await ended(31), await ended(29)];
      await database.prisma.batch.updateMany({ where: { workspaceId }, data: { parts: 3 } });
      for (const batch of [old, lately])
        for (const part of [1, 3]) await blobs.write(partBlob(batch, part), oneByte());
      expect(await remove()).toBe(1);
      const kept = await readdir(path.join(blobsDir, workspaceId));
      expect(kept.sort()).toEqual([`${lately.id}.1`, `${lately.id}.3`]);
    });

    it('goes however many there are', async () => {
      const { inputFileId } = await ended(31);
      const one = { workspaceId, keyId, inputFileId, endpoint: '/v1/sentiment', status: 'failed' };
      const at = { expiresAt: daysAgo(40), endedAt: daysAgo(40) };
      await database.prisma.batch.createMany({
        data: Array.from({ length: 104 }, (_, i) => ({ ...one, ...at, id: `batch_${i}` })),
      });
      expect(await remove()).toBe(105);
      expect(await database.prisma.batch.count({ where: { workspaceId } })).toBe(0);
    });
  });

  it('goes of alerts of budgets 30 days after their month, never in it', async () => {
    const db = database.prisma;
    const { id: workspaceId } = await createWorkspace(db);
    const now = new Date();
    const month = (ago: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago));
    const alert = { workspaceId, budgetMicroUsd: 100n, percent: 50 };
    await db.budgetAlert.createMany({
      data: [0, 3, 14].map((ago) => ({ ...alert, periodStart: month(ago) })),
    });
    expect(await deleteExpired(database.pool)).toMatchObject({ budgetAlerts: 2 });
    expect(await db.budgetAlert.findMany({ where: { workspaceId } })).toMatchObject([
      { periodStart: month(0) },
    ]);
  });
});
