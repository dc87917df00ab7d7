import * as tf from '@tensorflow/tfjs-core';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { EmbeddedClassifier } from './gradient-times-input.ts';
import { oneText } from './one-text.ts';

/**
 * Where the first token, which the classifier reads, gets its state from: attention, the mean over heads, followed
 * through all layers with half of each layer's state passed by (Abnar and Zuidema, 2020, "attention rollout"). One
 * share a token; they add up to 1.
 *
 * A view of the model and not an explanation of its answer: attention can be changed without changing the answer (Jain
 * and Wallace, 2019).
 */
export function attentionRollout(
  { forward }: Pick<EmbeddedClassifier, 'forward'>,
  tokenIds: readonly number[],
): Float32Array {
  return tf.tidy(() => {
    const identity = tf.eye(tokenIds.length);
    let rollout = identity;
    const ops = tensorflowOps({
      training: false,
      seed: 0,
      onAttention(weights) {
        const mean = tf.squeeze<tf.Tensor2D>(tf.mean(weights, 1), [0]); // [length, length], rows add up to 1
        rollout = tf.matMul(tf.div<tf.Tensor2D>(tf.add(mean, identity), 2), rollout);
      },
    });
    forward(ops, oneText(tokenIds));
    return tf.slice(rollout, [0, 0], [1, tokenIds.length]).dataSync() as Float32Array;
  });
}
