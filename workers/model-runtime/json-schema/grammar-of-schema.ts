import { hasFiniteValue } from './has-finite-value.ts';
import { INTEGER_MAX, literal, writeGrammar } from './json-rules.ts';
import { branchesOf, refuseBeside } from './keywords-together.ts';
import { hasTooManyReadings } from './parallel-readings.ts';
import { asList, asNames, asSchema, type Schema, typesOf, typesOfValue } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

export { SchemaRefusedError } from './schema-refused-error.ts';

/** They say nothing about what is valid (JSON Schema 2020-12: annotations; `format` is one by default). */
const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'examples',
  'format',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$schema',
  '$id',
  '$comment',
]);
const KEPT = new Set([
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'anyOf',
  '$ref',
  '$defs',
  'definitions',
]);
const SCHEMAS_MAX = 1_000;
const DEPTH_MAX = 32;
/** Repetitions that llama.cpp unrolls: of one part, and over all. */
const COUNT_MAX = 1_000;
const COUNTS_MAX = 20_000;
const GRAMMAR_CHARACTERS_MAX = 256 * 1024;

/**
 * A grammar in GBNF whose every text is valid for the schema (JSON Schema 2020-12). Not every valid text is one of the
 * grammar: properties come in the order of the schema, and no others where it names some. Throws SchemaRefusedError for
 * a keyword that can't be kept, for a schema that nothing satisfies, and for one that is too large.
 */
export function grammarOfSchema(schema: unknown): string {
  const rules = new Map<string, string>();
  const byRef = new Map<string, string>();
  const targets = new Map<string, Schema>();
  const openRefs = new Set<string>();
  const parts = new Set<Schema>();
  let schemas = 0;
  let counts = 0;
  const root = asSchema(schema, '');

  function rule(body: string): string {
    const name = `r${rules.size}`;
    rules.set(name, body);
    return name;
  }

  /** The name of the rule, or the body, of what the schema accepts. */
  function accept(given: unknown, path: string, depth: number): string {
    if (++schemas > SCHEMAS_MAX) {
      throw new SchemaRefusedError(path, `The schema has more than ${SCHEMAS_MAX} parts.`);
    }
    if (given === true) return 'value';
    const current = asSchema(given, path);
    if (depth > DEPTH_MAX) {
      throw new SchemaRefusedError(path, `The schema is nested more than ${DEPTH_MAX} deep.`);
    }
    for (const keyword of Object.keys(current)) {
      if (KEPT.has(keyword) || ANNOTATIONS.has(keyword) || isPastEveryInteger(keyword, current)) continue;
      throw new SchemaRefusedError(`${path}/${keyword}`, `${keyword} is not supported in a schema.`);
    }
    parts.add(current);
    refuseBeside(
      current,
      Object.keys(current).filter((keyword) => KEPT.has(keyword)),
      path,
    );
    if (current.$ref !== undefined) return follow(current.$ref, path, depth);
    if (current.const !== undefined) return oneOfValues([current.const], current, `${path}/const`);
    if (current.enum !== undefined) return oneOfValues(current.enum, current, `${path}/enum`);
    if (current.anyOf !== undefined) {
      const branches = branchesOf(current, path);
      const names = branches.map((branch, index) => accept(branch, `${path}/anyOf/${index}`, depth + 1));
      return rule(names.join(' | '));
    }
    const types = typesOf(current, path).map((type) => ofType(type, current, path, depth));
    return types.length === 1 ? (types[0] as string) : rule(types.join(' | '));
  }

  function follow(ref: unknown, path: string, depth: number): string {
    if (typeof ref !== 'string' || !ref.startsWith('#')) {
      throw new SchemaRefusedError(`${path}/$ref`, '$ref points into the schema itself: #/$defs/….');
    }
    const known = byRef.get(ref);
    if (known !== undefined) {
      // A rule that begins with itself has no end.
      if (openRefs.has(ref)) throw new SchemaRefusedError(`${path}/$ref`, `${ref} leads back to itself.`);
      return known;
    }
    const target = pointedAt(root, ref, `${path}/$ref`);
    targets.set(ref, target === true ? {} : asSchema(target, ref.slice(1)));
    const name = rule('');
    byRef.set(ref, name);
    openRefs.add(ref);
    const body = accept(target, ref.slice(1), depth + 1);
    openRefs.delete(ref);
    rules.set(name, body);
    return name;
  }

  function ofType(type: string, current: Schema, path: string, depth: number): string {
    // Behind a bracket or a quotation mark a rule may come back to itself.
    const inside = (build: () => string) => {
      const open = [...openRefs];
      openRefs.clear();
      try {
        return build();
      } finally {
        for (const ref of open) openRefs.add(ref);
      }
    };
    if (type === 'object') return inside(() => objectRule(current, path, depth));
    if (type === 'array') return inside(() => arrayRule(current, path, depth));
    if (type === 'string') return stringRule(current, path);
    return type;
  }

  function objectRule(current: Schema, path: string, depth: number): string {
    const properties = new Map(Object.entries(asSchema(current.properties ?? {}, `${path}/properties`)));
    const required = new Set(asNames(current.required ?? [], `${path}/required`));
    for (const name of required) {
      if (!properties.has(name)) properties.set(name, current.additionalProperties ?? true);
    }
    if (properties.size === 0) return additionalOnly(current, path, depth);
    const members = [...properties].map(([name, value]) => ({
      isRequired: required.has(name),
      body: `${literal(JSON.stringify(name))} ws ":" ws ${rule(
        accept(value, `${path}/properties/${name}`, depth + 1),
      )}`,
    }));
    // What may follow, once something was written and while nothing was.
    let started = '';
    let fresh = '';
    for (const { isRequired, body } of members.toReversed()) {
      const member = rule(body);
      const rest = started;
      const then = rest ? ` ${rest}` : '';
      fresh = isRequired ? rule(`${member}${then}`) : rule(`${member}${then} | ${fresh || '""'}`);
      started = isRequired ? rule(`ws "," ws ${member}${then}`) : rule(`(ws "," ws ${member})?${then}`);
    }
    return rule(`"{" ws ${fresh} ws "}"`);
  }

  function additionalOnly({ additionalProperties = true }: Schema, path: string, depth: number): string {
    if (additionalProperties === false) return literal('{}');
    const value = rule(accept(additionalProperties, `${path}/additionalProperties`, depth + 1));
    const member = rule(`string ws ":" ws ${value}`);
    return rule(`"{" ws (${member} (ws "," ws ${member})*)? ws "}"`);
  }

  function arrayRule(current: Schema, path: string, depth: number): string {
    const { least, most } = countBounds(current, 'minItems', 'maxItems', path);
    if (most === 0) return literal('[]');
    const item = rule(accept(current.items ?? true, `${path}/items`, depth + 1));
    const more = `(ws "," ws ${item})${repetition(Math.max(0, least - 1), most === null ? null : most - 1)}`;
    const items = least > 0 ? `${item} ${more}` : `(${item} ${more})?`;
    return rule(`"[" ws ${items} ws "]"`);
  }

  function stringRule(current: Schema, path: string): string {
    const { least, most } = countBounds(current, 'minLength', 'maxLength', path);
    if (least === 0 && most === null) return 'string';
    return rule(`"\\"" char${repetition(least, most)} "\\""`);
  }

  function repetition(least: number, most: number | null): string {
    counts += most ?? least;
    if (counts > COUNTS_MAX) {
      throw new SchemaRefusedError(
        '',
        `All lengths and counts of a schema are at most ${COUNTS_MAX} together.`,
      );
    }
    return `{${least},${most ?? ''}}`;
  }

  const top = accept(root, '', 0);
  if (!hasFiniteValue(root, targets)) {
    throw new SchemaRefusedError('', 'Nothing that ends is valid for the schema.');
  }
  if (hasTooManyReadings(parts, (ref) => targets.get(ref))) {
    throw new SchemaRefusedError(
      '',
      'Too many branches of anyOf begin alike, one within another: tell them apart by a first property.',
    );
  }
  rules.set('root', top);
  const grammar = writeGrammar(rules);
  if (grammar.length > GRAMMAR_CHARACTERS_MAX) {
    throw new SchemaRefusedError('', 'The schema is too large.');
  }
  return grammar;
}

/** Zod bounds every integer by what JavaScript counts to, which no integer of the grammar reaches. */
function isPastEveryInteger(keyword: string, { type, [keyword]: bound }: Schema): boolean {
  if (type !== 'integer' || typeof bound !== 'number') return false;
  return keyword === 'minimum' ? bound <= -INTEGER_MAX : keyword === 'maximum' && bound >= INTEGER_MAX;
}

function countBounds(
  current: Schema,
  min: string,
  max: string,
  path: string,
): { readonly least: number; readonly most: number | null } {
  const least = current[min] === undefined ? 0 : asCount(current[min], `${path}/${min}`);
  const most = current[max] === undefined ? null : asCount(current[max], `${path}/${max}`);
  if (most !== null && most < least)
    throw new SchemaRefusedError(`${path}/${max}`, `${max} is below ${min}: nothing is valid.`);
  return { least, most };
}

/** Those of its type alone. */
function oneOfValues(values: unknown, schema: Schema, path: string): string {
  const types = schema.type === undefined ? null : typesOf(schema, path);
  const valid = asList(values, path).filter(
    (value) => types === null || typesOfValue(value).some((type) => types.includes(type)),
  );
  if (valid.length === 0) throw new SchemaRefusedError(path, 'Nothing in it is of the type.');
  return `(${valid.map((value) => literal(JSON.stringify(value))).join(' | ')})`;
}

function pointedAt(root: Schema, ref: string, path: string): unknown {
  let found: unknown = root;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const holds = typeof found === 'object' && found !== null && Object.hasOwn(found, key);
    if (!holds) throw new SchemaRefusedError(path, `${ref} is not in the schema.`);
    found = (found as Schema)[key];
  }
  return found;
}

function asCount(given: unknown, path: string): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= COUNT_MAX) return given;
  throw new SchemaRefusedError(path, `This is a whole number from 0 to ${COUNT_MAX}.`);
}
