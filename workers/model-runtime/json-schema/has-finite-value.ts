import { choiceOf } from './keywords-together.ts';
import { type Schema, typesOf } from './schema-fields.ts';

/**
 * Whether something that ends is valid: a schema that requires itself has no such value. Grows the set of references
 * that have one until nothing more is found. The schema was checked before.
 */
export function hasFiniteValue(root: Schema, targets: ReadonlyMap<string, Schema>): boolean {
  const finite = new Set<string>();
  for (let before = -1; before < finite.size; ) {
    before = finite.size;
    for (const [ref, target] of targets) if (isFinite(target)) finite.add(ref);
  }
  return isFinite(root);

  function isFinite(given: unknown): boolean {
    if (given === true || given === undefined) return true;
    const schema = given as Schema;
    if (schema.$ref !== undefined) return finite.has(schema.$ref as string);
    if (schema.const !== undefined || schema.enum !== undefined) return true;
    const choice = choiceOf(schema);
    if (choice !== undefined) return (schema[choice] as readonly unknown[]).some(isFinite);
    return typesOf(schema, '').some((type) => {
      if (type === 'object') return requiredOf(schema).every(isFinite);
      if (type === 'array') return !schema.minItems || isFinite(schema.items);
      return true;
    });
  }
}

function requiredOf({
  required = [],
  properties = {},
  additionalProperties = true,
}: Schema): readonly unknown[] {
  return (required as readonly string[]).map((name) =>
    Object.hasOwn(properties as object, name) ? (properties as Schema)[name] : additionalProperties,
  );
}
