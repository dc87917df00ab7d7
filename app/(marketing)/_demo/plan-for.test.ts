import { describe, expect, it } from 'vitest';
import { plans } from '#server/domain/billing/schema.ts';
import { planFor, textsAt } from './plan-for.ts';

describe('the plan for a month', () => {
  it('is the smallest that carries it, to the unit', () => {
    expect(planFor(1)).toBe('free');
    expect(planFor(plans.free.quotaUnits)).toBe('free');
    expect(planFor(plans.free.quotaUnits + 1)).toBe('pro');
    expect(planFor(plans.pro.quotaUnits + 1)).toBe('scale');
  });
  it('is none above the largest', () => expect(planFor(plans.scale.quotaUnits + 1)).toBeNull());
});

describe('the scale of texts', () => {
  it.each([
    [0, 1_000],
    [0.5, 1_000_000],
    [1, 1_000_000_000],
  ])('at %d stands %d', (share, texts) => expect(textsAt(share, { from: 3, to: 9 })).toBe(texts));
});
