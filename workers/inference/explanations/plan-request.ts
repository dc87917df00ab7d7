import { DomainError } from '#server/domain/errors.ts';
import { type ExplanationPlan, type MethodName, planExplanation } from '#workers/explanations/explanation.ts';
import type { ExplanationRequest } from './explanation-request.ts';

/** What is run for a request, known before anything is: so is what it costs. */
export function planRequest(
  { method, samples, seed }: Pick<ExplanationRequest, 'samples' | 'seed'> & { readonly method: MethodName },
  units: number,
  of: string,
): ExplanationPlan {
  // Fewer would leave values open that the regression then calls 0.
  const samplesMin = Math.min(2 ** units - 2, 2 * units);
  if (method !== 'occlusion' && samples < samplesMin) {
    const sentence = `${of} has ${units} parts: ${method} needs at least ${samplesMin} samples.`;
    throw new DomainError('invalid_request', sentence, { param: 'samples' });
  }
  return planExplanation(method, units, { samples, seed });
}
