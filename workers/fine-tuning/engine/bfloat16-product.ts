import * as tf from '@tensorflow/tfjs-core';

/** x [rows, from] and weight [to, from] -> x · weightᵀ [rows, to]. */
export type Product = (x: tf.Tensor2D, weight: tf.Tensor2D) => tf.Tensor2D;

interface Metadata {
  readonly id: number;
}

/** What tfjs-node keeps to itself: tensors by TensorFlow's own number, of types that TensorFlow.js has not. */
interface RawBackend {
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: Metadata): tf.Tensor;
  readonly binding: {
    executeOp(name: string, attributes: readonly object[], inputs: readonly number[], outputs: 1): [Metadata];
    deleteTensor(id: number): void;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_FLOAT: number;
  };
}

/** DT_BFLOAT16 of TensorFlow's types.proto. */
const BFLOAT16 = 14;

/**
 * Matrix products whose factors are rounded to bfloat16 (8 bits of precision, summed in float32), forward and back, as
 * mixed-precision training does (Micikevicius and others, 2018; bfloat16 needs no scaling of the loss). Weights, their
 * gradients and all else stay float32. Undefined where the engine is not TensorFlow.
 *
 * About twice as fast on processors with AVX512_BF16 or AMX and on GPUs since Ampere; elsewhere slower than float32.
 */
export function bfloat16Product(): Product | undefined {
  const backend = tf.backend() as unknown as Partial<RawBackend>;
  if (!backend.binding || !backend.getInputTensorIds || !backend.createOutputTensor) return undefined;
  const multiply = multiplier(backend as RawBackend);
  const product = tf.customGrad((...args) => {
    const [x, weight, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([x, weight]);
    return {
      value: multiply(x, weight, { transposeFirst: false, transposeSecond: true }),
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const [x, weight] = saved as [tf.Tensor, tf.Tensor];
        return [
          multiply(dy, weight, { transposeFirst: false, transposeSecond: false }), // [rows, from]
          multiply(dy, x, { transposeFirst: true, transposeSecond: false }), // [to, from]
        ];
      },
    };
  });
  return (x, weight) => product(x, weight) as tf.Tensor2D;
}

function multiplier(backend: RawBackend) {
  const { binding } = backend;
  const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const flag = (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value });
  const cast = (id: number, from: number, to: number) =>
    binding.executeOp('Cast', [type('SrcT', from), type('DstT', to), flag('Truncate', false)], [id], 1)[0];

  return (
    a: tf.Tensor,
    b: tf.Tensor,
    { transposeFirst, transposeSecond }: { transposeFirst: boolean; transposeSecond: boolean },
  ): tf.Tensor => {
    const rounded = backend.getInputTensorIds([a, b]).map((id) => cast(id, binding.TF_FLOAT, BFLOAT16).id);
    const attributes = [
      type('T', BFLOAT16),
      flag('transpose_a', transposeFirst),
      flag('transpose_b', transposeSecond),
    ];
    const [{ id }] = binding.executeOp('MatMul', attributes, rounded, 1);
    const output = backend.createOutputTensor(cast(id, BFLOAT16, binding.TF_FLOAT));
    for (const done of [...rounded, id]) binding.deleteTensor(done);
    return output;
  };
}
