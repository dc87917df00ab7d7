import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '#server/testing/control-plane.ts';
import { createMember, createUser } from '#server/testing/factories.ts';
import { createDeliveriesUnderTest, type DeliveriesUnderTest } from '#server/testing/webhook-deliveries.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import { enableEndpoint } from './enable-endpoint.ts';
import { attemptsMax } from './retry-schedule.ts';
import { sendTestEvent } from './send-test-event.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('a delivery and its endpoint', () => {
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

  const change = () => ({ workspaceId, endpointId, userId: person.userId });
  const db = () => under.plane.services.db;

  it('ends with a 410, which disables the endpoint, cancels what waits and mails the owners', async () => {
    const { id: adminId, email: adminEmail } = await createUser(db());
    await createMember(db(), { workspaceId, userId: adminId, role: 'admin' });
    under.answerStatus(500);
    const waiting = await under.happens();
    await deliverWebhook(under.dependencies, { deliveryId: waiting, number: 1 });
    under.answerStatus(410);
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    expect((await under.deliveries()).map(({ status }) => status)).toEqual(['canceled', 'failed']);
    expect(await under.endpoint()).toMatchObject({ disabledBecause: 'gone', disabledAt: under.clock.now() });
    const [mail, ...others] = await under.plane.queuedMails(person.email);
    expect(mail?.text).toContain('410 Gone');
    expect(mail?.text).toContain(`http://web.test/w/${person.slug}/webhooks/${endpointId}`);
    expect([...others, ...(await under.plane.queuedMails(adminEmail))]).toEqual([]);
    await deliverWebhook(under.dependencies, { deliveryId: waiting, number: 2 });
    expect(under.receiver.received).toHaveLength(2);
    expect(await under.happens()).toBe('');
    const audit = await db().auditEvent.findFirst({
      where: { workspaceId, action: 'webhook_endpoint.disabled' },
    });
    expect(audit).toMatchObject({ actorUserId: null, detail: { because: 'gone' } });
  });

  it('disables an endpoint that took nothing through the whole schedule of an event, and no other', async () => {
    under.answerStatus(500);
    const fails = async (deliveryId: string) => {
      for (let number = 1; number <= attemptsMax; number++) {
        await deliverWebhook(under.dependencies, { deliveryId, number });
        under.clock.advance(10 * hourMs);
      }
    };
    const first = await under.happens();
    under.answerStatus(200);
    under.clock.advance(minuteMs);
    await deliverWebhook(under.dependencies, { deliveryId: await under.happens(), number: 1 });
    under.answerStatus(500);
    await fails(first);
    expect((await under.deliveries())[0]).toMatchObject({ status: 'failed', attemptCount: attemptsMax });
    expect(await under.endpoint()).toMatchObject({ disabledAt: null });

    await fails(await under.happens());
    expect(await under.endpoint()).toMatchObject({ disabledBecause: 'failing' });
    expect((await under.plane.queuedMails(person.email))[0]?.text).toContain('three days');
    expect((await under.jobs()).filter(({ number }) => number > attemptsMax)).toEqual([]);
  });

  it('disables an endpoint for which too much waits, so that it does not grow without end', async () => {
    const first = await under.happens();
    const { eventId } = await db().webhookDelivery.findUniqueOrThrow({ where: { id: first } });
    await under.plane.database.pool.query(
      `INSERT INTO webhook_deliveries (id, workspace_id, endpoint_id, event_id, created_at)
      SELECT gen_random_uuid(), $1, $2, $3, now() FROM generate_series(1, $4 - 1)`,
      [workspaceId, endpointId, eventId, webhookLimits.waitingPerEndpointMax],
    );
    expect(await under.happens()).toBe('');
    expect(await under.endpoint()).toMatchObject({ disabledBecause: 'backlog' });
    expect(await db().webhookDelivery.count({ where: { endpointId, status: 'pending' } })).toBe(0);
    expect((await under.plane.queuedMails(person.email))[0]?.text).toContain('10000 events');
  });

  it('waits for nobody that fails at the same moment', async () => {
    under.answerStatus(410);
    const ids = [await under.happens(), await under.happens(), await under.happens()];
    await Promise.all(ids.map((deliveryId) => deliverWebhook(under.dependencies, { deliveryId, number: 1 })));
    expect(
      (await under.deliveries()).every(({ status }) => status === 'failed' || status === 'canceled'),
    ).toBe(true);
    expect(await under.plane.queuedMails(person.email)).toHaveLength(1);
  });

  it('is not sent while a member has disabled the endpoint, and not made up for', async () => {
    const deliveryId = await under.happens();
    await disableEndpoint(under.plane.services, change());
    await disableEndpoint(under.plane.services, change());
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    expect(await under.happens()).toBe('');
    await enableEndpoint(under.plane.services, change());
    expect(under.receiver.received).toEqual([]);
    expect((await under.deliveries()).map(({ status }) => status)).toEqual(['canceled']);
    await expect(sendTestEvent(under.plane.services, change())).resolves.toHaveProperty('deliveryId');
  });

  it('keeps the verdict of what was under way when a member disabled the endpoint', async () => {
    const deliveryId = await under.happens();
    under.receiver.answerWith(async (response) => {
      await disableEndpoint(under.plane.services, change());
      response.writeHead(200).end();
    });
    await deliverWebhook(under.dependencies, { deliveryId, number: 1 });
    expect(await under.deliveries()).toMatchObject([{ status: 'delivered', attemptCount: 1 }]);
  });
});
