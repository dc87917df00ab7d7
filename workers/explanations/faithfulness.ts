import type { Mask } from './method.ts';

/** Steps of a curve: more would cost runs and hardly move the area. */
const STEPS_MAX = 10;

/**
 * How well values order the units (Petsiuk, Das and Saenko, 2018): the mean score while the most important units are
 * taken out one after the other (`deletion`, lower is better), and while they are put in (`insertion`, higher is).
 */
export interface Faithfulness {
  readonly deletion: number;
  readonly insertion: number;
}

/** The masks between the whole and the empty input, in the order of the values: those of deletion, then insertion. */
export function faithfulnessMasks(values: ArrayLike<number>): Mask[] {
  const units = values.length;
  const order = Array.from({ length: units }, (_, unit) => unit).sort(
    (a, b) => (values[b] ?? 0) - (values[a] ?? 0),
  );
  const counts = stepCounts(units).slice(1, -1);
  const mask = (count: number, inside: number) => {
    const bits = new Uint8Array(units).fill(1 - inside);
    for (const unit of order.slice(0, count)) bits[unit] = inside;
    return bits;
  };
  return [...counts.map((count) => mask(count, 0)), ...counts.map((count) => mask(count, 1))];
}

/** `scores` of the masks above, in their order. Areas by trapezoids over the share of units. */
export function faithfulnessOf(
  units: number,
  scores: readonly number[],
  whole: number,
  empty: number,
): Faithfulness {
  const inner = scores.length / 2;
  const shares = stepCounts(units).map((count) => count / units);
  return {
    deletion: area(shares, [whole, ...scores.slice(0, inner), empty]),
    insertion: area(shares, [empty, ...scores.slice(inner), whole]),
  };
}

/** How many units are taken out at each point, from none to all. */
function stepCounts(units: number): number[] {
  const steps = Math.min(units, STEPS_MAX);
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * units) / steps));
}

/** The most masks that `faithfulnessMasks` gives for so many units. */
export function faithfulnessRuns(units: number): number {
  return 2 * Math.max(0, Math.min(units, STEPS_MAX) - 1);
}

function area(x: readonly number[], y: readonly number[]): number {
  return x.slice(1).reduce((sum, to, index) => {
    const from = x[index] ?? 0;
    return sum + ((to - from) * ((y[index] ?? 0) + (y[index + 1] ?? 0))) / 2;
  }, 0);
}
