import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGraphBuilder } from './onnx/graph-builder.ts';
import { floatLinear } from './onnx/linear-writer.ts';
import type { Weights } from './ops.ts';
import { type OnnxConstant, type OnnxValue, onnxOps } from './ops-onnx.ts';
import { tensorflowOps } from './ops-tensorflow.ts';
import {
  lstmClassifier,
  type SmallTextClassifier,
  type SmallTextConfig,
  textCnn,
} from './small-text-classifiers.ts';
import { tensorflowWeights } from './tensorflow-weights.ts';

const config: SmallTextConfig = {
  vocabularySize: 11,
  embeddingSize: 6,
  hiddenSize: 5,
  labels: 3,
  dropout: 0.5,
};
const TEXTS = [
  [3, 1, 4, 1, 5, 9],
  [2, 6],
  [10, 0, 7],
];
const LENGTH = 6;

const weights: Weights<OnnxConstant> = (label, shape) => {
  const size = shape.reduce((product, part) => product * part, 1);
  const phase = label.length;
  return {
    label,
    shape,
    data: Float32Array.from({ length: size }, (_, index) => Math.sin(phase + 1.3 * index)),
  };
};

beforeAll(async () => {
  setWasmPaths(new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname);
  await tf.setBackend('wasm');
});

function inTensorflow(classifier: SmallTextClassifier, texts: number[][], length: number): number[] {
  return tf.tidy(() => {
    const padded = texts.map((ids) => [...ids, ...new Array<number>(length - ids.length).fill(0)]);
    const mask = texts.map((ids) => Array.from({ length }, (_, index) => (index < ids.length ? 1 : 0)));
    const inputs = { tokenIds: tf.tensor2d(padded, undefined, 'int32'), mask: tf.tensor2d(mask) };
    return [...classifier<tf.Tensor>(tensorflowOps(), config, tensorflowWeights(weights), inputs).dataSync()];
  });
}

async function inOnnx(classifier: SmallTextClassifier): Promise<number[]> {
  const graph = createGraphBuilder('small');
  const tokenIds: OnnxValue = { name: graph.input('input_ids', 'int64', ['batch', 'sequence']) };
  const mask: OnnxValue = { name: graph.input('attention_mask', 'int64', ['batch', 'sequence']) };
  const ops = onnxOps(graph, { linear: floatLinear, embeddings: 'float32' });
  const logits = classifier<OnnxValue>(ops, config, weights, { tokenIds, mask });
  if (!('name' in logits)) throw new Error('constant');
  graph.output(logits.name, 'logits', 'float32', ['batch', config.labels]);
  const session = await InferenceSession.create(graph.build({}));
  const ids = TEXTS.flatMap((text) => [...text, ...new Array<number>(LENGTH - text.length).fill(0)]);
  const bits = TEXTS.flatMap((text) => Array.from({ length: LENGTH }, (_, at) => (at < text.length ? 1 : 0)));
  const shape = [TEXTS.length, LENGTH];
  const { logits: values } = await session.run({
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
    attention_mask: new Tensor('int64', BigInt64Array.from(bits, BigInt), shape),
  });
  await session.release();
  if (!(values?.data instanceof Float32Array)) throw new Error('no logits');
  return [...values.data];
}

describe.each([
  ['the CNN', textCnn],
  ['the LSTM', lstmClassifier],
])('%s', (_name, classifier) => {
  it('computes the same in TensorFlow.js and in ONNX Runtime', async () => {
    const expected = inTensorflow(classifier, TEXTS, LENGTH);
    const got = await inOnnx(classifier);
    expect(got).toHaveLength(expected.length);
    got.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 4));
  });

  it('gives a text the same logits however far it is padded', () => {
    const [alone, padded] = [2, 9].map((length) => inTensorflow(classifier, [TEXTS[1] ?? []], length));
    alone?.forEach((value, index) => expect(value).toBeCloseTo(padded?.[index] ?? Number.NaN, 5));
  });
});
