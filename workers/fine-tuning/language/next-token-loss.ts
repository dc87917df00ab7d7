import * as tf from '@tensorflow/tfjs-core';
import { type TensorflowBinding, tensorflowBinding } from '../train/tensorflow-binding.ts';

/** Mean of −log softmax(logits)[next], in nats. logits [rows, vocabulary], next [rows] of integers -> a number. */
export function nextTokenLoss(logits: tf.Tensor2D, next: tf.Tensor1D): tf.Scalar {
  const native = tensorflowBinding(tf.backend());
  return native ? fused(native, logits, next) : composed(logits, next);
}

export function composed(logits: tf.Tensor2D, next: tf.Tensor1D): tf.Scalar {
  const chosen = tf.oneHot(next, logits.shape[1]); // [rows, vocabulary]
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), chosen), -1)));
}

/** TensorFlow's kernel gives the losses and their gradients in one pass over the largest tensor of a step. */
function fused(native: TensorflowBinding, logits: tf.Tensor2D, next: tf.Tensor1D): tf.Scalar {
  const { TF_ATTR_TYPE, TF_FLOAT } = native.binding;
  const INT32 = 3; // DT_INT32 of TensorFlow's types.proto
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'Tlabels', type: TF_ATTR_TYPE, value: INT32 },
  ];
  const loss = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    const [losses, gradient] = native.executeMultipleOutputs(
      'SparseSoftmaxCrossEntropyWithLogits',
      attributes,
      [x, next],
      2,
    ) as [tf.Tensor, tf.Tensor];
    save([gradient]);
    return {
      value: tf.mean(losses),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0] as tf.Tensor, tf.div(dy, x.shape[0])),
    };
  });
  return loss(logits) as tf.Scalar;
}
