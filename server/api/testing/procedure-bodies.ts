import { z } from 'zod';
import {
  type BadBody,
  type BodySchema,
  badBodies,
  oddValues,
  pathsOf,
  written,
} from '#server/testing/bad-bodies.ts';
import { appRouter } from '../root.ts';

export interface Procedure {
  readonly name: string;
  readonly type: 'query' | 'mutation';
  /** All that it takes, as JSON Schema. */
  readonly schema: BodySchema;
}

interface Definition {
  readonly type: 'query' | 'mutation';
  readonly inputs: readonly z.ZodType[];
}

const routed = appRouter._def.procedures as unknown as Record<string, { readonly _def: Definition }>;

/** The router, walked. */
export const procedures: readonly Procedure[] = Object.entries(routed).map(([name, { _def }]) => ({
  name,
  type: _def.type,
  schema: { properties: Object.assign({}, ..._def.inputs.map((input) => jsonSchemaOf(input).properties)) },
}));

function jsonSchemaOf(input: z.ZodType): BodySchema {
  return z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as BodySchema;
}

const moreOddValues = {
  'long text': JSON.stringify('x'.repeat(5_000)),
  'long list': `[${Array(1_000).fill('"x"').join(',')}]`,
  'a path upwards': '"../../../etc/passwd"',
  SQL: `"' OR 1=1; --"`,
  'a line break at the end': '"x\\n"',
  'an id that nothing has': '"ffffffff-ffff-ffff-ffff-ffffffffffff"',
};

/** Those of them that are an ordinary text to a field that takes any. */
export const harmless = ['text', ...Object.keys(moreOddValues), 'undefined', 'zero', 'negative'];

/** What JSON has no word for: its value, and the name that superjson gives its kind. */
const typedValues: Readonly<Record<string, readonly [json: string, type: string]>> = {
  'a date': ['"2030-01-01T00:00:00.000Z"', 'Date'],
  'a date far ahead': ['"+275760-09-13T00:00:00.000Z"', 'Date'],
  'a date far back': ['"-271821-04-20T00:00:00.000Z"', 'Date'],
  'no date': ['"x"', 'Date'],
  NaN: ['"NaN"', 'number'],
  Infinity: ['"Infinity"', 'number'],
  'minus zero': ['"-0"', 'number'],
  undefined: ['null', 'undefined'],
  'a big whole number': ['"99999999999999999999999"', 'bigint'],
  'a set': ['["x"]', 'set'],
  'a map': ['[["x","y"]]', 'map'],
  'an error': ['{"name":"Error","message":"x"}', 'Error'],
  'a regular expression': ['"/(x+)+$/"', 'regexp'],
};

/** Mutations of an input that is right, as superjson sends them. */
export function procedureBodies({ schema }: Procedure, example: object): readonly BadBody[] {
  const values = { ...oddValues, ...moreOddValues };
  const plain = badBodies(example, schema, (one) => one, values).map(({ name, raw }) => ({
    name,
    raw: `{"json":${raw}}`,
  }));
  const typed = pathsOf(schema, (one) => one).flatMap((path) =>
    Object.entries(typedValues).map(([what, [json, type]]) => ({
      name: `${path.join('.')}: ${what}`,
      raw: `{"json":${written(example, path, json)},"meta":{"values":{"${path.join('.')}":["${type}"]},"v":1}}`,
    })),
  );
  return [...plain, ...typed].filter(({ raw }) => isJson(raw));
}

/** What is no JSON at all would take the others of its batch down with it. */
function isJson(raw: string): boolean {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}
