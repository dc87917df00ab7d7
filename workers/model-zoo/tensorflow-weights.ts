import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from './ops.ts';
import type { OnnxConstant } from './ops-onnx.ts';

/** The same checkpoint for TensorFlow.js: each weight becomes a tensor when it is first asked for. */
export function tensorflowWeights(weights: Weights<OnnxConstant>): Weights<tf.Tensor> {
  const made = new Map<string, tf.Tensor>();
  return (name, shape) => {
    const known = made.get(name);
    if (known) return known;
    const tensor = tf.keep(tf.tensor(weights(name, shape).data, [...shape], 'float32'));
    made.set(name, tensor);
    return tensor;
  };
}
