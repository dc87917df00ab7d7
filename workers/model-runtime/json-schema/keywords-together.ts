import { asList, asSchema, type Schema, typesOf } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

/** What stands beside these adds nothing, so that anything else that does is refused. */
const ALONE = ['$ref', 'const', 'enum', 'anyOf'];
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

/** A type that stands beside anyOf is that of each branch which names none. */
export function branchesOf({ anyOf, type }: Schema, path: string): readonly unknown[] {
  const branches = asList(anyOf, `${path}/anyOf`);
  if (type === undefined) return branches;
  const types = typesOf({ type }, path);
  return branches.map((branch, index) => {
    if (branch === true) return { type };
    const schema = asSchema(branch, `${path}/anyOf/${index}`);
    if (schema.$ref === undefined && schema.anyOf === undefined && schema.type === undefined)
      return { ...schema, type };
    const own = schema.type === undefined ? null : typesOf(schema, `${path}/anyOf/${index}`);
    if (own?.every((one) => types.includes(one) || (one === 'integer' && types.includes('number'))))
      return schema;
    throw new SchemaRefusedError(
      `${path}/type`,
      'type is not supported beside anyOf, unless each branch names no other one.',
    );
  });
}
