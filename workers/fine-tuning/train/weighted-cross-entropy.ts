import * as tf from '@tensorflow/tfjs-core';

/** Mean over the rows of weight · −log softmax(logits)[label]. logits [rows, labels] -> a number. */
export function weightedCrossEntropy(
  logits: tf.Tensor,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): tf.Scalar {
  const [rows = 0, classes = 0] = logits.shape;
  const target = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) target[row * classes + (labels[row] ?? 0)] = weights[row] ?? 1;
  const logProbabilities = tf.logSoftmax(logits, -1);
  return tf.neg(tf.div(tf.sum(tf.mul(logProbabilities, tf.tensor2d(target, [rows, classes]))), rows));
}
