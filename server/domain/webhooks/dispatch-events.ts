import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database.ts';
import { backgroundLimits, webhookLimits } from '../rate-limits/limits.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { lockEndpoint } from './find-endpoint.ts';
import { giveUpEndpoint } from './give-up-endpoint.ts';
import type { OwnerMailDependencies } from './mail-owners.ts';
import { scheduleDeliveries } from './schedule-deliveries.ts';

export interface DispatchDependencies extends OwnerMailDependencies {
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

async function dispatchSome(dependencies: DispatchDependencies): Promise<number> {
  const { db, clock, deliveryQueue } = dependencies;
  return db.$transaction(async (transaction) => {
    const events = await transaction.$queryRaw<{ id: string; workspaceId: string; type: string }[]>`
      SELECT id, workspace_id AS "workspaceId", type FROM webhook_events WHERE dispatched_at IS NULL
      ORDER BY id LIMIT ${backgroundLimits.eventsDispatchedAtOnce} FOR UPDATE SKIP LOCKED`;
    if (events.length === 0) return 0;
    const at = clock.now();
    const endpoints = await listeningEndpoints(
      transaction,
      dependencies,
      events.map(({ workspaceId }) => workspaceId),
    );
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

/** Those that are enabled. One for which too much waits is disabled here. */
async function listeningEndpoints(
  transaction: Transaction,
  dependencies: DispatchDependencies,
  workspaceIds: readonly string[],
) {
  const enabled = await transaction.webhookEndpoint.findMany({
    where: { workspaceId: { in: [...workspaceIds] }, disabledAt: null },
    select: { id: true, workspaceId: true, eventTypes: true },
  });
  const waiting = await transaction.webhookDelivery.groupBy({
    by: ['endpointId'],
    where: { endpointId: { in: enabled.map(({ id }) => id) }, status: 'pending' },
    _count: true,
  });
  const { waitingPerEndpointMax } = webhookLimits;
  const full = new Set(
    waiting.filter(({ _count }) => _count >= waitingPerEndpointMax).map(({ endpointId }) => endpointId),
  );
  for (const { id: endpointId, workspaceId } of enabled.filter(({ id }) => full.has(id))) {
    await lockEndpoint(transaction, { workspaceId, endpointId });
    const at = dependencies.clock.now();
    await giveUpEndpoint(transaction, dependencies, { workspaceId, endpointId, because: 'backlog', at });
  }
  return enabled.filter(({ id }) => !full.has(id));
}
