import type { Normalisation } from '../ops.ts';
import type { OnnxConstant } from '../ops-onnx.ts';
import type { LinearContext } from './linear-writer.ts';
import { type StoredPrecision, storedWeight } from './stored-weight.ts';

export interface FoldedConvolution {
  readonly weight: OnnxConstant; // [out, in, height, width]
  readonly bias?: OnnxConstant; // [out]
}

/** The convolution that gives what `weight` and a normalisation with stored statistics after it give. */
export function foldNormalisation(
  weight: OnnxConstant,
  { gamma, beta, mean, variance, epsilon }: Normalisation<OnnxConstant>,
): FoldedConvolution {
  const outputs = weight.shape[0] ?? 0;
  const each = weight.data.length / outputs;
  const scales = gamma.data.map((value, out) => value / Math.sqrt((variance.data[out] ?? 0) + epsilon));
  return {
    weight: {
      ...weight,
      label: `${weight.label} folded`,
      data: weight.data.map((value, index) => value * (scales[Math.floor(index / each)] ?? 0)),
    },
    bias: {
      label: `${weight.label} bias`,
      shape: [outputs],
      data: beta.data.map((value, out) => value - (mean.data[out] ?? 0) * (scales[out] ?? 0)),
    },
  };
}

interface ConvolutionContext extends LinearContext {
  readonly precision: StoredPrecision;
}

interface ConvolutionShape {
  readonly stride: number;
  readonly padding: number | 'same';
  readonly groups: number;
}

/** Writes the convolution of x [batch, in, height, width] and returns the name of the result. */
export function convolutionNode(
  { precision, ...context }: ConvolutionContext,
  x: string,
  { weight, bias }: FoldedConvolution,
  { stride, padding, groups }: ConvolutionShape,
): string {
  const { constant, node } = context;
  const kernel = storedWeight(context, weight, precision);
  const addend = bias && constant(bias.label, { type: 'float32', shape: bias.shape, data: bias.data });
  return node('Conv', addend ? [x, kernel, addend] : [x, kernel], {
    attributes: {
      strides: { ints: [stride, stride] },
      group: { int: groups },
      ...(padding === 'same'
        ? { auto_pad: { string: 'SAME_UPPER' } }
        : { pads: { ints: [padding, padding, padding, padding] } }),
    },
  });
}
