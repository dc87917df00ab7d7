import type { CSSProperties } from 'react';
import { signed } from '../_format/number.ts';

export interface WordBar {
  readonly text: string;
  /** What stands between it and the next one. */
  readonly space: string;
  /** What it does for the answer; undefined: not known. */
  readonly value: number | undefined;
}

/** From here on the figure is printed beside its bar. */
const printedFrom = 0.1;
/** The tallest bar fills its height, but never makes more than this of less. */
const fullScaleMin = 0.1;

/** Each word with its contribution as a bar on a line under the text: up towards the answer, down away from it. */
export function WordBars({ words }: { words: readonly WordBar[] }) {
  const fullScale = Math.max(fullScaleMin, ...words.map(({ value }) => Math.abs(value ?? 0)));
  return words.flatMap(({ text, space, value }, index) => [
    <span key={`${index} ${text}`} className={value !== undefined && value < 0 ? 'neg' : undefined}>
      {text}
      {value !== undefined && (
        <>
          <u style={{ '--a': Math.abs(value) / fullScale } as CSSProperties} />
          <i />
          {Math.abs(value) >= printedFrom && <em>{signed(value, 2)}</em>}
        </>
      )}
    </span>,
    space,
  ]);
}
