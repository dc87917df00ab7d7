import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { backgroundLimits } from '../rate-limits/limits.ts';
import type { DeliveryQueue } from './delivery-queue.ts';

const requeuedAtOnce = 100;

/** The queue gives a dead process's jobs back after hours. What is due and in nobody's hands gets a job at once. */
export async function requeueOverdueDeliveries({
  db,
  clock,
  deliveryQueue,
}: {
  readonly db: Database;
  readonly clock: Clock;
  readonly deliveryQueue: DeliveryQueue;
}): Promise<number> {
  const at = clock.now();
  const overdue = new Date(at.getTime() - backgroundLimits.deliveryOverdueMs);
  return db.$transaction(async (transaction) => {
    const deliveries = await transaction.$queryRaw<{ id: string; attemptCount: number }[]>`
      SELECT id, attempt_count AS "attemptCount" FROM webhook_deliveries
      WHERE next_attempt_at < ${overdue} AND status = 'pending'
        AND (claimed_until IS NULL OR claimed_until < ${at})
      ORDER BY next_attempt_at LIMIT ${requeuedAtOnce} FOR UPDATE SKIP LOCKED`;
    for (const { id, attemptCount } of deliveries) {
      await transaction.webhookDelivery.update({ where: { id }, data: { nextAttemptAt: at } });
      await deliveryQueue.enqueue(transaction, { deliveryId: id, number: attemptCount + 1, at });
    }
    return deliveries.length;
  });
}
