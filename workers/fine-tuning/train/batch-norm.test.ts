import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { startEngine } from '../engine/start-engine.ts';
import { averageWeights } from './average-weights.ts';
import { type BatchStatistics, batchNorm } from './batch-norm.ts';
import { oneCycle } from './learning-rate.ts';

beforeAll(async () => {
  await startEngine('auto');
});

const SHAPE: [number, number, number, number] = [3, 2, 4, 2];
const random = randomNumbers(9);
const numbers = (count: number) => Float32Array.from({ length: count }, () => 4 * random() - 1);
const x = numbers(48);
const towards = numbers(48);
const gamma = Float32Array.of(1.5, -0.5);
const beta = Float32Array.of(0.2, 3);
const EPSILON = 1e-3;

/** In plain numbers, channel by channel. */
function expected(values: Float32Array): number[] {
  const result = new Array<number>(values.length);
  for (let channel = 0; channel < 2; channel++) {
    const own = Array.from(values).filter((_, at) => at % 2 === channel);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length;
    own.forEach((value, at) => {
      result[2 * at + channel] =
        ((value - mean) / Math.sqrt(variance + EPSILON)) * (gamma[channel] ?? 0) + (beta[channel] ?? 0);
    });
  }
  return result;
}

describe('batch normalisation in training', () => {
  const unused = () => tf.ones([2]);
  const run = (values: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor, told?: (s: BatchStatistics) => void) =>
    batchNorm((_, statistics) => told?.(statistics))(values as tf.Tensor4D, {
      gamma: scale,
      beta: shift,
      mean: unused(),
      variance: unused(),
      epsilon: EPSILON,
    });

  it('goes by the batch, and tells its statistics', () => {
    tf.tidy(() => {
      let told: BatchStatistics | undefined;
      const y = run(tf.tensor4d(x, SHAPE), tf.tensor1d(gamma), tf.tensor1d(beta), (statistics) => {
        told = statistics;
      });
      const wanted = expected(x);
      [...y.dataSync()].forEach((value, at) => expect(value).toBeCloseTo(wanted[at] ?? 0, 4));
      const first = Array.from(x).filter((_, at) => at % 2 === 0);
      expect(told?.mean[0]).toBeCloseTo(first.reduce((sum, value) => sum + value, 0) / first.length, 4);
    });
  });

  it('has the gradients that differences give', () => {
    tf.tidy(() => {
      const [pictures, scale, shift] = [tf.tensor4d(x, SHAPE), tf.tensor1d(gamma), tf.tensor1d(beta)];
      const loss = (values: tf.Tensor, s: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.mul(run(values, s, b), tf.tensor4d(towards, SHAPE)));
      const [dx, dGamma, dBeta] = tf.grads(loss)([pictures, scale, shift]) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const h = 1e-2;
      const at = (place: number, change: number) => {
        const moved = Float32Array.from(x);
        moved[place] = (moved[place] ?? 0) + change;
        return expected(moved).reduce((sum, value, index) => sum + value * (towards[index] ?? 0), 0);
      };
      for (const place of [0, 1, 17, 30, 47]) {
        const slope = (at(place, h) - at(place, -h)) / (2 * h);
        expect(dx.dataSync()[place]).toBeCloseTo(slope, 2);
      }
      const own = (channel: number) => Array.from(towards).filter((_, place) => place % 2 === channel);
      expect(dBeta.dataSync()[1]).toBeCloseTo(
        own(1).reduce((sum, value) => sum + value, 0),
        3,
      );
      const normal = expected(x).filter((_, place) => place % 2 === 0);
      const wanted = normal.reduce(
        (sum, value, place) => sum + ((value - 0.2) / 1.5) * (own(0)[place] ?? 0),
        0,
      );
      expect(dGamma.dataSync()[0]).toBeCloseTo(wanted, 2);
    });
  });
});

describe('the moving average of weights', () => {
  it('is the formula, follows fast at first, and goes on from what it was', () => {
    const feed = (average: ReturnType<typeof averageWeights>, value: number) =>
      tf.tidy(() => average.update(new Map([['w', tf.tensor1d([value])]])));
    const average = averageWeights(0.9);
    const values = [4, 1, 3, 7];
    let wanted = 0;
    values.forEach((value, step) => {
      feed(average, value);
      const kept = step === 0 ? 0 : Math.min(0.9, (1 + step) / (10 + step));
      wanted = kept * wanted + (1 - kept) * value;
    });
    expect(average.weights().get('w')?.data[0]).toBeCloseTo(wanted, 5);
    const other = averageWeights(0.9);
    other.restore(average.values());
    feed(average, 2);
    feed(other, 2);
    expect(other.weights()).toEqual(average.weights());
    expect([...other.weights().keys()]).toEqual(['w']);
  });
});

describe('one cycle', () => {
  it('rises in a line and falls to nothing', () => {
    const rate = oneCycle(2, 0.2, 100);
    expect(rate(9)).toBeCloseTo(1, 9);
    expect(rate(19)).toBeCloseTo(2, 9);
    expect(rate(59)).toBeCloseTo(1, 9);
    expect(rate(99)).toBeCloseTo(0, 9);
  });
});
