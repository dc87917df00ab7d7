import { describe, expect, it } from 'vitest';
import { requestLimits } from '#server/domain/rate-limits/limits.ts';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';
import { parseJson } from './json-body.ts';
import { hasMoreJsonParts } from './json-parts.ts';

const { jsonPartsMax } = requestLimits;
const bytes = (text: string) => Buffer.from(text);

describe('hasMoreJsonParts', () => {
  it.each([
    ['nothing', '          ', 0],
    ['numbers and words', '1234567890, true, null', 0],
    ['lists', '[[],[1,2]]          ', 3],
    ['objects with their names', '{"a":{},"b":{}}     ', 5],
    ['strings, whatever is in them', '"[[[{{{", "éé"      ', 2],
    ['a quote that is escaped', '["a\\"[[", "b"]      ', 3],
    ['a backslash that is', '["a\\\\", [], "b"]     ', 4],
    ['a string without an end', '"abcdefghijklmnopq[[[', 1],
    ['one that ends in a backslash', '"abcdefghijklmnopq\\', 1],
  ])('counts %s', (_, text, parts) => {
    expect(hasMoreJsonParts(bytes(text), parts)).toBe(false);
    if (parts > 0) expect(hasMoreJsonParts(bytes(text), parts - 1)).toBe(true);
  });
});

/** Counted in the value itself. */
function partsOf(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, one) => sum + partsOf(one), 0);
  return 1 + inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

it('counts what a parser finds, however long strings are and whatever is escaped in them', () => {
  const random = randomNumbers(5);
  const pieces = ['"', '\\', '[', '{', 'a'.repeat(40), 'é', '\n', ':', ','];
  const drawn = (from: number) => Math.floor(random() * from);
  const text = () => Array.from({ length: drawn(12) }, () => pieces[drawn(pieces.length)]).join('');
  for (let round = 0; round < 2_000; round++) {
    const value = Array.from({ length: 20 }, () => (drawn(2) ? { [text()]: [text(), 1, {}] } : text()));
    const json = bytes(JSON.stringify(value));
    const parts = partsOf(value);
    expect([hasMoreJsonParts(json, parts), hasMoreJsonParts(json, parts - 1)], `${json}`).toEqual([
      false,
      true,
    ]);
  }
});

describe('parseJson', () => {
  it.each([
    ['nested', '['],
    ['of empty objects', '{},'],
    ['of names', '"a":1,'],
  ])('does not begin with a body of too many parts, %s', (_, part) => {
    expect(() => parseJson(bytes(part.repeat(jsonPartsMax + 1)))).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    );
  });

  it('takes a picture of many megabytes, and a text of every text at once', () => {
    const picture = { input: { base64: 'A'.repeat(12 * 1024 * 1024) } };
    expect(parseJson(bytes(JSON.stringify(picture)))).toEqual(picture);
    const texts = { input: Array.from({ length: 2_048 }, (_, at) => `"${at}" `.repeat(60)) };
    expect(parseJson(bytes(JSON.stringify(texts)))).toEqual(texts);
  });

  it('reads token ids of many texts, which are told of by name', () => {
    const tokens = { input: Array.from({ length: 1_000 }, () => Array.from({ length: 500 }, () => 12_345)) };
    expect(parseJson(bytes(JSON.stringify(tokens)))).toEqual(tokens);
  });
});
