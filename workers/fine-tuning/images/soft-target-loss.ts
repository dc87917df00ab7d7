import * as tf from '@tensorflow/tfjs-core';

/** Mean over the rows of −Σ target · log softmax(logits). Both [rows, classes] -> a number. */
export function softTargetLoss(logits: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  const [rows = 0] = logits.shape;
  return tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits, -1), targets)), rows));
}
