import { DomainError } from '#server/domain/errors.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ExplanationPlan,
  explainedValues,
  explanationOf,
  followUpMasks,
} from '#workers/explanations/explanation.ts';
import type { Mask } from '#workers/explanations/method.ts';
import { maskedText, type TextUnit, textUnits } from '#workers/explanations/text-units.ts';
import type { TextClassification, TextInput } from '#workers/model-runtime/model-runtime.ts';
import type { Answer } from '../endpoint.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { ExplainedKind } from './explained-kind.ts';
import type { TextExplanationReply } from './explanation-reply.ts';
import type { sentimentLabels, TextExplanationRequest } from './explanation-request.ts';
import { planOnce } from './plan-once.ts';
import { planRequest } from './plan-request.ts';

export interface ExplainedText extends TextExplanationRequest {
  /** Cut what the model does not read, instead of refusing it. */
  readonly truncate?: boolean;
}

interface Plan extends ExplanationPlan {
  readonly parts: readonly TextUnit[];
  /** What runs once the whole is known to fit. */
  readonly perturbed: readonly TextInput[];
}

/**
 * Parts of a text are its words; what is taken out is left out. The whole runs first: a text that is too long is refused and
 * costs nothing, so the model must not have run hundreds of times for it.
 */
export function explainTexts(
  model: ServedModel<TextInput, TextClassification>,
): ExplainedKind<ExplainedText, TextInput, TextClassification> {
  const planOf = planOnce(makePlan);

  return {
    scope: 'sentiment',
    task: 'sentiment',
    modelOf(request) {
      const { id } = model.runtime.model;
      if (request.model == null || request.model === id) return model;
      throw new DomainError('not_found', `There is no such model to explain texts of; there is ${id}.`, {
        param: 'model',
      });
    },
    itemsOf: ({ input, truncate = false }) => [{ text: input, truncate }],
    followUps: [
      {
        itemsMax: (request) => planOf(request).perturbed,
        itemsOf: (request) => planOf(request).perturbed,
      },
      {
        itemsMax(request) {
          const whole = { text: request.input, truncate: true };
          return Array.from({ length: planOf(request).followUpRunsMax }, () => whole);
        },
        itemsOf(request, outputs) {
          const plan = planOf(request);
          const values = explainedValues(plan, scoresOf(request, outputs).scores);
          return masked(request, plan.parts, followUpMasks(values));
        },
      },
    ],
    paramOf: () => 'input',
    inputUnitsOf: (output) => output.inputTokens,
    reply: (request, answer) => toReply(request, planOf(request), answer),
  };
}

function makePlan(request: TextExplanationRequest): Plan {
  const parts = textUnits(request.input, explanationLimits.unitsMax);
  if (parts.length === 0) {
    throw new DomainError('invalid_request', 'The text has no words to explain.', { param: 'input' });
  }
  const plan = planRequest(request, parts.length, 'The text');
  return { ...plan, parts, perturbed: masked(request, parts, plan.masks.slice(1)) };
}

/** Words that were apart may stand together then, and be more tokens than they were: so they may be cut. */
function masked(
  { input }: TextExplanationRequest,
  parts: readonly TextUnit[],
  masks: readonly Mask[],
): TextInput[] {
  return masks.map((mask) => ({ text: maskedText(input, parts, mask), truncate: true }));
}

/** The score of the label that is explained, in every output. */
function scoresOf({ label }: TextExplanationRequest, outputs: readonly TextClassification[]) {
  const explained = label ?? (outputs[0]?.label as (typeof sentimentLabels)[number]);
  return { explained, scores: outputs.map(({ scores }) => scores[explained] ?? 0) };
}

function toReply(
  request: TextExplanationRequest,
  plan: Plan,
  answer: Answer<TextClassification>,
): TextExplanationReply {
  const { explained, scores } = scoresOf(request, answer.outputs);
  const { values, whole, empty, faithfulness } = explanationOf(plan, scores);
  return {
    id: answer.id,
    object: 'explanation',
    model: answer.model,
    method: request.method,
    label: explained,
    score: whole,
    base_score: empty,
    data: plan.parts.map((part, index) => ({ index, ...part, value: values[index] ?? 0 })),
    faithfulness: { deletion_area: faithfulness.deletion, insertion_area: faithfulness.insertion },
    runs: answer.outputs.length,
    seed: request.seed,
    usage: {
      input_tokens: answer.inputUnits,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
