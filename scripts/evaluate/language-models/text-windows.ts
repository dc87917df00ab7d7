/** A stretch of a text that a model sees at once; what stands before `scoredFrom` is only there to be read. */
export interface TextWindow {
  readonly ids: readonly number[];
  /** The first position whose token is scored; at least 1, since nothing says what the first token is. */
  readonly scoredFrom: number;
}

/**
 * Windows that overlap by half, so that every token but the first is scored once, and all but those of the first window with at
 * least half a window before them.
 */
export function textWindows(ids: readonly number[], tokensAWindow: number): TextWindow[] {
  const half = Math.floor(tokensAWindow / 2);
  const windows: TextWindow[] = [];
  let scored = 1;
  while (scored < ids.length) {
    const start = Math.max(0, scored - half);
    const end = Math.min(ids.length, start + tokensAWindow);
    windows.push({ ids: ids.slice(start, end), scoredFrom: scored - start });
    scored = end;
  }
  return windows;
}
