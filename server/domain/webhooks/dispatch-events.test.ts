import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPerson, type Person } from '#server/testing/control-plane.ts';
import { createDeliveriesUnderTest, type DeliveriesUnderTest } from '#server/testing/webhook-deliveries.ts';
import { createApiKey } from '../api-keys/create-api-key.ts';
import { revokeApiKey } from '../api-keys/revoke-api-key.ts';
import { createEndpoint } from './create-endpoint.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { dispatchEvents } from './dispatch-events.ts';
import { emitEvent } from './emit-event.ts';
import { replayDelivery } from './replay-delivery.ts';
import { sendTestEvent } from './send-test-event.ts';

describe('an event', () => {
  let under: DeliveriesUnderTest;
  let person: Person;
  let workspaceId: string;
  let endpointId: string;
  beforeAll(async () => {
    under = await createDeliveriesUnderTest();
  });
  afterAll(() => under.close());
  beforeEach(async () => {
    ({ person, workspaceId, endpointId } = await under.begin());
  });

  const db = () => under.plane.services.db;

  it('tells of a key that is made and one that is revoked, in the same breath as doing it', async () => {
    const created = await createApiKey(under.plane.services, {
      workspaceId,
      userId: person.userId,
      name: 'web',
    });
    await revokeApiKey(under.plane.services, { workspaceId, keyId: created.id, userId: person.userId });
    expect(await dispatchEvents(under.dependencies)).toBe(2);
    for (const { deliveryId, number } of await under.jobs())
      await deliverWebhook(under.dependencies, { deliveryId, number });
    const told = under.receiver.received.map(({ body }) => JSON.parse(body));
    expect(told.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual(
      ['key.created', 'key.revoked'].map((type) => ({
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
        object: 'event',
        type,
        created_at: Math.floor(under.clock.now().getTime() / 1_000),
        data: { id: created.id, name: 'web', key_prefix: created.prefix },
      })),
    );
    expect(JSON.stringify(told)).not.toContain(created.key);
    expect((await under.deliveries()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    expect((await under.endpoint()).lastDeliveredAt).toEqual(under.clock.now());
  });

  it('is not kept where nobody asks for it, nor where it was rolled back', async () => {
    const other = await createPerson(under.plane);
    await createApiKey(under.plane.services, {
      workspaceId: other.workspaceId,
      userId: other.userId,
      name: 'x',
    });
    const event = { workspaceId, type: 'budget.threshold_reached', at: under.clock.now() } as const;
    const data = { id: 'x', of: 'api_key', percent: 80, budget_micro_usd: 1, spent_micro_usd: 1 } as const;
    await db().$transaction((transaction) => emitEvent(transaction, { ...event, data }));
    const rolledBack = db().$transaction(async (transaction) => {
      await emitEvent(transaction, { ...event, data });
      throw new Error('Changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('Changed my mind');
    expect(await dispatchEvents(under.dependencies)).toBe(2);
    expect(await db().webhookEvent.count({ where: { dispatchedAt: null } })).toBe(0);
    expect(await under.deliveries()).toEqual([]);
    expect(await under.jobs()).toEqual([]);
  });

  it('makes each delivery once, however many dispatch at the same time', async () => {
    for (let i = 0; i < 20; i++) {
      await createApiKey(under.plane.services, { workspaceId, userId: person.userId, name: `key ${i}` });
    }
    await Promise.all([1, 2, 3].map(() => dispatchEvents(under.dependencies)));
    await dispatchEvents(under.dependencies);
    expect(await under.deliveries()).toHaveLength(20);
    expect(await under.jobs()).toHaveLength(20);
  });

  it('is sent again by hand: the same event, a delivery of its own', async () => {
    const deliveryId = await under.happens();
    await expect(replayDelivery(under.plane.services, { workspaceId, deliveryId })).rejects.toMatchObject({
      code: 'conflict',
    });
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    const replay = await replayDelivery(under.plane.services, { workspaceId, deliveryId });
    await deliverWebhook(under.dependencies, { deliveryId: replay.deliveryId, number: 1 });
    const [first, second] = under.receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await under.deliveries()).toMatchObject([
      { isReplay: false },
      { isReplay: true, status: 'delivered' },
    ]);
  });

  it('of a test goes to its endpoint alone', async () => {
    const { endpoint: other } = await createEndpoint(under.plane.services, {
      workspaceId,
      userId: person.userId,
      url: under.receiver.url,
      eventTypes: ['key.created'],
    });
    const { deliveryId } = await sendTestEvent(under.plane.services, { workspaceId, endpointId });
    await dispatchEvents(under.dependencies);
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    expect(under.receiver.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'webhook.test', data: { id: endpointId } },
    ]);
    expect(await db().webhookDelivery.count({ where: { endpointId: other.id } })).toBe(0);
  });
});
