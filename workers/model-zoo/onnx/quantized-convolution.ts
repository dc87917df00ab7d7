import type { ActivationRange, ActivationRanges } from './activation-ranges.ts';
import {
  type ConvolutionWriter,
  convolutionAttributes,
  greatestOfFour,
  storedConvolution,
} from './convolution.ts';
import type { LinearContext } from './linear-writer.ts';
import { quantizeRows } from './quantize-rows.ts';

const LEVELS = 255;

/**
 * Convolutions in 8 bits by ONNX's QLinearConv (Jacob and others, 2017): the weight has one scale for each of its outputs,
 * input and output have one each for all values, by the ranges that were measured. Pooling picks among the 8 bits. What has no
 * range stays as in 16 bits.
 */
export function quantizedConvolution(ranges: ActivationRanges): ConvolutionWriter {
  const rest = storedConvolution('float16');
  return (context, x, folded, shape) => {
    const { weight, bias } = folded;
    const range = ranges.get(weight.label);
    if (!range || !bias) return rest(context, x, folded, shape);
    const { constant, node } = context;
    const outputs = weight.shape[0] ?? 0;
    const input = quantization(context, range.input);
    const output = quantization(context, range.output);
    const { values, scales } = quantizeRows(weight.data, outputs);
    const sums = bias.data.map((value, out) => value / (input.step * (scales[out] ?? 1)));
    const result = node(
      'QLinearConv',
      [
        node('QuantizeLinear', [x, input.scale, input.zeroPoint]),
        input.scale,
        input.zeroPoint,
        constant(`${weight.label} int8`, { type: 'int8', shape: weight.shape, data: values }),
        constant(`${weight.label} scales`, { type: 'float32', shape: [outputs], data: scales }),
        // One for each weight: ONNX Runtime makes both anew for processors without VNNI.
        constant(`${weight.label} zero point`, { type: 'int8', shape: [], data: Int8Array.of(0) }),
        output.scale,
        output.zeroPoint,
        constant(`${bias.label} int32`, { type: 'int32', shape: [outputs], data: rounded(sums) }),
      ],
      { attributes: convolutionAttributes(shape) },
    );
    const chosen = shape.pooled ? greatestOfFour(context, result) : result;
    return node('DequantizeLinear', [chosen, output.scale, output.zeroPoint]);
  };
}

/** 8 bits without sign for everything from `min` to `max`, with a level for 0 itself. */
function quantization({ constant }: LinearContext, { min, max }: ActivationRange) {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const step = Math.fround((high - low) / LEVELS || 1);
  const zero = Math.round(-low / step);
  return {
    step,
    scale: constant(`float ${step}`, { type: 'float32', shape: [], data: Float32Array.of(step) }),
    zeroPoint: constant(`uint8 ${zero}`, { type: 'uint8', shape: [], data: Uint8Array.of(zero) }),
  };
}

function rounded(values: Float32Array): Int32Array {
  return Int32Array.from(values, Math.round);
}
