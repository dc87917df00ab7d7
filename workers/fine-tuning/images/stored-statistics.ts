import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';

const RUNNING = /\.running_(mean|var)$/;

export function isStatistic(name: string): boolean {
  return RUNNING.test(name);
}

/** The statistics of batch normalisations, which no gradient changes, apart; and what stays as it is. */
export function splitWeights(
  weights: ReadonlyMap<string, StoredTensor>,
  isFixed: (name: string) => boolean,
): Record<'trained' | 'fixed', Map<string, StoredTensor>> {
  const own = [...weights].filter(([name]) => !isStatistic(name));
  return {
    trained: new Map(own.filter(([name]) => !isFixed(name))),
    fixed: new Map(own.filter(([name]) => isFixed(name))),
  };
}

/** For a forward pass that goes by the batch's own statistics: what stands for the stored ones is never read. */
export function statisticsAsOnes(
  weights: ReadonlyMap<string, tf.Tensor>,
  fixed: ReadonlyMap<string, StoredTensor>,
): Weights<tf.Tensor> {
  return (name, shape) => {
    const constant = fixed.get(name);
    const tensor = isStatistic(name)
      ? tf.ones([...shape])
      : constant
        ? tf.tensor(Float32Array.from(constant.data as Float32Array), [...constant.shape])
        : weights.get(name);
    if (!tensor || tensor.shape.join() !== shape.join()) {
      throw new Error(`${name} has the shape [${tensor?.shape ?? 'none'}]; the model needs [${shape}].`);
    }
    return tensor;
  };
}
