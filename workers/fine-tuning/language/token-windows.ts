import { randomNumbers, shuffled } from '#workers/model-zoo/seeded-random.ts';

/** Which windows of a long text a step takes, counted from 0. */
export interface TokenWindows {
  readonly perEpoch: number;
  /** Rows of `length + 1` tokens: each but the last is read, each but the first is to be told. */
  rows(step: number): Int32Array;
}

const SEEDS_PER_EPOCH = 7919;

/**
 * Every epoch cuts the text into windows beside each other, from a place of its own, and takes each once, in a new order. All
 * follows from the seed and the step.
 */
export function tokenWindows(
  tokens: Int32Array,
  { length, batchRows, seed }: { readonly length: number; readonly batchRows: number; readonly seed: number },
): TokenWindows {
  // One window less than there are: room for the place where an epoch begins.
  const windows = Math.floor((tokens.length - 1) / length) - 1;
  const perEpoch = Math.floor(windows / batchRows);
  if (perEpoch < 1) {
    throw new RangeError(
      `${tokens.length} tokens are too few for ${batchRows} windows of ${length} in one batch.`,
    );
  }
  let epochAt = -1;
  let order: Uint32Array = new Uint32Array();
  let start = 0;
  return {
    perEpoch,
    rows(step) {
      const epoch = Math.floor(step / perEpoch);
      if (epoch !== epochAt) {
        const epochSeed = seed + SEEDS_PER_EPOCH * epoch;
        order = shuffled(windows, epochSeed);
        start = Math.floor(randomNumbers(epochSeed)() * length);
        epochAt = epoch;
      }
      const rows = new Int32Array(batchRows * (length + 1));
      for (let row = 0; row < batchRows; row++) {
        const window = order[(step % perEpoch) * batchRows + row] ?? 0;
        const from = start + window * length;
        rows.set(tokens.subarray(from, from + length + 1), row * (length + 1));
      }
      return rows;
    },
  };
}
