import { halfToSingle } from '../half-to-single.ts';
import { singleToHalf } from '../onnx/single-to-half.ts';
import { GgufError } from './gguf-error.ts';
import { quantize } from './quantize.ts';
import { TENSOR_TYPES } from './tensor-types.ts';

const { blockElements: BLOCK, blockBytes: BLOCK_BYTES } = TENSOR_TYPES.Q4_0;
const HALF_BLOCK = BLOCK / 2;
/** Scales that are tried: what has the largest magnitude becomes -8, and up to 1.2 below or above it. */
const STEPS = 12;
const STEP = 0.1;

/**
 * Q4_0 that errs least where it matters: each block takes the scale with the least squared error, each column's weighed by
 * `importance` [columns], the mean square of what the column is multiplied with. (The idea of llama.cpp's importance matrix; the
 * reference quantiser takes the largest number's scale, which spends the levels on outliers.)
 */
export function quantizeWeighted(name: string, values: Float32Array, importance: Float32Array): Uint8Array {
  if (importance.length % BLOCK !== 0 || values.length % importance.length !== 0) {
    throw new GgufError(`${name}: rows are no multiple of the ${importance.length} importances.`);
  }
  const bytes = quantize(name, 'Q4_0', values);
  const view = new DataView(bytes.buffer);
  for (let start = 0; start < values.length; start += BLOCK) {
    const block = values.subarray(start, start + BLOCK);
    const column = start % importance.length;
    const { half, levels } = bestScale(block, positive(importance.subarray(column, column + BLOCK)));
    const at = (start / BLOCK) * BLOCK_BYTES;
    view.setUint16(at, half, true);
    for (let index = 0; index < HALF_BLOCK; index++) {
      view.setUint8(at + 2 + index, (levels[index] ?? 0) | ((levels[HALF_BLOCK + index] ?? 0) << 4));
    }
  }
  return bytes;
}

interface Candidate {
  readonly half: number;
  readonly levels: Uint8Array;
}

/** A column that no text used may be used by another: it matters a little, all of them alike. */
function positive(importance: Float32Array): Float32Array {
  const greatest = importance.reduce((max, value) => Math.max(max, value), 0);
  const least = greatest > 0 ? greatest * 1e-4 : 1;
  return importance.map((value) => Math.max(value, least));
}

function bestScale(block: Float32Array, weights: Float32Array): Candidate {
  const largest = block.reduce((found, value) => (Math.abs(value) > Math.abs(found) ? value : found), 0);
  let best: Candidate = { half: 0, levels: new Uint8Array(BLOCK).fill(8) };
  let least = weightedError(block, weights, best);
  for (let step = -STEPS; step <= STEPS; step++) {
    const candidate = fitted(block, weights, -(8 + step * STEP) / largest);
    const error = weightedError(block, weights, candidate);
    if (error < least) {
      least = error;
      best = candidate;
    }
  }
  return best;
}

/** The levels that `inverse` rounds to, and the scale that is best for these levels. */
function fitted(block: Float32Array, weights: Float32Array, inverse: number): Candidate {
  const levels = new Uint8Array(BLOCK);
  let product = 0;
  let square = 0;
  for (let index = 0; index < BLOCK; index++) {
    const value = block[index] ?? 0;
    const level = Math.max(-8, Math.min(7, Math.round(value * inverse)));
    const weight = weights[index] ?? 0;
    levels[index] = level + 8;
    product += weight * level * value;
    square += weight * level * level;
  }
  const scale = square > 0 ? product / square : 0;
  return { half: singleToHalf(Float32Array.of(scale))[0] ?? 0, levels };
}

function weightedError(block: Float32Array, weights: Float32Array, { half, levels }: Candidate): number {
  const scale = halfToSingle(half);
  let error = 0;
  for (let index = 0; index < BLOCK; index++) {
    const off = (block[index] ?? 0) - scale * ((levels[index] ?? 0) - 8);
    error += (weights[index] ?? 0) * off * off;
  }
  return error;
}
