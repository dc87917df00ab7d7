import { createRoute, z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { embeddingLimits, imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type {
  Embedding,
  ImageEmbeddingInput,
  TextEmbedding,
  TextInput,
} from '#workers/model-runtime/model-runtime.ts';
import { embedPictures, type ServedPictureEmbedder } from '../embeddings/embed-pictures.ts';
import { embedTexts, type ServedTextEmbedder } from '../embeddings/embed-texts.ts';
import type { EmbeddedKind } from '../embeddings/embedded-kind.ts';
import { embeddingReply } from '../embeddings/embedding-reply.ts';
import {
  type EmbeddingRequest,
  embeddingForm,
  isOfTexts,
  pictureEmbeddingJson,
  textEmbeddingJson,
} from '../embeddings/embedding-request.ts';
import { readEmbeddingRequest } from '../embeddings/read-embedding-request.ts';
import type { MeteredEndpoint } from '../endpoint.ts';
import { fetchPictures, pointsElsewhere } from '../images/fetch-pictures.ts';
import { bearer, errorResponses, pictureContent, successHeaders } from '../openapi/openapi-parts.ts';

const route = createRoute({
  method: 'post',
  path: '/v1/embeddings',
  operationId: 'createEmbeddings',
  summary: 'Vectors of texts or of pictures, to search and compare by',
  description: `A vector of length 1 for each text or picture, in the shape of the OpenAI API: texts that mean the same, and pictures that look alike, have a dot product near 1. Up to ${embeddingLimits.textsMax} texts, or ${imageLimits.picturesMax} pictures as JPEG, PNG, WebP, AVIF or GIF. One unit is one token that was read, or one picture.`,
  security: bearer,
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.union([textEmbeddingJson, pictureEmbeddingJson]).openapi('EmbeddingRequest'),
        },
        'multipart/form-data': { schema: embeddingForm },
        ...pictureContent,
      },
    },
  },
  responses: {
    200: {
      description: 'A vector for each text or picture.',
      headers: successHeaders,
      content: { 'application/json': { schema: embeddingReply } },
    },
    ...errorResponses,
  },
});

export interface EmbeddingModels {
  readonly texts: ServedTextEmbedder;
  readonly pictures: ServedPictureEmbedder;
}

export interface EmbeddingsDependencies extends EmbeddingModels {
  readonly fetchOutside: OutboundFetch;
}

type Item = TextInput | ImageEmbeddingInput;
type Output = TextEmbedding | Embedding;
type Kind = EmbeddedKind<EmbeddingRequest, Item, Output>;

/** One path for two kinds of input. A request is handled by its kind alone, which sees only items and outputs of its own. */
export function embeddingsEndpoint(
  dependencies: EmbeddingsDependencies,
): MeteredEndpoint<EmbeddingRequest, Item, Output> {
  const texts = embedTexts(dependencies.texts);
  const pictures = embedPictures(dependencies.pictures);
  const fetchPicture = fetchPictures(dependencies.fetchOutside);
  const kindOf = (request: EmbeddingRequest) => (isOfTexts(request) ? texts : pictures) as unknown as Kind;

  return {
    route,
    family: 'own',
    scope: 'embeddings',
    task: (request) => kindOf(request).task,
    body: readEmbeddingRequest,
    bodyLimits: { bytesMax: imageLimits.bodyBytesMax, timeoutMs: imageLimits.bodyTimeoutMs },
    modelOf(request) {
      expectModel(dependencies, request);
      return kindOf(request).modelOf(request);
    },
    itemsOf: (request) => kindOf(request).itemsOf(request),
    fetchInputs: async (request, context) => (isOfTexts(request) ? request : fetchPicture(request, context)),
    pointsElsewhere: (request) => !isOfTexts(request) && pointsElsewhere(request),
    paramOf: (request, index) => kindOf(request).paramOf(request, index),
    inputUnitsOf: (output) =>
      'inputTokens' in output ? texts.inputUnitsOf(output) : pictures.inputUnitsOf(output),
    reply: (request, answer) => kindOf(request).reply(request, answer),
  };
}

/** What is sent decides the model; a name that is sent as well has to be that one's. */
function expectModel({ texts, pictures }: EmbeddingModels, request: EmbeddingRequest): void {
  const [ofTexts, ofPictures] = [texts.runtime.model.id, pictures.runtime.model.id];
  if (request.model == null || request.model === (isOfTexts(request) ? ofTexts : ofPictures)) return;
  if (request.model === ofPictures) {
    const sentence = `${ofPictures} embeds pictures, not texts. Send pictures, {"url": …} or {"base64": …}, or name ${ofTexts}.`;
    throw new DomainError('invalid_request', sentence, { param: 'input' });
  }
  if (request.model === ofTexts) {
    const sentence = `${ofTexts} embeds texts, not pictures. Send a text or a list of texts, or name ${ofPictures}.`;
    throw new DomainError('invalid_request', sentence, { param: 'input' });
  }
  const sentence = `There is no such model for embeddings; there are ${ofTexts} for texts and ${ofPictures} for pictures.`;
  throw new DomainError('not_found', sentence, { param: 'model' });
}
