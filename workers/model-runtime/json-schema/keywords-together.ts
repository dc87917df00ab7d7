import { asList, asSchema, type Schema, typesOf } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

/** What stands beside these adds nothing, so that anything else that does is refused. */
const ALONE = ['$ref', 'const', 'enum', 'anyOf', 'oneOf'];
const DEFINITIONS = ['$defs', 'definitions'];

/** A schema is met by what meets all of its keywords; the grammar of a reference or a choice knows of no others. */
export function refuseBeside(schema: Schema, keywords: readonly string[], path: string): void {
  const alone = ALONE.find((keyword) => schema[keyword] !== undefined);
  if (alone === undefined) return;
  const other = keywords.find(
    (keyword) =>
      keyword !== alone && !DEFINITIONS.includes(keyword) && !(keyword === 'type' && alone !== '$ref'),
  );
  if (other === undefined) return;
  throw new SchemaRefusedError(`${path}/${other}`, `${other} is not supported beside ${alone}.`);
}

/** The keyword of a choice. Undefined: the schema is none. */
export function choiceOf(schema: Schema): 'anyOf' | 'oneOf' | undefined {
  if (schema.anyOf !== undefined) return 'anyOf';
  return schema.oneOf === undefined ? undefined : 'oneOf';
}

/** A type that stands beside a choice is that of each branch which names none. */
export function branchesOf(schema: Schema, path: string): readonly unknown[] {
  const { type } = schema;
  const keyword = choiceOf(schema) ?? 'anyOf';
  const branches = asList(schema[keyword], `${path}/${keyword}`);
  if (type === undefined) return branches;
  const types = typesOf({ type }, path);
  return branches.map((branch, index) => {
    if (branch === true) return { type };
    const at = `${path}/${keyword}/${index}`;
    const one = asSchema(branch, at);
    if (one.$ref === undefined && choiceOf(one) === undefined && one.type === undefined)
      return { ...one, type };
    const own = one.type === undefined ? null : typesOf(one, at);
    if (own?.every((name) => types.includes(name) || (name === 'integer' && types.includes('number'))))
      return one;
    throw new SchemaRefusedError(
      `${path}/type`,
      `type is not supported beside ${keyword}, unless each branch names no other one.`,
    );
  });
}
