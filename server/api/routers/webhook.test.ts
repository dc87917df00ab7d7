import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookLimits } from '#server/domain/rate-limits/limits.ts';
import { signContent } from '#server/domain/webhooks/webhook-secret.ts';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { callerFor } from '../root.ts';

const url = 'https://hooks.example/in?token=marked-token';
const settings = { url, eventTypes: ['key.created' as const] };
const hourMs = 3_600_000;

describe('webhooks', () => {
  const clock = createFakeClock();
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await createControlPlane({ clock });
  });
  afterAll(() => plane.drop());
  const webhooksOf = ({ session }: Person) =>
    callerFor({ services: plane.services, session, address: '192.0.2.1', requestId: 'test' }).webhook;
  const db = () => plane.services.db;

  it('shows a secret once and keeps it sealed', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { endpoint, secret } = await webhooksOf(person).create({ workspaceId, ...settings });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const item = {
      id: endpoint.id,
      url,
      eventTypes: ['key.created'],
      createdAt: clock.now(),
      lastDeliveredAt: null,
      previousSecretUntil: null,
      disabledAt: null,
      disabledBecause: null,
    };
    expect(await webhooksOf(person).list({ workspaceId })).toEqual([item]);
    expect(await webhooksOf(person).get({ workspaceId, endpointId: endpoint.id })).toEqual(item);
    const row = await db().webhookEndpoint.findUniqueOrThrow({ where: { id: endpoint.id } });
    expect(row.secret).not.toContain(secret.slice('whsec_'.length));
    expect(plane.services.webhookSeal.open(row.secret)).toBe(secret);
    // A seal of another purpose opens nothing.
    expect(() => plane.services.mailSeal.open(row.secret)).toThrow(/authenticat/i);
  });

  it.each([
    ['http://hooks.example/in', 'https'],
    ['https://127.0.0.1/in', 'public address'],
    ['https://[::1]/in', 'public address'],
    ['https://2130706433/in', 'public address'],
    ['https://169.254.169.254/latest/meta-data', 'public address'],
    ['https://hooks.example:8443/in', 'ports 80 and 443'],
    ['https://user:pass@hooks.example/in', 'user name or password'],
    ['ftp://hooks.example/in', 'https'],
    ['hooks.example/in', 'whole URL'],
    ['javascript:alert(1)', 'https'],
  ])('refuses %s with what to do', async (wrong, words) => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const made = webhooksOf(person).create({ workspaceId, ...settings, url: wrong });
    await expect(made).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining(words),
      cause: { code: 'invalid_request', param: 'url' },
    });
    expect(await db().webhookEndpoint.count({ where: { workspaceId } })).toBe(0);
  });

  it.each([
    [{ url: '' }],
    [{ url: `https://hooks.example/${'x'.repeat(2_048)}` }],
    [{ eventTypes: [] }],
    [{ eventTypes: ['everything'] }],
    [{ eventTypes: ['webhook.test'] }],
    [{ eventTypes: 'key.created' }],
  ])('refuses %j', async (wrong) => {
    const person = await createPerson(plane);
    const made = webhooksOf(person).create({
      workspaceId: person.workspaceId,
      ...settings,
      ...wrong,
    } as never);
    await expect(made).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('changes where events go and which, and what waits goes there too', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { endpoint } = await webhooksOf(person).create({ workspaceId, ...settings });
    const updated = await webhooksOf(person).update({
      workspaceId,
      endpointId: endpoint.id,
      url: 'https://other.example/in#there',
      eventTypes: ['key.revoked', 'key.revoked'],
    });
    expect(updated).toMatchObject({ url: 'https://other.example/in', eventTypes: ['key.revoked'] });
    await expect(
      webhooksOf(person).update({
        workspaceId,
        endpointId: endpoint.id,
        ...settings,
        url: 'https://10.0.0.1',
      }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('writes who did what, without the path of the URL', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const webhooks = webhooksOf(person);
    const { endpoint } = await webhooks.create({ workspaceId, ...settings });
    const one = { workspaceId, endpointId: endpoint.id };
    await webhooks.update({ ...one, ...settings });
    await webhooks.disable(one);
    await webhooks.disable(one);
    await webhooks.enable(one);
    await webhooks.enable(one);
    await webhooks.rotateSecret({ ...one, overlapHours: 24 });
    await webhooks.delete(one);
    const events = await db().auditEvent.findMany({ where: { workspaceId }, orderBy: { id: 'asc' } });
    expect(events.map(({ action, actorUserId }) => [action, actorUserId])).toEqual(
      ['created', 'updated', 'disabled', 'enabled', 'secret_rotated', 'deleted'].map((what) => [
        `webhook_endpoint.${what}`,
        person.userId,
      ]),
    );
    expect(events[0]).toMatchObject({ detail: { host: 'hooks.example' } });
    expect(JSON.stringify(events)).not.toContain('marked-token');
    await expect(webhooks.get(one)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('rotates: the one before signs until the end that was chosen, one before that no more', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { endpoint, secret } = await webhooksOf(person).create({ workspaceId, ...settings });
    const rotation = { workspaceId, endpointId: endpoint.id, overlapHours: 2 };
    const first = await webhooksOf(person).rotateSecret(rotation);
    expect(first.endpoint.previousSecretUntil).toEqual(new Date(clock.now().getTime() + 2 * hourMs));
    const second = await webhooksOf(person).rotateSecret(rotation);
    const row = await db().webhookEndpoint.findUniqueOrThrow({ where: { id: endpoint.id } });
    const opened = [row.secret, row.previousSecret ?? ''].map(plane.services.webhookSeal.open);
    expect(opened).toEqual([second.secret, first.secret]);
    expect(new Set([secret, ...opened]).size).toBe(3);
    clock.advance(2 * hourMs + 1);
    expect(await webhooksOf(person).get(rotation)).toMatchObject({ previousSecretUntil: null });
    for (const overlapHours of [-1, 1.5, 169]) {
      await expect(webhooksOf(person).rotateSecret({ ...rotation, overlapHours })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    expect(signContent(secret, { eventId: 'a', timestamp: 1, payload: '' })).not.toBe(
      signContent(first.secret, { eventId: 'a', timestamp: 1, payload: '' }),
    );
  });

  it('holds a workspace to its number of endpoints, also when two are made at once', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    for (let i = 1; i < webhookLimits.endpointsPerWorkspaceMax; i++) {
      await webhooksOf(person).create({ workspaceId, ...settings });
    }
    const made = await Promise.allSettled(
      [1, 2].map(() => webhooksOf(person).create({ workspaceId, ...settings })),
    );
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT' } });
  });

  it('sends nothing to an endpoint that is disabled, and makes none in a suspended workspace', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { endpoint } = await webhooksOf(person).create({ workspaceId, ...settings });
    const one = { workspaceId, endpointId: endpoint.id };
    await webhooksOf(person).disable(one);
    await expect(webhooksOf(person).sendTest(one)).rejects.toMatchObject({ code: 'CONFLICT' });
    await db().workspace.update({ where: { id: workspaceId }, data: { status: 'suspended' } });
    await expect(webhooksOf(person).create({ workspaceId, ...settings })).rejects.toMatchObject({
      cause: { code: 'workspace_suspended' },
    });
  });

  it('lists deliveries page by page and by status, the newest first', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { endpoint } = await webhooksOf(person).create({ workspaceId, ...settings });
    const one = { workspaceId, endpointId: endpoint.id };
    const { deliveryId } = await webhooksOf(person).sendTest(one);
    const { eventId } = await db().webhookDelivery.findUniqueOrThrow({ where: { id: deliveryId } });
    const { deliveriesListed } = webhookLimits;
    const id = (i: number) => `00000000-0000-7000-8000-0000000000${String(i).padStart(2, '0')}`;
    await db().webhookDelivery.createMany({
      data: Array.from({ length: deliveriesListed + 1 }, (_, i) => ({
        id: id(i),
        ...one,
        eventId,
        status: i % 2 === 0 ? 'failed' : 'delivered',
        createdAt: clock.now(),
      })),
    });
    const first = await webhooksOf(person).deliveries(one);
    expect(first.items).toHaveLength(deliveriesListed);
    expect(first.hasMore).toBe(true);
    expect(first.items[0]).toMatchObject({ id: deliveryId, type: 'webhook.test', status: 'pending' });
    const rest = await webhooksOf(person).deliveries({ ...one, cursor: first.items.at(-1)?.id });
    expect(rest).toMatchObject({ items: [{ id: id(1) }, { id: id(0) }], hasMore: false });
    const failed = await webhooksOf(person).deliveries({ ...one, status: 'failed' });
    expect(failed.items).toHaveLength(deliveriesListed / 2 + 1);
    const detail = await webhooksOf(person).delivery({ workspaceId, deliveryId });
    expect(JSON.parse(detail.payload)).toMatchObject({ id: detail.eventId, type: 'webhook.test' });
    expect(detail.attempts).toEqual([]);
  });

  it('lets a member have only so much sent by hand', async () => {
    const person = await createPerson(plane);
    const { workspaceId } = person;
    const { endpoint } = await webhooksOf(person).create({ workspaceId, ...settings });
    const one = { workspaceId, endpointId: endpoint.id };
    await plane.services.rateLimiter.take('webhookSendsByWorkspace', workspaceId, 59);
    await webhooksOf(person).sendTest(one);
    await expect(webhooksOf(person).sendTest(one)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  });
});
