import { recordAuditEvent } from '../audit/record-audit-event.ts';
import type { Transaction } from '../database.ts';
import type { DisabledBecause } from './schema.ts';

/**
 * Nothing more is sent to it; what waited is canceled, and can be sent again by hand. The caller has locked the
 * endpoint. False: it was off already.
 */
export async function switchOffEndpoint(
  transaction: Transaction,
  {
    workspaceId,
    endpointId,
    because,
    actorUserId,
    at,
  }: {
    readonly workspaceId: string;
    readonly endpointId: string;
    readonly because: DisabledBecause;
    readonly actorUserId: string | null;
    readonly at: Date;
  },
): Promise<boolean> {
  const switched = await transaction.webhookEndpoint.updateMany({
    where: { id: endpointId, disabledAt: null },
    data: { disabledAt: at, disabledBecause: because },
  });
  if (switched.count === 0) return false;
  await transaction.webhookDelivery.updateMany({
    where: { endpointId, status: 'pending' },
    data: { status: 'canceled', nextAttemptAt: null },
  });
  await recordAuditEvent(transaction, {
    workspaceId,
    actorUserId,
    action: 'webhook_endpoint.disabled',
    targetId: endpointId,
    detail: { because },
    at,
  });
  return true;
}
