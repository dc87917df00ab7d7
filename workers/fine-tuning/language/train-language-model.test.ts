import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseGpt2Config } from '#workers/model-zoo/gpt2-config.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { startEngine } from '../engine/start-engine.ts';
import { gpt2InitialValue, initialWeights, lstmInitialValue } from './initial-weights.ts';
import { gpt2Forward, lstmForward } from './language-network.ts';
import { composed, nextTokenLoss } from './next-token-loss.ts';
import { nextTokenLogits } from './next-tokens.ts';
import { sampleText } from './sample-text.ts';
import { tokenWindows } from './token-windows.ts';
import { trainLanguageModel } from './train-language-model.ts';

const VOCABULARY = 12;
const CONTEXT = 8;
const STEPS = 60;
const KILLED_AT = 45;

beforeAll(async () => {
  await startEngine('auto');
});

const networks = {
  gpt: {
    forward: gpt2Forward(
      parseGpt2Config({
        model_type: 'gpt2',
        activation_function: 'gelu_new',
        vocab_size: VOCABULARY,
        n_positions: CONTEXT,
        n_embd: 16,
        n_layer: 2,
        n_head: 2,
        embd_pdrop: 0.05,
        attn_pdrop: 0,
        resid_pdrop: 0,
      }),
    ),
    initialValue: gpt2InitialValue(2),
  },
  lstm: {
    forward: lstmForward({
      vocabularySize: VOCABULARY,
      embeddingSize: 12,
      hiddenSize: 24,
      layers: 1,
      dropout: 0.05,
    }),
    initialValue: lstmInitialValue(24),
  },
} as const;
/** A text that can be told: every token follows from the one before. */
const tokens = Int32Array.from({ length: 2_000 }, (_, at) => (5 * at) % VOCABULARY);

function training(name: keyof typeof networks, folder: string, endAt = Number.POSITIVE_INFINITY) {
  const { forward, initialValue } = networks[name];
  const losses: number[] = [];
  const run = () =>
    trainLanguageModel({
      forward,
      weights: () => initialWeights(forward, initialValue, 3),
      tokens,
      contextTokens: CONTEXT,
      batchRows: 8,
      steps: STEPS,
      seed: 5,
      learningRate: 0.02,
      warmUp: 0.1,
      weightDecay: 0.01,
      gradientNormMax: 1,
      checkpoint: { file: join(folder, 'checkpoint.safetensors'), everyMs: 0, settings: name },
      onStep({ step, loss }) {
        losses.push(loss);
        if (step === endAt) throw new Error('killed');
      },
    });
  return { run, losses };
}
const folder = () => mkdtempSync(join(tmpdir(), 'language-'));

describe.each(['gpt', 'lstm'] as const)('training the %s', (name) => {
  it('begins knowing nothing, learns, leaves no tensor behind, and goes on where it was ended', async () => {
    const before = tf.memory().numTensors;
    const whole = training(name, folder());
    await whole.run();
    const { losses } = whole;
    expect(losses[0]).toBeGreaterThan(0.8 * Math.log(VOCABULARY));
    expect(losses[0]).toBeLessThan(1.2 * Math.log(VOCABULARY));
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(tf.memory().numTensors).toBe(before);

    const work = folder();
    await expect(training(name, work, KILLED_AT).run()).rejects.toThrow('killed');
    const rest = training(name, work);
    await rest.run();
    // The step that it was ended in was not saved any more.
    expect(rest.losses).toHaveLength(STEPS - KILLED_AT + 1);
    for (const [index, loss] of rest.losses.entries()) {
      expect(Math.abs(loss - (losses[KILLED_AT - 1 + index] ?? 0))).toBeLessThan(1e-3);
    }
  });

  it('tells nothing of a token by those after it', () => {
    const { forward, initialValue } = networks[name];
    const weights = new Map(
      [...initialWeights(forward, initialValue, 3)].map(([key, { data, shape }]) => [
        key,
        tf.tensor(data as Float32Array, [...shape]),
      ]),
    );
    const long = nextTokenLogits(forward, weights, [1, 2, 3, 4, 5, 6]);
    const other = nextTokenLogits(forward, weights, [1, 2, 3, 9, 9, 9]);
    for (let at = 0; at < 3; at++) {
      long[at]?.forEach((logit, token) => {
        expect(Math.abs(logit - (other[at]?.[token] ?? Number.NaN))).toBeLessThan(1e-5);
      });
    }
    expect(long[3]).not.toEqual(other[3]);
    tf.dispose([...weights.values()]);
  });
});

describe('the loss of the next token', () => {
  const random = randomNumbers(4);
  const logits = Float32Array.from({ length: 5 * 7 }, () => 6 * random() - 3);
  const next = [0, 6, 3, 3, 1];

  it('is what the formula says, and so are its gradients, on every engine', () => {
    const sums = next.map((_, row) =>
      logits.slice(7 * row, 7 * row + 7).reduce((sum, logit) => sum + Math.exp(logit), 0),
    );
    const expected =
      next.reduce((sum, token, row) => sum + Math.log(sums[row] ?? 0) - (logits[7 * row + token] ?? 0), 0) /
      next.length;
    const slope = Array.from(logits, (logit, at) => {
      const row = Math.floor(at / 7);
      const wanted = next[row] === at % 7 ? 1 : 0;
      return (3 * (Math.exp(logit) / (sums[row] ?? 0) - wanted)) / next.length;
    });
    for (const loss of [nextTokenLoss, composed]) {
      tf.tidy(() => {
        const tripled = (x: tf.Tensor) => tf.mul(loss(x as tf.Tensor2D, tf.tensor1d(next, 'int32')), 3);
        const { value, grad } = tf.valueAndGrad(tripled)(tf.tensor2d(logits, [5, 7]));
        expect(value.dataSync()[0]).toBeCloseTo(3 * expected, 4);
        grad.dataSync().forEach((number, at) => expect(number).toBeCloseTo(slope[at] ?? 0, 5));
      });
    }
  });
});

describe('windows of a text', () => {
  const options = { length: 10, batchRows: 4, seed: 2 };
  const text = Int32Array.from({ length: 1_000 }, (_, at) => at);
  const starts = (epoch: number) => {
    const windows = tokenWindows(text, options);
    return Array.from({ length: windows.perEpoch }, (_, step) => {
      const rows = windows.rows(epoch * windows.perEpoch + step);
      return [0, 1, 2, 3].map((row) => rows[11 * row] ?? -1);
    }).flat();
  };

  it('are taken once an epoch, from another place in the next', () => {
    const [first, second] = [starts(0), starts(1)];
    expect(new Set(first).size).toBe(first.length);
    expect(first.length).toBe(96);
    expect(new Set(first.map((start) => start % 10)).size).toBe(1);
    expect(second).not.toEqual(first);
    expect((second[0] ?? 0) % 10).not.toBe((first[0] ?? 0) % 10);
  });

  it('follow from the step, and each is a stretch of the text', () => {
    const row = tokenWindows(text, options).rows(30).slice(0, 11);
    expect(tokenWindows(text, options).rows(30).slice(0, 11)).toEqual(row);
    row.forEach((token, at) => expect(token).toBe((row[0] ?? 0) + at));
  });

  it('are refused a text that is too short', () => {
    expect(() => tokenWindows(text.slice(0, 40), options)).toThrow('40 tokens are too few');
  });
});

describe('a sample', () => {
  const logitsOf = (ids: readonly number[]) =>
    ids.map((id) => Float32Array.from({ length: 5 }, (_, next) => (next === (id + 1) % 5 ? 4 : 0)));
  const options = { tokens: 12, contextTokens: 4, temperature: 1, topK: 3, seed: 1, endToken: -1 };

  it('follows from its seed', () => {
    expect(sampleText(logitsOf, [0], options)).toEqual(sampleText(logitsOf, [0], options));
    expect(sampleText(logitsOf, [0], { ...options, seed: 2 })).not.toEqual(
      sampleText(logitsOf, [0], options),
    );
  });

  it('takes the likeliest of one, and ends at the end', () => {
    expect(sampleText(logitsOf, [0], { ...options, topK: 1, tokens: 6 })).toEqual([1, 2, 3, 4, 0, 1]);
    expect(sampleText(logitsOf, [0], { ...options, topK: 1, endToken: 3 })).toEqual([1, 2]);
  });
});
