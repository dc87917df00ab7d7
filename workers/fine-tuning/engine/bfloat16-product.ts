import * as tf from '@tensorflow/tfjs-core';
import { bfloat16Operation } from './raw-operations.ts';

/** x [rows, from] and weight [to, from] -> x · weightᵀ [rows, to]. */
export type Product = (x: tf.Tensor2D, weight: tf.Tensor2D) => tf.Tensor2D;

/** Matrix products in bfloat16, forward and back. Weights, their gradients and all else stay float32. */
export function bfloat16Product(): Product | undefined {
  const operation = bfloat16Operation();
  if (!operation) return undefined;
  const multiply = (a: tf.Tensor, b: tf.Tensor, transposeFirst: boolean, transposeSecond: boolean) =>
    operation('MatMul', { transpose_a: transposeFirst, transpose_b: transposeSecond }, [a, b]);
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
