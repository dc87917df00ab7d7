import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { bfloat16Product } from './bfloat16-product.ts';
import { startEngine } from './start-engine.ts';

function matrix(rows: number, columns: number, seed: number): tf.Tensor2D {
  const random = randomNumbers(seed);
  const values = Float32Array.from({ length: rows * columns }, () => 2 * random() - 1);
  return tf.tensor2d(values, [rows, columns]);
}

/** Largest difference, as a share of the largest value. */
function difference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.div(tf.max(tf.abs(tf.sub(a, b))), tf.max(tf.abs(b))).dataSync()[0] ?? Number.NaN;
}

describe('products in bfloat16', () => {
  it('are left to the engine where it is not TensorFlow', async () => {
    await startEngine('wasm');
    expect(bfloat16Product()).toBeUndefined();
  });

  describe('on TensorFlow', () => {
    let absent = false;
    beforeAll(async () => {
      absent = await startEngine('native').then(
        () => false,
        () => true,
      );
    });

    it('and their gradients are those of floats but for rounding, and nothing is left over', ({ skip }) => {
      skip(absent, 'the native engine is not installed');
      const product = bfloat16Product();
      if (!product) throw new Error('TensorFlow has bfloat16.');
      const [x, weight, towards] = [matrix(40, 64, 1), matrix(24, 64, 2), matrix(40, 24, 3)];
      const exact = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(a, b, false, true);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        expect(difference(product(x, weight), exact(x, weight))).toBeLessThan(0.01);
        const gradients = (of: typeof product) =>
          tf.grads((a, b) => tf.sum(tf.mul(of(a as tf.Tensor2D, b as tf.Tensor2D), towards)))([x, weight]);
        const wanted = gradients(exact);
        gradients(product).forEach((gradient, index) => {
          expect(difference(gradient, wanted[index] as tf.Tensor)).toBeLessThan(0.01);
        });
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
