import type { OnnxConstant, OnnxNodeValue } from '../ops-onnx.ts';
import type { NodeOptions, OnnxTensor } from './graph-builder.ts';

export interface LinearContext {
  constant(name: string, tensor: OnnxTensor): string;
  node(operator: string, inputs: readonly string[], options?: NodeOptions): string;
}

export interface LinearConstants {
  readonly weight: OnnxConstant; // [to, from]
  readonly bias: OnnxConstant | undefined; // [to]
}

/** Writes x · weightᵀ + bias into the graph and returns the name of the result. */
export type LinearWriter = (context: LinearContext, x: OnnxNodeValue, constants: LinearConstants) => string;

export const floatLinear: LinearWriter = ({ constant, node }, x, { weight, bias }) => {
  const [to = 0, from = 0] = weight.shape;
  const data = transpose(weight.data, new Float32Array(weight.data.length), to);
  const matrix = constant(`${weight.label} transposed`, { type: 'float32', shape: [from, to], data });
  return addBias({ constant, node }, node('MatMul', [x.name, matrix]), bias);
};

export function addBias(
  { constant, node }: LinearContext,
  product: string,
  bias: OnnxConstant | undefined,
): string {
  if (!bias) return product;
  const { label, shape, data } = bias;
  return node('Add', [product, constant(label, { type: 'float32', shape, data })]);
}

/** Rows become columns: PyTorch stores a layer as [to, from], MatMul reads it as [from, to]. */
export function transpose<A extends Float32Array | Int8Array>(data: A, into: A, rows: number): A {
  const columns = data.length / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      into[column * rows + row] = data[row * columns + column] ?? 0;
    }
  }
  return into;
}
