import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { findEndpoint } from './find-endpoint.ts';
import type { EndpointChange } from './update-endpoint.ts';
import { hostOfUrl } from './webhook-targets.ts';

/** With its secret and its deliveries. */
export async function deleteEndpoint(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  { workspaceId, endpointId, userId }: EndpointChange,
): Promise<void> {
  await db.$transaction(async (transaction) => {
    const { url } = await findEndpoint(transaction, { workspaceId, endpointId });
    await transaction.webhookEndpoint.deleteMany({ where: { id: endpointId, workspaceId } });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'webhook_endpoint.deleted',
      targetId: endpointId,
      detail: { host: hostOfUrl(url) },
      at: clock.now(),
    });
  });
}
