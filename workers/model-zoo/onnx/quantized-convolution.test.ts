import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { normalNumber } from '../normal-numbers.ts';
import { onnxOps } from '../ops-onnx.ts';
import { randomNumbers } from '../seeded-random.ts';
import type { ActivationRanges } from './activation-ranges.ts';
import { type ConvolutionWriter, storedConvolution } from './convolution.ts';
import { createGraphBuilder } from './graph-builder.ts';
import { floatLinear } from './linear-writer.ts';
import { quantizedConvolution } from './quantized-convolution.ts';

const [FROM, TO, SIDE] = [16, 8, 9];
const LABEL = 'conv.weight folded';

function numbers(seed: number, count: number, of: (random: () => number) => number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => of(random));
}
const input = numbers(1, FROM * SIDE ** 2, normalNumber);
const constant = (label: string, shape: readonly number[], data: Float32Array) => ({ label, shape, data });
const weight = constant('conv.weight', [TO, FROM, 3, 3], numbers(2, TO * FROM * 9, normalNumber));
const channels = (label: string, seed: number, least: number) =>
  constant(
    label,
    [TO],
    numbers(seed, TO, (random) => least + random()),
  );
const norm = {
  gamma: channels('gamma', 3, 0.5),
  beta: channels('beta', 4, -0.5),
  mean: channels('mean', 5, -0.5),
  variance: channels('variance', 6, 100),
  epsilon: 1e-5,
};

async function convolved(convolution: ConvolutionWriter, pooled: boolean): Promise<Float32Array> {
  const graph = createGraphBuilder('test');
  const x = { name: graph.input('x', 'float32', [1, FROM, SIDE, SIDE]) };
  const ops = onnxOps(graph, { linear: floatLinear, embeddings: 'float32', convolution });
  const y = ops.convolution(x, weight, { norm, stride: 1, padding: 'same', depthwise: false, pooled });
  graph.output('name' in y ? y.name : '', 'y', 'float32', [1, TO, 'height', 'width']);
  const session = await InferenceSession.create(graph.build({}), { logSeverityLevel: 3 });
  const outputs = await session.run({ x: new Tensor('float32', input, [1, FROM, SIDE, SIDE]) });
  await session.release();
  return outputs.y?.data as Float32Array;
}

function rangesOf(output: Float32Array): ActivationRanges {
  const span = (values: Float32Array) => ({ min: Math.min(...values), max: Math.max(...values) });
  return new Map([[LABEL, { input: span(input), output: span(output) }]]);
}

const floats = storedConvolution('float32');

describe('a convolution in 8 bits', () => {
  it.each([false, true])(
    'gives what it gives in floats, to a level of its range (pooled: %s)',
    async (pooled) => {
      const ranges = rangesOf(await convolved(floats, false));
      const exact = await convolved(floats, pooled);
      const eight = await convolved(quantizedConvolution(ranges), pooled);
      expect(eight).toHaveLength(exact.length);
      const { min, max } = ranges.get(LABEL)?.output ?? { min: 0, max: 0 };
      const level = (max - min) / 255;
      const errors = exact.map((value, at) => Math.abs(value - (eight[at] ?? 0)) / level);
      expect(Math.max(...errors)).toBeGreaterThan(0.1); // 8 bits they are
      expect(Math.max(...errors)).toBeLessThan(3);
      expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(0.7);
    },
  );

  it('gives the end of its range for what lies beyond', async () => {
    const whole = await convolved(floats, false);
    const ranges = new Map([[LABEL, { input: { min: -5, max: 5 }, output: { min: -0.1, max: 0.1 } }]]);
    const eight = await convolved(quantizedConvolution(ranges), false);
    expect(Math.max(...whole)).toBeGreaterThan(0.2);
    expect(Math.max(...eight)).toBeCloseTo(0.1, 2);
    expect(Math.min(...eight)).toBeCloseTo(-0.1, 2);
  });

  it('stays in floats where no range was measured', async () => {
    const exact = await convolved(floats, false);
    const rest = await convolved(quantizedConvolution(new Map()), false);
    rest.forEach((value, at) => expect(value).toBeCloseTo(exact[at] ?? 0, 1));
    expect(rest).not.toEqual(exact); // weights stored in 16 bits
  });
});
