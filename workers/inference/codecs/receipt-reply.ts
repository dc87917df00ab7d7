import { z } from '@hono/zod-openapi';
import type { Receipt } from '#server/domain/usage/read-receipt.ts';
import { amount, describedStatus, statusOf, time } from './usage-parts.ts';

export const receiptSchema = z
  .object({
    id: z.string().openapi({ description: 'The request’s id.' }),
    object: z.literal('receipt'),
    created_at: time.openapi({ description: 'When the request came.' }),
    task: z.string().openapi({ example: 'sentiment' }),
    model_version: z.string(),
    key_id: z.string(),
    key_prefix: z.string(),
    status: describedStatus,
    input_units: amount,
    output_units: amount,
    units: amount.openapi({ description: 'Both together: what counts against the quota.' }),
    unit: z.enum(['token', 'image', 'sample']).openapi({ description: 'What a unit is.' }),
    price_micro_usd: amount.openapi({ description: 'In millionths of a US dollar.' }),
    price_version: z.int().openapi({ description: 'Of the price list that it was priced by.' }),
    latency_ms: amount.openapi({ description: 'From the request’s arrival until it was settled.' }),
  })
  .openapi('Receipt');

export function receiptReply(id: string, receipt: Receipt): z.infer<typeof receiptSchema> {
  return {
    id,
    object: 'receipt',
    created_at: receipt.requestedAt.toISOString(),
    task: receipt.task,
    model_version: receipt.modelVersion,
    key_id: receipt.keyId,
    key_prefix: receipt.keyPrefix,
    status: statusOf(receipt.statusClass),
    input_units: receipt.inputUnits,
    output_units: receipt.outputUnits,
    units: receipt.inputUnits + receipt.outputUnits,
    unit: receipt.unit,
    price_micro_usd: receipt.priceMicroUsd,
    price_version: receipt.priceVersion,
    latency_ms: receipt.latencyMs,
  };
}
