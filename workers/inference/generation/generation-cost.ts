import { priceMicroUsd } from '#server/domain/billing/prices.ts';
import type { GenerationInput, GenerationLimits, Prompt } from '#workers/model-runtime/text-generator.ts';
import type { CostBounds } from '../stages/admit.ts';

/**
 * The most that it can cost. Prompt and answer share the context, so with several choices the dearest prompt is not the
 * longest: it is the longest that still leaves each choice all that was asked for. (An output token costs no less than
 * one of the prompt.)
 */
export function generationCost(input: GenerationInput, limits: GenerationLimits): CostBounds {
  const { contextTokens } = limits;
  const outputMax = Math.min(input.outputTokensMax, contextTokens - 1);
  const promptMax = Math.min(promptBound(input.prompt, limits), contextTokens);
  const dearest = Math.min(promptMax, Math.max(1, contextTokens - outputMax));
  const output = input.choices * Math.min(outputMax, contextTokens - dearest);
  return {
    unitsMin: 1,
    unitsMax: dearest + output,
    microUsdMax: priceMicroUsd('text-generation', dearest, output),
  };
}

/** Byte-level BPE makes no more tokens of a text than it has bytes (Radford et al., 2019). */
function promptBound(prompt: Prompt, limits: GenerationLimits): number {
  if (prompt.kind === 'text') return Buffer.byteLength(prompt.text) + limits.templateTokens;
  return prompt.messages.reduce(
    (sum, { content }) => sum + Buffer.byteLength(content) + limits.templateTokensPerMessage,
    limits.templateTokens,
  );
}
