import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { EndpointDependencies } from './create-endpoint.ts';
import { endpointItemOf } from './endpoint-item.ts';
import { findEndpoint, type OneEndpoint } from './find-endpoint.ts';
import type { EndpointItem, EndpointSettings } from './schema.ts';
import { hostOfUrl, readEndpointUrl } from './webhook-targets.ts';

export interface EndpointChange extends OneEndpoint {
  readonly userId: string;
}

/** What waits goes to the new address as well. The secret stays. */
export async function updateEndpoint(
  { db, clock, webhookTargets }: Pick<EndpointDependencies, 'db' | 'clock' | 'webhookTargets'>,
  { workspaceId, endpointId, userId, ...settings }: EndpointChange & EndpointSettings,
): Promise<EndpointItem> {
  const now = clock.now();
  const url = readEndpointUrl(webhookTargets, settings.url);
  const eventTypes = [...new Set(settings.eventTypes)];
  return db.$transaction(async (transaction) => {
    await findEndpoint(transaction, { workspaceId, endpointId });
    const row = await transaction.webhookEndpoint.update({
      where: { id: endpointId },
      data: { url, eventTypes },
    });
    await recordAuditEvent(transaction, {
      workspaceId,
      actorUserId: userId,
      action: 'webhook_endpoint.updated',
      targetId: endpointId,
      detail: { host: hostOfUrl(url), eventTypes },
      at: now,
    });
    return endpointItemOf(row, now);
  });
}
