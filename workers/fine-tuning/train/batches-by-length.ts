import { randomNumbers, shuffled } from '#workers/model-zoo/seeded-random.ts';

export interface BatchPlan {
  readonly batchRows: number;
  readonly seed: number;
}

/** As many batches' rows as are sorted by length together: enough to pad little, few enough to stay mixed. */
const POOL_BATCHES = 64;

/**
 * One epoch's batches of row numbers: `rows` in a random order, sorted by length in pools, cut into batches, and the
 * batches in a random order again. `lengths` are tokens by row number. The last rows that fill no batch wait for
 * another epoch.
 */
export function batchesByLength(
  rows: Uint32Array,
  lengths: ArrayLike<number>,
  plan: BatchPlan,
): Uint32Array[] {
  const { batchRows, seed } = plan;
  const order = shuffled(rows.length, seed).map((index) => rows[index] ?? 0);
  const batches: Uint32Array[] = [];
  const poolRows = batchRows * POOL_BATCHES;
  for (let start = 0; start < order.length; start += poolRows) {
    const pool = order.slice(start, start + poolRows).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
    for (let first = 0; first + batchRows <= pool.length; first += batchRows) {
      batches.push(pool.subarray(first, first + batchRows));
    }
  }
  return Array.from(shuffled(batches.length, seed + 1), (index) => batches[index] as Uint32Array);
}

/** The rows of an epoch where each is taken with its own probability. */
export function sampledRows(probabilities: Float32Array, seed: number): Uint32Array {
  const random = randomNumbers(seed);
  const taken: number[] = [];
  for (let row = 0; row < probabilities.length; row++) {
    if (random() < (probabilities[row] ?? 0)) taken.push(row);
  }
  return Uint32Array.from(taken);
}
