import { readFileSync } from 'node:fs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { efficientnetLite0, LITE0_FEATURES } from './efficientnet-lite.ts';
import { exportImageClassifier } from './export-image-classifier.ts';
import { createGraphBuilder } from './onnx/graph-builder.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import type { ConvolutionOptions, Ops, Weights } from './ops.ts';
import { type OnnxConstant, type OnnxValue, onnxOps } from './ops-onnx.ts';
import { tensorflowOps } from './ops-tensorflow.ts';
import { readSafetensors } from './safetensors.ts';
import { tensorflowWeights } from './tensorflow-weights.ts';
import { checkpointWeights } from './weights.ts';

const SIZE = 224;
const LABELS = 1000;

beforeAll(async () => {
  setWasmPaths(new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname);
  await tf.setBackend('wasm');
});

/** Written by scripts/models/make-image-reference-outputs.py. */
const reference = JSON.parse(
  readFileSync(new URL('fixtures/efficientnet-lite0-reference.json', import.meta.url), 'utf8'),
) as { phases: number[]; logits: number[][] };

/** [3, size, size]: the script's formula. */
function picture(phase: number): Float32Array {
  return Float32Array.from({ length: 3 * SIZE * SIZE }, (_, at) => {
    const [channel, y, x] = [Math.floor(at / SIZE ** 2), Math.floor(at / SIZE) % SIZE, at % SIZE];
    return Math.sin(phase + 0.05 * (channel + 1) * x) * Math.cos(0.03 * (phase + channel) * y);
  });
}

async function runOnnx(
  file: Uint8Array,
  values: Float32Array,
  shape: number[],
  output = 'logits',
): Promise<Float32Array> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  const outputs = await session.run({ pixel_values: new Tensor('float32', values, shape) }, [output]);
  await session.release();
  expect(Object.keys(outputs)).toEqual([output]);
  return outputs[output]?.data as Float32Array;
}

function greatestDifference(actual: Float32Array | number[], expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return Array.from(actual).reduce(
    (max, value, at) => Math.max(max, Math.abs(value - (expected[at] ?? Number.NaN))),
    0,
  );
}

describe("EfficientNet-Lite0 against the original's logits", () => {
  const folder = new URL('../models/image-classification/', import.meta.url);
  const weights = checkpointWeights(readSafetensors(readFileSync(new URL('model.safetensors', folder))));

  it('computes the same in TensorFlow.js to 1e-3', () => {
    const logits = tf.tidy(() => {
      const planes = tf.tensor4d(picture(reference.phases[0] ?? 0), [1, 3, SIZE, SIZE]);
      const pictures = tf.transpose(planes, [0, 2, 3, 1]);
      const ops = tensorflowOps();
      return efficientnetLite0<tf.Tensor>(ops, tensorflowWeights(weights), pictures, LABELS).dataSync();
    }) as Float32Array;
    expect(greatestDifference(logits, reference.logits[0] ?? [])).toBeLessThan(1e-3);
  });

  it('computes the same in ONNX Runtime, its normalisations folded, to 1e-3', async () => {
    const file = exportImageClassifier('efficientnet_lite0', weights, {
      labels: LABELS,
      size: SIZE,
      precision: 'float32',
    });
    for (const [row, phase] of reference.phases.entries()) {
      const logits = await runOnnx(file, picture(phase), [1, 3, SIZE, SIZE]);
      expect(greatestDifference(logits, reference.logits[row] ?? [])).toBeLessThan(1e-3);
    }
  });

  it('gives the features that its logits are made of', async () => {
    const file = readFileSync(new URL('onnx/model_fp16.onnx', folder));
    const [features, logits] = [
      await runOnnx(file, picture(1), [1, 3, SIZE, SIZE], 'features'),
      await runOnnx(file, picture(1), [1, 3, SIZE, SIZE]),
    ];
    expect(features).toHaveLength(LITE0_FEATURES);
    const head = weights('classifier.weight', [LABELS, LITE0_FEATURES]).data;
    const bias = weights('classifier.bias', [LABELS]).data;
    const expected = Array.from(bias, (shift, label) =>
      features.reduce((sum, value, at) => sum + value * (head[label * LITE0_FEATURES + at] ?? 0), shift),
    );
    // The head's weights are rounded to 16 bits in what ships.
    expect(greatestDifference(logits, expected)).toBeLessThan(0.01);
  });

  it('keeps the first class in what ships', async () => {
    const file = readFileSync(new URL('onnx/model_fp16.onnx', folder));
    for (const [row, phase] of reference.phases.entries()) {
      const logits = await runOnnx(file, picture(phase), [1, 3, SIZE, SIZE]);
      const expected = reference.logits[row] ?? [];
      expect(logits.indexOf(Math.max(...logits))).toBe(expected.indexOf(Math.max(...expected)));
      expect(greatestDifference(logits, expected)).toBeLessThan(0.05);
    }
  });
});

describe('a convolution with its normalisation, in TensorFlow.js against ONNX Runtime', () => {
  const CHANNELS = 4;
  const [HEIGHT, WIDTH] = [9, 8];
  const input = Float32Array.from({ length: CHANNELS * HEIGHT * WIDTH }, (_, at) => Math.sin(1.7 * at));
  const weights: Weights<OnnxConstant> = (label, shape) => ({
    label,
    shape,
    data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, at) =>
      label === 'variance' ? 0.5 + Math.cos(at) ** 2 : Math.sin(label.length + 1.3 * at),
    ),
  });

  interface Case {
    kernel: number;
    stride: number;
    padding: ConvolutionOptions<unknown>['padding'];
    depthwise: boolean;
  }

  function network<T>(ops: Ops<T>, weight: Weights<T>, x: T, { kernel, ...shape }: Case): T {
    const [outputs, inputs] = shape.depthwise ? [CHANNELS, 1] : [6, CHANNELS];
    const channels = [outputs];
    const norm = {
      gamma: weight('gamma', channels),
      beta: weight('beta', channels),
      mean: weight('mean', channels),
      variance: weight('variance', channels),
      epsilon: 1e-3,
    };
    const convolved = ops.convolution(x, weight('kernel', [outputs, inputs, kernel, kernel]), {
      ...shape,
      norm,
    });
    return ops.globalAveragePool(ops.relu6(convolved));
  }

  const cases: Case[] = [1, 3, 5].flatMap((kernel) =>
    [1, 2].flatMap((stride) =>
      (['same', 0, Math.floor(kernel / 2)] as const).flatMap((padding) =>
        [false, true].map((depthwise) => ({ kernel, stride, padding, depthwise })),
      ),
    ),
  );

  it.each(cases)('kernel $kernel, stride $stride, padding $padding, depthwise $depthwise', async (shape) => {
    const expected = tf.tidy(() => {
      const x = tf.transpose(tf.tensor4d(input, [1, CHANNELS, HEIGHT, WIDTH]), [0, 2, 3, 1]);
      return network<tf.Tensor>(tensorflowOps(), tensorflowWeights(weights), x, shape).dataSync();
    });
    const graph = createGraphBuilder('convolution');
    const x: OnnxValue = { name: graph.input('pixel_values', 'float32', [1, CHANNELS, HEIGHT, WIDTH]) };
    const ops = onnxOps(graph, { linear: floatLinear, embeddings: 'float32' });
    const result = network<OnnxValue>(ops, weights, x, shape);
    if (!('name' in result)) throw new Error('constant');
    graph.output(result.name, 'logits', 'float32', [1, expected.length]);
    const logits = await runOnnx(graph.build({}), input, [1, CHANNELS, HEIGHT, WIDTH]);
    expect(greatestDifference(logits, expected)).toBeLessThan(1e-4);
  });
});
