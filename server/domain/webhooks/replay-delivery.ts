import { DomainError } from '../errors.ts';
import { enforceRateLimit } from '../rate-limits/rate-limiter.ts';
import { findDelivery, type OneDelivery } from './find-delivery.ts';
import { scheduleDeliveries } from './schedule-deliveries.ts';
import { refuseIfDisabled, type SendDependencies } from './send-test-event.ts';

/** The same event under the same id, as a delivery of its own with all its attempts. */
export async function replayDelivery(
  { db, clock, rateLimiter, deliveryQueue }: SendDependencies,
  { workspaceId, deliveryId }: OneDelivery,
): Promise<{ readonly deliveryId: string }> {
  const { endpoint, endpointId, eventId, status } = await findDelivery(db, { workspaceId, deliveryId });
  if (status === 'pending') {
    throw new DomainError('conflict', 'This delivery is still under way. Wait until it has ended.');
  }
  refuseIfDisabled(endpoint.disabledAt);
  await enforceRateLimit(rateLimiter, 'webhookSendsByWorkspace', workspaceId);
  const at = clock.now();
  return db.$transaction(async (transaction) => {
    const deliveries = [{ workspaceId, endpointId, eventId, isReplay: true }];
    const [replayId = ''] = await scheduleDeliveries(transaction, { deliveryQueue }, { deliveries, at });
    return { deliveryId: replayId };
  });
}
