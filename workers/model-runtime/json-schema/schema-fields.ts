import { isKeptFormat } from './formats.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

export type Schema = Readonly<Record<string, unknown>>;

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

const KEYWORDS_ABOUT = {
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
  array: ['items', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'allOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
} as const;

/** Of a schema that names none, those that its other keywords are about. */
export function typesOf(current: Schema, path: string): readonly string[] {
  const { type } = current;
  if (type === undefined) {
    const about = Object.entries(KEYWORDS_ABOUT).find(([, keywords]) =>
      keywords.some((keyword) => current[keyword] !== undefined),
    );
    return [about?.[0] ?? (isKeptFormat(current.format) ? 'string' : 'value')];
  }
  const types = asNames(Array.isArray(type) ? type : [type], `${path}/type`);
  const unknown = types.find((one) => !TYPES.includes(one));
  if (unknown !== undefined || types.length === 0) {
    throw new SchemaRefusedError(`${path}/type`, `type is one of ${TYPES.join(', ')}, or a list of them.`);
  }
  return [...new Set(types)];
}

export function typesOfValue(value: unknown): readonly string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
  return [typeof value];
}

export function asSchema(given: unknown, path: string): Schema {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Schema;
  if (given === false) throw new SchemaRefusedError(path, 'false accepts nothing.');
  throw new SchemaRefusedError(path, 'A schema is a JSON object.');
}

export function asList(given: unknown, path: string): readonly unknown[] {
  if (Array.isArray(given) && given.length > 0) return given;
  throw new SchemaRefusedError(path, 'This is a list with an entry at least.');
}

export function asNames(given: unknown, path: string): readonly string[] {
  if (Array.isArray(given) && given.every((name) => typeof name === 'string')) return given;
  throw new SchemaRefusedError(path, 'This is a list of names.');
}

/** A schema that is checked: whether it lists what it accepts. */
export function isConstant(schema: unknown): schema is Schema {
  if (typeof schema !== 'object' || schema === null) return false;
  const { const: one, enum: several } = schema as Schema;
  return one !== undefined || several !== undefined;
}
