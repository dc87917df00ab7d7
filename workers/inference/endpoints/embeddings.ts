import { createRoute, z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type { Embedding, ImageEmbeddingInput } from '#workers/model-runtime/model-runtime.ts';
import { type EmbeddingRequest, embeddingForm, embeddingJson } from '../embeddings/embedding-request.ts';
import { encodeVector } from '../embeddings/encode-vector.ts';
import { readEmbeddingRequest } from '../embeddings/read-embedding-request.ts';
import type { Answer, MeteredEndpoint } from '../endpoint.ts';
import { fetchPictures } from '../images/fetch-pictures.ts';
import { bearer, errorResponses, successHeaders } from '../openapi-parts.ts';
import type { ServedModel } from '../served-model.ts';

const reply = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int().min(0),
        embedding: z.union([z.array(z.number()), z.string()]).openapi({
          description: 'Of length 1 (L2). A list of numbers, or base64 where encoding_format asks for it.',
        }),
      }),
    ),
    model: z.string(),
    usage: z
      .object({
        prompt_tokens: z.int().min(0).openapi({ description: 'Pictures have none: 0.' }),
        total_tokens: z.int().min(0).openapi({ description: 'Pictures have none: 0.' }),
        images: z.int().min(0).openapi({ description: 'Pictures that were embedded.' }),
        units: z.int().min(0).openapi({ description: 'Units that the request cost.' }),
        price_micro_usd: z.int().min(0).openapi({ description: 'Price in millionths of a US dollar.' }),
      })
      .openapi('EmbeddingUsage'),
  })
  .openapi('EmbeddingList');

const route = createRoute({
  method: 'post',
  path: '/v1/embeddings',
  operationId: 'createEmbeddings',
  summary: 'Vectors of pictures, to search and compare by',
  description: `A vector of length 1 for each picture, in the shape of the OpenAI API: pictures that look alike have a dot product near 1. JPEG, PNG, WebP, AVIF or GIF, up to ${imageLimits.picturesMax} pictures. One unit is one picture.`,
  security: bearer,
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: embeddingJson },
        'multipart/form-data': { schema: embeddingForm },
        'image/*': { schema: z.string().openapi({ format: 'binary', description: 'One picture.' }) },
      },
    },
  },
  responses: {
    200: {
      description: 'A vector for each picture.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
  },
});

export interface EmbeddingsOptions {
  /** How long the model's vectors are. */
  readonly dimensions: number;
  readonly fetchOutside: OutboundFetch;
}

export type EmbeddingsEndpoint = MeteredEndpoint<EmbeddingRequest, ImageEmbeddingInput, Embedding>;

/** It costs a unit like any other, and no model sees it: it is fetched once it is paid for. */
const notFetched = new Uint8Array();

export function embeddingsEndpoint(
  model: ServedModel<ImageEmbeddingInput, Embedding>,
  { dimensions, fetchOutside }: EmbeddingsOptions,
): EmbeddingsEndpoint {
  const { id } = model.runtime.model;
  return {
    route,
    family: 'own',
    scope: 'embeddings',
    task: 'image-embedding',
    body: readEmbeddingRequest,
    bodyLimits: { bytesMax: imageLimits.bodyBytesMax, timeoutMs: imageLimits.bodyTimeoutMs },
    modelOf(input) {
      if (input.model !== undefined && input.model !== id) {
        throw new DomainError('not_found', `There is no such model for embeddings; there is ${id}.`, {
          param: 'model',
        });
      }
      if (input.dimensions === undefined || input.dimensions === dimensions) return model;
      const sentence = `The vectors of ${id} have ${dimensions} dimensions. Ask for ${dimensions}, or leave dimensions out.`;
      throw new DomainError('invalid_request', sentence, { param: 'dimensions' });
    },
    itemsOf: ({ pictures }) =>
      pictures.map((picture) => ({
        bytes: picture.kind === 'bytes' ? picture.bytes : notFetched,
        kind: 'embed',
      })),
    fetchInputs: fetchPictures(fetchOutside),
    paramOf: ({ pictures }, index) => pictures[index]?.param,
    inputUnitsOf: () => 1,
    reply: toReply,
  };
}

function toReply(
  { encoding_format: format }: EmbeddingRequest,
  answer: Answer<Embedding>,
): z.infer<typeof reply> {
  return {
    object: 'list',
    data: answer.outputs.map(({ vector }, index) => ({
      object: 'embedding',
      index,
      embedding: encodeVector(vector, format),
    })),
    model: answer.model,
    usage: {
      prompt_tokens: 0,
      total_tokens: 0,
      images: answer.outputs.length,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
