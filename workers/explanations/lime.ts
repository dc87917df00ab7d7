import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { chosen } from './chosen.ts';
import { allMasks, canEnumerate, type ExplanationMethod, type Mask } from './method.ts';
import { type WeightedRow, weightedLeastSquares } from './weighted-least-squares.ts';

/** Of the exponential kernel over the cosine distance to the whole input; the authors' value for text is 25 of 100. */
const KERNEL_WIDTH = 0.25;
/** The authors' strength of the ridge, and the samples that it is meant for. */
const RIDGE = 1;
const RIDGE_SAMPLES = 5000;

/**
 * LIME (Ribeiro, Singh and Guestrin, 2016): a linear model of the score around the input, fitted to masks at random,
 * near ones weighing more. The whole input is one of its rows. Its values do not add up to anything.
 */
export const lime: ExplanationMethod = {
  masks(units, { samples, seed }) {
    if (canEnumerate(units, samples)) return allMasks(units);
    const random = randomNumbers(seed);
    return Array.from({ length: samples }, () => {
      const mask = new Uint8Array(units).fill(1);
      const removed = 1 + Math.floor(random() * (units - 1));
      for (const unit of chosen(removed, units, random)) mask[unit] = 0;
      return mask;
    });
  },
  values(units, masks, { whole, empty, masked }) {
    // Nothing stands between the whole and nothing, so there are no neighbours to fit a line to.
    if (units === 1) return Float64Array.of(whole - empty);
    const rows: WeightedRow[] = [new Uint8Array(units).fill(1), ...masks].map((mask, index) => ({
      inputs: mask,
      target: index === 0 ? whole : (masked[index - 1] ?? whole),
      weight: limeWeight(mask),
    }));
    // Each mask once stands for all of the authors' samples: a ridge for thousands would hold the values of a few rows down.
    const isEnumerated = masks.length === 2 ** units - 2;
    return centredRidge(rows, units, isEnumerated ? (RIDGE * rows.length) / RIDGE_SAMPLES : RIDGE);
  },
};

/** exp(−d² / width²), d the cosine distance between the mask and the whole. */
export function limeWeight(mask: Mask): number {
  const kept = mask.reduce((sum, bit) => sum + bit, 0);
  const distance = 1 - Math.sqrt(kept / mask.length);
  return Math.exp(-(distance ** 2) / KERNEL_WIDTH ** 2);
}

/** The ridge holds the units' values down, not the intercept: rows are centred on their weighted mean before. */
function centredRidge(rows: readonly WeightedRow[], units: number, ridge: number): Float64Array {
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (row: WeightedRow) => number) =>
    rows.reduce((sum, row) => sum + row.weight * of(row), 0) / total;
  const means = Array.from({ length: units }, (_, unit) => mean(({ inputs }) => inputs[unit] ?? 0));
  const meanTarget = mean(({ target }) => target);
  const centred = rows.map(({ inputs, target, weight }) => ({
    inputs: means.map((value, unit) => (inputs[unit] ?? 0) - value),
    target: target - meanTarget,
    weight,
  }));
  return weightedLeastSquares(centred, units, ridge);
}
