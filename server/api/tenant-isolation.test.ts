import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEndpoint } from '#server/domain/webhooks/create-endpoint.ts';
import { sendTestEvent } from '#server/domain/webhooks/send-test-event.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createApiKey, createBatch, createMember, createUser } from '#server/testing/factories.ts';
import { appRouter, type Caller, callerFor } from './root.ts';

interface Target {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly slug: string;
  readonly sessionId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly batchId: string;
}
type Attempt = (caller: Caller, target: Target) => Promise<unknown>;

const settings = { url: 'https://hooks.example/in', eventTypes: ['key.created' as const] };

/** Every procedure that takes the id of something that belongs to somebody. */
const attempts: Readonly<Record<string, Attempt>> = {
  'apiKey.list': (caller, { workspaceId }) => caller.apiKey.list({ workspaceId }),
  'apiKey.create': (caller, { workspaceId }) => caller.apiKey.create({ workspaceId, name: 'Mine now' }),
  'apiKey.revoke': (caller, { workspaceId, keyId }) => caller.apiKey.revoke({ workspaceId, keyId }),
  'apiKey.rename': (caller, { workspaceId, keyId }) =>
    caller.apiKey.rename({ workspaceId, keyId, name: 'Mine now' }),
  'playground.token': (caller, { workspaceId }) => caller.playground.token({ workspaceId }),
  'apiKey.change': (caller, { workspaceId, keyId }) =>
    caller.apiKey.change({ workspaceId, keyId, budget: { microUsd: 1, isHard: true } }),
  'apiKey.rotate': (caller, { workspaceId, keyId }) =>
    caller.apiKey.rotate({ workspaceId, keyId, overlapHours: 0 }),
  'apiKey.endOverlap': (caller, { workspaceId, keyId }) => caller.apiKey.endOverlap({ workspaceId, keyId }),
  'workspace.feedback': (caller, { workspaceId }) => caller.workspace.feedback({ workspaceId }),
  'workspace.switchFeedback': (caller, { workspaceId }) =>
    caller.workspace.switchFeedback({ workspaceId, keepsFeedback: true }),
  'workspace.changeBudget': (caller, { workspaceId }) =>
    caller.workspace.changeBudget({ workspaceId, budget: { microUsd: 1, isHard: true } }),
  'usage.overview': (caller, { workspaceId }) => caller.usage.overview({ workspaceId, range: '24h' }),
  'usage.month': (caller, { workspaceId }) => caller.usage.month({ workspaceId }),
  'webhook.list': (caller, { workspaceId }) => caller.webhook.list({ workspaceId }),
  'webhook.get': (caller, { workspaceId, endpointId }) => caller.webhook.get({ workspaceId, endpointId }),
  'webhook.create': (caller, { workspaceId }) => caller.webhook.create({ workspaceId, ...settings }),
  'webhook.update': (caller, { workspaceId, endpointId }) =>
    caller.webhook.update({ workspaceId, endpointId, ...settings }),
  'webhook.disable': (caller, { workspaceId, endpointId }) =>
    caller.webhook.disable({ workspaceId, endpointId }),
  'webhook.enable': (caller, { workspaceId, endpointId }) =>
    caller.webhook.enable({ workspaceId, endpointId }),
  'webhook.delete': (caller, { workspaceId, endpointId }) =>
    caller.webhook.delete({ workspaceId, endpointId }),
  'webhook.rotateSecret': (caller, { workspaceId, endpointId }) =>
    caller.webhook.rotateSecret({ workspaceId, endpointId, overlapHours: 0 }),
  'webhook.sendTest': (caller, { workspaceId, endpointId }) =>
    caller.webhook.sendTest({ workspaceId, endpointId }),
  'webhook.deliveries': (caller, { workspaceId, endpointId }) =>
    caller.webhook.deliveries({ workspaceId, endpointId }),
  'webhook.delivery': (caller, { workspaceId, deliveryId }) =>
    caller.webhook.delivery({ workspaceId, deliveryId }),
  'webhook.replay': (caller, { workspaceId, deliveryId }) =>
    caller.webhook.replay({ workspaceId, deliveryId }),
  'batch.list': (caller, { workspaceId }) => caller.batch.list({ workspaceId }),
  'batch.get': (caller, { workspaceId, batchId }) => caller.batch.get({ workspaceId, batchId }),
  'batch.cancel': (caller, { workspaceId, batchId }) => caller.batch.cancel({ workspaceId, batchId }),
  'batch.token': (caller, { workspaceId }) => caller.batch.token({ workspaceId }),
  'workspace.rename': (caller, { workspaceId }) => caller.workspace.rename({ workspaceId, name: 'Mine now' }),
  'workspace.bySlug': (caller, { slug }) => caller.workspace.bySlug({ slug }),
  'session.revoke': (caller, { sessionId }) => caller.session.revoke({ sessionId }),
};

/** Procedures that take no such id: what they read is the asking user's, the public's or an operator's. */
const withoutForeignIds = [
  'account.me',
  'account.requestPasswordReset',
  'account.resetPassword',
  'account.signUp',
  'admin.overview',
  'demo.token',
  'model.callable',
  'model.cards',
  'model.safety',
  'outbox.get',
  'outbox.list',
  'session.list',
  'session.revokeOthers',
  'workspace.create',
  'workspace.list',
];

describe('tenant isolation', () => {
  let plane: ControlPlane;
  let ada: Person;
  let ben: Person;
  const targets = new Map<Person, Target>();

  beforeAll(async () => {
    plane = await createControlPlane();
    [ada, ben] = [await createPerson(plane), await createPerson(plane)];
    for (const person of [ada, ben]) {
      const { workspaceId, slug, session } = person;
      const { id: keyId } = await createApiKey(plane.services.db, { workspaceId });
      const targeted = { workspaceId, slug, keyId, sessionId: session.sessionId };
      const webhook = await createWebhook(plane.services, person);
      const { id: batchId } = await createBatch(plane.services.db, { workspaceId, keyId });
      targets.set(person, { ...targeted, ...webhook, batchId });
    }
  });
  afterAll(() => plane.drop());

  const callerOf = ({ session }: Person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' });
  const createWebhook = async (services: ControlPlane['services'], { workspaceId, userId }: Person) => {
    const { endpoint } = await createEndpoint(services, { workspaceId, userId, ...settings });
    const { deliveryId } = await sendTestEvent(services, { workspaceId, endpointId: endpoint.id });
    await services.db.webhookDelivery.update({ where: { id: deliveryId }, data: { status: 'failed' } });
    return { endpointId: endpoint.id, deliveryId };
  };
  const targetOf = (person: Person): Target => {
    const target = targets.get(person);
    if (!target) throw new Error('No target');
    return target;
  };

  it('covers every procedure of the router', () => {
    const all = Object.keys(appRouter._def.procedures).sort();
    expect([...Object.keys(attempts), ...withoutForeignIds].sort()).toEqual(all);
  });

  it.each(Object.keys(attempts))('%s: two workspaces, each finds nothing of the other', async (name) => {
    const attempt = attempts[name];
    if (!attempt) throw new Error(name);
    for (const [asking, asked] of [
      [ada, ben],
      [ben, ada],
    ] as const) {
      await expect(attempt(callerOf(asking), targetOf(asked))).rejects.toMatchObject({
        code: 'NOT_FOUND',
        cause: { code: 'not_found' },
      });
    }
  });

  it.each(Object.keys(attempts))('%s: nobody gets anywhere without a session', async (name) => {
    const nobody = callerFor({
      services: plane.services,
      session: null,
      address: '192.0.2.1',
      requestId: 'test',
    });
    await expect(attempts[name]?.(nobody, targetOf(ada))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it("finds no key of another workspace under one's own", async () => {
    const workspaceId = ada.workspaceId;
    const { keyId } = targetOf(ben);
    const caller = callerOf(ada);
    await expect(caller.apiKey.revoke({ workspaceId, keyId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(caller.apiKey.rename({ workspaceId, keyId, name: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const name of ['apiKey.change', 'apiKey.rotate', 'apiKey.endOverlap'])
      await expect(attempts[name]?.(caller, { ...targetOf(ada), keyId })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    expect(await plane.services.db.keyAllowance.count()).toBe(0);
    expect(await plane.services.db.apiKey.findUnique({ where: { id: keyId } })).toMatchObject({
      revokedAt: null,
      name: 'Test key',
    });
    const overview = await caller.usage.overview({ workspaceId, range: '30d', keyId });
    expect(overview.totals.requests).toBe(0);
  });

  it("finds no webhook of another workspace under one's own", async () => {
    const foreign = { ...targetOf(ben), workspaceId: ada.workspaceId };
    const withIds = Object.keys(attempts).filter(
      (name) => name.startsWith('webhook.') && !['webhook.list', 'webhook.create'].includes(name),
    );
    expect(withIds).toHaveLength(10);
    for (const name of withIds) {
      await expect(attempts[name]?.(callerOf(ada), foreign), name).rejects.toMatchObject({
        code: 'NOT_FOUND',
        cause: { code: 'not_found' },
      });
    }
  });

  it("finds no batch of another workspace under one's own", async () => {
    const foreign = { ...targetOf(ben), workspaceId: ada.workspaceId };
    const caller = callerOf(ada);
    for (const name of ['batch.get', 'batch.cancel'])
      await expect(attempts[name]?.(caller, foreign), name).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { workspaceId, batchId: cursor } = foreign;
    await expect(caller.batch.list({ workspaceId, cursor })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const listed = await caller.batch.list({ workspaceId });
    expect(listed.items.map(({ id }) => id)).toEqual([targetOf(ada).batchId]);
  });

  it('left everything of the others as it was', async () => {
    const names = await plane.services.db.workspace.findMany({ select: { name: true } });
    expect(names.map(({ name }) => name)).toEqual(['Test workspace', 'Test workspace']);
    expect(await plane.services.db.apiKey.count()).toBe(2);
    expect(await plane.services.db.session.count({ where: { revokedAt: { not: null } } })).toBe(0);
    const audited = await plane.services.db.auditEvent.findMany({ select: { action: true } });
    expect(audited.map(({ action }) => action)).toEqual(Array(2).fill('webhook_endpoint.created'));
    const endpoints = await plane.services.db.webhookEndpoint.findMany({ orderBy: { id: 'asc' } });
    expect(endpoints).toMatchObject([ada, ben].map(({ workspaceId }) => ({ workspaceId, disabledAt: null })));
    expect(await plane.services.db.webhookDelivery.count()).toBe(2);
    expect(await plane.services.db.batch.count({ where: { status: 'in_progress' } })).toBe(2);
  });

  it.each([
    ['viewer', 'apiKey.create'],
    ['viewer', 'apiKey.revoke'],
    ['viewer', 'apiKey.rename'],
    ['viewer', 'playground.token'],
    ['viewer', 'apiKey.change'],
    ['viewer', 'apiKey.rotate'],
    ['viewer', 'apiKey.endOverlap'],
    ['viewer', 'workspace.rename'],
    ['developer', 'workspace.changeBudget'],
    ['developer', 'workspace.switchFeedback'],
    ['viewer', 'webhook.create'],
    ['viewer', 'webhook.update'],
    ['viewer', 'webhook.disable'],
    ['viewer', 'webhook.enable'],
    ['viewer', 'webhook.delete'],
    ['viewer', 'webhook.rotateSecret'],
    ['viewer', 'webhook.sendTest'],
    ['viewer', 'webhook.replay'],
    ['viewer', 'batch.cancel'],
    ['developer', 'workspace.rename'],
  ] as const)('refuses a %s %s in their own workspace', async (role, name) => {
    const member = await createPerson(plane, { role });
    const { id: keyId } = await createApiKey(plane.services.db, { workspaceId: member.workspaceId });
    const target = { ...targetOf(ada), workspaceId: member.workspaceId, keyId };
    await expect(attempts[name]?.(callerOf(member), target)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      cause: { code: 'permission_missing' },
    });
  });

  it('asks for the membership anew at every call', async () => {
    const guest = await createUser(plane.services.db);
    await createMember(plane.services.db, { workspaceId: ada.workspaceId, userId: guest.id, role: 'viewer' });
    const caller = callerFor({
      services: plane.services,
      session: { sessionId: ada.session.sessionId, user: { ...ada.session.user, id: guest.id } },
      address: '192.0.2.1',
      requestId: 'test',
    });
    await expect(caller.apiKey.list({ workspaceId: ada.workspaceId })).resolves.toHaveLength(1);
    await plane.services.db.membership.deleteMany({ where: { userId: guest.id } });
    await expect(caller.apiKey.list({ workspaceId: ada.workspaceId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it("shows the operator's figures to operators only, and to others not even that they are there", async () => {
    await expect(callerOf(ada).admin.overview()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const operator = await createPerson(plane, { isOperator: true });
    const overview = await callerOf(operator).admin.overview();
    // The two test events.
    expect(overview).toMatchObject({ holds: 0, requestsToday: 0, queue: { ready: 2, failed: 0 } });
    expect(overview.users).toBe(await plane.services.db.user.count());
    expect(overview.database.sizeBytes).toBeGreaterThan(1_000_000);
  });
});
