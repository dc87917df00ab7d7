import type { DeliverDependencies } from '#server/domain/webhooks/deliver-webhook.ts';
import { dispatchEvents } from '#server/domain/webhooks/dispatch-events.ts';
import { requeueOverdueDeliveries } from '#server/domain/webhooks/requeue-overdue-deliveries.ts';

/** What has happened is queued for whom it concerns, and what a dead process left is queued again. */
export async function dispatchWebhooks(dependencies: DeliverDependencies): Promise<{ requeued: number }> {
  await dispatchEvents(dependencies);
  return { requeued: await requeueOverdueDeliveries(dependencies) };
}
