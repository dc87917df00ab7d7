import { createRoute, z } from '@hono/zod-openapi';
import type { Database } from '#server/domain/database.ts';
import { readReceipt } from '#server/domain/usage/read-receipt.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { bearer, errorResponses, successHeaders } from '../openapi-parts.ts';
import { readUsage } from '../read-usage.ts';
import { amount, describedStatus, statusOf, time } from '../usage-parts.ts';

const path = z.object({
  request_id: z.string().openapi({
    description: 'As in the header x-request-id.',
    example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b',
  }),
});

const reply = z
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

const route = createRoute({
  method: 'get',
  path: '/v1/usage/receipts/{request_id}',
  operationId: 'readReceipt',
  summary: 'What one request cost',
  description: 'Of any key of the workspace. It is there when the answer, or the last event of a stream, is.',
  security: bearer,
  request: { params: path },
  responses: {
    200: {
      description: 'Its row of the ledger.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
    404: {
      ...errorResponses[404],
      description: 'No such request in this workspace, or one that still runs or was refused.',
    },
  },
});

export function usageReceiptEndpoint(dependencies: { db: Database }): FreeEndpoint<{ id: string }> {
  return {
    route,
    family: 'own',
    scope: 'usage:read',
    body: null,
    readParameters: (sent) => ({ id: sent.path.request_id ?? '' }),
    async reply({ id }, { workspaceId }): Promise<z.infer<typeof reply>> {
      const receipt = await readUsage(() => readReceipt(dependencies, { workspaceId, id }));
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
    },
  };
}
