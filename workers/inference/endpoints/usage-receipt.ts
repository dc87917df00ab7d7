import { createRoute, z } from '@hono/zod-openapi';
import type { Database } from '#server/domain/database.ts';
import { readReceipt } from '#server/domain/usage/read-receipt.ts';
import { readUsage } from '../codecs/read-usage.ts';
import { receiptReply, receiptSchema } from '../codecs/receipt-reply.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';

const path = z.object({
  request_id: z.string().openapi({
    description: 'As in the header x-request-id.',
    example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b',
  }),
});

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
      content: { 'application/json': { schema: receiptSchema } },
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
    async reply({ id }, { workspaceId }): Promise<z.infer<typeof receiptSchema>> {
      const receipt = await readUsage(() => readReceipt(dependencies, { workspaceId, id }));
      return receiptReply(id, receipt);
    },
  };
}
