import { explanationLimits } from '../rate-limits/limits.ts';

/** How many parts the API explains a text in: words by Unicode's rules (UAX 29), neighbours together in a long one. */
export function countTextParts(text: string): number {
  const segments = Array.from(new Intl.Segmenter('en', { granularity: 'word' }).segment(text));
  const words = segments.filter(({ segment }) => segment.trim() !== '').length;
  return Math.ceil(words / Math.max(1, Math.ceil(words / explanationLimits.unitsMax)));
}
