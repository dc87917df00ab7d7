import { describe, expect, it } from 'vitest';
import { singleToHalf } from './single-to-half.ts';

const half = (value: number) => singleToHalf(Float32Array.of(value))[0];

describe('half precision', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00], // rounds up, out of range
    [1e9, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [2 ** -14, 0x0400], // least normal
    [2 ** -24, 0x0001], // least of all
    [2 ** -25, 0x0000], // a tie goes to even
    [1.5 * 2 ** -25, 0x0001],
    [1 + 2 ** -11, 0x3c00], // a tie
    [1 + 3 * 2 ** -11, 0x3c02],
    [0.1, 0x2e66],
  ])('of %s', (value, bits) => {
    expect(half(value)).toBe(bits);
  });

  it('keeps that something is no number', () => {
    expect((half(Number.NaN) ?? 0) & 0x7fff).toBeGreaterThan(0x7c00);
  });
});
