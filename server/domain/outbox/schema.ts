import { z } from 'zod';

export const listOutboxSchema = z.object({ after: z.uuid().optional() }).default({});
export const outboxMailSchema = z.object({ mailId: z.uuid() });

export interface OutboxItem {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly createdAt: Date;
}
export interface OutboxMail extends OutboxItem {
  readonly text: string;
  readonly html: string;
}
