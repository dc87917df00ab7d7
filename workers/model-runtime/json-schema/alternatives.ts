import { branchesOf, choiceOf } from './keywords-together.ts';
import type { Schema } from './schema-fields.ts';

export type TargetOf = (ref: string) => Schema | undefined;

const ALTERNATIVES_MAX = 256;

/** What a part may be, once references and choices are followed. Null: so much that nobody goes through it. */
export function alternativesOf(part: unknown, targetOf: TargetOf): readonly Schema[] | null {
  const found: Schema[] = [];
  const open: unknown[] = [part];
  for (let at = 0; at < open.length; at++) {
    if (open.length > ALTERNATIVES_MAX) return null;
    const schema = open[at] === true ? {} : (open[at] as Schema | undefined);
    if (schema === undefined) continue;
    if (schema.$ref !== undefined) open.push(targetOf(schema.$ref as string));
    else if (choiceOf(schema) !== undefined) open.push(...branchesOf(schema, ''));
    else found.push(schema);
  }
  return found;
}

/** The values of a const or an enum, as JSON. Null: it is neither. */
export function constantsOf(schema: Schema): ReadonlySet<string> | null {
  const { const: one, enum: several } = schema;
  if (one !== undefined) return new Set([JSON.stringify(one)]);
  return Array.isArray(several) ? new Set(several.map((value) => JSON.stringify(value))) : null;
}

export function haveCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one];
  for (const value of fewer) if (more.has(value)) return true;
  return false;
}
