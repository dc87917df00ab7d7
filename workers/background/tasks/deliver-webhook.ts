import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { type DeliverDependencies, deliverWebhook } from '#server/domain/webhooks/deliver-webhook.ts';

const payloadSchema = z.object({ deliveryId: z.uuid(), number: z.coerce.number().int().min(1) });

/** One attempt. What an endpoint answers is no failure of the job; the next attempt is a job of its own. */
export function deliverWebhookTask(dependencies: DeliverDependencies): Task {
  return (payload) => deliverWebhook(dependencies, payloadSchema.parse(payload));
}
