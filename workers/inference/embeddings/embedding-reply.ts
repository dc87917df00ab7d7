import { z } from '@hono/zod-openapi';
import type { Embedding } from '#workers/model-runtime/model-runtime.ts';
import type { Answer } from '../endpoint.ts';
import { encodeVector, type VectorFormat } from './encode-vector.ts';

export const embeddingReply = z
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
        prompt_tokens: z
          .int()
          .min(0)
          .openapi({ description: 'Tokens that were read, special tokens left out. Pictures have none: 0.' }),
        total_tokens: z.int().min(0).openapi({ description: 'The same.' }),
        images: z
          .int()
          .min(0)
          .optional()
          .openapi({ description: 'Pictures that were embedded. Not there where texts were.' }),
        units: z.int().min(0).openapi({ description: 'Units that the request cost.' }),
        price_micro_usd: z.int().min(0).openapi({ description: 'Price in millionths of a US dollar.' }),
      })
      .openapi('EmbeddingUsage'),
  })
  .openapi('EmbeddingList');

type EmbeddingReply = z.infer<typeof embeddingReply>;

export function toEmbeddingReply(
  format: VectorFormat,
  answer: Answer<Embedding>,
  counted: Pick<EmbeddingReply['usage'], 'prompt_tokens' | 'images'>,
): EmbeddingReply {
  return {
    object: 'list',
    data: answer.outputs.map(({ vector }, index) => ({
      object: 'embedding',
      index,
      embedding: encodeVector(vector, format),
    })),
    model: answer.model,
    usage: {
      ...counted,
      total_tokens: counted.prompt_tokens,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
