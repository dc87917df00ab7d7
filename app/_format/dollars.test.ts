import { describe, expect, it } from 'vitest';
import { readDollars, writeDollars } from './dollars.ts';

describe('dollars as they are typed', () => {
  it.each([
    ['', null],
    [' 50 ', 50_000_000],
    ['$1,200.5', 1_200_500_000],
    ['1,234,567', 1_234_567_000_000],
    ['12,50', Number.NaN],
    ['1,5', Number.NaN],
    ['1200,5', Number.NaN],
    ['0.000001', 1],
    ['fifty', Number.NaN],
    ['-1', Number.NaN],
    ['0.0000001', Number.NaN],
  ])('%j', (typed, microUsd) => expect(readDollars(typed)).toBe(microUsd));
  it('are written as they were', () => {
    expect(writeDollars({ microUsd: 1_200_500_000, isHard: true })).toBe('1200.5');
    expect(writeDollars(null)).toBe('');
  });
});
