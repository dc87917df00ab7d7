import { existsSync, readFileSync } from 'node:fs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bertEncoder, bertPooler, pooledLayers } from '#workers/model-zoo/bert.ts';
import { type BertConfig, parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import {
  embeddingsGraph,
  exportEncoder,
  exportObserver,
  featuresGraph,
} from '#workers/model-zoo/export-encoder.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { measureInputRanges } from './measure-input-ranges.ts';
import { openSession } from './open-session.ts';
import { encoderFeeds } from './reading/token-batch.ts';

interface Model {
  readonly config: BertConfig;
  readonly weights: Weights<OnnxConstant>;
}

/** Written by scripts/models/make-reference-outputs.py. */
interface Reference {
  readonly texts: readonly (readonly number[])[];
  readonly means: readonly (readonly (readonly number[])[])[]; // [layers + 1][texts][hidden]
  readonly pooler: readonly (readonly number[])[];
}

const zoo = new URL('../../model-zoo/fixtures/', import.meta.url);
const base = new URL('../../../.modelyard/bases/all-MiniLM-L6-v2/', import.meta.url);

const models = [
  { name: 'a small random BERT', folder: new URL('tiny-bert/', zoo), reference: 'tiny-bert/reference.json' },
  { name: 'all-MiniLM-L6-v2', folder: base, reference: 'all-minilm-l6-v2-reference.json' },
];

beforeAll(async () => {
  setWasmPaths(
    new URL('../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname,
  );
  await tf.setBackend('wasm');
});

/** The base is fetched by `npm run models:fetch`; the small model is always here. */
const present = models.filter(({ folder }) => existsSync(new URL('model.safetensors', folder)));

describe.each(present)('$name, against transformers', ({ folder, reference: referenceFile }) => {
  const config = parseBertConfig(readJson(new URL('config.json', folder)));
  const weights = checkpointWeights(readSafetensors(readFileSync(new URL('model.safetensors', folder))));
  const reference = readJson(new URL(referenceFile, zoo)) as Reference;
  const model: Model = { config, weights };
  const layers = config.layers + 1;
  /** What `features` should be: the means of every state side by side. */
  const expected = reference.texts.map((_, text) => reference.means.flatMap((layer) => layer[text] ?? []));

  it('computes the same in TensorFlow.js to 1e-4', () => {
    const { features, pooler } = runInTensorflow(model, reference.texts);
    expect(greatestDifference(features, expected.flat())).toBeLessThan(1e-4);
    expect(greatestDifference(pooler, reference.pooler.flat())).toBeLessThan(1e-4);
  });

  it('computes the same in ONNX Runtime to 1e-4', async () => {
    const features = await runInOnnx(
      exportEncoder(featuresGraph(model, layers), { kind: 'float32' }),
      reference.texts,
    );
    expect(greatestDifference(features, expected.flat())).toBeLessThan(1e-4);
  });

  it('loses next to nothing with its weights in 16 bits', async () => {
    const features = await runInOnnx(
      exportEncoder(featuresGraph(model, layers), { kind: 'float16' }),
      reference.texts,
    );
    expect(cosine(features, expected.flat())).toBeGreaterThan(0.99999);
  });

  it("gives the embeddings of sentence-transformers' pipeline: the last state's mean, of length 1", async () => {
    const file = exportEncoder(embeddingsGraph(model), { kind: 'float32' });
    const means = reference.means.at(-1) ?? [];
    const wanted = means.flatMap((mean) => {
      const length = Math.hypot(...mean);
      return mean.map((value) => value / length);
    });
    expect(
      greatestDifference(await runInOnnx(file, reference.texts, 'sentence_embedding'), wanted),
    ).toBeLessThan(1e-5);
  });

  it('stays close in 8 bits, and gives a text the same features in any batch', async () => {
    const ranges = await measureInputRanges(exportObserver(featuresGraph(model, layers)), reference.texts);
    const file = exportEncoder(featuresGraph(model, layers), { kind: 'int8', ranges });
    const together = await runInOnnx(file, reference.texts);
    expect(cosine(together, expected.flat())).toBeGreaterThan(0.995);
    const alone: number[] = [];
    for (const text of reference.texts) alone.push(...(await runInOnnx(file, [text])));
    expect(greatestDifference(together, alone)).toBeLessThan(1e-5);
  });
});

function runInTensorflow(model: Model, texts: Reference['texts']) {
  return tf.tidy(() => {
    const ops = tensorflowOps();
    const weights = tensorflowWeights(model.weights);
    const { tokenIds, mask } = paddedTensors(texts);
    const states = bertEncoder<tf.Tensor>(ops, model.config, weights, { tokenIds, mask });
    const last = states.at(-1) as tf.Tensor;
    return {
      features: [...pooledLayers<tf.Tensor>(ops, states, mask, model.config.layers + 1).dataSync()],
      pooler: [...bertPooler<tf.Tensor>(ops, model.config, weights, last).dataSync()],
    };
  });
}

function paddedTensors(texts: Reference['texts']) {
  const length = Math.max(...texts.map((text) => text.length));
  const pad = (text: readonly number[], value: (id: number) => number) =>
    Array.from({ length }, (_, column) => (column < text.length ? value(text[column] ?? 0) : 0));
  return {
    tokenIds: tf.tensor2d(
      texts.map((text) => pad(text, (id) => id)),
      undefined,
      'int32',
    ),
    mask: tf.tensor2d(
      texts.map((text) => pad(text, () => 1)),
      undefined,
      'int32',
    ),
  };
}

async function runInOnnx(
  file: Uint8Array,
  texts: Reference['texts'],
  output = 'features',
): Promise<number[]> {
  const session = await openSession(file);
  const result = (await session.run(encoderFeeds(texts)))[output];
  await session.release();
  if (!(result?.data instanceof Float32Array)) throw new Error(`The encoder gave no ${output}.`);
  return [...result.data];
}

function greatestDifference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce(
    (max, value, index) => Math.max(max, Math.abs(value - (expected[index] ?? Number.NaN))),
    0,
  );
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? Number.NaN), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}
