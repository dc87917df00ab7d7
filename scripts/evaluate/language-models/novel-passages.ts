import { splitPassages } from '#scripts/models/language-models/prose-passages.ts';

/** A passage, and the one that follows it, as long. */
export interface PassagePair {
  readonly passage: string;
  readonly next: string;
}

/** From places that lie evenly over each novel, so that no two pairs touch. */
export function passagePairs(novels: readonly string[], words: number, placesANovel: number): PassagePair[] {
  return novels.flatMap((novel) => {
    const passages = splitPassages(novel, words);
    const step = Math.floor(passages.length / placesANovel);
    if (step < 3) return [];
    return Array.from({ length: placesANovel }, (_, place) => {
      const at = Math.floor((place + 0.5) * step);
      return { passage: passages[at] ?? '', next: passages[at + 1] ?? '' };
    });
  });
}
