import { comparisonCounter } from './comparisons.ts';
import { itemBounds, lengthBounds } from './count-bounds.ts';
import { exclusiveBranches } from './exclusive-branches.ts';
import { isKeptFormat } from './formats.ts';
import { hasFiniteValue } from './has-finite-value.ts';
import { isDeeper } from './is-deeper.ts';
import { literal, writeGrammar } from './json-rules.ts';
import { ANNOTATIONS, KEPT } from './keywords.ts';
import { branchesOf, choiceOf, refuseBeside } from './keywords-together.ts';
import { allowedNames, textsOf } from './listed-texts.ts';
import { mergeAllOf } from './merge-all-of.ts';
import { oneOfTexts } from './one-of-texts.ts';
import { isTooOpen } from './parallel-readings.ts';
import { scalarRules } from './scalar-rules.ts';
import { asNames, asSchema, isConstant, type Schema, typesOf } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

export { SchemaRefusedError } from './schema-refused-error.ts';

const SCHEMAS_MAX = 1_000;
const DEPTH_MAX = 32;
/** Of lists and objects, values and examples among them: the schema is also handed on as it is. */
const LEVELS_MAX = 256;
/** Repetitions that llama.cpp unrolls, over all parts. */
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
  const choices: { readonly branches: readonly unknown[]; readonly path: string }[] = [];
  let schemas = 0;
  let counts = 0;
  let characters = 0;
  const given = asSchema(schema, '');
  if (isDeeper(given, LEVELS_MAX)) throw new SchemaRefusedError('', 'The schema is nested too deeply.');
  const merged = mergeAllOf(given);
  const root = merged.root;
  const bodies = new Map<string, string>();
  const scalars = scalarRules({ shared, later });

  function rule(body: string): string {
    const name = `r${rules.size}`;
    rules.set(name, body);
    return name;
  }

  function later(): { readonly name: string; define(body: string): void } {
    const name = rule('');
    return {
      name,
      define(body) {
        countCharacters(body.length);
        rules.set(name, body);
      },
    };
  }

  /** Before what is too large is put together. */
  function countCharacters(count: number): void {
    characters += count;
    if (characters > GRAMMAR_CHARACTERS_MAX) throw new SchemaRefusedError('', 'The schema is too large.');
  }

  function shared(body: string): string {
    const name = bodies.get(body) ?? rule(body);
    bodies.set(body, name);
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
      if (KEPT.has(keyword) || ANNOTATIONS.has(keyword)) continue;
      throw new SchemaRefusedError(
        `${path}/${keyword}`,
        `${keyword} is not supported in a schema: leave it out, and check the answer for it.`,
      );
    }
    parts.add(current);
    refuseBeside(
      current,
      Object.keys(current).filter(
        (keyword) =>
          KEPT.has(keyword) || (keyword === 'format' && isKeptFormat(current.format) && !isConstant(current)),
      ),
      path,
    );
    if (current.$ref !== undefined) return follow(current.$ref, path, depth);
    const constants = textsOf(current, path);
    if (constants) return listed(constants);
    const choice = choiceOf(current);
    if (choice !== undefined) {
      const branches = branchesOf(current, path);
      if (choice === 'oneOf') choices.push({ branches, path: `${path}/oneOf` });
      const texts: string[] = [];
      const bodies = branches.flatMap((branch, index) => {
        const at = `${path}/${choice}/${index}`;
        const body = accept(branch, at, depth + 1);
        const own = isConstant(branch) ? textsOf(branch, at) : null;
        texts.push(...(own ?? []));
        return own ? [] : [body];
      });
      return rule([...bodies, ...(texts.length > 0 ? [listed(texts)] : [])].join(' | '));
    }
    const types = typesOf(current, path).map((type) => ofType(type, current, path, depth));
    return types.length === 1 ? (types[0] as string) : rule(types.join(' | '));
  }

  function listed(texts: readonly string[]): string {
    countCharacters(texts.reduce((sum, text) => sum + text.length, 0));
    return oneOfTexts(texts);
  }

  function follow(ref: unknown, path: string, depth: number): string {
    if (typeof ref !== 'string' || !/^#(\/|$)/.test(ref)) {
      throw new SchemaRefusedError(`${path}/$ref`, '$ref points into the schema itself: #/$defs/….');
    }
    const known = byRef.get(ref);
    if (known !== undefined) {
      // A rule that begins with itself has no end.
      if (openRefs.has(ref)) throw new SchemaRefusedError(`${path}/$ref`, `${ref} leads back to itself.`);
      return known;
    }
    const target = merged.at(ref, `${path}/$ref`);
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
    if (type === 'integer' || type === 'number') return scalars.ofNumber(current, type, path);
    return type;
  }

  function objectRule(current: Schema, path: string, depth: number): string {
    const properties = new Map(Object.entries(asSchema(current.properties ?? {}, `${path}/properties`)));
    const required = new Set(asNames(current.required ?? [], `${path}/required`));
    for (const name of required) {
      if (!properties.has(name)) properties.set(name, current.additionalProperties ?? true);
    }
    const allowed = allowedNames(current, path);
    if (properties.size === 0) return additionalOnly(current, allowed, path, depth);
    const isAllowed = new Set(allowed);
    if (allowed && [...properties.keys()].some((name) => !isAllowed.has(JSON.stringify(name)))) {
      throw new SchemaRefusedError(`${path}/propertyNames`, 'A property has a name that is not among these.');
    }
    const members = [...properties].map(([name, value]) => ({
      isRequired: required.has(name),
      body: `${literal(JSON.stringify(name))} ws ":" ws ${rule(
        accept(value, `${path}/properties/${name}`, depth + 1),
      )}`,
    }));
    // One of the members from here on, with what follows it; and whether there must be one.
    let next = '';
    let isOwed = false;
    for (const { isRequired, body } of members.toReversed()) {
      const more = isOwed ? ` ws "," ws ${next}` : ` (ws "," ws ${next})?`;
      const others = isRequired ? '' : ` | ${next}`;
      next = rule(next === '' ? body : `${body}${more}${others}`);
      isOwed ||= isRequired;
    }
    return rule(`"{" ws ${isOwed ? next : `${next}?`} ws "}"`);
  }

  function additionalOnly(
    { additionalProperties = true }: Schema,
    allowed: readonly string[] | null,
    path: string,
    depth: number,
  ): string {
    if (additionalProperties === false) return literal('{}');
    const value = rule(accept(additionalProperties, `${path}/additionalProperties`, depth + 1));
    const member = rule(`${allowed ? oneOfTexts(allowed) : 'string'} ws ":" ws ${value}`);
    return rule(`"{" ws (${member} (ws "," ws ${member})*)? ws "}"`);
  }

  function arrayRule(current: Schema, path: string, depth: number): string {
    const { least, most } = itemBounds(current, path);
    if (most === 0) return literal('[]');
    const item = rule(accept(current.items ?? true, `${path}/items`, depth + 1));
    const more = `(ws "," ws ${item})${repetition(Math.max(0, least - 1), most === null ? null : most - 1)}`;
    const items = least > 0 ? `${item} ${more}` : `(${item} ${more})?`;
    return rule(`"[" ws ${items} ws "]"`);
  }

  function stringRule(current: Schema, path: string): string {
    const { least, most } = lengthBounds(current, path);
    const known = scalars.ofString(current, path);
    if (known !== null) return known;
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
  const targetOf = (ref: string) => targets.get(ref);
  const compare = comparisonCounter();
  const areExclusive = exclusiveBranches(targetOf, compare);
  for (const { branches, path } of choices) {
    if (areExclusive(branches)) continue;
    throw new SchemaRefusedError(
      path,
      'oneOf is supported where types, or a required property with a const, tell its branches apart.',
    );
  }
  if (isTooOpen(parts, targetOf, scalars.widthOf, compare)) {
    throw new SchemaRefusedError(
      '',
      'Too much may come next at once: tell branches that begin alike apart by a first property, and have fewer optional properties in a row, values that begin differently, or patterns with fewer choices at one place.',
    );
  }
  rules.set('root', top);
  const grammar = writeGrammar(rules);
  if (grammar.length > GRAMMAR_CHARACTERS_MAX) {
    throw new SchemaRefusedError('', 'The schema is too large.');
  }
  return grammar;
}
