import { floatLinear, type LinearWriter } from './linear-writer.ts';

/** By label of a linear layer's weight: the greatest magnitude seen in each channel of the layer's input. */
export type InputRanges = ReadonlyMap<string, Float32Array>;

export interface ObservedInput {
  readonly weightLabel: string;
  readonly channels: number;
  /** Value of the graph: the greatest magnitudes of this run [channels]. */
  readonly value: string;
}

/** Computes in floats, and notes for every layer a value that says how large its inputs were. */
export function observingLinear(observed: ObservedInput[]): LinearWriter {
  return (context, x, constants) => {
    const axes = context.constant('all but the last axis', {
      type: 'int64',
      shape: [2],
      data: BigInt64Array.of(0n, 1n),
    });
    const value = context.node('ReduceMax', [context.node('Abs', [x.name]), axes], {
      attributes: { keepdims: { int: 0 } },
    });
    const { label, shape } = constants.weight;
    observed.push({ weightLabel: label, channels: shape[1] ?? 0, value });
    return floatLinear(context, x, constants);
  };
}
