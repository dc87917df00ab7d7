import { createRoute, z } from '@hono/zod-openapi';
import type { Batch } from '#prisma/generated/client.ts';
import { batchEndpoints, endStatuses, openStatuses } from '#server/domain/batches/batch-status.ts';
import { cancelBatch } from '#server/domain/batches/cancel-batch.ts';
import { createBatch } from '#server/domain/batches/create-batch.ts';
import { findBatch } from '#server/domain/batches/find-batch.ts';
import { listBatches } from '#server/domain/batches/list-batches.ts';
import type { Clock } from '#server/domain/clock.ts';
import type { Database } from '#server/domain/database.ts';
import { DomainError } from '#server/domain/errors.ts';
import { batchLimits } from '#server/domain/rate-limits/limits.ts';
import { isStorable, unstorableSentence } from '#server/domain/storable-text.ts';
import { pageLimit, pageOf, pageSchema } from '../codecs/list-page.ts';
import { seconds } from '../codecs/seconds.ts';
import type { FreeEndpoint } from '../endpoint.ts';
import { orDatabaseUnavailable } from '../errors/or-database-unavailable.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';
import { jsonBody } from '../wire/json-body.ts';
import { readQuery } from '../wire/read-query.ts';

export interface BatchDependencies {
  readonly db: Database;
  readonly clock: Clock;
  /** Whether the path has a model here. Left out: each has. */
  readonly serves?: (endpoint: string) => boolean;
}

const time = z.int().nullable();
const metadata = z
  .record(z.string().max(64), z.string().max(batchLimits.metadataCharactersMax))
  .refine((pairs) => Object.keys(pairs).length <= batchLimits.metadataPairsMax, {
    error: `metadata has more than ${batchLimits.metadataPairsMax} pairs.`,
  })
  .refine((pairs) => Object.entries(pairs).flat().every(isStorable), { error: unstorableSentence });

const lineErrors = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      param: z.string().nullable(),
      line: z.int().nullable(),
    }),
  ),
});

const batchSchema = z
  .object({
    id: z.string().openapi({ example: 'batch_5f3c9a0b1d2e4f6a7b8c9d0e' }),
    object: z.literal('batch'),
    endpoint: z.string(),
    errors: lineErrors.nullable().openapi({ description: 'What is wrong with the input file, by line.' }),
    input_file_id: z.string(),
    completion_window: z.literal('24h'),
    status: z.enum([...openStatuses, ...endStatuses]),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.int(),
    in_progress_at: time,
    expires_at: z.int(),
    finalizing_at: time,
    completed_at: time,
    failed_at: time,
    expired_at: time,
    cancelling_at: time,
    cancelled_at: time,
    request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
    metadata: z.record(z.string(), z.string()).nullable(),
  })
  .openapi('Batch');

const body = z.strictObject({
  input_file_id: z
    .string('Give the id of a file.')
    .max(200, 'That is no id of a file.')
    .refine(isStorable, 'That is no id of a file.'),
  endpoint: z.enum(batchEndpoints, `endpoint must be one of ${batchEndpoints.join(', ')}.`),
  completion_window: z.literal('24h', 'completion_window must be 24h.'),
  metadata: metadata.nullish(),
});
const params = z.object({ batch_id: z.string() });
const listQuery = z.object({
  after: z.string().optional(),
  limit: pageLimit({ most: batchLimits.pageMax, leftOut: batchLimits.pageDefault }),
});

const ok = (description: string, schema: z.ZodType) => ({
  200: { description, headers: successHeaders, content: { 'application/json': { schema } } },
  ...errorResponses,
  404: { ...errorResponses[404], description: 'No such batch, or no such file, in this workspace.' },
  409: {
    ...errorResponses[409],
    description: 'The batch has ended, or as many of the workspace as may be have not.',
  },
});

const create = createRoute({
  method: 'post',
  path: '/v1/batches',
  operationId: 'createBatch',
  summary: 'Run the requests of a file',
  description: `Up to ${batchLimits.linesMax} lines, each checked before the first runs. They run with the key that made the batch, beside live calls and after them.`,
  security: bearer,
  request: {
    body: { required: true, content: { 'application/json': { schema: body.openapi('BatchRequest') } } },
  },
  responses: ok('The batch.', batchSchema),
});
const list = createRoute({
  method: 'get',
  path: '/v1/batches',
  operationId: 'listBatches',
  summary: 'The batches of the workspace, the newest first',
  security: bearer,
  request: { query: listQuery },
  responses: ok('A page of them.', pageSchema(batchSchema)),
});
const read = createRoute({
  method: 'get',
  path: '/v1/batches/{batch_id}',
  operationId: 'readBatch',
  summary: 'One batch',
  security: bearer,
  request: { params },
  responses: ok('The batch.', batchSchema),
});
const cancel = createRoute({
  method: 'post',
  path: '/v1/batches/{batch_id}/cancel',
  operationId: 'cancelBatch',
  summary: 'Cancel a batch',
  description: 'Its lines that are answered are in the output file, and billed.',
  security: bearer,
  request: { params },
  responses: ok('The batch.', batchSchema),
});

const common = { family: 'own', scope: 'batches' } as const;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of endpoints of different types.
export function batchesEndpoints(dependencies: BatchDependencies): readonly FreeEndpoint<any>[] {
  return [
    createEndpoint(dependencies),
    listEndpoint(dependencies),
    byId(read, (of) => findBatch(dependencies, of)),
    byId(cancel, (of) => cancelBatch(dependencies, of)),
  ];
}

function createEndpoint(dependencies: BatchDependencies): FreeEndpoint<z.infer<typeof body>> {
  return {
    ...common,
    route: create,
    body: jsonBody(body),
    takesName: true,
    async reply(given, { workspaceId, keyId, address, requestId, name }) {
      refuseUnserved(given.endpoint, dependencies);
      const wanted = {
        workspaceId,
        keyId,
        address,
        inputFileId: given.input_file_id,
        endpoint: given.endpoint,
        metadata: given.metadata ?? undefined,
        name: name && { requestId, keyId, ...name },
      };
      return toBatch(await orComeBack(() => createBatch(dependencies, wanted)));
    },
  };
}

/** Its lines would wait for a day for a model that is not there. */
function refuseUnserved(endpoint: string, { serves = () => true }: BatchDependencies): void {
  if (serves(endpoint)) return;
  const sentence = `No model here answers ${endpoint}. endpoint may be ${batchEndpoints.filter(serves).join(', ')}.`;
  throw new DomainError('invalid_request', sentence, { param: 'endpoint' });
}

function listEndpoint(
  dependencies: BatchDependencies,
): FreeEndpoint<{ after: string | undefined; limit: number }> {
  return {
    ...common,
    route: list,
    body: null,
    readParameters: ({ query }) => {
      const { after, limit } = readQuery(listQuery, query);
      return { after, limit };
    },
    async reply(page, { workspaceId }) {
      const { batches, hasMore } = await orComeBack(() =>
        listBatches(dependencies, { ...page, workspaceId }),
      );
      return pageOf(batches.map(toBatch), hasMore);
    },
  };
}

function byId(
  route: FreeEndpoint<string>['route'],
  act: (of: { workspaceId: string; id: string }) => Promise<Batch>,
): FreeEndpoint<string> {
  return {
    ...common,
    route,
    body: null,
    readParameters: ({ path }) => path.batch_id ?? '',
    reply: async (id, { workspaceId }) => toBatch(await orComeBack(() => act({ workspaceId, id }))),
  };
}

function orComeBack<Value>(ask: () => Promise<Value>): Promise<Value> {
  return orDatabaseUnavailable('Batches can not be reached at the moment. Try again.', ask);
}

function toBatch(batch: Batch): z.infer<typeof batchSchema> {
  const at = (time: Date | null) => time && seconds(time);
  const endedAs = (status: string) => (batch.status === status ? at(batch.endedAt) : null);
  const errors = batch.errors as z.infer<typeof lineErrors>['data'] | null;
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    errors: errors && { object: 'list', data: errors },
    input_file_id: batch.inputFileId,
    completion_window: '24h',
    status: batch.status as z.infer<typeof batchSchema>['status'],
    output_file_id: batch.outputFileId,
    error_file_id: batch.errorFileId,
    created_at: seconds(batch.createdAt),
    in_progress_at: at(batch.inProgressAt),
    expires_at: seconds(batch.expiresAt),
    finalizing_at: at(batch.finalizingAt),
    completed_at: endedAs('completed'),
    failed_at: endedAs('failed'),
    expired_at: endedAs('expired'),
    cancelling_at: at(batch.cancellingAt),
    cancelled_at: endedAs('cancelled'),
    request_counts: { total: batch.total, completed: batch.completed, failed: batch.failed },
    metadata: batch.metadata as Record<string, string> | null,
  };
}
