import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../engine/start-engine.ts';
import { distillationLoss } from './distillation-loss.ts';

beforeAll(async () => {
  await startEngine('auto');
});

function softened(logits: readonly number[], temperature: number): number[] {
  const powers = logits.map((logit) => Math.exp(logit / temperature));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

describe('the distillation loss', () => {
  const student = [
    [0.5, -1, 2],
    [3, 0, -2],
  ];
  const teacher = [
    [1, 0.2, 0],
    [-1, 2, 0.5],
  ];

  it.each([1, 2, 4])('is the formula, at temperature %s', (temperature) => {
    const expected =
      student.reduce((sum, row, index) => {
        const wanted = softened(teacher[index] ?? [], temperature);
        const given = softened(row, temperature);
        return sum - wanted.reduce((all, share, label) => all + share * Math.log(given[label] ?? 0), 0);
      }, 0) / 2;
    const loss = distillationLoss(tf.tensor2d(student), tf.tensor2d(teacher), temperature).dataSync()[0];
    expect(loss).toBeCloseTo(expected * temperature ** 2, 5);
  });

  it('pulls the student to the teacher, at the same scale at any temperature', () => {
    const gradient = (temperature: number) =>
      tf.grad((logits: tf.Tensor) => distillationLoss(logits, tf.tensor2d(teacher), temperature))(
        tf.tensor2d(teacher),
      );
    for (const temperature of [1, 3]) {
      const values = [...gradient(temperature).dataSync()];
      expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-5);
    }
  });
});
