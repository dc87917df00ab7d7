import { describe, expect, it } from 'vitest';
import { createAnswerText } from './answer-text.ts';

/** A vocabulary in which a token is a byte. */
const textOf = (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8');
const pieces = (text: string | Buffer, stop: readonly string[] = []) => {
  const answer = createAnswerText({ textOf, stop });
  const told = [...Buffer.from(text)].map((token) => answer.push(token).text);
  return [...told, answer.end()];
};

describe('the text of an answer', () => {
  it('comes in whole characters, however many tokens they take', () => {
    expect(pieces('aé🙂')).toEqual(['a', '', 'é', '', '', '', '🙂', '']);
  });

  it('ends without the part of a character that never became whole', () => {
    expect(pieces(Buffer.from('a🙂').subarray(0, 3)).join('')).toBe('a');
  });

  it('does not wait for ever for bytes that are no character', () => {
    const told = pieces(Buffer.from([0x61, 0xff, 0x62, 0x63, 0x64]));
    expect(told.join('')).toBe('a\ufffdbcd');
    expect(told[2]).toBe('\ufffdb');
  });

  it('has a character that comes after bytes of none whole', () => {
    expect(pieces(Buffer.concat([Buffer.of(0xe2), Buffer.from('🙂a')])).join('')).toBe('\ufffd🙂a');
    const broken = Buffer.of(...Array.from({ length: 20 }, () => 0xf0));
    for (let count = 1; count <= broken.length; count++) {
      const text = pieces(Buffer.concat([broken.subarray(0, count), Buffer.from('🙂a')])).join('');
      expect(text).not.toMatch(/\p{Surrogate}/u);
      expect(text.endsWith('a')).toBe(true);
    }
  });

  it('has characters whole whose bytes stand in tokens beside others of theirs', () => {
    const bytes = Buffer.from('🙂🙃🙂🙃🙂🙃');
    const tokens = Array.from({ length: bytes.length / 3 }, (_, at) => at);
    const inThrees = (of: readonly number[]) =>
      Buffer.concat(of.map((token) => bytes.subarray(3 * token, 3 * token + 3))).toString('utf8');
    const answer = createAnswerText({ textOf: inThrees, stop: [] });
    const told = tokens.map((token) => answer.push(token).text);
    expect([...told, answer.end()].join('')).toBe('🙂🙃🙂🙃🙂🙃');
  });

  it('keeps the space that a vocabulary writes only inside of a text', () => {
    const spaced = (tokens: readonly number[]) =>
      tokens
        .map((token) => ` ${token}`)
        .join('')
        .slice(1);
    const answer = createAnswerText({ textOf: spaced, stop: [] });
    expect([7, 8, 9].map((token) => answer.push(token).text).join('')).toBe('7 8 9');
  });
});
