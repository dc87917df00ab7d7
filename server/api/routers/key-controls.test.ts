import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey, parseApiKey } from '#server/domain/api-keys/key-format.ts';
import { sendBudgetAlerts } from '#server/domain/billing/send-budget-alerts.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { eventually } from '#server/testing/eventually.ts';
import { createMember, createUser } from '#server/testing/factories.ts';
import { callerFor } from '../root.ts';

describe('what a key may do', () => {
  let plane: ControlPlane;
  let person: Person;
  beforeAll(async () => {
    plane = await createControlPlane();
    person = await createPerson(plane);
  });
  afterAll(() => plane.drop());
  const caller = ({ session }: Person = person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' });
  const create = (more: object = {}) =>
    caller().apiKey.create({ workspaceId: person.workspaceId, name: 'Key', ...more });
  const change = (keyId: string, more: object) =>
    caller().apiKey.change({ workspaceId: person.workspaceId, keyId, ...more });
  const read = async (keyId: string) =>
    (await caller().apiKey.list({ workspaceId: person.workspaceId })).find(({ id }) => id === keyId);
  const audited = (keyId: string) =>
    plane.services.db.auditEvent.findMany({ where: { targetId: keyId }, orderBy: { id: 'asc' } });

  const all = {
    scopes: ['text'],
    models: ['text-1'],
    allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'],
    allowedOrigins: ['https://app.example.com'],
    requestsPerMinute: 10,
    unitsPerMinute: 500,
    concurrencyMax: 2,
    budget: { microUsd: 5_000_000, isHard: false },
  };

  it('is chosen when it is made', async () => {
    const { id } = await create({ ...all, allowedOrigins: ['HTTPS://App.Example.com:443/'] });
    expect(await read(id)).toMatchObject(all);
  });

  it('takes an IPv4 address as logs write one that came over a socket of both versions', async () => {
    const { id } = await create({
      allowedAddresses: ['::ffff:203.0.113.7', '::FFFF:192.0.2.1', '2001:db8::1', ' 192.0.2.2 '],
    });
    expect(await read(id)).toMatchObject({
      allowedAddresses: ['203.0.113.7', '192.0.2.1', '2001:db8::1', '192.0.2.2'],
    });
  });

  it.each([
    ['::ffff:203.0.113.0/120', '203.0.113.0/24'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('takes IPv4 in the clothes of IPv6 however it is written: %s', async (written, meant) => {
    const { id } = await create({ allowedAddresses: [written] });
    expect(await read(id)).toMatchObject({ allowedAddresses: [meant] });
  });

  /** They come to what they write one after the other, while a call is admitted. */
  async function atTheSameTime(
    { workspaceId }: Person,
    ...begun: readonly (() => Promise<unknown>)[]
  ): Promise<void> {
    const { db } = plane.services;
    const waiting = await db.$transaction(async (transaction) => {
      await transaction.$queryRaw`
        SELECT 1 FROM allowances WHERE workspace_id = ${workspaceId}::uuid FOR UPDATE`;
      const changes: Promise<unknown>[] = [];
      for (const begin of begun) {
        changes.push(begin());
        await eventually(async () => {
          const [found] = await db.$queryRaw<{ count: bigint }[]>`
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
          expect(Number(found?.count)).toBe(changes.length);
        });
      }
      return { changes };
    });
    await Promise.all(waiting.changes);
  }

  it('keeps a budget that another member sets at the same time', async () => {
    const { id } = await create();
    await atTheSameTime(
      person,
      () => change(id, { budget: all.budget }),
      () => change(id, { concurrencyMax: 2 }),
    );
    expect(await read(id)).toMatchObject({ budget: all.budget, concurrencyMax: 2 });
  });

  it('is chosen while the workspace’s budget is changed', async () => {
    const other = await createPerson(plane);
    const { workspaceId } = other;
    const { apiKey, workspace } = caller(other);
    await atTheSameTime(
      other,
      () => workspace.changeBudget({ workspaceId, budget: all.budget }),
      () => apiKey.create({ workspaceId, name: 'Beside', budget: all.budget }),
    );
    expect(await apiKey.list({ workspaceId })).toMatchObject([{ name: 'Beside', budget: all.budget }]);
  });

  it('is changed afterwards, scopes too, and the audit log says from what to what', async () => {
    const { id } = await create();
    await change(id, all);
    expect(await read(id)).toMatchObject(all);
    await change(id, { scopes: ['text', 'sentiment'], budget: null, concurrencyMax: null, expiresAt: null });
    expect(await read(id)).toMatchObject({
      ...all,
      scopes: ['text', 'sentiment'],
      budget: null,
      concurrencyMax: null,
    });
    expect(await plane.services.db.keyAllowance.count({ where: { keyId: id } })).toBe(0);
    const [, first, second, ...more] = await audited(id);
    expect(first).toMatchObject({
      action: 'api_key.changed',
      actorUserId: person.userId,
      detail: {
        scopes: { from: expect.stringContaining('images'), to: '["text"]' },
        requestsPerMinute: { from: '120', to: '10' },
        budget: { from: 'null', to: JSON.stringify(all.budget) },
      },
    });
    expect(second?.detail).toMatchObject({ scopes: { from: '["text"]', to: '["text","sentiment"]' } });
    expect(more).toEqual([]);
  });

  it('leaves no audit row where nothing changes', async () => {
    const { id } = await create(all);
    await change(id, all);
    expect((await audited(id)).map(({ action }) => action)).toEqual(['api_key.created']);
  });

  it.each([
    [{ scopes: [] }, 'scopes'],
    [{ models: ['a b'] }, 'models.0'],
    [{ allowedAddresses: ['203.0.113.256'] }, 'allowedAddresses.0'],
    [{ allowedAddresses: ['203.0.113.0/33'] }, 'allowedAddresses.0'],
    [{ allowedAddresses: ['example.com'] }, 'allowedAddresses.0'],
    [{ allowedAddresses: Array.from({ length: 51 }, () => '203.0.113.1') }, 'allowedAddresses'],
    [{ allowedOrigins: ['app.example.com'] }, 'allowedOrigins.0'],
    [{ allowedOrigins: ['https://app.example.com/path'] }, 'allowedOrigins.0'],
    [{ allowedOrigins: ['null'] }, 'allowedOrigins.0'],
    [{ allowedOrigins: ['https://*.example.com'] }, 'allowedOrigins.0'],
    [{ allowedOrigins: ['javascript:alert(1)'] }, 'allowedOrigins.0'],
    [{ requestsPerMinute: 0 }, 'requestsPerMinute'],
    [{ budget: { microUsd: 0, isHard: true } }, 'budget.microUsd'],
    [{ budget: { microUsd: 1.5, isHard: true } }, 'budget.microUsd'],
    [{ budget: { microUsd: 1 } }, 'budget.isHard'],
  ])('refuses %j, naming the field', async (input, path) => {
    const { id } = await create();
    const error = await change(id, input).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'BAD_REQUEST' });
    expect((error as { cause: { issues: { path: unknown[] }[] } }).cause.issues[0]?.path.join('.')).toBe(
      path,
    );
  });

  it.each([
    [{ requestsPerMinute: 121 }, 'requestsPerMinute'],
    [{ concurrencyMax: 9 }, 'concurrencyMax'],
    [{ expiresAt: new Date(Date.now() - 1_000) }, 'expiresAt'],
  ])('refuses %j, more than the workspace has or a day that is over', async (input, param) => {
    const { id } = await create();
    await expect(change(id, input)).rejects.toMatchObject({ cause: { code: 'invalid_request', param } });
  });

  it('changes and rotates nothing of a key that was revoked', async () => {
    const { id: keyId } = await create();
    await caller().apiKey.revoke({ workspaceId: person.workspaceId, keyId });
    await expect(change(keyId, { models: ['text-1'] })).rejects.toMatchObject({ code: 'CONFLICT' });
    const rotated = caller().apiKey.rotate({ workspaceId: person.workspaceId, keyId, overlapHours: 1 });
    await expect(rotated).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('gets a new secret, shown once; the old one stays for the overlap, or until it is ended', async () => {
    const { workspaceId } = person;
    const made = await create();
    const rotated = await caller().apiKey.rotate({ workspaceId, keyId: made.id, overlapHours: 24 });
    expect(rotated.id).toBe(made.id);
    expect(rotated.key).not.toBe(made.key);
    expect(parseApiKey(rotated.key)).toEqual({ id: made.id });
    const row = () => plane.services.db.apiKey.findUniqueOrThrow({ where: { id: made.id } });
    const kept = await row();
    expect(Buffer.from(kept.secretHash)).toEqual(hashApiKey(rotated.key));
    expect(Buffer.from(kept.previousSecretHash ?? [])).toEqual(hashApiKey(made.key));
    expect((await read(made.id))?.overlapUntil).toEqual(rotated.overlapUntil);
    expect(JSON.stringify([await read(made.id), await audited(made.id)])).not.toContain(
      rotated.key.slice(rotated.prefix.length + 1),
    );
    await caller().apiKey.endOverlap({ workspaceId, keyId: made.id });
    await caller().apiKey.endOverlap({ workspaceId, keyId: made.id });
    expect(await row()).toMatchObject({ previousSecretHash: null, previousExpiresAt: null });
    await caller().apiKey.rotate({ workspaceId, keyId: made.id, overlapHours: 0 });
    expect(await row()).toMatchObject({ previousSecretHash: null, previousExpiresAt: null });
    expect((await audited(made.id)).map(({ action }) => action)).toEqual([
      'api_key.created',
      'api_key.rotated',
      'api_key.overlap_ended',
      'api_key.rotated',
    ]);
  });

  it('has a budget beside the workspace’s, and both alert at 50, 80 and 100 %, once each', async () => {
    const owner = await createPerson(plane);
    const { workspaceId } = owner;
    const developer = await createUser(plane.services.db);
    await createMember(plane.services.db, { workspaceId, userId: developer.id, role: 'developer' });
    const { id: keyId } = await caller(owner).apiKey.create({
      workspaceId,
      name: 'Key',
      budget: { microUsd: 1_000, isHard: true },
    });
    await caller(owner).workspace.changeBudget({ workspaceId, budget: { microUsd: 10_000, isHard: false } });
    expect((await caller(owner).usage.month({ workspaceId })).budget).toEqual({
      microUsd: 10_000,
      isHard: false,
    });

    const { db, clock, mailQueue, webUrl } = plane.services;
    const look = () =>
      Promise.all([1, 2, 3].map(() => sendBudgetAlerts({ db, clock, mailQueue, webUrl }))).then((sent) =>
        sent.reduce((sum, each) => sum + each, 0),
      );
    const spend = async (key: bigint, workspace: bigint) => {
      await db.keyAllowance.update({ where: { keyId }, data: { spentMicroUsd: key } });
      await db.allowance.update({ where: { workspaceId }, data: { spentMicroUsd: workspace } });
      return look();
    };
    const subjects = async () =>
      (await plane.queuedMails(owner.email)).map(({ subject }) => subject.split(' ')[0]);

    expect(await spend(499n, 0n)).toBe(0);
    expect(await spend(500n, 0n)).toBe(1);
    expect(await spend(700n, 0n)).toBe(0);
    // Two marks at once: the higher one is told.
    expect(await spend(700n, 8_500n)).toBe(1);
    // A hard budget may never get beyond 99 %, a soft one does.
    expect(await spend(990n, 9_950n)).toBe(1);
    expect(await spend(990n, 10_000n)).toBe(1);
    expect(await look()).toBe(0);
    expect(await subjects()).toEqual(['50', '80', '100', '100']);
    // What webhooks are told, in the same transaction.
    const events = await db.webhookEvent.findMany({
      where: { workspaceId, type: 'budget.threshold_reached' },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ payload }) => JSON.parse(payload).data)).toMatchObject([
      { id: keyId, of: 'api_key', percent: 50, budget_micro_usd: 1_000, spent_micro_usd: 500 },
      { id: workspaceId, of: 'workspace', percent: 80, budget_micro_usd: 10_000 },
      { id: keyId, of: 'api_key', percent: 100 },
      { id: workspaceId, of: 'workspace', percent: 100 },
    ]);
    const [first, second] = await plane.queuedMails(owner.email);
    expect(first?.text).toContain(`/keys/${keyId}`);
    expect(first?.text).toContain('will be refused');
    expect(second?.text).toContain('calls go on');
    expect(await plane.queuedMails(developer.email)).toEqual([]);

    // Another amount is another budget; another month begins anew.
    await caller(owner).workspace.changeBudget({ workspaceId, budget: { microUsd: 20_000, isHard: false } });
    expect(await look()).toBe(1);
    await db.allowance.update({
      where: { workspaceId },
      data: { periodStart: new Date('2026-01-01T00:00:00Z'), spentMicroUsd: 20_000n },
    });
    expect(await look()).toBe(0);
  });

  it('lets a workspace’s budget be taken away, audited', async () => {
    const { workspaceId } = person;
    await caller().workspace.changeBudget({ workspaceId, budget: { microUsd: 5, isHard: true } });
    await caller().workspace.changeBudget({ workspaceId, budget: null });
    expect((await caller().usage.month({ workspaceId })).budget).toBeNull();
    expect((await audited(workspaceId)).map(({ action, detail }) => [action, detail])).toEqual([
      ['workspace.budget_changed', { budget: { from: 'null', to: '{"microUsd":5,"isHard":true}' } }],
      ['workspace.budget_changed', { budget: { from: '{"microUsd":5,"isHard":true}', to: 'null' } }],
    ]);
  });
});
