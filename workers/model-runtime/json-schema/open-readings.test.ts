import { beforeAll, describe, expect, it } from 'vitest';
import { grammarOfSchema } from './grammar-of-schema.ts';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: unknown, text: string) => boolean;
beforeAll(async () => {
  accepts = await schemaAcceptance();
});

const many = <One>(count: number, of: (at: number) => One) =>
  Array.from({ length: count }, (_, at) => of(at));
const word = (at: number) => `word-${at}`;
/** Each begins with a character of its own. */
const sign = (at: number) => String.fromCodePoint(0x4e00 + at);
const optional = (count: number) => ({ properties: Object.fromEntries(many(count, (at) => [word(at), {}])) });

/** llama.cpp tries every way in which a text may go on with every token, in the process that writes for all. */
describe('what may go on in many ways at once', () => {
  it.each([
    ['an enum', { enum: many(3_000, word) }],
    ['a choice of constants', { anyOf: [...many(200, (at) => ({ const: word(at) })), { type: 'null' }] }],
  ])('%s that begins alike is written once', (_, schema) => {
    expect(grammarOfSchema(schema).split('word').length - 1).toBeLessThanOrEqual(1);
    expect(accepts(schema, '"word-199"')).toBe(true);
    expect(accepts(schema, '"word-"')).toBe(false);
  });

  it.each([
    ['an enum', (count: number) => ({ enum: many(count, sign) })],
    ['a list of one', (count: number) => ({ type: 'array', items: { enum: many(count, sign) } })],
    ['optional properties', optional],
    [
      'optional properties further on',
      (count: number) => ({
        properties: { first: {}, ...optional(count).properties },
        required: ['first'],
      }),
    ],
    [
      'optional properties of two that begin alike',
      (count: number) => ({
        anyOf: [optional(count / 2), optional(count / 2)],
      }),
    ],
  ])('%s: up to 128 are taken, more are not', (_, schemaOf) => {
    expect(() => grammarOfSchema(schemaOf(128))).not.toThrow();
    expect(() => grammarOfSchema(schemaOf(132))).toThrow('Too much may come next at once');
  });

  it('constants that are named elsewhere are open beside one another', () => {
    const named = (count: number) => ({
      anyOf: many(count, (at) => ({ $ref: `#/$defs/${at}` })),
      $defs: Object.fromEntries(many(count, (at) => [at, { const: word(at) }])),
    });
    expect(accepts(named(64), '"word-63"')).toBe(true);
    expect(() => grammarOfSchema(named(65))).toThrow('Too much may come next at once');
  });

  it('properties that are required are no choice', () => {
    const names = many(400, word);
    const schema = { ...optional(400), required: names };
    const text = `{${names.map((name) => `"${name}": 1`).join(', ')}}`;
    expect(accepts(schema, text)).toBe(true);
    expect(accepts(schema, text.replace('"word-7": 1, ', ''))).toBe(false);
  });
});

describe('an object', () => {
  const schema = { properties: { a: {}, b: {}, c: {}, d: {} }, required: ['b'] };
  it.each([
    ['{"a":1,"b":1,"c":1,"d":1}', true],
    ['{"b":1}', true],
    ['{"a":1,"b":1,"d":1}', true],
    ['{ "b" : 1 , "c" : 1 }', true],
    ['{"a":1}', false],
    ['{"a":1,"c":1}', false],
    ['{}', false],
    ['{"b":1,"a":1}', false],
    ['{"b":1,}', false],
    ['{,"b":1}', false],
  ])('has what is required and may have the rest, in order: %s is %s', (text, expected) => {
    expect(accepts(schema, text)).toBe(expected);
  });

  it.each([
    ['{}', true],
    ['{ }', true],
    ['{"c":1}', true],
    ['{"a":1,"d":1}', true],
    ['{"a":1 "d":1}', false],
  ])('of which all is optional may have none: %s is %s', (text, expected) => {
    expect(accepts({ ...schema, required: [] }, text)).toBe(expected);
  });
});
