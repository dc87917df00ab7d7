import { createRoute, z } from '@hono/zod-openapi';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type {
  Embedding,
  ImageEmbeddingInput,
  TextEmbedding,
  TextInput,
} from '#workers/model-runtime/model-runtime.ts';
import { embedPictures, type ServedPictureEmbedder } from '../../embeddings/embed-pictures.ts';
import { embedTexts, type ServedTextEmbedder } from '../../embeddings/embed-texts.ts';
import {
  embeddedTexts,
  type PictureEmbeddingRequest,
  type TextEmbeddingRequest,
  truncateField,
} from '../../embeddings/embedding-request.ts';
import { textsOf } from '../../embeddings/read-embedding-request.ts';
import type { Answer, MeteredEndpoint } from '../../endpoint.ts';
import { refuseFields } from '../../generation/refused-fields.ts';
import { bodyError, parametersError } from '../../hugging-face/common-fields.ts';
import { type PictureInputs, pictureInputs, readPictures } from '../../hugging-face/read-pictures.ts';
import { refuseMisplaced } from '../../hugging-face/refused-parameters.ts';
import { fetchPictures, pointsElsewhere } from '../../images/fetch-pictures.ts';
import {
  bearer,
  huggingFaceErrorResponses,
  pictureContent,
  successHeaders,
} from '../../openapi/openapi-parts.ts';
import { jsonBody } from '../../wire/json-body.ts';

const dimensionsError = 'dimensions is a whole number above 0.';

const refuseOthers = refuseFields({
  normalize: (value) => value === true,
  encoding_format: (value) => value === 'float',
  prompt_name: () => false,
  truncation_direction: (value) => typeof value === 'string' && /^right$/i.test(value),
});

/** Options stand beside `inputs`, where the clients send them. */
const optionFields = {
  dimensions: z.int({ error: dimensionsError }).min(1, { error: dimensionsError }).nullish(),
  parameters: z
    .looseObject({}, { error: parametersError })
    .superRefine(refuseOthers)
    .superRefine(refuseMisplaced)
    .nullish(),
};

const pictureBody = z
  .looseObject({ inputs: pictureInputs, ...optionFields }, { error: bodyError })
  .superRefine(refuseOthers);

const textBody = z
  .looseObject(
    { inputs: embeddedTexts, truncate: truncateField.nullish(), ...optionFields },
    { error: bodyError },
  )
  .superRefine(refuseOthers);

const vector = z.array(z.number());
const reply = z
  .union([vector, z.array(vector)])
  .openapi('FeatureExtractionOutput', { description: 'A vector of length 1 (L2); of a list, one for each.' });

const responses = {
  200: {
    description: 'The vector, or the vectors.',
    headers: successHeaders,
    content: { 'application/json': { schema: reply } },
  },
  ...huggingFaceErrorResponses,
};

/** Both as the model's own path and as its task's: a model that has one task is called by its name. */
export function textFeatureEndpoints(model: ServedTextEmbedder) {
  const path = `/models/${model.runtime.model.id}`;
  return [
    textFeatureEndpoint(model, { path, operationId: 'textFeatures' }),
    textFeatureEndpoint(model, {
      path: `${path}/pipeline/feature-extraction`,
      operationId: 'textFeatureExtraction',
    }),
  ] as const;
}

/** The use case of /v1/embeddings, as Hugging Face's clients ask for it. */
function textFeatureEndpoint(
  model: ServedTextEmbedder,
  named: { readonly path: string; readonly operationId: string },
): MeteredEndpoint<TextEmbeddingRequest, TextInput, TextEmbedding> {
  const read = jsonBody(textBody);
  return {
    ...embedTexts(model),
    route: createRoute({
      ...named,
      method: 'post',
      summary: 'Vectors of texts, as Hugging Face’s clients ask for them',
      description: 'One unit is one token that was read.',
      security: bearer,
      request: {
        body: {
          required: true,
          content: { 'application/json': { schema: textBody.openapi('TextFeatureExtractionInput') } },
        },
      },
      responses,
    }),
    family: 'hugging-face',
    scope: 'embeddings',
    async body(incoming) {
      const { inputs, truncate, dimensions } = await read(incoming);
      return {
        ...textsOf(inputs, truncate ?? false),
        encoding_format: 'float',
        dimensions: dimensions ?? undefined,
      };
    },
    paramOf: ({ isList }, index) => (isList ? `inputs[${index}]` : 'inputs'),
    reply: toReply,
  };
}

interface PictureFeatureRequest extends PictureEmbeddingRequest, PictureInputs {}

/** The same of pictures. */
export function pictureFeatureEndpoint(
  model: ServedPictureEmbedder,
  fetchOutside: OutboundFetch,
): MeteredEndpoint<PictureFeatureRequest, ImageEmbeddingInput, Embedding> {
  return {
    ...embedPictures(model),
    route: createRoute({
      method: 'post',
      path: `/models/${model.runtime.model.id}/pipeline/feature-extraction`,
      operationId: 'featureExtraction',
      summary: 'Vectors of pictures, as Hugging Face’s clients ask for them',
      description: 'One unit is one picture.',
      security: bearer,
      request: {
        body: {
          required: true,
          content: {
            'application/json': { schema: pictureBody.openapi('FeatureExtractionInput') },
            ...pictureContent,
          },
        },
      },
      responses,
    }),
    family: 'hugging-face',
    scope: 'embeddings',
    bodyLimits: { bytesMax: imageLimits.bodyBytesMax, timeoutMs: imageLimits.bodyTimeoutMs },
    async body(incoming) {
      const { given, body: json } = await readPictures(pictureBody, incoming);
      return { ...given, encoding_format: 'float', dimensions: json?.dimensions ?? undefined };
    },
    fetchInputs: fetchPictures(fetchOutside),
    pointsElsewhere,
    reply: toReply,
  };
}

function toReply(
  { isList }: { readonly isList: boolean },
  { outputs }: Answer<Embedding>,
): z.infer<typeof reply> {
  const vectors = outputs.map(({ vector: one }) => Array.from(one));
  return isList ? vectors : (vectors[0] ?? []);
}
