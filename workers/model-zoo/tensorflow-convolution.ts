import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionOptions } from './ops.ts';
import type { TensorflowOpsOptions } from './ops-tensorflow.ts';

/** x [batch, height, width, in], weight as PyTorch stores it. */
export function convolution(
  x: tf.Tensor,
  weight: tf.Tensor,
  { stride, padding, depthwise, pooled, norm }: ConvolutionOptions<tf.Tensor>,
  { convolve, normalise }: Pick<TensorflowOpsOptions, 'convolve' | 'normalise'>,
): tf.Tensor {
  const picture = x as tf.Tensor4D;
  // The native back end refuses one number, so the sides are given one by one.
  const side: [number, number] = [Number(padding), Number(padding)];
  const pad: 'same' | tf.backend_util.ExplicitPadding =
    padding === 'same' ? 'same' : [[0, 0], side, side, [0, 0]];
  const plain = (filter: tf.Tensor4D) =>
    convolve && stride === 1 && padding === 'same'
      ? convolve(picture, filter)
      : tf.conv2d(picture, filter, stride, pad);
  const whole = depthwise
    ? tf.depthwiseConv2d(picture, tf.transpose(weight, [2, 3, 0, 1]) as tf.Tensor4D, stride, pad)
    : plain(tf.transpose(weight, [2, 3, 1, 0]) as tf.Tensor4D);
  const convolved = pooled ? tf.maxPool(whole, 2, 2, 'valid') : whole;
  if (!norm) return convolved;
  if (normalise) return normalise(convolved, norm);
  return tf.batchNorm(
    convolved,
    norm.mean as tf.Tensor1D,
    norm.variance as tf.Tensor1D,
    norm.beta as tf.Tensor1D,
    norm.gamma as tf.Tensor1D,
    norm.epsilon,
  );
}
