import type { InputRanges } from './input-ranges.ts';
import {
  addBias,
  floatLinear,
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
 * - Channels with outliers are divided by a constant before, and the weight multiplied by it.
 * - What GELU or ReLU gave stays in floats: its few large values leave no levels for the many small ones. In 8 bits
 *   that one product made half of the whole error, and scaling its inputs by token took back most of what it saved.
 *
 * `rest` writes the layers that stay in floats.
 *
 * A token whose input is all zeros has the scale 0 and divides 0 by 0; whatever 8 bits that becomes, the product is
 * multiplied by the scale 0 again.
 */
export function quantizedLinear(ranges: InputRanges, rest: LinearWriter = floatLinear): LinearWriter {
  return (context, x, constants) => {
    if (x.lowerBound !== undefined) return rest(context, x, constants);
    const range = ranges.get(constants.weight.label);
    if (!range) throw new Error(`No range of inputs was measured for ${constants.weight.label}.`);
    const { constant, node } = context;
    const { weight, bias } = constants;
    const { matrix, scales, inverseSmoothing } = quantizeWeight(constants, range);
    const smooth = node('Mul', [x.name, constant(`${weight.label} smooth`, vector(inverseSmoothing))]);
    const input = quantizeTokens(context, smooth);
    const zeroPoint = constant('zero point', { type: 'uint8', shape: [], data: Uint8Array.of(ZERO_POINT) });
    const stored = constant(`${weight.label} int8`, matrix);
    const scale = constant(`${weight.label} scale`, vector(scales));
    const product = node(
      'MatMulIntegerToFloat',
      [input.bytes, stored, scalar(context, 1), scale, zeroPoint],
      {
        domain: 'com.microsoft',
      },
    );
    return addBias(context, node('Mul', [product, input.scale]), bias);
  };
}

const ZERO_POINT = 128;
const LEVELS = 127;

/** Unsigned with the zero in the middle: the form whose product with signed weights is fast on every processor. */
function quantizeTokens(context: LinearContext, x: string): { bytes: string; scale: string } {
  const { constant, node } = context;
  const lastAxis = constant('last axis', { type: 'int64', shape: [1], data: BigInt64Array.of(-1n) });
  const largest = node('ReduceMax', [node('Abs', [x]), lastAxis]); // [batch, length, 1]
  const scale = node('Mul', [largest, scalar(context, 1 / LEVELS)]);
  // The cast cuts towards zero and all values are positive, so the half rounds to nearest.
  const positive = node('Add', [node('Div', [x, scale]), scalar(context, ZERO_POINT + 0.5)]);
  return { bytes: node('Cast', [positive], { attributes: { to: { int: 2 } } }), scale };
}

function quantizeWeight({ weight }: LinearConstants, range: Float32Array) {
  const [to = 0, from = 0] = weight.shape;
  const smoothing = smoothingFactors(weight.data, range);
  const smoothed = weight.data.map((value, index) => value * (smoothing[index % from] ?? 1));
  const { values, scales } = quantizeRows(smoothed, to);
  const data = transpose(values, new Int8Array(values.length), to);
  const matrix = { type: 'int8', shape: [from, to], data } as const;
  return { matrix, scales, inverseSmoothing: smoothing.map((factor) => 1 / factor) };
}

/** By input channel: range of the input ^ s / range of the weight ^ (1 - s). */
function smoothingFactors(weight: Float32Array, range: Float32Array): Float32Array {
  const weightRange = new Float32Array(range.length);
  for (let index = 0; index < weight.length; index++) {
    const column = index % range.length;
    weightRange[column] = Math.max(weightRange[column] ?? 0, Math.abs(weight[index] ?? 0));
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
