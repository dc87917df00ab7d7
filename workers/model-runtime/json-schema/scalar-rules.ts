import { automatonBudget } from './automata/automaton-budget.ts';
import { type Dfa, determinise } from './automata/determinise.ts';
import { type Nfa, nfaOfDfa, nfaOfLength, nfaOfPattern } from './automata/nfa.ts';
import { nfaOfRange } from './automata/nfa-of-range.ts';
import { parsePattern } from './automata/parse-pattern.ts';
import { PatternError } from './automata/pattern-error.ts';
import { type Rules, type Written, writePlain, writeString } from './automata/write-automaton.ts';
import { lengthBounds } from './count-bounds.ts';
import { patternOfFormat } from './formats.ts';
import { numberRange } from './number-bounds.ts';
import type { Schema } from './schema-fields.ts';
import { SchemaRefusedError } from './schema-refused-error.ts';

interface ScalarRules {
  /** Null: nothing is said of it but its length. */
  ofString(schema: Schema, path: string): string | null;
  ofNumber(schema: Schema, type: 'integer' | 'number', path: string): string;
  /** In how many ways a text of a scalar may go on, once its rule is written. */
  widthOf(schema: Schema, type: string): number;
}

/** Patterns, formats and bounds are automata in which each character decides where it goes on; the same ones are written once. */
export function scalarRules(rules: Rules): ScalarRules {
  const known = new Map<string, Written>();
  const spend = automatonBudget();

  function writtenOnce(key: string, path: string, write: () => Written): string {
    const found = known.get(key);
    if (found) return found.name;
    try {
      const written = write();
      known.set(key, written);
      return written.name;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new SchemaRefusedError(path, error.message);
    }
  }

  function ofAll(nfas: readonly Nfa[], nothing: string): Dfa {
    const dfa = determinise(nfas, spend);
    if (dfa) return dfa;
    throw new PatternError(nothing);
  }

  return {
    ofString(schema, path) {
      const conditions = conditionsOf(schema, path);
      if (conditions.length === 0) return null;
      const { least, most } = lengthBounds(schema, path);
      const at = schema.pattern === undefined ? path : `${path}/pattern`;
      return writtenOnce(keyOfString(schema), at, () => {
        const dfa = ofAll(
          conditions.map((pattern) => nfaOfPattern(parsePattern(pattern), spend)),
          'No text matches all that its pattern and format ask for.',
        );
        const isBounded = least > 0 || most !== null;
        const counted = isBounded
          ? ofAll(
              [nfaOfDfa(dfa), nfaOfLength(least, most)],
              'No text of such a length matches its pattern or format.',
            )
          : dfa;
        return writeString(counted, rules);
      });
    },
    ofNumber(schema, type, path) {
      const range = numberRange(schema, type, path);
      if (!range) return type;
      return writtenOnce(keyOfNumber(schema, type), path, () =>
        writePlain(ofAll([nfaOfRange(range)], 'No number of up to 15 digits is within its bounds.'), rules),
      );
    },
    widthOf(schema, type) {
      return known.get(type === 'string' ? keyOfString(schema) : keyOfNumber(schema, type))?.width ?? 0;
    },
  };
}

/** All patterns that a string has to match: two that stood in an allOf are both kept. */
function conditionsOf(schema: Schema, path: string): readonly string[] {
  const parts = [schema, ...((schema.allOf ?? []) as readonly Schema[])];
  return parts.flatMap(({ pattern, format }) => {
    if (pattern !== undefined && typeof pattern !== 'string') {
      throw new SchemaRefusedError(`${path}/pattern`, 'This is a regular expression.');
    }
    const ofFormat = patternOfFormat(format);
    return [...(pattern === undefined ? [] : [pattern]), ...(ofFormat === null ? [] : [ofFormat])];
  });
}

function keyOfString({ pattern, format, allOf, minLength, maxLength }: Schema): string {
  return JSON.stringify(['string', pattern, format, allOf, minLength, maxLength]);
}

function keyOfNumber(schema: Schema, type: string): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  return JSON.stringify([type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf]);
}
