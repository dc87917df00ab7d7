import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { abstaining, abstentionThreshold } from './abstention.ts';
import type { Judged } from './measures.ts';
import { predictionSet, setCoverage, setThreshold } from './prediction-sets.ts';

/** Rows of a model that knows its chances: the right label is drawn from the scores themselves. */
function rowsOf(count: number, seed: number): Judged[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const raw = [random() ** 3, random() ** 3, random() ** 3];
    const sum = raw.reduce((total, value) => total + value, 0);
    const scores = raw.map((value) => value / sum);
    const drawn = random();
    const label = drawn < (scores[0] ?? 0) ? 0 : drawn < (scores[0] ?? 0) + (scores[1] ?? 0) ? 1 : 2;
    return { label, scores };
  });
}

describe('prediction sets', () => {
  it.each([0.8, 0.9, 0.95])('hold the right label as often as stated: %s', (coverage) => {
    const threshold = setThreshold(rowsOf(2000, 1), coverage);
    const reached = setCoverage(rowsOf(20_000, 2), threshold);
    expect(Math.abs(reached.coverage - coverage)).toBeLessThan(0.02);
  });

  it('grow with the coverage that is stated', () => {
    const rows = rowsOf(2000, 1);
    const sizes = [0.5, 0.8, 0.99].map((coverage) => setCoverage(rows, setThreshold(rows, coverage)).size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(predictionSet([0.7, 0.2, 0.1], 0.2)).toEqual([0, 1]);
  });
});

describe('abstaining', () => {
  it('answers what it is sure of, and is right as often as wanted', () => {
    const threshold = abstentionThreshold(rowsOf(4000, 3), 0.8) ?? Number.NaN;
    const reached = abstaining(rowsOf(20_000, 4), threshold);
    expect(Math.abs(reached.accuracy - 0.8)).toBeLessThan(0.02);
    expect(reached.answered).toBeGreaterThan(0.1);
    expect(reached.answered).toBeLessThan(0.9);
  });

  it('says so where no threshold reaches it', () => {
    expect(abstentionThreshold([{ label: 1, scores: [1, 0] }], 0.9)).toBeUndefined();
  });
});
