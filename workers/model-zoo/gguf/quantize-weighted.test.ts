import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../seeded-random.ts';
import { dequantize } from './dequantize.ts';
import { quantize } from './quantize.ts';
import { quantizeWeighted } from './quantize-weighted.ts';

const COLUMNS = 64;
const ROWS = 16;
const random = randomNumbers(7);
const values = Float32Array.from({ length: ROWS * COLUMNS }, () => random() + random() + random() - 1.5);

function error(stored: Uint8Array, importance: Float32Array): number {
  return dequantize('a', 'Q4_0', stored).reduce(
    (sum, value, index) =>
      sum + (importance[index % COLUMNS] ?? Number.NaN) * (value - (values[index] ?? Number.NaN)) ** 2,
    0,
  );
}

describe('4 bits, weighed by what the columns matter', () => {
  it.each([
    ['all alike', 0.95, () => 1],
    ['some a thousand times as much', 0.85, (column: number) => (column % 13 === 0 ? 1000 : 1)],
  ])('errs less than the reference quantiser: %s', (_, share, weight) => {
    const importance = Float32Array.from({ length: COLUMNS }, (_, column) => weight(column));
    const reference = error(quantize('a', 'Q4_0', values), importance);
    expect(error(quantizeWeighted('a', values, importance), importance)).toBeLessThan(share * reference);
  });

  it('keeps a block of zeros', () => {
    const stored = quantizeWeighted('a', new Float32Array(COLUMNS), new Float32Array(COLUMNS).fill(1));
    expect(dequantize('a', 'Q4_0', stored)).toEqual(new Float32Array(COLUMNS));
  });

  it('keeps a block whose columns were never used close as well', () => {
    const stored = quantizeWeighted('a', values, new Float32Array(COLUMNS));
    const equal = new Float32Array(COLUMNS).fill(1);
    expect(error(stored, equal)).toBeLessThanOrEqual(error(quantize('a', 'Q4_0', values), equal));
  });

  it('refuses importances of another width', () => {
    expect(() => quantizeWeighted('a', values, new Float32Array(48))).toThrow('a: rows are no multiple');
    expect(() => quantizeWeighted('a', values, new Float32Array(32 * 7))).toThrow('a: rows are no multiple');
  });
});
