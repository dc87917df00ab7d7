import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gelu } from './tensorflow-gelu.ts';
import { layerNorm } from './tensorflow-layer-norm.ts';
import { silu } from './tensorflow-silu.ts';

const EPSILON = 1e-5;

beforeAll(async () => {
  setWasmPaths(new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname);
  await tf.setBackend('wasm');
});

/** Central differences of Σ f(x) · weights, which is what the gradient of f at `dy = weights` is. */
function differences(
  f: (x: tf.Tensor) => tf.Tensor,
  x: Float32Array,
  shape: number[],
  dy: tf.Tensor,
): number[] {
  const h = 1e-2;
  const at = (index: number, change: number) =>
    tf.tidy(() => {
      const moved = Float32Array.from(x);
      moved[index] = (moved[index] ?? 0) + change;
      return tf.sum(tf.mul(f(tf.tensor(moved, shape)), dy)).dataSync()[0] ?? 0;
    });
  return Array.from(x, (_, index) => (at(index, h) - at(index, -h)) / (2 * h));
}

function expectClose(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  wanted.forEach((value, index) => {
    expect(Math.abs((got[index] ?? 0) - value)).toBeLessThan(5e-3);
  });
}

const x = Float32Array.from([-2.5, -1, -0.3, 0, 0.2, 0.9, 1.7, 3]);
const shape = [2, 4];
const dy = Float32Array.from([1, -0.5, 2, 0.3, -1, 0.7, 0.1, 1]);

describe('gradients of our own', () => {
  it('of GELU are those of differences', () => {
    const weights = tf.tensor(dy, shape);
    const gradient = tf.grad(gelu)(tf.tensor(x, shape), weights);
    expectClose(gradient.dataSync(), differences(gelu, x, shape, weights));
  });

  it('of SiLU are those of differences', () => {
    const weights = tf.tensor(dy, shape);
    const gradient = tf.grad(silu)(tf.tensor(x, shape), weights);
    expectClose(gradient.dataSync(), differences(silu, x, shape, weights));
  });

  it('of layer normalisation are those of differences, for all three inputs', () => {
    const weights = tf.tensor(dy, shape);
    const gamma = Float32Array.from([1, 2, 0.5, -1]);
    const beta = Float32Array.from([0, 1, 0, 2]);
    const gradients = tf.grads((a, b, c) => layerNorm(a, b, c, EPSILON))(
      [tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta)],
      weights,
    );
    const [a, b, c] = [tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta)];
    const wanted = [
      differences((value) => layerNorm(value, b, c, EPSILON), x, shape, weights),
      differences((value) => layerNorm(a, value, c, EPSILON), gamma, [4], weights),
      differences((value) => layerNorm(a, b, value, EPSILON), beta, [4], weights),
    ];
    gradients.forEach((gradient, index) => expectClose(gradient.dataSync(), wanted[index] ?? []));
  });
});
