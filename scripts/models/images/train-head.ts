import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { linearSchedule } from '#workers/fine-tuning/train/learning-rate.ts';
import { train } from '#workers/fine-tuning/train/train.ts';
import { weightedCrossEntropy } from '#workers/fine-tuning/train/weighted-cross-entropy.ts';
import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import type { Features } from './picture-features.ts';

export interface HeadSettings {
  readonly epochs: number;
  readonly batchRows: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly seed: number;
}

/** A linear layer on features whose mean and deviation are those of the training rows: [classes, width] and [classes]. */
export interface Head {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  readonly classes: number;
}

/** Multinomial logistic regression by AdamW. */
export async function trainHead(features: Features, classes: number, settings: HeadSettings): Promise<Head> {
  const { width, labels } = features;
  const { mean, deviation } = columnStatistics(features);
  const rows = standardised(features, { mean, deviation });
  const perEpoch = Math.ceil(labels.length / settings.batchRows);
  const steps = perEpoch * settings.epochs;
  const work = mkdtempSync(join(tmpdir(), 'head-'));
  try {
    const trained = await train({
      weights: () =>
        new Map([
          ['head.weight', { shape: [classes, width], data: new Float32Array(classes * width) }],
          ['head.bias', { shape: [classes], data: new Float32Array(classes) }],
        ]),
      steps,
      learningRate: linearSchedule(settings.learningRate, 0.05, steps),
      optimizer: {
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weightDecay: settings.weightDecay,
        decays: (name) => name === 'head.weight',
      },
      gradientNormMax: 10,
      checkpoint: { file: join(work, 'checkpoint'), everyMs: Number.POSITIVE_INFINITY, settings: '' },
      examples: () => settings.batchRows,
      batchLoss(weights, step) {
        const order = shuffled(labels.length, settings.seed + Math.floor(step / perEpoch));
        const start = (step % perEpoch) * settings.batchRows;
        const taken = order.subarray(start, start + settings.batchRows);
        const values = new Float32Array(taken.length * width);
        taken.forEach((row, place) => {
          values.set(rows.subarray(row * width, (row + 1) * width), place * width);
        });
        const logits = tf.add(
          tf.matMul(
            tf.tensor2d(values, [taken.length, width]),
            weights.get('head.weight') as tf.Tensor2D,
            false,
            true,
          ),
          weights.get('head.bias') as tf.Tensor,
        );
        const wanted = Array.from(taken, (row) => labels[row] ?? 0);
        return weightedCrossEntropy(
          logits,
          wanted,
          wanted.map(() => 1),
        );
      },
    });
    return {
      weight: trained.get('head.weight')?.data as Float32Array,
      bias: trained.get('head.bias')?.data as Float32Array,
      mean,
      deviation,
      classes,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Share of rows whose greatest logit is the right one. */
export function headAccuracy(head: Head, features: Features): number {
  const rows = standardised(features, head);
  const { width, labels } = features;
  const given = tf.tidy(() => {
    const logits = tf.add(
      tf.matMul(
        tf.tensor2d(rows, [labels.length, width]),
        tf.tensor2d(head.weight.slice(), [head.classes, width]),
        false,
        true,
      ),
      tf.tensor1d(head.bias.slice()),
    );
    return tf.argMax(logits, -1).dataSync();
  });
  return labels.reduce((right, label, row) => right + (given[row] === label ? 1 : 0), 0) / labels.length;
}

function columnStatistics({ width, values }: Features): Pick<Head, 'mean' | 'deviation'> {
  const count = values.length / width;
  const mean = new Float32Array(width);
  const square = new Float64Array(width);
  values.forEach((value, at) => {
    mean[at % width] = (mean[at % width] ?? 0) + value / count;
  });
  values.forEach((value, at) => {
    square[at % width] = (square[at % width] ?? 0) + (value - (mean[at % width] ?? 0)) ** 2 / count;
  });
  return { mean, deviation: Float32Array.from(square, (variance) => Math.sqrt(variance) + 1e-3) };
}

function standardised({ width, values }: Features, { mean, deviation }: Pick<Head, 'mean' | 'deviation'>) {
  return values.map((value, at) => (value - (mean[at % width] ?? 0)) / (deviation[at % width] ?? 1));
}
