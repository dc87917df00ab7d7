import type { WebhookDelivery, WebhookEndpoint } from '#prisma/generated/client.ts';
import { createApiKey } from '#server/domain/api-keys/create-api-key.ts';
import { createEndpoint } from '#server/domain/webhooks/create-endpoint.ts';
import type { DeliverDependencies } from '#server/domain/webhooks/deliver-webhook.ts';
import { dispatchEvents } from '#server/domain/webhooks/dispatch-events.ts';
import { type ControlPlane, createControlPlane, createPerson, type Person } from './control-plane.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { startReceiver, type WebhookReceiver, webhookDependencies } from './webhooks.ts';

export interface ListeningWorkspace {
  readonly person: Person;
  readonly workspaceId: string;
  readonly endpointId: string;
  readonly secret: string;
}

export interface DeliveryJob {
  readonly deliveryId: string;
  readonly number: number;
  readonly at: Date;
}

export interface DeliveriesUnderTest {
  readonly clock: FakeClock;
  readonly plane: ControlPlane;
  readonly receiver: WebhookReceiver;
  readonly dependencies: DeliverDependencies;
  /** A new workspace with an endpoint that wants what becomes of keys; nothing of others waits. */
  begin(): Promise<ListeningWorkspace>;
  /** Of the endpoint that was begun with last. */
  deliveries(): Promise<WebhookDelivery[]>;
  endpoint(): Promise<WebhookEndpoint>;
  jobs(): Promise<readonly DeliveryJob[]>;
  /** An event that the endpoint wants, up to its delivery: its id, or empty where none was made. */
  happens(): Promise<string>;
  answerStatus(status: number, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

/** Webhooks from what happens to a customer's server that answers, under a clock that the test sets. */
export async function createDeliveriesUnderTest(): Promise<DeliveriesUnderTest> {
  const clock = createFakeClock();
  const plane = await createControlPlane({ clock, webhooksToPrivateAddresses: true });
  const receiver = await startReceiver();
  const dependencies = webhookDependencies(plane, { receiver });
  const { db } = plane.services;
  let listening: ListeningWorkspace | undefined;

  function begun(): ListeningWorkspace {
    if (!listening) throw new Error('begin() comes first.');
    return listening;
  }

  const deliveries = () =>
    db.webhookDelivery.findMany({ where: { endpointId: begun().endpointId }, orderBy: { id: 'asc' } });

  return {
    clock,
    plane,
    receiver,
    dependencies,
    async begin() {
      clock.set(new Date());
      receiver.received.length = 0;
      receiver.answerWith((response) => response.writeHead(204).end());
      await plane.database.pool.query('DELETE FROM graphile_worker._private_jobs');
      await db.webhookEvent.deleteMany();
      const person = await createPerson(plane);
      const { workspaceId, userId } = person;
      const { endpoint, secret } = await createEndpoint(plane.services, {
        workspaceId,
        userId,
        url: receiver.url,
        eventTypes: ['key.created', 'key.revoked'],
      });
      listening = { person, workspaceId, endpointId: endpoint.id, secret };
      return listening;
    },
    deliveries,
    endpoint: () => db.webhookEndpoint.findUniqueOrThrow({ where: { id: begun().endpointId } }),
    async jobs() {
      const { rows } = await plane.database.pool.query<{
        payload: { deliveryId: string; number: string };
        run_at: Date;
      }>(
        `SELECT payload, run_at FROM graphile_worker._private_jobs j
        JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'deliver-webhook'`,
      );
      return rows.map(({ payload, run_at: at }) => ({ ...payload, number: Number(payload.number), at }));
    },
    async happens() {
      const { workspaceId, person } = begun();
      const before = new Set((await deliveries()).map(({ id }) => id));
      await createApiKey(plane.services, { workspaceId, userId: person.userId, name: 'web' });
      await dispatchEvents(dependencies);
      return (await deliveries()).find(({ id }) => !before.has(id))?.id ?? '';
    },
    answerStatus(status, headers = {}) {
      receiver.answerWith((response) => response.writeHead(status, headers).end());
    },
    async close() {
      await receiver.close();
      await plane.drop();
    },
  };
}
