import { type ConvolutionWriter, storedConvolution } from './convolution.ts';

/** Least and greatest value that is to be told apart; the 0 of the padding is always among them. */
export interface ActivationRange {
  readonly min: number;
  readonly max: number;
}

/** What goes into a convolution, and what comes out before it is pooled. */
export interface ConvolutionRanges {
  readonly input: ActivationRange;
  readonly output: ActivationRange;
}

/** By the label of a convolution's folded weight. */
export type ActivationRanges = ReadonlyMap<string, ConvolutionRanges>;

export const EXTREMES = ['input least', 'input greatest', 'output least', 'output greatest'] as const;
export type Extreme = (typeof EXTREMES)[number];

export interface ObservedConvolution {
  readonly weightLabel: string;
  /** Values of the graph, one number each. */
  readonly values: Readonly<Record<Extreme, string>>;
}

/** The name under which a graph that observes gives an extreme. */
export function extremeName(weightLabel: string, extreme: Extreme): string {
  return `${weightLabel}, ${extreme}`;
}

/** Computes in floats, and notes for every convolution with a normalisation how far its values go. */
export function observingConvolution(observed: ObservedConvolution[]): ConvolutionWriter {
  const convolve = storedConvolution('float32');
  return (context, x, folded, shape) => {
    if (!folded.bias) return convolve(context, x, folded, shape);
    const whole = convolve(context, x, folded, { ...shape, pooled: false });
    const extreme = (operator: 'ReduceMin' | 'ReduceMax', value: string) =>
      context.node(operator, [value], { attributes: { keepdims: { int: 0 } } });
    observed.push({
      weightLabel: folded.weight.label,
      values: {
        'input least': extreme('ReduceMin', x),
        'input greatest': extreme('ReduceMax', x),
        'output least': extreme('ReduceMin', whole),
        'output greatest': extreme('ReduceMax', whole),
      },
    });
    return convolve(context, x, folded, shape);
  };
}
