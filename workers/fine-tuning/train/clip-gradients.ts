import * as tf from '@tensorflow/tfjs-core';
import { tensorflowBinding } from './tensorflow-binding.ts';

type Gradients = ReadonlyMap<string, tf.Tensor>;

/** Scales all gradients by one factor where their length together is above `max`; else gives them back as they are. */
export function clipGradients(gradients: Gradients, max: number): { norm: number; clipped: Gradients } {
  const norm = Math.sqrt(
    tf.tidy(() => {
      const squares = [...gradients.values()].map(squaredLength);
      return tf.addN(squares).dataSync()[0] ?? Number.NaN;
    }),
  );
  if (!(norm > max)) return { norm, clipped: gradients };
  const factor = max / norm;
  const clipped = new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, factor)]));
  return { norm, clipped };
}

/** TensorFlow's own kernel reads a gradient once and writes nothing; composed, the squares are written as well. */
function squaredLength(gradient: tf.Tensor): tf.Tensor {
  const native = tensorflowBinding(tf.backend());
  if (!native) return tf.sum(tf.square(gradient));
  const { TF_ATTR_TYPE, TF_FLOAT } = native.binding;
  const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
  const [half] = native.executeMultipleOutputs('L2Loss', attributes, [gradient], 1);
  return tf.mul(half as tf.Tensor, 2);
}
