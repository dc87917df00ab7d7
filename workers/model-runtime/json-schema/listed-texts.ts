import { isKeptFormat } from './formats.ts';
import { ANNOTATIONS } from './keywords.ts';
import { asList, asSchema, type Schema, typesOf, typesOfValue } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

const NAME_KEYWORDS = new Set(['type', 'enum', 'const']);

/** Of a const or an enum, as JSON: those of its type alone. Null: it is neither. */
export function textsOf(schema: Schema, path: string): readonly string[] | null {
  const keyword = ['const', 'enum'].find((one) => schema[one] !== undefined);
  if (keyword === undefined) return null;
  const at = `${path}/${keyword}`;
  const values = keyword === 'const' ? [schema.const] : asList(schema.enum, at);
  const types = schema.type === undefined ? null : typesOf(schema, path);
  const valid = values.filter(
    (value) => types === null || typesOfValue(value).some((type) => types.includes(type)),
  );
  if (valid.length === 0) throw new SchemaRefusedError(at, 'Nothing in it is of the type.');
  return valid.map((value) => JSON.stringify(value));
}

/** As JSON. Null: any name. Zod says of every record that its names are strings. */
export function allowedNames({ propertyNames }: Schema, path: string): readonly string[] | null {
  if (propertyNames === undefined || propertyNames === true) return null;
  const at = `${path}/propertyNames`;
  const names = asSchema(propertyNames, at);
  const other = Object.keys(names).find(
    (keyword) =>
      !NAME_KEYWORDS.has(keyword) &&
      (!ANNOTATIONS.has(keyword) || (keyword === 'format' && isKeptFormat(names.format))),
  );
  if (names.type !== undefined && !typesOf(names, at).includes('string')) {
    throw new SchemaRefusedError(`${at}/type`, 'Names are strings.');
  }
  if (other !== undefined) {
    throw new SchemaRefusedError(`${at}/${other}`, `${other} is not supported of names.`);
  }
  return textsOf({ ...names, type: 'string' }, at);
}
