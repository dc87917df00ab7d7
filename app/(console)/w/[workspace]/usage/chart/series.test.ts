import { describe, expect, it } from 'vitest';
import type { UsageOverview } from '#server/domain/usage/schema.ts';
import { axisOf, otherName, seriesOf } from './series.ts';

const hour = (n: number) => new Date(Date.UTC(2026, 10, 22, n));
const overview = (points: readonly [number, string, number][]): UsageOverview => ({
  from: hour(0),
  to: hour(4),
  bucket: 'hour',
  totals: { requests: 0, failed: 0, units: 0, priceMicroUsd: 0, p95Ms: null },
  series: points.map(([at, model, requests]) => ({ at: hour(at), model, requests, priceMicroUsd: requests })),
  rows: [],
  countedAt: hour(4),
});

describe('the chart’s series', () => {
  it('has every hour of the period, the empty ones too', () => {
    const { buckets } = seriesOf(overview([[2, 'a', 3]]));
    expect(buckets.map((bucket) => bucket.total)).toEqual([0, 0, 3, 0]);
  });
  it('stacks the models most called first', () => {
    const { names, buckets } = seriesOf(
      overview([
        [0, 'a', 1],
        [0, 'b', 5],
      ]),
    );
    expect(names).toEqual(['b', 'a']);
    expect(buckets[0]?.counts).toEqual([5, 1]);
  });
  it('adds up what comes after the fifth as one', () => {
    const seven = 'abcdefg'
      .split('')
      .map((model, index) => [1, model, 10 - index] as [number, string, number]);
    const { names, colors, buckets } = seriesOf(overview(seven));
    expect(names.at(-1)).toBe(otherName);
    expect(colors.at(-1)).toBe('var(--series-other)');
    expect(buckets[1]?.counts).toEqual([10, 9, 8, 7, 6, 9]);
  });
});

describe('the axis', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [51, [0, 20, 40, 60]],
    [60_000, [0, 20_000, 40_000, 60_000]],
    [983, [0, 500, 1_000]],
  ])('for %d', (most, marks) => expect(axisOf(most).marks).toEqual(marks));
});
