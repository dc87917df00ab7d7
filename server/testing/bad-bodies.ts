/** A body that is likely to be wrong, as it is sent. */
export interface BadBody {
  readonly name: string;
  readonly raw: string;
}

/** Of JSON Schema, what is looked at here. */
export interface BodySchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, BodySchema>>;
  readonly required?: readonly string[];
  readonly items?: BodySchema;
  readonly anyOf?: readonly BodySchema[];
  readonly additionalProperties?: BodySchema | boolean;
}

const DEPTH = 5_000;
/** In JSON: some are numbers that JavaScript can't hold. */
export const oddValues: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  zero: '0',
  negative: '-1',
  half: '0.5',
  'beyond a whole number': '9007199254740993',
  'beyond a float': '1e400',
  'nothing near to zero': '-1e-400',
  'empty text': '""',
  blank: '" \\n\\t"',
  text: '"x"',
  NUL: '"a\\u0000b"',
  'half of a surrogate pair': '"a\\ud800b"',
  'a prototype': '{"__proto__":{"x":1}}',
  'a constructor': '{"constructor":{"prototype":{"x":1}}}',
  'empty list': '[]',
  'list of lists': '[[["x"]]]',
  'list of everything': '[null,true,0,"x",{},[]]',
  'empty object': '{}',
  'deep lists': `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  'deep objects': `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
};
const WHOLE_BODIES: Readonly<Record<string, string>> = {
  ...oddValues,
  nothing: '',
  'cut short': '{"input": "good"',
  'two of them': '{}{}',
  'a comment': '{/* none */}',
  'single quotes': "{'input':'good'}",
  NaN: '{"input":NaN}',
};

/**
 * Mutations of one body that is right, after its schema: each field, however deep, replaced by what it can't be, left out, or
 * given twice; one that does not exist; and bodies that are something else as a whole.
 */
export function badBodies(
  example: object,
  schema: BodySchema,
  resolve: (schema: BodySchema) => BodySchema,
  values: Readonly<Record<string, string>> = oddValues,
): readonly BadBody[] {
  const whole = Object.entries(WHOLE_BODIES).map(([name, raw]) => ({ name: `the body: ${name}`, raw }));
  const fields = pathsOf(schema, resolve).flatMap((path) => {
    const name = path.join('.');
    return [
      { name: `${name}: left out`, raw: written(example, path, null) },
      ...Object.entries(values).map(([what, json]) => ({
        name: `${name}: ${what}`,
        raw: written(example, path, json),
      })),
    ];
  });
  const text = JSON.stringify(example);
  const [first = ''] = Object.keys(example);
  return [
    ...whole,
    ...fields,
    { name: 'a field that does not exist', raw: `${text.slice(0, -1)},"no_such_field":1}` },
    { name: 'a field twice', raw: `${text.slice(0, -1)},${JSON.stringify(first)}:7}` },
    { name: 'a huge name', raw: `${text.slice(0, -1)},"${'x'.repeat(50_000)}":1}` },
  ];
}

/** Of every field that is described, and of one entry of each list. */
export function pathsOf(
  schema: BodySchema,
  resolve: (schema: BodySchema) => BodySchema,
  depth = 0,
): string[][] {
  if (depth > 4) return [];
  const { properties = {}, anyOf = [], items, additionalProperties: others } = resolve(schema);
  const named = typeof others === 'object' ? { ...properties, some_name: others } : properties;
  const paths = [
    ...Object.entries(named).flatMap(([name, of]) => [
      [name],
      ...pathsOf(of, resolve, depth + 1).map((path) => [name, ...path]),
    ]),
    ...anyOf.flatMap((one) => pathsOf(one, resolve, depth)),
    ...(items ? [['0'], ...pathsOf(items, resolve, depth + 1).map((path) => ['0', ...path])] : []),
  ];
  return [...new Map(paths.map((path) => [path.join('.'), path])).values()];
}

const PLACE = 'a place for what is written here';

/** The example with `json` at the path, whatever was there; null: without it. */
export function written(example: object, path: readonly string[], json: string | null): string {
  const whole = structuredClone(example);
  let at = whole as Record<string, unknown>;
  for (const [i, name] of path.slice(0, -1).entries()) {
    const next = at[name];
    const isObject = typeof next === 'object' && next !== null;
    at[name] = isObject ? next : path[i + 1] === '0' ? [] : {};
    at = at[name] as Record<string, unknown>;
  }
  const last = path.at(-1) ?? '';
  if (json === null) delete at[last];
  else at[last] = PLACE;
  return JSON.stringify(whole).replace(JSON.stringify(PLACE), () => json ?? '');
}
