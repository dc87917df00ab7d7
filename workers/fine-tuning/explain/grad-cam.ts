import * as tf from '@tensorflow/tfjs-core';
import type { Ops } from '#workers/model-zoo/ops.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { PictureClassifier } from './picture-classifier.ts';

export interface GradCam {
  /** Row by row, none below 0. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * What the last features do for a label's logit, place by place (Selvaraju and others, 2017): the features' channels,
 * each weighed by the mean of its gradient, added up, and what is below 0 left out. As fine as those features are. It needs
 * the weights, and an engine that differentiates.
 */
export function gradCam({ forward }: PictureClassifier, picture: tf.Tensor4D, label: number): GradCam {
  return tf.tidy(() => {
    const features = lastFeatures({ forward }, picture);
    const [, rows = 0, columns = 0] = features.shape;
    /** `shift` is added to the features: its gradient is theirs, and nothing before them is differentiated. */
    const logit = (shift: tf.Tensor) => {
      const shifted = withFeatures((found) => tf.add(found, shift));
      return tf.slice(forward(shifted, picture), [0, label], [1, 1]);
    };
    const gradient = tf.grad(logit)(tf.zerosLike(features));
    const weights = tf.mean(gradient, [1, 2], true); // [1, 1, 1, channels]
    const map = tf.relu(tf.sum(tf.mul(features, weights), -1)); // [1, rows, columns]
    return { values: map.dataSync() as Float32Array, rows, columns };
  });
}

/** What the classifier pools [1, rows, columns, channels]. */
function lastFeatures({ forward }: PictureClassifier, picture: tf.Tensor4D): tf.Tensor4D {
  let features: tf.Tensor | undefined;
  const watched = withFeatures((found) => {
    features = found;
    return found;
  });
  forward(watched, picture);
  if (!features) throw new Error('The classifier pools no features.');
  return features as tf.Tensor4D;
}

function withFeatures(change: (features: tf.Tensor) => tf.Tensor): Ops<tf.Tensor> {
  const ops = tensorflowOps();
  return {
    ...ops,
    globalAveragePool: (x) => ops.globalAveragePool(change(x)),
    globalMaxPool: (x) => ops.globalMaxPool(change(x)),
  };
}
