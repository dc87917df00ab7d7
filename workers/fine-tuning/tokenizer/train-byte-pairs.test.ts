import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { countWords, wordsOf } from './count-words.ts';
import { createTextTokenizer } from './tokenize-text.ts';
import { END_OF_TEXT, type TokenizerFiles, tokenizerFiles, tokensByNumber } from './tokenizer-files.ts';
import { BytePairError, trainBytePairs } from './train-byte-pairs.ts';

interface Reference {
  readonly text: string;
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  readonly encodings: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

/** Made by Python's `tokenizers`: scripts/models/make-tokenizer-reference.py. */
const reference = JSON.parse(
  readFileSync(new URL('fixtures/reference.json', import.meta.url), 'utf8'),
) as Reference;
const { vocabularySize, specialTokens } = reference;
const options = { vocabularySize, specialTokens, countMin: 2 };
const trained = trainBytePairs(countWords([reference.text]), options);

describe('byte pairs', () => {
  it("are those of Hugging Face's trainer, ties and all", () => {
    expect(trained.merges).toEqual(reference.merges);
    expect(trained.tokens).toEqual(reference.tokens);
  });

  it('do not depend on the order of the words', () => {
    const reversed = new Map([...countWords([reference.text])].toReversed());
    expect(trainBytePairs(reversed, options)).toEqual(trained);
  });

  it('end where no pair is frequent enough', () => {
    const { tokens, merges } = trainBytePairs(new Map([['abab', 1]]), { ...options, countMin: 2 });
    expect(merges).toEqual(['a b']);
    expect(tokens).toHaveLength(specialTokens.length + 256 + 1);
  });

  it.each([
    ['smaller than the bytes', { vocabularySize: 200 }],
    ['no number', { vocabularySize: Number.NaN }],
    ['beyond all measure', { vocabularySize: 2 ** 21 }],
    ['with a special token that stands for a byte', { specialTokens: ['a'] }],
  ])('are refused a vocabulary %s', (_, change) => {
    expect(() => trainBytePairs(new Map([['ab', 2]]), { ...options, ...change })).toThrow(BytePairError);
  });
});

describe('the tokenizer of byte pairs', () => {
  const files = tokenizerFiles(trained, 256);
  type Json = ConstructorParameters<typeof Tokenizer>;
  const written = JSON.parse(JSON.stringify(files)) as Record<string, object>;
  const tokenizer = new Tokenizer(
    written['tokenizer.json'] as Json[0],
    written['tokenizer_config.json'] as Json[1],
  );

  // JavaScript's white space differs in two characters, which the reading library goes by.
  const same = reference.encodings.filter(({ text }) => !/[\u0085\ufeff]/.test(text));
  it.each(same)('reads $text as Python does, and gives it back', ({ text, ids }) => {
    const read = tokenizer.encode(text, { add_special_tokens: false }).ids;
    expect(read).toEqual(ids);
    expect(
      tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    ).toBe(text);
  });

  it('reads a text word by word as it reads it whole', () => {
    const text = reference.text.replace(/[\u0085\ufeff]/g, '');
    const whole = tokenizer.encode(text, { add_special_tokens: false }).ids;
    expect(createTextTokenizer(files)(text)).toEqual(whole);
  });

  it('tells its tokens by their numbers, those that are digits too, also when it was read again', () => {
    expect(trained.tokens).toContain('7');
    expect(tokensByNumber(written as unknown as TokenizerFiles)).toEqual(trained.tokens);
  });

  it('has its special token first', () => {
    expect(tokenizer.encode(END_OF_TEXT, { add_special_tokens: false }).ids).toEqual([0]);
  });
});

describe('words', () => {
  it('are together the text', () => {
    expect([...wordsOf(reference.text)].join('')).toBe(reference.text);
  });

  it("are GPT-2's", () => {
    expect([...wordsOf("I'll go,  said 42 cats!\n\nNo")]).toEqual([
      'I',
      "'ll",
      ' go',
      ',',
      ' ',
      ' said',
      ' 42',
      ' cats',
      '!',
      '\n',
      '\n',
      'No',
    ]);
  });
});
