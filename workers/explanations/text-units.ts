import type { Mask } from './method.ts';

/** A part of a text that is explained as one: a word with what clings to it, or several where a text is long. */
export interface TextUnit {
  readonly text: string;
  /** In UTF-16 code units, as JavaScript counts. `end` is past the last. */
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Words as Unicode's rules find them (UAX 29); so many neighbours together that there are at most `unitsMax`. */
export function textUnits(text: string, unitsMax: number): TextUnit[] {
  const words = wordsOf(text);
  const size = Math.max(1, Math.ceil(words.length / unitsMax));
  return Array.from({ length: Math.ceil(words.length / size) }, (_, index) => {
    const group = words.slice(index * size, (index + 1) * size);
    const [start, end] = [group[0]?.start ?? 0, group.at(-1)?.end ?? 0];
    return { text: text.slice(start, end), start, end };
  });
}

/** Marks that stand alone (`!`, an emoji) are words of their own; white space is none. */
function wordsOf(text: string): { start: number; end: number }[] {
  return Array.from(segmenter.segment(text)).flatMap(({ segment, index }) =>
    segment.trim() === '' ? [] : [{ start: index, end: index + segment.length }],
  );
}

/** What a tokenizer splits at. JavaScript's \s has characters too that it drops (a byte order mark, a form feed). */
const BETWEEN_WORDS = /[\t\n\r\p{Z}]+/gu;

/** The text without the units that the mask takes out. Everything between units stays, doubled spaces do not. */
export function maskedText(text: string, units: readonly TextUnit[], mask: Mask): string {
  let kept = '';
  let position = 0;
  units.forEach(({ start, end }, index) => {
    kept += text.slice(position, start);
    if (mask[index]) kept += text.slice(start, end);
    position = end;
  });
  return (kept + text.slice(position)).replace(BETWEEN_WORDS, ' ').trim();
}
