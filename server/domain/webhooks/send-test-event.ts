import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { DomainError } from '../errors.ts';
import { enforceRateLimit, type RateLimiter } from '../rate-limits/rate-limiter.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { eventRow } from './event-row.ts';
import { findEndpoint, type OneEndpoint } from './find-endpoint.ts';
import { scheduleDeliveries } from './schedule-deliveries.ts';

export interface SendDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly rateLimiter: RateLimiter;
  readonly deliveryQueue: DeliveryQueue;
}

/** To this endpoint alone, whatever it asks for. */
export async function sendTestEvent(
  { db, clock, rateLimiter, deliveryQueue }: SendDependencies,
  { workspaceId, endpointId }: OneEndpoint,
): Promise<{ readonly deliveryId: string }> {
  const at = clock.now();
  refuseIfDisabled((await findEndpoint(db, { workspaceId, endpointId })).disabledAt);
  await enforceRateLimit(rateLimiter, 'webhookSendsByWorkspace', workspaceId);
  return db.$transaction(async (transaction) => {
    const event = eventRow({ workspaceId, type: 'webhook.test', data: { id: endpointId }, at });
    await transaction.webhookEvent.create({ data: { ...event, dispatchedAt: at } });
    const deliveries = [{ workspaceId, endpointId, eventId: event.id }];
    const [deliveryId = ''] = await scheduleDeliveries(transaction, { deliveryQueue }, { deliveries, at });
    return { deliveryId };
  });
}

export function refuseIfDisabled(disabledAt: Date | null): void {
  if (disabledAt) throw new DomainError('conflict', 'This endpoint is disabled. Enable it first.');
}
