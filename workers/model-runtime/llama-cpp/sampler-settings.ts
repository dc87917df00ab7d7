import type { SamplerSettings } from '../text/text-engine.ts';
import type { LlamaSamplerSettings } from './binding.ts';

/** llama.cpp's name for "none was given": it would draw anew each time. */
const NO_SEED = 0xffff_ffff;
/** Logits divided by less have no room in 32 bits, and nothing but the most probable token is left far above that. */
const TEMPERATURE_MIN = 1e-6;

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
    ...(temperature >= TEMPERATURE_MIN && {
      temperature,
      seed: seed === NO_SEED ? NO_SEED >>> 1 : seed,
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
