import { describe, expect, it } from 'vitest';
import {
  explainedValues,
  explanationOf,
  followUpMasks,
  METHODS,
  type MethodName,
  planExplanation,
} from './explanation.ts';
import { limeWeight } from './lime.ts';
import type { Mask } from './method.ts';

const names = Object.keys(METHODS) as MethodName[];
const options = { samples: 256, seed: 1 };

/** Units that pull, push, and one pair that only acts together. */
function score(mask: Mask): number {
  const [a = 0, b = 0, c = 0] = mask;
  const rest = mask.slice(3).reduce((sum, bit, index) => sum + bit * Math.sin(index + 1) * 0.05, 0);
  return 1 / (1 + Math.exp(-(a - 0.5 * b + 2 * a * c + rest)));
}

function shapleyByDefinition(units: number): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Array.from({ length: units }, (_, unit) => {
    let value = 0;
    for (let bits = 0; bits < 2 ** units; bits++) {
      if ((bits >> unit) & 1) continue;
      const without = Uint8Array.from({ length: units }, (_u, at) => (bits >> at) & 1);
      const within = Uint8Array.from(without);
      within[unit] = 1;
      const size = without.reduce((sum, bit) => sum + bit, 0);
      const weight = (factorial(size) * factorial(units - size - 1)) / factorial(units);
      value += weight * (score(within) - score(without));
    }
    return value;
  });
}

/** Weighted ridge by plain descent over every mask: slow, and another way than the one that is tested. */
function limeByDescent(units: number): number[] {
  const masks = Array.from({ length: 2 ** units - 1 }, (_, index) =>
    Uint8Array.from({ length: units }, (_u, at) => ((index + 1) >> at) & 1),
  );
  const weights = masks.map(limeWeight);
  const ridge = masks.length / 5000;
  const x = new Array<number>(units + 1).fill(0);
  for (let round = 0; round < 100_000; round++) {
    const slope = new Array<number>(units + 1).fill(0);
    masks.forEach((mask, row) => {
      const answer = mask.reduce((sum, bit, at) => sum + bit * (x[at] ?? 0), x[units] ?? 0);
      const error = (weights[row] ?? 0) * (answer - score(mask));
      for (let at = 0; at <= units; at++)
        slope[at] = (slope[at] ?? 0) + error * (at === units ? 1 : (mask[at] ?? 0));
    });
    for (let at = 0; at <= units; at++) {
      x[at] = (x[at] ?? 0) - 0.1 * ((slope[at] ?? 0) + (at === units ? 0 : ridge * (x[at] ?? 0)));
    }
  }
  return x.slice(0, units);
}

function explained(method: MethodName, units: number, over = {}): number[] {
  const plan = planExplanation(method, units, { ...options, ...over });
  return [...explainedValues(plan, plan.masks.map(score))];
}

describe('on up to eight units, values are those of exact enumeration', () => {
  it.each([1, 2, 3, 5, 8])('shap, %s', (units) => {
    const exact = shapleyByDefinition(units);
    explained('shap', units).forEach((value, unit) => expect(value).toBeCloseTo(exact[unit] ?? 0, 6));
  });

  it.each([2, 4])('lime, %s', (units) => {
    const exact = limeByDescent(units);
    explained('lime', units).forEach((value, unit) => expect(value).toBeCloseTo(exact[unit] ?? 0, 6));
  });

  it.each(names)('%s, of what only adds up: what each unit adds', (method) => {
    for (const units of [2, 3, 5, 8]) {
      const adds = Array.from({ length: units }, (_, unit) => (unit === 0 ? 0.6 : -0.02 * unit));
      const plan = planExplanation(method, units, options);
      const scores = plan.masks.map((mask) =>
        adds.reduce((sum, add, unit) => sum + add * (mask[unit] ?? 0), 0),
      );
      explainedValues(plan, scores).forEach((value, unit) =>
        expect(Math.abs(value - (adds[unit] ?? 0))).toBeLessThan(0.01),
      );
    }
  });

  it.each(names)('%s, of one: all that it does', (method) => {
    const all = score(Uint8Array.of(1)) - score(Uint8Array.of(0));
    expect(explained(method, 1)).toEqual([all]);
  });

  it.each([1, 3, 8])('occlusion, %s', (units) => {
    const whole = new Uint8Array(units).fill(1);
    explained('occlusion', units).forEach((value, unit) => {
      const without = Uint8Array.from(whole);
      without[unit] = 0;
      expect(value).toBeCloseTo(score(whole) - score(without), 12);
    });
  });
});

describe('on more units', () => {
  it('shap adds up to what the whole has more than nothing, however few the samples', () => {
    for (const samples of [40, 100, 256]) {
      const sum = explained('shap', 20, { samples }).reduce((all, value) => all + value, 0);
      expect(sum).toBeCloseTo(score(new Uint8Array(20).fill(1)) - score(new Uint8Array(20)), 9);
    }
  });

  it('shap comes near to exact values', () => {
    const exact = shapleyByDefinition(12);
    explained('shap', 12, { samples: 2000 }).forEach((value, unit) =>
      expect(Math.abs(value - (exact[unit] ?? 0))).toBeLessThan(0.01),
    );
  });

  it.each(names)('%s gives the same values for the same seed, within its number of samples', (method) => {
    expect(explained(method, 20)).toEqual(explained(method, 20));
    expect(planExplanation(method, 20, options).masks.length).toBeLessThanOrEqual(options.samples + 2);
  });

  it('another seed draws other masks', () => {
    expect(planExplanation('lime', 20, options).masks).not.toEqual(
      planExplanation('lime', 20, { ...options, seed: 2 }).masks,
    );
  });

  it.each(names)('%s never takes a whole or an empty input for a mask', (method) => {
    for (const mask of planExplanation(method, 17, options).masks.slice(2)) {
      const kept = mask.reduce((sum, bit) => sum + bit, 0);
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThan(17);
    }
  });
});

describe('faithfulness', () => {
  function areas(values: Float64Array, units: number) {
    const plan = planExplanation('occlusion', units, options);
    const masks = [...plan.masks, ...followUpMasks(values)];
    return explanationOf(plan, masks.map(score)).faithfulness;
  }

  it('is better for the right order than for the opposite one', () => {
    const values = Float64Array.from(shapleyByDefinition(8));
    const [right, wrong] = [
      areas(values, 8),
      areas(
        values.map((value) => -value),
        8,
      ),
    ];
    expect(right.deletion).toBeLessThan(wrong.deletion);
    expect(right.insertion).toBeGreaterThan(wrong.insertion);
  });

  it.each([1, 2, 9, 10, 11, 64])('takes no more runs than were planned, of %s units', (units) => {
    const values = Float64Array.from({ length: units }, (_, unit) => unit);
    expect(followUpMasks(values).length).toBe(planExplanation('lime', units, options).followUpRunsMax);
    const { deletion, insertion } = areas(values, units);
    expect(Number.isFinite(deletion + insertion)).toBe(true);
  });
});
