import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { startEngine } from '../engine/start-engine.ts';
import { composedAdamW } from './adamw-composed.ts';
import { fusedAdamW } from './adamw-fused.ts';
import { type AdamWSettings, initialState, type Optimizer } from './optimizer.ts';
import { tensorflowBinding } from './tensorflow-binding.ts';

const settings: AdamWSettings = {
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
  decays: (name) => name === 'weight',
};
const RATE = 0.05;
const STEPS = 5;
const start = [0.5, -1.5, 2];
const gradientOf = (step: number) => [0.1 * step, -0.3, step % 2 === 0 ? 1 : -1];

beforeAll(async () => {
  await startEngine('auto');
});

/** Loshchilov and Hutter's algorithm 2 in plain numbers, with Adam's epsilon after the correction of the rate. */
function expected(decay: number): number[] {
  const weight = [...start];
  const first = [0, 0, 0];
  const second = [0, 0, 0];
  for (let step = 1; step <= STEPS; step++) {
    const rate = (RATE * Math.sqrt(1 - 0.99 ** step)) / (1 - 0.9 ** step);
    gradientOf(step).forEach((gradient, index) => {
      first[index] = 0.9 * (first[index] ?? 0) + 0.1 * gradient;
      second[index] = 0.99 * (second[index] ?? 0) + 0.01 * gradient ** 2;
      const change = (rate * (first[index] ?? 0)) / (Math.sqrt(second[index] ?? 0) + 1e-8);
      weight[index] = (weight[index] ?? 0) * (1 - RATE * decay) - change;
    });
  }
  return weight;
}

function run(make: (state: Map<string, StoredTensor>) => Optimizer): Record<string, number[]> {
  const tensor = (): StoredTensor => ({ shape: [3], data: Float32Array.from(start) });
  const optimizer = make(
    initialState(
      new Map([
        ['weight', tensor()],
        ['bias', tensor()],
      ]),
    ),
  );
  for (let step = 1; step <= STEPS; step++) {
    tf.tidy(() => {
      const gradient = tf.tensor1d(gradientOf(step));
      optimizer.step(
        new Map([
          ['weight', gradient],
          ['bias', gradient],
        ]),
        RATE,
        step,
      );
    });
  }
  const state = optimizer.state();
  const read = (name: string) => Array.from(state.get(`weights/${name}`)?.data ?? [], Number);
  const result = { weight: read('weight'), bias: read('bias') };
  optimizer.dispose();
  return result;
}

function expectAsComputed(result: Record<string, number[]>): void {
  expected(0.1).forEach((value, index) => {
    expect(result.weight?.[index]).toBeCloseTo(value, 5);
  });
  expected(0).forEach((value, index) => {
    expect(result.bias?.[index]).toBeCloseTo(value, 5);
  });
}

describe('AdamW', () => {
  it('computes what the paper says, decaying only what is to decay', () => {
    const before = tf.memory().numTensors;
    expectAsComputed(run((state) => composedAdamW(settings, state)));
    expect(tf.memory().numTensors).toBe(before);
  });

  it("computes the same in TensorFlow's kernel, where the native engine is installed", ({ skip }) => {
    const native = tensorflowBinding(tf.backend());
    if (!native) return skip();
    const before = tf.memory().numTensors;
    expectAsComputed(run((state) => fusedAdamW(native, settings, state)));
    expect(tf.memory().numTensors).toBe(before);
  });
});
