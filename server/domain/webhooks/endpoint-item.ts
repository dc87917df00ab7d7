import type { WebhookEndpoint } from '#prisma/generated/client.ts';
import type { DisabledBecause, EndpointItem } from './schema.ts';

/** A row as members see it: without its secrets. */
export function endpointItemOf(row: WebhookEndpoint, now: Date): EndpointItem {
  const { id, url, eventTypes, createdAt, lastDeliveredAt, disabledAt, previousSecretUntil } = row;
  return {
    id,
    url,
    eventTypes,
    createdAt,
    lastDeliveredAt,
    previousSecretUntil: previousSecretUntil && previousSecretUntil > now ? previousSecretUntil : null,
    disabledAt,
    disabledBecause: row.disabledBecause as DisabledBecause | null,
  };
}
