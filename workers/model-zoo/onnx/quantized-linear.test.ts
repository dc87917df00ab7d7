import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { normalNumber } from '../normal-numbers.ts';
import { randomNumbers } from '../seeded-random.ts';
import { createGraphBuilder } from './graph-builder.ts';
import { floatLinear, type LinearContext, type LinearWriter } from './linear-writer.ts';
import { quantizedLinear } from './quantized-linear.ts';

const [TEXTS, TOKENS, FROM, TO] = [2, 3, 64, 16];
const random = randomNumbers(5);
const draw = (length: number, of: (at: number) => number) => Float32Array.from({ length }, (_, at) => of(at));
const weight = { label: 'w', shape: [TO, FROM], data: draw(TO * FROM, () => normalNumber(random)) };
const bias = { label: 'b', shape: [TO], data: draw(TO, random) };
const magnitudes = (values: Float32Array) =>
  draw(FROM, (channel) => {
    return Math.max(...values.filter((_, at) => at % FROM === channel).map(Math.abs));
  });

/** One channel in sixteen is far larger than the others, as an encoder's layers give them. */
const signed = draw(TEXTS * TOKENS * FROM, (at) => (at % 16 === 3 ? 30 : 1) * normalNumber(random));
/** Few are large, many small, and none is far below zero, as GELU gives them. */
const bounded = draw(TEXTS * TOKENS * FROM, (at) =>
  at % 17 === 0 ? 8 * random() : Math.max(-0.17, 0.2 * normalNumber(random)),
);

async function product(
  linear: LinearWriter,
  { values, lowerBound, texts = TEXTS }: { values: Float32Array; lowerBound?: number; texts?: number },
): Promise<Float32Array> {
  const graph = createGraphBuilder('test');
  const name = graph.input('x', 'float32', ['texts', TOKENS, FROM]);
  const written = new Set<string>();
  const context: LinearContext = {
    constant(label, tensor) {
      if (!written.has(label)) graph.initializer(label, tensor);
      written.add(label);
      return label;
    },
    node: (operator, inputs, options) => graph.node(operator, inputs, options)[0] as string,
  };
  const x = { name, ...(lowerBound !== undefined && { lowerBound }) };
  graph.output(linear(context, x, { weight, bias }), 'y', 'float32', ['texts', TOKENS, TO]);
  const session = await InferenceSession.create(graph.build({}), { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new Tensor('float32', values, [texts, TOKENS, FROM]) });
  await session.release();
  return y?.data as Float32Array;
}

describe.each([
  { what: 'values of both signs', values: signed, lowerBound: undefined, errorMax: 0.02 },
  { what: 'what GELU gave', values: bounded, lowerBound: -0.1701, errorMax: 0.01 },
  {
    what: 'what ReLU gave',
    values: bounded.map((value) => Math.max(0, value)),
    lowerBound: 0,
    errorMax: 0.01,
  },
])('an 8-bit product of $what', ({ values, errorMax, ...given }) => {
  const bounds = given.lowerBound === undefined ? {} : { lowerBound: given.lowerBound };
  const linear = quantizedLinear(new Map([['w', magnitudes(values)]]));

  it(`is the product in floats, but for ${100 * errorMax} % of its length`, async () => {
    const exact = await product(floatLinear, { values });
    const quantized = await product(linear, { values, ...bounds });
    const error = Math.hypot(...exact.map((value, at) => value - (quantized[at] ?? Number.NaN)));
    expect(error / Math.hypot(...exact)).toBeLessThan(errorMax);
    expect(error).toBeGreaterThan(0);
  });

  it('is the same for a text alone, to the bit, and the bias for a token of zeros', async () => {
    const some = values.slice();
    some.fill(0, FROM, 2 * FROM);
    const together = await product(linear, { values: some, ...bounds });
    const alone = await product(linear, { values: some.slice(0, TOKENS * FROM), ...bounds, texts: 1 });
    expect(together.slice(0, TOKENS * TO)).toEqual(alone);
    expect(together.slice(TO, 2 * TO)).toEqual(bias.data);
  });
});

it('leaves what GELU gave to another writer where there is one', async () => {
  const linear = quantizedLinear(new Map(), floatLinear);
  const given = { values: bounded, lowerBound: -0.1701 };
  expect(await product(linear, given)).toEqual(await product(floatLinear, given));
});
