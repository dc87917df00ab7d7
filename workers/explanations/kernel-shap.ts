import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { chosen } from './chosen.ts';
import { allMasks, canEnumerate, type ExplanationMethod, type Mask } from './method.ts';
import { type WeightedRow, weightedLeastSquares } from './weighted-least-squares.ts';

/** So small that it only matters where the samples leave a value open. */
const RIDGE = 1e-9;

/**
 * Shapley values by weighted regression (Lundberg and Lee, 2017, "Kernel SHAP"). They add up to the score of the
 * whole less that of the empty input. Where all masks may be scored they are exact; else masks are drawn as often as
 * they weigh, each with its complement (Covert and Lee, 2021), which halves the noise.
 */
export const kernelShap: ExplanationMethod = {
  masks(units, { samples, seed }) {
    if (units === 1) return [];
    if (canEnumerate(units, samples)) return allMasks(units);
    const random = randomNumbers(seed);
    const sizes = sizeDistribution(units);
    return Array.from({ length: Math.floor(samples / 2) }, () => {
      const mask = new Uint8Array(units);
      for (const unit of chosen(drawSize(sizes, random()), units, random)) mask[unit] = 1;
      return [mask, mask.map((bit) => 1 - bit)];
    }).flat();
  },
  values(units, masks, { whole, empty, masked }) {
    const total = whole - empty;
    if (units === 1) return Float64Array.of(total);
    const enumerated = masks.length === 2 ** units - 2;
    // The last value is what the others leave of the total: one unknown less, and the sum is right by itself.
    const rows = masks.map((mask, index): WeightedRow => {
      const last = mask[units - 1] ?? 0;
      return {
        inputs: reduced(mask, last),
        target: (masked[index] ?? empty) - empty - last * total,
        weight: enumerated ? shapleyWeight(mask) : 1,
      };
    });
    const values = weightedLeastSquares(rows, units - 1, RIDGE);
    const sum = values.reduce((all, value) => all + value, 0);
    return Float64Array.from([...values, total - sum]);
  },
};

function reduced(mask: Mask, last: number): number[] {
  return Array.from(mask.subarray(0, -1), (bit) => bit - last);
}

/** (units − 1) / (choose(units, kept) · kept · (units − kept)) */
export function shapleyWeight(mask: Mask): number {
  const units = mask.length;
  const kept = mask.reduce((sum, bit) => sum + bit, 0);
  let choose = 1;
  for (let index = 0; index < kept; index++) choose = (choose * (units - index)) / (index + 1);
  return (units - 1) / (choose * kept * (units - kept));
}

/** Cumulative chances of 1, 2, … units − 1 kept: what all masks of that size weigh together. */
function sizeDistribution(units: number): number[] {
  const weights = Array.from({ length: units - 1 }, (_, index) => 1 / ((index + 1) * (units - index - 1)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight / total;
    return sum;
  });
}

function drawSize(cumulative: readonly number[], chance: number): number {
  const found = cumulative.findIndex((limit) => chance < limit);
  return found < 0 ? cumulative.length : found + 1;
}
