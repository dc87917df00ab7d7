import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { backgroundLimits } from '../rate-limits/limits.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { scheduleDeliveries } from './schedule-deliveries.ts';

interface DispatchDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly deliveryQueue: DeliveryQueue;
}

/** Makes the deliveries of what has happened since. Any number of processes may do it at once. */
export async function dispatchEvents(dependencies: DispatchDependencies): Promise<number> {
  let dispatched = 0;
  for (;;) {
    const events = await dispatchSome(dependencies);
    dispatched += events;
    if (events < backgroundLimits.eventsDispatchedAtOnce) return dispatched;
  }
}

async function dispatchSome({ db, clock, deliveryQueue }: DispatchDependencies): Promise<number> {
  return db.$transaction(async (transaction) => {
    const events = await transaction.$queryRaw<{ id: string; workspaceId: string; type: string }[]>`
      SELECT id, workspace_id AS "workspaceId", type FROM webhook_events WHERE dispatched_at IS NULL
      ORDER BY id LIMIT ${backgroundLimits.eventsDispatchedAtOnce} FOR UPDATE SKIP LOCKED`;
    if (events.length === 0) return 0;
    const at = clock.now();
    const endpoints = await transaction.webhookEndpoint.findMany({
      where: { workspaceId: { in: events.map(({ workspaceId }) => workspaceId) }, disabledAt: null },
      select: { id: true, workspaceId: true, eventTypes: true },
    });
    const deliveries = events.flatMap(({ id: eventId, workspaceId, type }) =>
      endpoints
        .filter((endpoint) => endpoint.workspaceId === workspaceId && endpoint.eventTypes.includes(type))
        .map(({ id: endpointId }) => ({ workspaceId, endpointId, eventId })),
    );
    await scheduleDeliveries(transaction, { deliveryQueue }, { deliveries, at });
    const wanted = new Set(deliveries.map(({ eventId }) => eventId));
    await transaction.webhookEvent.updateMany({
      where: { id: { in: [...wanted] } },
      data: { dispatchedAt: at },
    });
    const unwanted = events.map(({ id }) => id).filter((id) => !wanted.has(id));
    await transaction.webhookEvent.deleteMany({ where: { id: { in: unwanted } } });
    return events.length;
  });
}
