import type { Transaction } from '../database.ts';
import { eventRow, type NewEvent } from './event-row.ts';
import type { WebhookEventType } from './event-types.ts';

/**
 * In the transaction of what happened: neither is ever there without the other. It only writes the event down; the
 * background process finds out who wants it, and forgets what nobody does.
 */
export async function emitEvent<Type extends WebhookEventType>(
  transaction: Transaction,
  event: NewEvent<Type>,
): Promise<void> {
  await transaction.webhookEvent.create({ data: eventRow(event) });
}
