import type { OnnxConstant } from '../ops-onnx.ts';
import type { InputRanges } from './input-ranges.ts';
import {
  addBias,
  type LinearConstants,
  type LinearContext,
  type LinearWriter,
  transpose,
} from './linear-writer.ts';
import { quantizeRows } from './quantize-rows.ts';

/**
 * How much of the difficulty of quantising moves from the input to the weight, 0 to 1 (SmoothQuant, Xiao and others,
 * 2022). Of 0.5, 0.65, 0.75, 0.85 and 1 the one with the least error summed over the layers of all-MiniLM-L6-v2.
 */
const SMOOTHING = 0.65;

/**
 * 8-bit products, both sides quantised:
 *
 * - The weight has one scale for each of its outputs.
 * - The input has one scale for each *token*, not one for the tensor as DynamicQuantizeLinear gives: a text's
 *   result then never depends on the texts that share its batch, and one outlier token costs no other its precision.
 * - Channels with outliers are divided by a constant before, and the weight multiplied by it; not those of what GELU or
 *   ReLU gave, which would take one more pass over the widest values.
 * - What GELU or ReLU gave has most of its levels above zero, since it is never far below. Its few large values leave few
 *   levels for the many small ones: in 8 bits it makes up half of the whole error. `bounded` writes those layers otherwise.
 *
 * A token whose input is all zeros may have the scale 0 and divide 0 by 0; whatever 8 bits that becomes, the product is
 * multiplied by the scale 0 again.
 */
export function quantizedLinear(ranges: InputRanges, bounded?: LinearWriter): LinearWriter {
  return (context, x, constants) => {
    if (bounded && x.lowerBound !== undefined) return bounded(context, x, constants);
    const { constant, node } = context;
    const { weight, bias } = constants;
    const [to = 0, from = 0] = weight.shape;
    const smoothing = x.lowerBound === undefined ? smoothingFactors(weight, ranges) : null;
    const { matrix, scales } = quantizeWeight(constants, smoothing);
    const smooth = smoothing ? divide(context, x.name, weight.label, smoothing) : x.name;
    const tokens = node('Reshape', [smooth, integers(context, -1, from)]); // [tokens, from]
    const input = quantizeTokens(context, tokens, x.lowerBound);
    const stored = constant(`${weight.label} int8`, matrix);
    const scale = constant(`${weight.label} scale`, vector(scales));
    const inputs = [input.bytes, stored, scalar(context, 1), scale, input.zeroPoint];
    const product = node('MatMulIntegerToFloat', inputs, { domain: 'com.microsoft' });
    const scaled = node('Mul', [product, node('Unsqueeze', [input.scale, integers(context, 1)])]);
    const leading = node('Shape', [x.name], { attributes: { start: { int: 0 }, end: { int: -1 } } });
    const shape = node('Concat', [leading, integers(context, to)], { attributes: { axis: { int: 0 } } });
    return addBias(context, node('Reshape', [scaled, shape]), bias);
  };
}

/** Unsigned with the zero in the middle: the form whose product with signed weights is fast on every processor. */
const MIDDLE = 128;
/**
 * The zero of values that are never far below it. The more levels are below, the finer the steps that a token of small values
 * can have: of 8, 16 and 32 the best for all-MiniLM-L6-v2, where a step must be a 16th of GELU's least value or more.
 */
const NEAR_THE_END = 16;
const LEVELS = 255;

interface QuantizedTokens {
  readonly bytes: string; // uint8 [tokens, from]
  readonly scale: string; // [tokens]
  readonly zeroPoint: string;
}

function quantizeTokens(context: LinearContext, x: string, lowerBound: number | undefined): QuantizedTokens {
  const { constant, node } = context;
  const level = lowerBound === undefined ? MIDDLE : NEAR_THE_END;
  const zeroPoint = constant(`zero point ${level}`, {
    type: 'uint8',
    shape: [],
    data: Uint8Array.of(level),
  });
  const magnitudes = lowerBound === undefined ? node('Abs', [x]) : x;
  const largest = node('ReduceMax', [magnitudes, integers(context, 1)], {
    attributes: { keepdims: { int: 0 } },
  });
  const above = node('Mul', [largest, scalar(context, 1 / (LEVELS - level))]);
  const scale = lowerBound ? node('Max', [above, scalar(context, -lowerBound / level)]) : above;
  const zeroPoints = node('Expand', [zeroPoint, node('Shape', [scale])]);
  const bytes = node('QuantizeLinear', [x, scale, zeroPoints], { attributes: { axis: { int: 0 } } });
  return { bytes, scale, zeroPoint };
}

function divide(context: LinearContext, x: string, label: string, factors: Float32Array): string {
  const inverse = factors.map((factor) => 1 / factor);
  return context.node('Mul', [x, context.constant(`${label} smooth`, vector(inverse))]);
}

function quantizeWeight({ weight }: LinearConstants, smoothing: Float32Array | null) {
  const [to = 0, from = 0] = weight.shape;
  const smoothed = weight.data.map((value, index) => value * (smoothing?.[index % from] ?? 1));
  const { values, scales } = quantizeRows(smoothed, to);
  const data = transpose(values, new Int8Array(values.length), to);
  return { matrix: { type: 'int8', shape: [from, to], data } as const, scales };
}

/** By input channel: range of the input ^ s / range of the weight ^ (1 - s). */
function smoothingFactors({ label, data }: OnnxConstant, ranges: InputRanges): Float32Array {
  const range = ranges.get(label);
  if (!range) throw new Error(`No range of inputs was measured for ${label}.`);
  const weightRange = new Float32Array(range.length);
  for (let index = 0; index < data.length; index++) {
    const column = index % range.length;
    weightRange[column] = Math.max(weightRange[column] ?? 0, Math.abs(data[index] ?? 0));
  }
  return range.map((largest, column) => {
    const ofWeight = Math.max(1e-5, weightRange[column] ?? 0) ** (1 - SMOOTHING);
    return Math.max(1e-5, largest) ** SMOOTHING / ofWeight;
  });
}

function vector(data: Float32Array) {
  return { type: 'float32', shape: [data.length], data } as const;
}

function scalar(context: LinearContext, value: number): string {
  return context.constant(`float ${value}`, { type: 'float32', shape: [], data: Float32Array.of(value) });
}

function integers(context: LinearContext, ...values: number[]): string {
  const data = BigInt64Array.from(values, BigInt);
  return context.constant(`integers ${values.join(' ')}`, { type: 'int64', shape: [values.length], data });
}
