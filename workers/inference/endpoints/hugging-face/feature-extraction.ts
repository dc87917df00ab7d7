import { createRoute, z } from '@hono/zod-openapi';
import type { Embedding, ImageEmbeddingInput } from '#workers/model-runtime/model-runtime.ts';
import type { EmbeddingRequest } from '../../embeddings/embedding-request.ts';
import type { Answer, MeteredEndpoint } from '../../endpoint.ts';
import { refuseFields } from '../../generation/refused-fields.ts';
import { bodyError } from '../../hugging-face/common-fields.ts';
import { type PictureInputs, pictureInputs, readPictures } from '../../hugging-face/read-pictures.ts';
import { fetchPictures } from '../../images/fetch-pictures.ts';
import { bearer, huggingFaceErrorResponses, successHeaders } from '../../openapi-parts.ts';
import type { ServedModel } from '../../served-model.ts';
import { type EmbeddingsOptions, embeddingsEndpoint } from '../embeddings.ts';

const dimensionsError = 'dimensions is a whole number above 0.';

/** Options stand beside `inputs`, where the clients send them. */
const body = z
  .looseObject(
    {
      inputs: pictureInputs,
      dimensions: z.int({ error: dimensionsError }).min(1, { error: dimensionsError }).nullish(),
    },
    { error: bodyError },
  )
  .superRefine(
    refuseFields({
      normalize: (value) => value === true,
      encoding_format: (value) => value === 'float',
      prompt_name: () => false,
    }),
  );

const vector = z.array(z.number());
const reply = z
  .union([vector, z.array(vector)])
  .openapi('FeatureExtractionOutput', { description: 'A vector of length 1 (L2); of a list, one for each.' });

interface FeatureExtractionRequest extends EmbeddingRequest, PictureInputs {}

/** The use case of /v1/embeddings, as Hugging Face's clients ask for it. */
export function featureExtractionEndpoint(
  model: ServedModel<ImageEmbeddingInput, Embedding>,
  options: EmbeddingsOptions,
): MeteredEndpoint<FeatureExtractionRequest, ImageEmbeddingInput, Embedding> {
  return {
    ...embeddingsEndpoint(model, options),
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
            'application/json': { schema: body.openapi('FeatureExtractionInput') },
            'image/*': { schema: z.string().openapi({ format: 'binary', description: 'One picture.' }) },
          },
        },
      },
      responses: {
        200: {
          description: 'The vector, or the vectors.',
          headers: successHeaders,
          content: { 'application/json': { schema: reply } },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    family: 'hugging-face',
    async body(incoming) {
      const { given, body: json } = await readPictures(body, incoming);
      return { ...given, encoding_format: 'float', dimensions: json?.dimensions ?? undefined };
    },
    fetchInputs: fetchPictures(options.fetchOutside),
    reply: toReply,
  };
}

function toReply(
  { isList }: FeatureExtractionRequest,
  { outputs }: Answer<Embedding>,
): z.infer<typeof reply> {
  const vectors = outputs.map(({ vector: one }) => Array.from(one));
  return isList ? vectors : (vectors[0] ?? []);
}
