import type { Spend } from './automaton-budget.ts';
import { type CharacterSet, has, toSet } from './character-set.ts';
import type { Nfa } from './nfa.ts';

/** Characters that no edge tells apart are of one kind. */
export interface CharacterKinds {
  readonly sets: readonly CharacterSet[];
  /** The kinds that make up a set of an edge. */
  of(set: CharacterSet): readonly number[];
  /** The same set for the same kinds. */
  union(kinds: readonly number[]): CharacterSet;
}

export function characterKinds(nfas: readonly Nfa[], spend: Spend): CharacterKinds {
  const distinct = new Set(nfas.flatMap((nfa) => nfa.flatMap(({ edges }) => edges.map(({ set }) => set))));
  const byText = new Map([...distinct].map((set) => [set.join(), set]));
  const ranges = [...byText.values()].reduce((sum, set) => sum + set.length, 0);
  const cuts = new Set(
    [...byText.values()].flatMap((set) => set.flatMap(([first, last]) => [first, last + 1])),
  );
  const places = [...cuts].sort((one, other) => one - other);
  const found = new Map<string, { readonly having: readonly string[]; readonly set: [number, number][] }>();
  for (const [index, first] of places.entries()) {
    spend(ranges);
    const having: string[] = [];
    for (const [text, set] of byText) if (has(set, first)) having.push(text);
    if (having.length === 0) continue;
    const key = having.join(';');
    const kind = found.get(key) ?? { having, set: [] };
    kind.set.push([first, (places[index + 1] ?? first + 1) - 1]);
    found.set(key, kind);
  }
  const sets = [...found.values()].map(({ set }) => toSet(set));
  const kindsOf = new Map<string, number[]>([...byText.keys()].map((text) => [text, []]));
  for (const [kind, { having }] of [...found.values()].entries()) {
    for (const text of having) kindsOf.get(text)?.push(kind);
  }
  const bySet = new Map([...distinct].map((set) => [set, kindsOf.get(set.join()) ?? []]));
  const unions = new Map<string, CharacterSet>();
  return {
    sets,
    of: (set) => bySet.get(set) ?? [],
    union(kinds) {
      const key = kinds.join();
      const known = unions.get(key) ?? toSet(kinds.flatMap((kind) => sets[kind] ?? []));
      unions.set(key, known);
      return known;
    },
  };
}
