'use client';
import { z } from 'zod';
import type { ShortLivedKey } from '#server/domain/api-keys/schema.ts';
import { askApi, type CallMeasure, type CallReply } from './ask-api.ts';

/** What the page needs of GET /v1/usage/receipts/{id}'s answer. */
const receiptSchema = z.object({
  id: z.string(),
  created_at: z.string(),
  task: z.string(),
  model_version: z.string(),
  key_prefix: z.string(),
  status: z.string(),
  input_units: z.number(),
  output_units: z.number(),
  units: z.number(),
  unit: z.string(),
  price_micro_usd: z.number(),
  price_version: z.number(),
  latency_ms: z.number(),
});
export type ReceiptAnswer = z.infer<typeof receiptSchema> & CallMeasure;

export function askReceipt(
  key: ShortLivedKey,
  { id }: { readonly id: string },
  signal: AbortSignal,
): Promise<CallReply<ReceiptAnswer>> {
  return askApi(key, { path: `/v1/usage/receipts/${id}`, body: null, schema: receiptSchema, signal });
}
