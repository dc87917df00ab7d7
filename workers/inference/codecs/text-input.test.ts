import { describe, expect, it } from 'vitest';
import { isStorable } from '#server/domain/storable-text.ts';
import { loadTextTokenizer } from '#workers/model-runtime/onnx/reading/text-tokenizer.ts';
import { readTextUpTo } from './text-input.ts';

const schema = readTextUpTo(100);
const accepts = (text: string) => schema.safeParse(text).success;

/** What no version of Unicode has given out so far is 800,000 characters alike. */
const given = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter(
  (character) => isStorable(character) && !/\p{Cn}/u.test(character),
);

describe('a text that a model reads', () => {
  it.each(['sentiment', 'text-embedding'])('has a token of %s, and one without is refused', async (name) => {
    const tokenizer = await loadTextTokenizer(new URL(`../../models/${name}`, import.meta.url).pathname);
    const isWrong = (character: string) => accepts(character) !== tokenizer.tokenize(character).length > 0;
    const wrong = given.filter(isWrong).map((character) => character.codePointAt(0)?.toString(16));
    expect(given.length).toBeGreaterThan(200_000);
    expect(wrong).toEqual([]);
  });

  it.each([
    ['control characters', '\u0001\u0002'],
    ['characters without a width', '\u200b\u200d'],
    ['accents on nothing', ' \u0301\u0301 '],
    ['what stands for a character that was lost', '\ufffd'],
  ])('is not one of %s', (_, unread) => {
    expect(accepts(unread)).toBe(false);
    expect(accepts(`${unread}a`)).toBe(true);
  });
});
