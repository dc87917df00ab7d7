import * as tf from '@tensorflow/tfjs-core';

/** Hochreiter and Schmidhuber's cell with a forget gate (Gers and others, 2000), one step after the other. */
export function lstm(
  x: tf.Tensor,
  inputWeight: tf.Tensor,
  recurrentWeight: tf.Tensor,
  bias: tf.Tensor,
): tf.Tensor {
  const [batch = 0, length = 0, width = 0] = x.shape;
  const hidden = recurrentWeight.shape[1] ?? 0;
  // All steps' inputs in one product; what is left for the loop is the recurrence.
  const rows = tf.matMul(tf.reshape(x, [-1, width]), inputWeight as tf.Tensor2D, false, true);
  const inputs = tf.unstack(tf.reshape(tf.add(rows, bias), [batch, length, 4 * hidden]), 1);
  let state: tf.Tensor = tf.zeros([batch, hidden]);
  let cell: tf.Tensor = tf.zeros([batch, hidden]);
  const states = inputs.map((input) => {
    const gates = tf.add(input, tf.matMul(state as tf.Tensor2D, recurrentWeight as tf.Tensor2D, false, true));
    const [enter, keep, proposed, leave] = tf.split(gates, 4, 1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    cell = tf.add(tf.mul(tf.sigmoid(keep), cell), tf.mul(tf.sigmoid(enter), tf.tanh(proposed)));
    state = tf.mul(tf.sigmoid(leave), tf.tanh(cell));
    return state;
  });
  return tf.stack(states, 1);
}
