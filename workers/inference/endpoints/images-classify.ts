import { createRoute, z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type { ImageClassification, ImageInput } from '#workers/model-runtime/model-runtime.ts';
import type { Answer, MeteredEndpoint } from '../endpoint.ts';
import { pictureExplanationPart } from '../explanations/explanation-reply.ts';
import { fetchPictures, pointsElsewhere } from '../images/fetch-pictures.ts';
import { type ImageRequest, imageForm, imageJson } from '../images/image-request.ts';
import { readImageRequest } from '../images/read-image-request.ts';
import type { ServedModel } from '../models/served-model.ts';
import {
  bearer,
  errorResponses,
  imageUsageSchema,
  pictureContent,
  successHeaders,
} from '../openapi/openapi-parts.ts';

const score = z.number().min(0).max(1);

const reply = z
  .object({
    id: z.string().openapi({ example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b' }),
    object: z.literal('image_classification'),
    model: z.string(),
    data: z.array(
      z.object({
        index: z.int().min(0),
        label: z.string().nullable().openapi({
          description: 'In words. Null: less probable than abstain_below.',
          example: 'golden retriever',
        }),
        score: score.openapi({ description: 'Probability of the most probable label.' }),
        interval: z.array(score).length(2).nullable().openapi({
          description:
            '90 % interval of the accuracy observed among answers this confident. Null: not measured.',
        }),
        scores: z
          .array(
            z.object({
              label: z.string(),
              wordnet_id: z
                .string()
                .nullable()
                .openapi({ description: 'Synset in WordNet 3.0.', example: 'n02099601' }),
              score,
            }),
          )
          .openapi({ description: 'The top_k most probable labels, the most probable first.' }),
        explanation: pictureExplanationPart
          .optional()
          .openapi({ description: 'Present where explain was asked for.' }),
      }),
    ),
    usage: imageUsageSchema,
  })
  .openapi('ImageClassification');

const route = createRoute({
  method: 'post',
  path: '/v1/images/classify',
  operationId: 'classifyImages',
  summary: 'What pictures show',
  description: `The most probable of 1,000 labels of ImageNet, each with its probability. JPEG, PNG, WebP, AVIF or GIF, up to ${imageLimits.picturesMax} pictures. One unit is one picture.`,
  security: bearer,
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': { schema: imageForm },
        'application/json': { schema: imageJson },
        ...pictureContent,
      },
    },
  },
  responses: {
    200: {
      description: 'One entry for each picture.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
  },
});

export type ImagesClassifyEndpoint = MeteredEndpoint<ImageRequest, ImageInput, ImageClassification>;

/** It costs a unit like any other, and no model sees it: it is fetched once it is paid for. */
const notFetched = new Uint8Array();

export function imagesClassifyEndpoint(
  model: ServedModel<ImageInput, ImageClassification>,
  { fetchOutside }: { readonly fetchOutside: OutboundFetch },
): ImagesClassifyEndpoint {
  return {
    route,
    family: 'own',
    scope: 'images',
    task: 'image-classification',
    body: readImageRequest,
    bodyLimits: { bytesMax: imageLimits.bodyBytesMax, timeoutMs: imageLimits.bodyTimeoutMs },
    modelOf(input) {
      const { id } = model.runtime.model;
      if (input.model == null || input.model === id) return model;
      throw new DomainError('not_found', `There is no such model for pictures; there is ${id}.`, {
        param: 'model',
      });
    },
    itemsOf: ({ pictures, top_k: topK }) =>
      pictures.map((picture) => ({ bytes: picture.kind === 'bytes' ? picture.bytes : notFetched, topK })),
    fetchInputs: fetchPictures(fetchOutside),
    pointsElsewhere,
    paramOf: ({ pictures }, index) => pictures[index]?.param,
    inputUnitsOf: () => 1,
    reply: toReply,
  };
}

function toReply(input: ImageRequest, answer: Answer<ImageClassification>): z.infer<typeof reply> {
  const abstainBelow = input.abstain_below ?? 0;
  return {
    id: answer.id,
    object: 'image_classification',
    model: answer.model,
    data: answer.outputs.map(({ scores, interval }, index) => {
      const best = scores[0];
      return {
        index,
        label: best && best.score >= abstainBelow ? best.label : null,
        score: best?.score ?? 0,
        interval: interval && [...interval],
        scores: scores.map(({ label, wordnetId, score }) => ({ label, wordnet_id: wordnetId, score })),
      };
    }),
    usage: {
      images: answer.outputs.length,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
