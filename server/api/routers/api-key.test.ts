import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { apiKeyLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createApiKey } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { callerFor } from '../root.ts';

describe('API keys', () => {
  const clock = createFakeClock('2026-11-22T12:00:00Z');
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());
  const keysOf = ({ session }: Person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' }).apiKey;

  it('shows a key once and stores its hash alone', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const created = await keysOf(person).create({ workspaceId, name: 'Production' });
    expect(parseApiKey(created.key)).toEqual({ id: created.id });
    expect(created.key.startsWith(`${created.prefix}_`)).toBe(true);

    const row = await plane.services.db.apiKey.findUniqueOrThrow({ where: { id: created.id } });
    expect(Buffer.from(row.secretHash)).toEqual(createHash('sha256').update(created.key).digest());
    const listed = await keysOf(person).list({ workspaceId });
    expect(listed).toEqual([
      {
        id: created.id,
        name: 'Production',
        prefix: created.prefix,
        kind: 'live',
        scopes: ['sentiment', 'images', 'embeddings', 'text', 'feedback', 'models:read'],
        createdAt: clock.now(),
        createdBy: person.email,
        lastUsedAt: null,
        expiresAt: null,
        revokedAt: null,
        overlapUntil: null,
        models: [],
        allowedAddresses: [],
        allowedOrigins: [],
        requestsPerMinute: 120,
        unitsPerMinute: 20_000,
        concurrencyMax: null,
        budget: null,
        spentThisMonthMicroUsd: 0,
      },
    ]);
    const secret = created.key.slice(created.prefix.length + 1);
    expect(JSON.stringify([listed, row])).not.toContain(secret);
  });

  it('lists what each key spent this month and when it was last used, whatever it was used for', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { db } = plane.services;
    const [busy, idle, unused] = await Promise.all([1, 2, 3].map(() => createApiKey(db, { workspaceId })));
    const hours = [
      { key: busy, at: '2026-11-22T11:59:00Z', modelVersion: 'sentiment-1@1', spent: 3 },
      { key: busy, at: '2026-11-22T11:10:00Z', modelVersion: 'image-1@1', spent: 40 },
      { key: busy, at: '2026-11-22T10:59:00Z', modelVersion: 'sentiment-1@1', spent: 500 },
      { key: busy, at: '2026-11-01T00:00:00Z', modelVersion: 'sentiment-1@1', spent: 6_000 },
      { key: busy, at: '2026-10-31T23:59:00Z', modelVersion: 'sentiment-1@1', spent: 70_000 },
      { key: idle, at: '2025-02-03T04:05:06Z', modelVersion: 'sentiment-1@1', spent: 8 },
    ];
    await db.usageHour.createMany({
      data: hours.map(({ key, at, modelVersion, spent }) => ({
        workspaceId,
        keyId: key?.id ?? '',
        hour: new Date(`${at.slice(0, 13)}:00:00Z`),
        modelVersion,
        task: 'any',
        statusClass: 2,
        requests: 1n,
        inputUnits: 1n,
        outputUnits: 0n,
        priceMicroUsd: BigInt(spent),
        latencyCounts: [],
        lastUsedAt: new Date(at),
      })),
    });
    const listed = new Map((await keysOf(person).list({ workspaceId })).map((key) => [key.id, key]));
    expect(listed.get(busy?.id ?? '')).toMatchObject({
      lastUsedAt: new Date('2026-11-22T11:59:00Z'),
      spentThisMonthMicroUsd: 6_543,
    });
    expect(listed.get(idle?.id ?? '')).toMatchObject({
      lastUsedAt: new Date('2025-02-03T04:05:06Z'),
      spentThisMonthMicroUsd: 0,
    });
    expect(listed.get(unused?.id ?? '')).toMatchObject({ lastUsedAt: null, spentThisMonthMicroUsd: 0 });
  });

  it("takes the plan's limits, the scopes and the life that were asked for", async () => {
    const person = await createPerson(plane, { plan: 'pro' });
    const { workspaceId } = person;
    const created = await keysOf(person).create({
      workspaceId,
      name: 'Read',
      scopes: ['usage:read', 'usage:read'],
      expiresInDays: 30,
    });
    expect(created.expiresAt).toEqual(new Date('2026-12-22T12:00:00Z'));
    expect(await plane.services.db.apiKey.findUnique({ where: { id: created.id } })).toMatchObject({
      scopes: ['usage:read'],
      rateBucket: created.id,
      requestsPerMinute: 3_000,
      unitsPerMinute: 1_000_000,
      createdByUserId: person.userId,
    });
  });

  it('revokes at once, and again without a change', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { id: keyId } = await keysOf(person).create({ workspaceId, name: 'Leaked' });
    const first = await keysOf(person).revoke({ workspaceId, keyId });
    expect(first).toEqual({ revokedAt: clock.now() });
    clock.advance(5_000);
    expect(await keysOf(person).revoke({ workspaceId, keyId })).toEqual(first);
    expect(await keysOf(person).list({ workspaceId })).toMatchObject([{ revokedAt: first.revokedAt }]);
  });

  it('writes who did what, in the same breath as doing it', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { id: keyId } = await keysOf(person).create({ workspaceId, name: 'First' });
    await keysOf(person).rename({ workspaceId, keyId, name: 'Second' });
    await keysOf(person).revoke({ workspaceId, keyId });
    await keysOf(person).revoke({ workspaceId, keyId });
    const events = await plane.services.db.auditEvent.findMany({
      where: { workspaceId },
      orderBy: { id: 'asc' },
    });
    expect(events).toMatchObject([
      { action: 'api_key.created', targetId: keyId, actorUserId: person.userId, detail: { name: 'First' } },
      { action: 'api_key.renamed', targetId: keyId, detail: { from: 'First', to: 'Second' } },
      { action: 'api_key.revoked', targetId: keyId, detail: { name: 'Second' } },
    ]);
  });

  it('holds a workspace to its number of keys, also when two are made at once', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    for (let i = 0; i < apiKeyLimits.perWorkspaceMax - 1; i++)
      await createApiKey(plane.services.db, { workspaceId });
    const made = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => keysOf(person).create({ workspaceId, name })),
    );
    expect(made.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const refused = made.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
    expect(refused).toMatchObject([{ code: 'CONFLICT' }, { code: 'CONFLICT' }]);
    expect(await plane.services.db.apiKey.count({ where: { workspaceId } })).toBe(
      apiKeyLimits.perWorkspaceMax,
    );
  });

  it('makes no key for a workspace that is suspended, but still revokes', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { id: keyId } = await keysOf(person).create({ workspaceId, name: 'Before' });
    await plane.services.db.workspace.update({ where: { id: workspaceId }, data: { status: 'suspended' } });
    await expect(keysOf(person).create({ workspaceId, name: 'After' })).rejects.toMatchObject({
      cause: { code: 'workspace_suspended' },
    });
    expect(await keysOf(person).revoke({ workspaceId, keyId })).toHaveProperty('revokedAt');
  });

  it('neither lists nor changes short-lived keys', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { id: keyId } = await createApiKey(plane.services.db, { workspaceId, kind: 'short_lived' });
    expect(await keysOf(person).list({ workspaceId })).toEqual([]);
    await expect(keysOf(person).revoke({ workspaceId, keyId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(61) }, 'name'],
    [{ name: 'nul\u0000' }, 'name'],
    [{ name: '\u200B\u2060' }, 'name'],
    [{ name: 'a\u202Egnp.exe' }, 'name'],
    [{ name: 'ok', expiresInDays: 0 }, 'expiresInDays'],
    [{ name: 'ok', expiresInDays: 1.5 }, 'expiresInDays'],
    [{ name: 'ok', scopes: [] }, 'scopes'],
    [{ name: 'ok', scopes: ['everything'] }, 'scopes.0'],
  ])('refuses %j, naming the field', async (input, path) => {
    const person = await createPerson(plane);
    const made = keysOf(person).create({ workspaceId: person.workspaceId, ...input } as never);
    await expect(made).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const error = await made.catch((cause: { cause: { issues: { path: (string | number)[] }[] } }) => cause);
    expect((error as { cause: { issues: { path: unknown[] }[] } }).cause.issues[0]?.path.join('.')).toBe(
      path,
    );
  });
});
