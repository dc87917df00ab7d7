import { alternativesOf, constantsOf, haveCommon, type TargetOf } from './alternatives.ts';
import type { CountComparisons } from './comparisons.ts';
import { type Schema, typesOf, typesOfValue } from './schema-fields.ts';

const KINDS = ['object', 'array', 'string', 'number', 'boolean', 'null'];

/** What is known of what a branch accepts. */
interface Accepted {
  /** Of the texts that its grammar writes. */
  readonly written: ReadonlySet<string>;
  /** Of what is valid for it: keywords about objects say nothing of a number. */
  readonly valid: ReadonlySet<string>;
  /** Null: not these alone, or not to be compared as JSON. */
  readonly constants: ReadonlySet<string> | null;
  readonly required: ReadonlySet<string>;
  /** Names whose values are constants. */
  readonly constantsByName: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Tells whether no text that is written for one branch is valid for another, as far as types and constants show it: then oneOf
 * is anyOf. A property with which each branch says which it is, as Zod's discriminated unions have it, shows it.
 */
export function exclusiveBranches(
  targetOf: TargetOf,
  compare: CountComparisons,
): (branches: readonly unknown[]) => boolean {
  const read = new Map<Schema, Accepted>();

  function acceptedOf(schema: Schema): Accepted {
    const accepted = read.get(schema) ?? toAccepted(schema, targetOf, compare);
    read.set(schema, accepted);
    return accepted;
  }

  function areApart(one: Accepted, other: Accepted): boolean {
    compare(1);
    if (one.constants && other.constants) return !overlap(one.constants, other.constants);
    const common = [...one.written]
      .filter((kind) => other.valid.has(kind))
      .concat([...other.written].filter((kind) => one.valid.has(kind)));
    return common.every((kind) => kind === 'object' && areToldApart(one, other));
  }

  /** One of the two must have a property whose value can't be valid for both. */
  function areToldApart(one: Accepted, other: Accepted): boolean {
    for (const [name, values] of one.constantsByName) {
      compare(1);
      const others = other.constantsByName.get(name);
      const isThere = one.required.has(name) || other.required.has(name);
      if (isThere && others && !overlap(values, others)) return true;
    }
    return false;
  }

  function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
    compare(Math.min(one.size, other.size));
    return haveCommon(one, other);
  }

  return (branches) => {
    const all: (readonly Accepted[])[] = [];
    for (const branch of branches) {
      const alternatives = alternativesOf(branch, targetOf);
      if (alternatives === null) return false;
      all.push(alternatives.map(acceptedOf));
    }
    return all.every((of, index) =>
      all
        .slice(index + 1)
        .every((others) => of.every((one) => others.every((other) => areApart(one, other)))),
    );
  };
}

function toAccepted(schema: Schema, targetOf: TargetOf, compare: CountComparisons): Accepted {
  const { properties = {}, required = [], type } = schema;
  const values = valuesOf(schema);
  const written = kindsOf(values?.flatMap(typesOfValue) ?? typesOf(schema, ''));
  const constantsByName = new Map<string, ReadonlySet<string>>();
  for (const [name, value] of Object.entries(properties as Schema)) {
    const constants = constantsOfAll(alternativesOf(value, targetOf), compare);
    if (constants) constantsByName.set(name, constants);
  }
  return {
    written,
    valid: values || type !== undefined ? written : new Set(KINDS),
    constants: simpleConstantsOf(schema),
    required: new Set(required as readonly string[]),
    constantsByName,
  };
}

function valuesOf({ const: one, enum: several }: Schema): readonly unknown[] | null {
  if (one !== undefined) return [one];
  return Array.isArray(several) ? several : null;
}

function kindsOf(types: readonly string[]): ReadonlySet<string> {
  if (types.includes('value')) return new Set(KINDS);
  return new Set(types.map((type) => (type === 'integer' ? 'number' : type)));
}

/** Two objects that are the same may be written differently. */
function simpleConstantsOf(schema: Schema): ReadonlySet<string> | null {
  const isSimple = valuesOf(schema)?.every((value) => typeof value !== 'object' || value === null);
  return isSimple ? constantsOf(schema) : null;
}

function constantsOfAll(
  alternatives: readonly Schema[] | null,
  compare: CountComparisons,
): ReadonlySet<string> | null {
  const all = new Set<string>();
  for (const one of alternatives ?? [{}]) {
    const constants = simpleConstantsOf(one);
    compare(1 + (constants?.size ?? 0));
    if (!constants) return null;
    for (const value of constants) all.add(value);
  }
  return all;
}
