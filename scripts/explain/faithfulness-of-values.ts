import { followUpMasks } from '#workers/explanations/explanation.ts';
import { type Faithfulness, faithfulnessOf } from '#workers/explanations/faithfulness.ts';

/** By the same masks, whatever the values come from: so methods can be compared. */
export function faithfulnessOfValues(
  values: ArrayLike<number>,
  score: (mask: Uint8Array) => number,
): Faithfulness {
  const units = values.length;
  const scores = followUpMasks(Float64Array.from(values)).map(score);
  return faithfulnessOf(units, scores, score(new Uint8Array(units).fill(1)), score(new Uint8Array(units)));
}

export function faithfulnessLine({ deletion, insertion }: Faithfulness): string {
  return `deletion area ${deletion.toFixed(4)}, insertion area ${insertion.toFixed(4)}`;
}
