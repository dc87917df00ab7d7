import type { Normalisation } from '../ops.ts';
import type { OnnxConstant } from '../ops-onnx.ts';
import type { LinearContext } from './linear-writer.ts';
import { type StoredPrecision, storedWeight } from './stored-weight.ts';

export interface FoldedConvolution {
  readonly weight: OnnxConstant; // [out, in, height, width]
  readonly bias?: OnnxConstant; // [out]
}

export interface ConvolutionShape {
  readonly stride: number;
  readonly padding: number | 'same';
  readonly groups: number;
  /** The greatest of each two by two is what is given on. */
  readonly pooled: boolean;
}

/** Writes the convolution of x [batch, in, height, width] into the graph and returns the name of the result. */
export type ConvolutionWriter = (
  context: LinearContext,
  x: string,
  folded: FoldedConvolution,
  shape: ConvolutionShape,
) => string;

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

/** Kernels as they are stored, widened when the session opens; the products are computed in 32 bits. */
export function storedConvolution(precision: StoredPrecision): ConvolutionWriter {
  return (context, x, { weight, bias }, shape) => {
    const { constant, node } = context;
    const kernel = storedWeight(context, weight, precision);
    const addend = bias && constant(bias.label, { type: 'float32', shape: bias.shape, data: bias.data });
    const result = node('Conv', addend ? [x, kernel, addend] : [x, kernel], {
      attributes: convolutionAttributes(shape),
    });
    return shape.pooled ? greatestOfFour(context, result) : result;
  };
}

export function convolutionAttributes({ stride, padding, groups }: ConvolutionShape) {
  return {
    strides: { ints: [stride, stride] },
    group: { int: groups },
    ...(padding === 'same'
      ? { auto_pad: { string: 'SAME_UPPER' } }
      : { pads: { ints: [padding, padding, padding, padding] } }),
  };
}

/** Of each two by two of x [batch, channels, height, width]. */
export function greatestOfFour({ node }: Pick<LinearContext, 'node'>, x: string): string {
  const sides = { ints: [2, 2] };
  return node('MaxPool', [x], { attributes: { kernel_shape: sides, strides: sides } });
}
