import { describe, expect, it } from 'vitest';
import { loadTextTokenizer } from './onnx/reading/text-tokenizer.ts';
import { loadVocabularyWords } from './onnx/reading/vocabulary-words.ts';
import { tokenUpperBound } from './token-bound.ts';

const folder = new URL('../models/sentiment', import.meta.url).pathname;
const tokenizer = await loadTextTokenizer(folder);
const words = await loadVocabularyWords(folder);
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** mulberry32, so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));

const alphabets: Record<string, readonly string[]> = {
  'ASCII letters, digits and spaces': [
    ...range(0x30, 0x39),
    ...range(0x41, 0x5a),
    ...range(0x61, 0x7a),
    ' ',
    ' ',
  ],
  'all of ASCII, NUL and control characters too': range(0, 0x7f),
  'words of the vocabulary beside signs': [
    'good',
    'bad',
    'terrible',
    ' ',
    '+',
    '.',
    '$',
    '^',
    '`',
    '[SEP]',
    'xq',
  ],
  'accents and Latin supplements': [...range(0xc0, 0x24f), 'İ', 'ß', 'ſt', ' '],
  'combining marks': [...range(0x300, 0x36f), 'a', 'o', ' '],
  Chinese: [...range(0x4e00, 0x4eff), ...range(0x20000, 0x2001f), 'a'],
  Hangul: [...range(0xac00, 0xacff), ...range(0x1100, 0x11ff), 'b'],
  'Arabic and Hebrew': [...range(0x5d0, 0x5ea), ...range(0x620, 0x65f), '\u202e', ' '],
  'scripts with vowel signs': [...range(0x900, 0x97f), ...range(0xb80, 0xbff), ...range(0xd00, 0xd7f)],
  'emoji and joiners': ['😀', '👩‍👩‍👧', '🏳️‍🌈', '\u200d', '\ufe0f', 'x'],
  'lone surrogates': ['\ud800', '\udc00', '\udfff', 'a', ' '],
  'musical and mathematical signs': [...range(0x1d15e, 0x1d164), ...range(0x1d400, 0x1d42f), '\u2adc'],
};

describe('tokenUpperBound', () => {
  it.each(Object.entries(alphabets))('is never below what the tokenizer counts: %s', (_, alphabet) => {
    const random = randomNumbers(7);
    for (let round = 0; round < 300; round++) {
      const length = Math.floor(random() * 60);
      const text = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
      const counted = tokenizer.tokenize(text).length;
      const least = Math.min(tokenUpperBound(text, UNLIMITED, words), tokenUpperBound(text, UNLIMITED));
      expect({ text, isBelow: least < counted }).toEqual({ text, isBelow: false });
    }
  });

  it('allows for every character of Unicode as many as it can become', () => {
    const grown: string[] = [];
    for (let code = 0x80; code <= 0x10ffff; code++) {
      const normal = String.fromCodePoint(code)
        .toLowerCase()
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '');
      if ([...normal].length > 3) grown.push(code.toString(16));
    }
    expect(grown).toEqual([]);
  });

  it('is exact for plain words that the vocabulary has', () => {
    const text = 'The power supply is terrible, and I am angry.';
    expect(tokenUpperBound(text, 510, words)).toBe(tokenizer.tokenize(text).length);
  });

  it('is never above the context', () => {
    expect(tokenUpperBound('x '.repeat(20_000), 510, words)).toBe(510);
  });
});
