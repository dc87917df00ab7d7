import OpenAI from 'openai';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ControlPlane,
  createControlPlane,
  createPerson,
  type Person,
} from '#server/testing/control-plane.ts';
import { createMember, createUser } from '#server/testing/factories.ts';
import { createFakeClock } from '#server/testing/fake-clock.ts';
import { startReceiver, type WebhookReceiver, webhookDependencies } from '#server/testing/webhooks.ts';
import { createApiKey } from '../api-keys/create-api-key.ts';
import { revokeApiKey } from '../api-keys/revoke-api-key.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import { claimDelivery } from './claim-delivery.ts';
import { createEndpoint } from './create-endpoint.ts';
import { type DeliverDependencies, deliverWebhook } from './deliver-webhook.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import { dispatchEvents } from './dispatch-events.ts';
import { emitEvent } from './emit-event.ts';
import { enableEndpoint } from './enable-endpoint.ts';
import { readDelivery } from './list-deliveries.ts';
import { replayDelivery } from './replay-delivery.ts';
import { requeueOverdueDeliveries } from './requeue-overdue-deliveries.ts';
import { attemptsMax } from './retry-schedule.ts';
import { rotateSecret } from './rotate-secret.ts';
import { sendTestEvent } from './send-test-event.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('deliveries', () => {
  const clock = createFakeClock();
  let plane: ControlPlane;
  let receiver: WebhookReceiver;
  let dependencies: DeliverDependencies;
  let person: Person;
  let workspaceId: string;
  let endpointId: string;
  let secret: string;

  beforeAll(async () => {
    plane = await createControlPlane({ clock, webhooksToPrivateAddresses: true });
    receiver = await startReceiver();
    dependencies = webhookDependencies(plane, { receiver });
  });
  afterAll(async () => {
    await receiver.close();
    await plane.drop();
  });
  beforeEach(async () => {
    clock.set(new Date());
    receiver.received.length = 0;
    receiver.answerWith((response) => response.writeHead(204).end());
    await plane.database.pool.query('DELETE FROM graphile_worker._private_jobs');
    await plane.services.db.webhookEvent.deleteMany();
    person = await createPerson(plane);
    workspaceId = person.workspaceId;
    const created = await createEndpoint(plane.services, {
      workspaceId,
      userId: person.userId,
      url: receiver.url,
      eventTypes: ['key.created', 'key.revoked'],
    });
    endpointId = created.endpoint.id;
    secret = created.secret;
  });

  const db = () => plane.services.db;
  const change = () => ({ workspaceId, endpointId, userId: person.userId });
  const deliveries = () => db().webhookDelivery.findMany({ where: { endpointId }, orderBy: { id: 'asc' } });
  const endpoint = () => db().webhookEndpoint.findUniqueOrThrow({ where: { id: endpointId } });
  const jobs = async () => {
    const { rows } = await plane.database.pool.query<{
      payload: { deliveryId: string; number: string };
      run_at: Date;
    }>(
      `SELECT payload, run_at FROM graphile_worker._private_jobs j
      JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'deliver-webhook'`,
    );
    return rows.map(({ payload, run_at: at }) => ({ ...payload, number: Number(payload.number), at }));
  };
  /** An event that this endpoint wants, up to its delivery. */
  async function happens(): Promise<string> {
    const before = new Set((await deliveries()).map(({ id }) => id));
    await createApiKey(plane.services, { workspaceId, userId: person.userId, name: 'web' });
    await dispatchEvents(dependencies);
    const made = (await deliveries()).find(({ id }) => !before.has(id));
    return made?.id ?? '';
  }
  const answerStatus = (status: number, headers = {}) =>
    receiver.answerWith((response) => response.writeHead(status, headers).end());

  it('tells of a key that is made and one that is revoked, in the same breath as doing it', async () => {
    const created = await createApiKey(plane.services, { workspaceId, userId: person.userId, name: 'web' });
    await revokeApiKey(plane.services, { workspaceId, keyId: created.id, userId: person.userId });
    expect(await dispatchEvents(dependencies)).toBe(2);
    for (const { deliveryId, number } of await jobs())
      await deliverWebhook(dependencies, { deliveryId, number });
    const told = receiver.received.map(({ body }) => JSON.parse(body));
    expect(told.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual(
      ['key.created', 'key.revoked'].map((type) => ({
        id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
        object: 'event',
        type,
        created_at: Math.floor(clock.now().getTime() / 1_000),
        data: { id: created.id, name: 'web', key_prefix: created.prefix },
      })),
    );
    expect(JSON.stringify(told)).not.toContain(created.key);
    expect((await deliveries()).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    expect((await endpoint()).lastDeliveredAt).toEqual(clock.now());
  });

  it('is verified by the clients as they are', async () => {
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    const [webhook] = receiver.received;
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

  it('keeps nothing that nobody asks for, and nothing of what was rolled back', async () => {
    const other = await createPerson(plane);
    await createApiKey(plane.services, { workspaceId: other.workspaceId, userId: other.userId, name: 'x' });
    const event = { workspaceId, type: 'budget.threshold_reached', at: clock.now() } as const;
    const data = { id: 'x', of: 'api_key', percent: 80, budget_micro_usd: 1, spent_micro_usd: 1 } as const;
    await db().$transaction((transaction) => emitEvent(transaction, { ...event, data }));
    const rolledBack = db().$transaction(async (transaction) => {
      await emitEvent(transaction, { ...event, data });
      throw new Error('Changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('Changed my mind');
    expect(await dispatchEvents(dependencies)).toBe(2);
    expect(await db().webhookEvent.count({ where: { dispatchedAt: null } })).toBe(0);
    expect(await deliveries()).toEqual([]);
    expect(await jobs()).toEqual([]);
  });

  it('makes each delivery once, however many dispatch at the same time', async () => {
    for (let i = 0; i < 20; i++) {
      await createApiKey(plane.services, { workspaceId, userId: person.userId, name: `key ${i}` });
    }
    await Promise.all([1, 2, 3].map(() => dispatchEvents(dependencies)));
    await dispatchEvents(dependencies);
    expect(await deliveries()).toHaveLength(20);
    expect(await jobs()).toHaveLength(20);
  });

  it('is tried again on the schedule, under the same id with a new time, until it is taken', async () => {
    answerStatus(500);
    const deliveryId = await happens();
    const waits: number[] = [];
    for (let number = 1; number <= 3; number++) {
      await deliverWebhook(dependencies, { deliveryId, number });
      const [job, ...others] = await jobs();
      expect(job).toMatchObject({ deliveryId, number: number + 1 });
      expect(others).toEqual([]);
      waits.push((job?.at.getTime() ?? 0) - clock.now().getTime());
      clock.set(job?.at ?? '');
    }
    expect(waits).toEqual(webhookLimits.retryDelaysMs.slice(0, 3));
    answerStatus(200);
    await deliverWebhook(dependencies, { deliveryId, number: 4 });
    expect(receiver.received).toHaveLength(4);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(4);
    const { attempts, status } = await readDelivery(plane.services, { workspaceId, deliveryId });
    expect(status).toBe('delivered');
    expect(attempts.map(({ number, statusCode }) => [number, statusCode])).toEqual([
      [4, 200],
      [3, 500],
      [2, 500],
      [1, 500],
    ]);
  });

  it.each([301, 302, 400, 401, 404, 429, 500, 503])('takes %d for a failure', async (status) => {
    answerStatus(status, { location: 'http://127.0.0.1:1/' });
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    expect(await deliveries()).toMatchObject([{ status: 'pending', attemptCount: 1 }]);
    expect((await endpoint()).lastDeliveredAt).toBeNull();
  });

  it('heeds Retry-After', async () => {
    answerStatus(429, { 'retry-after': '3600' });
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    expect((await jobs())[0]?.at.getTime()).toBe(clock.now().getTime() + hourMs);
  });

  it('shows the beginning of an answer, whatever bytes it has', async () => {
    receiver.answerWith((response) =>
      response.writeHead(500).end(Buffer.concat([Buffer.from('oh\0'), Buffer.alloc(10_000, 0xff)])),
    );
    const deliveryId = await happens();
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    const { attempts } = await readDelivery(plane.services, { workspaceId, deliveryId });
    expect(attempts[0]?.answer).toBe(`oh${'\u{fffd}'.repeat(webhookLimits.answerBytesMax - 2)}`);
  });

  it('connects to no private address, and says what to do', async () => {
    const guarded = webhookDependencies(plane, {});
    const connections = receiver.connections();
    const deliveryId = await happens();
    await deliverWebhook(guarded, { deliveryId, number: 1 });
    expect(receiver.connections()).toBe(connections);
    const { attempts } = await readDelivery(plane.services, { workspaceId, deliveryId });
    expect(attempts).toMatchObject([{ outcome: 'port', statusCode: null, answer: null }]);
    await db().webhookEndpoint.update({ where: { id: endpointId }, data: { url: 'https://127.0.0.1/' } });
    await deliverWebhook(guarded, { deliveryId, number: 2 });
    const again = await readDelivery(plane.services, { workspaceId, deliveryId });
    expect(again.attempts[0]).toMatchObject({ number: 2, outcome: 'not_public' });
    expect(receiver.connections()).toBe(connections);
  });

  it('is made once by one of two that have the same job, and not again by a job of the past', async () => {
    const deliveryId = await happens();
    await Promise.all([1, 2, 3].map(() => deliverWebhook(dependencies, { deliveryId, number: 1 })));
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    await deliverWebhook(dependencies, { deliveryId, number: 2 });
    expect(receiver.received).toHaveLength(1);
  });

  it('is queued again when the process that had it has died, and what that says late changes nothing', async () => {
    const deliveryId = await happens();
    await plane.database.pool.query('DELETE FROM graphile_worker._private_jobs');
    await claimDelivery(dependencies, { deliveryId, number: 1 });
    clock.advance(webhookLimits.claimMs / 2);
    expect(await requeueOverdueDeliveries(dependencies)).toBe(0);
    clock.advance(2 * minuteMs);
    expect(await requeueOverdueDeliveries(dependencies)).toBe(1);
    expect(await requeueOverdueDeliveries(dependencies)).toBe(0);
    expect(await jobs()).toMatchObject([{ deliveryId, number: 1 }]);

    let resumeSlowOne: (() => void) | undefined;
    const slow = {
      ...dependencies,
      post: async (...request: Parameters<DeliverDependencies['post']>) => {
        await new Promise<void>((resolve) => void (resumeSlowOne = resolve));
        return dependencies.post(...request);
      },
    };
    const late = deliverWebhook(slow, { deliveryId, number: 1 });
    await expect.poll(() => resumeSlowOne).toBeDefined();
    clock.advance(2 * webhookLimits.claimMs);
    answerStatus(500);
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    answerStatus(200);
    resumeSlowOne?.();
    await late;
    expect(await deliveries()).toMatchObject([{ status: 'pending', attemptCount: 1 }]);
    const { attempts } = await readDelivery(plane.services, { workspaceId, deliveryId });
    expect(attempts).toMatchObject([{ number: 1, statusCode: 500 }]);
  });

  it('leaves room for others where a workspace has enough under way', async () => {
    const ids: string[] = [];
    for (let i = 0; i <= webhookLimits.concurrentPerWorkspaceMax; i++) ids.push(await happens());
    const last = ids.pop() ?? '';
    for (const deliveryId of ids) {
      expect(await claimDelivery(dependencies, { deliveryId, number: 1 })).not.toBeNull();
    }
    await deliverWebhook(dependencies, { deliveryId: last, number: 1 });
    expect(receiver.received).toEqual([]);
    const moved = (await jobs()).find(({ deliveryId }) => deliveryId === last);
    expect(moved?.number).toBe(1);
    expect(moved?.at.getTime()).toBeGreaterThan(clock.now().getTime());
    clock.advance(webhookLimits.claimMs + 1);
    await deliverWebhook(dependencies, { deliveryId: last, number: 1 });
    expect(receiver.received).toHaveLength(1);
  });

  it('carries both signatures while a rotation overlaps, and one after it', async () => {
    const { secret: next } = await rotateSecret(plane.services, { ...change(), overlapHours: 24 });
    expect(next).not.toBe(secret);
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    clock.advance(24 * hourMs + 1);
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    await rotateSecret(plane.services, { ...change(), overlapHours: 0 });
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    const signatures = receiver.received.map(({ headers }) =>
      String(headers['webhook-signature']).split(' '),
    );
    expect(signatures.map(({ length }) => length)).toEqual([2, 1, 1]);
    const [during] = receiver.received;
    for (const known of [secret, next]) {
      const headers = during?.headers as Record<string, string>;
      expect(new Webhook(known).verify(during?.body ?? '', headers)).toMatchObject({ object: 'event' });
    }
    const stored = JSON.stringify(await endpoint());
    expect(stored).not.toMatch(/whsec_/);
  });

  it('ends with a 410, which disables the endpoint, cancels what waits and mails the owners', async () => {
    const { id: adminId, email: adminEmail } = await createUser(db());
    await createMember(db(), { workspaceId, userId: adminId, role: 'admin' });
    answerStatus(500);
    const waiting = await happens();
    await deliverWebhook(dependencies, { deliveryId: waiting, number: 1 });
    answerStatus(410);
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    expect((await deliveries()).map(({ status }) => status)).toEqual(['canceled', 'failed']);
    expect(await endpoint()).toMatchObject({ disabledBecause: 'gone', disabledAt: clock.now() });
    const [mail, ...others] = await plane.queuedMails(person.email);
    expect(mail?.text).toContain('410 Gone');
    expect(mail?.text).toContain(`http://web.test/w/${person.slug}/webhooks/${endpointId}`);
    expect([...others, ...(await plane.queuedMails(adminEmail))]).toEqual([]);
    await deliverWebhook(dependencies, { deliveryId: waiting, number: 2 });
    expect(receiver.received).toHaveLength(2);
    expect(await happens()).toBe('');
    const audit = await db().auditEvent.findFirst({
      where: { workspaceId, action: 'webhook_endpoint.disabled' },
    });
    expect(audit).toMatchObject({ actorUserId: null, detail: { because: 'gone' } });
  });

  it('disables an endpoint that took nothing through the whole schedule of an event, and no other', async () => {
    answerStatus(500);
    const fails = async (deliveryId: string) => {
      for (let number = 1; number <= attemptsMax; number++) {
        await deliverWebhook(dependencies, { deliveryId, number });
        clock.advance(10 * hourMs);
      }
    };
    const first = await happens();
    answerStatus(200);
    clock.advance(minuteMs);
    await deliverWebhook(dependencies, { deliveryId: await happens(), number: 1 });
    answerStatus(500);
    await fails(first);
    expect((await deliveries())[0]).toMatchObject({ status: 'failed', attemptCount: attemptsMax });
    expect(await endpoint()).toMatchObject({ disabledAt: null });

    await fails(await happens());
    expect(await endpoint()).toMatchObject({ disabledBecause: 'failing' });
    expect((await plane.queuedMails(person.email))[0]?.text).toContain('three days');
    expect((await jobs()).filter(({ number }) => number > attemptsMax)).toEqual([]);
  });

  it('disables an endpoint for which too much waits, so that it does not grow without end', async () => {
    const first = await happens();
    const { eventId } = await db().webhookDelivery.findUniqueOrThrow({ where: { id: first } });
    await plane.database.pool.query(
      `INSERT INTO webhook_deliveries (id, workspace_id, endpoint_id, event_id, created_at)
      SELECT gen_random_uuid(), $1, $2, $3, now() FROM generate_series(1, $4 - 1)`,
      [workspaceId, endpointId, eventId, webhookLimits.waitingPerEndpointMax],
    );
    expect(await happens()).toBe('');
    expect(await endpoint()).toMatchObject({ disabledBecause: 'backlog' });
    expect(await db().webhookDelivery.count({ where: { endpointId, status: 'pending' } })).toBe(0);
    expect((await plane.queuedMails(person.email))[0]?.text).toContain('10000 events');
  });

  it('waits for nobody that fails at the same moment', async () => {
    answerStatus(410);
    const ids = [await happens(), await happens(), await happens()];
    await Promise.all(ids.map((deliveryId) => deliverWebhook(dependencies, { deliveryId, number: 1 })));
    expect((await deliveries()).every(({ status }) => status === 'failed' || status === 'canceled')).toBe(
      true,
    );
    expect(await plane.queuedMails(person.email)).toHaveLength(1);
  });

  it('is not sent while a member has disabled the endpoint, and not made up for', async () => {
    const deliveryId = await happens();
    await disableEndpoint(plane.services, change());
    await disableEndpoint(plane.services, change());
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    expect(await happens()).toBe('');
    await enableEndpoint(plane.services, change());
    expect(receiver.received).toEqual([]);
    expect((await deliveries()).map(({ status }) => status)).toEqual(['canceled']);
    await expect(sendTestEvent(plane.services, change())).resolves.toHaveProperty('deliveryId');
  });

  it('keeps the verdict of what was under way when a member disabled the endpoint', async () => {
    const deliveryId = await happens();
    receiver.answerWith(async (response) => {
      await disableEndpoint(plane.services, change());
      response.writeHead(200).end();
    });
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    expect(await deliveries()).toMatchObject([{ status: 'delivered', attemptCount: 1 }]);
  });

  it('is sent again by hand: the same event, a delivery of its own', async () => {
    const deliveryId = await happens();
    await expect(replayDelivery(plane.services, { workspaceId, deliveryId })).rejects.toMatchObject({
      code: 'conflict',
    });
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    const replay = await replayDelivery(plane.services, { workspaceId, deliveryId });
    await deliverWebhook(dependencies, { deliveryId: replay.deliveryId, number: 1 });
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await deliveries()).toMatchObject([{ isReplay: false }, { isReplay: true, status: 'delivered' }]);
  });

  it('of a test goes to its endpoint alone', async () => {
    const { endpoint: other } = await createEndpoint(plane.services, {
      workspaceId,
      userId: person.userId,
      url: receiver.url,
      eventTypes: ['key.created'],
    });
    const { deliveryId } = await sendTestEvent(plane.services, { workspaceId, endpointId });
    await dispatchEvents(dependencies);
    await deliverWebhook(dependencies, { deliveryId, number: 1 });
    expect(receiver.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'webhook.test', data: { id: endpointId } },
    ]);
    expect(await db().webhookDelivery.count({ where: { endpointId: other.id } })).toBe(0);
  });
});
