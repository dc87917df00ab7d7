import { createRoute, z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import type { TextClassification, TextInput } from '#workers/model-runtime/model-runtime.ts';
import { booleanField, textInput } from '../codecs/text-input.ts';
import type { Answer, MeteredEndpoint } from '../endpoint.ts';
import { textExplanationPart } from '../explanations/explanation-reply.ts';
import type { ServedModel } from '../models/served-model.ts';
import { bearer, errorResponses, successHeaders, usageSchema } from '../openapi/openapi-parts.ts';
import { jsonBody } from '../wire/json-body.ts';

const { textsMax, textCharactersMax } = explanationLimits;
const labels = ['negative', 'neutral', 'positive'] as const;

const body = z.strictObject(
  {
    input: textInput,
    model: z
      .string({ error: 'model is the name of a model.' })
      .nullish()
      .openapi({ description: 'Name of the model; the current one when left out.', example: 'sentiment-1' }),
    truncate: booleanField('truncate')
      .nullish()
      .openapi({ description: 'Cut texts that are longer than the model reads, instead of refusing them.' }),
    abstain_below: z
      .number({ error: 'abstain_below is a number from 0 to 1.' })
      .min(0, { error: 'abstain_below is a number from 0 to 1.' })
      .max(1, { error: 'abstain_below is a number from 0 to 1.' })
      .nullish()
      .openapi({ description: 'A label less probable than this is answered as null.' }),
    explain: booleanField('explain')
      .nullish()
      .openapi({
        description: `Say of each answer what each word did for its label, by occlusion: up to ${textsMax} texts of ${textCharactersMax} characters. Costs what /v1/explanations costs, besides.`,
      }),
    store: booleanField('store')
      .refine((store) => !store, { error: 'Nothing that is sent here is stored. Leave store out.' })
      .nullish()
      .openapi({ description: 'False, which it always is: no text is kept.' }),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
);
export type SentimentRequest = z.infer<typeof body>;

const reply = z
  .object({
    id: z.string().openapi({ example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b' }),
    object: z.literal('sentiment'),
    model: z.string(),
    data: z.array(
      z.object({
        index: z.int().min(0),
        label: z.enum(labels).nullable().openapi({ description: 'Null: less probable than abstain_below.' }),
        score: z.number().min(0).max(1).openapi({ description: 'Probability of the most probable label.' }),
        interval: z
          .array(z.number().min(0).max(1))
          .length(2)
          .openapi({ description: '90 % interval of the accuracy observed among answers this confident.' }),
        scores: z.object({ negative: z.number(), neutral: z.number(), positive: z.number() }),
        truncated: z
          .boolean()
          .optional()
          .openapi({ description: 'Whether the text was cut. Present where truncate was asked for.' }),
        explanation: textExplanationPart.optional().openapi({
          description: 'Present where explain was asked for.',
        }),
      }),
    ),
    usage: usageSchema,
  })
  .openapi('Sentiment');

const route = createRoute({
  method: 'post',
  path: '/v1/sentiment',
  operationId: 'createSentiment',
  summary: 'Sentiment of texts',
  description:
    'Negative, neutral or positive, with calibrated probabilities. One unit is one token that was read.',
  security: bearer,
  request: {
    body: { required: true, content: { 'application/json': { schema: body.openapi('SentimentRequest') } } },
  },
  responses: {
    200: {
      description: 'One entry for each text.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
  },
});

export type SentimentEndpoint = MeteredEndpoint<SentimentRequest, TextInput, TextClassification>;

export function sentimentEndpoint(model: ServedModel<TextInput, TextClassification>): SentimentEndpoint {
  return {
    route,
    family: 'own',
    scope: 'sentiment',
    task: 'sentiment',
    body: jsonBody(body),
    modelOf(input) {
      const { id } = model.runtime.model;
      if (input.model == null || input.model === id) return model;
      throw new DomainError('not_found', `There is no such model for sentiment; there is ${id}.`, {
        param: 'model',
      });
    },
    itemsOf: ({ input, truncate }) => [input].flat().map((text) => ({ text, truncate: truncate ?? false })),
    paramOf: ({ input }, index) => (typeof input === 'string' ? 'input' : `input[${index}]`),
    inputUnitsOf: (output) => output.inputTokens,
    reply: toReply,
  };
}

function toReply(input: SentimentRequest, answer: Answer<TextClassification>): z.infer<typeof reply> {
  const abstainBelow = input.abstain_below ?? 0;
  const truncate = input.truncate ?? false;
  return {
    id: answer.id,
    object: 'sentiment',
    model: answer.model,
    data: answer.outputs.map((output, index) => ({
      index,
      label: output.score < abstainBelow ? null : (output.label as (typeof labels)[number]),
      score: output.score,
      interval: [...output.interval],
      scores: output.scores as Record<(typeof labels)[number], number>,
      ...(truncate ? { truncated: output.truncated } : {}),
    })),
    usage: {
      input_tokens: answer.inputUnits,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
