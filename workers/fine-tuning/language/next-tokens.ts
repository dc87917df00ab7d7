import * as tf from '@tensorflow/tfjs-core';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import type { Product } from '../engine/bfloat16-product.ts';
import { weightsByName } from '../train/train-text-classifier.ts';
import type { LanguageForward } from './language-network.ts';

/** A text's logits of what follows, by token: what a network in training says of it. */
export function nextTokenLogits(
  forward: LanguageForward,
  weights: ReadonlyMap<string, tf.Tensor>,
  ids: readonly number[],
  product?: Product,
): Float32Array[] {
  const logits = tf.tidy(() => {
    const ops = tensorflowOps({ training: false, seed: 0, product });
    return forward(ops, weightsByName(weights), tf.tensor2d([...ids], [1, ids.length], 'int32')).dataSync();
  }) as Float32Array;
  const vocabulary = logits.length / ids.length;
  return ids.map((_, at) => logits.subarray(at * vocabulary, (at + 1) * vocabulary));
}
