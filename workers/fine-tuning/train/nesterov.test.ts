import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../engine/start-engine.ts';
import { nesterov } from './nesterov.ts';
import { initialState, type NesterovSettings, trainedWeights } from './optimizer.ts';

const SETTINGS: NesterovSettings = {
  momentum: 0.9,
  weightDecay: 0.1,
  rateScale: (name) => (name === 'bias' ? 4 : 1),
};
const RATE = 0.05;
const STEPS = 5;
const start = [0.5, -1.5, 2];
const gradientOf = (step: number) => [0.1 * step, -0.3, step % 2 === 0 ? 1 : -1];

/** PyTorch's documented SGD with nesterov=True, in plain numbers. */
function expected(rate: number, decay: number): number[] {
  const weight = [...start];
  const velocity = [0, 0, 0];
  for (let step = 1; step <= STEPS; step++) {
    gradientOf(step).forEach((gradient, at) => {
      const slope = gradient + decay * (weight[at] ?? 0);
      velocity[at] = 0.9 * (velocity[at] ?? 0) + slope;
      weight[at] = (weight[at] ?? 0) - rate * (slope + 0.9 * (velocity[at] ?? 0));
    });
  }
  return weight;
}

describe('nesterov', () => {
  beforeAll(async () => {
    await startEngine('auto');
  });

  it('steps as PyTorch does, at a rate of its own where asked, goes on from its state, and leaks nothing', () => {
    const before = tf.memory().numTensors;
    const tensor = () => ({ shape: [3], data: Float32Array.from(start) });
    let state = initialState(new Map(['weight', 'bias'].map((name) => [name, tensor()] as const)));
    for (let step = 1; step <= STEPS; step++) {
      const optimizer = nesterov(SETTINGS, state);
      tf.tidy(() => {
        const gradient = tf.tensor1d(gradientOf(step));
        optimizer.step(new Map(['weight', 'bias'].map((name) => [name, gradient])), RATE, step);
      });
      state = optimizer.state();
      optimizer.dispose();
    }
    const weights = trainedWeights(state);
    const near = (name: string, wanted: number[]) =>
      wanted.forEach((value, at) => expect(Number(weights.get(name)?.data[at])).toBeCloseTo(value, 5));
    near('weight', expected(RATE, 0.1));
    near('bias', expected(RATE * 4, 0.1 / 4));
    expect(tf.memory().numTensors).toBe(before);
  });
});
