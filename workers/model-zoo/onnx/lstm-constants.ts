import type { OnnxConstant } from '../ops-onnx.ts';

/** PyTorch's order of the gates is input, forget, cell, output; ONNX's is input, output, forget, cell. */
const GATES = [0, 3, 1, 2];

/** W [1, 4 · hidden, in], R [1, 4 · hidden, hidden] and B [1, 8 · hidden] of ONNX' LSTM; it has two biases, we one. */
export function lstmConstants(
  inputWeight: OnnxConstant,
  recurrentWeight: OnnxConstant,
  bias: OnnxConstant,
): OnnxConstant[] {
  const both = new Float32Array(2 * bias.data.length);
  both.set(reordered(bias.data));
  return [
    directed(inputWeight, reordered(inputWeight.data)),
    directed(recurrentWeight, reordered(recurrentWeight.data)),
    { label: `${bias.label} onnx`, shape: [1, both.length], data: both },
  ];
}

function reordered(data: Float32Array): Float32Array {
  const size = data.length / GATES.length;
  const result = new Float32Array(data.length);
  GATES.forEach((gate, place) => result.set(data.subarray(gate * size, (gate + 1) * size), place * size));
  return result;
}

/** One direction: a leading 1 in the shape. */
function directed({ label, shape }: OnnxConstant, data: Float32Array): OnnxConstant {
  return { label: `${label} onnx`, shape: [1, ...shape], data };
}
