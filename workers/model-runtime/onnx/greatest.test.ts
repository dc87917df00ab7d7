import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { greatest } from './greatest.ts';

describe('greatest', () => {
  it('names the places of the greatest values as sorting all of them would', () => {
    const random = randomNumbers(9);
    const values = Array.from({ length: 1000 }, () => Math.floor(random() * 300));
    const sorted = values
      .map((value, index) => ({ value, index }))
      .toSorted((a, b) => b.value - a.value || a.index - b.index)
      .map(({ index }) => index);
    for (const count of [0, 1, 5, 100, 1000, 1200]) {
      expect(greatest(values, count)).toEqual(sorted.slice(0, count));
    }
  });
});
