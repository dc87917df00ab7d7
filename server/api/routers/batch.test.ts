import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { batchLimits, playgroundLimits, rateLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createApiKey, createBatch } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { callerFor } from '../root.ts';

describe('batches', () => {
  const clock = createFakeClock();
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());
  const db = () => plane.services.db;
  const batchesOf = ({ session }: Person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' }).batch;
  const withKey = async (role: 'owner' | 'viewer' = 'owner') => {
    const person = await createPerson(plane, { role });
    const { id: keyId } = await createApiKey(db(), { workspaceId: person.workspaceId, name: 'nightly' });
    return { person, workspaceId: person.workspaceId, keyId };
  };

  it('are listed page by page, the newest first', async () => {
    const { person, workspaceId, keyId } = await withKey('viewer');
    const made: string[] = [];
    for (let i = 0; i <= batchLimits.pageDefault; i++) {
      const createdAt = new Date(clock.now().getTime() + i);
      made.unshift((await createBatch(db(), { workspaceId, keyId, createdAt })).id);
    }
    const first = await batchesOf(person).list({ workspaceId });
    expect(first.hasMore).toBe(true);
    const cursor = first.items.at(-1)?.id;
    const second = await batchesOf(person).list({ workspaceId, cursor });
    expect(second.hasMore).toBe(false);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
  });

  it('are read with their key, their faults and those of their files that are kept', async () => {
    const { person, workspaceId, keyId } = await withKey('viewer');
    const createdAt = clock.now();
    const { id: batchId, inputFileId } = await createBatch(db(), {
      workspaceId,
      keyId,
      createdAt,
      status: 'completed',
      total: 5,
      completed: 3,
      failed: 2,
    });
    const expiresAt = new Date(createdAt.getTime() + 1_000);
    const output = { id: `file-${batchId}a`, workspaceId, purpose: 'batch_output', filename: 'out.jsonl' };
    await db().file.create({ data: { ...output, bytes: 12, expiresAt } });
    const errors = [{ code: 'invalid_json', message: 'x', param: null, line: 7 }];
    await db().batch.update({
      where: { id: batchId },
      data: { outputFileId: output.id, errorFileId: 'file-deleted', errors, metadata: { run: 'a' } },
    });
    const kept = { filename: 'out.jsonl', bytes: 12, expiresAt };
    expect(await batchesOf(person).get({ workspaceId, batchId })).toMatchObject({
      id: batchId,
      status: 'completed',
      keyName: 'nightly',
      total: 5,
      completed: 3,
      failed: 2,
      errors,
      metadata: { run: 'a' },
      inputFile: { id: inputFileId, kept: { filename: 'lines.jsonl', bytes: 1 } },
      outputFile: { id: output.id, kept },
      errorFile: { id: 'file-deleted', kept: null },
    });
    clock.advance(2_000);
    expect((await batchesOf(person).get({ workspaceId, batchId })).outputFile?.kept).toBeNull();
  });

  it('are cancelled once, and the audit log keeps by whom', async () => {
    const { person, workspaceId, keyId } = await withKey();
    const { id: batchId } = await createBatch(db(), { workspaceId, keyId });
    const batches = batchesOf(person);
    expect(await batches.cancel({ workspaceId, batchId })).toMatchObject({ status: 'cancelling' });
    expect(await batches.cancel({ workspaceId, batchId })).toMatchObject({ status: 'cancelling' });
    const audited = await db().auditEvent.findMany({ where: { workspaceId } });
    expect(audited).toMatchObject([
      { action: 'batch.cancelled', targetId: batchId, actorUserId: person.userId },
    ]);
  });

  it('are made with a token that ends in minutes, by who may call models and read files', async () => {
    for (const role of ['owner', 'admin', 'developer'] as const) {
      const person = await createPerson(plane, { role });
      const { token, expiresAt } = await batchesOf(person).token({ workspaceId: person.workspaceId });
      expect(expiresAt.getTime() - clock.now().getTime()).toBe(playgroundLimits.tokenLifetimeMs);
      const id = parseApiKey(token)?.id ?? '';
      expect(await db().apiKey.findUniqueOrThrow({ where: { id } })).toMatchObject({
        workspaceId: person.workspaceId,
        createdByUserId: person.userId,
        kind: 'short_lived',
        scopes: ['batches', 'sentiment', 'images', 'embeddings', 'text'],
      });
    }
  });

  it('are not made by a viewer, nor in a workspace that is suspended, nor with tokens without end', async () => {
    const viewer = await createPerson(plane, { role: 'viewer' });
    const mint = (person: Person) => batchesOf(person).token({ workspaceId: person.workspaceId });
    await expect(mint(viewer)).rejects.toMatchObject({ cause: { code: 'permission_missing' } });
    const person = await createPerson(plane);
    for (let i = 0; i < rateLimits.playgroundTokenByUser.capacity; i++) await mint(person);
    await expect(mint(person)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    const other = await createPerson(plane);
    await db().workspace.update({ where: { id: other.workspaceId }, data: { status: 'suspended' } });
    await expect(mint(other)).rejects.toMatchObject({ cause: { code: 'workspace_suspended' } });
  });

  it('that have ended are not cancelled', async () => {
    const { person, workspaceId, keyId } = await withKey();
    const { id: batchId } = await createBatch(db(), { workspaceId, keyId, status: 'completed' });
    await expect(batchesOf(person).cancel({ workspaceId, batchId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The batch is completed: there is nothing left to cancel.',
    });
    expect(await db().auditEvent.count({ where: { workspaceId } })).toBe(0);
  });
});
