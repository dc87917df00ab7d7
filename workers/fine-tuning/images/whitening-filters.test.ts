import { describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { whiteningFilters } from './whitening-filters.ts';

const SIDE = 12;
const KERNEL = 2;
const SIZE = 3 * KERNEL ** 2;

describe('symmetricEigen', () => {
  it('finds values and vectors that make up the matrix again', () => {
    const random = randomNumbers(5);
    const half = Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => random() - 0.5));
    const matrix = half.map((row, i) => row.map((value, j) => value + (half[j]?.[i] ?? 0)));
    const { values, vectors } = symmetricEigen(matrix);
    matrix.forEach((row, i) => {
      row.forEach((value, j) => {
        const made = values.reduce(
          (sum, lambda, k) => sum + lambda * (vectors[k]?.[i] ?? 0) * (vectors[k]?.[j] ?? 0),
          0,
        );
        expect(made).toBeCloseTo(value, 8);
      });
    });
  });
});

describe('whiteningFilters', () => {
  it('gives patches that are uncorrelated and of variance 1, each filter with its negative', () => {
    const random = randomNumbers(3);
    // Neighbours and colours go together, as in pictures.
    const pictures = new Float32Array(40 * SIDE * SIDE * 3);
    let last = 0;
    pictures.forEach((_, at) => {
      last = 0.8 * last + random() - 0.5;
      pictures[at] = last;
    });
    const { shape, data } = whiteningFilters(pictures, SIDE, { kernel: KERNEL, epsilon: 0 });
    expect(shape).toEqual([2 * SIZE, 3, KERNEL, KERNEL]);
    const filters = Array.from({ length: 2 * SIZE }, (_, at) =>
      (data as Float32Array).subarray(at * SIZE, (at + 1) * SIZE),
    );
    for (let at = 0; at < SIZE; at++) {
      filters[at]?.forEach((value, k) => {
        expect(filters[SIZE + at]?.[k]).toBe(-value);
      });
    }
    const sums = Array.from({ length: SIZE }, () => new Float64Array(SIZE));
    let patches = 0;
    for (let picture = 0; picture < 40; picture++) {
      for (let top = 0; top + KERNEL <= SIDE; top++) {
        for (let left = 0; left + KERNEL <= SIDE; left++) {
          const patch = [0, 1, 2].flatMap((channel) =>
            [0, 1].flatMap((row) =>
              [0, 1].map(
                (column) =>
                  pictures[((picture * SIDE + top + row) * SIDE + left + column) * 3 + channel] ?? 0,
              ),
            ),
          );
          const white = filters
            .slice(0, SIZE)
            .map((filter) => patch.reduce((sum, value, k) => sum + value * (filter[k] ?? 0), 0));
          white.forEach((a, i) => {
            white.forEach((b, j) => {
              (sums[i] as Float64Array)[j] = (sums[i]?.[j] ?? 0) + a * b;
            });
          });
          patches++;
        }
      }
    }
    sums.forEach((row, i) => {
      row.forEach((sum, j) => {
        expect(sum / patches).toBeCloseTo(i === j ? 1 : 0, 3);
      });
    });
  });
});
