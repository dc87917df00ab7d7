import { describe, expect, it } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';

describe("dropout's mask", () => {
  it('drops as many as the rate says and keeps the expectation', () => {
    for (const rate of [0.1, 0.5]) {
      const mask = dropoutMask(100_001, rate, 5);
      const dropped = mask.filter((value) => value === 0).length / mask.length;
      const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
      expect(Math.abs(dropped - rate)).toBeLessThan(0.005);
      expect(mean).toBeCloseTo(1, 2);
    }
  });

  it('follows from the seed, and seeds side by side have nothing in common', () => {
    const [one, two] = [dropoutMask(100_000, 0.5, 1), dropoutMask(100_000, 0.5, 2)];
    expect(dropoutMask(100_000, 0.5, 1)).toEqual(one);
    const alike = one.filter((value, index) => value === two[index]).length / one.length;
    expect(Math.abs(alike - 0.5)).toBeLessThan(0.01);
  });
});
