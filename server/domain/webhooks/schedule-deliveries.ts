import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database.ts';
import type { DeliveryQueue } from './delivery-queue.ts';

export interface NewDelivery {
  readonly workspaceId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly isReplay?: boolean;
}

/** Deliveries that are due at once, each with the job that sends it. */
export async function scheduleDeliveries(
  transaction: Transaction,
  { deliveryQueue }: { readonly deliveryQueue: DeliveryQueue },
  { deliveries, at }: { readonly deliveries: readonly NewDelivery[]; readonly at: Date },
): Promise<readonly string[]> {
  const rows = deliveries.map((delivery) => ({
    ...delivery,
    id: uuidv7(),
    nextAttemptAt: at,
    createdAt: at,
  }));
  await transaction.webhookDelivery.createMany({ data: rows });
  for (const { id } of rows) await deliveryQueue.enqueue(transaction, { deliveryId: id, number: 1, at });
  return rows.map(({ id }) => id);
}
