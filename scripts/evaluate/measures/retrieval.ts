import type { RetrievalFigures } from '../cards/embedding-metrics.ts';
import { bootstrapShare } from './measures.ts';

/** How alike a query and a candidate are, both by their place. */
export type Alike = (query: number, candidate: number) => number;

/** The candidate that belongs to a query has its place. Among those that are as alike, it comes last. */
export function retrieve(count: number, alike: Alike): Pick<RetrievalFigures, 'first' | 'amongTen'> {
  const places = Array.from({ length: count }, (_, query) => {
    const own = alike(query, query);
    let place = 0;
    for (let candidate = 0; candidate < count; candidate++) {
      if (candidate !== query && alike(query, candidate) >= own) place++;
    }
    return place;
  });
  return {
    first: bootstrapShare(places.map((place) => place === 0)),
    amongTen: bootstrapShare(places.map((place) => place < 10)),
  };
}

/** BM25 (Robertson and others, 1994) with its customary constants. */
const K1 = 1.2;
const B = 0.75;

/** What searching by words alone reaches. */
export function bm25(queries: readonly string[], candidates: readonly string[]): Alike {
  const documents = candidates.map((text) => counted(wordsOf(text)));
  const lengths = documents.map((words) => [...words.values()].reduce((sum, times) => sum + times, 0));
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const holding = new Map<string, number>();
  for (const words of documents) {
    for (const word of words.keys()) holding.set(word, (holding.get(word) ?? 0) + 1);
  }
  const weightOf = (word: string) => {
    const times = holding.get(word) ?? 0;
    return Math.log(1 + (documents.length - times + 0.5) / (times + 0.5));
  };
  const asked = queries.map((text) =>
    [...new Set(wordsOf(text))].map((word) => [word, weightOf(word)] as const),
  );
  return (query, candidate) => {
    const words = documents[candidate];
    const norm = K1 * (1 - B + (B * (lengths[candidate] ?? 0)) / meanLength);
    return (asked[query] ?? []).reduce((sum, [word, weight]) => {
      const times = words?.get(word) ?? 0;
      return sum + (weight * times * (K1 + 1)) / (times + norm);
    }, 0);
  };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
