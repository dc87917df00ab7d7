import * as tf from '@tensorflow/tfjs-core';

/** A computation whose value and gradients every engine must agree on. */
export interface KernelCase {
  readonly name: string;
  readonly inputs: readonly (readonly number[])[]; // shapes
  readonly compute: (...inputs: [tf.Tensor, ...tf.Tensor[]]) => tf.Tensor;
}

const indices = (values: number[], shape: number[]) => tf.tensor(values, shape, 'int32');
const conv = (strides: [number, number], pad: 'same' | 'valid') => (x: tf.Tensor, filter: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);
const depthwise = (strides: [number, number], pad: 'same' | 'valid') => (x: tf.Tensor, filter: tf.Tensor) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);

/** What the architectures are made of. The reference's gradient of avgPool with `same` is wrong, so `valid` stands here. */
export const KERNEL_CASES: readonly KernelCase[] = [
  { name: 'add, broadcast', inputs: [[3, 4], [4]], compute: (a, b) => tf.add(a, b) },
  {
    name: 'sub, broadcast',
    inputs: [
      [2, 3, 4],
      [3, 1],
    ],
    compute: (a, b) => tf.sub(a, b),
  },
  {
    name: 'mul, broadcast',
    inputs: [
      [3, 4],
      [3, 1],
    ],
    compute: (a, b) => tf.mul(a, b),
  },
  {
    name: 'div',
    inputs: [
      [3, 4],
      [3, 4],
    ],
    compute: (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  },
  {
    name: 'matMul',
    inputs: [
      [3, 5],
      [5, 4],
    ],
    compute: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'matMul, both turned',
    inputs: [
      [5, 3],
      [4, 5],
    ],
    compute: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: 'matMul, batches',
    inputs: [
      [2, 3, 4, 5],
      [2, 3, 6, 5],
    ],
    compute: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    name: 'embedding',
    inputs: [[7, 4]],
    compute: (table) => tf.gather(table, indices([6, 0, 3, 3, 1, 6], [2, 3])),
  },
  { name: 'softmax', inputs: [[3, 5]], compute: (x) => tf.softmax(x) },
  { name: 'logSoftmax', inputs: [[3, 5]], compute: (x) => tf.logSoftmax(x) },
  { name: 'erf', inputs: [[12]], compute: (x) => tf.erf(x) },
  { name: 'exp', inputs: [[12]], compute: (x) => tf.exp(x) },
  { name: 'tanh', inputs: [[12]], compute: (x) => tf.tanh(x) },
  { name: 'sigmoid', inputs: [[12]], compute: (x) => tf.sigmoid(x) },
  { name: 'relu', inputs: [[12]], compute: (x) => tf.relu(x) },
  { name: 'relu6', inputs: [[12]], compute: (x) => tf.relu6(tf.mul(x, 8)) },
  { name: 'rsqrt', inputs: [[12]], compute: (x) => tf.rsqrt(tf.add(tf.square(x), 0.5)) },
  { name: 'mean, last axis', inputs: [[3, 5]], compute: (x) => tf.mean(x, -1, true) },
  { name: 'sum, middle axis', inputs: [[2, 3, 4]], compute: (x) => tf.sum(x, 1) },
  { name: 'max, middle axis', inputs: [[2, 3, 4]], compute: (x) => tf.max(x, 1) },
  { name: 'transpose', inputs: [[2, 3, 4]], compute: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'slice', inputs: [[5, 4]], compute: (x) => tf.slice(x, [1, 0], [3, 4]) },
  {
    name: 'concat and split',
    inputs: [
      [2, 3],
      [2, 5],
    ],
    compute: (a, b) => tf.split(tf.concat([a, b as tf.Tensor], 1), 2, 1)[1] as tf.Tensor,
  },
  {
    name: 'pad',
    inputs: [[2, 3]],
    compute: (x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
  },
  {
    name: 'conv2d 3x3',
    inputs: [
      [2, 6, 5, 3],
      [3, 3, 3, 4],
    ],
    compute: conv([1, 1], 'same'),
  },
  {
    name: 'conv2d 3x3, stride 2',
    inputs: [
      [2, 7, 6, 3],
      [3, 3, 3, 4],
    ],
    compute: conv([2, 2], 'same'),
  },
  {
    name: 'conv2d 2x2, valid',
    inputs: [
      [2, 5, 5, 3],
      [2, 2, 3, 4],
    ],
    compute: conv([1, 1], 'valid'),
  },
  {
    name: 'conv2d 1x1',
    inputs: [
      [2, 4, 4, 3],
      [1, 1, 3, 5],
    ],
    compute: conv([1, 1], 'same'),
  },
  {
    name: 'depthwise 3x3',
    inputs: [
      [2, 5, 6, 3],
      [3, 3, 3, 1],
    ],
    compute: depthwise([1, 1], 'same'),
  },
  {
    name: 'depthwise 3x3, stride 2, twice',
    inputs: [
      [2, 6, 6, 3],
      [3, 3, 3, 2],
    ],
    compute: depthwise([2, 2], 'same'),
  },
  { name: 'maxPool', inputs: [[2, 6, 6, 3]], compute: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid') },
  {
    name: 'maxPool 3x3, stride 2, same',
    inputs: [[2, 7, 6, 3]],
    compute: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'),
  },
  { name: 'avgPool', inputs: [[2, 6, 6, 3]], compute: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid') },
];

export interface KernelResult {
  readonly value: Float32Array;
  readonly gradients: readonly Float32Array[];
}

/** Value and gradients on the back end that is set, for inputs that are the same on each. */
export function runKernelCase({ inputs, compute }: KernelCase): KernelResult {
  return tf.tidy(() => {
    const tensors = inputs.map((shape, index) => tf.tensor(wave(sizeOf(shape), index + 1), [...shape]));
    const value = compute(...(tensors as [tf.Tensor, ...tf.Tensor[]]));
    // A gradient that is all ones would hide which element it is of.
    const dy = tf.tensor(wave(value.size, 9), value.shape);
    const gradients = tf.grads(compute as (...all: tf.Tensor[]) => tf.Tensor)(tensors, dy);
    return {
      value: value.dataSync() as Float32Array,
      gradients: gradients.map((gradient) => gradient.dataSync() as Float32Array),
    };
  });
}

/** The greatest difference relative to the size of the values. */
export function kernelDifference(a: KernelResult, b: KernelResult): number {
  const parts = [
    [a.value, b.value] as const,
    ...a.gradients.map((g, i) => [g, b.gradients[i] ?? new Float32Array()] as const),
  ];
  return Math.max(
    ...parts.map(([left, right]) => {
      if (left.length !== right.length) return Number.POSITIVE_INFINITY;
      const scale = right.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
      return left.reduce(
        (max, value, index) => Math.max(max, Math.abs(value - (right[index] ?? 0)) / scale),
        0,
      );
    }),
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Between -1 and 1, no two neighbours alike, no ties. */
function wave(size: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, index) =>
    Math.sin(1.7 * index + phase * 0.61 + 0.013 * index * index),
  );
}
