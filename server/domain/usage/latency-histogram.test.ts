import { describe, expect, it } from 'vitest';
import { latencyBuckets, latencyQuantileMs } from './latency-histogram.ts';

const counts = (filled: Record<number, number>) =>
  Array.from({ length: latencyBuckets }, (_, i) => filled[i] ?? 0);

describe('latencyQuantileMs', () => {
  it.each([
    ['no request', counts({}), 0.95, null],
    ['all in the first bucket', counts({ 0: 100 }), 0.5, 2.5],
    ['the whole of a bucket', counts({ 2: 10 }), 1, 20],
    ['an edge between two buckets', counts({ 0: 95, 3: 5 }), 0.95, 5],
    ['inside the second of two', counts({ 0: 90, 3: 10 }), 0.95, 35],
    ['beyond the last bound', counts({ 12: 3 }), 0.95, 30_000],
    ['a share that no binary fraction meets', counts({ 3: 7, 4: 3 }), 0.95, 91.7],
    ['empty buckets before the first request', counts({ 4: 10 }), 0, 50],
  ])('%s', (_name, given, q, expected) => {
    expect(latencyQuantileMs(given, q)).toEqual(expected);
  });
});
