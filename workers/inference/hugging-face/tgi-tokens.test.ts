import { expect, it } from 'vitest';
import { toTgiTokens } from './tgi-tokens.ts';

const token = (id: number, text: string) => ({ id, token: text, bytes: [], logprob: -id, alternatives: [] });
const textsOf = (text: string, tokens: Parameters<typeof toTgiTokens>[1]) =>
  toTgiTokens(text, tokens).map((one) => [one.id, one.text, one.logprob]);

it.each([
  [
    'its own text each',
    'ab',
    [token(1, 'a'), token(2, 'b')],
    [
      [1, 'a', -1],
      [2, 'b', -2],
    ],
  ],
  [
    'the last all of a character in halves',
    'é',
    [token(1, '\ufffd'), token(2, '\ufffd')],
    [
      [1, '', -1],
      [2, 'é', -2],
    ],
  ],
  ['one nothing while its text is held back', '', [token(1, 'a')], [[1, '', -1]]],
  ['one what was held back before it', 'ab', [token(2, 'b')], [[2, 'ab', -2]]],
  ['none a rest that no token came with', 'a', null, [[null, 'a', null]]],
  ['none nothing', '', [], []],
] as const)('gives %s', (_, text, tokens, expected) => {
  expect(textsOf(text, tokens)).toEqual(expected);
});
