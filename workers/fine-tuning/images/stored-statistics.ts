import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';

const RUNNING = /\.running_(mean|var)$/;

export function isStatistic(name: string): boolean {
  return RUNNING.test(name);
}

/** All but the statistics of batch normalisations, which no gradient changes. */
export function trainedOnly(weights: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  return new Map([...weights].filter(([name]) => !isStatistic(name)));
}

/** For a forward pass that goes by the batch's own statistics: what stands for the stored ones is never read. */
export function statisticsAsOnes(weights: ReadonlyMap<string, tf.Tensor>): Weights<tf.Tensor> {
  return (name, shape) => {
    const tensor = isStatistic(name) ? tf.ones([...shape]) : weights.get(name);
    if (!tensor || tensor.shape.join() !== shape.join()) {
      throw new Error(`${name} has the shape [${tensor?.shape ?? 'none'}]; the model needs [${shape}].`);
    }
    return tensor;
  };
}
