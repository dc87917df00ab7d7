import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { EndpointDependencies } from './create-endpoint.ts';
import { endpointItemOf } from './endpoint-item.ts';
import { findEndpoint, lockEndpoint } from './find-endpoint.ts';
import type { CreatedEndpoint } from './schema.ts';
import type { EndpointChange } from './update-endpoint.ts';
import { generateWebhookSecret } from './webhook-secret.ts';

const hourMs = 60 * 60 * 1_000;

/** A new secret. The one before it signs as well for so long; one that was replaced before ends now. */
export async function rotateSecret(
  { db, clock, webhookSeal }: Pick<EndpointDependencies, 'db' | 'clock' | 'webhookSeal'>,
  { workspaceId, endpointId, userId, overlapHours }: EndpointChange & { readonly overlapHours: number },
): Promise<CreatedEndpoint> {
  const now = clock.now();
  const secret = generateWebhookSecret();
  const row = await db.$transaction(async (transaction) => {
    // Of two at the same time the second keeps the first one's secret as the one before it.
    await lockEndpoint(transaction, { workspaceId, endpointId });
    const before = await findEndpoint(transaction, { workspaceId, endpointId });
    const overlap =
      overlapHours > 0
        ? {
            previousSecret: before.secret,
            previousSecretUntil: new Date(now.getTime() + overlapHours * hourMs),
          }
        : { previousSecret: null, previousSecretUntil: null };
    const rotated = await transaction.webhookEndpoint.update({
      where: { id: endpointId },
      data: { secret: webhookSeal.seal(secret), ...overlap },
    });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'webhook_endpoint.secret_rotated',
      targetId: endpointId,
      detail: { overlapHours },
      at: now,
    });
    return rotated;
  });
  return { endpoint: endpointItemOf(row, now), secret };
}
