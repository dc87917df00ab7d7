import * as tf from '@tensorflow/tfjs-core';
import type { BertInputs } from '#workers/model-zoo/bert.ts';
import type { Ops } from '#workers/model-zoo/ops.ts';
import { tensorflowOps } from '#workers/model-zoo/ops-tensorflow.ts';
import { oneText } from './one-text.ts';

export interface EmbeddedClassifier {
  /** Logits [1, labels] of one text; it looks its tokens up with `ops.embedding`, once. */
  forward(ops: Ops<tf.Tensor>, inputs: BertInputs<tf.Tensor>): tf.Tensor;
  /** Of an embedding. */
  readonly width: number;
}

/**
 * What each token does for a label's logit, to first order: the gradient with respect to its embedding, times that
 * embedding (Denil and others, 2014; Shrikumar and others, 2016). One value a token, special ones too. It needs the
 * weights, and an engine that differentiates.
 */
export function gradientTimesInput(
  { forward, width }: EmbeddedClassifier,
  tokenIds: readonly number[],
  label: number,
): Float32Array {
  return tf.tidy(() => {
    const inputs = oneText(tokenIds);
    const ops = tensorflowOps();
    let embedded: tf.Tensor | undefined;
    /** `shift` [1, length, width] is added to the embeddings: its gradient is theirs. */
    const logit = (shift: tf.Tensor) => {
      const shifted: Ops<tf.Tensor> = {
        ...ops,
        embedding(table, indices) {
          const found = ops.embedding(table, indices);
          embedded = tf.keep(tf.clone(found));
          return tf.add(found, shift);
        },
      };
      return tf.slice(forward(shifted, inputs), [0, label], [1, 1]);
    };
    const gradient = tf.grad(logit)(tf.zeros([1, tokenIds.length, width]));
    if (!embedded) throw new Error('The classifier looks no embedding up.');
    const values = tf.sum(tf.mul(gradient, embedded), -1).dataSync() as Float32Array;
    embedded.dispose();
    return values;
  });
}
