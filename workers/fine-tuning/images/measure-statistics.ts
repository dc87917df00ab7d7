import * as tf from '@tensorflow/tfjs-core';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { shuffled } from '#workers/model-zoo/seeded-random.ts';
import { batchNorm } from '../train/batch-norm.ts';
import { pictureBatch } from './picture-batch.ts';
import { pictureCount } from './picture-set.ts';
import { isStatistic } from './stored-statistics.ts';
import type { ImageClassifierTraining } from './train-image-classifier.ts';

const BATCHES = 40;

/**
 * The weights with the statistics of their batch normalisations: means over batches as in training, each layer's under
 * the statistics of the batch before it.
 */
export function measureStatistics(
  training: Pick<
    ImageClassifierTraining,
    | 'forward'
    | 'set'
    | 'batchRows'
    | 'seed'
    | 'convolve'
    | 'statistics'
    | 'augmentation'
    | 'mixup'
    | 'labelSmoothing'
    | 'classes'
  >,
  weights: ReadonlyMap<string, StoredTensor>,
): Map<string, StoredTensor> {
  const { set, batchRows, seed, forward, convolve } = training;
  const count = Math.min(BATCHES, Math.floor(pictureCount(set) / batchRows));
  const order = shuffled(pictureCount(set), seed);
  const sums = new Map<string, Float32Array>();
  const add = (name: string, values: Float32Array) => {
    const sum = sums.get(name) ?? new Float32Array(values.length);
    values.forEach((value, channel) => {
      sum[channel] = (sum[channel] ?? 0) + value / count;
    });
    sums.set(name, sum);
  };
  for (let batch = 0; batch < count; batch++) {
    tf.tidy(() => {
      /** Which layer a normalisation belongs to: its statistics were asked for by name. */
      const names = new Map<number, string>();
      const normalise = batchNorm((norm, { mean, variance }) => {
        add(names.get(norm.mean.id) ?? '', mean);
        add(names.get(norm.variance.id) ?? '', variance);
      });
      const named = (name: string, shape: readonly number[]) => {
        const stored = weights.get(name);
        const tensor = isStatistic(name)
          ? tf.ones([...shape])
          : tf.tensor(Float32Array.from(stored?.data as Float32Array), [...shape]);
        names.set(tensor.id, name);
        return tensor;
      };
      const rows = order.subarray(batch * batchRows, (batch + 1) * batchRows);
      const { pictures } = pictureBatch(set, rows, { ...training, seed: seed + batch, epoch: batch });
      forward(tensorflowOps({ training: true, seed: 0, convolve, normalise }), named, pictures);
    });
  }
  const measured = [...sums].map(
    ([name, data]) => [name, { shape: [data.length], data } satisfies StoredTensor] as const,
  );
  return new Map([...weights, ...measured]);
}
