import type { OnnxNodeValue } from '../ops-onnx.ts';
import type { InputRanges } from './input-ranges.ts';
import { type LinearConstants, type LinearContext, type LinearWriter, transpose } from './linear-writer.ts';
import { quantizeRows } from './quantize-rows.ts';

const MICROSOFT = 'com.microsoft';

/**
 * How much of the difficulty of quantising moves from the input to the weight, 0 to 1: a half is SmoothQuant's
 * (Xiao and others, 2022) choice. Of 0.5, 0.65, 0.75 and 0.85 the best here by cosine to the float features.
 */
const SMOOTHING = 0.5;

/**
 * 8-bit products, both sides quantised:
 *
 * - The weight has one scale for each of its outputs.
 * - The input has one scale for each *token*, not one for the tensor as DynamicQuantizeLinear gives: a text's
 *   result then never depends on the texts that share its batch, and one outlier token costs no other its precision.
 * - Channels with outliers are divided by a constant before, and the weight multiplied by it (SmoothQuant).
 * - An input that is bounded below, as GELU's, is shifted to start at zero, which doubles its resolution; the bias
 *   takes the shift back.
 *
 * A token whose input is all zeros has the scale 0 and divides 0 by 0; whatever 8 bits that becomes, the product is
 * multiplied by the scale 0 again.
 */
export function quantizedLinear(ranges: InputRanges): LinearWriter {
  return (context, x, constants) => {
    const range = ranges.get(constants.weight.label);
    if (!range) throw new Error(`No range of inputs was measured for ${constants.weight.label}.`);
    const shift = x.lowerBound === undefined ? undefined : -x.lowerBound;
    const folded = fold(constants, range, shift ?? 0);
    const { constant, node } = context;
    const smooth = constant(`${constants.weight.label} smooth`, vector(folded.inverseSmoothing));
    const input =
      shift === undefined
        ? symmetricInput(context, node('Mul', [x.name, smooth]))
        : shiftedInput(context, node('Mul', [node('Add', [x.name, scalar(context, shift)]), smooth]));
    const matrix = constant(`${constants.weight.label} int8`, folded.matrix);
    const scales = constant(`${constants.weight.label} scale`, vector(folded.scales));
    const product = node(
      'MatMulIntegerToFloat',
      [input.values, matrix, scalar(context, 1), scales, ...input.zeroPoint],
      { domain: MICROSOFT },
    );
    const bias = constant(`${constants.bias.label} folded`, vector(folded.bias));
    return node('Add', [node('Mul', [product, input.tokenScale]), bias]);
  };
}

interface QuantizedInput {
  readonly values: string; // uint8 [batch, length, from]
  readonly tokenScale: string; // [batch, length, 1]
  readonly zeroPoint: readonly string[];
}

function symmetricInput(context: LinearContext, x: string): QuantizedInput {
  const tokenScale = scaleOfTokens(context, context.node('Abs', [x]), 127);
  const zeroPoint = context.constant('zero point 128', {
    type: 'uint8',
    shape: [],
    data: Uint8Array.of(128),
  });
  return { values: toBytes(context, x, tokenScale, 128), tokenScale, zeroPoint: [zeroPoint] };
}

function shiftedInput(context: LinearContext, x: string): QuantizedInput {
  const tokenScale = scaleOfTokens(context, x, 255);
  return { values: toBytes(context, x, tokenScale, 0), tokenScale, zeroPoint: [] };
}

function scaleOfTokens(context: LinearContext, magnitudes: string, levels: number): string {
  const lastAxis = context.constant('last axis', { type: 'int64', shape: [1], data: BigInt64Array.of(-1n) });
  return context.node('Mul', [
    context.node('ReduceMax', [magnitudes, lastAxis]),
    scalar(context, 1 / levels),
  ]);
}

/** The cast cuts towards zero and all values are positive, so the half rounds to nearest. */
function toBytes(context: LinearContext, x: string, tokenScale: string, zeroPoint: number): string {
  const shifted = context.node('Add', [
    context.node('Div', [x, tokenScale]),
    scalar(context, zeroPoint + 0.5),
  ]);
  return context.node('Cast', [shifted], { attributes: { to: { int: 2 } } });
}

function fold({ weight, bias }: LinearConstants, range: Float32Array, shift: number) {
  const [to = 0, from = 0] = weight.shape;
  const smoothing = smoothingFactors(weight.data, range, shift);
  const smoothed = weight.data.map((value, index) => value * (smoothing[index % from] ?? 1));
  const { values, scales } = quantizeRows(smoothed, to);
  const foldedBias = bias.data.map((value, row) => {
    let fromShift = 0;
    for (let column = 0; column < from; column++) {
      fromShift += ((values[row * from + column] ?? 0) * shift) / (smoothing[column] ?? 1);
    }
    return value - fromShift * (scales[row] ?? 0);
  });
  const matrix = {
    type: 'int8',
    shape: [from, to],
    data: transpose(values, new Int8Array(values.length), to),
  } as const;
  return { matrix, scales, bias: foldedBias, inverseSmoothing: smoothing.map((factor) => 1 / factor) };
}

/** By input channel: √(range of the input / range of the weight). */
function smoothingFactors(weight: Float32Array, range: Float32Array, shift: number): Float32Array {
  const from = range.length;
  const weightRange = new Float32Array(from);
  for (let index = 0; index < weight.length; index++) {
    const column = index % from;
    weightRange[column] = Math.max(weightRange[column] ?? 0, Math.abs(weight[index] ?? 0));
  }
  const levels = shift === 0 ? 1 : 0.5; // a shifted input has twice the levels for its range
  return range.map((max, column) => {
    const input = Math.max(1e-5, (max + shift) * levels);
    return input ** SMOOTHING / Math.max(1e-5, weightRange[column] ?? 0) ** (1 - SMOOTHING);
  });
}

function vector(data: Float32Array) {
  return { type: 'float32', shape: [data.length], data } as const;
}

function scalar(context: LinearContext, value: number): string {
  return context.constant(`float ${value}`, { type: 'float32', shape: [], data: Float32Array.of(value) });
}
