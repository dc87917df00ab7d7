import { explanationLimits } from '../rate-limits/limits.ts';
import type { PictureExplanationMethod } from './methods.ts';

/** The whole, and the empty input. */
const wholeAndEmpty = 2;
/** Each curve of the faithfulness has so many points, of which the ends are the whole and the empty input. */
const faithfulnessStepsMax = 10;
/** So few parts have all their masks counted. */
const enumeratedPartsMax = 16;

/**
 * How often the model runs to explain an input of so many parts, so that it can be said before anybody asks. What runs
 * is planned by workers/explanations, which knows nothing of this; a test holds the two together.
 */
export function explanationRuns(
  method: PictureExplanationMethod,
  parts: number,
  samples: number = explanationLimits.samplesDefault,
): number {
  const faithfulness = 2 * (Math.min(parts, faithfulnessStepsMax) - 1);
  return wholeAndEmpty + ownRuns[method](parts, samples) + faithfulness;
}

const ownRuns: Record<PictureExplanationMethod, (parts: number, samples: number) => number> = {
  occlusion: (parts) => (parts === 1 ? 0 : parts),
  lime: (parts, samples) => sampled(parts, samples, samples),
  // Masks are drawn in pairs.
  shap: (parts, samples) => sampled(parts, samples, 2 * Math.floor(samples / 2)),
  'grad-cam': () => 0,
};

/** Every mask where that is no more than was asked for. */
function sampled(parts: number, samples: number, drawn: number): number {
  const all = 2 ** parts - 2;
  return parts <= enumeratedPartsMax && all <= samples ? all : drawn;
}
