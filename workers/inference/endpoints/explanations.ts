import { createRoute, z } from '@hono/zod-openapi';
import { DomainError } from '#server/domain/errors.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ExplanationPlan,
  explainedValues,
  explanationOf,
  followUpMasks,
  planExplanation,
} from '#workers/explanations/explanation.ts';
import { maskedText, type TextUnit, textUnits } from '#workers/explanations/text-units.ts';
import type { TextClassification, TextInput } from '#workers/model-runtime/model-runtime.ts';
import type { Answer, MeteredEndpoint } from '../endpoint.ts';
import { jsonBody } from '../json-body.ts';
import { bearer, errorResponses, successHeaders, usageSchema } from '../openapi-parts.ts';
import type { ServedModel } from '../served-model.ts';
import { text } from '../text-input.ts';

const labels = ['negative', 'neutral', 'positive'] as const;
const methods = ['occlusion', 'lime', 'shap'] as const;
const { textCharactersMax, unitsMax, samplesMax, samplesDefault } = explanationLimits;

const samplesSentence = `samples is a whole number from 2 to ${samplesMax}.`;
const seedSentence = 'seed is a whole number from 0 to 4294967295.';

const body = z.strictObject(
  {
    input: text
      .refine((value) => value.length <= textCharactersMax, {
        error: `A text to explain has at most ${textCharactersMax} characters.`,
      })
      .openapi({ example: 'The plot is thin but the acting is wonderful.' }),
    model: z.string({ error: 'model is the name of a model.' }).optional(),
    method: z
      .enum(methods, { error: `method is one of ${methods.join(', ')}.` })
      .default('occlusion')
      .openapi({ description: 'occlusion: a run a word. lime and shap: as many runs as samples.' }),
    label: z
      .enum(labels, { error: `label is one of ${labels.join(', ')}.` })
      .optional()
      .openapi({ description: 'The label to explain; the most probable one when left out.' }),
    samples: z
      .int({ error: samplesSentence })
      .min(2, { error: samplesSentence })
      .max(samplesMax, { error: samplesSentence })
      .default(samplesDefault)
      .openapi({ description: 'Most perturbed texts that lime and shap score. Few words need fewer.' }),
    seed: z
      .int({ error: seedSentence })
      .min(0, { error: seedSentence })
      .max(2 ** 32 - 1, { error: seedSentence })
      .default(0)
      .openapi({ description: 'The same seed gives the same values.' }),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'The body is a JSON object.' : undefined) },
);
type ExplanationRequest = z.infer<typeof body>;

const reply = z
  .object({
    id: z.string().openapi({ example: 'req_019ab0f2c4d17a7e8f3b5c6d7e8f9a0b' }),
    object: z.literal('explanation'),
    model: z.string(),
    method: z.enum(methods),
    label: z.enum(labels).openapi({ description: 'The label whose score is explained.' }),
    score: z.number().openapi({ description: 'Its score for the whole text.' }),
    base_score: z.number().openapi({ description: 'Its score for the empty text.' }),
    data: z
      .array(
        z.object({
          index: z.int().min(0),
          text: z.string(),
          start: z.int().openapi({ description: 'Place in the input, in UTF-16 code units.' }),
          end: z.int().openapi({ description: 'Past the last code unit.' }),
          value: z
            .number()
            .openapi({ description: 'What the part does for the score; negative: against it.' }),
        }),
      )
      .openapi({ description: 'One entry for each word; neighbours stand together in a long text.' }),
    faithfulness: z.object({
      deletion_area: z.number().openapi({
        description: 'Mean score while the most important parts are taken out first. Lower is better.',
      }),
      insertion_area: z.number().openapi({
        description: 'Mean score while the most important parts are put in first. Higher is better.',
      }),
    }),
    runs: z.int().openapi({ description: 'How often the model ran.' }),
    seed: z.int(),
    usage: usageSchema,
  })
  .openapi('Explanation');

const route = createRoute({
  method: 'post',
  path: '/v1/explanations',
  operationId: 'createExplanation',
  summary: 'Why a text got its label',
  description:
    'What each word does for a score, by perturbing the text. It costs what its runs of the model cost: one unit is one token that was read in any of them.',
  security: bearer,
  request: {
    body: { required: true, content: { 'application/json': { schema: body.openapi('ExplanationRequest') } } },
  },
  responses: {
    200: {
      description: 'A value for each word.',
      headers: successHeaders,
      content: { 'application/json': { schema: reply } },
    },
    ...errorResponses,
  },
});

interface Plan extends ExplanationPlan {
  readonly parts: readonly TextUnit[];
}

export function explanationsEndpoint(
  model: ServedModel<TextInput, TextClassification>,
): MeteredEndpoint<ExplanationRequest, TextInput, TextClassification> {
  /** Worked out once a request: its cost, its runs and its answer all follow from it. */
  const plans = new WeakMap<ExplanationRequest, Plan>();

  function planOf(input: ExplanationRequest): Plan {
    const known = plans.get(input);
    if (known) return known;
    const plan = makePlan(input);
    plans.set(input, plan);
    return plan;
  }

  const masked = ({ input }: ExplanationRequest, { parts }: Plan, masks: Plan['masks']): TextInput[] =>
    masks.map((mask) => ({ text: maskedText(input, parts, mask), truncate: false }));

  return {
    route,
    family: 'own',
    scope: 'sentiment',
    task: 'sentiment',
    body: jsonBody(body),
    modelOf(input) {
      const { id } = model.runtime.model;
      if (input.model === undefined || input.model === id) return model;
      throw new DomainError('not_found', `There is no such model to explain; there is ${id}.`, {
        param: 'model',
      });
    },
    itemsOf: (input) => masked(input, planOf(input), planOf(input).masks),
    followUp: {
      itemsMax(input) {
        const whole = { text: input.input, truncate: false };
        return Array.from({ length: planOf(input).followUpRunsMax }, () => whole);
      },
      itemsOf(input, outputs) {
        const plan = planOf(input);
        const values = explainedValues(plan, scoresOf(input, outputs).scores);
        return masked(input, plan, followUpMasks(values));
      },
    },
    paramOf: () => 'input',
    inputUnitsOf: (output) => output.inputTokens,
    reply: (input, answer) => toReply(input, planOf(input), answer),
  };
}

function makePlan({ input, method, samples, seed }: ExplanationRequest): Plan {
  const parts = textUnits(input, unitsMax);
  if (parts.length === 0) {
    throw new DomainError('invalid_request', 'The text has no words to explain.', { param: 'input' });
  }
  // Fewer would leave values open that the regression then calls 0.
  const samplesMin = Math.min(2 ** parts.length - 2, 2 * parts.length);
  if (method !== 'occlusion' && samples < samplesMin) {
    throw new DomainError(
      'invalid_request',
      `The text has ${parts.length} parts: ${method} needs at least ${samplesMin} samples.`,
      { param: 'samples' },
    );
  }
  return { ...planExplanation(method, parts.length, { samples, seed }), parts };
}

/** The score of the label that is explained, in every output. */
function scoresOf({ label }: ExplanationRequest, outputs: readonly TextClassification[]) {
  const explained = label ?? (outputs[0]?.label as (typeof labels)[number]);
  return { explained, scores: outputs.map(({ scores }) => scores[explained] ?? 0) };
}

function toReply(
  input: ExplanationRequest,
  plan: Plan,
  answer: Answer<TextClassification>,
): z.infer<typeof reply> {
  const { explained, scores } = scoresOf(input, answer.outputs);
  const { values, whole, empty, faithfulness } = explanationOf(plan, scores);
  return {
    id: answer.id,
    object: 'explanation',
    model: answer.model,
    method: input.method,
    label: explained,
    score: whole,
    base_score: empty,
    data: plan.parts.map((part, index) => ({ index, ...part, value: values[index] ?? 0 })),
    faithfulness: { deletion_area: faithfulness.deletion, insertion_area: faithfulness.insertion },
    runs: answer.outputs.length,
    seed: input.seed,
    usage: {
      input_tokens: answer.inputUnits,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
