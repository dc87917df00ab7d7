import { describe, expect, it } from 'vitest';
import { textWindows } from './text-windows.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('windows over a text', () => {
  it.each([2, 7, 8, 9, 12, 13, 31])('score every token of %i but the first once', (length) => {
    const scored = textWindows(ids(length), 8).flatMap((window) => window.ids.slice(window.scoredFrom));
    expect(scored).toEqual(ids(length).slice(1));
  });

  it('give all but the first half a window to read', () => {
    const windows = textWindows(ids(31), 8);
    expect(windows.every(({ ids }) => ids.length <= 8)).toBe(true);
    expect(windows.slice(1).every(({ scoredFrom }) => scoredFrom === 4)).toBe(true);
  });

  it('of a text of one token are none', () => {
    expect(textWindows(ids(1), 8)).toEqual([]);
  });
});
