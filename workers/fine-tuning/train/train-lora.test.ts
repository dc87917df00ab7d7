import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { llama } from '#workers/model-zoo/decoder.ts';
import { parseLlamaConfig } from '#workers/model-zoo/llama-config.ts';
import { initialLora } from '#workers/model-zoo/lora/initial-lora.ts';
import { LORA_TARGETS, type LoraConfig } from '#workers/model-zoo/lora/lora-config.ts';
import { readPeftAdapter } from '#workers/model-zoo/lora/peft-adapter.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { frozenBfloat16Product } from '../engine/bfloat16-product.ts';
import { startEngine } from '../engine/start-engine.ts';
import type { AnsweredPrompts } from './answered-batch.ts';
import type { OptimizerState } from './optimizer.ts';
import { answerLoss, type LoraModel, type LoraTraining, trainLora } from './train-lora.ts';

const zoo = new URL('../../model-zoo/fixtures/', import.meta.url);
const config = parseLlamaConfig(JSON.parse(readFileSync(new URL('tiny-llama/config.json', zoo), 'utf8')));
const lora: LoraConfig = { rank: 4, alpha: 8, dropout: 0, targets: LORA_TARGETS };
let base: Weights<tf.Tensor>;
let model: LoraModel;

beforeAll(async () => {
  await startEngine('auto');
  const file = readFileSync(new URL('tiny-llama/model.safetensors', zoo));
  base = tensorflowWeights(checkpointWeights(readSafetensors(file)));
  model = { decoder: llama(config), base, lora };
});

/** A prompt of two tokens is answered by both, turned round, and an end. */
function prompts(rows: number): AnsweredPrompts {
  const texts = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [5 + (row % 9), 30 + ((row * 7) % 11)];
    return [1, a, b, b, a, 2];
  });
  const ids = Int32Array.from(texts.flat());
  const starts = Uint32Array.from({ length: rows + 1 }, (_, row) => row * 6);
  return { texts: { ids, starts }, promptTokens: new Uint32Array(rows).fill(3) };
}

function training(folder: string, changes: Partial<LoraTraining> = {}) {
  const losses: number[] = [];
  const run: LoraTraining = {
    ...model,
    lora: { ...lora, dropout: 0.1 },
    weights: () => initialLora(config, lora, 3),
    prompts: prompts(32),
    epochs: 3,
    batchRows: 8,
    seed: 5,
    learningRate: 5e-3,
    warmUp: 0.1,
    weightDecay: 0,
    gradientNormMax: 1,
    checkpoint: { file: join(folder, 'checkpoint.safetensors'), everyMs: 0, settings: 'one' },
    onStep: ({ loss }) => {
      losses.push(loss);
    },
    ...changes,
  };
  return { run, losses };
}

const folder = () => mkdtempSync(join(tmpdir(), 'lora-'));
const tensorsOf = (state: OptimizerState) =>
  new Map(
    [...state].map(([name, { data, shape }]) => [name, tf.tensor(data as Float32Array, [...shape])] as const),
  );

describe('training an adapter', () => {
  it('learns the answers, changes nothing but A and B, and leaves no tensor behind', async () => {
    const { run, losses } = training(folder(), { epochs: 1 });
    await trainLora(run); // every weight of the base is there from now on
    const before = tf.memory().numTensors;
    const embeddings = base('model.embed_tokens.weight', [89, 48]).dataSync().slice();
    const { run: longer, losses: more } = training(folder(), { epochs: 8, learningRate: 1e-2 });
    const weights = await trainLora(longer);
    expect(losses).toHaveLength(4);
    expect(more.at(-1)).toBeLessThan((more[0] ?? 0) / 2);
    expect(tf.memory().numTensors).toBe(before);
    expect(base('model.embed_tokens.weight', [89, 48]).dataSync()).toEqual(embeddings);
    expect([...weights.keys()].every((name) => /\.lora_[AB]\.weight$/.test(name))).toBe(true);
  });

  it('goes on from its checkpoint to the same losses', async () => {
    const whole = training(folder());
    await trainLora(whole.run);
    const work = folder();
    const killed = training(work, {
      onStep: ({ step }) => {
        if (step === 7) throw new Error('killed');
      },
    });
    await expect(trainLora(killed.run)).rejects.toThrow('killed');
    const rest = training(work);
    await trainLora(rest.run);
    expect(rest.losses).toHaveLength(12 - 6);
    rest.losses.forEach((loss, index) => {
      expect(Math.abs(loss - (whole.losses[6 + index] ?? 0))).toBeLessThan(1e-4);
    });
  });

  it.each([
    'model.layers.0.self_attn.k_proj.lora_A.weight',
    'model.layers.1.self_attn.q_proj.lora_B.weight',
    'model.layers.2.mlp.down_proj.lora_A.weight',
  ])('has a gradient for %s, which finite differences confirm', (name) => {
    const adapter = tensorsOf(readPeftAdapter(new URL('tiny-llama-lora', zoo).pathname).tensors);
    const rows = Uint32Array.of(0, 1, 2);
    const lossOf = (weight: tf.Tensor) =>
      answerLoss(model, new Map(adapter).set(name, weight), prompts(3), rows);
    const start = adapter.get(name) as tf.Tensor;
    const gradient = tf.tidy(() =>
      tf
        .grad(lossOf as (x: tf.Tensor) => tf.Tensor)(start)
        .dataSync(),
    );
    const direction = Float32Array.from({ length: start.size }, (_, index) => (index % 3 === 0 ? -1 : 1));
    const analytic = direction.reduce((sum, sign, index) => sum + sign * (gradient[index] ?? Number.NaN), 0);
    const at = (offset: number) =>
      tf.tidy(() => {
        const moved = tf.add(start, tf.mul(tf.tensor(direction, start.shape), offset));
        return lossOf(moved).dataSync()[0] ?? Number.NaN;
      });
    const numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
    expect(Math.abs(numeric)).toBeGreaterThan(1e-2);
    expect(Math.abs(analytic - numeric)).toBeLessThan(2e-2 * Math.abs(numeric));
  });

  it('asks for the answers alone: what a prompt says next costs nothing', () => {
    const adapter = tensorsOf(initialLora(config, lora, 3));
    const one = prompts(2);
    const noAnswerCounts = { ...one, promptTokens: Uint32Array.of(5, 5) };
    const loss = (given: AnsweredPrompts) =>
      tf.tidy(() => answerLoss(model, adapter, given, Uint32Array.of(0, 1)).dataSync()[0] ?? Number.NaN);
    // Of five tokens before the last only that one is asked for, and it is the end of both.
    const ends = tf.tidy(() => {
      const tokenIds = tf.tensor2d(one.texts.ids, [2, 6], 'int32');
      const { logits } = model.decoder.write<tf.Tensor>(tensorflowOps(), base, {
        tokenIds,
        mask: tf.ones([2, 6]),
      });
      const likelihoods = tf.slice(tf.logSoftmax(logits), [0, 4, 2], [2, 1, 1]);
      return -(tf.mean(likelihoods).dataSync()[0] ?? Number.NaN);
    });
    expect(loss(noAnswerCounts)).toBeCloseTo(ends, 4);
    expect(loss(one)).not.toBeCloseTo(ends, 2);
  });

  it('loses little where the base multiplies in bfloat16', () => {
    const frozenProduct = frozenBfloat16Product();
    if (!frozenProduct) return;
    const adapter = tensorsOf(readPeftAdapter(new URL('tiny-llama-lora', zoo).pathname).tensors);
    const name = 'model.layers.0.self_attn.v_proj.lora_B.weight';
    const gradient = (of: LoraModel) =>
      tf.tidy(() => {
        const loss = (weight: tf.Tensor) =>
          answerLoss(of, new Map(adapter).set(name, weight), prompts(3), Uint32Array.of(0, 1, 2));
        return tf
          .grad(loss as (x: tf.Tensor) => tf.Tensor)(adapter.get(name) as tf.Tensor)
          .dataSync();
      });
    const [exact, rounded] = [gradient(model), gradient({ ...model, frozenProduct })];
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, value, index) => sum + value * (b[index] ?? Number.NaN), 0);
    const cosine = dot(exact, rounded) / Math.sqrt(dot(exact, exact) * dot(rounded, rounded));
    expect(cosine).toBeGreaterThan(0.99);
  });
});
