import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { pictureAccuracy } from '#scripts/models/images/picture-accuracy.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { bfloat16Convolution } from '../engine/bfloat16-convolution.ts';
import { startEngine } from '../engine/start-engine.ts';
import { adamWForPictures } from './adamw-for-pictures.ts';
import { initialWeights } from './initial-weights.ts';
import type { PictureSet } from './picture-set.ts';
import {
  type ImageClassifierTraining,
  type PictureForward,
  trainImageClassifier,
} from './train-image-classifier.ts';

const SIDE = 8;
const COUNT = 96;

/** A convolution and a layer: enough for where a bright square is. */
const forward: PictureForward = (ops, weights, pictures) => {
  const norm = {
    gamma: weights('conv.norm.weight', [8]),
    beta: weights('conv.norm.bias', [8]),
    mean: weights('conv.norm.running_mean', [8]),
    variance: weights('conv.norm.running_var', [8]),
    epsilon: 1e-5,
  };
  const convolved = ops.convolution(pictures, weights('conv.weight', [8, 3, 3, 3]), {
    norm,
    stride: 1,
    padding: 'same',
    depthwise: false,
  });
  const pooled = ops.globalAveragePool(ops.maxPool(ops.relu(convolved)));
  return ops.linear(pooled, weights('classifier.weight', [2, 8]), weights('classifier.bias', [2]));
};

/** Red or blue squares on noise. */
function squares(seed: number): PictureSet {
  const random = randomNumbers(seed);
  const pixels = Uint8Array.from({ length: COUNT * SIDE * SIDE * 3 }, () => 100 * random());
  const labels = Uint8Array.from({ length: COUNT }, (_, index) => index % 2);
  labels.forEach((label, index) => {
    const [top, left] = [Math.floor(random() * 5), Math.floor(random() * 5)];
    for (let row = top; row < top + 3; row++) {
      for (let column = left; column < left + 3; column++) {
        pixels[3 * (index * SIDE * SIDE + row * SIDE + column) + (label === 0 ? 0 : 2)] = 255;
      }
    }
  });
  return { side: SIDE, pixels, labels };
}

const statistics = { mean: [0.2, 0.2, 0.2], std: [0.2, 0.2, 0.2] } as const;

function training(folder: string, changes: Partial<ImageClassifierTraining> = {}) {
  const losses: number[] = [];
  const run: ImageClassifierTraining = {
    forward,
    weights: () => initialWeights(forward, { side: SIDE, seed: 1 }),
    set: squares(1),
    classes: 2,
    statistics,
    augmentation: { flip: 'drawn', shift: 1, colour: 0.05, cutout: 2 },
    mixup: 0.2,
    labelSmoothing: 0.05,
    epochs: 10,
    batchRows: 16,
    seed: 3,
    learningRate: 0.03,
    warmUp: 0.2,
    optimizer: adamWForPictures(0.01),
    gradientNormMax: 5,
    averageDecay: 0.9,
    checkpoint: { file: join(folder, 'checkpoint.safetensors'), everyMs: 0, settings: 'one' },
    onStep: ({ loss }) => {
      losses.push(loss);
    },
    ...changes,
  };
  return { run, losses };
}

const folder = () => mkdtempSync(join(tmpdir(), 'images-'));

describe('training an image classifier', () => {
  beforeAll(async () => {
    await startEngine('auto');
  });

  it('learns what tells the classes apart, for pictures that it has not seen', async () => {
    const before = tf.memory().numTensors;
    const weights = await trainImageClassifier(training(folder()).run);
    expect(pictureAccuracy(forward, weights, squares(2), statistics)).toBeGreaterThan(0.95);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on from its checkpoint, its average included, as if it had never been ended', async () => {
    const whole = training(folder());
    const wanted = await trainImageClassifier(whole.run);
    const work = folder();
    const killed = training(work, {
      onStep: ({ step }) => {
        if (step === 31) throw new Error('killed');
      },
    });
    await expect(trainImageClassifier(killed.run)).rejects.toThrow('killed');
    const rest = training(work);
    const got = await trainImageClassifier(rest.run);
    rest.losses.forEach((loss, index) => {
      expect(
        Math.abs(loss - (whole.losses[whole.losses.length - rest.losses.length + index] ?? 0)),
      ).toBeLessThan(1e-3);
    });
    for (const [name, { data }] of wanted) {
      data.forEach((value, at) => {
        expect(Math.abs(Number(got.get(name)?.data[at]) - Number(value))).toBeLessThan(2e-3);
      });
    }
  });

  it('convolves in bfloat16 where TensorFlow is there, forward and back, but for rounding', async ({
    skip,
  }) => {
    const convolve = bfloat16Convolution();
    skip(!convolve, 'the native engine is not installed');
    tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([2, 6, 5, 3], -1, 1, 'float32', 1);
      const filter = tf.randomUniform<tf.Rank.R4>([3, 3, 3, 4], -1, 1, 'float32', 2);
      const towards = tf.randomUniform<tf.Rank.R4>([2, 6, 5, 4], -1, 1, 'float32', 3);
      const gradients = (of: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D) =>
        tf.grads((a, b) => tf.sum(tf.mul(of(a as tf.Tensor4D, b as tf.Tensor4D), towards)))([x, filter]);
      const exact = gradients((a, b) => tf.conv2d(a, b, 1, 'same'));
      gradients(convolve as NonNullable<typeof convolve>).forEach((gradient, index) => {
        const wanted = exact[index] as tf.Tensor;
        const difference = tf.div(tf.max(tf.abs(tf.sub(gradient, wanted))), tf.max(tf.abs(wanted)));
        expect(difference.dataSync()[0]).toBeLessThan(0.02);
      });
    });
  });
});
