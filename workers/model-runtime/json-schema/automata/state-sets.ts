import type { Spend } from './automaton-budget.ts';
import type { CharacterKinds } from './character-kinds.ts';
import type { Nfa } from './nfa.ts';

/** An automaton read by all of its states at once, as far as it is asked about; a set of them has a number. */
export interface StateSets {
  readonly start: number;
  /** By the kind of a character, the set that it leads to; -1: none. */
  next(set: number): readonly number[];
  accepts(set: number): boolean;
}

export function stateSets(nfa: Nfa, kinds: CharacterKinds, spend: Spend): StateSets {
  const numbers = new Map<string, number>();
  const sets: (readonly number[])[] = [];
  const rows: (readonly number[])[] = [];
  const edges = nfa.map((state) => state.edges.map(({ set, to }) => ({ kinds: kinds.of(set), to })));

  /** With what is reached without a character. */
  function closed(from: readonly number[], atStart: boolean, atEnd: boolean): readonly number[] {
    const reached = new Set(from);
    for (const at of reached) {
      const state = nfa[at];
      if (!state) continue;
      spend(1 + state.free.length);
      for (const to of state.free) reached.add(to);
      if (atStart) for (const to of state.atStart) reached.add(to);
      if (atEnd) for (const to of state.atEnd) reached.add(to);
    }
    return [...reached];
  }

  /** States that only led to others say nothing of what may come. */
  function numberOf(reached: readonly number[], prefix = ''): number {
    const telling = reached.filter(
      (at) => at === 1 || (nfa[at]?.edges.length ?? 0) > 0 || (nfa[at]?.atEnd.length ?? 0) > 0,
    );
    const key = `${prefix}${telling.sort((one, other) => one - other).join()}`;
    const number = numbers.get(key) ?? sets.push(telling) - 1;
    numbers.set(key, number);
    return number;
  }

  const start = numberOf(closed([0], true, false), 'start ');

  return {
    start,
    next(set) {
      const known = rows[set];
      if (known) return known;
      const reached: number[][] = kinds.sets.map(() => []);
      for (const state of sets[set] ?? []) {
        for (const edge of edges[state] ?? []) {
          spend(1 + edge.kinds.length);
          for (const kind of edge.kinds) reached[kind]?.push(edge.to);
        }
      }
      const byReached = new Map<string, number>();
      const row = reached.map((to) => {
        if (to.length === 0) return -1;
        const key = to.join();
        const number = byReached.get(key) ?? numberOf(closed(to, false, false));
        byReached.set(key, number);
        return number;
      });
      rows[set] = row;
      return row;
    },
    accepts: (set) => closed(sets[set] ?? [], set === start, true).includes(1),
  };
}
