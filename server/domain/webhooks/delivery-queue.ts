import type { Transaction } from '../database.ts';

/** Queues one attempt in the caller's transaction. Of a delivery, one job waits at the most: a later one replaces it. */
export interface DeliveryQueue {
  enqueue(transaction: Transaction, attempt: QueuedAttempt): Promise<void>;
}

export interface QueuedAttempt {
  readonly deliveryId: string;
  /** 1 is the first. A job whose number is past does nothing. */
  readonly number: number;
  readonly at: Date;
}
