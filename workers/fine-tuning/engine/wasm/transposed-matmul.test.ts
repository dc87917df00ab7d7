import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTransposedMatMul } from './transposed-matmul.ts';

beforeAll(async () => {
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(main), '/'));
  await tf.setBackend('wasm');
});

const cases = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));

function products(): number[][] {
  return cases.map(([transposeA, transposeB]) =>
    tf.tidy(() => {
      const a = tf.randomNormal(transposeA ? [2, 5, 3] : [2, 3, 5], 0, 1, 'float32', 1);
      const b = tf.randomNormal(transposeB ? [2, 4, 5] : [2, 5, 4], 0, 1, 'float32', 2);
      return [...tf.matMul(a, b, transposeA, transposeB).dataSync()];
    }),
  );
}

describe('registerTransposedMatMul', () => {
  it('gives the products that the back end gave, and keeps no tensor', () => {
    const before = products();
    registerTransposedMatMul();
    const tensors = tf.memory().numTensors;
    const after = products();
    expect(tf.memory().numTensors).toBe(tensors);
    after.flat().forEach((value, index) => expect(value).toBeCloseTo(before.flat()[index] ?? Number.NaN, 5));
  });
});
