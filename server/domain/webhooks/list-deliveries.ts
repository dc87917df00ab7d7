import type { WebhookAttempt, WebhookDelivery } from '#prisma/generated/client.ts';
import type { Database } from '../database.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import { publicEventId } from './event-row.ts';
import { findDelivery, type OneDelivery } from './find-delivery.ts';
import { findEndpoint, type OneEndpoint } from './find-endpoint.ts';
import type {
  AttemptItem,
  AttemptOutcome,
  DeliveryDetail,
  DeliveryItem,
  DeliveryPage,
  DeliveryStatus,
} from './schema.ts';

export interface DeliveryQuery extends OneEndpoint {
  readonly status?: DeliveryStatus | undefined;
  readonly cursor?: string | null | undefined;
}

/** The newest first. */
export async function listDeliveries(
  { db }: { readonly db: Database },
  { workspaceId, endpointId, status, cursor }: DeliveryQuery,
): Promise<DeliveryPage> {
  await findEndpoint(db, { workspaceId, endpointId });
  const { deliveriesListed } = webhookLimits;
  const rows = await db.webhookDelivery.findMany({
    where: { workspaceId, endpointId, ...(status && { status }), ...(cursor && { id: { lt: cursor } }) },
    include: {
      event: { select: { type: true } },
      attempts: { orderBy: { number: 'desc' }, take: 1 },
    },
    orderBy: { id: 'desc' },
    take: deliveriesListed + 1,
  });
  return { items: rows.slice(0, deliveriesListed).map(itemOf), hasMore: rows.length > deliveriesListed };
}

export async function readDelivery(
  { db }: { readonly db: Database },
  delivery: OneDelivery,
): Promise<DeliveryDetail> {
  const row = await findDelivery(db, delivery);
  return { ...itemOf(row), payload: row.event.payload, attempts: row.attempts.map(attemptOf) };
}

type DeliveryRow = WebhookDelivery & {
  readonly event: { readonly type: string };
  readonly attempts: readonly WebhookAttempt[];
};

function itemOf(row: DeliveryRow): DeliveryItem {
  const { id, eventId, isReplay, attemptCount, nextAttemptAt, createdAt } = row;
  const last = row.attempts[0];
  return {
    id,
    eventId: publicEventId(eventId),
    type: row.event.type,
    status: row.status as DeliveryStatus,
    isReplay,
    attemptCount,
    nextAttemptAt,
    createdAt,
    lastAttempt: last ? attemptOf(last) : null,
  };
}

function attemptOf({ number, at, durationMs, outcome, statusCode, answer }: WebhookAttempt): AttemptItem {
  return { number, at, durationMs, outcome: outcome as AttemptOutcome, statusCode, answer };
}
