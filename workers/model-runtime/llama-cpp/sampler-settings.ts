import type { SamplerSettings } from '../text/text-engine.ts';
import type { LlamaSamplerSettings } from './binding.ts';

/**
 * As llama.cpp draws: bias, penalties, then top-k, top-p, min-p, temperature. What changes nothing is left out: top-p over a whole
 * vocabulary of 49,152 costs as much as a tenth of a step.
 */
export function llamaSamplerSettings(
  settings: SamplerSettings,
  grammarState: object | null,
): LlamaSamplerSettings {
  const { temperature, topK, topP, minP, seed, logitBias } = settings;
  return {
    ...(temperature > 0 && {
      temperature,
      seed,
      ...(topK > 0 && { topK }),
      ...(topP < 1 && { topP }),
      ...(minP > 0 && { minP }),
    }),
    ...penalties(settings),
    ...(logitBias.length > 0 && {
      tokenBiasKeys: Uint32Array.from(logitBias, ([token]) => token),
      tokenBiasValues: Float32Array.from(logitBias, ([, bias]) => bias),
    }),
    ...(grammarState && { grammarEvaluationState: grammarState }),
  };
}

/** Over the answer so far, which begins with no token. */
function penalties({
  repetitionPenalty,
  presencePenalty,
  frequencyPenalty,
  outputTokensMax,
}: SamplerSettings): LlamaSamplerSettings {
  if (repetitionPenalty === 1 && presencePenalty === 0 && frequencyPenalty === 0) return {};
  return {
    repeatPenalty: repetitionPenalty,
    repeatPenaltyPresencePenalty: presencePenalty,
    repeatPenaltyFrequencyPenalty: frequencyPenalty,
    repeatPenaltyMaxTokens: outputTokensMax,
    repeatPenaltyTokens: new Uint32Array(0),
  };
}
