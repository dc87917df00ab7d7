import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bertClassifier } from '#workers/model-zoo/bert-classifier.ts';
import { parseBertConfig } from '#workers/model-zoo/bert-config.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { checkpointWeights } from '#workers/model-zoo/weights.ts';
import { startEngine } from '../engine/start-engine.ts';
import { attentionRollout } from './attention-rollout.ts';
import { type EmbeddedClassifier, gradientTimesInput } from './gradient-times-input.ts';

const LABELS = 3;
const TOKENS = [2, 7, 5, 11, 3];
const folder = new URL('../../model-zoo/fixtures/tiny-bert/', import.meta.url);
const config = parseBertConfig(JSON.parse(readFileSync(new URL('config.json', folder), 'utf8')));

function classifier(): EmbeddedClassifier {
  const base = checkpointWeights(readSafetensors(readFileSync(new URL('model.safetensors', folder))));
  const random = randomNumbers(5);
  const layer = new Map<string, Float32Array>();
  const weights = tensorflowWeights((label, shape) => {
    if (label.startsWith('bert.')) return base(label.slice('bert.'.length), shape);
    const size = shape.reduce((product, part) => product * part, 1);
    const data = layer.get(label) ?? Float32Array.from({ length: size }, () => 4 * random() - 2);
    layer.set(label, data);
    return { label, shape, data };
  });
  return {
    forward: (ops, inputs) => bertClassifier(ops, config, weights, inputs, { labels: LABELS }),
    width: config.hiddenSize,
  };
}

describe('looking inside a classifier', () => {
  let model: EmbeddedClassifier;
  beforeAll(async () => {
    await startEngine('auto');
    model = classifier();
  });

  it('gradient times input is the slope of the logit as a token fades', () => {
    const label = 1;
    const values = gradientTimesInput(model, TOKENS, label);
    /** The logit with one token's embedding scaled. */
    const logit = (token: number, scale: number) =>
      tf.tidy(() => {
        const ops = tensorflowOps();
        const scales = TOKENS.map((_, index) => (index === token ? scale : 1));
        const faded = {
          ...ops,
          embedding: (table: tf.Tensor, indices: tf.Tensor) =>
            tf.mul(ops.embedding(table, indices), tf.tensor3d(scales, [1, TOKENS.length, 1])),
        };
        const shape: [number, number] = [1, TOKENS.length];
        const inputs = { tokenIds: tf.tensor2d(TOKENS, shape, 'int32'), mask: tf.ones(shape) };
        return model.forward(faded, inputs).dataSync()[label] ?? 0;
      });
    // Five points: the logit bends so much that two would miss its slope.
    const h = 0.005;
    const slopes = TOKENS.map((_, token) => {
      const around = (step: number) => logit(token, 1 + step * h) - logit(token, 1 - step * h);
      return (8 * around(1) - around(2)) / (12 * h);
    });
    expect(Math.max(...slopes.map(Math.abs))).toBeGreaterThan(1);
    slopes.forEach((slope, token) => {
      expect(Math.abs((values[token] ?? 0) - slope)).toBeLessThan(0.01);
    });
  });

  it('gives attention as shares of the tokens', () => {
    const shares = [...attentionRollout(model, TOKENS)];
    expect(shares).toHaveLength(TOKENS.length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it('leaves no tensor behind', () => {
    gradientTimesInput(model, TOKENS, 0);
    attentionRollout(model, TOKENS);
    const before = tf.memory().numTensors;
    gradientTimesInput(model, TOKENS, 0);
    attentionRollout(model, TOKENS);
    expect(tf.memory().numTensors).toBe(before);
  });
});
