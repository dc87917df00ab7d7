import { branchesOf } from './keywords-together.ts';
import { type Schema, typesOf } from './schema-fields.ts';

/** Each is compared with each at every character, and here at every name: a request must not hold up the others. */
const READINGS_MAX = 64;
/** Deeper than a schema nests; what a reference multiplies has passed the bound long before. */
const ROUNDS_MAX = 40;

/** What a part may be, once references and choices are followed. */
interface Choices {
  readonly arrays: readonly Schema[];
  readonly objects: readonly ObjectChoice[];
  /** By two of the objects: in the first one's order, after which name what was written can't be the other. */
  readonly apartAfter: readonly (readonly number[])[];
}

/** An object whose names are known, in order, or any where there are none. */
interface ObjectChoice {
  readonly places: ReadonlyMap<string, number>;
  readonly required: ReadonlySet<string>;
  valueOf(name: string): unknown;
}

/**
 * Whether the beginning of a text could be read in so many ways at once that following all of them takes llama.cpp for ever: each
 * bracket doubles them where two branches that both begin with it go on to a choice of that kind again. Grows what each part
 * multiplies until nothing changes.
 */
export function hasTooManyReadings(
  parts: ReadonlySet<Schema>,
  targetOf: (ref: string) => Schema | undefined,
): boolean {
  const known = new Map<unknown, number>();
  const choices = new Map<Schema, Choices>();
  for (const part of parts) {
    const followed = follow(part);
    if (followed === null) return true;
    choices.set(part, toChoices(followed));
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let changed = false;
    for (const [part, { arrays, objects, apartAfter }] of choices) {
      const inArrays = arrays.reduce((sum, { items }) => sum + (known.get(items) ?? 1), 0);
      const readings = Math.max(1, inArrays, inObjects(objects, apartAfter));
      if (readings > READINGS_MAX) return true;
      changed ||= readings !== (known.get(part) ?? 1);
      known.set(part, readings);
    }
    if (!changed) return false;
  }
  return false;

  /** Null: more than are followed anyway. */
  function follow(part: Schema): readonly Schema[] | null {
    const found: Schema[] = [];
    const open: unknown[] = [part];
    for (let at = 0; at < open.length; at++) {
      if (open.length > 4 * READINGS_MAX) return null;
      const schema = open[at];
      if (typeof schema !== 'object' || schema === null) continue;
      const { $ref, anyOf } = schema as Schema;
      if ($ref !== undefined) open.push(targetOf($ref as string));
      else if (anyOf !== undefined) open.push(...branchesOf(schema as Schema, ''));
      else found.push(schema as Schema);
    }
    return found;
  }

  /** Within the value of a name, those are open that agree on all that was written before it. */
  function inObjects(objects: readonly ObjectChoice[], apartAfter: Choices['apartAfter']): number {
    // One that takes any names is open within each.
    const names = new Set(['', ...objects.flatMap(({ places }) => [...places.keys()])]);
    let most = 0;
    for (const name of names) {
      const having = [...objects.keys()].filter((at) => placeOf(objects[at], name) !== undefined);
      const readings = new Map(having.map((at) => [at, known.get(objects[at]?.valueOf(name)) ?? 1]));
      for (const one of having) {
        let sum = 0;
        for (const other of having) {
          const isOpen =
            (placeOf(objects[one], name) ?? 0) <= (apartAfter[one]?.[other] ?? 0) &&
            (placeOf(objects[other], name) ?? 0) <= (apartAfter[other]?.[one] ?? 0);
          if (isOpen) sum += readings.get(other) ?? 1;
        }
        most = Math.max(most, sum);
      }
    }
    return most;
  }
}

/** Undefined: it has no such name. */
function placeOf(object: ObjectChoice | undefined, name: string): number | undefined {
  return object?.places.size === 0 ? 0 : object?.places.get(name);
}

function toChoices(followed: readonly Schema[]): Choices {
  const schemas = followed.filter((schema) => schema.const === undefined && schema.enum === undefined);
  const objects = schemas.filter((schema) => typesOf(schema, '').includes('object')).map(toObjectChoice);
  return {
    arrays: schemas.filter((schema) => typesOf(schema, '').includes('array')),
    objects,
    apartAfter: objects.map((one) => objects.map((other) => firstApart(one, other))),
  };
}

/** The place of the first name that `one` must have and `other` can't have, or not with such a value. */
function firstApart(one: ObjectChoice, other: ObjectChoice): number {
  if (one === other || other.places.size === 0) return Number.POSITIVE_INFINITY;
  for (const [name, place] of one.places) {
    if (!one.required.has(name)) continue;
    if (!other.places.has(name)) return place;
    const own = constantsOf(one.valueOf(name));
    const others = own && constantsOf(other.valueOf(name));
    if (others && !own.some((value) => others.includes(value))) return place;
  }
  return Number.POSITIVE_INFINITY;
}

function constantsOf(schema: unknown): readonly string[] | null {
  const { const: one, enum: several } = (schema ?? {}) as Schema;
  if (one !== undefined) return [JSON.stringify(one)];
  return Array.isArray(several) ? several.map((value) => JSON.stringify(value)) : null;
}

function toObjectChoice({ properties = {}, required = [], additionalProperties }: Schema): ObjectChoice {
  const known = properties as Schema;
  const must = new Set(required as readonly string[]);
  const names = new Set([...Object.keys(known), ...must]);
  return {
    places: new Map([...names].map((name, place) => [name, place])),
    required: must,
    valueOf: (name) => (Object.hasOwn(known, name) ? known[name] : additionalProperties),
  };
}
