import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { grammarOfSchema } from './grammar-of-schema.ts';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: unknown, text: string) => boolean;
beforeAll(async () => {
  accepts = await schemaAcceptance();
});
const ajv = new Ajv2020({ strict: false, validateFormats: false });

const named = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const aged = { type: 'object', properties: { age: { type: 'integer', minimum: 0 } }, required: ['age'] };

describe('what all of several schemas accept', () => {
  it.each([
    ['one member', { allOf: [{ type: 'integer' }] }, ['1'], ['"a"']],
    [
      'one member, a reference, with its annotations beside it',
      {
        properties: { a: { allOf: [{ $ref: '#/$defs/b' }], description: 'x', default: 1 } },
        $defs: { b: { type: 'integer' } },
      },
      ['{"a":1}', '{}'],
      ['{"a":"x"}'],
    ],
    [
      'objects',
      { allOf: [named, aged] },
      ['{"name":"a","age":0}'],
      ['{"name":"a"}', '{"age":1}', '{"name":"a","age":-1}'],
    ],
    [
      'objects and what stands beside them',
      { type: 'object', allOf: [named], properties: { more: { type: 'boolean' } }, required: ['more'] },
      ['{"more":true,"name":"a"}'],
      ['{"name":"a"}', '{"more":true}'],
    ],
    [
      'objects by reference',
      { allOf: [{ $ref: '#/$defs/named' }, { $ref: '#/$defs/aged' }], $defs: { named, aged } },
      ['{"name":"a","age":5}'],
      ['{"name":"a"}', '{"name":1,"age":5}'],
    ],
    [
      'bounds',
      {
        type: 'integer',
        allOf: [
          { minimum: 1, maximum: 9 },
          { minimum: 3, maximum: 20 },
        ],
      },
      ['3', '9'],
      ['1', '2', '10', '20'],
    ],
    [
      'lengths',
      {
        allOf: [
          { type: 'string', minLength: 1 },
          { minLength: 2, maxLength: 3 },
        ],
      },
      ['"ab"', '"abc"'],
      ['"a"', '"abcd"'],
    ],
    [
      'types',
      { allOf: [{ type: ['number', 'string'] }, { type: ['integer', 'null'] }] },
      ['1'],
      ['1.5', '"a"', 'null'],
    ],
    [
      'patterns',
      { type: 'string', allOf: [{ pattern: '^ab' }, { pattern: 'c$' }, { pattern: 'x' }], maxLength: 5 },
      ['"abxc"', '"abxxc"'],
      ['"abc"', '"abx"', '"xabc"', '"abxxxc"'],
    ],
    [
      'formats and patterns',
      { type: 'string', allOf: [{ format: 'date' }, { pattern: '^2026' }, { format: 'other' }] },
      ['"2026-11-26"'],
      ['"2026"', '"2025-11-26"'],
    ],
    [
      'the same property of two',
      {
        allOf: [
          { properties: { a: { type: 'integer', minimum: 1 } } },
          { properties: { a: { maximum: 5 } }, required: ['a'] },
        ],
      },
      ['{"a":1}', '{"a":5}'],
      ['{"a":0}', '{"a":6}', '{}'],
    ],
    [
      'the items of two',
      {
        allOf: [
          { type: 'array', items: { type: 'integer' }, minItems: 1 },
          { items: { minimum: 3 }, maxItems: 2 },
        ],
      },
      ['[3]', '[3,4]'],
      ['[]', '[2]', '[3,3,3]'],
    ],
    [
      'a property that the other knows only among the rest',
      {
        allOf: [
          { properties: { a: { minLength: 2 } }, required: ['a'] },
          { type: 'object', additionalProperties: { type: 'string' } },
        ],
      },
      ['{"a":"bb"}'],
      ['{"a":"b"}', '{"a":1}'],
    ],
    [
      'a property that the other has no place for',
      {
        allOf: [
          { properties: { a: {}, b: { type: 'null' } } },
          { type: 'object', properties: { b: {} }, additionalProperties: false },
        ],
      },
      ['{"b":null}', '{}'],
      ['{"a":1}', '{"b":1}'],
    ],
    [
      'only properties that have no place',
      { allOf: [{ properties: { a: {} } }, { type: 'object', additionalProperties: false }] },
      ['{}'],
      ['{"a":1}', '{"b":1}'],
    ],
    [
      'multiples',
      { type: 'integer', allOf: [{ multipleOf: 5 }, { multipleOf: 5, minimum: 1 }] },
      ['5'],
      ['0', '4'],
    ],
    ['a constant and its type', { allOf: [{ enum: ['a', 1] }, { type: 'string' }] }, ['"a"'], ['1']],
    ['true', { allOf: [true, { type: 'null' }] }, ['null'], ['1']],
    [
      'members that have some of their own',
      { allOf: [{ allOf: [named, { allOf: [aged] }] }, true] },
      ['{"name":"a","age":1}'],
      ['{"name":"a"}'],
    ],
    [
      'a branch of a choice',
      { anyOf: [{ allOf: [{ type: 'integer' }, { maximum: 3 }] }, { type: 'null' }] },
      ['3', 'null'],
      ['4'],
    ],
  ])('%s', (_, schema, taken, left) => {
    const isValid = ajv.compile(schema);
    for (const text of taken) expect([text, accepts(schema, text)]).toEqual([text, true]);
    for (const text of taken) expect([text, isValid(JSON.parse(text))]).toEqual([text, true]);
    for (const text of left) expect([text, accepts(schema, text)]).toEqual([text, false]);
  });

  it('goes on through a schema that leads back to itself', () => {
    const tree = {
      $ref: '#/$defs/node',
      $defs: {
        base: { type: 'object', properties: { value: { type: 'integer', minimum: 0 } }, required: ['value'] },
        node: {
          allOf: [
            { $ref: '#/$defs/base' },
            { properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } },
          ],
        },
      },
    };
    expect(accepts(tree, '{"value":1,"children":[{"value":0},{"value":2,"children":[]}]}')).toBe(true);
    expect(accepts(tree, '{"value":1,"children":[{"value":-1}]}')).toBe(false);
  });

  it.each([
    [{ allOf: [] }, '/allOf', 'list'],
    [{ allOf: [true, 3] }, '/allOf/1', 'JSON object'],
    [{ allOf: [false] }, '/allOf/0', 'accepts nothing'],
    [{ allOf: [{ type: 'string' }, { type: 'number' }] }, '/allOf', 'no type in common'],
    [{ allOf: [{ enum: [1] }, { enum: [1, 2] }] }, '/allOf', 'enum stands more than once'],
    [{ allOf: [{ enum: ['a'] }, { minLength: 2 }] }, '/minLength', 'beside enum'],
    [{ allOf: [{ anyOf: [named, aged] }, { required: ['age'] }] }, '/required', 'beside anyOf'],
    [{ allOf: [{ multipleOf: 4 }, { multipleOf: 6 }] }, '/allOf', 'multipleOf stands more than once'],
    [
      { allOf: [named, { type: 'object', additionalProperties: false }] },
      '/properties/name',
      'accepts nothing',
    ],
    [{ allOf: [{ type: 'integer', minimum: 3 }, { maximum: 2 }] }, '', 'No number'],
    [{ allOf: [named, { not: { required: ['a'] } }] }, '/not', 'not is not supported'],
    [
      { allOf: [{ $ref: '#/$defs/a' }, {}], $defs: { a: { allOf: [{ $ref: '#/$defs/a' }, {}] } } },
      '/$defs/a/allOf',
      'leads back to itself',
    ],
    [{ allOf: [{ $ref: 'https://example.com' }, {}] }, '/allOf', 'into the schema itself'],
    [{ allOf: [{ $ref: '#/$defs/none' }, {}] }, '/allOf', 'is not in the schema'],
  ])('%j is refused at %s: %s', (schema, path, sentence) => {
    expect(() => grammarOfSchema(schema)).toThrow(
      expect.objectContaining({ path, message: expect.stringContaining(sentence) }),
    );
  });

  it('is refused where merging has no end, or doubles at every level', () => {
    const node = (name: string) => ({
      type: 'object',
      properties: { left: { $ref: `#/$defs/${name}` }, right: { $ref: `#/$defs/${name}` }, [name]: {} },
    });
    const schema = {
      allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
      $defs: { a: node('a'), b: node('b') },
    };
    expect(() => grammarOfSchema(schema)).toThrow('too much to merge');
    const large = {
      properties: Object.fromEntries(
        Array.from({ length: 600 }, (_, at) => [`p${at}`, { enum: [`${at}`.repeat(20)] }]),
      ),
    };
    const many = {
      allOf: Array.from({ length: 90 }, (_, at) => ({ properties: { a: { ...large, title: `${at}` } } })),
    };
    expect(() => grammarOfSchema(many)).toThrow('too much to merge');
    const names = (count: number) => ({
      allOf: Array.from({ length: count }, (_, at) => ({ properties: { [`p${at}`]: true } })),
    });
    expect(accepts(names(100), '{"p99":1}')).toBe(true);
    expect(() => grammarOfSchema(names(900))).toThrow('too much to merge');
  });
});
