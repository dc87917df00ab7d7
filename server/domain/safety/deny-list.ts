import { canonicalPieces, canonicalText } from './canonical-text.ts';

/** Terms of one or more words, which a text is searched for in one pass, however many there are. */
export interface DenyList {
  readonly terms: number;
  /** The longest that a term is, in canonical characters. */
  readonly longest: number;
  scan(): Scan;
}

export interface Scan {
  /** Takes what comes next of a canonical text. */
  take(character: string): Found | null;
  /** So many of the last characters may be the beginning of a term. */
  readonly open: number;
}

export interface Found {
  /** So many of the last characters are the term; the spaces around it count. */
  readonly length: number;
}

/** These do not put spaces between words: there a term is found inside of others. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

interface State {
  readonly next: Map<string, State>;
  readonly depth: number;
  /** Where the search goes on when nothing follows (Aho and Corasick, 1975). Null: at the root. */
  fallback: State | null;
  /** Length of the longest term that ends here. */
  found: number;
}

/** A `*` at the beginning or end of a term stands for the rest of a word. */
export function createDenyList(terms: readonly string[]): DenyList {
  const patterns = terms.map(patternOf);
  const root = emptyState(0, null);
  for (const pattern of patterns) insert(root, pattern);
  link(root);
  return {
    terms: patterns.length,
    longest: patterns.reduce((longest, { length }) => Math.max(longest, length), 0),
    scan: () => createScan(root),
  };
}

/** Null: it has no letter and no digit to be found by. */
export function canonicalTerm(term: string): string | null {
  return canonicalText(term) || null;
}

export function isDenied(list: DenyList, text: string): boolean {
  const scan = list.scan();
  for (const [canonical] of canonicalPieces(text)) {
    for (const character of canonical) if (scan.take(character)) return true;
  }
  return scan.take(' ') !== null;
}

/** With the spaces that bound it. */
function patternOf(term: string): string {
  const words = canonicalTerm(term);
  if (words === null) throw new Error('A term has no letter and no digit.');
  const isOpenBefore = term.trimStart().startsWith('*') || unspaced.test([...words][0] ?? '');
  const isOpenAfter = term.trimEnd().endsWith('*') || unspaced.test([...words].at(-1) ?? '');
  return `${isOpenBefore ? '' : ' '}${words}${isOpenAfter ? '' : ' '}`;
}

function emptyState(depth: number, fallback: State | null): State {
  return { next: new Map(), depth, fallback, found: 0 };
}

function insert(root: State, pattern: string): void {
  let state = root;
  for (const character of pattern) {
    let next = state.next.get(character);
    if (!next) {
      next = emptyState(state.depth + 1, root);
      state.next.set(character, next);
    }
    state = next;
  }
  state.found = state.depth;
}

/** By breadth, so that what a state falls back to is linked before it. */
function link(root: State): void {
  const waiting = [...root.next.values()];
  for (const state of waiting) {
    for (const [character, next] of state.next) {
      next.fallback = state.fallback ? follow(root, state.fallback, character) : root;
      next.found ||= next.fallback.found;
      waiting.push(next);
    }
  }
}

function follow(root: State, from: State, character: string): State {
  let state: State | null = from;
  while (state && !state.next.has(character)) state = state.fallback;
  return state?.next.get(character) ?? root;
}

function createScan(root: State): Scan {
  // A text begins as after a space.
  let state = follow(root, root, ' ');
  let isAfterSpace = true;
  return {
    take(character) {
      if (character === ' ' && isAfterSpace) return null;
      isAfterSpace = character === ' ';
      state = follow(root, state, character);
      return state.found > 0 ? { length: state.found } : null;
    },
    get open() {
      return state.depth;
    },
  };
}
