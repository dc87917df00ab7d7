import * as tf from '@tensorflow/tfjs-core';
import type { BertInputs } from '#workers/model-zoo/bert.ts';

/** A batch of one, nothing padded: the caller's tidy owns it. */
export function oneText(tokenIds: readonly number[]): BertInputs<tf.Tensor> {
  const shape: [number, number] = [1, tokenIds.length];
  return { tokenIds: tf.tensor2d([...tokenIds], shape, 'int32'), mask: tf.ones(shape) };
}
