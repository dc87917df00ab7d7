import * as tf from '@tensorflow/tfjs-core';
import type { Normalisation } from '#workers/model-zoo/ops.ts';
import { tensorflowBinding } from './tensorflow-binding.ts';

export interface BatchStatistics {
  readonly mean: Float32Array; // by channel
  readonly variance: Float32Array;
}

type Normalise = (x: tf.Tensor4D, norm: Normalisation<tf.Tensor>) => tf.Tensor4D;

/**
 * Batch normalisation as in training (Ioffe and Szegedy, 2015): by the statistics of the batch itself, of which
 * `onStatistics` is told. TensorFlow has it in one kernel, forward and back; elsewhere it is composed.
 */
export function batchNorm(
  onStatistics?: (norm: Normalisation<tf.Tensor>, statistics: BatchStatistics) => void,
): Normalise {
  const fused = fusedNorm();
  return (x, norm) => {
    const told = onStatistics && ((statistics: BatchStatistics) => onStatistics(norm, statistics));
    return fused ? fused(x, norm, told) : composedNorm(x, norm, told);
  };
}

type Told = ((statistics: BatchStatistics) => void) | undefined;

function composedNorm(x: tf.Tensor4D, { gamma, beta, epsilon }: Normalisation<tf.Tensor>, told: Told) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  told?.({ mean: mean.dataSync() as Float32Array, variance: variance.dataSync() as Float32Array });
  const scale = tf.mul(tf.rsqrt(tf.add(variance, epsilon)), gamma);
  return tf.add(tf.mul(tf.sub(x, mean), scale), beta) as tf.Tensor4D;
}

function fusedNorm() {
  const native = tensorflowBinding(tf.backend());
  if (!native) return undefined;
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_ATTR_STRING, TF_ATTR_FLOAT, TF_FLOAT } = native.binding;
  const attributes = (epsilon: number) => [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
  return (x: tf.Tensor4D, { gamma, beta, epsilon }: Normalisation<tf.Tensor>, told: Told): tf.Tensor4D => {
    const norm = tf.customGrad((...args) => {
      const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
      const none = tf.tensor1d([]);
      const [y, mean, variance, ...reserved] = native.executeMultipleOutputs(
        'FusedBatchNormV3',
        attributes(epsilon),
        [x, gamma, beta, none, none],
        6,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      told?.({ mean: mean.dataSync() as Float32Array, variance: variance.dataSync() as Float32Array });
      save([x, gamma, ...reserved]);
      return {
        value: y,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
          native
            .executeMultipleOutputs('FusedBatchNormGradV3', attributes(epsilon), [dy, ...saved], 5)
            .slice(0, 3),
      };
    });
    return norm(x, gamma, beta) as tf.Tensor4D;
  };
}
