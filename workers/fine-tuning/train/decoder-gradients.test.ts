import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Decoder, gpt2, llama } from '#workers/model-zoo/decoder.ts';
import { parseGpt2Config } from '#workers/model-zoo/gpt2-config.ts';
import { parseLlamaConfig } from '#workers/model-zoo/llama-config.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { startEngine } from '../engine/start-engine.ts';

const TEXT = [11, 14, 23, 38, 59, 86, 30, 69, 25, 76];
const zoo = new URL('../../model-zoo/fixtures/', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, zoo), 'utf8'));

const models = [
  {
    folder: 'tiny-llama',
    read: (json: unknown) => llama(parseLlamaConfig(json)),
    names: [
      'model.embed_tokens.weight',
      'model.layers.0.self_attn.k_proj.weight',
      'model.layers.1.mlp.gate_proj.weight',
      'model.norm.weight',
    ],
  },
  {
    folder: 'tiny-gpt2',
    read: (json: unknown) => gpt2(parseGpt2Config(json)),
    names: [
      'transformer.wpe.weight',
      'transformer.h.0.mlp.c_fc.weight',
      'transformer.h.1.attn.c_attn.bias',
      'transformer.wte.weight',
    ],
  },
];

beforeAll(async () => {
  await startEngine('auto');
});

describe.each(models)('training $folder', ({ folder, read, names }) => {
  const decoder = read(readJson(`${folder}/config.json`));
  const checkpoint = readSafetensors(readFileSync(new URL(`${folder}/model.safetensors`, zoo)));

  it.each(names)('has a gradient for %s, which finite differences confirm', (name) => {
    const shape = checkpoint.tensors.get(name)?.shape ?? [];
    const { analytic, numeric } = gradients(decoder, checkpointWeights(checkpoint), { name, shape });
    expect(Math.abs(numeric)).toBeGreaterThan(1e-2);
    expect(Math.abs(analytic - numeric)).toBeLessThan(2e-2 * Math.abs(numeric));
  });
});

/** How the mean log-likelihood of a text changes with the numbers of one weight, along a direction of ones and minus ones. */
function gradients(
  decoder: Decoder,
  weights: Weights<OnnxConstant>,
  named: { readonly name: string; readonly shape: readonly number[] },
) {
  const tensors = tensorflowWeights(weights);
  const start = tensors(named.name, named.shape);
  const inputs = {
    tokenIds: tf.tensor2d([TEXT], undefined, 'int32'),
    mask: tf.ones([1, TEXT.length], 'int32'),
  };
  const loss = (weight: tf.Tensor): tf.Scalar =>
    tf.tidy(() => {
      const replaced: Weights<tf.Tensor> = (name, shape) =>
        name === named.name ? weight : tensors(name, shape);
      const { logits } = decoder.write<tf.Tensor>(tensorflowOps(), replaced, inputs);
      const next = tf.oneHot(tf.tensor1d(TEXT.slice(1), 'int32'), decoder.vocabularySize);
      const before = tf.slice(tf.squeeze(logits, [0]), [0, 0], [TEXT.length - 1, -1]);
      return tf.mean(tf.sum(tf.mul(tf.logSoftmax(before), next), -1)) as tf.Scalar;
    });
  const direction = Float32Array.from({ length: start.size }, (_, index) => (index % 3 === 0 ? -1 : 1));
  const gradient = tf.tidy(() =>
    tf
      .grad(loss as (x: tf.Tensor) => tf.Tensor)(start)
      .dataSync(),
  );
  const analytic = direction.reduce((sum, sign, index) => sum + sign * (gradient[index] ?? Number.NaN), 0);
  const step = 1e-3;
  const at = (offset: number) =>
    tf.tidy(() => {
      const moved = direction.map((sign, index) => (start.dataSync()[index] ?? 0) + sign * offset);
      return loss(tf.tensor(moved, start.shape)).dataSync()[0] ?? Number.NaN;
    });
  return { analytic, numeric: (at(step) - at(-step)) / (2 * step) };
}
