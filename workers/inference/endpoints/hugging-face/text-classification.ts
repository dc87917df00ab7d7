import { createRoute, z } from '@hono/zod-openapi';
import type { TextClassification, TextInput } from '#workers/model-runtime/model-runtime.ts';
import { booleanField, textInput } from '../../codecs/text-input.ts';
import type { Answer, MeteredEndpoint } from '../../endpoint.ts';
import { bodyError, labelled, parametersError, topK } from '../../hugging-face/common-fields.ts';
import { refuseClassificationParameters, refuseMisplaced } from '../../hugging-face/refused-parameters.ts';
import type { ServedModel } from '../../models/served-model.ts';
import { bearer, huggingFaceErrorResponses, successHeaders } from '../../openapi/openapi-parts.ts';
import { jsonBody } from '../../wire/json-body.ts';
import { type SentimentRequest, sentimentEndpoint } from '../sentiment.ts';

const body = z.looseObject(
  {
    inputs: textInput,
    parameters: z
      .looseObject({ top_k: topK() }, { error: parametersError })
      .superRefine(refuseClassificationParameters)
      .superRefine(refuseMisplaced)
      .nullish(),
    truncate: booleanField('truncate').nullish().openapi({
      description: 'Cut texts that are longer than the model reads, instead of refusing them.',
    }),
  },
  { error: bodyError },
);

const reply = z
  .array(z.array(labelled))
  .openapi('TextClassificationOutput', { description: 'A list for each text, the most probable first.' });

interface TextClassificationRequest extends SentimentRequest {
  readonly labelsMax: number;
}

/** The use case of /v1/sentiment, as Hugging Face's clients ask for it. */
export function textClassificationEndpoint(
  model: ServedModel<TextInput, TextClassification>,
): MeteredEndpoint<TextClassificationRequest, TextInput, TextClassification> {
  const read = jsonBody(body);
  const { scope, task, modelOf, itemsOf, inputUnitsOf } = sentimentEndpoint(model);
  return {
    scope,
    task,
    modelOf,
    itemsOf,
    inputUnitsOf,
    route: createRoute({
      method: 'post',
      path: `/models/${model.runtime.model.id}`,
      operationId: 'textClassification',
      summary: 'Sentiment of texts, as Hugging Face’s clients ask for it',
      description: 'One unit is one token that was read.',
      security: bearer,
      request: {
        body: {
          required: true,
          content: { 'application/json': { schema: body.openapi('TextClassificationInput') } },
        },
      },
      responses: {
        200: {
          description: 'A list for each text, also where there is one.',
          headers: successHeaders,
          content: { 'application/json': { schema: reply } },
        },
        ...huggingFaceErrorResponses,
      },
    }),
    family: 'hugging-face',
    async body(incoming) {
      const { inputs, parameters, truncate } = await read(incoming);
      return {
        input: inputs,
        truncate: truncate ?? false,
        labelsMax: parameters?.top_k ?? Number.POSITIVE_INFINITY,
      };
    },
    paramOf: ({ input }, index) => (typeof input === 'string' ? 'inputs' : `inputs[${index}]`),
    reply: toReply,
  };
}

function toReply(
  { labelsMax }: TextClassificationRequest,
  { outputs }: Answer<TextClassification>,
): z.infer<typeof reply> {
  return outputs.map(({ scores }) =>
    Object.entries(scores)
      .map(([label, score]) => ({ label, score }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, labelsMax),
  );
}
