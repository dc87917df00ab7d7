import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findEndpoint } from './find-endpoint.ts';
import type { EndpointChange } from './update-endpoint.ts';

/** From now on: what happened while it was disabled is not made up for. Again changes nothing. */
export async function enableEndpoint(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  { workspaceId, endpointId, userId }: EndpointChange,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const { disabledAt } = await findEndpoint(transaction, { workspaceId, endpointId });
    if (!disabledAt) return;
    await transaction.webhookEndpoint.update({
      where: { id: endpointId },
      data: { disabledAt: null, disabledBecause: null },
    });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'webhook_endpoint.enabled',
      targetId: endpointId,
      at: clock.now(),
    });
  });
}
