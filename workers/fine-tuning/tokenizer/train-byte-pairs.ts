import { BYTE_ALPHABET, inByteAlphabet } from '#workers/model-zoo/byte-alphabet.ts';
import { createPairHeap } from './pair-heap.ts';

export interface BytePairOptions {
  /** Of special tokens, the 256 bytes and the merges together. */
  readonly vocabularySize: number;
  /** Come first, as they are given. */
  readonly specialTokens: readonly string[];
  /** A pair that is rarer is not merged, so the vocabulary may end smaller. */
  readonly countMin: number;
}

export interface BytePairs {
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
}

export class BytePairError extends Error {
  override readonly name = 'BytePairError';
}

const VOCABULARY_MAX = 2 ** 20;
const BYTES = BYTE_ALPHABET.length;

/**
 * Byte-pair encoding (Sennrich, Haddow and Birch, 2016) over bytes: the most frequent pair of neighbours becomes a token, until there
 * are enough. Counts are kept up to date in the words that a merge changes, and a heap has the greatest: an entry whose count has
 * fallen since goes back with the count of now. Ties go to the lower numbers, as in Hugging Face's trainer, so that both make
 * the same vocabulary.
 */
export function trainBytePairs(
  wordCounts: ReadonlyMap<string, number>,
  { vocabularySize, specialTokens, countMin }: BytePairOptions,
): BytePairs {
  const least = specialTokens.length + BYTES;
  if (!Number.isInteger(vocabularySize) || vocabularySize < least || vocabularySize > VOCABULARY_MAX) {
    throw new BytePairError(
      `A vocabulary of ${vocabularySize} is not possible: bytes and special tokens are ${least}, and up to ${VOCABULARY_MAX} are allowed.`,
    );
  }
  const tokens = [...specialTokens, ...BYTE_ALPHABET.toSorted()];
  const numbers = new Map(tokens.map((token, id) => [token, id]));
  if (numbers.size !== tokens.length) {
    throw new BytePairError(
      'A special token is there twice, or is one of the characters that stand for bytes.',
    );
  }
  const words = [...wordCounts].map(([word, count]) => ({
    ids: Array.from(inByteAlphabet(word), (character) => numbers.get(character) as number),
    count,
  }));

  const counts = new Map<number, number>();
  const wordsWith = new Map<number, Set<number>>();
  const heap = createPairHeap();
  const change = (pair: number, by: number, word: number) => {
    counts.set(pair, (counts.get(pair) ?? 0) + by);
    if (by < 0) return;
    const known = wordsWith.get(pair);
    if (known) known.add(word);
    else wordsWith.set(pair, new Set([word]));
  };
  words.forEach(({ ids, count }, word) => {
    for (let at = 1; at < ids.length; at++) change(pairOf(ids[at - 1], ids[at]), count, word);
  });
  for (const [pair, count] of counts) heap.push({ pair, count });

  const merges: string[] = [];
  while (tokens.length < vocabularySize) {
    const top = heap.pop();
    if (top === undefined || top.count < Math.max(1, countMin)) break;
    const count = counts.get(top.pair) ?? 0;
    if (count !== top.count) {
      if (count > 0) heap.push({ pair: top.pair, count });
      continue;
    }
    const [first, second] = halvesOf(top.pair);
    merges.push(`${tokens[first]} ${tokens[second]}`);
    // Another pair may have made the same token before.
    const merged = `${tokens[first]}${tokens[second]}`;
    const id = numbers.get(merged) ?? tokens.push(merged) - 1;
    numbers.set(merged, id);
    const grown = new Set<number>();
    for (const word of wordsWith.get(top.pair) ?? []) {
      const { ids, count: times } = words[word] as (typeof words)[number];
      mergeInWord(ids, first, second, id, (pair, by) => {
        change(pair, by * times, word);
        if (by > 0) grown.add(pair);
      });
    }
    counts.delete(top.pair);
    wordsWith.delete(top.pair);
    for (const pair of grown) heap.push({ pair, count: counts.get(pair) ?? 0 });
  }
  return { tokens, merges };
}

/** From left to right, in place; tells which pairs are gone and which are new. */
function mergeInWord(
  ids: number[],
  first: number,
  second: number,
  merged: number,
  change: (pair: number, by: number) => void,
): void {
  for (let at = 0; at + 1 < ids.length; at++) {
    if (ids[at] !== first || ids[at + 1] !== second) continue;
    if (at > 0) {
      change(pairOf(ids[at - 1], first), -1);
      change(pairOf(ids[at - 1], merged), 1);
    }
    ids.splice(at, 2, merged);
    if (at + 1 < ids.length) {
      change(pairOf(second, ids[at + 1]), -1);
      change(pairOf(merged, ids[at + 1]), 1);
    }
  }
}

/** Two numbers as one that orders as they do. */
function pairOf(first = 0, second = 0): number {
  return first * VOCABULARY_MAX + second;
}

function halvesOf(pair: number): readonly [first: number, second: number] {
  return [Math.floor(pair / VOCABULARY_MAX), pair % VOCABULARY_MAX];
}
