import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '#server/testing/control-plane.ts';
import { createDeliveriesUnderTest, type DeliveriesUnderTest } from '#server/testing/webhook-deliveries.ts';
import { webhookDependencies } from '#server/testing/webhooks.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import { claimDelivery } from './claim-delivery.ts';
import { type DeliverDependencies, deliverWebhook } from './deliver-webhook.ts';
import { readDelivery } from './list-deliveries.ts';
import { requeueOverdueDeliveries } from './requeue-overdue-deliveries.ts';
import { rotateSecret } from './rotate-secret.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('a delivery', () => {
  let under: DeliveriesUnderTest;
  let workspaceId: string;
  let endpointId: string;
  let secret: string;
  let person: Person;
  beforeAll(async () => {
    under = await createDeliveriesUnderTest();
  });
  afterAll(() => under.close());
  beforeEach(async () => {
    ({ workspaceId, endpointId, secret, person } = await under.begin());
  });

  const change = () => ({ workspaceId, endpointId, userId: person.userId });
  const db = () => under.plane.services.db;

  it('is verified by the clients as they are', async () => {
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    const [webhook] = under.receiver.received;
    const headers = webhook?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(webhook?.body ?? '', headers)).toMatchObject({ type: 'key.created' });
    const openai = new OpenAI({ apiKey: 'none', webhookSecret: secret });
    const event = await openai.webhooks.unwrap(webhook?.body ?? '', headers);
    expect(event).toMatchObject({ object: 'event', id: headers['webhook-id'] });
    const other = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(() => other.verify(webhook?.body ?? '', headers)).toThrow('No matching signature found');
    expect(() => new Webhook(secret).verify(`${webhook?.body} `, headers)).toThrow(
      'No matching signature found',
    );
  });

  it('is tried again on the schedule, under the same id with a new time, until it is taken', async () => {
    under.answerStatus(500);
    const deliveryId = await under.happens();
    const waits: number[] = [];
    for (let number = 1; number <= 3; number++) {
      await deliverWebhook(under.dependencies, { deliveryId, number });
      const [job, ...others] = await under.jobs();
      expect(job).toMatchObject({ deliveryId, number: number + 1 });
      expect(others).toEqual([]);
      waits.push((job?.at.getTime() ?? 0) - under.clock.now().getTime());
      under.clock.set(job?.at ?? '');
    }
    expect(waits).toEqual(webhookLimits.retryDelaysMs.slice(0, 3));
    under.answerStatus(200);
    await deliverWebhook(under.dependencies, { deliveryId, number: 4 });
    expect(under.receiver.received).toHaveLength(4);
    const ids = under.receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect(new Set(under.receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(under.receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(4);
    const { attempts, status } = await readDelivery(under.plane.services, { workspaceId, deliveryId });
    expect(status).toBe('delivered');
    expect(attempts.map(({ number, statusCode }) => [number, statusCode])).toEqual([
      [4, 200],
      [3, 500],
      [2, 500],
      [1, 500],
    ]);
  });

  it.each([301, 302, 400, 401, 404, 429, 500, 503])('takes %d for a failure', async (status) => {
    under.answerStatus(status, { location: 'http://127.0.0.1:1/' });
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    expect(await under.deliveries()).toMatchObject([{ status: 'pending', attemptCount: 1 }]);
    expect((await under.endpoint()).lastDeliveredAt).toBeNull();
  });

  it('heeds Retry-After', async () => {
    under.answerStatus(429, { 'retry-after': '3600' });
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    // And a tenth more: as much as the test draws.
    expect((await under.jobs())[0]?.at.getTime()).toBe(under.clock.now().getTime() + 1.1 * hourMs);
  });

  it('shows the beginning of an answer, whatever bytes it has', async () => {
    under.receiver.answerWith((response) =>
      response.writeHead(500).end(Buffer.concat([Buffer.from('oh\0'), Buffer.alloc(10_000, 0xff)])),
    );
    const deliveryId = await under.happens();
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    const { attempts } = await readDelivery(under.plane.services, { workspaceId, deliveryId });
    expect(attempts[0]?.answer).toBe(`oh${'\u{fffd}'.repeat(webhookLimits.answerBytesMax - 2)}`);
  });

  it('connects to no private address, and says what to do', async () => {
    const guarded = webhookDependencies(under.plane, {});
    const connections = under.receiver.connections();
    const deliveryId = await under.happens();
    await deliverWebhook(guarded, { deliveryId, number: 1 });
    expect(under.receiver.connections()).toBe(connections);
    const { attempts } = await readDelivery(under.plane.services, { workspaceId, deliveryId });
    expect(attempts).toMatchObject([{ outcome: 'port', statusCode: null, answer: null }]);
    await db().webhookEndpoint.update({ where: { id: endpointId }, data: { url: 'https://127.0.0.1/' } });
    await deliverWebhook(guarded, { deliveryId, number: 2 });
    const again = await readDelivery(under.plane.services, { workspaceId, deliveryId });
    expect(again.attempts[0]).toMatchObject({ number: 2, outcome: 'not_public' });
    expect(under.receiver.connections()).toBe(connections);
  });

  it('is made once by one of two that have the same job, and not again by a job of the past', async () => {
    const deliveryId = await under.happens();
    await Promise.all([1, 2, 3].map(() => deliverWebhook(under.dependencies, { deliveryId, number: 1 })));
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    await deliverWebhook(under.dependencies, { deliveryId, number: 2 });
    expect(under.receiver.received).toHaveLength(1);
  });

  it('is queued again when the process that had it has died, and what that says late changes nothing', async () => {
    const deliveryId = await under.happens();
    await under.plane.database.pool.query('DELETE FROM graphile_worker._private_jobs');
    await claimDelivery(under.dependencies, { deliveryId, number: 1 });
    under.clock.advance(webhookLimits.claimMs / 2);
    expect(await requeueOverdueDeliveries(under.dependencies)).toBe(0);
    under.clock.advance(2 * minuteMs);
    expect(await requeueOverdueDeliveries(under.dependencies)).toBe(1);
    expect(await requeueOverdueDeliveries(under.dependencies)).toBe(0);
    expect(await under.jobs()).toMatchObject([{ deliveryId, number: 1 }]);

    let resumeSlowOne: (() => void) | undefined;
    const slow = {
      ...under.dependencies,
      post: async (...request: Parameters<DeliverDependencies['post']>) => {
        await new Promise<void>((resolve) => void (resumeSlowOne = resolve));
        return under.dependencies.post(...request);
      },
    };
    const late = deliverWebhook(slow, { deliveryId, number: 1 });
    await expect.poll(() => resumeSlowOne).toBeDefined();
    under.clock.advance(2 * webhookLimits.claimMs);
    under.answerStatus(500);
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    under.answerStatus(200);
    resumeSlowOne?.();
    await late;
    expect(await under.deliveries()).toMatchObject([{ status: 'pending', attemptCount: 1 }]);
    const { attempts } = await readDelivery(under.plane.services, { workspaceId, deliveryId });
    expect(attempts).toMatchObject([{ number: 1, statusCode: 500 }]);
  });

  it('leaves room for others where a workspace has enough under way', async () => {
    const ids: string[] = [];
    for (let i = 0; i <= webhookLimits.concurrentPerWorkspaceMax; i++) ids.push(await under.happens());
    const last = ids.pop() ?? '';
    for (const deliveryId of ids) {
      expect(await claimDelivery(under.dependencies, { deliveryId, number: 1 })).not.toBeNull();
    }
    await deliverWebhook(under.dependencies, { deliveryId: last, number: 1 });
    expect(under.receiver.received).toEqual([]);
    const moved = (await under.jobs()).find(({ deliveryId }) => deliveryId === last);
    expect(moved?.number).toBe(1);
    expect(moved?.at.getTime()).toBeGreaterThan(under.clock.now().getTime());
    under.clock.advance(webhookLimits.claimMs + 1);
    await deliverWebhook(under.dependencies, { deliveryId: last, number: 1 });
    expect(under.receiver.received).toHaveLength(1);
  });

  it('carries both signatures while a rotation overlaps, and one after it', async () => {
    const { secret: next } = await rotateSecret(under.plane.services, { ...change(), overlapHours: 24 });
    expect(next).not.toBe(secret);
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    under.clock.advance(24 * hourMs + 1);
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    await rotateSecret(under.plane.services, { ...change(), overlapHours: 0 });
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    const signatures = under.receiver.received.map(({ headers }) =>
      String(headers['webhook-signature']).split(' '),
    );
    expect(signatures.map(({ length }) => length)).toEqual([2, 1, 1]);
    const [during] = under.receiver.received;
    for (const known of [secret, next]) {
      const headers = during?.headers as Record<string, string>;
      expect(new Webhook(known).verify(during?.body ?? '', headers)).toMatchObject({ object: 'event' });
    }
    const stored = JSON.stringify(await under.endpoint());
    expect(stored).not.toMatch(/whsec_/);
  });
});
