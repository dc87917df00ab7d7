import { ANNOTATIONS } from './keywords.ts';
import { pointedAt } from './pointed-at.ts';
import { asList, asNames, asSchema, type Schema, typesOf } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

/** Properties that are gone through, over all merges: what references name may be merged again in each place. */
const STEPS_MAX = 20_000;
const STEPS_OF_MERGE = 20;
const DEPTH_MAX = 32;
/** As JSON, over all that is compared. */
const COMPARED_CHARACTERS_MAX = 1024 * 1024;

/** Of two bounds, the one that is harder to meet. */
const HARDER = new Map([
  ...['minLength', 'minItems', 'minimum', 'exclusiveMinimum'].map((keyword) => [keyword, Math.max] as const),
  ...['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum'].map((keyword) => [keyword, Math.min] as const),
]);
const OF_SCHEMAS = ['properties', '$defs', 'definitions'];
const SCHEMA = ['items', 'additionalProperties', 'propertyNames'];

interface Merged {
  readonly root: Schema;
  /** What a reference within the schema names. */
  at(ref: string, path: string): unknown;
}

/**
 * The schema without its allOf: one of keywords that all members share in. Only patterns and formats of strings that can't be said
 * in one stay behind in an allOf. What is no plain sum of its members is refused.
 */
export function mergeAllOf(given: Schema): Merged {
  const known = new Map<Schema, Schema>();
  const openRefs = new Set<string>();
  let steps = 0;
  let characters = 0;

  function merged(part: unknown, path: string): unknown {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const schema = part as Schema;
    const found = known.get(schema) ?? withoutAllOf(withMergedParts(schema, path), path, 0);
    known.set(schema, found);
    return found;
  }

  function withMergedParts(schema: Schema, path: string): Schema {
    const own = Object.entries(schema).map(([keyword, value]) => {
      const at = `${path}/${keyword}`;
      if (SCHEMA.includes(keyword)) return [keyword, merged(value, at)];
      if (OF_SCHEMAS.includes(keyword) && isObject(value)) {
        return [keyword, mapValues(value, (one, name) => merged(one, `${at}/${name}`))];
      }
      if ((keyword === 'anyOf' || keyword === 'oneOf') && Array.isArray(value)) {
        return [keyword, value.map((one, index) => merged(one, `${at}/${index}`))];
      }
      return [keyword, value];
    });
    return Object.fromEntries(own) as Schema;
  }

  function withoutAllOf(schema: Schema, path: string, depth: number): Schema {
    if (schema.allOf === undefined) return schema;
    const { allOf, ...own } = schema;
    const members = asList(allOf, `${path}/allOf`).flatMap((member, index) => {
      const at = `${path}/allOf/${index}`;
      return member === true ? [] : [merged(asSchema(member, at), at) as Schema];
    });
    const says = Object.keys(own).some((keyword) => !isAside(keyword));
    const [only] = members;
    if (!says && members.length === 1 && only) return { ...only, ...own };
    return members.reduce((sum, member) => both(sum, member, `${path}/allOf`, depth), own);
  }

  function both(one: Schema, other: Schema, path: string, depth: number): Schema {
    if (depth > DEPTH_MAX) throw tooMuch(path);
    spend(STEPS_OF_MERGE, path);
    const [left, right] = [resolved(one, path, depth), resolved(other, path, depth)];
    const sum: Record<string, unknown> = { ...left };
    const conditions = [...asMembers(left.allOf), ...asMembers(right.allOf)];
    for (const [keyword, value] of Object.entries(right)) {
      const before = left[keyword];
      if (keyword === 'allOf') continue;
      if (before === undefined || isAside(keyword)) sum[keyword] ??= value;
      else if (keyword === 'format' || keyword === 'pattern') {
        if (before !== value) conditions.push({ [keyword]: value });
      } else sum[keyword] = common(keyword, before, value, path, depth);
    }
    if (conditions.length > 0) sum.allOf = conditions;
    return { ...sum, ...objectOfBoth(left, right, path, depth) };
  }

  function common(keyword: string, one: unknown, other: unknown, path: string, depth: number): unknown {
    const harder = HARDER.get(keyword);
    if (harder && typeof one === 'number' && typeof other === 'number') return harder(one, other);
    if (keyword === 'required') {
      const names = [...asNames(one, path), ...asNames(other, path)];
      spend(names.length, path);
      return [...new Set(names)];
    }
    if (keyword === 'properties' || keyword === 'additionalProperties') return one;
    if (keyword === 'items') return value(one, other, path, depth);
    if (keyword === 'type') return commonType({ type: one }, { type: other }, path);
    if (isSame(one, other, path)) return one;
    throw new SchemaRefusedError(path, `${keyword} stands more than once in it: write out what it comes to.`);
  }

  /** A property of one is held to the other's additionalProperties, as far as that does not list it. */
  function objectOfBoth(left: Schema, right: Schema, path: string, depth: number): Schema {
    const sides = [left, right].map(({ properties, additionalProperties }) => ({
      own: asSchema(properties ?? {}, `${path}/properties`),
      rest: additionalProperties,
    }));
    const [one, other] = sides as [(typeof sides)[0], (typeof sides)[0]];
    if (left.properties === undefined && right.properties === undefined && one.rest === undefined) return {};
    const of = ({ own, rest }: (typeof sides)[0], name: string) =>
      Object.hasOwn(own, name) ? own[name] : (rest ?? true);
    const required = new Set([left, right].flatMap((side) => asNames(side.required ?? [], path)));
    const names = [...new Set([...Object.keys(one.own), ...Object.keys(other.own)])];
    spend(names.length + required.size, path);
    const properties = names.flatMap((name) => {
      const values = [of(one, name), of(other, name)] as const;
      if (values.includes(false) && !required.has(name)) return [];
      return [[name, value(values[0], values[1], path, depth)] as const];
    });
    const rest = value(one.rest ?? true, other.rest ?? true, path, depth);
    return {
      ...(names.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
      // Without a property left, no other one may be written in its place.
      ...(rest === true && properties.length === names.length
        ? {}
        : { additionalProperties: properties.length === 0 && names.length > 0 ? false : rest }),
    };
  }

  function value(one: unknown, other: unknown, path: string, depth: number): unknown {
    if (one === true || isSame(one, other, path)) return other;
    if (other === true) return one;
    if (one === false || other === false) return false;
    return both(asSchema(one, path), asSchema(other, path), path, depth + 1);
  }

  function spend(count: number, path: string): void {
    steps += count;
    if (steps > STEPS_MAX) throw tooMuch(path);
  }

  function isSame(one: unknown, other: unknown, path: string): boolean {
    const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
    characters += left.length + right.length;
    if (characters > COMPARED_CHARACTERS_MAX) throw tooMuch(path);
    return left === right;
  }

  function resolved(schema: Schema, path: string, depth: number): Schema {
    const { $ref: ref, ...own } = schema;
    if (typeof ref !== 'string') return schema;
    if (openRefs.has(ref)) throw new SchemaRefusedError(path, `${ref} leads back to itself.`);
    openRefs.add(ref);
    try {
      const target = at(ref, path);
      const found = target === true ? {} : resolved(asSchema(target, path), path, depth);
      return Object.keys(own).every(isAside) ? { ...found, ...own } : both(found, own, path, depth);
    } finally {
      openRefs.delete(ref);
    }
  }

  function at(ref: string, path: string): unknown {
    if (!/^#(\/|$)/.test(ref)) {
      throw new SchemaRefusedError(path, '$ref points into the schema itself: #/$defs/….');
    }
    return merged(pointedAt(given, ref, path), ref.slice(1));
  }

  return { root: merged(given, '') as Schema, at };
}

function tooMuch(path: string): SchemaRefusedError {
  return new SchemaRefusedError(path, 'allOf has too much to merge: write out what it comes to.');
}

function commonType(one: Schema, other: Schema, path: string): unknown {
  const others = typesOf(other, path);
  const types = typesOf(one, path).flatMap((type) => {
    if (others.includes(type)) return [type];
    if (type === 'integer' && others.includes('number')) return [type];
    return type === 'number' && others.includes('integer') ? ['integer'] : [];
  });
  if (types.length === 0) throw new SchemaRefusedError(path, 'Its members have no type in common.');
  return types.length === 1 ? types[0] : types;
}

function isAside(keyword: string): boolean {
  return (
    (ANNOTATIONS.has(keyword) && keyword !== 'format') || keyword === '$defs' || keyword === 'definitions'
  );
}

function asMembers(given: unknown): readonly Schema[] {
  return Array.isArray(given) ? given : [];
}

function isObject(given: unknown): given is Schema {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function mapValues(given: Schema, of: (value: unknown, name: string) => unknown): Schema {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, of(value, name)]));
}
