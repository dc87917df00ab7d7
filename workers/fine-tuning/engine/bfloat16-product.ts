import * as tf from '@tensorflow/tfjs-core';
import { bfloat16Operation } from './raw-operations.ts';

/** x [rows, from] and weight [to, from] -> x · weightᵀ [rows, to]. */
export type Product = (x: tf.Tensor2D, weight: tf.Tensor2D) => tf.Tensor2D;

/** Matrix products in bfloat16, forward and back. Weights, their gradients and all else stay float32. */
export function bfloat16Product(): Product | undefined {
  const multiply = bfloat16Multiply();
  if (!multiply) return undefined;
  const product = tf.customGrad((...args) => {
    const [x, weight, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([x, weight]);
    return {
      value: multiply(x, weight, false, true),
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const [x, weight] = saved as [tf.Tensor, tf.Tensor];
        return [
          multiply(dy, weight, false, false), // [rows, from]
          multiply(dy, x, true, false), // [to, from]
        ];
      },
    };
  });
  return (x, weight) => product(x, weight) as tf.Tensor2D;
}

/** The same with weights that are not trained, whose gradients are left out: a third of the work. */
export function frozenBfloat16Product(): Product | undefined {
  const multiply = bfloat16Multiply();
  if (!multiply) return undefined;
  return (x, weight) =>
    tf.customGrad(() => ({
      value: multiply(x, weight, false, true),
      gradFunc: (dy: tf.Tensor) => multiply(dy, weight, false, false), // [rows, from]
    }))(x) as tf.Tensor2D;
}

function bfloat16Multiply() {
  const operation = bfloat16Operation();
  if (!operation) return undefined;
  return (a: tf.Tensor, b: tf.Tensor, transposeFirst: boolean, transposeSecond: boolean) =>
    operation('MatMul', { transpose_a: transposeFirst, transpose_b: transposeSecond }, [a, b]);
}
