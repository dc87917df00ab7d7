import { webhookLimits } from '../rate-limits/limits.ts';
import { type ClaimDependencies, claimDelivery } from './claim-delivery.ts';
import type { PostWebhook } from './post-webhook.ts';
import { type RecordDependencies, recordAttempt } from './record-attempt.ts';
import { webhookHeaders } from './webhook-headers.ts';

export interface DeliverDependencies extends ClaimDependencies, RecordDependencies {
  readonly post: PostWebhook;
}

/**
 * One attempt of a delivery: claim it, send it, write down what came of it. At least once: a process that dies in
 * between has sent what another sends again, under the same id.
 */
export async function deliverWebhook(
  dependencies: DeliverDependencies,
  attempt: { readonly deliveryId: string; readonly number: number },
): Promise<void> {
  const claim = await claimDelivery(dependencies, attempt);
  if (!claim) return;
  const { url, secrets, eventId, payload } = claim;
  const at = dependencies.clock.now();
  const startedMs = performance.now();
  const outcome = await dependencies.post(url, {
    headers: webhookHeaders(secrets, {
      eventId,
      payload,
      timestamp: Math.floor(at.getTime() / 1_000),
    }),
    body: payload,
    timeoutMs: webhookLimits.timeoutMs,
    answerBytesMax: webhookLimits.answerBytesMax,
  });
  const durationMs = Math.round(performance.now() - startedMs);
  await recordAttempt(dependencies, { claim, at, durationMs, outcome });
}
