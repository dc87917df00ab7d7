import { floatLinear, type LinearWriter } from './linear-writer.ts';

export interface ObservedSquares {
  readonly weightLabel: string;
  readonly channels: number;
  /** Value of the graph: by channel the mean of the squares over the tokens of this run [channels]. */
  readonly value: string;
}

/** Computes in floats, and notes for every layer a value that says how much each channel of its inputs matters. */
export function squaringLinear(observed: ObservedSquares[]): LinearWriter {
  return (context, x, constants) => {
    const axes = context.constant('all but the last axis', {
      type: 'int64',
      shape: [2],
      data: BigInt64Array.of(0n, 1n),
    });
    const value = context.node('ReduceMean', [context.node('Mul', [x.name, x.name]), axes], {
      attributes: { keepdims: { int: 0 } },
    });
    const { label, shape } = constants.weight;
    observed.push({ weightLabel: label, channels: shape[1] ?? 0, value });
    return floatLinear(context, x, constants);
  };
}
