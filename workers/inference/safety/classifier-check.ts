import { safetyLimits } from '#server/domain/rate-limits/limits.ts';
import type { AnswerCheckSettings } from '#server/domain/safety/safety-policy.ts';
import {
  isRefusal,
  ModelRuntimeError,
  type TextClassification,
  type TextInput,
} from '#workers/model-runtime/model-runtime.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { GuardOptions } from './guarded-generator.ts';

/** Fails closed: what could not be classified is not told. It costs the customer nothing. */
export function classifierCheck(
  { batcher }: Pick<ServedModel<TextInput, TextClassification>, 'batcher'>,
  { label, refuseFrom }: AnswerCheckSettings,
): NonNullable<GuardOptions['checkFor']> {
  return (lane, signal) => async (text) => {
    const { checkTimeoutMs: timeoutMs } = safetyLimits;
    const [output] = await batcher.submit([{ text, truncate: true }], { lane, signal, timeoutMs });
    const score = output && !isRefusal(output) ? output.scores[label] : undefined;
    if (score === undefined) throw new ModelRuntimeError('The answer could not be classified.');
    return score < refuseFrom;
  };
}
