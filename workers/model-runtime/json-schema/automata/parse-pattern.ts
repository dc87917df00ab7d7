import { type CharacterSet, DOT, toSet, without } from './character-set.ts';
import { PatternError } from './pattern-error.ts';
import { readEscape } from './pattern-escapes.ts';

export type Pattern =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Pattern[] }
  | {
      readonly kind: 'repeat';
      readonly part: Pattern;
      readonly least: number;
      /** Null: as often as may be. */
      readonly most: number | null;
    }
  | { readonly kind: 'start' | 'end' };

const CHARACTERS_MAX = 2_000;
const GROUPS_MAX = 50;
const COUNT_MAX = 1_000;

/**
 * A subset of the regular expressions of ECMA-262, by code points as its flag u has it (JSON Schema 2020-12, 6.4): literals,
 * classes, the dot, groups, choices, counts and the two anchors. That one count is greedy and another is not changes nothing
 * about which texts match.
 */
export function parsePattern(source: string): Pattern {
  if (source.length > CHARACTERS_MAX) {
    throw new PatternError(`A pattern has at most ${CHARACTERS_MAX} characters.`);
  }
  let at = 0;
  let groups = 0;

  function choice(): Pattern {
    const parts = [sequence()];
    while (source[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'choice', parts };
  }

  function sequence(): Pattern {
    const parts: Pattern[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(counted(part()));
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'sequence', parts };
  }

  function part(): Pattern {
    const [sign = ''] = String.fromCodePoint(source.codePointAt(at) ?? 0);
    at++;
    if (sign === '^') return { kind: 'start' };
    if (sign === '$') return { kind: 'end' };
    if (sign === '.') return { kind: 'set', set: DOT };
    if (sign === '(') return group();
    if (sign === '[') return { kind: 'set', set: characterClass() };
    if (sign === '\\') return { kind: 'set', set: escape(false).set };
    if ('*+?{'.includes(sign))
      throw new PatternError(`Nothing stands before ${sign}: write \\${sign} for itself.`);
    at--;
    const code = character();
    return { kind: 'set', set: [[code, code]] };
  }

  function group(): Pattern {
    if (++groups > GROUPS_MAX) throw new PatternError(`A pattern nests at most ${GROUPS_MAX} groups.`);
    const opening = /^\?(?::|<[A-Za-z_$][\w$]*>)/.exec(source.slice(at, at + 100))?.[0] ?? '';
    at += opening.length;
    if (source[at] === '?') {
      const isLook = /^\?<?[=!]/.test(source.slice(at));
      throw new PatternError(
        isLook
          ? 'A pattern has no look-aheads or look-behinds: write what may stand there.'
          : 'A pattern has no flags or modifiers: write both cases, as in [aA].',
      );
    }
    const inner = choice();
    if (source[at] !== ')') throw new PatternError('A group of the pattern is not closed.');
    at++;
    groups--;
    return { kind: 'sequence', parts: [inner] };
  }

  function counted(one: Pattern): Pattern {
    const found = /^(?:[*+?]|\{(\d{1,9})(,(\d{0,9}))?\})/.exec(source.slice(at, at + 24));
    if (!found) {
      if (source[at] === '{') throw new PatternError('A count is {2}, {2,} or {2,5}: write \\{ for itself.');
      return one;
    }
    if (one.kind === 'start' || one.kind === 'end') throw new PatternError('^ and $ have no counts.');
    const [sign, least, comma, most] = found;
    at += sign.length;
    if (source[at] === '?') at++;
    if (sign === '*') return { kind: 'repeat', part: one, least: 0, most: null };
    if (sign === '+') return { kind: 'repeat', part: one, least: 1, most: null };
    if (sign === '?') return { kind: 'repeat', part: one, least: 0, most: 1 };
    const from = Number(least);
    const to = comma === undefined ? from : most === '' ? null : Number(most);
    if (Math.max(from, to ?? 0) > COUNT_MAX) throw new PatternError(`A count is at most ${COUNT_MAX}.`);
    if (to !== null && to < from)
      throw new PatternError(`${sign} counts down: the lower number comes first.`);
    return { kind: 'repeat', part: one, least: from, most: to };
  }

  function characterClass(): CharacterSet {
    const isNegated = source[at] === '^';
    if (isNegated) at++;
    const ranges: (readonly [number, number])[] = [];
    while (source[at] !== ']') {
      if (at >= source.length) throw new PatternError('A class of the pattern is not closed.');
      const first = member();
      if (source[at] !== '-' || source[at + 1] === ']' || at + 1 >= source.length) {
        ranges.push(...first.set);
        continue;
      }
      at++;
      const last = member();
      if (first.code === null || last.code === null || last.code < first.code) {
        throw new PatternError('A range in a class goes from one character up to another one.');
      }
      ranges.push([first.code, last.code]);
    }
    at++;
    const set = toSet(ranges);
    return isNegated ? without(set) : without(without(set));
  }

  function member(): { readonly set: CharacterSet; readonly code: number | null } {
    if (source[at] === '\\') {
      at++;
      return escape(true);
    }
    const code = character();
    return { set: [[code, code]], code };
  }

  function character(): number {
    const code = source.codePointAt(at) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) throw new PatternError('The pattern has half a surrogate pair.');
    at += code > 0xffff ? 2 : 1;
    return code;
  }

  function escape(isInClass: boolean): { readonly set: CharacterSet; readonly code: number | null } {
    const escaped = readEscape(source.slice(at), isInClass);
    at += escaped.length;
    return escaped;
  }

  const whole = choice();
  if (at < source.length) throw new PatternError('The pattern closes a group that is not open.');
  return whole;
}
