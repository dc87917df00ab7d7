import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { batchesByLength, sampledRows } from './batches-by-length.ts';

const random = randomNumbers(1);
const lengths = Uint32Array.from({ length: 10_000 }, () => 3 + Math.floor(60 * random() ** 3));
const rows = Uint32Array.from(lengths.keys());
const plan = { batchRows: 32, seed: 7 };

describe('batches by length', () => {
  it('take each row once, all but the few that fill no batch', () => {
    const batches = batchesByLength(rows, lengths, plan);
    const taken = batches.flatMap((batch) => [...batch]);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.length).toBeGreaterThan(rows.length - 32);
    expect(batches.every((batch) => batch.length === 32)).toBe(true);
  });

  it('pad little', () => {
    const batches = batchesByLength(rows, lengths, plan);
    const tokens = batches.flatMap((batch) => [...batch]).reduce((sum, row) => sum + (lengths[row] ?? 0), 0);
    const padded = batches.reduce(
      (sum, batch) => sum + batch.length * Math.max(...Array.from(batch, (row) => lengths[row] ?? 0)),
      0,
    );
    expect(padded / tokens).toBeLessThan(1.15);
  });

  it('come in no order of length, and in the same order for the same seed', () => {
    const first = (seed: number) =>
      batchesByLength(rows, lengths, { ...plan, seed }).map((batch) => lengths[batch[0] ?? 0] ?? 0);
    const half = first(7).length / 2;
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(first(7).slice(0, half)) - mean(first(7).slice(half)))).toBeLessThan(3);
    expect(first(7)).toEqual(first(7));
    expect(first(7)).not.toEqual(first(8));
  });
});

describe('the rows of an epoch', () => {
  it('are taken as often as their share says', () => {
    const shares = Float32Array.from({ length: 20_000 }, (_, row) => (row < 10_000 ? 1 : 0.25));
    const taken = sampledRows(shares, 3);
    expect(taken.filter((row) => row < 10_000).length).toBe(10_000);
    expect(taken.length - 10_000).toBeGreaterThan(2_350);
    expect(taken.length - 10_000).toBeLessThan(2_650);
  });
});
