import { beforeAll, describe, expect, it } from 'vitest';
import { loadLlamaBinding } from '../llama-cpp/binding.ts';
import { grammarOfFormat } from './grammar-of-format.ts';
import { grammarOfSchema, SchemaRefusedError } from './grammar-of-schema.ts';
import { schemaAcceptance } from './testing/schema-acceptance.ts';

let accepts: (schema: unknown, text: string) => boolean;
beforeAll(async () => {
  accepts = await schemaAcceptance();
});

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 5 },
    age: { type: 'integer' },
    tags: { type: 'array', items: { enum: ['a', 'b"c'] }, minItems: 1, maxItems: 2 },
    note: { type: ['string', 'null'] },
  },
  required: ['name', 'tags'],
  additionalProperties: false,
};

describe('the grammar of a schema', () => {
  it.each([
    [person, '{"name":"Ada","age":36,"tags":["a"],"note":null}', true],
    [person, '{ "name": "Ada", "tags": ["b\\"c", "a"] }', true],
    [person, '{"name":"Ada","tags":["a"],"note":"x"}', true],
    [person, '{"age":36,"tags":["a"]}', false], // name is required
    [person, '{"name":"","tags":["a"]}', false], // too short
    [person, '{"name":"Adalove","tags":["a"]}', false], // too long
    [person, '{"name":"Ada","tags":[]}', false], // too few
    [person, '{"name":"Ada","tags":["a","a","a"]}', false], // too many
    [person, '{"name":"Ada","tags":["c"]}', false], // not of the enum
    [person, '{"name":"Ada","age":3.5,"tags":["a"]}', false], // no integer
    [person, '{"name":"Ada","tags":["a"],"more":1}', false], // no such property
    [person, '{"name":"Ada","tags":["a"]} and', false], // more than JSON
    [{ properties: { a: {} } }, '{}', true],
    [{ properties: { a: {}, b: {} } }, '{"b":[1,{"c":null}]}', true],
    [{ properties: { a: {}, b: {} } }, '{,"b":1}', false],
    [{ type: 'object' }, '{"any":{"thing":[true,-0.5e-3]}}', true],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{"x":true,"y":false}', true],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{"x":1}', false],
    [{ type: 'object', required: ['z'] }, '{"z":1}', true],
    [{ type: 'object', required: ['z'] }, '{}', false],
    [{ required: ['z'], additionalProperties: { type: 'null' } }, '{"z":null}', true],
    [{ required: ['z'], additionalProperties: { type: 'null' } }, '{"z":1}', false],
    [{ type: 'string', enum: ['a', 1, null] }, '"a"', true],
    [{ type: 'string', enum: ['a', 1, null] }, '1', false],
    [{ type: ['number', 'null'], enum: ['a', 1, null] }, '1', true],
    [{ type: 'object', anyOf: [{ required: ['a'] }, { type: 'object', required: ['b'] }] }, '{"b":1}', true],
    [{ type: 'string', anyOf: [{ minLength: 2 }, {}] }, '""', true],
    [{ type: 'string', anyOf: [{ minLength: 2 }, {}] }, '1', false],
    [{ $ref: '#/$defs/a', description: 'x', $defs: { a: { type: 'null' } } }, 'null', true],
    [{ const: { a: [1, 'ü'] } }, '{"a":[1,"ü"]}', true],
    [{ anyOf: [{ type: 'boolean' }, { type: 'number' }] }, '01', false],
    [{ anyOf: [{ type: 'boolean' }, { type: 'number' }] }, '-0.5', true],
    [{ type: 'array', items: { type: 'null' }, maxItems: 0 }, '[]', true],
    [{ type: 'array', items: { type: 'null' }, maxItems: 0 }, '[null]', false],
    [{ type: 'string' }, '"a\\u00e4\\n"', true],
    [{ type: 'string' }, '"a\nb"', false],
    [{ type: 'string' }, '"\\ud83d"', false], // half a surrogate pair
    [{ additionalProperties: false }, '{"x":1}', false],
    [{ minItems: 0, maxItems: 1 }, '[1,2]', false],
    [{ minLength: 0, maxLength: 1 }, '"ab"', false],
    [{ type: 'object', propertyNames: { enum: ['a', 'b'] } }, '{"b":1}', true],
    [{ type: 'object', propertyNames: { enum: ['a', 'b'] } }, '{"c":1}', false],
    [{ propertyNames: { const: 'a' } }, '{"b":1}', false],
    [{ enum: ['a', 'ab', 'b', 1, 12] }, '"ab"', true],
    [{ enum: ['a', 'ab', 'b', 1, 12] }, '"aa"', false],
    [{ enum: ['a', 'ab', 'b', 1, 12] }, '12', true],
    [{ enum: ['a', 'ab', 'b', 1, 12] }, '1', true],
    [{ enum: ['a', 'ab', 'b', 1, 12] }, '2', false],
    [{ enum: ['日本', '日常', '\\n', '\n'] }, '"日常"', true],
    [{ enum: ['日本', '日常', '\\n', '\n'] }, '"\\n"', true],
    [{ enum: ['日本', '日常', '\\n', '\n'] }, '"日"', false],
    [
      {
        oneOf: [{ type: 'object', properties: { kind: { const: 'a' } } }, { type: 'null' }],
        discriminator: { propertyName: 'kind' },
      },
      'null',
      true,
    ],
    [true, '"anything"', true],
  ])('of %j says of %s: %s', (schema, text, expected) => {
    expect(accepts(schema === true ? {} : schema, text)).toBe(expected);
  });

  it('follows references, to itself too where something stands between', () => {
    const tree = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: { type: 'integer' },
            children: { type: 'array', items: { $ref: '#/$defs/node' } },
          },
          required: ['value'],
        },
      },
    };
    expect(accepts(tree, '{"value":1,"children":[{"value":2},{"value":3,"children":[]}]}')).toBe(true);
    expect(accepts(tree, '{"value":1,"children":[{"children":[]}]}')).toBe(false);
  });

  it.each([
    [{ type: 'string', pattern: '^(?=a)' }, '/pattern'],
    [{ properties: { a: { type: 'integer', minimum: 3, maximum: 2 } } }, '/properties/a'],
    [{ type: 'string', not: { const: 'a' } }, '/not'],
    [{ type: 'array', uniqueItems: true }, '/uniqueItems'],
    [{ $ref: '#/$defs/a', minimum: 3, $defs: { a: { type: 'integer' } } }, '/minimum'],
    [{ enum: [1, 2], minimum: 2 }, '/minimum'],
    [{ anyOf: [{ type: 'string' }], format: 'date' }, '/format'],
    [{ propertyNames: { type: 'string', pattern: '^a' } }, '/propertyNames/pattern'],
    [{ propertyNames: { type: 'string', format: 'uuid' } }, '/propertyNames/format'],
    [{ oneOf: [{ type: 'string' }, { type: 'string', maxLength: 2 }] }, '/oneOf'],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, '/oneOf'],
    [{ oneOf: [{ type: 'string' }, { required: ['a'] }] }, '/oneOf'], // a text has no properties to lack
    [{ oneOf: [{ properties: { a: { const: 1 } } }, { properties: { a: { const: 2 } } }] }, '/oneOf'],
    [{ oneOf: [{ const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }] }, '/oneOf'],
    [{ oneOf: [{ type: 'null' }], anyOf: [{ type: 'null' }] }, '/oneOf'],
    [{ type: 'object', propertyNames: { maxLength: 3 } }, '/propertyNames/maxLength'],
    [{ type: 'object', propertyNames: { type: 'number' } }, '/propertyNames/type'],
    [{ required: ['a'], propertyNames: { enum: ['b'] } }, '/propertyNames'],
    [{ $ref: '#/$defs/%E0%A4%A', $defs: {} }, '/$ref'], // no UTF-8
    [{ $ref: '#name', $defs: { name: {} } }, '/$ref'],
    [{ type: 'text' }, '/type'],
    [{ type: [] }, '/type'],
    [{ $ref: 'https://example.com/schema' }, '/$ref'],
    [{ $ref: '#/$defs/missing' }, '/$ref'],
    [
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } },
      '/$defs/b/anyOf/0/$ref',
    ],
    [{ $ref: '#' }, '/$ref'],
    [{ type: 'array', minItems: 3, maxItems: 2 }, '/maxItems'],
    [{ type: 'string', maxLength: 1e9 }, '/maxLength'],
    [{ type: 'string', minLength: -1 }, '/minLength'],
    [{ enum: [] }, '/enum'],
    [{ enum: ['a'], type: 'number' }, '/enum'],
    [{ const: 'abc', maxLength: 2 }, '/maxLength'],
    [
      { properties: { a: { $ref: '#/$defs/b', maxLength: 2 } }, $defs: { b: { type: 'string' } } },
      '/properties/a/maxLength',
    ],
    [{ anyOf: [{ type: 'object' }], required: ['a'] }, '/required'],
    [{ type: 'string', anyOf: [{ type: 'number' }, { type: 'string' }] }, '/type'],
    [{ type: 'object', required: ['a'], additionalProperties: false }, '/properties/a'],
    [{ properties: { a: false } }, '/properties/a'],
    ['string', ''],
    [null, ''],
  ])('refuses %j, and says where', (schema, path) => {
    const refused = refusalOf(schema);
    expect(refused.path).toBe(path);
    expect(refused.message).toMatch(/\.$/);
  });

  it('keeps the bounds that Zod puts on every integer, since none is written beyond them', () => {
    const safe = {
      type: 'integer',
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
    };
    expect(accepts(safe, '-12')).toBe(true);
    expect(accepts(safe, '999999999999999')).toBe(true);
    expect(accepts(safe, '9007199254740992')).toBe(false);
    expect(grammarOfSchema(safe)).toBe(grammarOfSchema({ type: 'integer' }));
    expect(accepts({ ...safe, maximum: 999_999_999_999_998 }, '999999999999999')).toBe(false);
  });

  it('refuses a schema that nothing finite satisfies', () => {
    const endless = {
      $ref: '#/$defs/a',
      $defs: { a: { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, required: ['a'] } },
    };
    expect(refusalOf(endless).message).toBe('Nothing that ends is valid for the schema.');
    const named = { required: ['a'], additionalProperties: { $ref: '#' } };
    expect(refusalOf(named).message).toBe('Nothing that ends is valid for the schema.');
  });

  it('refuses one whose branches begin alike at every level: llama.cpp would follow twice as many with each bracket', () => {
    const lists = [
      { type: 'array', items: { $ref: '#/$defs/a' } },
      { type: 'array', items: { $ref: '#/$defs/a' }, maxItems: 5 },
      { type: 'null' },
    ];
    expect(refusalOf({ $ref: '#/$defs/a', $defs: { a: { anyOf: lists } } }).message).toContain('begin alike');
    const object = (...names: string[]) => ({
      properties: Object.fromEntries(names.map((name) => [name, { $ref: '#/$defs/a' }])),
    });
    const objects = [object('x', 'y'), object('x'), { type: 'null' }];
    expect(refusalOf({ $ref: '#/$defs/a', $defs: { a: { anyOf: objects } } }).message).toContain(
      'begin alike',
    );
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, i) => {
          const items = i + 1 < length ? { $ref: `#/$defs/d${i + 1}` } : {};
          const branches = [
            { type: 'array', items },
            { type: 'array', items, minItems: 1 },
          ];
          return [`d${i}`, { anyOf: branches }];
        }),
      );
    const nested = { $ref: '#/$defs/d0', $defs: chain(9) };
    expect(accepts({ ...nested, $defs: chain(4) }, '[[]]')).toBe(true);
    expect(refusalOf(nested).message).toContain('begin alike');
  });

  it('takes branches that begin alike where they are told apart in time', () => {
    const of = (op: string, properties: object) => ({
      type: 'object',
      properties: { op: { const: op }, ...properties },
      required: ['op', ...Object.keys(properties)],
    });
    const operand = { $ref: '#/$defs/term' };
    const terms = [
      of('add', { left: operand, right: operand }),
      of('negate', { left: operand }),
      of('number', { value: { type: 'number' } }),
    ];
    const expression = { $ref: '#/$defs/term', $defs: { term: { anyOf: terms } } };
    expect(accepts(expression, '{"op":"negate","left":{"op":"number","value":1}}')).toBe(true);
    const nestedLists = {
      anyOf: [
        { type: 'array', items: { $ref: '#' } },
        { type: 'array', items: { type: 'string' } },
      ],
    };
    expect(accepts(nestedLists, '[[["a"]]]')).toBe(true);
    const events = Array.from({ length: 50 }, (_, i) => ({
      properties: { id: { type: 'string' }, [`e${i}`]: {} },
    }));
    expect(accepts({ type: 'array', items: { anyOf: events } }, '[{"id":"a","e7":1}]')).toBe(true);
  });

  it('refuses more branches than can be compared, before it has compared them', () => {
    const many = <One>(count: number, of: (at: number) => One) =>
      Array.from({ length: count }, (_, at) => of(at));
    const named = (branches: object[], more: object = {}) => ({
      properties: Object.fromEntries(
        many(60, (at) => [`r${at}`, { anyOf: [{ $ref: '#/$defs/b' }, { properties: { [at]: true } }] }]),
      ),
      $defs: { b: { anyOf: branches }, ...more },
    });
    const kinds = named(
      many(150, (at) => ({ properties: { a: true, kind: { const: at } }, required: ['kind'] })),
    );
    expect(refusalOf(kinds).message).toContain('too many branches');
    const names = many(100, (at) => `p${at}`);
    const properties = Object.fromEntries(names.map((name) => [name, true]));
    const same = named(
      many(120, () => ({ $ref: '#/$defs/a' })),
      { a: { properties, required: names } },
    );
    expect(refusalOf(same).message).toContain('too many branches');
  });

  it('takes many branches that a property tells apart, in many places', () => {
    const kinds = Array.from({ length: 60 }, (_, at) => ({
      properties: { kind: { const: at }, value: true },
      required: ['kind', 'value'],
    }));
    const places = Array.from({ length: 100 }, (_, at) => [`r${at}`, { $ref: '#/$defs/kind' }]);
    const schema = {
      properties: Object.fromEntries(places),
      required: ['r0'],
      $defs: { kind: { oneOf: kinds } },
    };
    expect(accepts(schema, '{"r0":{"kind":59,"value":[]}}')).toBe(true);
  });

  it('refuses one that is too deep or too large, in no time', () => {
    let deep: unknown = { type: 'string' };
    for (let depth = 0; depth < 5_000; depth++) deep = { type: 'array', items: deep };
    expect(refusalOf(deep).message).toContain('nested');
    for (const keyword of ['const', 'default']) {
      let value: unknown = 1;
      for (let depth = 0; depth < 5_000; depth++) value = [value];
      expect(refusalOf({ type: 'array', [keyword]: value }).message).toContain('nested');
    }
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`p${i}`, { type: 'string' }]));
    expect(refusalOf({ properties: wide }).message).toContain('parts');
    const long = { type: 'string', maxLength: 1_000 };
    const strings = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`p${i}`, long]));
    expect(refusalOf({ properties: strings }).message).toContain('lengths and counts');
    const words = Array.from({ length: 2_000 }, (_, i) => `${i}`.padEnd(1_000, 'x'));
    expect(refusalOf({ enum: words }).message).toBe('The schema is too large.');
  });

  it('of JSON mode lets through objects alone', async () => {
    const binding = await loadLlamaBinding('cpu');
    const grammar = grammarOfFormat({ kind: 'json' }) ?? '';
    const json = new binding.AddonGrammar(grammar, { addonExports: binding }) as {
      isTextCompatible(text: string): boolean;
    };
    expect(json.isTextCompatible('{"a": [1, 2.5, {"b": "c"}]}')).toBe(true);
    expect(json.isTextCompatible('[1]')).toBe(false);
    expect(grammarOfFormat({ kind: 'text' })).toBeNull();
  });
});

function refusalOf(schema: unknown): SchemaRefusedError {
  try {
    grammarOfSchema(schema);
  } catch (error) {
    if (error instanceof SchemaRefusedError) return error;
    throw error;
  }
  throw new Error('The schema was not refused.');
}
