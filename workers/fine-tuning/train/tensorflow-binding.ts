import type * as tf from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, as the Node binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's back end that calls any operation of TensorFlow by its name. It has no published types. */
export interface TensorflowBinding {
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  readonly binding: Readonly<
    Record<
      'TF_ATTR_STRING' | 'TF_ATTR_TYPE' | 'TF_ATTR_SHAPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT' | 'TF_FLOAT',
      number
    >
  >;
}

/** The back end, where it is the native one. */
export function tensorflowBinding(backend: object): TensorflowBinding | undefined {
  return 'executeMultipleOutputs' in backend && 'binding' in backend
    ? (backend as TensorflowBinding)
    : undefined;
}
