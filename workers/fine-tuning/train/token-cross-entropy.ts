import * as tf from '@tensorflow/tfjs-core';

/** Mean over the tokens of −log softmax(logits)[token]. logits [tokens, vocabulary] -> a number. */
export function tokenCrossEntropy(logits: tf.Tensor, tokens: Int32Array): tf.Scalar {
  const target = tf.oneHot(tf.tensor1d(tokens, 'int32'), logits.shape[1] ?? 0, 1, 0, 'float32');
  return tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits, -1), target)), tokens.length));
}
