import type { Spend } from './automaton-budget.ts';
import { characterKinds } from './character-kinds.ts';
import type { CharacterSet } from './character-set.ts';
import type { Nfa } from './nfa.ts';
import { PatternError } from './pattern-error.ts';
import { stateSets } from './state-sets.ts';

const STATES_MAX = 4_000;
/** What each state costs to be made, compared and written, beside what leads out of it. */
const STEPS_OF_STATE = 50;

export interface DfaState {
  readonly edges: readonly { readonly set: CharacterSet; readonly to: number }[];
  readonly accepts: boolean;
}
/** Begins in state 0; from each state something is accepted. */
export type Dfa = readonly DfaState[];

interface Found {
  /** By target, the kinds of characters that lead there. */
  readonly targets: ReadonlyMap<number, readonly number[]>;
  readonly accepts: boolean;
}

/** An automaton of what all of these accept, in which one character leads to one state at the most. Null: nothing is. */
export function determinise(nfas: readonly Nfa[], spend: Spend): Dfa | null {
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
    const rows = all.map(({ next }, index) => next(sets[index] as number));
    const targets = new Map<number, number[]>();
    spend(STEPS_OF_STATE + kinds.sets.length * all.length);
    for (const kind of kinds.sets.keys()) {
      const next = rows.map((row) => row[kind] as number);
      if (next.includes(-1)) continue;
      const to = numberOf(next);
      const leading = targets.get(to) ?? [];
      leading.push(kind);
      targets.set(to, leading);
    }
    found.push({ targets, accepts: all.every(({ accepts }, index) => accepts(sets[index] as number)) });
  }
  const alive = accepting(found);
  if (!alive.has(0)) return null;
  return numbered(found, alive, kinds.union);
}

/** From which something is accepted. */
function accepting(found: readonly Found[]): ReadonlySet<number> {
  const before = found.map((): number[] => []);
  for (const [from, { targets }] of found.entries()) for (const to of targets.keys()) before[to]?.push(from);
  const alive = new Set([...found.keys()].filter((at) => found[at]?.accepts));
  for (const at of alive) for (const from of before[at] ?? []) alive.add(from);
  return alive;
}

/** States that go on alike, as far as no state comes back to itself, are one. */
function numbered(
  found: readonly Found[],
  alive: ReadonlySet<number>,
  union: (kinds: readonly number[]) => CharacterSet,
): Dfa {
  const same = new Map<string, number>();
  const first = new Map<number, number>();
  for (const at of inPostOrder(found, alive)) {
    const { targets, accepts } = found[at] as Found;
    const going = [...targets].filter(([to]) => alive.has(to));
    const key = `${accepts} ${going
      .map(([to, kinds]) => `${first.get(to) ?? `own ${to}`}:${kinds}`)
      .sort()
      .join(';')}`;
    const alike = same.get(key) ?? at;
    same.set(key, alike);
    first.set(at, alike);
  }
  const kept = [...first.keys()].filter((at) => first.get(at) === at).sort((one, other) => one - other);
  const start = first.get(0) as number;
  const order = [start, ...kept.filter((at) => at !== start)];
  const numbers = new Map(order.map((at, number) => [at, number]));
  return order.map((at) => {
    const { targets, accepts } = found[at] as Found;
    const byTarget = new Map<number, number[]>();
    for (const [to, kinds] of targets) {
      const number = numbers.get(first.get(to) ?? -1);
      if (number !== undefined) byTarget.set(number, [...(byTarget.get(number) ?? []), ...kinds]);
    }
    return { edges: [...byTarget].map(([to, kinds]) => ({ set: union(kinds), to })), accepts };
  });
}

/** Each behind what it leads to. */
function inPostOrder(found: readonly Found[], alive: ReadonlySet<number>): readonly number[] {
  const order: number[] = [];
  const seen = new Set([0]);
  const open = [{ at: 0, left: [...(found[0]?.targets.keys() ?? [])] }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const to = top.left.pop();
    if (to === undefined) {
      order.push(top.at);
      open.pop();
    } else if (alive.has(to) && !seen.has(to)) {
      seen.add(to);
      open.push({ at: to, left: [...(found[to]?.targets.keys() ?? [])] });
    }
  }
  return order;
}
