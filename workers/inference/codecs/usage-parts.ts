import { z } from '@hono/zod-openapi';

/** What usage and receipts share. */
export const statuses = ['2xx', '4xx', '5xx'] as const;
const statusByClass: Readonly<Record<number, (typeof statuses)[number]>> = { 2: '2xx', 4: '4xx', 5: '5xx' };

export function statusOf(statusClass: number): (typeof statuses)[number] {
  const status = statusByClass[statusClass];
  if (!status) throw new Error(`Status class ${statusClass}`);
  return status;
}

export const time = z.iso.datetime();
export const amount = z.int().min(0);
export const describedStatus = z
  .enum(statuses)
  .openapi({ description: 'What was answered: an answer, an error of the request, an error on our side.' });
