import type { DeliveryQueue } from '#server/domain/webhooks/delivery-queue.ts';
import { enqueueJob } from './enqueue-job.ts';

/** Of the job, where the database fails under it. The attempts of the delivery have a schedule of their own. */
const attemptsMax = 5;

export const deliveryQueue: DeliveryQueue = {
  enqueue: (transaction, { deliveryId, number, at }) =>
    enqueueJob(
      transaction,
      'deliver-webhook',
      { deliveryId, number: String(number) },
      { attemptsMax, runAt: at, jobKey: `webhook-delivery:${deliveryId}` },
    ),
};
