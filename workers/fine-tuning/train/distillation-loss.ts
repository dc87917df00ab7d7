import * as tf from '@tensorflow/tfjs-core';

/**
 * How far the scores are from a teacher's, both softened by the temperature (Hinton, Vinyals and Dean, 2015): the mean
 * over the rows of temperature² · cross entropy. Both logits [rows, labels] -> a number. The teacher learns nothing.
 */
export function distillationLoss(logits: tf.Tensor, teacher: tf.Tensor, temperature: number): tf.Scalar {
  const [rows = 0] = logits.shape;
  const wanted = tf.softmax(tf.div(teacher, temperature), -1);
  const given = tf.logSoftmax(tf.div(logits, temperature), -1);
  return tf.mul(tf.neg(tf.div(tf.sum(tf.mul(wanted, given)), rows)), temperature ** 2);
}
