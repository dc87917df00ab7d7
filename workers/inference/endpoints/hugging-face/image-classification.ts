import { createRoute, z } from '@hono/zod-openapi';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import type { ImageClassification, ImageInput } from '#workers/model-runtime/model-runtime.ts';
import type { Answer, MeteredEndpoint } from '../../endpoint.ts';
import { bodyError, labelled, parametersError, topK } from '../../hugging-face/common-fields.ts';
import { type PictureInputs, pictureInputs, readPictures } from '../../hugging-face/read-pictures.ts';
import { refuseClassificationParameters } from '../../hugging-face/refused-parameters.ts';
import { fetchPictures, pointsElsewhere } from '../../images/fetch-pictures.ts';
import type { ImageRequest } from '../../images/image-request.ts';
import type { ServedModel } from '../../models/served-model.ts';
import {
  bearer,
  huggingFaceErrorResponses,
  pictureContent,
  successHeaders,
} from '../../openapi/openapi-parts.ts';
import { imagesClassifyEndpoint } from '../images-classify.ts';

const { topKMax, topKDefault } = imageLimits;

const body = z.looseObject(
  {
    inputs: pictureInputs,
    parameters: z
      .looseObject({ top_k: topK(topKMax) }, { error: parametersError })
      .superRefine(refuseClassificationParameters)
      .nullish(),
  },
  { error: bodyError },
);

const labels = z.array(labelled);
const reply = z.union([labels, z.array(labels)]).openapi('ImageClassificationOutput', {
  description: 'The most probable first; of a list, a list for each.',
});

interface ImageClassificationRequest extends ImageRequest, PictureInputs {}

/** The use case of /v1/images/classify, as Hugging Face's clients ask for it. */
export function imageClassificationEndpoint(
  model: ServedModel<ImageInput, ImageClassification>,
  options: { readonly fetchOutside: OutboundFetch },
): MeteredEndpoint<ImageClassificationRequest, ImageInput, ImageClassification> {
  return {
    ...imagesClassifyEndpoint(model, options),
    route: createRoute({
      method: 'post',
      path: `/models/${model.runtime.model.id}`,
      operationId: 'imageClassification',
      summary: 'What pictures show, as Hugging Face’s clients ask for it',
      description: 'One unit is one picture.',
      security: bearer,
      request: {
        body: {
          required: true,
          content: {
            'application/json': { schema: body.openapi('ImageClassificationInput') },
            ...pictureContent,
          },
        },
      },
      responses: {
        200: {
          description: 'Labels and their probabilities.',
          headers: successHeaders,
          content: { 'application/json': { schema: reply } },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    family: 'hugging-face',
    async body(incoming) {
      const { given, body: json } = await readPictures(body, incoming);
      return { ...given, top_k: json?.parameters?.top_k ?? topKDefault };
    },
    fetchInputs: fetchPictures(options.fetchOutside),
    pointsElsewhere,
    reply: toReply,
  };
}

function toReply(
  { isList }: ImageClassificationRequest,
  { outputs }: Answer<ImageClassification>,
): z.infer<typeof reply> {
  const lists = outputs.map(({ scores }) => scores.map(({ label, score }) => ({ label, score })));
  return isList ? lists : (lists[0] ?? []);
}
