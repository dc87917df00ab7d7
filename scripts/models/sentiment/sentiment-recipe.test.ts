import { describe, expect, it } from 'vitest';
import type { LadderName } from '#scripts/evaluate/cards/sentiment-metrics.ts';
import { smallestGoodEnough } from './compression-ladder.ts';
import { rowShares, rowWeights } from './sentiment-recipe.ts';

const row = (source: string, label: number) => ({ source, label, text: 'x' });
const rows = [
  ...Array.from({ length: 90 }, () => row('tweets', 1)),
  ...Array.from({ length: 10 }, () => row('tweets', 0)),
  ...Array.from({ length: 50 }, () => row('pros-cons', 2)),
];

describe('the recipe', () => {
  it('weighs a rare label more, by the root, within its source', () => {
    const shares = rowShares(rows);
    const weights = rowWeights(rows, shares);
    expect((weights[90] ?? 0) / (weights[0] ?? 1)).toBeCloseTo(3, 5);
    expect(weights[149]).toBeCloseTo(1, 5);
  });

  it('keeps the mean weight of what an epoch takes at 1', () => {
    const shares = rowShares(rows);
    const weights = rowWeights(rows, shares);
    const taken = shares.reduce((sum, share) => sum + share, 0);
    const sum = weights.reduce((all, weight, index) => all + weight * (shares[index] ?? 0), 0);
    expect(sum / taken).toBeCloseTo(1, 5);
  });
});

describe('what ships', () => {
  const step = (precision: LadderName, sizeBytes: number, sst: number) => ({
    precision,
    sizeBytes,
    accuracy: 0.7,
    agreement: 1,
    sources: { sst, tweets: 0.7 },
    cpuMs: 1,
  });

  it('is the smallest that loses less than half a point', () => {
    const ladder = [step('float32', 90, 0.89), step('float16', 45, 0.89), step('int8', 35, 0.886)];
    expect(smallestGoodEnough(ladder).precision).toBe('int8');
  });

  it('is never the distilled one, however good it is', () => {
    const ladder = [step('float32', 90, 0.89), step('int8', 35, 0.89), step('int8-distilled', 25, 0.89)];
    expect(smallestGoodEnough(ladder).precision).toBe('int8');
  });

  it('is larger where the smallest loses more on any source', () => {
    const ladder = [step('float32', 90, 0.89), step('float16', 45, 0.889), step('int8', 35, 0.884)];
    expect(smallestGoodEnough(ladder).precision).toBe('float16');
  });
});
