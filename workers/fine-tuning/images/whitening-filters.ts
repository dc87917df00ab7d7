import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface WhiteningOptions {
  readonly kernel: number; // the side of a patch
  /** Added to each pattern's variance, so that the faintest are not blown up to noise. */
  readonly epsilon: number;
}

const CHANNELS = 3;

/**
 * Filters that make the patches of pictures white: uncorrelated, each of variance 1 (Coates and Ng, 2012), and the negative
 * of each filter beside it. `pictures` are normalised, [count, side, side, 3] -> [2 · 3 · kernel², 3, kernel, kernel].
 */
export function whiteningFilters(
  pictures: Float32Array,
  side: number,
  { kernel, epsilon }: WhiteningOptions,
): StoredTensor {
  const size = CHANNELS * kernel ** 2;
  const { values, vectors } = symmetricEigen(patchCovariance(pictures, side, kernel));
  const data = new Float32Array(2 * size * size);
  vectors.forEach((vector, filter) => {
    const scale = 1 / Math.sqrt((values[filter] ?? 0) + epsilon);
    vector.forEach((value, at) => {
      data[filter * size + at] = value * scale;
      data[(size + filter) * size + at] = -value * scale;
    });
  });
  return { shape: [2 * size, CHANNELS, kernel, kernel], data };
}

/** [size][size] of all patches, each in the order channel, row, column. */
function patchCovariance(pictures: Float32Array, side: number, kernel: number): number[][] {
  const size = CHANNELS * kernel ** 2;
  const sums = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const patch = new Float64Array(size);
  const perPicture = side * side * CHANNELS;
  let patches = 0;
  for (let start = 0; start < pictures.length; start += perPicture) {
    for (let top = 0; top + kernel <= side; top++) {
      for (let left = 0; left + kernel <= side; left++) {
        for (let at = 0; at < size; at++) {
          const [channel, within] = [Math.floor(at / kernel ** 2), at % kernel ** 2];
          const [row, column] = [top + Math.floor(within / kernel), left + (within % kernel)];
          patch[at] = pictures[start + (row * side + column) * CHANNELS + channel] ?? 0;
        }
        for (let a = 0; a < size; a++) {
          const sum = sums[a] as number[];
          for (let b = 0; b < size; b++) sum[b] = (sum[b] ?? 0) + (patch[a] ?? 0) * (patch[b] ?? 0);
        }
        patches++;
      }
    }
  }
  return sums.map((sum) => sum.map((value) => value / patches));
}
