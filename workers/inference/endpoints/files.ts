import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import type { File } from '#prisma/generated/client.ts';
import type { BlobStore } from '#server/domain/blobs/blob-store.ts';
import type { Clock } from '#server/domain/clock.ts';
import type { Database } from '#server/domain/database.ts';
import { createFile } from '#server/domain/files/create-file.ts';
import { deleteFile } from '#server/domain/files/delete-file.ts';
import { findFile } from '#server/domain/files/find-file.ts';
import { type FilePage, listFiles } from '#server/domain/files/list-files.ts';
import { openFile } from '#server/domain/files/open-file.ts';
import { fileLimits } from '#server/domain/rate-limits/limits.ts';
import { pageLimit, pageOf, pageSchema } from '../codecs/list-page.ts';
import { seconds } from '../codecs/seconds.ts';
import type { FreeEndpoint, IncomingBody } from '../endpoint.ts';
import { orDatabaseUnavailable } from '../errors/or-database-unavailable.ts';
import { uploadBytesMax, uploadForm } from '../files/upload-form.ts';
import { createUploadSlots } from '../files/upload-slots.ts';
import { bearer, errorResponses, successHeaders } from '../openapi/openapi-parts.ts';
import { readQuery } from '../wire/read-query.ts';

export interface FileDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly blobs: BlobStore;
}

const fileSchema = z
  .object({
    id: z.string().openapi({ example: 'file-5f3c9a0b1d2e4f6a7b8c9d0e' }),
    object: z.literal('file'),
    bytes: z.int().min(0),
    created_at: z.int(),
    expires_at: z.int().openapi({ description: 'When it is deleted.' }),
    filename: z.string(),
    purpose: z.enum(['batch', 'batch_output']),
    status: z.literal('processed'),
  })
  .openapi('File');

const params = z.object({ file_id: z.string() });
const listQuery = z.object({
  after: z.string().optional(),
  limit: pageLimit({ most: fileLimits.pageMax, leftOut: fileLimits.pageDefault }),
  order: z.enum(['asc', 'desc'], { error: 'order is asc or desc.' }).default('desc'),
  purpose: z.string().optional(),
});

const ok = (description: string, schema: z.ZodType) => ({
  200: { description, headers: successHeaders, content: { 'application/json': { schema } } },
  ...errorResponses,
  404: { ...errorResponses[404], description: 'No such file in this workspace.' },
  409: {
    ...errorResponses[409],
    description: 'A batch still reads the file, or the workspace has as many files or bytes as it may.',
  },
});

const upload = createRoute({
  method: 'post',
  path: '/v1/files',
  operationId: 'createFile',
  summary: 'Upload a file for a batch',
  description: `At most ${fileLimits.bytesMax} bytes, kept for 30 days, for as long as expires_after says, or until it is deleted.`,
  security: bearer,
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            file: z.string().openapi({ format: 'binary' }),
            purpose: z.literal('batch'),
            'expires_after[anchor]': z.literal('created_at').optional(),
            'expires_after[seconds]': z
              .int()
              .min(fileLimits.lifetimeMinMs / 1_000)
              .max(fileLimits.lifetimeMs / 1_000)
              .optional()
              .openapi({ description: 'It is deleted so long after it came. Both, or neither.' }),
          }),
        },
      },
    },
  },
  responses: ok('The file.', fileSchema),
});
const list = createRoute({
  method: 'get',
  path: '/v1/files',
  operationId: 'listFiles',
  summary: 'The files of the workspace',
  security: bearer,
  request: { query: listQuery },
  responses: ok('A page of them.', pageSchema(fileSchema)),
});
const read = createRoute({
  method: 'get',
  path: '/v1/files/{file_id}',
  operationId: 'readFile',
  summary: 'One file',
  security: bearer,
  request: { params },
  responses: ok('The file.', fileSchema),
});
const content = createRoute({
  method: 'get',
  path: '/v1/files/{file_id}/content',
  operationId: 'readFileContent',
  summary: 'The bytes of a file',
  security: bearer,
  request: { params },
  responses: {
    200: {
      description: 'The bytes, as they were sent or written.',
      headers: successHeaders,
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...errorResponses,
    404: { ...errorResponses[404], description: 'No such file in this workspace.' },
  },
});
const remove = createRoute({
  method: 'delete',
  path: '/v1/files/{file_id}',
  operationId: 'deleteFile',
  summary: 'Delete a file',
  description: 'At once and for good. Not while a batch reads it.',
  security: bearer,
  request: { params },
  responses: ok(
    'It is deleted.',
    z.object({ id: z.string(), object: z.literal('file'), deleted: z.literal(true) }),
  ),
});

const common = { family: 'own', scope: 'batches' } as const;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of endpoints of different types.
export function fileEndpoints(dependencies: FileDependencies): readonly FreeEndpoint<any>[] {
  return [
    uploadEndpoint(dependencies),
    listEndpoint(dependencies),
    byId(read, async (of) => toFile(await findFile(dependencies, of))),
    byId(content, (of) => contentOf(dependencies, of)),
    byId(remove, async (of) => {
      await deleteFile(dependencies, of);
      return { id: of.id, object: 'file', deleted: true };
    }),
  ];
}

function uploadEndpoint(dependencies: FileDependencies): FreeEndpoint<IncomingBody> {
  const slots = createUploadSlots();
  return {
    ...common,
    route: upload,
    // Read by `reply`: nothing of it is kept for a key that is not one.
    body: async (incoming) => incoming,
    bodyLimits: { bytesMax: uploadBytesMax, timeoutMs: fileLimits.uploadTimeoutMs },
    reply: ({ contentType, pieces }, { workspaceId }) =>
      slots.take(workspaceId, async () => {
        const form = uploadForm(contentType, pieces());
        return toFile(await orComeBack(() => createFile(dependencies, { workspaceId, form })));
      }),
  };
}

function listEndpoint(dependencies: FileDependencies): FreeEndpoint<FilePage> {
  return {
    ...common,
    route: list,
    body: null,
    readParameters: ({ query }) => {
      const { after, limit, order, purpose } = readQuery(listQuery, query);
      return { after, limit, order, purpose };
    },
    async reply(page, { workspaceId }) {
      const { files, hasMore } = await orComeBack(() => listFiles(dependencies, { ...page, workspaceId }));
      return pageOf(files.map(toFile), hasMore);
    },
  };
}

interface OneFile {
  readonly workspaceId: string;
  readonly id: string;
}

function byId(
  route: FreeEndpoint<string>['route'],
  reply: (of: OneFile) => Promise<object>,
): FreeEndpoint<string> {
  return {
    ...common,
    route,
    body: null,
    readParameters: ({ path }) => path.file_id ?? '',
    reply: (id, { workspaceId }) => orComeBack(() => reply({ workspaceId, id })),
  };
}

function orComeBack<Value>(ask: () => Promise<Value>): Promise<Value> {
  return orDatabaseUnavailable('Files can not be reached at the moment. Try again.', ask);
}

async function contentOf(dependencies: FileDependencies, of: OneFile): Promise<Response> {
  const { bytes } = await openFile(dependencies, of);
  const headers = { 'content-type': 'application/octet-stream' };
  return new Response(Readable.toWeb(Readable.from(bytes)) as ReadableStream, { headers });
}

function toFile({ id, bytes, createdAt, expiresAt, filename, purpose }: File): z.infer<typeof fileSchema> {
  return {
    id,
    object: 'file',
    bytes: Number(bytes),
    created_at: seconds(createdAt),
    expires_at: seconds(expiresAt),
    filename,
    purpose: purpose as 'batch' | 'batch_output',
    status: 'processed',
  };
}
