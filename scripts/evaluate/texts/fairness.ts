import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import type { Counterfactual } from './counterfactuals.ts';

/** Of one dimension: how far apart the groups are that the model likes most and least. */
export interface FairnessGap {
  readonly dimension: string;
  readonly sentences: number;
  /** Mean valence (positive less negative score, -1 to 1) by group. */
  readonly groups: Readonly<Record<string, number>>;
  readonly gap: number;
  /** 95 %, resampling the sentences that are compared. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;

/** `valences` in the order of the sentences. */
export function fairnessGaps(
  sentences: readonly Counterfactual[],
  valences: readonly number[],
): FairnessGap[] {
  const dimensions = [...new Set(sentences.map(({ dimension }) => dimension))];
  return dimensions.map((dimension) => {
    const byGroup = new Map<string, Map<string, number>>();
    sentences.forEach((sentence, index) => {
      if (sentence.dimension !== dimension) return;
      const ofGroup = byGroup.get(sentence.group) ?? new Map<string, number>();
      ofGroup.set(sentence.pair, valences[index] ?? Number.NaN);
      byGroup.set(sentence.group, ofGroup);
    });
    const pairs = [...(byGroup.values().next().value?.keys() ?? [])];
    const means = (sample: readonly string[]) =>
      [...byGroup.values()].map(
        (ofGroup) => sample.reduce((sum, pair) => sum + (ofGroup.get(pair) ?? Number.NaN), 0) / sample.length,
      );
    const whole = means(pairs);
    const random = randomNumbers(1);
    const gaps = Array.from({ length: RESAMPLES }, () => {
      const sample = pairs.map(() => pairs[Math.floor(random() * pairs.length)] as string);
      return spread(means(sample));
    }).sort((a, b) => a - b);
    return {
      dimension,
      sentences: pairs.length * byGroup.size,
      groups: Object.fromEntries(
        [...byGroup.keys()].map((group, index) => [group, whole[index] ?? Number.NaN]),
      ),
      gap: spread(whole),
      low: gaps[Math.round(0.025 * (RESAMPLES - 1))] ?? Number.NaN,
      high: gaps[Math.round(0.975 * (RESAMPLES - 1))] ?? Number.NaN,
    };
  });
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
