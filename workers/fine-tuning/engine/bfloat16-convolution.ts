import * as tf from '@tensorflow/tfjs-core';
import { bfloat16Operation } from './raw-operations.ts';

/** x [batch, height, width, in] and filter [height, width, in, out], stride 1, as large as before. */
export type Convolve = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D;

const ATTRIBUTES = {
  strides: [1, 1, 1, 1],
  dilations: [1, 1, 1, 1],
  padding: 'SAME',
  data_format: 'NHWC',
  use_cudnn_on_gpu: true,
} as const;

/** Convolutions in bfloat16, forward and back. Filters, their gradients and all else stay float32. */
export function bfloat16Convolution(): Convolve | undefined {
  const operation = bfloat16Operation();
  if (!operation) return undefined;
  const sizes = (tensor: tf.Tensor) => ({ exact: tf.tensor1d(tensor.shape, 'int32') });
  const convolve = tf.customGrad((...args) => {
    const [x, filter, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, filter]);
    return {
      value: operation('Conv2D', ATTRIBUTES, [x, filter]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.tidy(() => {
          const [x, filter] = saved as [tf.Tensor, tf.Tensor];
          return [
            operation('Conv2DBackpropInput', ATTRIBUTES, [sizes(x), filter, dy]),
            operation('Conv2DBackpropFilter', ATTRIBUTES, [x, sizes(filter), dy]),
          ];
        }),
    };
  });
  return (x, filter) => convolve(x, filter) as tf.Tensor4D;
}
