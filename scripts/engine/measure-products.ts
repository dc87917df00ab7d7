import * as tf from '@tensorflow/tfjs-core';

const MEASURE_MS = 1500;

/** GFLOP/s of a product of two square matrices. */
export function productSpeed(size: number): number {
  const a = tf.randomUniform([size, size]);
  const b = tf.randomUniform([size, size]);
  const perS = timesPerS(() => tf.matMul(a, b));
  tf.dispose([a, b]);
  return (perS * 2 * size ** 3) / 1e9;
}

/** GFLOP/s of a 3x3 convolution over 32 pictures of 32x32, as many channels out as in. */
export function convolutionSpeed(batch: number, channels: number): number {
  const side = 32;
  const x = tf.randomUniform<tf.Rank.R4>([batch, side, side, channels]);
  const filter = tf.randomUniform<tf.Rank.R4>([3, 3, channels, channels]);
  const perS = timesPerS(() => tf.conv2d(x, filter, 1, 'same'));
  tf.dispose([x, filter]);
  return (perS * 2 * batch * side * side * channels * channels * 9) / 1e9;
}

/** The result is read each time: a GPU answers before it has computed. */
function timesPerS(compute: () => tf.Tensor): number {
  const once = () =>
    tf.tidy(() => {
      tf.slice(tf.reshape(compute(), [-1]), 0, 1).dataSync();
    });
  once();
  const startMs = performance.now();
  let times = 0;
  for (; performance.now() - startMs < MEASURE_MS; times++) once();
  return (times * 1000) / (performance.now() - startMs);
}
