import type { Spend } from './automaton-budget.ts';
import { ANY, type CharacterSet } from './character-set.ts';
import type { Dfa } from './determinise.ts';
import type { Pattern } from './parse-pattern.ts';
import { PatternError } from './pattern-error.ts';

const STATES_MAX = 6_000;
/** Of each of a pattern's parts, as often as it is counted: empty ones make no state, and others may not be reached. */
const STEPS_OF_PART = 10;

interface State {
  readonly edges: { readonly set: CharacterSet; readonly to: number }[];
  readonly free: number[];
  /** Taken before the first character alone. */
  readonly atStart: number[];
  /** Taken behind the last character alone. */
  readonly atEnd: number[];
}

/** Begins in state 0 and accepts in state 1. */
export type Nfa = readonly State[];

export interface NfaBuilder {
  readonly states: Nfa;
  add(): number;
  edge(from: number, set: CharacterSet, to: number): void;
  free(from: number, to: number): void;
}

export function nfaBuilder(): NfaBuilder & { readonly states: State[] } {
  const states: State[] = [];
  const add = () => {
    if (states.length >= STATES_MAX) {
      throw new PatternError(
        'What is counted in it is too large: have smaller counts, or fewer in one another.',
      );
    }
    return states.push({ edges: [], free: [], atStart: [], atEnd: [] }) - 1;
  };
  add();
  add();
  return {
    states,
    add,
    edge: (from, set, to) => states[from]?.edges.push({ set, to }),
    free: (from, to) => states[from]?.free.push(to),
  };
}

/** Of the texts in which the pattern is found (JSON Schema: a pattern is not anchored by itself). */
export function nfaOfPattern(pattern: Pattern, spend: Spend): Nfa {
  const { states, add, edge, free } = nfaBuilder();

  /** From a state through the part; answers where it ends. */
  function through(part: Pattern, from: number): number {
    spend(STEPS_OF_PART);
    switch (part.kind) {
      case 'set': {
        const to = add();
        edge(from, part.set, to);
        return to;
      }
      case 'sequence':
        return part.parts.reduce((at, one) => through(one, at), from);
      case 'choice': {
        const to = add();
        for (const one of part.parts) {
          const begin = add();
          free(from, begin);
          free(through(one, begin), to);
        }
        return to;
      }
      case 'repeat':
        return repeated(part, from);
      case 'start':
      case 'end': {
        const to = add();
        states[from]?.[part.kind === 'start' ? 'atStart' : 'atEnd'].push(to);
        return to;
      }
    }
  }

  function repeated({ part, least, most }: Extract<Pattern, { kind: 'repeat' }>, from: number): number {
    let at = from;
    for (let count = 0; count < least; count++) at = through(part, at);
    const to = add();
    if (most === null) {
      const again = add();
      free(at, again);
      free(through(part, again), again);
      free(again, to);
      return to;
    }
    free(at, to);
    for (let count = least; count < most; count++) {
      at = through(part, at);
      free(at, to);
    }
    return to;
  }

  const begin = add();
  edge(0, ANY, 0);
  free(0, begin);
  free(through(pattern, begin), 1);
  edge(1, ANY, 1);
  return states;
}

/** Of the texts with so many characters. */
export function nfaOfLength(least: number, most: number | null): Nfa {
  const { states, add, edge, free } = nfaBuilder();
  let at = 0;
  for (let count = 0; count < (most ?? least); count++) {
    if (count >= least) free(at, 1);
    const to = add();
    edge(at, ANY, to);
    at = to;
  }
  free(at, 1);
  if (most === null) edge(at, ANY, at);
  return states;
}

/** The same texts, to be read beside another automaton: what it can't tell apart is not told apart there either. */
export function nfaOfDfa(dfa: Dfa): Nfa {
  const { states, add, edge, free } = nfaBuilder();
  const numbers = dfa.map(add);
  free(0, numbers[0] as number);
  for (const [at, { edges, accepts }] of dfa.entries()) {
    const from = numbers[at] as number;
    for (const { set, to } of edges) edge(from, set, numbers[to] as number);
    if (accepts) free(from, 1);
  }
  return states;
}
