import { type Label, labels, type Reading } from '../../_calls/sentiment-answer.ts';

/** Longer texts are read whole, but not word by word: it would take the visitor's whole minute. */
const wordsMax = 24;

export interface Word {
  readonly text: string;
  /** White space after it, as typed. */
  readonly space: string;
}

export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/(\S+)(\s*)/g)].map(([, word = '', space = '']) => ({ text: word, space }));
}

/** The text itself, then once without each of its words: one call answers what each word did. */
export function withEachWordLeftOut(text: string): readonly string[] {
  const words = wordsOf(text);
  if (words.length < 2 || words.length > wordsMax) return [text];
  return [
    text,
    ...words.map((_, left) =>
      words
        .filter((_, index) => index !== left)
        .map((word) => word.text)
        .join(' '),
    ),
  ];
}

/** How far each word moved the answer: its probability with the word, less its probability without it. */
export function contributionsOf(readings: readonly Reading[]): readonly number[] {
  const [whole, ...without] = readings;
  if (!whole) return [];
  const label = answerOf(whole);
  return without.map((reading) => whole.scores[label] - reading.scores[label]);
}

/** The most probable label, which is what the page shows; the demo never asks to abstain. */
export function answerOf({ label, scores }: Reading): Label {
  return label ?? labels.toSorted((a, b) => scores[b] - scores[a])[0] ?? 'neutral';
}
