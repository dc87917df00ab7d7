import { describe, expect, it } from 'vitest';
import { fits, itemsForNextBatch } from './batch-policy.ts';

const policy = { itemsMax: 8, weightMax: 100, parallelBatches: 2 };

describe('fits', () => {
  it.each([
    ['the first item, however heavy', { items: 0, weight: 0 }, 500, true],
    ['up to the greatest weight', { items: 1, weight: 60 }, 40, true],
    ['not beyond the greatest weight', { items: 1, weight: 60 }, 41, false],
    ['not beyond the greatest number', { items: 8, weight: 8 }, 1, false],
  ])('%s', (_name, batch, weight, expected) => {
    expect(fits(policy, batch, weight)).toBe(expected);
  });
});

describe('itemsForNextBatch', () => {
  it.each([
    ['both threads free: half each', 6, 0, 3],
    ['an odd item goes to the first', 7, 0, 4],
    ['one thread free: all', 6, 1, 6],
    ['never more than a batch holds', 100, 0, 8],
    ['one item', 1, 0, 1],
  ])('%s', (_name, waiting, running, expected) => {
    expect(itemsForNextBatch(policy, waiting, running)).toBe(expected);
  });
});
