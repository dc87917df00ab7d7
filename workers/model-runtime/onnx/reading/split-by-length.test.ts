import { describe, expect, it } from 'vitest';
import { splitByLength } from './split-by-length.ts';

describe('splitByLength', () => {
  it('puts texts of one length together', () => {
    expect(splitByLength([5, 5, 5], 100)).toEqual([[0, 1, 2]]);
  });

  it('keeps every text once, shortest first', () => {
    const lengths = [90, 3, 40, 4, 3, 200];
    const runs = splitByLength(lengths, 256);
    expect(runs.flat().toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(runs[0]).toEqual([1, 4, 3]);
  });

  it('starts a run rather than pad a short text to a long one', () => {
    expect(splitByLength([4, 100], 1000)).toEqual([[0], [1]]);
  });

  it('bounds the padded tokens of a run, but runs a longer text alone', () => {
    expect(splitByLength([10, 10, 10, 50], 20)).toEqual([[0, 1], [2], [3]]);
  });

  it('splits nothing of nothing', () => {
    expect(splitByLength([], 10)).toEqual([]);
  });
});
