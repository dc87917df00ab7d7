import { alternativesOf, constantsOf, haveCommon, type TargetOf } from './alternatives.ts';
import type { CountComparisons } from './comparisons.ts';
import { listedReader, type WidthOf } from './listed-readings.ts';
import { isConstant, type Schema, typesOf } from './schema-fields.ts';

/** Each is tried with every token at every step, and compared with each at every character: a request must not hold up the others. */
const READINGS_MAX = 64;
/** Deeper than a schema nests; what a reference multiplies has passed the bound long before. */
const ROUNDS_MAX = 40;

/** What a part may be, once references and choices are followed. */
interface Choices {
  readonly arrays: readonly Schema[];
  readonly objects: readonly ObjectChoice[];
  /** Which of the objects may have a name; one that takes any may have each. */
  readonly having: ReadonlyMap<string, readonly number[]>;
  /** By two of the objects: in the first one's order, after which name what was written can't be the other. */
  readonly apartAfter: readonly (readonly number[])[];
  /** Ways in which what is listed goes on at once. */
  readonly listed: number;
}

/** An object whose names are known, in order, or any where there are none. */
interface ObjectChoice {
  readonly places: ReadonlyMap<string, number>;
  readonly required: ReadonlySet<string>;
  valueOf(name: string): unknown;
  /** Null: its value is no constant. */
  constantsOf(name: string): ReadonlySet<string> | null;
  /** By place: how many names may come there, that one and, as far as they are optional, those after it. */
  readonly namesFrom: readonly number[];
}

/**
 * Whether the beginning of a text could be read in so many ways at once that following all of them takes llama.cpp for ever: each
 * bracket doubles them where two branches that both begin with it go on to a choice of that kind again. What is open for one
 * character alone counts half. Grows what each part multiplies until nothing changes.
 */
export function isTooOpen(
  parts: ReadonlySet<Schema>,
  targetOf: TargetOf,
  widthOf: WidthOf,
  compare: CountComparisons,
): boolean {
  const known = new Map<Choices, number>();
  const choicesOf = new Map<unknown, Choices>();
  const toChoices = choicesReader(targetOf, widthOf, compare);
  for (const part of parts) {
    const choices = toChoices(part);
    if (choices === null) return true;
    choicesOf.set(part, choices);
    known.set(choices, 1);
  }
  const readingsOf = (schema: unknown) => {
    const choices = choicesOf.get(schema);
    return (choices && known.get(choices)) ?? 1;
  };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let changed = false;
    for (const [choices, before] of known) {
      const { arrays, objects, listed } = choices;
      const inArrays = arrays.reduce((sum, { items }) => sum + readingsOf(items), 0);
      const atFirst = objects.reduce((sum, { namesFrom: [first = 1] }) => sum + half(first), 0);
      const readings = Math.max(1, listed, inArrays, atFirst, inObjects(choices));
      if (readings > READINGS_MAX) return true;
      changed ||= readings !== before;
      known.set(choices, readings);
    }
    if (!changed) return false;
  }
  return false;

  /** Within the value of a name, and after it, those are open that agree on all that was written before it. */
  function inObjects({ objects, having, apartAfter }: Choices): number {
    let most = 0;
    for (const [name, open] of having) {
      compare(open.length ** 2);
      const readings = new Map(open.map((at) => [at, inObject(objects[at], name)]));
      for (const one of open) {
        let sum = 0;
        for (const other of open) {
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

  function inObject(object: ObjectChoice | undefined, name: string): number {
    const after = object?.namesFrom[(placeOf(object, name) ?? 0) + 1] ?? 1;
    return Math.max(readingsOf(object?.valueOf(name)), half(after));
  }
}

function half(open: number): number {
  return Math.ceil(open / 2);
}

/** Undefined: it has no such name. */
function placeOf(object: ObjectChoice | undefined, name: string): number | undefined {
  return object?.places.size === 0 ? 0 : object?.places.get(name);
}

/** The same alternatives are the same choices, wherever they stand. Null: too many to be gone through. */
function choicesReader(
  targetOf: TargetOf,
  widthOf: WidthOf,
  compare: CountComparisons,
): (part: Schema) => Choices | null {
  const numbers = new Map<Schema, number>();
  const objectChoices = new Map<Schema, ObjectChoice>();
  const known = new Map<string, Choices>();
  const listedOf = listedReader(targetOf, widthOf);
  const isOf = (schema: Schema, type: string) => !isConstant(schema) && typesOf(schema, '').includes(type);

  function numberOf(schema: Schema): number {
    const number = numbers.get(schema) ?? numbers.size;
    numbers.set(schema, number);
    return number;
  }

  function objectChoiceOf(schema: Schema): ObjectChoice {
    const choice = objectChoices.get(schema) ?? toObjectChoice(schema);
    objectChoices.set(schema, choice);
    return choice;
  }

  return (part) => {
    const alternatives = alternativesOf(part, targetOf);
    if (alternatives === null) return null;
    const arrays = alternatives.filter((schema) => isOf(schema, 'array'));
    const schemas = alternatives.filter((schema) => isOf(schema, 'object'));
    const listed = listedOf(part);
    const key = [listed, ...[arrays, schemas].map((of) => of.map(numberOf).join())].join(';');
    const found = known.get(key);
    if (found) return found;
    const objects = schemas.map(objectChoiceOf);
    const apartAfter = objects.map((one, at) =>
      objects.map((other, index) =>
        at === index ? Number.POSITIVE_INFINITY : firstApart(one, other, compare),
      ),
    );
    const choices = { arrays, objects, having: havingOf(objects), apartAfter, listed };
    known.set(key, choices);
    return choices;
  };
}

function havingOf(objects: readonly ObjectChoice[]): ReadonlyMap<string, readonly number[]> {
  const any = [...objects.keys()].filter((at) => objects[at]?.places.size === 0);
  const having = new Map([['', [...any]]]);
  for (const [at, { places }] of objects.entries()) {
    for (const name of places.keys()) {
      const of = having.get(name) ?? [...any];
      of.push(at);
      having.set(name, of);
    }
  }
  return having;
}

/** The place of the first name that `one` must have and `other` can't have, or not with such a value. */
function firstApart(one: ObjectChoice, other: ObjectChoice, compare: CountComparisons): number {
  compare(1);
  if (other.places.size === 0) return Number.POSITIVE_INFINITY;
  for (const [name, place] of one.places) {
    compare(1);
    if (!one.required.has(name)) continue;
    if (!other.places.has(name)) return place;
    const own = one.constantsOf(name);
    const others = own && other.constantsOf(name);
    if (!others) continue;
    compare(Math.min(own.size, others.size));
    if (!haveCommon(own, others)) return place;
  }
  return Number.POSITIVE_INFINITY;
}

function toObjectChoice({ properties = {}, required = [], additionalProperties }: Schema): ObjectChoice {
  const own = properties as Schema;
  const must = new Set(required as readonly string[]);
  const names = [...new Set([...Object.keys(own), ...must])];
  const constants = new Map<string, ReadonlySet<string> | null>();
  const valueOf = (name: string) => (Object.hasOwn(own, name) ? own[name] : additionalProperties);
  return {
    places: new Map(names.map((name, place) => [name, place])),
    required: must,
    namesFrom: names.reduceRight<number[]>(
      (after, name) => [must.has(name) ? 1 : 1 + (after[0] ?? 0), ...after],
      [],
    ),
    valueOf,
    constantsOf(name) {
      const read = constants.get(name);
      if (read !== undefined) return read;
      const value = valueOf(name);
      const found = isConstant(value) ? constantsOf(value) : null;
      constants.set(name, found);
      return found;
    },
  };
}
