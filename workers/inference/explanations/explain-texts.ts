import { DomainError } from '#server/domain/errors.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ExplanationPlan,
  explainedValues,
  explanationOf,
  followUpMasks,
} from '#workers/explanations/explanation.ts';
import { maskedText, type TextUnit, textUnits } from '#workers/explanations/text-units.ts';
import type { TextClassification, TextInput } from '#workers/model-runtime/model-runtime.ts';
import type { Answer } from '../endpoint.ts';
import type { ServedModel } from '../served-model.ts';
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
}

/** Parts of a text are its words; what is taken out is left out. */
export function explainTexts(
  model: ServedModel<TextInput, TextClassification>,
): ExplainedKind<ExplainedText, TextInput, TextClassification> {
  const planOf = planOnce(makePlan);
  const masked = (
    { input, truncate = false }: ExplainedText,
    { parts }: Plan,
    masks: Plan['masks'],
  ): TextInput[] => masks.map((mask) => ({ text: maskedText(input, parts, mask), truncate }));

  return {
    scope: 'sentiment',
    task: 'sentiment',
    modelOf(request) {
      const { id } = model.runtime.model;
      if (request.model === undefined || request.model === id) return model;
      throw new DomainError('not_found', `There is no such model to explain texts of; there is ${id}.`, {
        param: 'model',
      });
    },
    itemsOf: (request) => masked(request, planOf(request), planOf(request).masks),
    followUps: [
      {
        itemsMax(request) {
          const whole = { text: request.input, truncate: false };
          return Array.from({ length: planOf(request).followUpRunsMax }, () => whole);
        },
        itemsOf(request, outputs) {
          const plan = planOf(request);
          const values = explainedValues(plan, scoresOf(request, outputs).scores);
          return masked(request, plan, followUpMasks(values));
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
  return { ...planRequest(request, parts.length, 'The text'), parts };
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
