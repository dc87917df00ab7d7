import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Decoder, llama } from '#workers/model-zoo/decoder.ts';
import { exportDecoder } from '#workers/model-zoo/export-decoder.ts';
import { parseLlamaConfig } from '#workers/model-zoo/llama-config.ts';
import { initialLora } from '#workers/model-zoo/lora/initial-lora.ts';
import { loraDecoder } from '#workers/model-zoo/lora/lora-decoder.ts';
import { mergeLora } from '#workers/model-zoo/lora/merge-lora.ts';
import { adapterWeights, readPeftAdapter } from '#workers/model-zoo/lora/peft-adapter.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { openDecoder } from './decoding/open-decoder.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../model-zoo/fixtures/${path}`, import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(fixture(path), 'utf8'));

const config = parseLlamaConfig(readJson('tiny-llama/config.json'));
const base = checkpointWeights(readSafetensors(readFileSync(fixture('tiny-llama/model.safetensors'))));
const adapter = readPeftAdapter(fixture('tiny-llama-lora'));
/** Written by scripts/models/make-lora-reference-outputs.py. */
const reference: { texts: number[][]; logits: number[][][] } = readJson('tiny-llama-lora/reference.json');
const text = reference.texts.at(-1) ?? [];

beforeAll(async () => {
  setWasmPaths(
    `${fileURLToPath(new URL('../../../node_modules', import.meta.url))}/@tensorflow/tfjs-backend-wasm/dist/`,
  );
  await tf.setBackend('wasm');
});

describe('a decoder with an adapter', () => {
  const adapted = loraDecoder(llama(config), adapter.config);
  const weights = adapterWeights(base, adapter);

  it("computes what Python's peft does, in TensorFlow.js", () => {
    reference.texts.forEach((ids, row) => {
      expect(difference(logits(adapted, weights, ids), reference.logits[row]?.flat() ?? [])).toBeLessThan(
        1e-3,
      );
    });
  });

  it('and in ONNX Runtime', async () => {
    const session = await openDecoder(exportDecoder(adapted, weights, 'float32'), adapted);
    const { logits: rows } = await session.run(reference.texts);
    await session.release();
    const actual = rows.flat().flatMap((row) => [...row]);
    expect(difference(actual, reference.logits.flat(2))).toBeLessThan(1e-3);
  });

  it('computes what its base does with the change merged into the weights', () => {
    const merged = logits(llama(config), mergeLora(base, weights, adapter.config), text);
    expect(difference(logits(adapted, weights, text), merged)).toBeLessThan(1e-3);
    expect(difference(logits(llama(config), base, text), merged)).toBeGreaterThan(0.1);
  });

  it('changes nothing before it is trained', () => {
    const start = { config: adapter.config, tensors: initialLora(config, adapter.config, 1) };
    const plain = logits(llama(config), base, text);
    expect(difference(logits(adapted, adapterWeights(base, start), text), plain)).toBe(0);
    expect([...start.tensors.keys()].toSorted()).toEqual([...adapter.tensors.keys()].toSorted());
  });

  it('gives the logits of the tokens alone that are asked for', () => {
    const all = logits(adapted, weights, text);
    const vocabulary = config.vocabularySize;
    const some = logits(adapted, weights, text, [4, 1]);
    const expected = [4, 1].flatMap((place) => all.slice(place * vocabulary, (place + 1) * vocabulary));
    expect(difference(some, expected)).toBeLessThan(1e-5);
  });
});

function logits(
  decoder: Decoder,
  weights: Weights<OnnxConstant>,
  ids: readonly number[],
  scored?: readonly number[],
): number[] {
  return tf.tidy(() => {
    const inputs = {
      tokenIds: tf.tensor2d([[...ids]], undefined, 'int32'),
      mask: tf.ones([1, ids.length], 'int32'),
      ...(scored ? { scored: tf.tensor1d([...scored], 'int32') } : {}),
    };
    return [
      ...decoder.write<tf.Tensor>(tensorflowOps(), tensorflowWeights(weights), inputs).logits.dataSync(),
    ];
  });
}

function difference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN))));
}
