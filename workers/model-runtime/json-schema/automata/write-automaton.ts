import type { CharacterSet } from './character-set.ts';
import type { Dfa, DfaState } from './determinise.ts';
import { PatternError } from './pattern-error.ts';

/** llama.cpp compares each with every token. */
const RANGES_MAX = 256;
/** Counted as one more way, which costs more: 250 ranges took no measurable time of a token. */
const RANGES_OF_A_WAY = 16;
const SHORT_ESCAPES: readonly (readonly [number, string])[] = [
  [0x22, '"'],
  [0x5c, '\\'],
  [0x08, 'b'],
  [0x0c, 'f'],
  [0x0a, 'n'],
  [0x0d, 'r'],
  [0x09, 't'],
];

export interface Rules {
  /** The name of a rule with this body; the same one for the same body. */
  shared(body: string): string;
  /** A name, and what gives it a body later. */
  later(): { readonly name: string; define(body: string): void };
}

export interface Written {
  readonly name: string;
  /** In how many ways a text may go on at the most, wherever it stands. */
  readonly width: number;
}

/** The texts of an automaton in GBNF, as the characters of a JSON string within its quotation marks. */
export function writeString(dfa: Dfa, rules: Rules): Written {
  const { name, width } = write(dfa, rules, { end: '"\\""', written: inString });
  return { name: rules.shared(`"\\"" ${name}`), width };
}

/** As they stand. */
export function writePlain(dfa: Dfa, rules: Rules): Written {
  return write(dfa, rules, { end: '""', written: (set) => [rangesOf(set)] });
}

function write(
  dfa: Dfa,
  rules: Rules,
  { end, written }: { readonly end: string; written(set: CharacterSet): readonly string[] },
): Written {
  const comingFrom = new Array<number>(dfa.length).fill(0);
  comingFrom[0] = 1;
  for (const { edges } of dfa) for (const { to } of edges) comingFrom[to] = (comingFrom[to] ?? 0) + 1;
  // A state that only goes on, from one place, is written there.
  const isOwn = dfa.map(
    ({ edges, accepts }, at) => at === 0 || (comingFrom[at] ?? 0) > 1 || edges.length + (accepts ? 1 : 0) > 1,
  );
  const isLast = (at: number) => dfa[at]?.edges.length === 0;
  const named = dfa.map((_, at) => (isOwn[at] && (at === 0 || !isLast(at)) ? rules.later() : null));
  const known = new Map<CharacterSet, readonly string[]>();
  let width = 1;

  function textsOf(set: CharacterSet): readonly string[] {
    const texts = known.get(set) ?? written(set);
    known.set(set, texts);
    return texts;
  }

  function characters(set: CharacterSet): string {
    const texts = textsOf(set);
    const text = texts.length > 1 ? `(${texts.join(' | ')})` : (texts[0] as string);
    return text.length > 12 ? rules.shared(text) : text;
  }

  function onwards({ edges: [only] }: DfaState): string {
    const texts: string[] = [];
    for (let edge = only; edge; ) {
      texts.push(characters(edge.set));
      const name = named[edge.to]?.name;
      const next = name === undefined ? dfa[edge.to] : undefined;
      if (name !== undefined) texts.push(name);
      if (next?.accepts) texts.push(end);
      edge = next?.edges[0];
    }
    return texts.join(' ');
  }

  for (const [at, state] of dfa.entries()) {
    const ranges = state.edges.reduce((sum, { set }) => sum + set.length, 0);
    if (ranges > RANGES_MAX) {
      throw new PatternError(
        `More than ${RANGES_MAX} ranges of characters may come next in it: write classes with fewer ones.`,
      );
    }
    const open = state.edges.reduce((sum, { set }) => sum + textsOf(set).length, state.accepts ? 1 : 0);
    width = Math.max(width, open + Math.floor((ranges - state.edges.length) / RANGES_OF_A_WAY));
    named[at]?.define(
      [
        ...state.edges.map((edge) => onwards({ edges: [edge], accepts: false })),
        ...(state.accepts ? [end] : []),
      ].join(' | '),
    );
  }
  return { name: named[0]?.name ?? '', width };
}

/** Characters that stand for themselves, and those that are escaped: each in one way. */
function inString(set: CharacterSet): readonly string[] {
  const plain: (readonly [number, number])[] = [];
  const escaped = new Set<number>();
  for (const [first, last] of set) {
    let from = first;
    for (let code = first; code <= Math.min(last, 0x7f); code++) {
      if (code >= 0x20 && code !== 0x22 && code !== 0x5c && code !== 0x7f) continue;
      escaped.add(code);
      if (from < code) plain.push([from, code - 1]);
      from = code + 1;
    }
    if (from <= last) plain.push([from, last]);
  }
  const texts = plain.length > 0 ? [rangesOf(plain)] : [];
  return escaped.size > 0 ? [...texts, `"\\\\" ${escapesOf(escaped)}`] : texts;
}

function escapesOf(codes: ReadonlySet<number>): string {
  const short = SHORT_ESCAPES.filter(([code]) => codes.has(code)).map(([, sign]) => sign);
  const long = [...codes].filter((code) => !SHORT_ESCAPES.some(([known]) => known === code));
  const texts = short.length > 0 ? [`[${short.map((sign) => hex(sign.codePointAt(0) ?? 0)).join('')}]`] : [];
  const rows = [0, 1, 7].flatMap((row) => {
    const digits = long.filter((code) => code >> 4 === row).map((code) => (code & 15).toString(16));
    return digits.length > 0
      ? [`"${row}" [${digits.map((digit) => digit + digit.toUpperCase()).join('')}]`]
      : [];
  });
  if (rows.length > 0) texts.push(`"u00" (${rows.join(' | ')})`);
  return `(${texts.join(' | ')})`;
}

function rangesOf(set: CharacterSet): string {
  return `[${set.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join('')}]`;
}

function hex(code: number): string {
  const sign = String.fromCodePoint(code);
  if (/[0-9A-Za-z]/.test(sign)) return sign;
  const digits = code.toString(16).toUpperCase();
  if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
