import { expect, it } from 'vitest';
import { oneOfTexts, widestFork } from './one-of-texts.ts';

it.each([
  [['a'], '"a"'],
  [['ab', 'ac', 'd'], '("a" ("b" | "c") | "d")'],
  [['1', '12', '13'], '"1" ("2" | "3" | "")'],
  [['a', 'a'], '"a"'],
  [['"\\n"', '"\\""'], '"\\"\\\\" ("n\\"" | "\\"\\"")'],
  [['\u{1f642}!', '\u{1f643}!'], '("\u{1f642}!" | "\u{1f643}!")'],
])('writes %j as %s', (texts, expected) => {
  expect(oneOfTexts(texts)).toBe(expected);
});

it('tells how many characters may be the next one at the most', () => {
  expect(widestFork(['ab', 'ac', 'ad', 'b'])).toBe(3);
  expect(widestFork(['same', 'same'])).toBe(1);
  expect(widestFork([])).toBe(0);
});
