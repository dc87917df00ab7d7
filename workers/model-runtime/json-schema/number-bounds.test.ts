import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { grammarOfSchema } from './grammar-of-schema.ts';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: unknown, text: string) => boolean;
beforeAll(async () => {
  accepts = await schemaAcceptance();
});
const drawing = (seed: number) => {
  const random = randomNumbers(seed);
  return (below: number) => Math.floor(random() * below);
};
const ajv = new Ajv2020();

describe('the bounds of an integer', () => {
  it.each([
    [
      { minimum: 0, maximum: 10 },
      ['0', '1', '9', '10'],
      ['-1', '11', '00', '01', '010', '-0', '100', '1.0', '+1', ''],
    ],
    [{ minimum: 1, maximum: 5 }, ['1', '5'], ['0', '6', '10', '15']],
    [{ minimum: 9, maximum: 100 }, ['9', '10', '99', '100'], ['8', '0', '101', '900', '1000', '1']],
    [{ minimum: 0, maximum: 255 }, ['0', '25', '199', '249', '255'], ['256', '260', '300', '1000']],
    [{ minimum: -10, maximum: -1 }, ['-1', '-9', '-10'], ['0', '-0', '-11', '1', '-01', '-']],
    [{ minimum: -128, maximum: 127 }, ['-128', '-1', '0', '127'], ['-129', '128', '-0']],
    [{ minimum: 7, maximum: 7 }, ['7'], ['6', '8', '77']],
    [{ exclusiveMinimum: 0 }, ['1', '999999999999999'], ['0', '-1', '1000000000000000']],
    [{ exclusiveMinimum: 0, exclusiveMaximum: 10 }, ['1', '9'], ['0', '10']],
    [{ minimum: 0, exclusiveMinimum: 5, maximum: 9, exclusiveMaximum: 9 }, ['6', '8'], ['5', '9']],
    [{ minimum: 0.5, maximum: 2.5 }, ['1', '2'], ['0', '3']],
    [{ exclusiveMinimum: -2.5, exclusiveMaximum: -0.5 }, ['-1', '-2'], ['-3', '0']],
    [{ maximum: -100 }, ['-100', '-101', '-999999999999999'], ['-99', '0', '5']],
    [{ minimum: 1e14 }, ['100000000000000', '999999999999999'], ['99999999999999']],
    [
      { minimum: 0, maximum: 4_294_967_295 },
      ['4294967295', '3999999999'],
      ['4294967296', '5000000000', '42949672950'],
    ],
    [{ multipleOf: 5, minimum: 0, maximum: 100 }, ['0', '5', '95', '100'], ['1', '99', '105', '-5']],
    [{ multipleOf: 7 }, ['0', '7', '-14', '700000007'], ['1', '-15', '6']],
    [{ multipleOf: 100, minimum: 50, maximum: 1_250 }, ['100', '1200'], ['0', '50', '110', '1300', '00']],
    [{ multipleOf: 1_000 }, ['0', '-5000', '123000'], ['100', '1', '-0', '0000']],
    [{ multipleOf: 1 }, ['0', '12'], ['1.5']],
    [{ multipleOf: 0.5, maximum: 3 }, ['3', '-8'], ['4', '0.5']],
  ])('%j', (bounds, taken, left) => {
    const schema = { type: 'integer', ...bounds };
    const isValid = ajv.compile(schema);
    for (const text of taken) expect([text, accepts(schema, text)]).toEqual([text, true]);
    for (const text of taken) expect([text, isValid(JSON.parse(text))]).toEqual([text, true]);
    for (const text of left) expect([text, accepts(schema, text)]).toEqual([text, false]);
  });

  it('let through every integer beside them that is valid, and no other one, whatever the range', () => {
    const draw = drawing(20_261_126);
    const anywhere = () => {
      const digits = draw(7);
      return (draw(2) === 0 ? -1 : 1) * (draw(10 ** digits) + (draw(3) === 0 ? 10 ** digits : 0));
    };
    for (let round = 0; round < 60; round++) {
      const [minimum, maximum] = [anywhere(), anywhere()].sort((one, other) => one - other) as [
        number,
        number,
      ];
      const multipleOf = [1, 1, 2, 3, 10, 12][draw(6)] as number;
      const schema = { type: 'integer', minimum, maximum: maximum + multipleOf, multipleOf };
      const isValid = ajv.compile(schema);
      const near = [
        minimum,
        maximum,
        schema.maximum,
        0,
        -1,
        10 ** draw(8),
        anywhere(),
        -minimum,
        maximum * 10,
      ]
        .flatMap((at) => [-2, -1, 0, 1, 2].map((by) => at + by))
        .map((at) => at + 0);
      for (const value of new Set(near)) {
        expect([schema, value, accepts(schema, `${value}`)]).toEqual([schema, value, isValid(value)]);
      }
    }
  });
});

describe('the bounds of a number', () => {
  it.each([
    [
      { minimum: 0, maximum: 1 },
      ['0', '0.0', '0.5', '0.999999999999999', '1', '1.000'],
      ['-0.1', '1.1', '1.0001', '01', '0.', '.5', '1e0', '-0', '-0.0', '2'],
    ],
    [
      { exclusiveMinimum: 0, exclusiveMaximum: 1 },
      ['0.1', '0.00000000000001', '0.99999999999999'],
      ['0', '0.0', '1', '1.0', '0.999999999999999999'],
    ],
    [
      { minimum: -1.5, maximum: 2.25 },
      ['-1.5', '-1.50', '-1', '-0.3', '0', '2.25', '2.2', '2.2499'],
      ['-1.51', '-2', '2.26', '2.2501', '3', '-10'],
    ],
    [
      { minimum: 9.5 },
      ['9.5', '9.50', '10', '99.1', '999999999999999.5'],
      ['9.4', '9', '1', '0.95', '9.49999'],
    ],
    [{ maximum: -0.001 }, ['-0.001', '-1', '-123.4'], ['0', '-0.0009', '0.1', '-0']],
    [{ minimum: 1e-7 }, ['0.0000001', '1'], ['0', '0.00000009']],
    [
      { exclusiveMaximum: 100 },
      ['99.9999999999', '-100', '0'],
      ['100', '100.0', '100.1', '99.9999999999999999'],
    ],
    [
      { minimum: 0, multipleOf: 0.5, maximum: 5 },
      ['0', '0.5', '4.5', '5', '5.0', '1.0'],
      ['0.25', '5.5', '0.50'],
    ],
    [{ multipleOf: 0.25 }, ['0.25', '-1.75', '3', '0.5', '0.50'], ['0.2', '0.3', '0.125']],
    [{ multipleOf: 2, minimum: 0 }, ['0', '2', '14'], ['1', '2.0', '3']],
    [{ minimum: 0.1, maximum: 0.3 }, ['0.1', '0.2', '0.3'], ['0.4', '0.09', '0.31']],
  ])('%j', (bounds, taken, left) => {
    const schema = { type: 'number', ...bounds };
    const isValid = ajv.compile(schema);
    for (const text of taken) expect([text, accepts(schema, text)]).toEqual([text, true]);
    for (const text of taken) expect([text, isValid(JSON.parse(text))]).toEqual([text, true]);
    for (const text of left) expect([text, accepts(schema, text)]).toEqual([text, false]);
  });

  it('are kept by decimals on either side of them, as binary fractions are compared', () => {
    const draw = drawing(7);
    const decimal = () => (draw(2_000_001) - 1_000_000) / 10 ** draw(7);
    for (let round = 0; round < 60; round++) {
      const [low, high] = [decimal(), decimal()].sort((one, other) => one - other) as [number, number];
      const next = Number((high + 1).toFixed(6));
      const isExclusive = draw(2) === 0;
      const schema = isExclusive
        ? { type: 'number', exclusiveMinimum: low, exclusiveMaximum: next }
        : { type: 'number', minimum: low, maximum: high };
      const isValid = ajv.compile(schema);
      const near = [low, high, next, 0].flatMap((at) =>
        [-1e-6, -1e-8, 0, 1e-8, 1e-6, 1].map((by) => at + by),
      );
      for (const value of near) {
        const text = value.toFixed(8);
        if (/^-0\.0*$/.test(text)) continue;
        expect([schema, text, accepts(schema, text)]).toEqual([schema, text, isValid(Number(text))]);
      }
    }
  });

  it('past every number that is written are none', () => {
    const float = { type: 'number', minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE };
    expect(grammarOfSchema(float)).toBe(grammarOfSchema({ type: 'number' }));
    const single = { type: 'number', minimum: -3.4028234663852886e38, maximum: 3.4028234663852886e38 };
    expect(accepts(single, '-12.5')).toBe(true);
    expect(accepts(single, '1e39')).toBe(false);
  });
});

it('bounds without a type are those of numbers, and say nothing of a text', () => {
  expect(accepts({ minimum: 3 }, '3.5')).toBe(true);
  expect(accepts({ minimum: 3 }, '2')).toBe(false);
  expect(accepts({ type: ['string', 'integer'], maximum: 3 }, '"9"')).toBe(true);
  expect(accepts({ type: ['string', 'integer'], maximum: 3 }, '9')).toBe(false);
});

it.each([
  [{ type: 'integer', minimum: 6, maximum: 5 }, '', 'No number of up to 15 digits'],
  [{ type: 'integer', exclusiveMinimum: 5, exclusiveMaximum: 6 }, '', 'No number of up to 15 digits'],
  [{ type: 'number', exclusiveMinimum: 5, maximum: 5 }, '', 'No number of up to 15 digits'],
  [{ type: 'integer', minimum: 1e15 }, '', 'No number of up to 15 digits'],
  [{ type: 'integer', minimum: 1e308 }, '', 'No number of up to 15 digits'],
  [{ type: 'integer', multipleOf: 10, minimum: 1, maximum: 9 }, '', 'No number of up to 15 digits'],
  [{ type: 'integer', minimum: '3' }, '/minimum', 'This is a number.'],
  [{ type: 'number', exclusiveMinimum: true }, '/exclusiveMinimum', 'This is a number.'],
  [{ type: 'number', exclusiveMaximum: 0.1 + 0.2 }, '/exclusiveMaximum', 'use maximum'],
  [{ type: 'integer', multipleOf: 0 }, '/multipleOf', 'above 0'],
  [{ type: 'integer', multipleOf: 37 }, '/multipleOf', 'check the answer'],
  [{ type: 'integer', multipleOf: 1.5 }, '/multipleOf', 'check the answer'],
  [{ type: 'number', multipleOf: 0.01 }, '/multipleOf', 'check the answer'],
  [{ type: 'number', multipleOf: 5e-324 }, '/multipleOf', 'check the answer'],
])('%j is refused at %s: %s', (schema, path, sentence) => {
  expect(() => grammarOfSchema(schema)).toThrow(
    expect.objectContaining({ path, message: expect.stringContaining(sentence) }),
  );
});
