import type { Spend } from './automaton-budget.ts';
import { characterKinds } from './character-kinds.ts';
import type { CharacterSet } from './character-set.ts';
import type { Nfa } from './nfa.ts';
import { PatternError } from './pattern-error.ts';
import { stateSets } from './state-sets.ts';

const STATES_MAX = 4_000;
/** What each state costs to be made, compared and written, beside what leads out of it. */
const STEPS_OF_STATE = 50;
const STEPS_OF_AUTOMATON = 500;

export interface DfaState {
  readonly edges: readonly { readonly set: CharacterSet; readonly to: number }[];
  readonly accepts: boolean;
}
/** Begins in state 0; from each state something is accepted. */
export type Dfa = readonly DfaState[];

interface Found {
  /** By the kind of a character, the state that it leads to; -1: none. */
  readonly row: readonly number[];
  readonly accepts: boolean;
}

/** An automaton of what all of these accept, in which one character leads to one state at the most. Null: nothing is. */
export function determinise(nfas: readonly Nfa[], spend: Spend): Dfa | null {
  spend(nfas.reduce((sum, nfa) => sum + nfa.length, STEPS_OF_AUTOMATON));
  const kinds = characterKinds(nfas, spend);
  const all = nfas.map((nfa) => stateSets(nfa, kinds, spend));
  const numbers = new Map<string, number>();
  const open: (readonly number[])[] = [];
  const found: Found[] = [];

  function numberOf(sets: readonly number[]): number {
    const key = sets.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (open.length >= STATES_MAX) {
      throw new PatternError(
        'Too much of what was written has to be remembered for it: anchor a pattern with ^ and $, and have smaller counts and lengths.',
      );
    }
    numbers.set(key, open.length);
    return open.push(sets) - 1;
  }

  numberOf(all.map(({ start }) => start));
  for (const sets of open) {
    spend(STEPS_OF_STATE + kinds.sets.length * all.length);
    const rows = all.map(({ next }, index) => next(sets[index] as number));
    const row = kinds.sets.map((_, kind) => {
      const next = rows.map((of) => of[kind] as number);
      return next.includes(-1) ? -1 : numberOf(next);
    });
    found.push({ row, accepts: all.every(({ accepts }, index) => accepts(sets[index] as number)) });
  }
  const alive = accepting(found);
  if (!alive.has(0)) return null;
  const living = found.map(({ row, accepts }) => ({
    row: row.map((to) => (alive.has(to) ? to : -1)),
    accepts,
  }));
  return numbered(living, kinds.union);
}

/** From which something is accepted. */
function accepting(found: readonly Found[]): ReadonlySet<number> {
  const before = found.map((): number[] => []);
  for (const [from, { row }] of found.entries()) {
    for (const to of row) if (before[to]?.at(-1) !== from) before[to]?.push(from);
  }
  const alive = new Set([...found.keys()].filter((at) => found[at]?.accepts));
  for (const at of alive) for (const from of before[at] ?? []) alive.add(from);
  return alive;
}

/** States that go on alike, as far as no state comes back to itself, are one. */
function numbered(found: readonly Found[], union: (kinds: readonly number[]) => CharacterSet): Dfa {
  const same = new Map<string, number>();
  /** Of each state, the first one that is like it; of one that comes back to itself, while it is open, its own. */
  const first = [...found.keys()];
  const kept: number[] = [];
  for (const at of inPostOrder(found)) {
    const { row, accepts } = found[at] as Found;
    const key = `${accepts}${row.map((to) => first[to] ?? -1).join()}`;
    const alike = same.get(key);
    if (alike === undefined) {
      same.set(key, at);
      kept.push(at);
    } else first[at] = alike;
  }
  const start = first[0];
  const order = kept.sort((one, other) => (one === start ? -1 : other === start ? 1 : one - other));
  const numbers = new Map(order.map((at, number) => [at, number]));
  return order.map((at) => {
    const { row, accepts } = found[at] as Found;
    const byTarget = new Map<number, number[]>();
    for (const [kind, to] of row.entries()) {
      const number = numbers.get(first[to] ?? -1);
      if (number === undefined) continue;
      const leading = byTarget.get(number);
      if (leading) leading.push(kind);
      else byTarget.set(number, [kind]);
    }
    return { edges: [...byTarget].map(([to, leading]) => ({ set: union(leading), to })), accepts };
  });
}

/** Each behind what it leads to. */
function inPostOrder(found: readonly Found[]): readonly number[] {
  const order: number[] = [];
  const seen = new Uint8Array(found.length);
  const open = [{ at: 0, kind: 0 }];
  seen[0] = 1;
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const to = found[top.at]?.row[top.kind++];
    if (to === undefined) {
      order.push(top.at);
      open.pop();
    } else if (to >= 0 && !seen[to]) {
      seen[to] = 1;
      open.push({ at: to, kind: 0 });
    }
  }
  return order;
}
