import { v7 as uuidv7 } from 'uuid';
import type { WebhookEventData, WebhookEventType } from './event-types.ts';

export interface NewEvent<Type extends WebhookEventType> {
  readonly workspaceId: string;
  readonly type: Type;
  /** Ids and what changed. Never a secret, never an input or an output of a call. */
  readonly data: WebhookEventData[Type];
  readonly at: Date;
}

/** The row of webhook_events: its payload is written once, so that every delivery of it is the same to the byte. */
export function eventRow<Type extends WebhookEventType>({ workspaceId, type, data, at }: NewEvent<Type>) {
  const id = uuidv7();
  const payload = {
    id: publicEventId(id),
    object: 'event',
    type,
    created_at: Math.floor(at.getTime() / 1_000),
    data,
  };
  return { id, workspaceId, type, payload: JSON.stringify(payload), createdAt: at };
}

/** As receivers see it: the same in the body and in `webhook-id`, however often it is sent. */
export function publicEventId(eventId: string): string {
  return `evt_${eventId.replaceAll('-', '')}`;
}
