import type * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';

export interface WeightAverage {
  /** Takes the weights of a step in. */
  update(weights: ReadonlyMap<string, tf.Tensor>): void;
  weights(): Map<string, StoredTensor>;
  /** With how many steps are in them: what a checkpoint needs. */
  values(): Map<string, StoredTensor>;
  restore(values: ReadonlyMap<string, StoredTensor>): void;
}

/**
 * The exponential moving average of weights (Polyak and Juditsky, 1992), whose answers are steadier than those of the
 * last step. In the first steps it follows faster, as (1 + n) / (10 + n), so that the start does not weigh for long.
 */
export function averageWeights(decay: number): WeightAverage {
  let steps = 0;
  const averages = new Map<string, StoredTensor>();
  return {
    update(weights) {
      const kept = Math.min(decay, (1 + steps) / (10 + steps));
      steps++;
      for (const [name, tensor] of weights) {
        const values = tensor.dataSync() as Float32Array;
        const average = averages.get(name);
        if (!average) {
          averages.set(name, { shape: tensor.shape, data: Float32Array.from(values) });
          continue;
        }
        const data = average.data as Float32Array;
        for (let at = 0; at < data.length; at++) {
          data[at] = kept * (data[at] ?? 0) + (1 - kept) * (values[at] ?? 0);
        }
      }
    },
    weights: () => new Map(averages),
    values: () =>
      new Map<string, StoredTensor>([...averages, [COUNT, { shape: [1], data: Float32Array.of(steps) }]]),
    restore(values) {
      averages.clear();
      for (const [name, tensor] of values) averages.set(name, tensor);
      steps = Number(averages.get(COUNT)?.data[0] ?? 0);
      averages.delete(COUNT);
    },
  };
}

const COUNT = 'average-steps';
