import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { loadTextTokenizer } from './text-tokenizer.ts';

const folder = new URL('../../../models/sentiment/', import.meta.url);
const readJson = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
const library = new Tokenizer(readJson('tokenizer.json'), readJson('tokenizer_config.json'));
const tokenizer = await loadTextTokenizer(folder.pathname);
const reference = JSON.parse(
  readFileSync(new URL('../fixtures/sentiment-reference.json', import.meta.url), 'utf8'),
) as { texts: string[] };

const odd = [
  '',
  'unaffable UNAFFABLE unaffable-ness',
  'antidisestablishmentarianism floccinaucinihilipilification',
  'xqzjkvwq'.repeat(12),
  'a'.repeat(100),
  'a'.repeat(101),
  '한국어 텍스트 漢字 かな кириллица שלום العربية',
  'naïve café İstanbul ß ﬁ',
  '😀😀 👩‍👩‍👧 \ud800 \u200b\u202e',
  'a[SEP]b [MASK] [unused1]',
  '3.14159 1,000,000 $5 50% #tag @user http://example.com/?q=1',
  '##ing ## #',
];

describe('the text tokenizer', () => {
  it.each([...odd, ...reference.texts])('splits as the library does: %j', (text) => {
    expect(tokenizer.tokenize(text)).toEqual(library.encode(text, { add_special_tokens: false }).ids);
    expect(tokenizer.wrap(tokenizer.tokenize(text))).toEqual(library.encode(text).ids);
  });

  it.each([
    ['words that are in no vocabulary', `${'xqzjkvwq'.repeat(12)} `.repeat(206)],
    ['letters that are pieces of their own', `${'ش'.repeat(99)} `.repeat(200)],
  ])('takes 20,000 characters of %s in less than half a second', (_, text) => {
    const startMs = performance.now();
    tokenizer.tokenize(text);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
