import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { startEngine } from '../engine/start-engine.ts';
import { CheckpointError } from './checkpoint.ts';
import { linearSchedule } from './learning-rate.ts';
import type { OptimizerState } from './optimizer.ts';
import { type Training, train } from './train.ts';

const STEPS = 40;

beforeAll(async () => {
  await startEngine('auto');
});

function floats(count: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

/** A layer that learns another one's answers, from inputs that follow from the step. */
function training(folder: string, changes: Partial<Training> = {}): { run: Training; losses: number[] } {
  const losses: number[] = [];
  const truth = floats(8, 99);
  const run: Training = {
    weights: () => new Map([['layer.weight', { shape: [8, 1], data: floats(8, 1) }]]),
    steps: STEPS,
    batchLoss(weights, step) {
      const x = tf.tensor2d(floats(16 * 8, step), [16, 8]);
      const wanted = tf.matMul(x, tf.tensor2d(truth, [8, 1]));
      const answer = tf.matMul(x, weights.get('layer.weight') as tf.Tensor2D);
      return tf.mean(tf.square(tf.sub(answer, wanted)));
    },
    examples: () => 16,
    learningRate: linearSchedule(0.1, 0.1, STEPS),
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decays: () => true },
    gradientNormMax: 1,
    checkpoint: { file: join(folder, 'checkpoint.safetensors'), everyMs: 0, settings: 'one' },
    onStep: ({ loss }) => {
      losses.push(loss);
    },
    ...changes,
  };
  return { run, losses };
}

const folder = () => mkdtempSync(join(tmpdir(), 'train-'));
const values = (weights: OptimizerState) => Array.from(weights.get('layer.weight')?.data as Float32Array);

describe('a training', () => {
  it('lessens the loss and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { run, losses } = training(folder(), { steps: 200, learningRate: linearSchedule(0.1, 0.1, 200) });
    await train(run);
    expect(losses).toHaveLength(200);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 50);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on from its checkpoint as if it had never been ended', async () => {
    const whole = training(folder());
    const wanted = await train(whole.run);

    const work = folder();
    const killed = training(work, {
      onStep: ({ step }) => {
        if (step === 25) throw new Error('killed');
      },
    });
    await expect(train(killed.run)).rejects.toThrow('killed');
    const rest = training(work);
    const got = await train(rest.run);
    // The 25th step was not saved any more: it is done again.
    expect(rest.losses).toHaveLength(STEPS - 24);
    for (const [index, loss] of rest.losses.entries()) {
      expect(Math.abs(loss - (whole.losses[24 + index] ?? 0))).toBeLessThan(1e-5);
    }
    expect(values(got)).toEqual(values(wanted).map((value) => expect.closeTo(value, 5)));
  });

  it('refuses a checkpoint of other settings and keeps it', async () => {
    const work = folder();
    await train(training(work).run);
    const { run } = training(work);
    const other = { ...run, checkpoint: { ...run.checkpoint, settings: 'another' } };
    await expect(train(other)).rejects.toThrow(CheckpointError);
    expect(existsSync(run.checkpoint.file)).toBe(true);
  });

  it('says that a checkpoint is cut short', async () => {
    const work = folder();
    const { run } = training(work);
    await train(run);
    writeFileSync(run.checkpoint.file, readFileSync(run.checkpoint.file).subarray(0, 200));
    await expect(train(run)).rejects.toThrow(/cut short|header|tensor/i);
  });

  it('stops where the loss is no number, and keeps what was saved', async () => {
    const work = folder();
    const { run } = training(work);
    const spoilt: Training = {
      ...run,
      batchLoss: (weights, step) =>
        step === 10 ? tf.mul(run.batchLoss(weights, step), Number.NaN) : run.batchLoss(weights, step),
    };
    await expect(train(spoilt)).rejects.toThrow('The loss of step 11 is NaN');
    const rest = training(work);
    await train(rest.run);
    expect(rest.losses).toHaveLength(STEPS - 10);
  });
});
