import { describe, expect, it } from 'vitest';
import { createHeldLogprobs } from './held-logprobs.ts';

const tokenOf = (token: string) => ({ id: null, token, bytes: [], logprob: -1, alternatives: [] });
const told = (steps: readonly (readonly [token: string, made: number, told: number])[]) => {
  const held = createHeldLogprobs();
  return steps.map(([token, made, characters]) => {
    if (token !== '') held.push(tokenOf(token), made);
    return held.tell(characters).map((one) => one.token);
  });
};

describe('log probabilities', () => {
  it('are told with the text of their tokens', () => {
    expect(
      told([
        ['a', 1, 1],
        ['bc', 2, 2],
      ]),
    ).toEqual([['a'], ['bc']]);
  });

  it('wait with a text that is held back, and are told with the first of it', () => {
    expect(
      told([
        ['ab', 2, 0],
        ['cd', 2, 3],
        ['', 0, 1],
      ]),
    ).toEqual([[], ['ab', 'cd'], []]);
  });

  it('of a stop sequence are not told, but that of a token with which one only begins', () => {
    expect(
      told([
        ['a', 1, 1],
        ['.\n', 2, 1],
        ['\nUs', 3, 0],
        ['er:', 3, 0],
      ]),
    ).toEqual([['a'], ['.\n'], [], []]);
  });

  it('of parts of a character are told with the character', () => {
    expect(
      told([
        ['\ufffd', 0, 0],
        ['\ufffd', 2, 2],
        ['a', 1, 1],
      ]),
    ).toEqual([[], ['\ufffd', '\ufffd'], ['a']]);
  });
});
