import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportImageClassifier } from './export-image-classifier.ts';
import { mlp } from './mlp.ts';
import type { Weights } from './ops.ts';
import type { OnnxConstant } from './ops-onnx.ts';
import { tensorflowOps } from './ops-tensorflow.ts';
import { randomNumbers } from './seeded-random.ts';
import { smallResnet } from './small-resnet.ts';
import { tensorflowWeights } from './tensorflow-weights.ts';

const LABELS = 10;

const weights: Weights<OnnxConstant> = (label, shape) => {
  const random = randomNumbers(label.length + 31 * shape.length);
  const size = shape.reduce((product, part) => product * part, 1);
  const inputs = shape.slice(1).reduce((product, part) => product * part, 1);
  const positive = /norm\.weight|running_var/.test(label);
  const spread = shape.length > 1 ? Math.sqrt(6 / inputs) : 0.3;
  const data = Float32Array.from({ length: size }, () =>
    positive ? 0.5 + random() : spread * (2 * random() - 1),
  );
  return { label, shape, data };
};

beforeAll(async () => {
  setWasmPaths(new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname);
  await tf.setBackend('wasm');
});

const networks = [
  { name: 'small_resnet', forward: smallResnet<tf.Tensor>, side: 32 },
  { name: 'mlp', forward: mlp<tf.Tensor>, side: 28 },
] as const;

describe.each(networks)('$name', ({ name, forward, side: SIDE }) => {
  it('computes the same in ONNX Runtime, normalisations folded, as in TensorFlow.js', async () => {
    const random = randomNumbers(7);
    const pixels = Float32Array.from({ length: 3 * SIDE * SIDE }, () => 2 * random() - 1); // [3, side, side]
    const expected = tf.tidy(() => {
      const pictures = tf.transpose(tf.tensor4d(pixels, [1, 3, SIDE, SIDE]), [0, 2, 3, 1]);
      return [...forward(tensorflowOps(), tensorflowWeights(weights), pictures, LABELS).dataSync()];
    });
    const file = exportImageClassifier(name, weights, {
      labels: LABELS,
      size: SIDE,
      precision: 'float32',
    });
    const session = await InferenceSession.create(file);
    const { logits } = await session.run({
      pixel_values: new Tensor('float32', pixels, [1, 3, SIDE, SIDE]),
    });
    await session.release();
    const given = logits?.data as Float32Array | undefined;
    const scale = Math.max(...expected.map(Math.abs));
    expect(scale).toBeGreaterThan(0.1);
    expected.forEach((value, label) => {
      expect(Math.abs((given?.[label] ?? 0) - value) / scale).toBeLessThan(1e-4);
    });
  });
});
